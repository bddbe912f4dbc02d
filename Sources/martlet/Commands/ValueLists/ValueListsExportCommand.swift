import Alerts
import ArgumentParser
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

  @OptionGroup var folder: FolderOption

  @Argument(help: ArgumentHelp("The list's id.", valueName: "id"))
  var list: String

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: true)
    try FolderRules.telling {
      guard let kept = try store.current(.valueList).first(where: { $0.key == list }) else {
        throw ValidationError(Terminal.safe("the folder has no value list “\(list)”."))
      }
      try StandardOutput.quietly { try $0.write(Array(FolderExceptions.valueList(kept).text.utf8)) }
    }
  }
}
