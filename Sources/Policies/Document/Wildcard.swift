/// Patterns as policies write them: `*` for any text, `?` for one character.
enum Wildcard {
  /// True when the pattern matches the whole text; in time proportional to the product of their lengths at worst.
  static func matches(_ text: String, pattern: String) -> Bool {
    if pattern == "*" { return true }
    let text = Array(text.utf8)
    let pattern = Array(pattern.utf8)
    var at = 0
    var place = 0
    var star: (place: Int, at: Int)?
    while at < text.count {
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
