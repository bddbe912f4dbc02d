/// Words of a text, and how they stand to each other, by trying everything.
enum SearchText {
  /// Letters and digits in a row, in lower case; a point holds digits together. The random values have nothing else.
  static func words(_ text: String) -> [String] {
    let letters = Array(text.lowercased())
    var words = [""]
    for (at, letter) in letters.enumerated() {
      func isDigit(_ place: Int) -> Bool { letters.indices.contains(place) && letters[place].isNumber }
      if letter.isLetter || letter.isNumber || letter == "." && isDigit(at - 1) && isDigit(at + 1) {
        words[words.count - 1].append(letter)
      } else {
        words.append("")
      }
    }
    return words.filter { !$0.isEmpty }
  }

  /// The last word ends where the text does.
  static func endsInWord(_ text: String) -> Bool { text.last.map { $0.isLetter || $0.isNumber } ?? false }

  /// Words in order, each at most so many places in all from where it would stand next to the others.
  static func stand(_ phrase: [String], in words: [String], within moves: Int) -> Bool {
    guard !phrase.isEmpty else { return false }
    func place(_ next: Int, _ taken: [Int]) -> Bool {
      guard next < phrase.count else {
        let shifts = taken.enumerated().map { $1 - $0 }
        return shifts.max()! - shifts.min()! <= moves
      }
      return words.indices.contains { at in
        words[at] == phrase[next] && !taken.contains(at) && place(next + 1, taken + [at])
      }
    }
    return place(0, [])
  }

  /// Letters put in, left out, replaced, and neighbours swapped: at most so many in all make one of the other.
  static func isNear(_ left: String, _ right: String, _ edits: Int, fixed: Int = 0) -> Bool {
    guard left.hasPrefix(right.prefix(fixed)) else { return false }
    return near(Array(left)[...], Array(right)[...], edits)
  }

  private static func near(_ left: ArraySlice<Character>, _ right: ArraySlice<Character>, _ edits: Int) -> Bool {
    if let one = left.first, let other = right.first, one == other {
      if near(left.dropFirst(), right.dropFirst(), edits) { return true }
    }
    if left.isEmpty, right.isEmpty { return true }
    guard edits > 0 else { return false }
    if near(left.dropFirst(), right, edits - 1) && !left.isEmpty { return true }
    if near(left, right.dropFirst(), edits - 1) && !right.isEmpty { return true }
    if !left.isEmpty, !right.isEmpty, near(left.dropFirst(), right.dropFirst(), edits - 1) { return true }
    let (l, r) = (Array(left.prefix(2)), Array(right.prefix(2)))
    return l.count == 2 && r.count == 2 && l[0] == r[1] && l[1] == r[0]
      && near(left.dropFirst(2), right.dropFirst(2), edits - 1)
  }
}
