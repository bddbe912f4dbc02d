import Alerts
import Events
import JSON
import Outputs
import Rules
import Running

/// How far a rule of a folder has come, and what it left out.
struct RuleStatus {
  let log: AlertStore.RuleLog
  /// Nil for a rule that the folder knows no longer.
  let name: String?
  /// The last execution that was run; nil where none was.
  let last: Timestamp?
  /// Milliseconds since then, or since the rule began.
  let lag: Int64?
  /// Executions that are due, of a rule that is off none; nil where the rule's schedule is not known.
  let due: Int?
  /// Executions that were skipped and have not been run since.
  let skipped: Int

  var ruleID: String { log.latest.ruleID }

  /// Of each rule that has run, by id. Throws `AlertStoreError`.
  static func all(_ store: AlertStore, now: Timestamp) throws -> [RuleStatus] {
    let rules = Dictionary(try FolderRules.load(store).rules.map { ($0.rule.ruleID, $0.rule) }) { first, _ in first }
    let gaps = try store.gaps()
    return try store.ruleLogs().map { log in
      RuleStatus(log, rules[log.latest.ruleID], gaps: gaps[log.latest.ruleID] ?? [], now: now)
    }
  }

  private init(_ log: AlertStore.RuleLog, _ rule: Rule?, gaps: [ClosedRange<Timestamp>], now: Timestamp) {
    self.log = log
    name = rule?.name
    guard let rule else {
      last = log.state?.lastTick
      lag = (last ?? log.state?.since).map { max(0, now.milliseconds - $0.milliseconds) }
      due = nil
      // Of a rule that is gone nothing is missed.
      skipped = 0
      return
    }
    let interval = rule.schedule.interval.milliseconds
    // A run goes up to some time, executions have theirs.
    last = log.state?.lastTick.map { place in
      let rest = place.milliseconds % interval
      return Timestamp(milliseconds: place.milliseconds - (rest < 0 ? rest + interval : rest))
    }
    lag = (last ?? log.state?.since).map { max(0, now.milliseconds - $0.milliseconds) }
    // While a rule is off nothing of it is run, and what falls due is skipped once it is on again.
    due = (log.state?.done).map { done in
      rule.isEnabled && done < now ? RunSpan.executions(rule, Timestamp(milliseconds: done.milliseconds + 1), now) : 0
    }
    skipped = gaps.reduce(0) { $0 + RunSpan.executions(rule, $1.lowerBound, $1.upperBound) }
  }

  var json: JSONValue {
    let run = log.latest
    return [
      "rule_id": .string(ruleID), "name": name.map { .string($0) } ?? .null,
      "last_tick": last.map { .string($0.iso8601) } ?? .null,
      "lag_seconds": lag.map { .integer($0 / 1000) } ?? .null, "due": due.map { .integer(Int64($0)) } ?? .null,
      "skipped": .integer(Int64(skipped)), "outcome": .string(run.outcome.rawValue),
      "reason": run.reason.map { .string($0) } ?? .null, "failures": .integer(Int64(log.failures)),
      "took": .integer(run.took), "warnings": .array(run.warnings.map { .string($0) }),
    ]
  }

  /// The columns of a table.
  static var columns: [TextTable.ColumnStyle] {
    [
      .init("RULE", limit: 80, yields: 1), .init("LAST EXECUTION"), .init("BEHIND"), .init("DUE"), .init("SKIPPED"),
      .init("FAILED"), .init("WARNINGS"),
    ]
  }

  var cells: [String] {
    [
      name ?? ruleID, last?.iso8601 ?? "-", lag.map(DurationText.text) ?? "-", due.map(String.init) ?? "-",
      String(skipped), String(log.failures), String(log.latest.warnings.count),
    ]
  }
}
