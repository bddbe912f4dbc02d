import Detection
import Foundation
import Inputs
import Outputs
import Rules

/// The words at the end of a hunt.
enum HuntSummary {
  /// What the caps of rules left out, a line a rule.
  static func warnings(_ result: HuntResult) -> [String] {
    cappedExecutions(result)
      + result.outcomes.filter { $0.cutEvents > 0 }.map { outcome in
        "\(outcome.rule.name): \(outcome.cutEvents) events have more than \(HuntCollector.mostCombinations) combinations "
          + "of new terms; the others of each were left out"
      }
  }

  private static func cappedExecutions(_ result: HuntResult) -> [String] {
    result.outcomes.filter { !$0.cuts.isEmpty }.map { outcome in
      let worst = outcome.cuts.map(\.count).max() ?? 0
      var line =
        "\(outcome.rule.name): \(outcome.cuts.count) executions found more than max_signals "
        + "(\(outcome.rule.schedule.maxSignals)); up to \(worst) alerts were cut in one"
      if let first = outcome.cuts.first { line += ", first at \(first.tick.iso8601) (\(first.count))" }
      line += outcome.lost > 0 ? "; \(outcome.lost) were never created" : "; later executions created them all"
      return line
    }
  }

  static func write(_ summary: ReadingSummary, _ result: HuntResult, elapsed: Double) {
    for warning in warnings(result) { StandardError.write(line: Terminal.safe("warning: \(warning)")) }
    var line = "\(summary.events) events in \(summary.files) files"
    if summary.duplicates > 0 { line += " (\(summary.duplicates) duplicates left out)" }
    if let first = summary.earliest, let last = summary.latest {
      line += ", \(first.iso8601) to \(last.iso8601)"
    }
    line += "; \(result.outcomes.count) rules, \(result.outcomes.reduce(0) { $0 + $1.executions }) executions"
    let alerts = result.alertCount
    line += "; \(alerts == 0 ? "no alerts" : alerts == 1 ? "1 alert" : "\(alerts) alerts")"
    line += String(format: ", %.2f s", elapsed)
    StandardError.write(line: line)
  }
}
