import Foundation

extension String {
  /// The first place of some ASCII text, compared byte by byte.
  ///
  /// The library's own search compares characters and prepares itself anew for every text, which took a third of the
  /// mapping of a record; between bytes of ASCII there is nothing to prepare.
  func firstRange(ofASCII wanted: StaticString) -> Range<String.Index>? {
    var text = self
    let offset = text.withUTF8 { bytes -> Int? in
      let length = wanted.utf8CodeUnitCount
      guard let start = bytes.baseAddress, length > 0 else { return nil }
      var at = 0
      while at + length <= bytes.count,
        let next = memchr(start + at, Int32(wanted.utf8Start[0]), bytes.count - length - at + 1)
      {
        at = UnsafeRawPointer(next) - UnsafeRawPointer(start)
        if memcmp(start + at, wanted.utf8Start, length) == 0 { return at }
        at += 1
      }
      return nil
    }
    guard let offset else { return nil }
    let start = utf8.index(startIndex, offsetBy: offset)
    return start..<utf8.index(start, offsetBy: wanted.utf8CodeUnitCount)
  }

  func contains(ascii wanted: StaticString) -> Bool { firstRange(ofASCII: wanted) != nil }

  /// The parts between colons, the last one with all that follows; compared byte by byte.
  func partedAtColons(most: Int) -> [Substring] {
    utf8.split(separator: UInt8(ascii: ":"), maxSplits: most, omittingEmptySubsequences: false).map { Substring($0) }
  }
}
