import Alerts
import ArgumentParser
import Events
import Outputs
import Rules
import Running

struct RulesExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Prints the rules that were put into a folder of events, as NDJSON that Kibana imports.",
    discussion: """
      With the exceptions that the rules obey. Rules in Sigma become rules of Elastic Security that alert on the same events;
      what cannot be written so exactly is told and left out. With --keep-sigma they stay as they are, for another folder,
      and so does a version that --at-version names.

      Examples:
        martlet rules export --data events > rules.ndjson
        martlet rules export --data events --all > rules.ndjson
        martlet rules export --data events --rule my-rule --at-version 1 > before.ndjson

      Exit status: 0 when every rule was written, 1 when some could not be.
      """)

  @OptionGroup var folder: FolderOption

  @Flag(help: "The rules that ship as well.")
  var all = false

  @Option(
    name: .customLong("rule"),
    help: ArgumentHelp(
      "Only this rule: its id or the start of it, its name or a part of it; may be repeated.", valueName: "rule"))
  var picked: [String] = []

  @Option(
    name: .customLong("at-version"),
    help: ArgumentHelp("The one rule as it was in this version of the folder's.", valueName: "n"))
  var version: Int?

  @Flag(name: .customLong("keep-sigma"), help: "Rules in Sigma as they are kept, which Kibana does not import.")
  var keepsSigma = false

  @OptionGroup var sigma: SigmaOptions

  func validate() throws {
    if version != nil, picked.count != 1 {
      throw ValidationError("--at-version is one of a rule: name it with --rule.")
    }
    if all, !picked.isEmpty { throw ValidationError("--all means all rules; leave out --rule.") }
  }

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: true)
    try FolderRules.telling {
      if let version, let name = picked.first {
        let (_, versions) = try RuleVersions.of(name, in: store)
        let text = try RuleVersions.text(version, of: name, versions)
        return try StandardOutput.quietly { try $0.write(line: text) }
      }
      var loaded = try FolderRules.load(store)
      if !all {
        let chosen = try picked.map { try RulePick.one($0, among: loaded.rules).rule.ruleID }
        let own = Set(try chosen.isEmpty ? store.current(.rule).map(\.key) : chosen)
        loaded.rules.removeAll { !own.contains($0.rule.ruleID) }
        let named = Set(loaded.rules.flatMap { $0.rule.exceptionLists.map(\.listID) })
        func isOfOthers(_ object: ExportedObject) -> Bool {
          !(object.value["list_id"]?.stringValue.map(named.contains) ?? false)
        }
        loaded.exportedLists.removeAll(where: isOfOthers)
        loaded.exportedItems.removeAll(where: isOfOthers)
      }
      let isSayable = try keepsSigma || convert(&loaded.rules)
      let export = RuleExport(loaded)
      for diagnostic in export.diagnostics { StandardError.write(line: Terminal.safe(diagnostic.description)) }
      try StandardOutput.quietly { output in for line in export.lines { try output.write(line: line) } }
      if !export.diagnostics.isEmpty || loaded.hasErrors || !isSayable { throw ExitCode(1) }
    }
  }

  /// With the types of the mapping that the folder remembers.
  private func convert(_ rules: inout [LoadedRule]) throws -> Bool {
    let mapping = try KeptMapping.of(folder.data)?.mapping
    return SigmaNotice.convert(
      &rules, try sigma.settings(), catalog: mapping.map { FieldCatalog.standard.applying($0) })
  }
}
