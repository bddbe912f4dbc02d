import Crypto
import Foundation

extension EventID {
  /// The identity that a text names: its bits when it is a UUID in the usual form, else those of its SHA-256.
  public init(text: UnsafeBufferPointer<UInt8>) {
    if let uuid = EventID(uuid: text) {
      self = uuid
    } else {
      self.init(digestOf: text)
    }
  }

  /// The identity of a document that an index names: the same id may stand in several.
  init(text: UnsafeBufferPointer<UInt8>, in index: String) {
    var hash = SHA256()
    hash.update(data: Data(index.utf8))
    hash.update(data: [0])
    hash.update(bufferPointer: UnsafeRawBufferPointer(text))
    self.init(hash.finalize())
  }

  /// The first 128 bits of the SHA-256 of some bytes.
  public init(digestOf bytes: UnsafeBufferPointer<UInt8>) {
    var hash = SHA256()
    hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
    self.init(hash.finalize())
  }

  private init(_ digest: SHA256.Digest) {
    self = digest.withUnsafeBytes {
      EventID(
        high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }

  /// Reads `8-4-4-4-12` lower-case hexadecimal digits; nil for anything else, so that no two texts share a value.
  private init?(uuid text: UnsafeBufferPointer<UInt8>) {
    guard text.count == 36 else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    var digits = 0
    for at in 0..<36 {
      let byte = text[at]
      if at == 8 || at == 13 || at == 18 || at == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      let value: UInt8
      if byte &- 0x30 < 10 {
        value = byte &- 0x30
      } else if byte &- 0x61 < 6 {
        value = byte &- 0x61 &+ 10
      } else {
        return nil
      }
      if digits < 16 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt64(value) }
      digits += 1
    }
    self.init(high: high, low: low)
  }
}
