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
  private let label: (name: String, value: String)

  /// - Parameters:
  ///   - kind: what it is, as metrics begin: `road`, `notifications`.
  ///   - name: which of them.
  ///   - label: what tells it from others in metrics and in the log; the kind and the name unless given.
  public init(
    _ log: ServiceLog, _ metrics: Metrics, _ health: ServiceHealth, kind: String, name: String,
    label: (name: String, value: String)? = nil
  ) {
    self.log = log
    self.metrics = metrics
    self.health = health
    self.kind = kind
    self.name = name
    self.label = label ?? (kind, name)
  }

  public func tell(_ level: ReportLevel, _ sentence: String, _ details: [String: String]) {
    log.tell(level, sentence, details.merging([label.name: label.value]) { one, _ in one })
  }

  public func add(_ count: Int, to counter: String) {
    metrics.add(Double(count), to: full(counter), [label.name: label.value])
  }

  public func set(_ count: Int, of gauge: String) {
    metrics.set(full(gauge), Double(count), [label.name: label.value])
  }

  private func full(_ number: String) -> String {
    number.hasPrefix(kind) ? "martlet_\(number)" : "martlet_\(kind)_\(number)"
  }

  public func setTrouble(_ reason: String?) { health.set("\(kind) \(name)", reason) }
}
