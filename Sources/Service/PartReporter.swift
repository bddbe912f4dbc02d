import Events
import Intake
import Synchronization

/// Takes what a part of the service says of itself into the log, the metrics and the health.
public final class PartReporter: RoadReporter {
  private let log: ServiceLog
  private let metrics: Metrics
  private let health: ServiceHealth
  private let kind: String
  private let name: String

  /// - Parameters:
  ///   - kind: what it is, as metrics begin: `road`, `notifications`.
  ///   - name: which of them.
  public init(_ log: ServiceLog, _ metrics: Metrics, _ health: ServiceHealth, kind: String, name: String) {
    self.log = log
    self.metrics = metrics
    self.health = health
    self.kind = kind
    self.name = name
  }

  public func tell(_ level: ReportLevel, _ sentence: String, _ details: [String: String]) {
    log.tell(level, sentence, details.merging([kind: name]) { one, _ in one })
  }

  public func add(_ count: Int, to counter: String) {
    let full = counter.hasPrefix(kind) ? "martlet_\(counter)" : "martlet_\(kind)_\(counter)"
    metrics.add(Double(count), to: full, [kind: name])
  }

  public func setTrouble(_ reason: String?) { health.set("\(kind) \(name)", reason) }
}
