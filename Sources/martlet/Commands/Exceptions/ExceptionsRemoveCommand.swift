import Alerts
import ArgumentParser
import JSON
import Outputs
import Rules
import Running

struct ExceptionsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Takes exceptions out of a folder of events; their earlier versions stay.",
    discussion: """
      With ids, those exceptions, out of all lists that hold them or out of that of --list. With --list alone, the list and all that
      is in it. With --list and --rule, the rule no longer obeys the list.

      Examples:
        martlet exceptions remove --data events 6d7c2f1e
        martlet exceptions remove --data events --list offices
        martlet exceptions remove --data events --list offices --rule 'Logging Stopped or Narrowed'

      Exit status: 0 when they are gone; 1 when the folder cannot be read or written; 64 for wrong arguments, and where there is
      no such exception.
      """)

  @OptionGroup var folder: FolderOption

  @Argument(help: ArgumentHelp("Ids of exceptions or the start of them, or their names.", valueName: "id"))
  var ids: [String] = []

  @Option(help: ArgumentHelp("The list's id.", valueName: "id"))
  var list: String?

  @Option(
    name: .customLong("rule"),
    help: ArgumentHelp("A rule that is no longer to obey the list; may be repeated.", valueName: "rule"))
  var rules: [String] = []

  @OptionGroup var author: AuthorOption
  @OptionGroup var done: DoneOptions
  @OptionGroup var notices: NoticeOptions

  func validate() throws {
    guard !ids.isEmpty || list != nil else {
      throw ValidationError("name exceptions by their ids, or a list with --list.")
    }
    guard rules.isEmpty || (list != nil && ids.isEmpty) else {
      throw ValidationError("--rule says which rules no longer obey the list of --list.")
    }
  }

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: false)
    try FolderRules.telling {
      let all = try FolderRules.load(store).rules
      let chosen = try rules.map { try RulePick.one($0, among: all) }
      let (done, line) = try store.changing(by: author.name, at: EventOptions.clock()) { changes in
        let lists = try changes.current(.exceptionList).filter {
          list == nil || FolderExceptions.parts($0.key).last?.stringValue == list
        }
        if let list, lists.isEmpty {
          throw ValidationError(Terminal.safe("the folder has no exception list “\(list)”."))
        }
        let keys = Set(lists.map(\.key))
        let items = try changes.current(.exception).filter { keys.contains(FolderExceptions.listKey(ofItem: $0)) }
        if !ids.isEmpty { return try remove(items, changes) }
        if !chosen.isEmpty { return try unlink(chosen, lists, changes) }
        var done = Done("exceptions remove", of: "exceptions")
        for item in items {
          _ = try changes.remove(.exception, item.key)
          done.counts.note(Self.id(item))
        }
        done.counts.removed = items.count
        for link in try changes.current(.exceptionLink) {
          let parts = FolderExceptions.parts(link.key)
          guard parts.count == 3, keys.contains(JSONValue.array(Array(parts.dropFirst())).text) else { continue }
          _ = try changes.remove(.exceptionLink, link.key)
        }
        var gone = Done.Counts()
        for list in lists {
          _ = try changes.remove(.exceptionList, list.key)
          gone.note(FolderExceptions.parts(list.key).last?.stringValue ?? "")
        }
        gone.removed = lists.count
        done.more["lists"] = gone.json
        return (
          done,
          "\(CountText.count(lists.count, "list")) with \(CountText.count(items.count, "exception")) removed"
        )
      }
      try self.done.tell(done, [line], notices: notices)
    }
  }

  private static func id(_ item: KeptDocument) -> String { FolderExceptions.parts(item.key).last?.stringValue ?? "" }

  private func remove(_ items: [KeptDocument], _ changes: AlertStore.DocumentChanges) throws -> (Done, String) {
    var done = Done("exceptions remove", of: "exceptions")
    for id in ids {
      for item in try find(id, items) where try changes.remove(.exception, item.key) {
        done.counts.removed += 1
        done.counts.note(Self.id(item))
      }
    }
    return (done, "\(CountText.count(done.counts.removed, "exception")) removed")
  }

  /// The items that a text means: by the whole id, the whole name, or the start of an id that no other has.
  private func find(_ text: String, _ items: [KeptDocument]) throws -> [KeptDocument] {
    let whole = items.filter { Self.id($0) == text }
    if !whole.isEmpty { return whole }
    let named = items.filter {
      $0.text.flatMap { try? JSONValue(parsing: $0) }?["name"]?.stringValue?.lowercased() == text.lowercased()
    }
    if !named.isEmpty { return named }
    let begun = items.filter { text.count >= 4 && Self.id($0).hasPrefix(text) }
    guard let first = begun.first else {
      throw ValidationError(
        Terminal.safe(
          "no exception has the id or name “\(text.prefix(200))”; martlet exceptions list shows those that there are."))
    }
    guard begun.allSatisfy({ Self.id($0) == Self.id(first) }) else {
      throw ValidationError(Terminal.safe("“\(text)” begins the ids of \(begun.count) exceptions; give more of it."))
    }
    return begun
  }

  private func unlink(
    _ rules: [LoadedRule], _ lists: [KeptDocument], _ changes: AlertStore.DocumentChanges
  ) throws -> (Done, String) {
    var done = Done("exceptions remove", of: "rules")
    for rule in rules {
      let keys = lists.map { list -> String in
        let parts = FolderExceptions.parts(list.key)
        return FolderExceptions.key(
          link: rule.rule.ruleID, list: parts.last?.stringValue ?? "", parts.first?.stringValue ?? "")
      }
      guard try keys.count(where: { try changes.remove(.exceptionLink, $0) }) > 0 else {
        throw ValidationError(
          Terminal.safe(
            "“\(rule.rule.name)” was not told here to obey the list; a list that the rule names itself goes with another version of "
              + "the rule (rules import), and one that all rules obey with the list."))
      }
      done.counts.changed += 1
      done.counts.note(rule.rule.ruleID)
    }
    let count = done.counts.changed
    return (done, "\(CountText.count(count, "rule")) no longer \(count == 1 ? "obeys" : "obey") the list")
  }
}
