import Alerts
import ArgumentParser
import Events
import Exceptions
import Foundation
import JSON
import Outputs
import Rules
import Running

struct ExceptionsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the exceptions of a folder of events: for which rules, until when, since when and by whom.",
    discussion: """
      Examples:
        martlet exceptions list --data events
        martlet exceptions list --data events --rule 'Logging Stopped or Narrowed' --format json
        martlet exceptions list --data events --versions

      Exit status: 0; 1 when the folder, or an exception in it, cannot be read; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @OptionGroup var folder: FolderOption

  @Option(help: ArgumentHelp("Only those that this rule obeys.", valueName: "rule"))
  var rule: String?

  @Flag(help: "All versions that there were, those taken out too.")
  var versions = false

  @OptionGroup var types: MappingOptions

  @Option(
    help: ArgumentHelp("The time at which exceptions have expired or not; the clock's unless given.", valueName: "time")
  )
  var now: String?

  @Option(help: ArgumentHelp("table or json.", valueName: "format"))
  var format = Format.table

  func validate() throws {
    if versions, rule != nil {
      throw ValidationError("--versions lists what there was, whatever rules obey now; leave out --rule.")
    }
  }

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: true)
    try FolderRules.telling {
      if versions { return try listVersions(store) }
      let clock = EventOptions.clock()
      let time = try now.map { try InputOptions.time($0, option: "--now", relativeTo: clock) } ?? clock
      var all = try FolderRules.load(store)
      let meant = try rule.map { try RulePick.one($0, among: all.rules).rule.ruleID }
      let rules = all.rules
      // Of rules only those with faults of their own would be told, which is not asked for here.
      all.diagnostics = []
      let loaded = ExceptionLoader.load(paths: [], rules: all, catalog: try types.catalog(of: folder.data, tells: true))
      let check = ExceptionCheck(loaded, rules: rules, now: time)
      for diagnostic in check.diagnostics { StandardError.write(line: Terminal.safe(diagnostic.description)) }
      let kept = Dictionary(try store.current(.exception).map { ($0.key, $0) }) { $1 }
      let shown = check.items.filter { item in meant == nil || item.rules.contains { $0.id == meant } }
      switch format {
      case .table: try table(shown, kept, rules.count)
      case .json: try StandardOutput().write(line: JSONValue.array(shown.map { json($0, kept) }).text)
      }
      if check.errorCount > 0 { throw ExitCode(1) }
    }
  }

  private func document(_ checked: ExceptionCheck.Checked, _ kept: [String: KeptDocument]) -> KeptDocument? {
    guard case .list(let list, let namespaceType) = checked.item.scope else { return nil }
    return kept[FolderExceptions.key(item: checked.item.itemID, list: list, namespaceType)]
  }

  private func table(
    _ items: [ExceptionCheck.Checked], _ kept: [String: KeptDocument], _ ruleCount: Int
  ) throws {
    let rows = items.map { checked in
      let item = checked.item
      let document = document(checked, kept)
      let rules =
        checked.rules.count == ruleCount && ruleCount > 1
        ? "all rules"
        : checked.rules.count > 1 ? "\(checked.rules.count) rules" : checked.rules.first?.name ?? "no rule"
      let until = item.expires.map { $0.iso8601 + (checked.isExpired ? " (expired)" : "") } ?? "-"
      return [
        item.itemID, item.name, rules, item.listID ?? "-", until, document.map { String($0.version) } ?? "-",
        document?.keptAt.iso8601 ?? "-", document?.who ?? "-",
        item.entries.map(\.description).joined(separator: " and "),
      ]
    }
    try write(
      [
        .init("ID", limit: 40), .init("NAME", limit: 60, yields: 2), .init("FOR", limit: 60, yields: 3),
        .init("LIST", limit: 40, yields: 5), .init("UNTIL"), .init("VERSION"), .init("SINCE"), .init("BY", limit: 30),
        .init("WHEN", limit: 200, yields: 4),
      ], rows)
  }

  private func json(_ checked: ExceptionCheck.Checked, _ kept: [String: KeptDocument]) -> JSONValue {
    let document = document(checked, kept)
    var members: [String: JSONValue] = [
      "rules": .array(checked.rules.map { ["rule_id": .string($0.id), "name": .string($0.name)] }),
      "expired": .bool(checked.isExpired),
    ]
    if let document {
      members["exception"] = document.text.flatMap { try? JSONValue(parsing: $0) } ?? .null
      members.merge(Self.version(document)) { $1 }
    }
    return .object(members)
  }

  private static func version(_ document: KeptDocument) -> [String: JSONValue] {
    [
      "version": .integer(Int64(document.version)), "kept_at": .string(document.keptAt.iso8601),
      "kept_by": .string(document.who),
    ]
  }

  private func listVersions(_ store: AlertStore) throws {
    let versions = try store.versions(.exception)
    switch format {
    case .json:
      let values = versions.map { document -> JSONValue in
        let parts = FolderExceptions.parts(document.key)
        var members = Self.version(document)
        members["list_id"] = parts.dropFirst().first ?? .null
        members["item_id"] = parts.last ?? .null
        members["current"] = .bool(document.isCurrent)
        members["exception"] = document.text.flatMap { try? JSONValue(parsing: $0) } ?? .null
        return .object(members)
      }
      try StandardOutput().write(line: JSONValue.array(values).text)
    case .table:
      let rows = versions.map { document in
        let parts = FolderExceptions.parts(document.key)
        let name = document.text.flatMap { try? JSONValue(parsing: $0) }?["name"]?.stringValue
        return [
          parts.last?.stringValue ?? "", String(document.version), document.keptAt.iso8601, document.who,
          document.isCurrent ? "current" : document.text == nil ? "removed" : "earlier", name ?? "-",
          parts.dropFirst().first?.stringValue ?? "",
        ]
      }
      try write(
        [
          .init("ID", limit: 40), .init("VERSION"), .init("SINCE"), .init("BY", limit: 30), .init("STATE"),
          .init("NAME", limit: 60, yields: 2), .init("LIST", limit: 40, yields: 3),
        ], rows)
    }
  }

  private func write(_ columns: [TextTable.ColumnStyle], _ rows: [[String]]) throws {
    let table = TextTable(
      columns, sample: rows, width: Terminal.tableWidth, usesColour: Terminal.usesColour(STDOUT_FILENO))
    try StandardOutput.quietly { output in
      try output.write(line: table.header)
      for row in rows { try output.write(line: table.row(row)) }
    }
  }
}
