import Alerts
import ArgumentParser
import Foundation
import JSON
import Outputs
import Running

struct KeysListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the keys of a folder of events, without what is secret of them.",
    discussion: """
      Examples:
        martlet keys list --data events
        martlet keys list --data events --format json

      Exit status: 0; 1 when the folder cannot be read; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @OptionGroup var folder: FolderOption

  @Option(help: ArgumentHelp("table or json.", valueName: "format"))
  var format = Format.table

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: true)
    let now = EventOptions.clock()
    try FolderRules.telling {
      let rows = try store.keys().map { key in
        let state =
          key.revokedAt != nil ? "revoked" : key.expiresAt.map { $0 <= now } ?? false ? "expired" : "in use"
        return (key: key, state: state)
      }
      switch format {
      case .json:
        let values = rows.map { key, state -> JSONValue in
          [
            "id": .string(key.id), "name": .string(key.name), "role": .string(key.role), "state": .string(state),
            "made_at": .string(key.madeAt.iso8601), "made_by": .string(key.madeBy),
            "expires_at": key.expiresAt.map { .string($0.iso8601) } ?? .null,
            "revoked_at": key.revokedAt.map { .string($0.iso8601) } ?? .null,
            "revoked_by": key.revokedBy.map(JSONValue.string) ?? .null,
          ]
        }
        try StandardOutput().write(line: JSONValue.array(values).text)
      case .table:
        let cells = rows.map { key, state in
          [
            key.id, key.name, key.role, state, key.madeAt.iso8601, key.madeBy, key.expiresAt?.iso8601 ?? "never",
          ]
        }
        let table = TextTable(
          [
            .init("ID", limit: 40), .init("NAME", limit: 60, yields: 1), .init("ROLE"), .init("STATE"), .init("SINCE"),
            .init("BY", limit: 30), .init("EXPIRES"),
          ], sample: cells, width: Terminal.tableWidth, usesColour: Terminal.usesColour(STDOUT_FILENO))
        try StandardOutput.quietly { output in
          try output.write(line: table.header)
          for row in cells { try output.write(line: table.row(row)) }
        }
      }
    }
  }
}
