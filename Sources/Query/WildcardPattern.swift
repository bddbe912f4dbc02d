/// A pattern of literal text, `*` (any run of characters, also none) and `?` (any one character).
public struct WildcardPattern: Hashable, Sendable {
  public enum Part: Hashable, Sendable {
    case literal(String)
    case anyRun
    case anyCharacter
  }

  /// The parts in order; no two neighbouring literals, no two neighbouring `anyRun`.
  public private(set) var parts: [Part] = []
  /// Whether letters compare without regard to case.
  public var ignoresCase: Bool
  /// True for a pattern of the query DSL's `wildcard`, which the keys of flattened fields do not know, whatever it says.
  public private(set) var isWildcardQuery = false

  public init(_ parts: [Part] = [], ignoresCase: Bool = false) {
    self.ignoresCase = ignoresCase
    for part in parts { append(part) }
  }

  /// A pattern of a `wildcard` query: reads `*`, `?` and, after a backslash, any character as itself, as Elasticsearch's wildcard query does.
  public init(written text: String, ignoresCase: Bool = false) {
    self.init(ignoresCase: ignoresCase)
    isWildcardQuery = true
    var isEscaped = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case _ where isEscaped:
        append(.literal(String(scalar)))
        isEscaped = false
      case "\\": isEscaped = true
      case "*": append(.anyRun)
      case "?": append(.anyCharacter)
      default: append(.literal(String(scalar)))
      }
    }
    // A backslash at the very end escapes nothing and is itself.
    if isEscaped { append(.literal("\\")) }
  }

  /// A pattern of field names: `*` is any run of characters, everything else itself.
  public init(stars text: String) {
    self.init()
    for (number, part) in text.split(separator: "*", omittingEmptySubsequences: false).enumerated() {
      if number > 0 { append(.anyRun) }
      append(.literal(String(part)))
    }
  }

  /// The same pattern, as one of a `wildcard` query.
  var asWildcardQuery: WildcardPattern {
    var copy = self
    copy.isWildcardQuery = true
    return copy
  }

  /// Adds a part at the end, merging it with the part before where they are of one kind.
  public mutating func append(_ part: Part) {
    switch (parts.last, part) {
    case (_, .literal("")): break
    case (.literal(let before), .literal(let text)): parts[parts.count - 1] = .literal(before + text)
    case (.anyRun, .anyRun): break
    default: parts.append(part)
    }
  }

  /// The alternatives that blanks part the pattern into, as Elasticsearch's `query_string` reads it; nil where there are
  /// no blanks. Neighbours without a wildcard stay one alternative, joined by a blank, save for one right before a lone `*`.
  var alternatives: [WildcardPattern]? {
    let hasBlanks = parts.contains { part in
      if case .literal(let text) = part { text.unicodeScalars.contains(where: Self.isBlank) } else { false }
    }
    guard hasBlanks else { return nil }
    var found: [WildcardPattern] = []
    var current = WildcardPattern(ignoresCase: ignoresCase)
    func finish() {
      if !current.parts.isEmpty { found.append(current) }
      current = WildcardPattern(ignoresCase: ignoresCase)
    }
    for part in parts {
      guard case .literal(let text) = part else {
        current.append(part)
        continue
      }
      var run = String.UnicodeScalarView()
      for scalar in text.unicodeScalars {
        guard Self.isBlank(scalar) else {
          run.append(scalar)
          continue
        }
        current.append(.literal(String(run)))
        run.removeAll()
        finish()
      }
      current.append(.literal(String(run)))
    }
    finish()
    var joined: [WildcardPattern] = []
    for (at, one) in found.enumerated() {
      let isBeforeStar = at + 1 < found.count && found[at + 1].matchesEverything
      if let text = one.plainText, let before = joined.last?.plainText, !isBeforeStar {
        joined[joined.count - 1] = WildcardPattern([.literal(before + " " + text)], ignoresCase: ignoresCase)
      } else {
        joined.append(one)
      }
    }
    return joined
  }

  /// The pattern without the white space at its ends, as JavaScript's `trim` has it.
  var trimmed: WildcardPattern {
    guard parts.first.map(Self.isTrimmed(startOf:)) == true || parts.last.map(Self.isTrimmed(endOf:)) == true else {
      return self
    }
    var copy = self
    if case .literal(let text)? = copy.parts.first {
      copy.parts[0] = .literal(String(String.UnicodeScalarView(text.unicodeScalars.drop(while: Self.isTrimmed))))
    }
    if case .literal(let text)? = copy.parts.last {
      var scalars = Array(text.unicodeScalars)
      while let last = scalars.last, Self.isTrimmed(last) { scalars.removeLast() }
      copy.parts[copy.parts.count - 1] = .literal(String(String.UnicodeScalarView(scalars)))
    }
    return WildcardPattern(copy.parts, ignoresCase: ignoresCase)
  }

  private static func isTrimmed(startOf part: Part) -> Bool {
    if case .literal(let text) = part { text.unicodeScalars.first.map(isTrimmed) ?? false } else { false }
  }

  private static func isTrimmed(endOf part: Part) -> Bool {
    if case .literal(let text) = part { text.unicodeScalars.last.map(isTrimmed) ?? false } else { false }
  }

  private static func isTrimmed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x20, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF: true
    default: false
    }
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" || scalar == "\u{3000}"
  }

  /// The text of a pattern without wildcards; nil where it has any.
  var plainText: String? {
    switch parts.count {
    case 0: return ""
    case 1: if case .literal(let text) = parts[0] { return text } else { return nil }
    default: return nil
    }
  }

  /// True when the pattern is a lone `*`.
  public var matchesEverything: Bool { parts == [.anyRun] }
}
