import Alerts
import ArgumentParser
import Events
import Foundation
import JSON
import Outputs
import Rules
import Running
import SegmentStore

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "Shows the log of what rules have run in a folder of events, the latest first.",
    discussion: """
      An entry is of the executions of one rule in one run: of run, or of what serve runs together. How long it took is the run's: rules are
      asked together, so that none has a time of its own. All else is of the rule alone: the times of events that its executions searched, how many events
      of its data streams it was asked about (its history and what lies beside them in a segment among them), how many of those times met its
      query, its alerts, and those that caps left uncreated.

      Examples:
        martlet runs --data events
        martlet runs --data events --rule 'Logging Stopped or Narrowed' --limit 100 --format json

      Exit status: 0; 1 when the folder cannot be read; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @OptionGroup var folder: FolderOption

  @Option(
    help: ArgumentHelp("Only this rule: its id or the start of it, its name or a part of it.", valueName: "rule"))
  var rule: String?

  @Option(help: ArgumentHelp("Show so many entries at most.", valueName: "n"))
  var limit = 50

  @Option(help: ArgumentHelp("table or json.", valueName: "format"))
  var format = Format.table

  func validate() throws {
    guard (1...1_000_000).contains(limit) else {
      throw ValidationError("--limit takes a number from 1 to 1000000, not \(limit).")
    }
  }

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: true)
    try FolderRules.telling {
      let rules = try FolderRules.load(store).rules
      let ruleID = try rule.map { text in
        // The log knows rules that the folder has no longer.
        try store.runs(ofRule: text, limit: 1).isEmpty ? try RulePick.one(text, among: rules).rule.ruleID : text
      }
      let names = Dictionary(rules.map { ($0.rule.ruleID, $0.rule.name) }) { first, _ in first }
      let known = Dictionary(rules.map { ($0.rule.ruleID, $0.rule) }) { first, _ in first }
      let runs = try store.runs(ofRule: ruleID, limit: limit).map { Self.withOwnTimes($0, known[$0.ruleID]) }
      try StandardOutput.quietly { output in
        switch format {
        case .json: try output.write(line: JSONValue.array(runs.map { Self.json($0, names[$0.ruleID]) }).text)
        case .table: try Self.write(runs, names, to: output)
        }
      }
    }
  }

  /// A run goes from some time up to some time, executions have theirs. Where the rule is not known, or has another schedule by now, these
  /// cannot be told.
  private static func withOwnTimes(_ run: AlertStore.Run, _ rule: Rule?) -> AlertStore.Run {
    guard let rule, RunSpan.executions(rule, run.first, run.last) == run.executions,
      let ticks = RunSpan.ticks(rule, run.first, run.last)
    else { return run }
    var run = run
    (run.first, run.last) = (ticks.lowerBound, ticks.upperBound)
    return run
  }

  private static func json(_ run: AlertStore.Run, _ name: String?) -> JSONValue {
    func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
    return [
      "rule_id": .string(run.ruleID), "name": name.map { .string($0) } ?? .null,
      "first_tick": .string(run.first.iso8601), "last_tick": .string(run.last.iso8601),
      "executions": count(run.executions), "started_at": .string(run.startedAt.iso8601),
      "run_took_ms": .integer(run.took),
      "window": run.window.map { ["from": .string($0.lowerBound.iso8601), "to": .string($0.upperBound.iso8601)] }
        ?? .null,
      "searched": count(run.searched), "matched": run.matched.map(count) ?? .null, "alerts": count(run.alerts),
      "cut": count(run.cut), "outcome": .string(run.outcome.rawValue),
      "reason": run.reason.map { .string($0) } ?? .null, "warnings": .array(run.warnings.map { .string($0) }),
    ]
  }

  private static func write(_ runs: [AlertStore.Run], _ names: [String: String], to output: StandardOutput) throws {
    guard !runs.isEmpty else { return try output.write(line: "nothing has run (martlet run)") }
    let cells = runs.map { run in
      [
        run.startedAt.iso8601, names[run.ruleID] ?? run.ruleID, run.outcome.rawValue, String(run.executions),
        run.first.iso8601, run.last.iso8601, run.window?.lowerBound.iso8601 ?? "-",
        run.window?.upperBound.iso8601 ?? "-", String(run.searched), run.matched.map(String.init) ?? "-",
        String(run.alerts), String(run.cut), String(format: "%.2f s", Double(run.took) / 1000),
        ([run.reason].compactMap(\.self) + run.warnings).joined(separator: "; "),
      ]
    }
    let table = TextTable(
      [
        .init("STARTED"), .init("RULE", limit: 60, yields: 1), .init("OUTCOME"), .init("EXECUTIONS"), .init("FIRST"),
        .init("LAST"), .init("EVENTS FROM"), .init("EVENTS TO"), .init("SEARCHED"), .init("MATCHED"), .init("ALERTS"),
        .init("CUT"), .init("RUN TOOK"), .init("TO KNOW", limit: 200, yields: 2),
      ], sample: cells, width: Terminal.tableWidth, usesColour: Terminal.usesColour(STDOUT_FILENO))
    try output.write(line: table.header)
    for row in cells { try output.write(line: table.row(row)) }
  }
}
