/// Reads Lucene's query strings as its classic parser does: a list of clauses, each of which must, should or must not hold.
/// The operators have no precedence.
struct LuceneParser {
  let text: [Unicode.Scalar]
  /// The tests of named fields, for what the types of fields refuse.
  private(set) var conditions: [KQLCondition] = []
  private let tokens: [LuceneToken]
  private var at = 0
  private var depth = 0
  private let defaultFields: [FieldSelector]
  private let requiresAll: Bool

  init(_ query: String, defaultFields: [FieldSelector], requiresAll: Bool) throws(QuerySyntaxError) {
    (tokens, text) = try LuceneScanner.tokens(query)
    self.defaultFields = defaultFields
    self.requiresAll = requiresAll
  }

  /// A field as named before a colon, or where values without one are looked for.
  private struct Target {
    var selectors: [FieldSelector]
    /// Where its name stands; nil where none is given.
    var range: Range<Int>?
    /// `_exists_`, whose values are names of fields.
    var isExistence = false
  }

  private enum Occurrence {
    case must
    case should
    case mustNot
  }

  mutating func parse() throws(QuerySyntaxError) -> Predicate {
    if token.kind == .end { return .all }
    let predicate = try clauses(Target(selectors: defaultFields))
    guard token.kind == .end else { throw unexpected() }
    return predicate
  }

  // MARK: Tokens

  private var token: LuceneToken { tokens[at] }
  private func kind(_ ahead: Int) -> LuceneToken.Kind { at + ahead < tokens.count ? tokens[at + ahead].kind : .end }

  private func fault(
    _ message: String, at place: Int, expected: String? = nil, hint: String? = nil
  ) -> QuerySyntaxError {
    QuerySyntaxError(message, at: place, in: text, expected: expected, hint: hint)
  }

  private func unexpected() -> QuerySyntaxError {
    switch token.kind {
    case .end: fault("the query ends too early", at: token.range.lowerBound, expected: "a value")
    case .close: fault("this parenthesis closes nothing", at: token.range.lowerBound)
    default: fault("this cannot stand here", at: token.range.lowerBound, expected: "a value")
    }
  }

  // MARK: Clauses

  private mutating func clauses(_ target: Target) throws(QuerySyntaxError) -> Predicate {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Lucene.deepestNesting else {
      throw fault(
        "parentheses stand too deep inside each other", at: token.range.lowerBound,
        expected: "at most \(Lucene.deepestNesting) levels")
    }
    var list: [(occurrence: Occurrence, predicate: Predicate)] = []
    let usual: Occurrence = requiresAll ? .must : .should
    repeat {
      if let words = try adjacentWords(target) {
        list.append((usual, words))
        continue
      }
      var joinsByAnd = false
      var joinsByOr = false
      if !list.isEmpty {
        if token.kind == .and { joinsByAnd = true } else if token.kind == .or { joinsByOr = true }
        if joinsByAnd || joinsByOr { at += 1 }
      }
      var occurrence: Occurrence?
      switch token.kind {
      case .plus: occurrence = .must
      case .minus, .not: occurrence = .mustNot
      default: break
      }
      if occurrence != nil { at += 1 }
      let predicate = try clause(target)
      if joinsByAnd, let last = list.last, last.occurrence != .mustNot { list[list.count - 1].occurrence = .must }
      // With all required, `OR` frees the clause before it.
      if joinsByOr, requiresAll, let last = list.last, last.occurrence == .must {
        list[list.count - 1].occurrence = .should
      }
      list.append((occurrence ?? (joinsByAnd ? .must : joinsByOr ? .should : usual), predicate))
    } while token.kind != .end && token.kind != .close
    func all(_ occurrence: Occurrence) -> [Predicate] {
      list.filter { $0.occurrence == occurrence }.map(\.predicate)
    }
    let (musts, shoulds, nots) = (all(.must), all(.should), all(.mustNot).map { Predicate.not($0) })
    if !musts.isEmpty { return .and(musts + nots) }
    return shoulds.isEmpty ? .and(nots) : .and([.or(shoulds)] + nots)
  }

  /// Two or more words with nothing between them are one text.
  private mutating func adjacentWords(_ target: Target) throws(QuerySyntaxError) -> Predicate? {
    func isPart(_ ahead: Int) -> Bool {
      guard case .word = kind(ahead) else { return false }
      switch kind(ahead + 1) {
      case .colon, .tilde, .boost, .and, .or: return false
      default: return true
      }
    }
    guard isPart(0), isPart(1), !target.isExistence else { return nil }
    let start = at
    var words: [String] = []
    while isPart(0), case .word(let word) = token.kind {
      words.append(word)
      at += 1
    }
    return tests(
      .match(words.joined(separator: " ")), target, tokens[start].range.lowerBound..<tokens[at - 1].range.upperBound)
  }

