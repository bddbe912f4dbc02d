/// `:`, `like`, `LIKE`, `regex`, `RLIKE`: a whole text against patterns, any of which may fit.
public enum PatternMatching {
  static func function(_ patterns: [TextPattern], _ kind: PatternKind) throws(TypeFault) -> ScalarFunction {
    switch kind {
    case .wildcard(let ignoresCase):
      let matchers = patterns.map { WildcardMatcher(WildcardPattern(eql: $0.text, ignoresCase: ignoresCase)) }
      return ScalarFunction("like") { cells in
        guard case .text(let text)? = cells[0].single else { return .none }
        return .boolean(matchers.contains { $0.matches(text) })
      }
    case .like:
      var matchers: [WildcardMatcher] = []
      for pattern in patterns { matchers.append(WildcardMatcher(try like(pattern))) }
      return ScalarFunction("LIKE") { [matchers] cells in
        guard case .text(let text)? = cells[0].single else { return .none }
        return .boolean(matchers.contains { $0.matches(text) })
      }
    case .regex(let ignoresCase):
      var all: [RegularExpression] = []
      for pattern in patterns { all.append(try regex(pattern, ignoresCase: ignoresCase)) }
      return ScalarFunction("regex") { [all] cells in
        guard case .text(let text)? = cells[0].single else { return .none }
        return .boolean(all.contains { $0.matches(text) })
      }
    }
  }

  /// A regular expression of a query's text.
  static func regex(_ pattern: TextPattern, ignoresCase: Bool) throws(TypeFault) -> RegularExpression {
    do {
      return try RegularExpression(pattern.text, ignoresCase: ignoresCase)
    } catch {
      throw TypeFault(
        "the regular expression cannot be read: \(error.message) (character \(error.offset + 1) of it)",
        at: pattern.range)
    }
  }

  /// A pattern of ES|QL's `LIKE`.
  static func like(_ pattern: TextPattern) throws(TypeFault) -> WildcardPattern {
    var parts: [WildcardPattern.Part] = []
    var isEscaped = false
    for scalar in pattern.text.unicodeScalars {
      switch scalar {
      case _ where isEscaped:
        guard scalar == "*" || scalar == "?" || scalar == "\\" else {
          throw TypeFault(
            "Invalid pattern for LIKE [\(pattern.text)]: [Invalid sequence - escape character is not followed by special wildcard char]",
            at: pattern.range, hint: "write a backslash twice where it is meant")
        }
        parts.append(.literal(String(scalar)))
        isEscaped = false
      case "\\": isEscaped = true
      case "*": parts.append(.anyRun)
      case "?": parts.append(.anyCharacter)
      default: parts.append(.literal(String(scalar)))
      }
    }
    guard !isEscaped else {
      throw TypeFault(
        "Invalid pattern for LIKE [\(pattern.text)]: [Invalid sequence - escape character is not followed by special wildcard char]",
        at: pattern.range, hint: "write a backslash twice where it is meant")
    }
    return WildcardPattern(parts)
  }
}

extension WildcardPattern {
  /// A pattern of EQL's `:` and `like`, which knows no escape.
  public init(eql text: String, ignoresCase: Bool) {
    self.init(ignoresCase: ignoresCase)
    var plain = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard scalar == "*" || scalar == "?" else {
        plain.append(scalar)
        continue
      }
      append(.literal(String(plain)))
      plain.removeAll()
      append(scalar == "*" ? .anyRun : .anyCharacter)
    }
    append(.literal(String(plain)))
  }
}
