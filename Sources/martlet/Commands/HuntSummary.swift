import Detection
import Foundation
import Inputs
import Outputs
import Rules

/// The words at the end of a hunt.
enum HuntSummary {
  /// What the caps of rules left out, a line a rule.
  ///
  /// - Parameter remedy: what is to be done where memory did not suffice for alerts.
  static func warnings(
    _ result: HuntResult, _ labels: RuleLabels, remedy: String = "hunt in shorter spans"
  ) -> [String] {
    func lines(_ kind: (HuntResult.RuleOutcome) -> [String]) -> [String] {
      result.outcomes.flatMap { outcome in kind(outcome).map { "\(labels.name(outcome.rule)): \($0)" } }
    }
    return shortHistory(result) + lines(RuleWarnings.capped) + lines(RuleWarnings.failed)
      + overAlerts(left: result.alertsLeft, areSettled: result.areAlertsSettled, remedy)
      + lines(RuleWarnings.warned) + lines(RuleWarnings.unmet) + lines(RuleWarnings.cut)
  }

  /// A new term is new only in the history that was given.
  private static func shortHistory(_ result: HuntResult) -> [String] {
    guard let short = result.shortHistory else { return [] }
    return [
      "\(CountText.count(short.alerts, "alert")) of new terms "
        + "\(short.alerts == 1 ? "rests" : "rest") on a history that was given in part, the least on "
        + "\(DurationText.text(short.given)) of \(DurationText.text(short.asked)): what is called new there may have been "
        + "seen before"
    ]
  }

  /// What rules over alerts did not come to an end with.
  static func overAlerts(left: Int, areSettled: Bool, _ remedy: String) -> [String] {
    var lines: [String] = []
    if left > 0 {
      lines.append(
        "\(CountText.count(left, "alert was", "alerts were")) not read by rules over alerts, for want of memory: \(remedy)"
      )
    }
    if !areSettled {
      lines.append(
        "rules over alerts go on raising alerts on one another's: what they would raise after a dozen rounds is left out"
      )
    }
    return lines
  }

  /// Why nothing was hunted; nil where something was.
  static func nothing(_ summary: ReadingSummary, _ result: HuntResult, _ paths: [String], isBounded: Bool) -> String? {
    if let reason = RunOutcome.nothing(in: summary, paths) { return reason }
    if !result.outcomes.isEmpty, result.blindRules.count == result.outcomes.count {
      return "no rule reads a data stream of the input (\(streams(result)))"
    }
    guard result.outcomes.allSatisfy({ $0.executions == 0 }) else { return nil }
    return isBounded ? "no execution of a rule lies between --from and --to" : "no execution of a rule sees the events"
  }

  static let mostStreams = 5

  /// What is said of events that no rule read; nil where there are none, or where no rule read any, which is said otherwise.
  static func unread(_ result: HuntResult) -> String? {
    let all = result.unreadEvents
    let count = all.reduce(0) { $0 + $1.count }
    guard count > 0, result.blindRules.count < result.outcomes.count else { return nil }
    let streams = all.prefix(mostStreams).map { "\(name($0.stream)): \($0.count)" }.joined(separator: ", ")
    return "\(CountText.count(count, "event is", "events are")) of data streams that no rule reads "
      + "(\(streams)\(all.count > mostStreams ? ", …" : ""))"
  }

  /// What a data stream is called in words.
  static func name(_ stream: String) -> String { stream.isEmpty ? "others" : stream }

  /// The input's data streams, the first of many.
  static func streams(_ result: HuntResult) -> String {
    let all = result.dataStreams
    return all.prefix(mostStreams).joined(separator: ", ") + (all.count > mostStreams ? ", …" : "")
  }

  /// The closing line.
  ///
  /// - Parameters:
  ///   - rulesNotAsked: rules that were not run since alerts were chosen by severity, tag or tactic.
  ///   - alertsNotAsked: alerts that were left out for it.
  ///   - rulesWaiting: rules that ship and have no indicators to compare with.
  static func line(
    _ summary: ReadingSummary, _ result: HuntResult, nothing: String?, rulesNotAsked: Int, alertsNotAsked: Int,
    rulesWaiting: Int = 0,
    elapsed: Double
  ) -> String {
    let executions = result.outcomes.reduce(0) { $0 + $1.executions }
    let alerts = result.alertCount
    // What could not be read might have given some.
    let none =
      (rulesNotAsked + alertsNotAsked > 0 ? "no alerts that were asked for" : "no alerts")
      + (summary.problems.problems.isEmpty ? "" : " in what was read")
    let rules = CountText.count(result.outcomes.count, "rule")
    return RunOutcome.reading(summary) + "; \(rules)"
      + (rulesNotAsked > 0 ? " (\(rulesNotAsked) not asked for), " : ", ")
      + "\(CountText.count(executions, "execution")); "
      + (nothing != nil ? "nothing was hunted" : alerts == 0 ? none : CountText.count(alerts, "alert"))
      + (alertsNotAsked > 0 ? " (\(alertsNotAsked) not asked for)" : "")
      + String(format: ", %.2f s", elapsed) + waiting(rulesWaiting)
  }

  /// What is said of rules that ship and have nothing to compare with, since nobody need bring them a list.
  static func waiting(_ rules: Int) -> String {
    rules == 0
      ? "" : "; \(CountText.count(rules, "rule")) more \(rules == 1 ? "waits" : "wait") for indicators (--indicators)"
  }

  /// The rules that ship among those that have no indicators to compare with, by their ids.
  static func waiting(_ rules: [UnrunnableRule], _ loaded: [LoadedRule]) -> Set<String> {
    let shipped = Set(loaded.filter(\.isShipped).map(\.rule.ruleID))
    return Set(rules.filter(\.lacksIndicators).map(\.rule.ruleID)).intersection(shipped)
  }
}
