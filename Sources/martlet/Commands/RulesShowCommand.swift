import Alerts
import ArgumentParser
import Foundation
import JSON
import Outputs
import Rules
import Running

struct RulesShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows one rule in full.",
    discussion: """
      Of a rule that was put into a folder of events also the versions that it has had, and each of them in full.

      Examples:
        martlet rules show "AWS IAM Assume Role Policy Update"
        martlet rules show --data events --versions my-rule
        martlet rules show --data events --at-version 1 my-rule
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: "The rule: its id or the start of it, its name or a part of it, or its file.")
  var rule: String

  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp("A file or folder of rules to look in too; may be repeated.", valueName: "path"),
    completion: .file())
  var rulePaths: [String] = []

  @OptionGroup var folder: RuleFolderOption

  @Flag(name: .customLong("versions"), help: "Which versions the rule has had in the folder, and who put them there.")
  var listsVersions = false

  @Option(
    name: .customLong("at-version"),
    help: ArgumentHelp("The rule as it was in this version of the folder's.", valueName: "n"))
  var version: Int?

  @Option(help: ArgumentHelp("text, or json: the rule as Kibana exports it.", valueName: "format"))
  var format = Format.text

  private var data: String? { folder.data }

  @OptionGroup var sigma: SigmaOptions

  func validate() throws {
    guard data == nil, listsVersions || version != nil else { return }
    throw ValidationError("versions are those of a folder of events: name it with --data.")
  }

  func run() throws {
    if let data, listsVersions || version != nil {
      let store = try FolderRules.open(data, isReadOnly: true)
      return try FolderRules.telling { try showVersions(store) }
    }
    var loaded = RuleCollection.load(paths: rulePaths, withBuiltIn: true, sigma: try sigma.settings())
    if let data {
      let store = try FolderRules.open(data, isReadOnly: true)
      try FolderRules.telling { try FolderRules.add(store, to: &loaded) }
    }
    for diagnostic in loaded.diagnostics where diagnostic.severity == .error {
      StandardError.write(line: Terminal.safe(diagnostic.description))
    }
    let found = try RulePick.one(rule, among: loaded.rules)
    try show(found.rule)
    if loaded.hasErrors { throw ExitCode(1) }
  }

  private func show(_ rule: Rule) throws {
    try StandardOutput.quietly { output in
      switch format {
      case .text: try output.write(line: RuleSheet(rule).text)
      case .json: try output.write(line: try RuleWriter.ndjson(rule))
      }
    }
  }

  private func showVersions(_ store: AlertStore) throws {
    let (found, versions) = try RuleVersions.of(rule, in: store)
    let name = found?.rule.name ?? rule
    if let version {
      let text = try RuleVersions.text(version, of: name, versions)
      if format == .json { return try StandardOutput.quietly { try $0.write(line: text) } }
      let loaded = RuleLoader.load(text: text, file: FolderPlace.rule(name))
      for diagnostic in loaded.diagnostics where diagnostic.severity == .error {
        StandardError.write(line: Terminal.safe(diagnostic.description))
      }
      guard let first = loaded.rules.first else { throw ExitCode(1) }
      return try show(first.rule)
    }
    try StandardOutput.quietly { output in
      if format == .json {
        return try output.write(
          line: JSONValue.array(
            versions.map { document in
              var members = RuleVersions.members(document)
              members["rule"] = document.text.flatMap { try? JSONValue(parsing: $0) } ?? .null
              return .object(members)
            }
          ).text)
      }
      guard !versions.isEmpty else {
        return try output.write(line: Terminal.safe("“\(name)” ships, and was never put into the folder"))
      }
      let rows = versions.map { version in
        [
          String(version.version), version.keptAt.iso8601, version.who,
          version.isCurrent ? "current" : version.text == nil ? "deleted" : "earlier",
          version.text.flatMap { try? JSONValue(parsing: $0) }?["name"]?.stringValue ?? "-",
        ]
      }
      let table = TextTable(
        [
          .init("VERSION"), .init("SINCE"), .init("BY", limit: 30), .init("STATE"),
          .init("NAME", limit: 200, yields: 1),
        ], sample: rows, width: Terminal.tableWidth, usesColour: Terminal.usesColour(STDOUT_FILENO))
      try output.write(line: table.header)
      for row in rows { try output.write(line: table.row(row)) }
    }
  }
}
