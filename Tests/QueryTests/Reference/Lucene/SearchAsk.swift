/// What a leaf of a query asks of one field.
enum SearchAsk: Hashable {
  /// Words in no order: any, all, or so many of them. Of what is no text it is one value.
  case words(String, SearchNeed = SearchNeed())
  case phrase(String, moves: Int = 0)
  case phrasePrefix(String)
  /// One word as it is indexed.
  case term(String, ignoresCase: Bool = false)
  case pattern(SearchPattern)
  case regex(SearchRegex, ignoresCase: Bool = false)
  case range(SearchRange)
  /// What differs by letters; `isLowered` where fields of text are asked in lower case.
  case fuzzy(String, edits: Int, fixed: Int = 0, isLowered: Bool)
  case exists
}

/// How many of the words have to be there, and how nearly.
struct SearchNeed: Hashable {
  var all = false
  /// `minimum_should_match`, read: so many of so many.
  var least: SearchLeast?
  /// Letters that may differ; nil for none, and for a test of the value by its type.
  var edits: SearchEdits?
  var fixed = 0
  /// The last word is a beginning.
  var isPrefix = false
}

enum SearchEdits: Hashable {
  case count(Int)
  case auto

  func edits(_ word: String) -> Int {
    switch self {
    case .count(let count): count
    case .auto: word.count < 3 ? 0 : word.count < 6 ? 1 : 2
    }
  }

  var text: String {
    switch self {
    case .count(let count): String(count)
    case .auto: "AUTO"
    }
  }
}

/// `minimum_should_match`.
indirect enum SearchLeast: Hashable {
  case count(Int)
  case percent(Int)
  case above(Int, SearchLeast)

  var text: String {
    switch self {
    case .count(let count): String(count)
    case .percent(let percent): "\(percent)%"
    case .above(let bound, let then): "\(bound)<\(then.text)"
    }
  }

  func count(of total: Int) -> Int {
    switch self {
    case .count(let count): max(0, count < 0 ? total + count : count)
    case .percent(let percent): max(0, percent < 0 ? total - total * -percent / 100 : total * percent / 100)
    case .above(let bound, let then): total <= bound ? total : then.count(of: total)
    }
  }
}

/// Letters, `*` and `?`.
struct SearchPattern: Hashable {
  enum Piece: Hashable { case text(String), star, one }
  enum Form: Hashable {
    /// Of a query string, which brings it to lower case for fields of text; and cuts a beginning into words, where it is told to.
    case string(cuts: Bool, all: Bool)
    /// Of the clauses `prefix` and `wildcard`.
    case clause
  }

  var pieces: [Piece]
  var ignoresCase = false
  var form: Form

  /// The text before a star, where that is all there is.
  var beginning: String? {
    guard pieces.count == 2, pieces[1] == .star, case .text(let text) = pieces[0] else { return nil }
    return text
  }

  var isStar: Bool { pieces == [.star] }

  func matches(_ value: String, isLowered: Bool = false) -> Bool {
    let steps = pieces.flatMap { piece -> [Piece] in
      guard case .text(let text) = piece else { return [piece] }
      return (isLowered || ignoresCase ? text.lowercased() : text).map { .text(String($0)) }
    }
    return Self.matches(steps[...], Array(ignoresCase ? value.lowercased() : value)[...])
  }

  private static func matches(_ steps: ArraySlice<Piece>, _ text: ArraySlice<Character>) -> Bool {
    guard let step = steps.first else { return text.isEmpty }
    switch step {
    case .star:
      return matches(steps.dropFirst(), text) || !text.isEmpty && matches(steps, text.dropFirst())
    case .one: return !text.isEmpty && matches(steps.dropFirst(), text.dropFirst())
    case .text(let letter):
      return text.first.map { String($0) == letter } ?? false && matches(steps.dropFirst(), text.dropFirst())
    }
  }
}

struct SearchRange: Hashable {
  struct End: Hashable {
    var value: String
    var isInclusive: Bool
  }

  var lower: End?
  var upper: End?
  /// Of a query string, which brings the ends to lower case for fields of text.
  var isLowered: Bool
  /// The offset of `time_zone` from UTC, in minutes, and how it is written.
  var zone: Zone?

  struct Zone: Hashable {
    var written: String
    var minutes: Int
  }
}

/// A regular expression as a tree, which a few lines match.
indirect enum SearchRegex: Hashable {
  case letter(Character)
  case any
  case oneOf([Character])
  case either(SearchRegex, SearchRegex)
  case both(SearchRegex, SearchRegex)
  case repeated(SearchRegex, from: Int, to: Int?)

  var text: String {
    switch self {
    case .letter(let letter): letter.isLetter || letter.isNumber || letter == " " ? String(letter) : "\\\(letter)"
    case .any: "."
    case .oneOf(let letters): "[" + String(letters) + "]"
    case .either(let left, let right): "(\(left.text)|\(right.text))"
    case .both(let left, let right): left.text + right.text
    case .repeated(let part, 0, nil): "(\(part.text))*"
    case .repeated(let part, 1, nil): "(\(part.text))+"
    case .repeated(let part, 0, 1): "(\(part.text))?"
    case .repeated(let part, let from, let to): "(\(part.text)){\(from),\(to.map { String($0) } ?? "")}"
    }
  }

  func matches(_ value: String, ignoresCase: Bool = false) -> Bool {
    let letters = Array(value)
    return ends(letters, from: [0], ignoresCase).contains(letters.count)
  }

  private func ends(_ letters: [Character], from starts: Set<Int>, _ ignoresCase: Bool) -> Set<Int> {
    func step(_ passes: (Character) -> Bool) -> Set<Int> {
      Set(starts.filter { $0 < letters.count && passes(letters[$0]) }.map { $0 + 1 })
    }
    func same(_ left: Character, _ right: Character) -> Bool {
      left == right || ignoresCase && left.lowercased() == right.lowercased()
    }
    switch self {
    case .letter(let letter): return step { same($0, letter) }
    case .any: return step { _ in true }
    case .oneOf(let choices): return step { letter in choices.contains { same($0, letter) } }
    case .either(let left, let right):
      return left.ends(letters, from: starts, ignoresCase).union(right.ends(letters, from: starts, ignoresCase))
    case .both(let left, let right):
      return right.ends(letters, from: left.ends(letters, from: starts, ignoresCase), ignoresCase)
    case .repeated(let part, let from, let to):
      var reached: Set<Int> = from == 0 ? starts : []
      var current = starts
      for round in 1...max(1, to ?? letters.count + from + 1) {
        current = part.ends(letters, from: current, ignoresCase)
        if round >= from, round <= to ?? .max { reached.formUnion(current) }
      }
      return reached
    }
  }
}
