import Alerts
import ArgumentParser
import Exceptions
import Foundation
import Outputs
import Rules
import Running

struct ExceptionsImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Puts the exceptions of files into a folder of events, where run and hunt obey them.",
    discussion: """
      What Kibana exports stays as it is: lists, and their items. An exception of a TOML file goes into the own list of each rule
      that it names. Value lists that exceptions name are taken along. What is there already is kept as an earlier version.
      What is wrong is told, and then it is not taken.

      Examples:
        martlet exceptions import --data events noise.toml
        martlet exceptions import --data events --rule 'Logging Stopped or Narrowed' shared-list.ndjson

      Exit status: 0 when all was taken; 1 when some could not be; 64 for wrong arguments.
      """)

  @OptionGroup var folder: FolderOption

  @Argument(help: "Files and folders of exceptions (.toml, .ndjson).", completion: .file())
  var files: [String]

  @Option(
    name: .customLong("rule"),
    help: ArgumentHelp("A rule that is to obey the lists of the files; may be repeated.", valueName: "rule"))
  var rules: [String] = []

  @Option(
    name: .customLong("value-lists"),
    help: ArgumentHelp("A folder with the files of Kibana's value lists; may be repeated.", valueName: "dir"))
  var valueLists: [String] = []

  @OptionGroup var types: MappingOptions
  @OptionGroup var author: AuthorOption
  @OptionGroup var done: DoneOptions
  @OptionGroup var notices: NoticeOptions

  func run() throws {
    let store = try FolderRules.openOrMake(folder.data, by: "exceptions import")
    try FolderRules.telling {
      let all = try FolderRules.load(store)
      let chosen = try rules.map { try RulePick.one($0, among: all.rules) }
      var lists = RuleLoadResult()
      lists.valueLists = all.valueLists
      let loaded = ExceptionLoader.load(
        paths: files, rules: lists, valueLists: valueLists, catalog: try types.catalog(of: folder.data, tells: true))
      for diagnostic in loaded.diagnostics { StandardError.write(line: Terminal.safe(diagnostic.description)) }
      let (keeper, refusals) = try store.changing(by: author.name, at: EventOptions.clock()) { changes in
        var keeper = ExceptionKeeper(changes, rules: all.rules)
        let refusals = try keeper.take(loaded)
        for list in loaded.lists where !list.isEndpoint {
          let reference = ExceptionListReference(
            id: list.listID, listID: list.listID, type: list.type, namespaceType: list.namespaceType)
          for rule in chosen { try keeper.link(rule, to: reference) }
        }
        return (keeper, refusals)
      }
      for refusal in refusals { StandardError.write(line: Terminal.safe(refusal)) }
      for list in loaded.lists where !list.isEndpoint && !keeper.isObeyed(list) {
        notices.warn("no rule obeys the list “\(list.listID)”; import it with --rule, or a rule that names it")
      }
      var done = Done("exceptions import", of: "exceptions")
      (done.counts, done.more) = (keeper.items, keeper.more)
      done.refused = loaded.diagnostics.filter { $0.severity == .error }.map(\.description) + refusals
      try self.done.tell(done, [keeper.summary], notices: notices)
      if loaded.hasErrors || !refusals.isEmpty { throw ExitCode(1) }
    }
  }
}
