import Alerts
import ArgumentParser
import Exceptions
import JSON
import Outputs
import Running

struct ExceptionsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Prints the exceptions of a folder of events, as NDJSON that Kibana imports.",
    discussion: """
      Lists, their items, and a summary. Which rules obey a list stands in the rules: martlet rules export.

      Examples:
        martlet exceptions export --data events > exceptions.ndjson
        martlet exceptions export --data events --list offices > offices.ndjson

      Exit status: 0; 1 when the folder cannot be read; 64 for wrong arguments.
      """)

  @OptionGroup var folder: FolderOption

  @Option(
    name: .customLong("list"), help: ArgumentHelp("Only the list of this id; may be repeated.", valueName: "id"))
  var lists: [String] = []

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: true)
    try FolderRules.telling {
      let documents = try store.current([.exceptionList, .exception])
      func isMeant(_ id: JSONValue?) -> Bool { lists.isEmpty || lists.contains { $0 == id?.stringValue } }
      let kept = documents.filter { $0.kind == .exceptionList && isMeant(FolderExceptions.parts($0.key).last) }
      for id in lists where !kept.contains(where: { FolderExceptions.parts($0.key).last?.stringValue == id }) {
        throw ValidationError(Terminal.safe("the folder has no exception list “\(id)”."))
      }
      let keys = Set(kept.map(\.key))
      let items = documents.filter { $0.kind == .exception && keys.contains(FolderExceptions.listKey(ofItem: $0)) }
      let lines = ExceptionExport.lines(
        lists: kept.compactMap { $0.text.flatMap { try? JSONValue(parsing: $0) } },
        items: items.compactMap { $0.text.flatMap { try? JSONValue(parsing: $0) } })
      try StandardOutput.quietly { output in for line in lines { try output.write(line: line) } }
    }
  }
}
