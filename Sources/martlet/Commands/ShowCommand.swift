import ArgumentParser
import Foundation
import Outputs
import Reports
import Running

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows one alert in full from alerts that a hunt has written, or that are kept.",
    discussion: """
      The file is NDJSON, what hunt --format json prints, or an answer of Elasticsearch to a search.

      Examples:
        martlet show 3f9c alerts.ndjson
        martlet hunt --format ndjson AWSLogs/ | martlet show 3f9c
        martlet show --data events 3f9c

      Exit status: 0 when the alert was found; 1 when it was not, when several begin alike, or when the file or some of its
      lines could not be read; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }

  @Argument(
    help: ArgumentHelp("The alert's id (kibana.alert.uuid), or as much of its start as no other has.", valueName: "id"))
  var id: String

  @Argument(help: ArgumentHelp("The file of alerts; - is standard input.", valueName: "file"))
  var file: String?

  @OptionGroup var folder: KeptAlertsOption

  @Option(help: ArgumentHelp("text, json or markdown.", valueName: "format"))
  var format: Format = .text

  private var data: String? { folder.data }

  func validate() throws {
    guard !id.isEmpty else { throw ValidationError("an alert's id, or the start of one, must be given.") }
    guard file == nil || data == nil else { throw ValidationError("--data takes the place of a file.") }
    guard file != nil || data != nil || !Terminal.isTerminal(STDIN_FILENO) else {
      throw ValidationError("name the file of alerts, or pipe the alerts in.")
    }
  }

  /// Bytes of alerts that are held while it is not known whether another id starts in the same way.
  private static let mostBytes = 16 << 20
  /// Places that cannot be used and are named.
  private static let mostProblems = 100

  func run() throws {
    if let data { return try showKept(in: data) }
    var found: [String: AlertDocument] = [:]
    var (bytes, further, problems) = (0, 0, 0)
    do {
      try AlertReader(path: file ?? "-", containing: id).read { problem in
        problems += 1
        guard problems <= Self.mostProblems else { return }
        StandardError.write(line: Terminal.safe("martlet: \(problem)"))
      } alert: { alert in
        // Of an alert that stands there more than once the last writing counts.
        guard alert.id.hasPrefix(id) else { return }
        guard alert.id == id || found[alert.id] != nil || bytes < Self.mostBytes else { return further += 1 }
        bytes += alert.json.count
        found[alert.id] = alert
      }
    } catch let error as AlertFileError {
      StandardError.write(line: Terminal.safe("martlet: \(error)"))
      throw ExitCode(1)
    }
    if problems > Self.mostProblems {
      StandardError.write(line: "martlet: \(problems - Self.mostProblems) more places cannot be used")
    }
    // A whole id is meant even where it begins another.
    guard let alert = found[id] ?? (found.count == 1 && further == 0 ? found.first?.value : nil) else {
      report(found.values.sorted { $0.id < $1.id }, further: further)
      throw ExitCode(1)
    }
    do {
      try write(alert)
    } catch is StandardOutput.Closed {
      // Whoever read it has seen enough.
    }
    if problems > 0 { throw ExitCode(1) }
  }

  /// Shows an alert that is kept, and what was done with it.
  private func showKept(in folder: String) throws {
    let store = try FolderRules.open(folder, isReadOnly: true)
    try FolderRules.telling {
      var found: [AlertDocument] = []
      var bytes = 0
      let damaged = try store.forEachAlert(idPrefix: id) { stored in
        bytes += stored.made.count
        if stored.id == id || bytes < Self.mostBytes { found.append(try AlertDocument(written: try stored.document())) }
      }
      DamagedAlerts.tell(damaged, in: folder)
      let alert = try AlertPick.one(id, found)
      try AlertsShowCommand.write(alert, try store.changes(of: alert.id), as: format)
      try DamagedAlerts.end()
    }
  }

  private func report(_ candidates: [AlertDocument], further: Int) {
    guard !candidates.isEmpty else {
      return StandardError.write(line: Terminal.safe("martlet: no alert has an id that starts with “\(id)”"))
    }
    StandardError.write(
      line: Terminal.safe("martlet: \(candidates.count + further) alerts have ids that start with “\(id)”:"))
    for alert in candidates.prefix(20) {
      StandardError.write(
        line: Terminal.safe("  \(alert.id)  \(alert.eventTime ?? "-")  \(alert.severity.rawValue)  \(alert.ruleName)"))
    }
    let more = candidates.dropFirst(20).count + further
    if more > 0 { StandardError.write(line: "  and \(more) more") }
  }

  private func write(_ alert: AlertDocument) throws { try Self.write(alert, as: format) }

  static func write(_ alert: AlertDocument, as format: Format) throws {
    let output = StandardOutput()
    switch format {
    case .text: try output.write(line: AlertSheet(alert, usesColour: Terminal.usesColour(STDOUT_FILENO)).text)
    case .json: try output.write(alert.json + [UInt8(ascii: "\n")])
    case .markdown: try output.write(Array(MarkdownWriter.document(alert).utf8))
    }
  }
}
