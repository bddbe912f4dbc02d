import Alerts
import Events
import Outputs
import Rules

/// How far back rules look.
public enum RuleReach {
  public struct Reach: Sendable {
    public var name: String
    /// Milliseconds before an execution.
    public var length: Int64
  }

  /// The rules of a folder that are switched on and read one of some data streams, with how far each looks back; the farthest
  /// first.
  public static func rules(of store: AlertStore, reading dataStreams: Set<String>, now: Timestamp) throws -> [Reach] {
    try FolderRules.load(store).rules.filter { loaded in
      loaded.rule.isEnabled && dataStreams.contains { loaded.rule.readPattern.matches($0) }
    }.map { loaded in
      let window = loaded.rule.schedule.window(at: now).from
      let history = loaded.rule.newTerms?.historyWindowStart.resolve(now: now, roundingUp: false)
      return Reach(
        name: loaded.rule.name, length: now.milliseconds - min(window, history ?? window).milliseconds)
    }.sorted { ($1.length, $0.name) < ($0.length, $1.name) }
  }

  /// Which of them look back farther than events are kept; nil where none does.
  public static func sentence(_ rules: [Reach], beyond age: Int64) -> String? {
    let reaching = rules.filter { $0.length > age }
    guard let first = reaching.first else { return nil }
    return
      "\(CountText.count(reaching.count, "rule")) \(reaching.count == 1 ? "looks" : "look") back farther, “\(first.name)” "
      + "by \(DurationText.text(first.length)); what is called new may have been seen before"
  }
}
