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

  public init(_ parts: [Part] = [], ignoresCase: Bool = false) {
    self.ignoresCase = ignoresCase
    for part in parts { append(part) }
  }

  /// Reads `*`, `?` and, after a backslash, any character as itself, as Elasticsearch's wildcard query does.
  public init(written text: String, ignoresCase: Bool = false) {
    self.init(ignoresCase: ignoresCase)
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

  /// Adds a part at the end, merging it with the part before where they are of one kind.
  public mutating func append(_ part: Part) {
    switch (parts.last, part) {
    case (_, .literal("")): break
    case (.literal(let before), .literal(let text)): parts[parts.count - 1] = .literal(before + text)
    case (.anyRun, .anyRun): break
    default: parts.append(part)
    }
  }

  /// True when the pattern is a lone `*`.
  public var matchesEverything: Bool { parts == [.anyRun] }
}
