import ArgumentParser
import Exceptions
import Outputs
import Query

struct ValueListsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "value-lists",
    abstract: "Keeps the value lists that exceptions name in a folder of events.",
    discussion: """
      Examples:
        martlet value-lists import --data events --type ip_range offices.txt
        martlet value-lists add --data events offices.txt 203.0.113.0/24
        martlet value-lists export --data events offices.txt
      """,
    subcommands: [
      ValueListsAddCommand.self, ValueListsListCommand.self, ValueListsRemoveCommand.self, ValueListsImportCommand.self,
      ValueListsExportCommand.self,
    ])
}

extension ValueList.Kind: ExpressibleByArgument {}

/// Texts that become value lists.
enum ValueListText {
  /// Reads a value a line; ends the command with words where a line is no value of that type.
  static func read(_ text: String, _ place: String, kind: ValueList.Kind) throws -> ValueList {
    do {
      return try ValueListReader.values(Array(text.utf8), place, kind: kind)
    } catch {
      throw ValidationError(Terminal.safe("\(error.message)."))
    }
  }
}
