/// Reads Lucene's regular expressions. Their optional operators: `~` complement, `&` intersection, `@` any text, `#` no
/// text, `<1-100>` an interval of numbers, `"…"` plain text.
struct LuceneRegexParser {
  private let text: [Unicode.Scalar]
  private var at = 0
  private var depth = 0
  private let ignoresCase: Bool
  private let flags: RegexFlags

  static let longest = 16 << 10
  static let deepest = 200

  struct Fault: Error {
    var message: String
    /// In Unicode scalars of the pattern.
    var offset: Int
  }

  static func parse(
    _ pattern: String, ignoresCase: Bool, flags: RegexFlags = .all
  ) throws(Fault) -> LuceneRegex {
    guard pattern.utf8.count <= longest else {
      throw Fault(message: "the regular expression has more than \(longest) bytes", offset: 0)
    }
    var parser = LuceneRegexParser(pattern, ignoresCase, flags)
    if parser.text.isEmpty { return .empty }
    let regex = try parser.union()
    guard parser.at == parser.text.count else {
      throw Fault(message: "the regular expression ends before this character", offset: parser.at)
    }
    return regex
  }

  private init(_ pattern: String, _ ignoresCase: Bool, _ flags: RegexFlags) {
    self.flags = flags
    text = Array(pattern.unicodeScalars)
    self.ignoresCase = ignoresCase
  }

  private var current: Unicode.Scalar? { at < text.count ? text[at] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    at += 1
    return true
  }

