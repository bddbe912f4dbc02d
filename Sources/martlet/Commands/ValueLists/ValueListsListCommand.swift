import Alerts
import ArgumentParser
import Foundation
import JSON
import Outputs
import Running

struct ValueListsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the value lists of a folder of events.",
    discussion: """
      Examples:
        martlet value-lists list --data events
        martlet value-lists list --data events --versions --format json

      Exit status: 0; 1 when the folder cannot be read; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @OptionGroup var folder: FolderOption

  @Flag(help: "All versions that there were, those taken out too.")
  var versions = false

  @Option(help: ArgumentHelp("table or json.", valueName: "format"))
  var format = Format.table

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: true)
    try FolderRules.telling {
      let documents = try versions ? store.versions(.valueList) : store.current(.valueList)
      let exceptions = try store.current(.exception)
      let rows = try documents.map { document in
        let list = document.text.map { _ in FolderExceptions.valueList(document) }
        return (
          document: document, kind: list?.kind, count: list?.text.utf8.count { $0 == UInt8(ascii: "\n") },
          users: try ValueListUse.names(of: document.key, exceptions)
        )
      }
      switch format {
      case .json:
        let values = rows.map { row -> JSONValue in
          [
            "id": .string(row.document.key), "type": row.kind.map { .string($0) } ?? .null,
            "values": row.count.map { .integer(Int64($0)) } ?? .null, "version": .integer(Int64(row.document.version)),
            "kept_at": .string(row.document.keptAt.iso8601), "kept_by": .string(row.document.who),
            "current": .bool(row.document.isCurrent), "exceptions": .array(row.users.map(JSONValue.string)),
          ]
        }
        try StandardOutput().write(line: JSONValue.array(values).text)
      case .table:
        let cells = rows.map { row in
          [
            row.document.key, row.kind ?? "-", row.count.map(String.init) ?? "-", String(row.document.version),
            row.document.keptAt.iso8601, row.document.who,
            row.document.isCurrent ? row.users.isEmpty ? "no exception" : row.users.joined(separator: ", ") : "-",
          ]
        }
        let table = TextTable(
          [
            .init("ID", limit: 60), .init("TYPE"), .init("VALUES"), .init("VERSION"), .init("SINCE"),
            .init("BY", limit: 30),
            .init("NAMED BY", limit: 100, yields: 1),
          ], sample: cells, width: Terminal.tableWidth, usesColour: Terminal.usesColour(STDOUT_FILENO))
        try StandardOutput.quietly { output in
          try output.write(line: table.header)
          for row in cells { try output.write(line: table.row(row)) }
        }
      }
    }
  }
}
