import Alerts
import ArgumentParser
import JSON
import Outputs
import Running

struct ValueListsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Prints the values of a value list of a folder of events, a line each.",
    discussion: """
      Example:
        martlet value-lists export --data events offices.txt > offices.txt

      Exit status: 0; 1 when the folder cannot be read; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var folder: FolderOption

  @Argument(help: ArgumentHelp("The list's id.", valueName: "id"))
  var list: String

  @Option(help: ArgumentHelp("text, a value a line, or json.", valueName: "format"))
  var format = Format.text

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: true)
    try FolderRules.telling {
      guard let kept = try store.current(.valueList).first(where: { $0.key == list }) else {
        throw ValidationError(Terminal.safe("the folder has no value list “\(list)”."))
      }
      let values = FolderExceptions.valueList(kept)
      switch format {
      case .text: try StandardOutput.quietly { try $0.write(Array(values.text.utf8)) }
      case .json:
        let json: JSONValue = [
          "id": .string(kept.key), "type": .string(values.kind), "version": .integer(Int64(kept.version)),
          "values": .array(values.text.split(separator: "\n").map { .string(String($0)) }),
        ]
        try StandardOutput.quietly { try $0.write(line: json.text) }
      }
    }
  }
}
