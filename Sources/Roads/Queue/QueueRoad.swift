import AWS
import Events
import Intake
import Transfers

/// Reads the objects that messages in a queue of SQS tell of.
///
/// A message is deleted when all events of all its objects are durable, and not before. What fails is left in the queue and comes
/// again; a message that keeps failing is left to the queue's dead-letter queue, and counted. Several processes may read one queue.
public struct QueueRoad: IngestionRoad {
  public let settings: QueueSettings
  private let surroundings: AWSSurroundings

  public var name: String { settings.name }

  public init(_ settings: QueueSettings, _ surroundings: AWSSurroundings) {
    self.settings = settings
    self.surroundings = surroundings
  }

  public func run(into sink: any IngestionSink, reporting report: any RoadReporter) async throws {
    let queue = try await AWSAccess(settings.queue, surroundings).sqs(settings.queueURL)
    let s3 = try await AWSAccess(settings.objects ?? settings.queue, surroundings).s3()
    var bounds = S3Client.Bounds(folder: settings.scratch)
    bounds.memory = min(bounds.memory, settings.memory)
    bounds.object = settings.longestObject
    let taker = ObjectTaker(
      s3: s3, sink: sink, report: report, road: .sqs, budget: MemoryBudget(settings.memory), bounds: bounds,
      sleep: surroundings.sleep)
    let reader = QueueReader(settings, queue, taker, report, surroundings.sleep)
    await reader.run()
  }
}
