import Events

/// How many words of a text a field is to hold, and how nearly: what is asked by `match`, `match_bool_prefix` and the words of
/// query strings.
struct WordMatch: Hashable, Sendable {
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
  func condition(_ fields: [FieldSelector], _ catalog: FieldCatalog) -> Predicate {
    .or(fields.map { condition($0, catalog) })
  }

  /// The condition on a field, whose values have the words between them where it is named; else one value has.
  ///
  /// - Parameter catalog: how a field that is named is cut into words. Others are asked for the words of the standard analyzer, and
  ///   those of them that are cut otherwise for their own.
  func condition(_ field: FieldSelector, _ catalog: FieldCatalog) -> Predicate {
    let analyzer = Self.analyzer(of: field, catalog) ?? .standard
    let isNamed = field.path != nil
    let words = analyzer.words(text)
    let least = leastCount(of: words.count)
    if least == 1 || words.count < 2, isNamed || !requiresAll && self.least == nil, fuzziness == nil, !isPrefix,
      !isOfTextAlone
    {
      return .test(field, .match(text))
    }
    var whole = count(words: [])
    if isOfTextAlone { whole.whole = nil }
    if !isNamed { whole.source = .match(self) }
    guard !words.isEmpty, least <= words.count else { return test(field, whole) }
    let endsInWord = endsInWord(analyzer)
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
    var apart = textual(words, least, isPrefix: endsInWord)
    (apart.source, whole.source) = (whole.source, nil)
    return .or([test(field, whole), test(field, apart)])
  }

  /// What cuts the text for a field that is named; nil for several fields.
  private static func analyzer(of field: FieldSelector, _ catalog: FieldCatalog) -> TextAnalyzer? {
    field.path.map { catalog.resolve($0).type.analyzer }
  }

  /// Whether a text is other than one word as a field of text has it.
  static func isCut(_ text: String, in field: FieldSelector, _ catalog: FieldCatalog) -> Bool {
    guard let analyzer = analyzer(of: field, catalog) else {
      return !text.utf8.allSatisfy { 0x61...0x7A ~= $0 | 0x20 }
    }
    return analyzer.words(text) != [analyzer.normalized(text)]
  }

  /// Whether the last word is asked for as a beginning: it can only be where the text ends with it.
  private func endsInWord(_ analyzer: TextAnalyzer) -> Bool {
    guard isPrefix, !isOfTextAlone else { return isPrefix }
    guard let sign = text.last else { return false }
    if !analyzer.words(String(sign)).isEmpty { return true }
    return analyzer.words(text + "x").last == analyzer.words(text).last.map { $0 + "x" }
  }

  /// The words of a field of text that is cut by an analyzer of its own, in place of those of a count.
  func cut(_ count: WordCount, by analyzer: TextAnalyzer) -> WordCount {
    var cut = count
    cut.words = analyzer.words(text)
    cut.least = leastCount(of: cut.words.count)
    cut.isPrefix = endsInWord(analyzer)
    return cut
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
  ///
  /// Fields that are cut into words in different ways share none.
  static func across(
    _ fields: [FieldSelector], _ match: WordMatch, _ catalog: FieldCatalog
  ) throws(FilterError) -> Predicate {
    var groups: [(analysis: TextAnalysis, fields: [FieldSelector])] = []
    for field in fields {
      let analysis = field.path.flatMap { catalog.resolve($0).type.analysis } ?? .standard
      if let place = groups.firstIndex(where: { $0.analysis == analysis }) {
        groups[place].fields.append(field)
      } else {
        groups.append((analysis, [field]))
      }
    }
    var parts: [Predicate] = []
    for group in groups { parts.append(try across(alike: group.fields, match, group.analysis, catalog)) }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private static func across(
    alike fields: [FieldSelector], _ match: WordMatch, _ analysis: TextAnalysis, _ catalog: FieldCatalog
  ) throws(FilterError) -> Predicate {
    let words = TextAnalyzer(analysis).words(match.text)
    guard words.count > 1 else { return match.condition(fields, catalog) }
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
