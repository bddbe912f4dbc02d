import Foundation
import Hashing

/// Identifiers that are hashes of what made a thing, so that making it again gives the same.
enum AlertID {
  /// SHA-256 over the parts, each with its length before it; 64 hexadecimal digits.
  static func hash(_ parts: [String]) -> String {
    digest(parts).hexadecimal
  }

  /// Of the alert on an event of a data stream.
  ///
  /// - Parameter telling: what tells it from others of the rule on that event.
  static func ofEvent(_ id: String, in stream: String, byRule ruleID: String, telling: [String]) -> String {
    hash([stream, id, ruleID] + telling)
  }

  /// A UUID of version 8 (RFC 9562: of the application's own making) from the same hash.
  static func uuid(of parts: [String]) -> String {
    var bytes = Array(digest(parts).bytes.prefix(16))
    bytes[6] = bytes[6] & 0x0F | 0x80
    bytes[8] = bytes[8] & 0x3F | 0x80
    return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)).uuidString.lowercased() }
  }

  private static func digest(_ parts: [String]) -> SHA256Digest {
    var hash = SHA256()
    for part in parts {
      withUnsafeBytes(of: UInt64(part.utf8.count).littleEndian) { hash.update($0) }
      hash.update(part)
    }
    return hash.finalize()
  }
}
