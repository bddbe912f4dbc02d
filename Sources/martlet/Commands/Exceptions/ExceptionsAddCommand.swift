import Alerts
import ArgumentParser
import Events
import Exceptions
import Foundation
import JSON
import Outputs
import Query
import Rules
import Running

struct ExceptionsAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Puts an exception into a folder of events, where run and hunt obey it.",
    discussion: """
      What is excepted is said in KQL: conditions that all hold of one event, each of values, a pattern or of being there. Other
      entries, as those of value lists, are given as Kibana writes them with --entry.

      An exception for rules goes into each one's own list, one for all rules into a list that all obey. With --list it goes
      into that shared list, which the rules that are named then obey.

      Examples:
        martlet exceptions add --data events --rule 'Logging Stopped or Narrowed' --name 'Platform team' \\
          'user.name: (dana or eve)'
        martlet exceptions add --data events --all-rules --name Scanner --expires 2026-12-31 'source.ip: 203.0.113.0/24'
        martlet exceptions add --data events --list offices --rule 'Logging Stopped or Narrowed' --name Offices \\
          --entry '{"field":"source.ip","operator":"included","type":"list","list":{"id":"offices","type":"ip_range"}}'

      Exit status: 0 when it is kept; 1 when the folder cannot be read or written; 64 for wrong arguments, and for an exception
      that is none.
      """)

  @OptionGroup var folder: FolderOption

  @Argument(help: "What is excepted, in KQL.")
  var query: String?

  @Option(
    name: .customLong("rule"),
    help: ArgumentHelp(
      "For this rule: its id or the start of it, its name or a part of it; may be repeated.", valueName: "rule"))
  var rules: [String] = []

  @Flag(name: .customLong("all-rules"), help: "For all rules.")
  var isForAll = false

  @Option(help: ArgumentHelp("Put it into this shared list; it is made where there is none.", valueName: "id"))
  var list: String?

  @Option(help: ArgumentHelp("What is excepted, in a few words.", valueName: "text"))
  var name: String

  @Option(help: ArgumentHelp("Why.", valueName: "text"))
  var reason: String?

  @Option(
    help: ArgumentHelp(
      "The last instant at which it holds: a time, or a date, which means the end of that day in UTC.",
      valueName: "time"))
  var expires: String?

  @Option(
    name: .customLong("entry"),
    help: ArgumentHelp("An entry as Kibana writes it, in JSON; may be repeated.", valueName: "json"))
  var entries: [String] = []

  @Option(
    name: .customLong("os"), help: ArgumentHelp("Only for hosts that run this; may be repeated.", valueName: "name"))
  var osTypes: [String] = []

  @Option(name: .customLong("tag"), help: ArgumentHelp("A tag; may be repeated.", valueName: "tag"))
  var tags: [String] = []

  @Option(
    name: .customLong("id"),
    help: ArgumentHelp(
      "Its id within its list: one that is there is replaced; a new one unless given.", valueName: "id"))
  var itemID: String?

  @OptionGroup var types: MappingOptions
  @OptionGroup var author: AuthorOption
  @OptionGroup var done: DoneOptions
  @OptionGroup var notices: NoticeOptions

  func validate() throws {
    guard query != nil || !entries.isEmpty else { throw ValidationError("say what is excepted: a query, or --entry.") }
    guard !rules.isEmpty || isForAll || list != nil else {
      throw ValidationError("say what it is for: --rule, --all-rules or --list.")
    }
    if isForAll, !rules.isEmpty || list != nil {
      throw ValidationError("--all-rules goes with neither --rule nor --list.")
    }
    if list?.isEmpty ?? false || itemID?.isEmpty ?? false || name.isEmpty {
      throw ValidationError("--list, --id and --name take texts that are not empty.")
    }
  }

  func run() throws {
    let store = try FolderRules.openOrMake(folder.data, by: "exceptions add")
    try FolderRules.telling {
      let loaded = try FolderRules.load(store)
      let chosen = try rules.map { try RulePick.one($0, among: loaded.rules) }
      let exception = try exception(loaded)
      let keeper = try store.changing(by: author.name, at: EventOptions.clock()) { changes in
        var keeper = ExceptionKeeper(changes, rules: loaded.rules)
        do {
          if let list {
            let shared = try keeper.sharedList(list)
            try keeper.take(exception, for: .list(id: shared.listID, namespaceType: shared.namespaceType))
            for rule in chosen { try keeper.link(rule, to: shared) }
          } else {
            try keeper.take(exception, for: isForAll ? .all : .rules(chosen.map(\.rule.ruleID)))
          }
        } catch let refusal as ExceptionKeeper.Refusal {
          throw ValidationError(Terminal.safe("the exception is not taken: \(refusal)."))
        }
        return keeper
      }
      let (lists, items) = (keeper.lists, keeper.items)
      var line = "exception \(exception.item.itemID) "
      line += items.changed > 0 ? "kept in a new version" : items.new > 0 ? "added" : "was there as it is"
      if items.new + items.changed + items.same > 1 { line += ", to \(items.new + items.changed + items.same) rules" }
      if lists.new > 0 { line += "; \(CountText.count(lists.new, "list")) made" }
      var done = Done("exceptions add", of: "exceptions")
      (done.counts, done.more) = (items, keeper.more)
      try self.done.tell(done, [line], notices: notices)
    }
  }

  /// The exception, read as one of a file is.
  private func exception(_ loaded: RuleLoadResult) throws -> LoadedException {
    var members: [String: JSONValue] = [
      "list_id": "none", "namespace_type": "single", "type": "simple", "name": .string(name),
      "item_id": .string(itemID ?? UUID().uuidString.lowercased()), "description": .string(reason ?? ""),
      "tags": .array(tags.map(JSONValue.string)), "os_types": .array(osTypes.map(JSONValue.string)),
    ]
    if let expires { members["expire_time"] = .string(expires) }
    members["entries"] = .array(
      try queried().map(\.json)
        + entries.map { text in
          guard let value = try? JSONValue(parsing: text), value.objectValue != nil else {
            throw ValidationError(Terminal.safe("--entry takes a JSON object, not “\(text.prefix(200))”."))
          }
          return value
        })
    let read = ExceptionLoader.load(
      text: JSONValue.object(members).text, file: FolderPlace.exceptions(ofList: list ?? ""), kept: loaded.valueLists,
      catalog: try types.catalog(of: folder.data, tells: true))
    for diagnostic in read.diagnostics where diagnostic.severity != .error { notices.warn(diagnostic.message) }
    guard let exception = read.items.first, !read.hasErrors else {
      let errors = read.diagnostics.filter { $0.severity == .error }.map(\.message)
      throw ValidationError(Terminal.safe("the exception is not taken: \(errors.joined(separator: "; "))"))
    }
    return exception
  }

  private func queried() throws -> [ExceptionEntry] {
    guard let query else { return [] }
    let parsed: KQLQuery
    do {
      parsed = try KQL.query(query)
    } catch {
      throw ValidationError("the query cannot be read.\n\(error.rendered)")
    }
    do {
      return try ExceptionQuery.entries(parsed.predicate)
    } catch {
      throw ValidationError(Terminal.safe("the query is no exception: \(error)."))
    }
  }
}
