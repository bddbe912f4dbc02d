import CloudTrail
import Events

/// Runs one or two versions of a rule over the same batches, each by itself, and measures what each costs. One worker's own.
public final class BacktestCollector: RecordConsumer {
  /// What one version found in a worker's part of the input.
  public struct Part: Sendable {
    var findings: HuntFindings
    var work: HuntWork
    var time: Duration
  }

  private let collectors: [HuntCollector]
  /// The lean fields of each version, as places in `leanFields`.
  private let leanPlaces: [[Int]]
  private var times: [Duration]
  /// Processor time of the thread since some instant; what a version costs is its difference.
  private let clock: @Sendable () -> Duration

  public let leanFields: [LeanField]

  public init(_ plans: [HuntPlan], clock: @escaping @Sendable () -> Duration) {
    let collectors = plans.map { HuntCollector($0, isForAlerts: false) }
    let fields = LeanField.allCases.filter { field in collectors.contains { $0.leanFields.contains(field) } }
    self.collectors = collectors
    self.clock = clock
    leanFields = fields
    leanPlaces = collectors.map { $0.leanFields.compactMap(fields.firstIndex) }
    times = collectors.map { _ in .zero }
  }

  public func consume(_ batch: RecordBatch) throws {
    for (at, collector) in collectors.enumerated() {
      let started = clock()
      try collector.consume(batch.withLeanFields(leanPlaces[at]))
      times[at] += clock() - started
    }
  }

  /// Of both versions.
  public var problems: ProblemLog {
    collectors.reduce(into: ProblemLog()) { $0.merge($1.problems) }
  }

  public func finish() -> [Part] {
    zip(collectors, times).map { Part(findings: $0.finish(), work: $0.work, time: $1) }
  }
}
