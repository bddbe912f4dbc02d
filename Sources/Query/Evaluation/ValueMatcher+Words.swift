import Events

extension ValueMatcher {
  /// Makes a test of words ready for a field's type.
  init(_ test: WordTest, type: FieldType, now: Timestamp) {
    let isText = type == .text
    switch test {
    case .near(let phrase, let moves):
      guard isText, moves > 0, !TextAnalyzer.words(phrase).isEmpty else {
        self = ValueMatcher(.phrase(phrase), type: type, now: now)
        return
      }
      self = .words(WordMatcher(test, isText: true), limit: .max)
    case .beginning(let phrase):
      self =
        isText && !TextAnalyzer.words(phrase).isEmpty ? .words(WordMatcher(test, isText: true), limit: .max) : .never
    case .some(let count):
      if isText {
        self = Self.textual(count)
      } else if let whole = count.whole {
        self = Self.whole(count, whole, type: type, now: now)
      } else {
        self = .never
      }
    }
  }

  /// Of words as they are, those that can be looked up.
  private static func textual(_ count: WordCount) -> ValueMatcher {
    guard let last = count.words.last, count.least <= count.words.count else { return .never }
    guard count.fuzziness == nil, count.least == 1 || count.least == count.words.count else {
      return .words(WordMatcher(.some(count), isText: true), limit: .max)
    }
    var matchers = count.words.map { ValueMatcher.word(Array($0.utf8)) }
    if count.isPrefix {
      let beginning = WildcardPattern(last.isEmpty ? [.anyRun] : [.literal(last), .anyRun])
      matchers[matchers.count - 1] = .wordWildcard([WildcardMatcher(beginning)])
    }
    return matchers.count == 1 ? matchers[0] : count.least == 1 ? .any(matchers) : .every(matchers)
  }

  private static func whole(_ count: WordCount, _ whole: String, type: FieldType, now: Timestamp) -> ValueMatcher {
    func texts(_ limit: Int) -> ValueMatcher { .words(WordMatcher(.some(count), isText: false), limit: limit) }
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
    let near = ValueMatcher.words(WordMatcher(.some(count), isText: false), limit: .max)
    switch type {
    case .keyword(let limit): return .words(WordMatcher(.some(count), isText: false), limit: limit)
    case .wildcard, .constant, .flattened, .version: return near
    case .dynamic, .object, .nested:
      return .byKind(
        number: .never, boolean: .never, text: .words(WordMatcher(.some(count), isText: false), limit: dynamicLimit))
    case .text, .integer, .double, .narrow, .boolean, .date, .dateNanos, .ip, .geoPoint, .binary: return .never
    }
  }
}