  private mutating func union() throws(Fault) -> LuceneRegex {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw Fault(message: "the regular expression is nested too deep", offset: at) }
    var parts = [try intersection()]
    while take("|") { parts.append(try intersection()) }
    return parts.count == 1 ? parts[0] : .either(parts)
  }

  private mutating func intersection() throws(Fault) -> LuceneRegex {
    var parts = [try sequence()]
    while flags.contains(.intersection), take("&") { parts.append(try sequence()) }
    return parts.count == 1 ? parts[0] : .both(parts)
  }

  private mutating func sequence() throws(Fault) -> LuceneRegex {
    var parts = [try quantified()]
    while let next = current, next != ")", next != "|", next != "&" || !flags.contains(.intersection) {
      parts.append(try quantified())
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func quantified() throws(Fault) -> LuceneRegex {
    var part = try complement()
    var count = 0
    while let next = current, "?*+{".unicodeScalars.contains(next) {
      count += 1
      guard count <= Self.deepest else { throw Fault(message: "too many quantifiers in a row", offset: at) }
      at += 1
      switch next {
      case "?": part = .repeated(part, 0, 1)
      case "*": part = .repeated(part, 0, nil)
      case "+": part = .repeated(part, 1, nil)
      default:
        let least = try number()
        var most: Int? = least
        if take(",") { most = current == "}" ? nil : try number() }
        guard take("}") else { throw Fault(message: "the count is not closed; expected `}`", offset: at) }
        if let most, most < least { throw Fault(message: "the count ends below its start", offset: at) }
        part = .repeated(part, least, most)
      }
    }
    return part
  }

  private mutating func number() throws(Fault) -> Int {
    let start = at
    while let next = current, ("0"..."9").contains(next) { at += 1 }
    guard at > start, at - start <= 6, let value = Int(string(start..<at)) else {
      throw Fault(message: "a whole number of at most six digits is expected here", offset: start)
    }
    return value
  }

  private mutating func complement() throws(Fault) -> LuceneRegex {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw Fault(message: "the regular expression is nested too deep", offset: at) }
    if flags.contains(.complement), take("~") { return .complement(try complement()) }
    if take("[") { return try characterClass() }
    return try simple()
  }

  /// What stands between brackets, as Lucene reads it from version 10.2 on: an escaped character is always a single one, so
  /// that only one without a backslash opens a range. The end of a range is whatever comes next: a bracket too, or behind a
  /// backslash a letter that elsewhere is a class.
  private mutating func characterClass() throws(Fault) -> LuceneRegex {
    let isNegated = take("^")
    var ranges: [ClosedRange<UInt32>] = []
    repeat {
      if take("\\") {
        if let known = try predefined() {
          ranges += known.ranges
        } else {
          let single = try character()
          ranges.append(single.value...single.value)
        }
        continue
      }
      let first = try character()
      if take("-") {
        let start = at
        _ = take("\\")
        let last = try character()
        guard first <= last else {
          throw Fault(message: "the range of characters ends before its start", offset: start)
        }
        ranges.append(first.value...last.value)
      } else {
        ranges += ScalarSet(first, ignoresCase: ignoresCase).ranges
      }
    } while at < text.count && current != "]"
    guard take("]") else { throw Fault(message: "the character class is not closed; expected `]`", offset: at) }
    var set = ScalarSet(ranges)
    // Lucene takes a class of one character for that character, whose case counts only where all others' does.
    if ranges.count == 1, ranges[0].count == 1, let only = Unicode.Scalar(ranges[0].lowerBound) {
      set = ScalarSet(only, ignoresCase: ignoresCase)
    }
    return .set(isNegated ? set.inverted : set)
  }

  /// The class of characters that a letter behind a backslash stands for; nil where what follows is no letter, and stands for
  /// itself. Throws for a letter that stands for none.
  private mutating func predefined() throws(Fault) -> ScalarSet? {
    guard let letter = current, ("a"..."z").contains(letter) || ("A"..."Z").contains(letter) else { return nil }
    let known: ScalarSet
    switch letter {
    case "d": known = .digits
    case "D": known = ScalarSet.digits.inverted
    case "w": known = .words
    case "W": known = ScalarSet.words.inverted
    case "s": known = .spaces
    case "S": known = ScalarSet.spaces.inverted
    default:
      throw Fault(
        message: "`\\\(letter)` is no class of characters; \(letter) stands for itself without the backslash",
        offset: at - 1)
    }
    at += 1
    return known
  }

  private mutating func simple() throws(Fault) -> LuceneRegex {
    let start = at
    switch current {
    case nil: throw Fault(message: "the regular expression ends too early", offset: at)
    case ".":
      at += 1
      return .anyCharacter
    case "#" where flags.contains(.empty):
      at += 1
      return .nothing
    case "@" where flags.contains(.anyString):
      at += 1
      return .anyText
    case "\"":
      at += 1
      let first = at
      while let next = current, next != "\"" {
        at += 1
        _ = next
      }
      let plain = text[first..<at]
      guard take("\"") else { throw Fault(message: "the quoted text is not closed", offset: start) }
      return .sequence(plain.map { .set(ScalarSet($0, ignoresCase: ignoresCase)) })
    case "(":
      at += 1
      if take(")") { return .empty }
      let inner = try union()
      guard take(")") else { throw Fault(message: "the parenthesis is never closed; expected `)`", offset: start) }
      return inner
    case "<" where flags.contains(.interval): return try interval()
    default:
      if take("\\"), let known = try predefined() { return .set(known) }
      return .set(ScalarSet(try character(), ignoresCase: ignoresCase))
    }
  }

  /// The next character, behind a backslash or not.
  private mutating func character() throws(Fault) -> Unicode.Scalar {
    guard let scalar = current else { throw Fault(message: "the regular expression ends too early", offset: at) }
    at += 1
    return scalar
  }

  private func string(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text[range])
    return String(view)
  }

  /// `<n-m>`: the numbers between; with as many digits on both sides, of that many digits.
  private mutating func interval() throws(Fault) -> LuceneRegex {
    let start = at
    at += 1
    let first = at
    while let next = current, next != ">" {
      at += 1
      _ = next
    }
    let body = string(first..<at)
    guard take(">") else { throw Fault(message: "the interval is not closed; expected `>`", offset: start) }
    let ends = body.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard ends.count == 2, ends.allSatisfy({ $0.count <= 9 }), let low = Int(ends[0]), let high = Int(ends[1]),
      low >= 0, high >= 0
    else {
      throw Fault(message: "`<\(body.prefix(30))>` is no interval of numbers", offset: start)
    }
    let width = ends[0].count == ends[1].count ? ends[0].count : nil
    return NumberInterval.regex(min(low, high)...max(low, high), width: width)
  }
}
