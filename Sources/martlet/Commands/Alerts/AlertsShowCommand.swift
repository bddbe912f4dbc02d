import Alerts
import ArgumentParser
import JSON
import Outputs
import Reports

struct AlertsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows one alert that is kept in full, and what was done with it.",
    discussion: """
      Example:
        martlet alerts show --data events 3f9c

      Exit status: 0 when the alert was found; 1 when it was not, when several begin alike, or when the folder cannot be
      read; 64 for wrong arguments.
      """)

  @OptionGroup var kept: KeptAlertOptions

  @Argument(
    help: ArgumentHelp("The alert's id (kibana.alert.uuid), or as much of its start as no other has.", valueName: "id"))
  var id: String

  @Option(help: ArgumentHelp("text, json or markdown.", valueName: "format"))
  var format: ShowCommand.Format = .text

  func validate() throws {
    guard !id.isEmpty else { throw ValidationError("an alert's id, or the start of one, must be given.") }
  }

  func run() throws {
    let alert: AlertDocument
    let changes: [AlertStore.Changed]
    do {
      let store = try kept.open()
      alert = try AlertPick.one(id, try kept.alerts(in: store, idPrefix: id).alerts)
      changes = try store.changes(of: alert.id)
    } catch let error where !(error is ExitCode) && !(error is ValidationError) {
      throw StoreAccess.failed(error)
    }
    try Self.write(alert, changes, as: format)
    try DamagedAlerts.end()
  }

  /// Writes an alert and what was done with it.
  static func write(_ alert: AlertDocument, _ changes: [AlertStore.Changed], as format: ShowCommand.Format) throws {
    do {
      let output = StandardOutput()
      if format == .json { return try output.write(json(alert, changes) + [UInt8(ascii: "\n")]) }
      try ShowCommand.write(alert, as: format)
      guard format == .text, !changes.isEmpty else { return }
      try output.write(line: "")
      try output.write(line: "What was done with it")
      for change in changes {
        let what =
          change.what == "note"
          ? "noted: \(change.after ?? "")"
          : "\(change.what): \(change.before ?? "none") → \(change.after ?? "none")"
        try output.write(line: Terminal.safe("  \(change.at.iso8601)  \(change.who)  \(what)"))
      }
    } catch is StandardOutput.Closed {
      // Whoever read it has seen enough.
    }
  }

  /// The alert with its changes as one member more; as it is where there are none.
  private static func json(_ alert: AlertDocument, _ changes: [AlertStore.Changed]) -> [UInt8] {
    guard !changes.isEmpty else { return alert.json }
    let list = changes.map { change in
      var object: [String: JSONValue] = [
        "at": .string(change.at.iso8601), "who": .string(change.who), "what": .string(change.what),
      ]
      object["before"] = change.before.map { .string($0) }
      object["after"] = change.after.map { .string($0) }
      return JSONValue.object(object)
    }
    return alert.json.dropLast() + Array(",\"martlet.changes\":\(JSONValue.array(list).text)}".utf8)
  }
}

/// One alert by the start of its id.
enum AlertPick {
  /// Ends the command with words and status 1 where it is none or several.
  static func one(_ id: String, _ alerts: [AlertDocument]) throws -> AlertDocument {
    // A whole id is meant even where it begins another.
    if let whole = alerts.first(where: { $0.id == id }) { return whole }
    if alerts.count == 1 { return alerts[0] }
    guard !alerts.isEmpty else {
      StandardError.write(line: Terminal.safe("martlet: no alert has an id that starts with “\(id)”"))
      throw ExitCode(1)
    }
    StandardError.write(
      line: Terminal.safe("martlet: \(alerts.count) alerts have ids that start with “\(id)”:"))
    for alert in alerts.prefix(20) {
      StandardError.write(
        line: Terminal.safe("  \(alert.id)  \(alert.eventTime ?? "-")  \(alert.severity.rawValue)  \(alert.ruleName)"))
    }
    if alerts.count > 20 { StandardError.write(line: "  … and \(alerts.count - 20) more") }
    throw ExitCode(1)
  }
}
