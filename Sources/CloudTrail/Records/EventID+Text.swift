import Events
import Hashing

extension EventID {
  /// The identity that a text names: its bits when it is a UUID in the usual form, else those of its SHA-256.
  public init(text: UnsafeBufferPointer<UInt8>) {
    if let uuid = EventID(uuid: text) {
      self = uuid
    } else {
      self.init(digestOf: text)
    }
  }

  /// The identity that a text names.
  public init(named text: String) {
    self = Array(text.utf8).withUnsafeBufferPointer { EventID(text: $0) }
  }

  /// The identity of a document with an id in an index.
  public init(named text: String, in index: String) {
    self = Array(text.utf8).withUnsafeBufferPointer { EventID(text: $0, in: index) }
  }

  /// The identity of a document that an index names: the same id may stand in several.
  init(text: UnsafeBufferPointer<UInt8>, in index: String) {
    var hash = SHA256()
    hash.update(index)
    hash.update("\0")
    hash.update(UnsafeRawBufferPointer(text))
    self.init(hash.finalize())
  }

  /// The first 128 bits of the SHA-256 of some bytes.
  public init(digestOf bytes: UnsafeBufferPointer<UInt8>) {
    self.init(SHA256.digest(of: UnsafeRawBufferPointer(bytes)))
  }

  /// The first 128 bits of a SHA-256.
  public init(_ digest: SHA256Digest) {
    self = digest.withUnsafeBytes {
      EventID(
        high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }

  /// Reads `8-4-4-4-12` lower-case hexadecimal digits; nil for anything else, so that no two texts share a value.
  private init?(uuid text: UnsafeBufferPointer<UInt8>) {
    guard text.count == 36, let start = UnsafeRawPointer(text.baseAddress) else { return nil }
    let dash = UInt8(ascii: "-")
    guard text[8] == dash, text[13] == dash, text[18] == dash, text[23] == dash else { return nil }
    func load(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    // Eight digits at a time: bytes 0–7, 9–12 and 14–17, 19–22 and 24–27, 28–35.
    let second = load(9) & 0xFFFF_FFFF | load(14) << 32
    let third = load(19) & 0xFFFF_FFFF | load(24) << 32
    guard let a = Self.digits(load(0)), let b = Self.digits(second), let c = Self.digits(third),
      let d = Self.digits(load(28))
    else { return nil }
    self.init(high: UInt64(a) << 32 | UInt64(b), low: UInt64(c) << 32 | UInt64(d))
  }

  /// The value of eight lower-case hexadecimal digits, the first in the lowest byte; nil when one is none.
  @inline(__always)
  private static func digits(_ bytes: UInt64) -> UInt32? {
    let each: UInt64 = 0x0101_0101_0101_0101
    let top = each &* 0x80
    // With no byte above 0x7F, adding sets a byte's top bit exactly when it reaches a bound.
    let aboveSlash = (bytes &+ each &* (0x80 - 0x30)) & top
    let aboveNine = (bytes &+ each &* (0x80 - 0x3A)) & top
    let aboveGrave = (bytes &+ each &* (0x80 - 0x61)) & top
    let aboveF = (bytes &+ each &* (0x80 - 0x67)) & top
    let isDigit = aboveSlash & ~aboveNine
    let isLetter = aboveGrave & ~aboveF
    guard bytes & top == 0, isDigit | isLetter == top else { return nil }
    // A letter's low nibble is 9 short of its value.
    var nibbles = (bytes & (each &* 0x0F)) &+ (isLetter >> 7) &* 9
    nibbles = nibbles << 4 | nibbles >> 8
    nibbles &= 0x00FF_00FF_00FF_00FF
    nibbles = nibbles << 8 | nibbles >> 16
    nibbles &= 0x0000_FFFF_0000_FFFF
    return UInt32(truncatingIfNeeded: nibbles << 16 | nibbles >> 32)
  }
}
