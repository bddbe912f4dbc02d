import Events

/// How many words of a text a field is to hold, and how nearly: the query DSL's `match`, `match_bool_prefix` and `fuzzy`.
struct WordMatch: Sendable {
  /// What is cut into words where the field holds text.
  enum Form: String {
    /// Text is cut into words; a whole value is compared whole.
    case words
    /// The same, the last word being the beginning of one.
    case prefix
    /// The text is one word as it is indexed.
    case term
  }

  var text: String
  var form = Form.words
  /// All words have to be there, where no number of them is stated.
  var requiresAll = false
  /// `minimum_should_match` as written; empty where it is not stated.
  var least = ""
  /// Letters that may differ.
  var fuzziness = Fuzziness.none
  /// So many first letters may not differ.
  var fixedLetters = 0

  /// How many letters of a word may differ: always so many, or by its length.
  enum Fuzziness: Equatable, Sendable {
    case edits(Int)
    /// None below `low` letters, one below `high`, two from there.
    case auto(low: Int, high: Int)

    static let none = Fuzziness.edits(0)

    /// Reads `0`, `1`, `2`, `AUTO` and `AUTO:low,high`; nil where it is none of them.
    init?(_ written: String) {
      switch written.uppercased() {
      case "AUTO": self = .auto(low: 3, high: 6)
      case "0", "0.0": self = .edits(0)
      case "1", "1.0": self = .edits(1)
      case "2", "2.0": self = .edits(2)
      case let text where text.hasPrefix("AUTO:"):
        let bounds = text.dropFirst(5).split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard bounds.count == 2, let low = bounds[0], let high = bounds[1], 0...high ~= low else { return nil }
        self = .auto(low: low, high: high)
      default: return nil
      }
    }

    var written: String {
      switch self {
      case .edits(let count): String(count)
      case .auto(let low, let high): "AUTO:\(low),\(high)"
      }
    }

    func edits(_ length: Int) -> Int {
      switch self {
      case .edits(let count): count
      case .auto(let low, let high): length < low ? 0 : length < high ? 1 : 2
      }
    }
  }

  /// The condition on a field.
  func condition(_ field: FieldSelector, path: String) throws(FilterError) -> Predicate {
    let name = try QueryDSL.named(field, path: path)
    let condition = LuceneFunctions.condition(
      "word_match", name, [text, form.rawValue, requiresAll ? "and" : "or", least, fuzziness.written], [fixedLetters],
      isLenient: field.isLenient)
    // Some word has to be there as it is: a test of values, which can be looked up, and which knows every type.
    guard form == .words, fuzziness == .none else { return condition }
    return .and([.test(field, .match(text)), condition])
  }

  /// The condition that one of the fields meets. Where any word will do, or every word has to be there, fields need no name.
  func condition(_ fields: [FieldSelector], path: String) throws(FilterError) -> Predicate {
    let isPlain = form == .words && fuzziness == .none && (requiresAll || least.isEmpty || least == "1")
    let isOneWord = TextAnalyzer.words(text).count < 2 && !text.contains(where: \.isWhitespace)
    if isPlain, !requiresAll || isOneWord { return .or(fields.map { .test($0, .match(text)) }) }
    var parts: [Predicate] = []
    for field in fields {
      if isPlain, field.path == nil {
        parts.append(.test(field, .wildcard(WildcardPattern(words: text, .all))))
      } else {
        parts.append(try condition(field, path: path))
      }
    }
    return .or(parts)
  }

  static let function = FunctionDefinition(
    "word_match",
    [FunctionDefinition.Parameter("field", .any)]
      + ["text", "form", "operator", "least", "fuzziness"].map {
        FunctionDefinition.Parameter($0, .strings, isConstant: true)
      } + [FunctionDefinition.Parameter("fixed", .wholes, isConstant: true)]
  ) { call throws(TypeFault) in
    func text(_ at: Int) -> String { call.arguments[at].constant?.single?.textValue ?? "" }
    let match = WordMatch(
      text: text(1), form: Form(rawValue: text(2)) ?? .words, requiresAll: text(3) == "and", least: text(4),
      fuzziness: Fuzziness(text(5)) ?? .none, fixedLetters: Int(call.arguments[6].constant?.single?.wholeValue ?? 0))
    return (.boolean, try match.bound(call))
  }

  /// Ready for the field's type.
  private func bound(_ call: FunctionCall) throws(TypeFault) -> ScalarFunction {
    let field = call.arguments[0]
    guard field.type.isString || field.type == .dynamic else {
      guard form == .words, fuzziness == .none else { throw LuceneFunctions.fuzzyFault(field) }
      // A test beside this one compares the value.
      return ScalarFunction("word_match") { cells in cells[0].single == nil ? .none : .boolean(true) }
    }
    let isText = field.type == .text
    let wanted = isText && form != .term ? TextAnalyzer.words(text) : [text]
    let letters = wanted.map { Array($0.unicodeScalars) }
    let least = leastCount(of: wanted.count)
    return ScalarFunction("word_match") { cells in
      guard let value = cells[0].single else { return .none }
      guard case .text(let value) = value else { return .boolean(form == .words && fuzziness == .none) }
      guard !wanted.isEmpty else { return .boolean(false) }
      let words = isText ? TextAnalyzer.words(value) : [value]
      let scalars = words.map { Array($0.unicodeScalars) }
      let met = wanted.indices.count { at in
        if form == .prefix, at == wanted.count - 1 { return words.contains { $0.utf8.starts(with: wanted[at].utf8) } }
        let edits = fuzziness.edits(letters[at].count)
        if edits == 0 { return words.contains { Value.equal($0, wanted[at]) } }
        let fixed = letters[at].prefix(fixedLetters)
        return scalars.contains {
          $0.starts(with: fixed) && LuceneFunctions.isNear($0, letters[at], edits)
        }
      }
      return .boolean(met >= least)
    }
  }

  /// How many of so many words have to be there.
  private func leastCount(of count: Int) -> Int {
    // A single word, or a whole value, is no list of which a number could be asked.
    guard !requiresAll, count > 1 else { return count }
    return max(1, MinimumMatch(least)?.count(of: count) ?? 1)
  }
}
