import Alerts
import ArgumentParser
import Detection
import Events
import Exceptions
import Outputs
import Rules
import Running

struct RulesImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Puts rules into a folder of events, where run finds them.",
    discussion: """
      A rule takes the place of the one of its id, also of one that ships, which no upgrade changes any more. Earlier
      versions are kept. Exceptions that an export holds are taken along. What is wrong with a rule is told, and then it is
      not taken. A rule that was deleted or off before, and is on now, goes on as with martlet rules enable.

      Example:
        martlet rules import --data events my-rules/ export.ndjson

      Exit status: 0 when all rules were taken; 1 when some could not be read; 64 for wrong arguments.
      """)

  @OptionGroup var folder: FolderOption
  @OptionGroup var author: AuthorOption
  @OptionGroup var notices: NoticeOptions

  @Argument(help: "Files and folders of rules (.toml, .ndjson, .json, Sigma's .yml).", completion: .file())
  var paths: [String]

  @Option(
    name: .customLong("value-lists"),
    help: ArgumentHelp("A folder with the files of Kibana's value lists; may be repeated.", valueName: "dir"))
  var valueLists: [String] = []

  @OptionGroup var sigma: SigmaOptions
  @OptionGroup var done: DoneOptions

  func run() throws {
    let loaded = RuleCollection.load(paths: paths, withBuiltIn: false, sigma: try sigma.settings())
    var done = Done("rules import", of: "rules")
    for diagnostic in loaded.diagnostics where diagnostic.severity == .error {
      StandardError.write(line: Terminal.safe(diagnostic.description))
      done.refused.append(diagnostic.description)
    }
    let store = try FolderRules.openOrMake(folder.data, by: "rules import")
    let mapping = try FolderRules.telling { try KeptMapping.of(folder.data)?.mapping }
    let catalog = mapping.map { FieldCatalog.standard.applying($0) } ?? .standard
    var exceptions: ExceptionKeeper?
    try FolderRules.telling {
      let resumption = try RuleResumption(store)
      let refusals = try store.changing(by: author.name, at: EventOptions.clock()) { changes in
        for rule in loaded.rules {
          let errors = RuleCheck.obstacles(rule, now: EventOptions.clock(), catalog: catalog)
          for error in errors {
            StandardError.write(line: Terminal.safe("\(error.description) The rule is not taken."))
            done.refused.append(error.description)
          }
          guard errors.isEmpty else { continue }
          if let reason = RuleQuery.obstacle(rule.rule, catalog) {
            notices.warn("“\(rule.rule.name)” is kept and takes no part as long as that is so: \(reason)")
          }
          let text: String
          do {
            text = try RuleWriter.ndjson(rule.rule)
          } catch {
            StandardError.write(line: Terminal.safe("martlet: “\(rule.rule.name)” cannot be kept: \(error)"))
            done.refused.append("“\(rule.rule.name)” cannot be kept: \(error)")
            continue
          }
          try resumption.resume(rule.rule, changes)
          done.counts.note(try changes.keep(.rule, rule.rule.ruleID, text), of: rule.rule.ruleID)
        }
        // What an export of rules holds of their exceptions comes along.
        var lists = RuleLoadResult()
        lists.exportedLists = loaded.exportedLists
        lists.exportedItems = loaded.exportedItems
        lists.valueLists = try changes.current(.valueList).map(FolderExceptions.valueList)
        let read = ExceptionLoader.load(paths: [], rules: lists, valueLists: valueLists)
        for diagnostic in read.diagnostics { StandardError.write(line: Terminal.safe(diagnostic.description)) }
        done.refused += read.diagnostics.filter { $0.severity == .error }.map(\.description)
        exceptions = ExceptionKeeper(changes, rules: loaded.rules)
        return try exceptions?.take(read) ?? []
      }
      for refusal in refusals { StandardError.write(line: Terminal.safe(refusal)) }
      done.refused += refusals
    }
    if let exceptions { done.more = exceptions.more.merging(["exceptions": exceptions.items.json]) { $1 } }
    let words =
      [done.counts.sentence("rule")] + (loaded.exceptionItems.isEmpty ? [] : exceptions.map { [$0.summary] } ?? [])
    try self.done.tell(done, words, notices: notices)
    if !done.refused.isEmpty { throw ExitCode(1) }
  }
}
