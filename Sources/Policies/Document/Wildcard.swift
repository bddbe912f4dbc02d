/// Patterns as policies write them: `*` for any text, `?` for one character.
enum Wildcard {
  /// The most steps of one match.
  private static let limit = 50_000

  /// True when the pattern matches the whole text, or when that cannot be told within bounds: no name in AWS comes near.
  static func matches(_ text: String, pattern: String) -> Bool {
    if pattern == "*" { return true }
    // Most patterns differ from most texts in their first letters.
    for (byte, wanted) in zip(text.utf8, pattern.utf8) {
      if wanted == UInt8(ascii: "*") { break }
      if byte != wanted, wanted != UInt8(ascii: "?") { return false }
    }
    var steps = 0
    let text = Array(text.utf8)
    let pattern = Array(pattern.utf8)
    var at = 0
    var place = 0
    var star: (place: Int, at: Int)?
    while at < text.count {
      steps += 1
      if steps > limit { return true }
      if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
        star = (place, at)
        place += 1
      } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") || pattern[place] == text[at] {
        place += 1
        at += 1
      } else if let last = star {
        // The last star takes one character more.
        star = (last.place, last.at + 1)
        place = last.place + 1
        at = last.at + 1
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
