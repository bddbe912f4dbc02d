import Alerts
import ArgumentParser
import JSON
import Outputs
import Query
import Running

struct ValueListsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Takes values out of a value list of a folder of events, or the whole list; earlier versions stay.",
    discussion: """
      A list that an exception names is not removed, since what the exception is for would be unknown then.

      Examples:
        martlet value-lists remove --data events offices.txt 203.0.113.0/24
        martlet value-lists remove --data events offices.txt

      Exit status: 0 when they are gone; 1 when the folder cannot be read or written; 64 for wrong arguments, and where there is
      no such list or value.
      """)

  @OptionGroup var folder: FolderOption

  @Argument(help: ArgumentHelp("The list's id.", valueName: "id"))
  var list: String

  @Argument(help: ArgumentHelp("Values as they stand in the list; without any, the list itself.", valueName: "value"))
  var values: [String] = []

  @OptionGroup var author: AuthorOption
  @OptionGroup var done: DoneOptions
  @OptionGroup var notices: NoticeOptions

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: false)
    try FolderRules.telling {
      var done = Done("value-lists remove", of: "value_lists")
      let line = try store.changing(by: author.name, at: EventOptions.clock()) { changes in
        guard let kept = try changes.current(.valueList, list).map(FolderExceptions.valueList),
          let kind = ValueList.Kind(rawValue: kept.kind)
        else { throw ValidationError(Terminal.safe("the folder has no value list “\(list)”.")) }
        guard !values.isEmpty else {
          let users = try ValueListUse.names(of: list, changes.current(.exception))
          guard users.isEmpty else {
            let told = users.prefix(5).map { "“\($0)”" }.joined(separator: ", ")
            throw ValidationError(
              Terminal.safe(
                "the value list “\(list)” is named by \(CountText.count(users.count, "exception")) (\(told)); remove "
                  + "\(users.count == 1 ? "it" : "them") first."))
          }
          _ = try changes.remove(.valueList, list)
          done.counts.removed = 1
          done.counts.note(list)
          done.more["values"] = Done.values(removed: try ValueListText.read(kept.text, list, kind: kind).count)
          return "value list \(list) removed"
        }
        let read = try ValueListText.read(kept.text, list, kind: kind)
        let gone = Set(values)
        let there = Set(read.values)
        if let value = values.first(where: { !there.contains($0) }) {
          throw ValidationError(Terminal.safe("the list “\(list)” has no value “\(value.prefix(200))”."))
        }
        let left = read.values.filter { !gone.contains($0) }
        guard !left.isEmpty else {
          throw ValidationError(
            Terminal.safe("the list “\(list)” would be empty, which no exception can use; remove it whole."))
        }
        done.counts.note(try ValueListDocument.keep(ValueList(kind, left), as: list, changes), of: list)
        done.more["values"] = Done.values(removed: gone.count)
        return "\(CountText.count(gone.count, "value")) removed"
      }
      try self.done.tell(done, [line], notices: notices)
    }
  }
}

/// Which exceptions name a value list.
enum ValueListUse {
  /// The names of those of some exceptions that name a list.
  static func names(of list: String, _ exceptions: [KeptDocument]) throws -> [String] {
    exceptions.compactMap { document in
      guard let item = document.text.flatMap({ try? JSONValue(parsing: $0) }),
        names(list, item["entries"]?.arrayValue ?? [])
      else { return nil }
      return item["name"]?.stringValue ?? document.key
    }
  }

  private static func names(_ list: String, _ entries: [JSONValue]) -> Bool {
    entries.contains {
      $0["list"]?["id"]?.stringValue == list || names(list, $0["entries"]?.arrayValue ?? [])
    }
  }
}
