import Foundation
import GRDB
import Hashing
import JSON

/// What tells whether a document of a folder is what was written: the first 63 bits of its SHA-256.
///
/// SQLite looks after the structure of its file, and not after what stands in it.
enum DocumentChecksum {
  /// In SQL: the checksum of bytes; null of null.
  static let name = "document_checksum"
  /// In SQL, for documents of before there were checksums: null where bytes are no JSON, so that they count as damaged.
  static let nameForJSON = "document_checksum_if_json"

  static func of(_ bytes: UnsafeRawBufferPointer) -> Int64 {
    SHA256.digest(of: bytes).withUnsafeBytes { digest in
      Int64(digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } >> 1)
    }
  }

  static func of(_ bytes: Data) -> Int64 { bytes.withUnsafeBytes { of($0) } }

  static func of(_ bytes: [UInt8]) -> Int64 { bytes.withUnsafeBytes { of($0) } }

  static let functions = [
    DatabaseFunction(name, argumentCount: 1, pure: true) { values in
      Data.fromDatabaseValue(values[0]).map { of($0) }
    },
    DatabaseFunction(nameForJSON, argumentCount: 1, pure: true) { values in
      guard let bytes = Data.fromDatabaseValue(values[0]), let document = try? JSONDocument([UInt8](bytes)[...]),
        // Its root is a place in what it owns.
        withExtendedLifetime(document, { document.root.isObject })
      else { return nil }
      return of(bytes)
    },
  ]
}
