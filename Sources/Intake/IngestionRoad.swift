/// A way into the store that asks for events by itself: a queue, a bucket, a watched folder.
public protocol IngestionRoad: Sendable {
  /// What it is called in logs and metrics, one name for each road that is configured, such as `sqs trail-events`.
  var name: String { get }

  /// Brings events until the task is cancelled, and comes back from every failure by itself: what it throws is a fault of the
  /// configuration, which no retry mends, or `CancellationError`
  /// where the task is cancelled before it has begun.
  ///
  /// On cancellation it asks for nothing more, ends what it has handed over (acknowledging it upstream, which must not be
  /// cut off by the cancellation), and returns within 5 s.
  func run(into sink: any IngestionSink, reporting report: any RoadReporter) async throws
}
