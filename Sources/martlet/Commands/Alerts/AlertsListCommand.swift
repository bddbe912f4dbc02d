import Alerts
import ArgumentParser
import Outputs
import Reports
import Rules

struct AlertsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists alerts that are kept, or counts them.",
    discussion: """
      Examples:
        martlet alerts list --data events --status open
        martlet alerts list --data events --filter 'user.name: dana' --min-severity high
        martlet alerts list --data events --by rule,who
        martlet alerts list --data events --output alerts.html

      Exit status: 0, alerts or not; 1 when the folder or one of its alerts cannot be read, or a file not be written; 64 for wrong
      arguments.
      """)

  @OptionGroup var kept: KeptAlertOptions
  @OptionGroup var output: AlertOutputOptions
  @OptionGroup var notices: NoticeOptions

  func run() throws {
    try KeptAlertPrinting.print(kept, output, notices, format: nil)
  }
}

struct AlertsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Prints alerts that are kept as whole documents, a line each.",
    discussion: """
      As hunt --format ndjson prints them, with what people have done with them since: kibana.alert.workflow_*.

      Example:
        martlet alerts export --data events --status open > open.ndjson

      Exit status: as of alerts list.
      """)

  @OptionGroup var kept: KeptAlertOptions
  @OptionGroup var output: AlertOutputOptions
  @OptionGroup var notices: NoticeOptions

  func run() throws {
    try KeptAlertPrinting.print(kept, output, notices, format: .ndjson)
  }
}

/// Prints alerts that are kept.
enum KeptAlertPrinting {
  /// - Parameter format: what is printed where the options do not say; what a terminal or a pipe suggests where it is nil.
  static func print(
    _ kept: KeptAlertOptions, _ output: AlertOutputOptions, _ notices: NoticeOptions, format: AlertView.Format?
  ) throws {
    var view = try output.view()
    try ListOptions.refuseObjects(by: view.by, sort: view.sort, view.catalog)
    var output = output
    if output.output.isEmpty, output.format == nil { output.format = format }
    let destinations = try output.place(output.destinations(), inputs: [kept.data])
    var alerts: [AlertDocument]
    let left: Int
    do {
      (alerts, left) = try kept.alerts(in: try kept.open(), notices)
    } catch let error where !(error is ExitCode) && !(error is ValidationError) {
      throw StoreAccess.failed(error)
    }
    if left > 0 { notices.warn("\(CountText.count(left, "alert")) found no room and are left out; give a --filter") }
    view.showsStatus = true
    view.ruleLabels = RuleLabels(alerts.map { ($0.ruleID, $0.first("kibana.alert.rule.name") ?? "", $0.ruleID) })
    if !view.ruleLabels.isEmpty { alerts = alerts.map { $0.labelled(view.ruleLabels) } }
    var isWhole = true
    let source = SavedAlerts(alerts)
    for case .page(let file) in destinations where try !write(source.alerts, to: file, kept.data) { isWhole = false }
    let written = AlertWriting.write(source, view, to: destinations)
    for field in written.emptyFields { notices.warn(UnknownFields.ofAlerts(field, view.catalog)) }
    for notice in written.notices { notices.close(notice) }
    let blocks = alerts.count(where: \.isPartOfGroup)
    notices.close(CountText.alerts(alerts.count - blocks, blocks: blocks))
    if !isWhole || !written.isWhole || DamagedAlerts.areMet { throw ExitCode(1) }
  }

  /// Writes a page; false, with words, where it cannot be written.
  private static func write(_ alerts: [AlertDocument], to file: ReportFile, _ folder: String) throws -> Bool {
    var context = ReportContext(
      created: EventOptions.clock(), version: Martlet.configuration.version)
    context.isOfSavedAlerts = true
    context.inputs = [folder]
    let times = alerts.compactMap(\.time)
    context.earliest = times.min()
    context.latest = times.max()
    do {
      var page = ReportPage()
      for alert in alerts { page.add(alert) }
      try file.write { output in try page.write(context, to: output) }
      return true
    } catch {
      StandardError.write(line: Terminal.safe("martlet: \(error)"))
      return false
    }
  }
}
