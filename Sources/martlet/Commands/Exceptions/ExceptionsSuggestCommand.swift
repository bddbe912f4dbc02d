import ArgumentParser
import Exceptions
import Foundation
import JSON
import Outputs
import Rules
import Running

struct ExceptionsSuggestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest",
    abstract: "Proposes the narrowest exceptions that would silence the loudest benign-looking alerts of a hunt.",
    discussion: """
      Alerts of one rule are grouped by tool and identity. Proposed is what infrastructure as code does, or what the same
      tool and identity do on at least three days from few addresses. Never silenced are failures, root, attack tools and
      high severity, nor what shares an identity, key, address or session with an alert of the last two, nor a burst of one
      minute.

      Examples:
        martlet hunt AWSLogs/ > alerts.ndjson
        martlet exceptions suggest --format table alerts.ndjson
        martlet exceptions suggest alerts.ndjson > exceptions.toml
        martlet exceptions suggest --data events --format table

      Exit status: 0 when all alerts could be read, 1 when some could not.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case toml, ndjson, table }

  @Argument(help: "Alerts that a hunt wrote as NDJSON; - is standard input.", completion: .file())
  var alerts: String?

  @OptionGroup var folder: KeptAlertsOption

  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp("Only for the rules of this file or folder; may be repeated.", valueName: "path"))
  var rulePaths: [String] = []

  @Option(name: .customLong("max"), help: ArgumentHelp("How many exceptions at most.", valueName: "n"))
  var limit = 20

  @Option(
    name: .customLong("min-alerts"),
    help: ArgumentHelp("How many alerts an exception must remove at least.", valueName: "n"))
  var leastAlerts = 3

  @Option(help: ArgumentHelp("toml, ndjson or table.", valueName: "format"))
  var format = Format.toml

  private var data: String? { folder.data }

  func validate() throws {
    guard (alerts == nil) != (data == nil) else {
      throw ValidationError(
        alerts == nil
          ? "name the file of alerts, or a folder of events with --data." : "--data takes the place of a file.")
    }
    guard limit > 0, leastAlerts > 0 else { throw ValidationError("--max and --min-alerts take numbers above 0.") }
  }

  func run() throws {
    var options = SuggestionOptions()
    options.limit = limit
    options.leastAlerts = leastAlerts
    var hasErrors = false
    if !rulePaths.isEmpty {
      let rules = RuleLoader.load(paths: rulePaths)
      for diagnostic in rules.diagnostics where diagnostic.severity == .error {
        StandardError.write(line: Terminal.safe(diagnostic.description))
      }
      hasErrors = rules.hasErrors
      options.ruleIDs = Set(rules.rules.map(\.rule.ruleID))
    }
    var suggester = ExceptionSuggester(options)
    var bad: (count: Int, first: String)?
    if let data {
      let store = try FolderRules.open(data, isReadOnly: true)
      try FolderRules.telling {
        let damaged = try store.forEachAlert { stored in
          // What an exception holds for already is not proposed again.
          guard stored.contradictedBy == nil else { return }
          guard suggester.held < AlertLines.mostAlerts else {
            throw ValidationError(
              "\(data) holds more than \(AlertLines.mostAlerts) alerts; export some of them with alerts export --filter."
            )
          }
          suggester.add(try JSONValue(parsing: stored.made[...]))
        }
        DamagedAlerts.tell(damaged, in: data)
      }
    } else {
      do {
        bad = try AlertLines.read(alerts ?? "-") { suggester.add($0) }.bad
      } catch {
        StandardError.write(line: Terminal.safe("martlet: \(error)"))
        throw ExitCode(1)
      }
    }
    let suggestions = suggester.suggestions()
    do {
      try write(suggestions)
    } catch is StandardOutput.Closed {
      // Whoever read the suggestions has seen enough.
    }
    if let bad {
      let more = bad.count > 1 ? " (and \(bad.count - 1) more such lines)" : ""
      StandardError.write(line: Terminal.safe("martlet: \(bad.first)\(more)"))
    }
    StandardError.write(
      line:
        "\(CountText.count(suggestions.count, "exception")) would have removed \(suggestions.reduce(0) { $0 + $1.removed }) of "
        + CountText.count(suggester.count, "alert"))
    if hasErrors || bad != nil || DamagedAlerts.areMet { throw ExitCode(1) }
  }

  private func write(_ suggestions: [SuggestedException]) throws {
    let output = StandardOutput()
    switch format {
    case .toml: try output.write(Array(SuggestionTOML.text(suggestions).utf8))
    case .ndjson: for line in SuggestionNDJSON.lines(suggestions) { try output.write(line: line) }
    case .table:
      let rows = suggestions.map { suggestion in
        [
          "\(suggestion.removed) of \(suggestion.alerts)", String(suggestion.days), suggestion.ruleName,
          suggestion.tool,
          suggestion.who, suggestion.addresses.isEmpty ? "-" : suggestion.addresses.joined(separator: " "),
          suggestion.signals.joined(separator: "; "),
        ]
      }
      let table = TextTable(
        [
          .init("ALERTS"), .init("DAYS"), .init("RULE", limit: 60, yields: 2), .init("TOOL", limit: 30),
          .init("WHO", limit: 48, yields: 3), .init("FROM", limit: 60, yields: 4), .init("WHY", limit: 100, yields: 5),
        ], sample: rows, width: Terminal.tableWidth,
        usesColour: Terminal.usesColour(STDOUT_FILENO))
      try output.write(line: table.header)
      for row in rows { try output.write(line: table.row(row)) }
    }
  }
}
