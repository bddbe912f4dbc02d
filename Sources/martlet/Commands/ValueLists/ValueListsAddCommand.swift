import Alerts
import ArgumentParser
import Foundation
import Outputs
import Query
import Running

struct ValueListsAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Adds values to a value list of a folder of events.",
    discussion: """
      Examples:
        martlet value-lists add --data events offices.txt 203.0.113.0/24
        martlet value-lists add --data events --type keyword admins dana eve

      Exit status: 0 when the list has the values; 1 when the folder cannot be read or written; 64 for wrong arguments.
      """)

  @OptionGroup var folder: FolderOption

  @Argument(help: ArgumentHelp("The list's id.", valueName: "id"))
  var list: String

  @Argument(help: ArgumentHelp("Values.", valueName: "value"))
  var values: [String]

  @Option(
    help: ArgumentHelp(
      "What a new list holds: keyword, ip, ip_range or text. Without it there must be such a list.", valueName: "type"))
  var type: ValueList.Kind?

  @OptionGroup var author: AuthorOption
  @OptionGroup var done: DoneOptions
  @OptionGroup var notices: NoticeOptions

  func validate() throws {
    guard ValueListDocument.isID(list) else {
      throw ValidationError(Terminal.safe("“\(list.prefix(200))” cannot be the id of a value list."))
    }
    if let value = values.first(where: { $0.allSatisfy(\.isWhitespace) || $0.contains(where: \.isNewline) }) {
      throw ValidationError(Terminal.safe("“\(value.prefix(200))” is no value: it is empty, or has several lines."))
    }
  }

  func run() throws {
    let store = try FolderRules.openOrMake(folder.data, by: "value-lists add")
    try FolderRules.telling {
      var done = Done("value-lists add", of: "value_lists")
      let added = try store.changing(by: author.name, at: EventOptions.clock()) { changes in
        let kept = try changes.current(.valueList, list).map(FolderExceptions.valueList)
        if let kept, let type, kept.kind != type.rawValue {
          throw ValidationError(Terminal.safe("the list “\(list)” is of the type \(kept.kind), not \(type.rawValue)."))
        }
        guard let kind = kept.flatMap({ ValueList.Kind(rawValue: $0.kind) }) ?? type else {
          throw ValidationError(
            Terminal.safe("the folder has no value list “\(list)”; --type says what a new one is to hold."))
        }
        let before = try kept.map { try ValueListText.read($0.text, list, kind: kind).count } ?? 0
        let after = try ValueListText.read(
          (kept?.text ?? "") + values.joined(separator: "\n"), list, kind: kind)
        done.counts.note(try ValueListDocument.keep(after, as: list, changes), of: list)
        return after.count - before
      }
      let known = values.count - added
      done.more["values"] = Done.values(new: added, same: known)
      try self.done.tell(
        done,
        [
          "\(CountText.count(added, "value")) added"
            + (known > 0 ? ", \(known) \(known == 1 ? "was" : "were") there already" : "")
        ], notices: notices)
    }
  }
}
