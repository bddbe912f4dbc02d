import Events

/// Finds ids and addresses in a text, which mean nothing once a part of them is cut out: ids of resources (`i-…`, `sg-…`),
/// of keys and principals (`AKIA…`, `AROA…`), numbers of accounts, UUIDs, hashes, addresses.
///
/// AWS writes no grammar down that all its ids follow; these are the forms that they have. What merely looks like an id
/// (a session named `botocore-session-1700000000`) counts as one: it is then shown whole, which harms nobody.
enum Identifiers {
  /// A longer run of letters and digits is no id.
  private static let longest = 128

  /// The places of ids in a text, as ranges of its UTF-8, ascending; none overlap.
  static func ranges(in text: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var at = 0
    while at < text.count {
      if let end = end(of: text, from: at) {
        found.append(at..<end)
        at = end
      } else {
        at += 1
      }
      // On to the next place where a word may begin.
      while at < text.count, isWord(text[at]) { at += 1 }
      while at < text.count, !isWord(text[at]), !startsAddress(text, at) { at += 1 }
    }
    return found
  }

  /// The end of the longest id that starts at a place.
  private static func end(of text: [UInt8], from start: Int) -> Int? {
    let ends = [
      address(text, start), uuid(text, start), hostAddress(text, start), prefixed(text, start),
      organizational(text, start), run(text, start),
    ]
    return ends.compactMap(\.self).filter { $0 == text.count || !isWord(text[$0]) }.max()
  }

  // MARK: Forms

  /// An address, with the length of its prefix where it is a network.
  private static func address(_ text: [UInt8], _ start: Int) -> Int? {
    func parsed(_ isPart: (UInt8) -> Bool) -> Int? {
      var end = start
      while end < text.count, end - start <= 45, isPart(text[end]) { end += 1 }
      // A full stop or a colon may follow that is none of its own.
      while end > start, !isWord(text[end - 1]), !(end - start >= 2 && text[end - 2] == UInt8(ascii: ":")) { end -= 1 }
      return IPAddress(String(decoding: text[start..<end], as: UTF8.self)) == nil ? nil : end
    }
    guard text[start] != UInt8(ascii: ":") || start + 2 < text.count && isHex(text[start + 2]),
      var end = parsed({ isDigit($0) || $0 == UInt8(ascii: ".") })
        ?? parsed({ isHex($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") })
    else { return nil }
    if end < text.count, text[end] == UInt8(ascii: "/") {
      let length = text[(end + 1)...].prefix(4).prefix(while: isDigit)
      let next = length.endIndex < text.count ? text[length.endIndex] : UInt8(ascii: " ")
      if let bits = Int(String(decoding: length, as: UTF8.self)), bits <= 128, !isWord(next) { end = length.endIndex }
    }
    return end
  }

  private static func startsAddress(_ text: [UInt8], _ at: Int) -> Bool {
    at + 1 < text.count && text[at] == UInt8(ascii: ":") && text[at + 1] == UInt8(ascii: ":")
  }

  private static func uuid(_ text: [UInt8], _ start: Int) -> Int? {
    var at = start
    for (place, length) in [8, 4, 4, 4, 12].enumerated() {
      if place > 0 {
        guard at < text.count, text[at] == hyphen else { return nil }
        at += 1
      }
      guard at + length <= text.count, text[at..<at + length].allSatisfy(isHex) else { return nil }
      at += length
    }
    return at
  }

  /// A host that is named after its address: `ip-10-0-0-1`.
  private static func hostAddress(_ text: [UInt8], _ start: Int) -> Int? {
    guard text[start...].starts(with: Array("ip-".utf8)) else { return nil }
    let parts = text[(start + 3)...].prefix(15).prefix { isDigit($0) || $0 == hyphen }
    guard parts.split(separator: hyphen, omittingEmptySubsequences: false).allSatisfy({ (1...3).contains($0.count) }),
      parts.count(where: { $0 == hyphen }) == 3
    else { return nil }
    return parts.endIndex
  }

  /// What kind it is of in a word or two, then eight digits or more: `i-0123456789abcdef0`, `tgw-attach-…`, `j-2AXXXXXXGAPLF`.
  private static func prefixed(_ text: [UInt8], _ start: Int) -> Int? {
    var at = start
    var ends: [Int] = []
    for longest in [8, 6] {
      let word = text[at...].prefix(longest + 1).prefix(while: isLower).count
      guard (1...longest).contains(word), at + word < text.count, text[at + word] == hyphen else { break }
      at += word + 1
      let digits = alphanumerics(text, at)
      guard digits.count >= 8, !(digits.count == 12 && digits.allSatisfy(isDigit)) else { continue }
      if digits.allSatisfy(isLowerHex) || isUpperID(digits) { ends.append(digits.endIndex) }
    }
    return ends.max()
  }

  /// Organizations, their roots and units, policies and directories: `o-…`, `r-…`, `ou-…-…`, `p-…`, `d-…`.
  private static func organizational(_ text: [UInt8], _ start: Int) -> Int? {
    let kind = text[start...].prefix(3).prefix(while: isLower)
    guard ["o", "r", "ou", "p", "d"].contains(String(decoding: kind, as: UTF8.self)), kind.endIndex < text.count,
      text[kind.endIndex] == hyphen
    else { return nil }
    var end = kind.endIndex + 1
    for place in 0..<(kind.count == 2 ? 2 : 1) {
      if place > 0 {
        guard end < text.count, text[end] == hyphen else { return nil }
        end += 1
      }
      let part = alphanumerics(text, end)
      guard part.count >= 4, part.allSatisfy({ isLower($0) || isDigit($0) }) else { return nil }
      end = part.endIndex
    }
    return text[start..<end].contains(where: isDigit) ? end : nil
  }

  /// A run of letters and digits that is no word: numbers, hashes, ids of keys, principals, zones and distributions.
  private static func run(_ text: [UInt8], _ start: Int) -> Int? {
    let run = alphanumerics(text, start)
    guard (8...longest).contains(run.count) else { return nil }
    let changes = zip(run, run.dropFirst()).count { isDigit($0) != isDigit($1) }
    let isID =
      run.allSatisfy(isDigit) || isUpperID(run) || run.allSatisfy(isLowerHex) && run.contains(where: isDigit)
      || changes >= 3
    return isID ? run.endIndex : nil
  }

  /// What ids of keys and principals begin with.
  private static let principals: Set<String> = [
    "ABIA", "ACCA", "AGPA", "AIDA", "AIPA", "AKIA", "ANPA", "ANVA", "APKA", "AROA", "ASCA", "ASIA",
  ]

  private static func isUpperID(_ run: ArraySlice<UInt8>) -> Bool {
    guard run.allSatisfy({ isDigit($0) || (0x41...0x5A).contains($0) }) else { return false }
    return run.count >= 10 && run.contains(where: isDigit)
      || run.count >= 8 && principals.contains(String(decoding: run.prefix(4), as: UTF8.self))
  }

  // MARK: Bytes

  private static let hyphen = UInt8(ascii: "-")

  private static func alphanumerics(_ text: [UInt8], _ start: Int) -> ArraySlice<UInt8> {
    text[min(start, text.count)...].prefix(longest + 1).prefix { isDigit($0) || isLetter($0) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }
  private static func isLowerHex(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte) }
  private static func isHex(_ byte: UInt8) -> Bool { isLowerHex(byte) || (0x41...0x46).contains(byte) }
  /// Letters beyond ASCII are parts of words too.
  private static func isWord(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) || byte >= 0x80 }
}
