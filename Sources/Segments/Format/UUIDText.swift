import Events

/// The text of an id as a UUID: lower-case, with hyphens.
enum UUIDText {
  static let count = 36

  /// Writes the text of an id.
  @inline(__always)
  static func write(_ id: EventID, to text: UnsafeMutablePointer<UInt8>) {
    var at = 0
    func write(_ bits: UInt64, _ digits: Int) {
      for digit in 0..<digits {
        let nibble = UInt8(truncatingIfNeeded: bits >> UInt64((digits - 1 - digit) * 4)) & 15
        text[at] = nibble < 10 ? nibble + 48 : nibble + 87
        at += 1
      }
    }
    func writeHyphen() {
      text[at] = UInt8(ascii: "-")
      at += 1
    }
    write(id.high >> 32, 8)
    writeHyphen()
    write(id.high >> 16 & 0xFFFF, 4)
    writeHyphen()
    write(id.high & 0xFFFF, 4)
    writeHyphen()
    write(id.low >> 48, 4)
    writeHyphen()
    write(id.low & 0xFFFF_FFFF_FFFF, 12)
  }
}
