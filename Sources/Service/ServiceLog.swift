import Events
import Intake
import JSON
import Outputs
import Running
import Synchronization

/// The log of a service: a line for each thing that happens, as text or as JSON, with time, level, sentence and details.
///
/// Secrets that the service knows of are taken out of every line, whoever wrote it.
public final class ServiceLog: RoadReporter, RunNotices {
  public enum Format: String, Sendable, CaseIterable { case text, json }

  private struct State {
    var format = Format.text
    var least = ReportLevel.info
    var secrets: [String] = []
    /// What was warned of lately, and when.
    var warned: [String: Timestamp] = [:]
  }

  private let state = Mutex(State())
  private let clock: any ServiceClock
  private let write: @Sendable (String) -> Void

  /// - Parameter write: takes a line without its end.
  public init(_ clock: any ServiceClock, write: @escaping @Sendable (String) -> Void) {
    self.clock = clock
    self.write = write
  }

  /// What is written from now on, and how.
  public func set(_ format: Format, from least: ReportLevel) {
    state.withLock { ($0.format, $0.least) = (format, least) }
  }

  /// What no line may hold. What has fewer than six characters is found in too many words to be taken out.
  public func hide(_ secrets: [String]) {
    let long = secrets.filter { $0.utf8.count >= 6 }.sorted { $0.utf8.count > $1.utf8.count }
    state.withLock { $0.secrets = long }
  }

  public func tell(_ level: ReportLevel, _ sentence: String, _ details: [String: String]) {
    let (format, least, secrets) = state.withLock { ($0.format, $0.least, $0.secrets) }
    guard level >= least else { return }
    func clean(_ text: String) -> String {
      var text = text
      for secret in secrets where text.contains(secret) { text = text.replacing(secret, with: "[secret]") }
      return text
    }
    let time = clock.now.iso8601
    switch format {
    case .text:
      var line = "\(time) \(level.rawValue): \(clean(sentence))"
      for (name, value) in details.sorted(by: { $0.key < $1.key }) { line += " \(name)=\(clean(value))" }
      write(Terminal.safe(line))
    case .json:
      var members: [String: JSONValue] = [
        "@timestamp": .string(time), "log.level": .string(level.rawValue), "message": .string(clean(sentence)),
      ]
      for (name, value) in details { members["martlet." + name] = .string(clean(value)) }
      write(JSONValue.object(members).text)
    }
  }

  public func add(_ count: Int, to counter: String) {}
  public func setTrouble(_ reason: String?) {}

  /// Warns of something, unless the same was said within the last ten minutes: each group of rules finds it anew.
  public func warn(_ words: String) {
    let now = clock.now
    let isNew = state.withLock { state in
      if let last = state.warned[words], last <= now, now.milliseconds - last.milliseconds < 600_000 { return false }
      if state.warned.count >= 1000 { state.warned.removeAll() }
      state.warned[words] = now
      return true
    }
    if isNew { tell(.warning, words, [:]) }
  }

  public func close(_ words: String) { tell(.info, words, [:]) }
  public func fail(_ words: String) { tell(.error, words, [:]) }
}