  private mutating func clause(_ outer: Target) throws(QuerySyntaxError) -> Predicate {
    var target = outer
    if kind(1) == .colon {
      switch token.kind {
      case .word(let name):
        target = Target(
          selectors: [name.contains("*") ? .matching(WildcardPattern(stars: name)) : .named(name)], range: token.range,
          isExistence: name == "_exists_")
        at += 2
      case .pattern(let pattern) where pattern.matchesEverything:
        target = Target(selectors: [.any], range: token.range)
        at += 2
      case .pattern:
        throw fault(
          "a star in the name of a field stands behind a backslash", at: token.range.lowerBound,
          hint: #"write `host.\*: value`"#)
      default: break
      }
    }
    guard token.kind == .open else { return try value(target) }
    let open = token.range.lowerBound
    at += 1
    guard token.kind != .close else {
      throw fault("there is nothing between these parentheses", at: open, expected: "a value")
    }
    let inner = try clauses(target)
    guard token.kind == .close else { throw fault("this parenthesis is never closed", at: open, expected: "`)`") }
    at += 1
    if token.kind == .boost { at += 1 }
    return inner
  }

  // MARK: Values

  private mutating func tests(_ test: ValueTest, _ target: Target, _ range: Range<Int>) -> Predicate {
    .or(
      target.selectors.map { selector in
        let predicate = Predicate.test(selector, test)
        if let field = target.range, case .named = selector {
          conditions.append(KQLCondition(predicate: predicate, path: nil, field: field, value: range))
        }
        return predicate
      })
  }

  private mutating func value(_ target: Target) throws(QuerySyntaxError) -> Predicate {
    let range = token.range
    let kind = token.kind
    switch kind {
    case .word, .pattern, .phrase, .regex, .range: at += 1
    default: throw unexpected()
    }
    var tilde: Double??
    while true {
      if case .tilde(let number) = token.kind { tilde = .some(number) } else if token.kind != .boost { break }
      at += 1
    }
    if target.isExistence {
      switch kind {
      case .word(let name), .phrase(let name):
        return .exists(name.contains("*") ? .matching(WildcardPattern(stars: name)) : .named(name))
      case .pattern(let pattern): return .exists(pattern.matchesEverything ? .any : .matching(pattern))
      default: throw fault("`_exists_` takes the name of a field", at: range.lowerBound, expected: "a field")
      }
    }
    switch kind {
    case .word(let word):
      if let tilde { return try near(word, Self.edits(word, tilde), "fuzzy", target, range) }
      if let compared = comparison(word) { return tests(compared, target, range) }
      return tests(.match(word), target, range)
    case .phrase(let phrase):
      if let slop = tilde ?? nil, slop >= 1 { return try near(phrase, Int(min(slop, 1000)), "nearby", target, range) }
      return tests(.phrase(phrase), target, range)
    case .pattern(let pattern):
      guard pattern.matchesEverything else { return tests(.wildcard(pattern), target, range) }
      return .or(target.selectors.map { $0 == .any ? .all : .exists($0) })
    case .regex(let pattern):
      do {
        return tests(.regex(try RegularExpression(pattern)), target, range)
      } catch {
        throw fault("the regular expression cannot be read: \(error.message)", at: range.lowerBound)
      }
    case .range(let lower, let lowerInclusive, let upper, let upperInclusive):
      guard lower != nil || upper != nil else { return .or(target.selectors.map { .exists($0) }) }
      return tests(
        .range(
          lower: lower.map { RangeBound($0.text, inclusive: lowerInclusive) },
          upper: upper.map { RangeBound($0.text, inclusive: upperInclusive) }), target, range)
    default: throw unexpected()
    }
  }

  /// `>10` and its kin, which are written as words.
  private func comparison(_ word: String) -> ValueTest? {
    guard let sign = word.unicodeScalars.first, sign == "<" || sign == ">" else { return nil }
    let inclusive = word.dropFirst().hasPrefix("=")
    let value = String(word.dropFirst(inclusive ? 2 : 1))
    guard !value.isEmpty else { return nil }
    let bound = RangeBound(value, inclusive: inclusive)
    return sign == "<" ? .range(lower: nil, upper: bound) : .range(lower: bound, upper: nil)
  }

  /// How many letters may differ.
  private static func edits(_ word: String, _ number: Double?) -> Int {
    let length = word.unicodeScalars.count
    if let number, number >= 1 { return min(2, Int(number)) }
    if let number { return min(2, Int((1 - number) * Double(length))) }
    return length < 3 ? 0 : length < 6 ? 1 : 2
  }

  /// A condition of words that are nearly the same, or near each other.
  private func near(
    _ value: String, _ count: Int, _ function: String, _ target: Target, _ range: Range<Int>
  ) throws(QuerySyntaxError) -> Predicate {
    var parts: [Predicate] = []
    for selector in target.selectors {
      guard case .named(let name) = selector else {
        throw fault(
          "what is nearly the same is looked for in one field here", at: range.lowerBound, expected: "a field before it"
        )
      }
      parts.append(LuceneFunctions.condition(function, name, [value], count, at: range))
    }
    return .or(parts)
  }
}
