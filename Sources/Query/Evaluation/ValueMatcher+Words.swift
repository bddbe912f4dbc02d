import Events

extension ValueMatcher {
  /// Makes a test of words ready for a field's type.
  init(_ test: WordTest, type: FieldType, now: Timestamp) {
    let analyzer = type.analysis.map { TextAnalyzer($0) }
    switch test {
    case .near(let phrase, let moves):
      guard let analyzer, moves > 0, !analyzer.words(phrase).isEmpty else {
        self = ValueMatcher(.phrase(phrase), type: type, now: now)
        return
      }
      self = .words(WordMatcher(test, analyzer), limit: .max)
    case .beginning(let phrase):
      if let analyzer, !analyzer.words(phrase).isEmpty {
        self = .words(WordMatcher(test, analyzer), limit: .max)
      } else {
        self = .never
      }
    case .some(let count):
      if let analyzer {
        self = Self.textual(type == .text ? count : count.cut(by: analyzer), analyzer)
      } else if let whole = count.whole {
        self = Self.whole(count, whole, type: type, now: now)
      } else {
        self = .never
      }
    }
  }

  /// Of words as they are, those that can be looked up.
  private static func textual(_ count: WordCount, _ analyzer: TextAnalyzer) -> ValueMatcher {
    guard let last = count.words.last, count.least <= count.words.count else { return .never }
    guard count.fuzziness == nil, count.least == 1 || count.least == count.words.count else {
      return .words(WordMatcher(.some(count), analyzer), limit: .max)
    }
    var matchers = count.words.map { ValueMatcher.word(Array($0.utf8), analyzer) }
    if count.isPrefix {
      let beginning = WildcardPattern(last.isEmpty ? [.anyRun] : [.literal(last), .anyRun])
      matchers[matchers.count - 1] = .wordWildcard([WildcardMatcher(beginning)], analyzer)
    }
    return matchers.count == 1 ? matchers[0] : count.least == 1 ? .any(matchers) : .every(matchers)
  }

  private static func whole(_ count: WordCount, _ whole: String, type: FieldType, now: Timestamp) -> ValueMatcher {
    func texts(_ limit: Int) -> ValueMatcher { .words(WordMatcher(.some(count), nil), limit: limit) }
    if count.isPrefix {
      switch type {
      case .keyword(let limit): return texts(limit)
      case .dynamic, .object, .nested:
        let isPlain = count.fuzziness == nil
        return .byKind(
          number: isPlain ? ValueMatcher(.match(whole), type: .double, now: now) : .never,
          boolean: isPlain ? ValueMatcher(.match(whole), type: .boolean, now: now) : .never, text: texts(dynamicLimit))
      default: break
      }
    }
    var count = count
    // Of these only keywords know beginnings.
    count.isPrefix = false
    guard count.fuzziness != nil else { return ValueMatcher(.match(whole), type: type, now: now) }
    let near = ValueMatcher.words(WordMatcher(.some(count), nil), limit: .max)
    switch type {
    case .keyword(let limit): return .words(WordMatcher(.some(count), nil), limit: limit)
    case .wildcard, .constant, .flattened, .version: return near
    case .dynamic, .object, .nested:
      return .byKind(
        number: .never, boolean: .never, text: .words(WordMatcher(.some(count), nil), limit: dynamicLimit))
    case .analyzed, .integer, .double, .narrow, .boolean, .date, .dateNanos, .ip, .geoPoint, .binary: return .never
    }
  }
}
