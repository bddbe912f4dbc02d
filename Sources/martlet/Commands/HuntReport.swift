import Detection
import Events
import Inputs
import Outputs
import Reports
import Rules

extension HuntResult: AlertSource {
  public func forEachAlert(in order: [Int]?, _ body: ([UInt8]) throws -> Void) throws {
    try forEachAlert(in: order) { (alert: Alert) in try body(alert.json) }
  }

  public func forEachDocument(in order: [Int]?, _ body: ([UInt8]) throws -> Void) throws {
    try forEachAlert(in: order) { (alert: Alert) in
      for block in alert.buildingBlocks { try body(block.json) }
      try body(alert.json)
    }
  }

  /// Writes the report of a hunt, with all its alerts, to a file that was found fit for it before; false, with words on
  /// standard error, when it cannot be written.
  ///
  /// - Parameter context: what was asked for, and which rules took no part.
  func writeReport(
    to file: ReportFile, _ summary: ReadingSummary, _ context: ReportContext, labels: RuleLabels
  ) -> Bool {
    var context = context
    context.unread = summary.problems.counts.reduce(0) { $0 + $1.count }
    context.files = summary.files
    context.events = summary.events
    context.duplicates = summary.duplicates
    context.earliest = summary.earliest
    context.latest = summary.latest
    context.rules = outcomes.map { outcome in
      ReportContext.RuleRun(
        id: outcome.rule.ruleID, name: labels.name(outcome.rule), severity: outcome.rule.severity,
        executions: outcome.executions,
        alerts: outcome.alerts)
    }
    context.eventsUnread = unreadEvents.reduce(0) { $0 + $1.count }
    context.warnings =
      [HuntSummary.unread(self), summary.passedOver.sentence].compactMap(\.self)
      + HuntSummary.warnings(self, labels) + context.warnings
    context.problems = summary.problems.problems.map(\.description)
    do {
      var page = ReportPage()
      try forEachAlert { page.add(try AlertDocument(written: $0.json).labelled(labels)) }
      try file.write { output in try page.write(context, to: output) }
      return true
    } catch {
      StandardError.write(line: Terminal.safe("martlet: \(error)"))
      return false
    }
  }
}
