/// The bytes of a user agent with the few steps that its recognizers take over them.
///
/// Every step is bounded by the text: a position outside it reads as a zero byte, which no step accepts.
struct AgentText {
  /// A name and version found in the text.
  struct Finding {
    let name: String
    let version: String?
  }

  private let bytes: UnsafeRawBufferPointer
  let count: Int

  init(_ bytes: UnsafeRawBufferPointer, limit: Int) {
    self.count = min(bytes.count, limit)
    self.bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(limit))
  }

  subscript(_ position: Int) -> UInt8 {
    position >= 0 && position < count ? bytes[position] : 0
  }

  /// Whether `word` stands at `position`, byte for byte.
  func has(_ word: StaticString, at position: Int) -> Bool {
    let length = word.utf8CodeUnitCount
    guard position >= 0, position + length <= count else { return false }
    let start = word.utf8Start
    for offset in 0..<length where bytes[position + offset] != start[offset] { return false }
    return true
  }

  /// Whether `word`, written in lower case, stands at `position` in any mixture of cases.
  func hasFolded(_ word: StaticString, at position: Int) -> Bool {
    let length = word.utf8CodeUnitCount
    guard position >= 0, position + length <= count else { return false }
    let start = word.utf8Start
    for offset in 0..<length where Byte.lowered(bytes[position + offset]) != start[offset] { return false }
    return true
  }

  /// The first position from `start` on, and before `end`, at which `word` begins.
  func find(_ word: StaticString, from start: Int = 0, before end: Int = .max) -> Int? {
    let last = min(count - word.utf8CodeUnitCount, end == .max ? count : end - 1)
    guard start >= 0, start <= last else { return nil }
    let first = word.utf8Start[0]
    for position in start...last where bytes[position] == first {
      if has(word, at: position) { return position }
    }
    return nil
  }

  func contains(_ word: StaticString) -> Bool { find(word) != nil }

  /// What `shape` first makes of the position after an occurrence of `word`; it gives nil to look further.
  func firstMatch<Result>(
    of word: StaticString, from start: Int = 0, before end: Int = .max, _ shape: (_ after: Int) -> Result?
  ) -> Result? {
    var from = start
    while let position = find(word, from: from, before: end) {
      if let result = shape(position + word.utf8CodeUnitCount) { return result }
      from = position + 1
    }
    return nil
  }

  /// The end of the run of bytes from `start` on that `accepts` takes, `longest` at most.
  func run(from start: Int, longest: Int = .max, _ accepts: (UInt8) -> Bool) -> Int {
    var end = start
    while end < count, end - start < longest, accepts(bytes[end]) { end += 1 }
    return end
  }

  /// The start of the run of bytes that ends before `end` and that `accepts` takes, `longest` at most.
  func runBack(from end: Int, longest: Int = .max, _ accepts: (UInt8) -> Bool) -> Int {
    var start = end
    while start > 0, end - start < longest, accepts(bytes[start - 1]) { start -= 1 }
    return start
  }

  /// A version at `start`: numbers joined by dots (or by one of `joints`), as many as `parts` allows; nil with fewer.
  func readVersion(
    at start: Int, _ parts: ClosedRange<Int>, joints: (UInt8) -> Bool = { $0 == UInt8(ascii: ".") }
  ) -> Range<Int>? {
    var end = run(from: start, Byte.isDigit)
    guard end > start else { return nil }
    var found = 1
    while found < parts.upperBound, joints(self[end]), Byte.isDigit(self[end + 1]) {
      end = run(from: end + 1, Byte.isDigit)
      found += 1
    }
    return found >= parts.lowerBound ? start..<end : nil
  }

  /// The text of a range, repaired where it is not UTF-8.
  func string(_ range: Range<Int>) -> String {
    String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range.clamped(to: 0..<count)]), as: UTF8.self)
  }

  /// The text of a version whose joints may be other than dots.
  func dotted(_ range: Range<Int>) -> String {
    let range = range.clamped(to: 0..<count)
    return String(unsafeUninitializedCapacity: range.count) { buffer in
      for (index, position) in range.enumerated() {
        buffer[index] = Byte.isDigit(bytes[position]) ? bytes[position] : UInt8(ascii: ".")
      }
      return range.count
    }
  }

  /// Whether a word may begin at `position`: the byte before it belongs to no word.
  func isWordStart(_ position: Int) -> Bool { !Byte.isWord(self[position - 1]) }
}
