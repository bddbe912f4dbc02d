import Events

/// How many words of a text a field is to hold, and how nearly: what is asked by `match`, `match_bool_prefix` and the words of
/// query strings.
struct WordMatch {
  var text: String
  /// All words have to be there.
  var requiresAll = false
  /// `minimum_should_match`; nil where it is not stated.
  var least: MinimumMatch?
  /// Letters that may differ.
  var fuzziness: Fuzziness?
  /// So many first letters may not differ.
  var fixedLetters = 0
  /// The last word is a beginning.
  var isPrefix = false
  /// Fields of other types than text are not asked.
  var isOfTextAlone = false

  /// The condition that one of the fields meets.
  func condition(_ fields: [FieldSelector]) -> Predicate { .or(fields.map(condition)) }

  /// The condition on a field, whose values have the words between them where it is named; else one value has.
  func condition(_ field: FieldSelector) -> Predicate {
    let words = TextAnalyzer.words(text)
    let least = leastCount(of: words.count)
    if least == 1 || words.count < 2, fuzziness == nil, !isPrefix, !isOfTextAlone { return .test(field, .match(text)) }
    var whole = count(words: [])
    if isOfTextAlone { whole.whole = nil }
    guard !words.isEmpty, least <= words.count else { return test(field, whole) }
    let endsInWord = isPrefix && (isOfTextAlone || Self.endsInWord(text))
    if field.path != nil, least > 1 {
      let parts = words.enumerated().map { at, word in
        test(field, textual([word], 1, isPrefix: endsInWord && at == words.count - 1))
      }
      if let all = QueryDSL.atLeast(least, of: parts) { return .or([test(field, whole), all]) }
    }
    if whole.isPrefix == endsInWord {
      whole.words = words
      whole.least = least
      return test(field, whole)
    }
    return .or([test(field, whole), test(field, textual(words, least, isPrefix: endsInWord))])
  }

  /// Whether a text ends with its last word, which only then can be a beginning.
  private static func endsInWord(_ text: String) -> Bool {
    guard let sign = text.last else { return false }
    if !TextAnalyzer.words(String(sign)).isEmpty { return true }
    return TextAnalyzer.words(text + "x").last == TextAnalyzer.words(text).last.map { $0 + "x" }
  }

  private func test(_ field: FieldSelector, _ count: WordCount) -> Predicate { .test(field, .words(.some(count))) }

  private func count(words: [String]) -> WordCount {
    WordCount(words: words, whole: text, isPrefix: isPrefix, fuzziness: fuzziness, fixedLetters: fixedLetters)
  }

  /// What fields of text alone are asked.
  private func textual(_ words: [String], _ least: Int, isPrefix: Bool) -> WordCount {
    var count = count(words: words)
    count.least = least
    count.whole = nil
    count.isPrefix = isPrefix
    return count
  }

  /// How many of so many words have to be there; more than there are where none will do.
  func leastCount(of count: Int) -> Int {
    // A single word is no list of which a number could be asked.
    guard count > 1 else { return count }
    // Where all are required, none is optional, and of none no more than none can be had.
    if requiresAll { return least.map { $0.count(of: 0) > 0 } == true ? count + 1 : count }
    return max(1, least?.count(of: count) ?? 1)
  }
}

extension Predicate {
  /// That several fields have the words of a text between them, each field of text some; what is no text has the whole.
  static func across(_ fields: [FieldSelector], _ match: WordMatch) throws(FilterError) -> Predicate {
    let words = TextAnalyzer.words(match.text)
    guard words.count > 1 else { return match.condition(fields) }
    let whole = Predicate.or(fields.map { .test($0, .words(.some(WordCount(words: [], whole: match.text)))) })
    let parts = words.map { word in
      Predicate.or(fields.map { .test($0, .words(.some(WordCount(words: [word], whole: nil)))) })
    }
    guard let all = QueryDSL.atLeast(match.leastCount(of: words.count), of: parts) else {
      throw FilterError(
        "`minimum_should_match` leaves too many combinations of words", at: "multi_match", isUnsupported: true)
    }
    return .or([whole, all])
  }
}

extension ValueTest {
  /// A pattern of a query string, in which a blank stands behind a backslash: it parts nothing, and no word has one.
  static func inQueryString(_ pattern: WildcardPattern) -> ValueTest {
    pattern.alternatives == nil ? .wildcard(pattern) : .termPattern(pattern.asWildcardQuery)
  }
}
