import Events

extension ValueTest {
  /// True when no value that a field of the type can have passes the test, at any time.
  func isImpossible(as type: FieldType) -> Bool {
    // An object's fields are looked at one by one, and what a relative time means changes.
    switch type {
    case .nested, .object, .geoPoint, .binary: return false
    case .date where namesNow, .dateNanos where namesNow: return false
    default: break
    }
    // Of fields of one type it may ask nothing, since what stands beside it asks those.
    if case .words = self { return false }
    switch ValueMatcher(self, type: type, now: Timestamp(milliseconds: 0)) {
    case .never: return true
    case .number(let range, _):
      guard let lower = range.lower, let upper = range.upper else { return false }
      return lower > upper || lower == upper && !(range.lowerInclusive && range.upperInclusive)
    case .keywordRange(let lower?, let lowerInclusive, let upper?, let upperInclusive, _):
      return upper.lexicographicallyPrecedes(lower) || lower == upper && !(lowerInclusive && upperInclusive)
    default: return false
    }
  }

  /// A range that both ranges hold, where one gives the lower and the other the upper end; nil otherwise.
  func joined(with other: ValueTest) -> ValueTest? {
    switch (self, other) {
    case (.range(let lower?, nil), .range(nil, let upper?)), (.range(nil, let upper?), .range(let lower?, nil)):
      .range(lower: lower, upper: upper)
    default: nil
    }
  }

  /// The test in words, for messages.
  var words: String {
    switch self {
    case .match(let text), .phrase(let text), .term(let text): return "“\(text.prefix(60))”"
    case .wildcard(let pattern), .termPattern(let pattern): return "“\(pattern.text.prefix(60))”"
    case .regex(let regex): return "like /\(regex.pattern.prefix(60))/"
    case .list: return "on a list"
    case .inZone(let inner, _): return inner.words
    case .words(let asked): return asked.texts.map { "“\($0.prefix(60))”" }.joined(separator: ", ")
    case .sigma(let asked): return asked.text
    case .range(let lower, let upper):
      let parts = [
        lower.map { ($0.inclusive ? "at least " : "above ") + $0.value },
        upper.map { ($0.inclusive ? "at most " : "below ") + $0.value },
      ]
      return parts.compactMap { $0 }.joined(separator: " and ")
    }
  }
}

extension WildcardPattern {
  /// The pattern as it may be written, without escapes.
  public var text: String {
    parts.map { part in
      switch part {
      case .literal(let text): text
      case .anyRun: "*"
      case .anyCharacter: "?"
      }
    }.joined()
  }
}
