/// A text that may have to be shown in less room than it needs: names are cut in their middle, since they differ at both
/// ends; ids and addresses (`Identifiers`) are never cut.
struct CutText {
  /// A stretch of the text that is an id, or one between ids.
  private struct Part {
    var text: String
    var width: Int
    var isID: Bool

    /// Columns that it takes at least.
    var least: Int { isID ? width : min(width, CutText.leastName) }
  }

  /// Columns that are left of a name: with fewer, it says nothing.
  static let leastName = 5

  private let parts: [Part]
  /// Columns of the whole text.
  let width: Int
  /// Columns that it takes when all its names are cut as far as they can be.
  var least: Int { parts.reduce(0) { $0 + $1.least } }

  init(_ text: String) {
    width = Terminal.columns(text)
    let bytes = Array(text.utf8)
    var parts: [Part] = []
    var start = 0
    func add(_ end: Int, isID: Bool) {
      guard end > start else { return }
      let part = String(decoding: bytes[start..<end], as: UTF8.self)
      parts.append(Part(text: part, width: Terminal.columns(part), isID: isID))
      start = end
    }
    for range in Identifiers.ranges(in: bytes) {
      add(range.lowerBound, isID: false)
      add(range.upperBound, isID: true)
    }
    add(bytes.count, isID: false)
    self.parts = parts
  }

  /// The text in so many columns, or in as many more as its ids need; and the columns that it takes.
  func fitted(to room: Int) -> (text: String, width: Int) {
    guard width > room else { return (parts.map(\.text).joined(), width) }
    let names = parts.filter { !$0.isID }.map(\.width)
    let left = room - parts.reduce(0) { $0 + ($1.isID ? $1.width : 0) }
    // The longer names give way first: all are cut to one width.
    let least = names.count == parts.count ? 1 : Self.leastName
    var cap = least
    while cap < left, names.reduce(0, { $0 + min($1, cap + 1) }) <= left { cap += 1 }
    var spare = left - names.reduce(0) { $0 + min($1, cap) }
    var text = ""
    var taken = 0
    for part in parts {
      var room = part.width
      if !part.isID, room > cap {
        room = cap + (spare > 0 ? 1 : 0)
        spare -= 1
      }
      let (shown, width) = part.width > room ? Self.cut(part.text, to: room) : (part.text, part.width)
      text += shown
      taken += width
    }
    return (text, taken)
  }

  /// The text in lines of so many columns, broken before ids, behind blanks, and within names that are longer than a line;
  /// an id that is longer has a line of its own.
  func lines(of room: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    for part in parts {
      for piece in part.isID ? [part.text[...]] : Self.words(part.text, most: room) {
        let width = Terminal.columns(String(piece))
        if used > 0, used + width > room {
          lines.append(line)
          (line, used) = ("", 0)
        }
        line += piece
        used += width
      }
    }
    return lines + (used > 0 ? [line] : [])
  }

  /// A text in pieces of so many columns at most, which end with a blank where there is one.
  private static func words(_ text: String, most: Int) -> [Substring] {
    var words: [Substring] = []
    var start = text.startIndex
    var used = 0
    for at in text.indices {
      let width = Terminal.columns(String(text[at]))
      if used > 0, used + width > most {
        words.append(text[start..<at])
        (start, used) = (at, 0)
      }
      used += width
      guard text[at] == " " else { continue }
      words.append(text[start...at])
      (start, used) = (text.index(after: at), 0)
    }
    return words + (start < text.endIndex ? [text[start...]] : [])
  }

  /// A text with an ellipsis for its middle, and its width.
  private static func cut(_ text: String, to width: Int) -> (String, Int) {
    func part(_ characters: some Sequence<Character>, _ width: Int) -> ([Character], Int) {
      var taken: [Character] = []
      var used = 0
      for character in characters {
        let more = Terminal.columns(String(character))
        guard used + more <= width else { break }
        taken.append(character)
        used += more
      }
      return (taken, used)
    }
    let (start, first) = part(text, width / 2)
    let (end, second) = part(text.reversed(), max(0, width - 1 - width / 2))
    return (String(start) + "…" + String(end.reversed()), first + 1 + second)
  }
}
