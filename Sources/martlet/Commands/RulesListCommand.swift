import Alerts
import ArgumentParser
import Detection
import Foundation
import JSON
import Outputs
import Rules
import Running

struct RulesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists rules.",
    discussion: """
      RUNS is “no” for a rule that is wrong, as rules check says, and “not yet” for a sound one that does not run here.

      With --data also where each comes from: it ships, or it was put into the folder, in which version, when and by whom.

      Examples:
        martlet rules list --rules my-rules/
        martlet rules list --data events
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @OptionGroup var rules: RuleOptions

  @OptionGroup var folder: RuleFolderOption

  @Option(help: ArgumentHelp("table or json.", valueName: "format"))
  var format = Format.table

  private var data: String? { folder.data }

  func run() throws {
    let (loaded, hasErrors) = try rules.load(folder: data)
    var kept: [String: KeptDocument] = [:]
    if let data {
      let store = try FolderRules.open(data, isReadOnly: true)
      kept = try FolderRules.telling { Dictionary(try store.current(.rule).map { ($0.key, $0) }) { $1 } }
    }
    // A rule of a file that was given counts before the folder's.
    func document(_ rule: LoadedRule) -> KeptDocument? {
      FolderPlace.holds(rule.file) ? kept[rule.rule.ruleID] : nil
    }
    try StandardOutput.quietly { output in
      switch format {
      case .table: try table(loaded, document, to: output)
      case .json: try output.write(line: JSONValue.array(loaded.map { json($0, document($0)) }).text)
      }
    }
    if hasErrors { throw ExitCode(1) }
  }

  private func table(
    _ loaded: [LoadedRule], _ document: (LoadedRule) -> KeptDocument?, to output: StandardOutput
  ) throws {
    let labels = RulePick.labels(loaded)
    let rows = loaded.map { rule in
      let own = document(rule)
      return [
        rule.rule.ruleID, rule.rule.severity.rawValue, rule.rule.type.rawValue,
        standing(rule).word,
      ]
        + (data == nil
          ? []
          : [
            own.map { "folder, version \($0.version)" } ?? (rule.file.hasPrefix("built-in/") ? "ships" : rule.file),
            own?.keptAt.iso8601 ?? "-", own?.who ?? "-",
          ]) + [labels.name(rule.rule)]
    }
    var columns: [TextTable.ColumnStyle] = [.init("ID"), .init("SEVERITY"), .init("TYPE"), .init("RUNS")]
    if data != nil { columns += [.init("FROM", limit: 40, yields: 2), .init("SINCE"), .init("BY", limit: 30)] }
    columns.append(.init("NAME", limit: 200, yields: 1))
    let table = TextTable(
      columns, sample: rows, width: Terminal.tableWidth, usesColour: Terminal.usesColour(STDOUT_FILENO))
    try output.write(line: table.header)
    for (row, rule) in zip(rows, loaded) {
      try output.write(line: table.row(row, colours: [1: AlertTable.colour(rule.rule.severity)]))
    }
  }

  /// Whether a rule runs, and why not, enabled or not.
  private func standing(_ rule: LoadedRule) -> (word: String, obstacle: String?) {
    let errors = RuleCheck.obstacles(rule, now: EventOptions.clock())
    let obstacle = errors.first?.message ?? RuleQuery.obstacle(rule.rule)
    guard rule.rule.isEnabled else { return ("disabled", obstacle) }
    return (!errors.isEmpty ? "no" : obstacle == nil ? "yes" : "not yet", obstacle)
  }

  private func json(_ rule: LoadedRule, _ document: KeptDocument?) -> JSONValue {
    var members: [String: JSONValue] = [
      "rule_id": .string(rule.rule.ruleID), "name": .string(rule.rule.name),
      "severity": .string(rule.rule.severity.rawValue), "type": .string(rule.rule.type.rawValue),
      "enabled": .bool(rule.rule.isEnabled), "file": .string(rule.file),
      "obstacle": standing(rule).obstacle.map { .string($0) } ?? .null,
    ]
    if data != nil { members["kept"] = document.map { .object(RuleVersions.members($0)) } ?? .null }
    return .object(members)
  }
}
