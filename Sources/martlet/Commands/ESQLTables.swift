import Events
import Foundation
import Outputs
import Query

/// Tables beside the events, as `--table NAME=FILE` gives them.
enum ESQLTables {
  /// The largest file of a table, in bytes.
  static let largestFile = 1 << 30

  static func read(_ options: [String], _ catalog: FieldCatalog) throws -> [String: ESQLTable] {
    var tables: [String: ESQLTable] = [:]
    for option in options {
      let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw UnusableFile("--table takes NAME=FILE, not “\(option)”")
      }
      let (name, path) = (String(parts[0]), String(parts[1]))
      guard tables[name] == nil else { throw UnusableFile("--table \(name) is given twice") }
      tables[name] = try table(path, catalog) { UnusableFile("--table \(name)=\(path): \($0)") }
    }
    return tables
  }

  private static func table(
    _ path: String, _ catalog: FieldCatalog, _ fault: (String) -> UnusableFile
  ) throws -> ESQLTable {
    let bytes: [UInt8]
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      bytes = Array(try handle.read(upToCount: largestFile + 1) ?? Data())
    } catch {
      throw fault("the file cannot be read: \(UnreadableFile.reason(path, error))")
    }
    guard bytes.count <= largestFile else { throw fault("the file is larger than \(largestFile >> 20) MiB") }
    do throws(ESQLTable.Fault) {
      // Lines of JSON begin with a brace, whatever the file is called.
      if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
        return try ESQLTable(
          ndjson: bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false), catalog: catalog)
      }
      let (rows, openQuote) = CSVRecords.parse(bytes)
      if let openQuote { throw ESQLTable.Fault(line: openQuote, message: "this quote is never closed") }
      return try ESQLTable(csv: rows, catalog: catalog)
    } catch {
      throw fault("\(error)")
    }
  }
}
