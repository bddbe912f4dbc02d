/// A regular expression as Lucene has it, with all its optional operators.
indirect enum LuceneRegex: Hashable, Sendable {
  /// Matches no text.
  case nothing
  /// Matches the empty text.
  case empty
  case set(ScalarSet)
  case sequence([LuceneRegex])
  case either([LuceneRegex])
  case both([LuceneRegex])
  case complement(LuceneRegex)
  case repeated(LuceneRegex, Int, Int?)

  static let anyCharacter = LuceneRegex.set(.everything)
  static let anyText = LuceneRegex.repeated(.anyCharacter, 0, nil)

  /// Whether RE2 can say it: everything but complements, intersections and long counts.
  var isPlain: Bool {
    switch self {
    case .nothing, .empty, .set: true
    case .sequence(let parts), .either(let parts): parts.allSatisfy(\.isPlain)
    case .both, .complement: false
    case .repeated(let part, let least, let most): least <= 1000 && (most ?? 0) <= 1000 && part.isPlain
    }
  }

  /// The expression in RE2's syntax; only of a plain one.
  var re2: String {
    switch self {
    case .nothing, .both, .complement: return "[^\\x{0}-\\x{10FFFF}]"
    case .empty: return "(?:)"
    case .set(let set):
      if set == .everything { return "(?s:.)" }
      if set.ranges.isEmpty { return "[^\\x{0}-\\x{10FFFF}]" }
      return "["
        + set.ranges.map {
          "\\x{\(String($0.lowerBound, radix: 16))}-\\x{\(String($0.upperBound, radix: 16))}"
        }.joined() + "]"
    case .sequence(let parts): return parts.map(\.re2).joined()
    case .either(let parts): return "(?:" + parts.map(\.re2).joined(separator: "|") + ")"
    case .repeated(let part, let least, let most):
      let inner = "(?:" + part.re2 + ")"
      switch (least, most) {
      case (0, nil): return inner + "*"
      case (1, nil): return inner + "+"
      case (0, 1): return inner + "?"
      case (_, nil): return inner + "{\(least),}"
      case (_, let most?): return inner + "{\(least),\(most)}"
      }
    }
  }
}
