import Foundation

/// Searches in bytes for ASCII text, with nothing to prepare: a library that compares characters prepares itself anew for
/// every text, which took a third of the mapping of a record.
extension UnsafeBufferPointer<UInt8> {
  /// The first place of some text that is not empty.
  func firstRange(of wanted: StaticString) -> Range<Int>? {
    let length = wanted.utf8CodeUnitCount
    guard let start = baseAddress, length > 0 else { return nil }
    var at = 0
    while at + length <= count,
      let next = memchr(start + at, Int32(wanted.utf8Start[0]), count - length - at + 1)
    {
      at = UnsafeRawPointer(next) - UnsafeRawPointer(start)
      if memcmp(start + at, wanted.utf8Start, length) == 0 { return at..<at + length }
      at += 1
    }
    return nil
  }

  func contains(_ wanted: StaticString) -> Bool { firstRange(of: wanted) != nil }

  func hasPrefix(_ wanted: StaticString) -> Bool {
    let length = wanted.utf8CodeUnitCount
    return count >= length && UnsafeBufferPointer(rebasing: self[..<length]).equals(wanted)
  }

  func hasSuffix(_ wanted: StaticString) -> Bool {
    let length = wanted.utf8CodeUnitCount
    return count >= length && UnsafeBufferPointer(rebasing: self[(count - length)...]).equals(wanted)
  }

  /// The part with this number of those between colons; the last one, `count - 1`, has all that follows. Nil where there
  /// are not so many.
  func part(_ number: Int, of most: Int) -> UnsafeBufferPointer<UInt8>? {
    var start = 0
    for at in 0..<number {
      precondition(at < most, "the last part has all that follows")
      guard let colon = self[start...].firstIndex(of: UInt8(ascii: ":")) else { return nil }
      start = colon + 1
    }
    let end = number < most - 1 ? self[start...].firstIndex(of: UInt8(ascii: ":")) ?? count : count
    return UnsafeBufferPointer(rebasing: self[start..<end])
  }
}
