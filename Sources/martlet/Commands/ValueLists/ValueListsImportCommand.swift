import Alerts
import ArgumentParser
import Exceptions
import Foundation
import Outputs
import Query
import Running

struct ValueListsImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Puts value lists into a folder of events: text files with a value a line.",
    discussion: """
      A list goes by the name of its file, unless --id gives another. It has the values of the file alone afterwards; what it
      had before is kept as an earlier version.

      Examples:
        martlet value-lists import --data events --type ip_range offices.txt
        martlet value-lists import --data events --type keyword --id admins people.txt

      Exit status: 0 when all were taken; 1 when some could not be; 64 for wrong arguments.
      """)

  @OptionGroup var folder: FolderOption

  @Argument(help: "Files with a value a line, in UTF-8.", completion: .file())
  var files: [String]

  @Option(help: ArgumentHelp("What the lists hold: keyword, ip, ip_range or text.", valueName: "type"))
  var type: ValueList.Kind

  @Option(name: .customLong("id"), help: ArgumentHelp("The list's id, by which exceptions name it.", valueName: "id"))
  var listID: String?

  @OptionGroup var author: AuthorOption
  @OptionGroup var done: DoneOptions
  @OptionGroup var notices: NoticeOptions

  private func id(of file: String) -> String { listID ?? URL(fileURLWithPath: file).lastPathComponent }

  func validate() throws {
    if listID != nil, files.count > 1 { throw ValidationError("--id names one list; give one file with it.") }
    for file in files where !ValueListDocument.isID(id(of: file)) {
      throw ValidationError(Terminal.safe("“\(id(of: file).prefix(200))” cannot be the id of a value list."))
    }
    let ids = files.map(id(of:))
    if Set(ids).count < ids.count { throw ValidationError("two of the files have one name, and so would be one list.") }
  }

  func run() throws {
    let store = try FolderRules.openOrMake(folder.data, by: "value-lists import")
    var done = Done("value-lists import", of: "value_lists")
    var lists: [(id: String, list: ValueList)] = []
    for file in files {
      do {
        lists.append((id(of: file), try ValueListReader.read(file, kind: type)))
      } catch {
        StandardError.write(line: Terminal.safe("martlet: \(error.message)"))
        done.refused.append(error.message)
      }
    }
    try FolderRules.telling {
      try store.changing(by: author.name, at: EventOptions.clock()) { changes in
        let known = try changes.current(.valueList).map(\.key)
        guard Set(known).union(lists.map(\.id)).count <= ExceptionLimits.lists else {
          throw ValidationError("a folder holds \(ExceptionLimits.lists) value lists at most; join some.")
        }
        for (id, list) in lists {
          if let kept = try changes.current(.valueList, id).map(FolderExceptions.valueList), kept.kind != type.rawValue
          {
            throw ValidationError(
              Terminal.safe("the folder has “\(id)” as a list of the type \(kept.kind); remove it first, or give --id.")
            )
          }
          done.counts.note(try ValueListDocument.keep(list, as: id, changes), of: id)
        }
      }
      try self.done.tell(done, [done.counts.sentence("value list")], notices: notices)
    }
    if !done.refused.isEmpty { throw ExitCode(1) }
  }
}
