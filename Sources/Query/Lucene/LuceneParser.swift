import Events

/// Reads Lucene's query strings as its classic parser does: a list of clauses, each of which must, should or must not hold.
/// The operators have no precedence.
struct LuceneParser {
  let text: [Unicode.Scalar]
  /// The tests of named fields, for what the types of fields refuse.
  private(set) var conditions: [KQLCondition] = []
  private let tokens: [LuceneToken]
  private var at = 0
  private var depth = 0
  private let settings: LuceneSettings

  init(_ query: String, _ settings: LuceneSettings) throws(QuerySyntaxError) {
    (tokens, text) = try LuceneScanner.tokens(query)
    self.settings = settings
  }

  /// A field as named before a colon, or where values without one are looked for.
  private struct Target {
    var selectors: [FieldSelector]
    /// Where its name stands; nil where none is given.
    var range: Range<Int>?
    /// `_exists_`, whose values are names of fields.
    var isExistence = false
  }

  /// What a part of the query asks for.
  private struct Clause {
    var predicate: Predicate
    /// Whether the clause is none, as one of signs without a word is on fields of text: it is then false, and takes no part.
    var isAbsent: Predicate = .nothing
    /// Whether the clause has to hold: what stands behind it may ask that, and may be none itself.
    var isRequired: Predicate = .nothing
    var isExcluded = false
    /// It stands in parentheses.
    var isGroup = false
  }

  mutating func parse() throws(QuerySyntaxError) -> Predicate {
    if token.kind == .end { return .all }
    let clause = try clauses(Target(selectors: settings.fields))
    guard token.kind == .end else { throw unexpected() }
    return clause.predicate
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

  private mutating func clauses(_ target: Target) throws(QuerySyntaxError) -> Clause {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Lucene.deepestNesting else {
      throw fault(
        "parentheses stand too deep inside each other", at: token.range.lowerBound,
        expected: "at most \(Lucene.deepestNesting) levels")
    }
    var list: [Clause] = []
    repeat {
      if var words = try adjacentWords(target) {
        words.isRequired = settings.requiresAll ? .all : .nothing
        list.append(words)
      } else {
        try joinedClause(target, to: &list)
      }
    } while token.kind != .end && token.kind != .close
    return try joined(list)
  }

  /// A clause with what stands before it, which may change what the clause before has to do.
  private mutating func joinedClause(_ target: Target, to list: inout [Clause]) throws(QuerySyntaxError) {
    let joinsByAnd = !list.isEmpty && token.kind == .and
    let joinsByOr = !list.isEmpty && token.kind == .or
    if joinsByAnd || joinsByOr { at += 1 }
    let sign = token.kind
    if sign == .plus || sign == .minus || sign == .not { at += 1 }
    var clause = try clause(target)
    // With all required, `OR` frees the clauses on both sides of it.
    if joinsByAnd || joinsByOr && settings.requiresAll { try change(&list, isRequired: joinsByAnd) }
    clause.isExcluded = sign == .minus || sign == .not
    let isRequired = settings.requiresAll ? !joinsByOr : sign == .plus || joinsByAnd
    clause.isRequired = isRequired && !clause.isExcluded ? .all : .nothing
    list.append(clause)
  }

  /// Clauses in a row that may ask for nothing.
  private static let mostPassed = 64

  /// What an operator does to the clause before it: to the last that is one.
  private func change(_ list: inout [Clause], isRequired: Bool) throws(QuerySyntaxError) {
    var reaches = Predicate.all
    for (passed, place) in list.indices.reversed().enumerated() where reaches != .nothing {
      // Each that is passed makes the question longer.
      guard passed < Self.mostPassed else {
        throw fault(
          "more than \(Self.mostPassed) clauses in a row may ask for nothing, such as texts without a word", at: 0,
          expected: "words")
      }
      if !list[place].isExcluded {
        let before = list[place].isRequired
        let after: Predicate = isRequired ? .or([before, reaches]) : .and([before, .not(reaches)])
        list[place].isRequired = after.simplified()
      }
      reaches = .and([reaches, list[place].isAbsent]).simplified()
    }
  }

  /// What the clauses of one level come to.
  private func joined(_ list: [Clause]) throws(QuerySyntaxError) -> Clause {
    let wanted = list.filter { !$0.isExcluded }
    let shoulds = wanted.filter { $0.isRequired == .nothing }
    // Some alternative has to hold where nothing is required, save where there is none.
    let hasMust = Predicate.or(wanted.map { .and([$0.isRequired, .not($0.isAbsent)]) })
    let hasNoAlternative = Predicate.and(wanted.map { .or([$0.isRequired, $0.isAbsent]) })
    let free = wanted.filter { $0.isRequired != .all }
    let alternative = Predicate.or([hasMust, hasNoAlternative] + free.map(\.predicate))
    let isAbsent = Predicate.and(list.map(\.isAbsent))
    var parts = wanted.map { Predicate.or([.not($0.isRequired), $0.isAbsent, $0.predicate]) } + [alternative]
    parts += list.filter(\.isExcluded).map { .not($0.predicate) }
    parts.append(.not(isAbsent))
    if depth == 1, settings.least != nil { parts.append(try enough(of: shoulds, among: list)) }
    return Clause(predicate: .and(parts), isAbsent: isAbsent.simplified())
  }

  /// That so many of the whole query's alternatives hold as are asked for.
  private func enough(of shoulds: [Clause], among list: [Clause]) throws(QuerySyntaxError) -> Predicate {
    guard list.count > 1 else {
      // A clause alone is no list; the number is asked of what it is made of.
      guard list.first?.isGroup != true else {
        throw fault("so many clauses are not counted within parentheses here", at: 0, expected: "no parentheses")
      }
      return .all
    }
    let least = settings.least?.count(of: shoulds.count) ?? 0
    guard let enough = QueryDSL.atLeast(least, of: shoulds.map(\.predicate)) else {
      throw fault(QueryDSL.tooMany, at: 0)
    }
    return enough
  }

  /// Two or more words with nothing between them are one text.
  private mutating func adjacentWords(_ target: Target) throws(QuerySyntaxError) -> Clause? {
    func isPart(_ ahead: Int) -> Bool {
      guard case .word = kind(ahead) else { return false }
      switch kind(ahead + 1) {
      case .colon, .tilde, .boost, .and, .or: return false
      case .pattern where tokens[at + ahead + 1].isStar: return false
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
    let text = words.joined(separator: " ")
    let range = tokens[start].range.lowerBound..<tokens[at - 1].range.upperBound
    if let test = comparison(text, target) { return Clause(predicate: tests(test, target, range)) }
    return self.words(text, target, range, isFirst: start == 0)
  }

  private mutating func clause(_ outer: Target) throws(QuerySyntaxError) -> Clause {
    var target = outer
    let start = at
    if kind(1) == .colon {
      switch token.kind {
      case .word(let name):
        target = Target(
          selectors: [selector(name)], range: token.range,
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
    guard token.kind == .open else { return try value(target, isFirst: start == 0) }
    let open = token.range.lowerBound
    at += 1
    guard token.kind != .close else {
      throw fault("there is nothing between these parentheses", at: open, expected: "a value")
    }
    var inner = try clauses(target)
    inner.isGroup = true
    guard token.kind == .close else { throw fault("this parenthesis is never closed", at: open, expected: "`)`") }
    at += 1
    if token.kind == .boost { at += 1 }
    return inner
  }

  private func selector(_ name: String) -> FieldSelector {
    let selector = name.contains("*") ? FieldSelector.matching(WildcardPattern(stars: name)) : .named(name)
    return settings.isLenient ? selector.leniently : selector
  }

  // MARK: Values

  /// Remembers where a condition on a field stands, for what the types of fields refuse.
  private mutating func note(_ predicate: Predicate, on selector: FieldSelector, _ target: Target, _ range: Range<Int>)
  {
    guard let field = target.range, case .named = selector else { return }
    conditions.append(KQLCondition(predicate: predicate, path: nil, field: field, value: range))
  }

  private mutating func tests(_ test: ValueTest, _ target: Target, _ range: Range<Int>) -> Predicate {
    for selector in target.selectors { note(.test(selector, test), on: selector, target, range) }
    return .or(target.selectors.map { .test($0, test) })
  }

  private func exists(_ target: Target) -> Predicate {
    .or(target.selectors.map { $0 == .any ? .all : .exists($0.path.map { .named($0) } ?? $0) })
  }

  /// What stands behind a value: the letters or moves that it leaves open, and a boost, each at most once.
  private mutating func suffix(_ kind: LuceneToken.Kind) -> String? {
    var tilde: String?
    var hasBoost = false
    while true {
      switch token.kind {
      case .tilde(let text):
        if case .range = kind { return tilde }
        guard tilde == nil else { return tilde }
        tilde = text
      case .boost:
        guard !hasBoost else { return tilde }
        hasBoost = true
      default: return tilde
      }
      at += 1
    }
  }

  private mutating func value(_ target: Target, isFirst: Bool) throws(QuerySyntaxError) -> Clause {
    let range = token.range
    let kind = token.kind
    switch kind {
    case .word, .sign, .pattern, .phrase, .regex, .range: at += 1
    default: throw unexpected()
    }
    let tilde = suffix(kind)
    if target.isExistence { return Clause(predicate: try existence(kind, range)) }
    switch kind {
    case .word(let word), .sign(let word):
      if let tilde { return Clause(predicate: try fuzzy(word, tilde, target, range)) }
      if let test = comparison(word, target) {
        return Clause(predicate: tests(test, target, range))
      }
      return words(word, target, range, isFirst: isFirst)
    case .phrase(let phrase): return self.phrase(phrase, moves: try moves(tilde, at: range), target, range)
    case .pattern(let pattern): return try wildcard(pattern, target, range)
    case .regex(let pattern):
      do {
        return Clause(predicate: tests(.regex(try RegularExpression(pattern, effort: settings.effort)), target, range))
      } catch {
        throw fault("the regular expression cannot be read: \(error.message)", at: range.lowerBound)
      }
    case .range(let lower, let lowerInclusive, let upper, let upperInclusive):
      let test = ValueTest.range(
        lower: lower.map { bound($0.text, lowerInclusive) }, upper: upper.map { bound($0.text, upperInclusive) })
      // A range without ends asks whether there is a value, but what stands beside documents knows no range at all.
      if lower == nil, upper == nil, !target.selectors.contains(where: { $0.path.map(DocumentNames.contains) ?? false })
      {
        return Clause(predicate: exists(target))
      }
      return Clause(predicate: tests(test, target, range))
    default: throw unexpected()
    }
  }

  private func existence(_ kind: LuceneToken.Kind, _ range: Range<Int>) throws(QuerySyntaxError) -> Predicate {
    switch kind {
    case .word(let name), .phrase(let name):
      return .exists(name.contains("*") ? .matching(WildcardPattern(stars: name)) : .named(name))
    case .pattern(let pattern): return .exists(pattern.matchesEverything ? .any : .matching(pattern))
    default: throw fault("`_exists_` takes the name of a field", at: range.lowerBound, expected: "a field")
    }
  }

  /// A text outside quotes: any of its words, or all of them.
  private mutating func words(_ text: String, _ target: Target, _ range: Range<Int>, isFirst: Bool) -> Clause {
    if settings.makesPhrases { return phrase(text, moves: settings.phraseMoves, target, range) }
    var match = WordMatch(text: text, requiresAll: settings.requiresAll)
    // Of several fields no number of words is asked.
    let isAlone = isFirst && depth == 1 && token.kind == .end && target.selectors.count == 1
    if isAlone, target.selectors[0].path != nil { match.least = settings.least }
    for selector in target.selectors { note(.test(selector, .match(text)), on: selector, target, range) }
    return Clause(
      predicate: match.condition(target.selectors, settings.catalog),
      isAbsent: LuceneFunctions.isWordless(text, target.selectors, settings.catalog))
  }

  private mutating func phrase(_ text: String, moves: Int, _ target: Target, _ range: Range<Int>) -> Clause {
    let test = moves > 0 ? ValueTest.words(.near(text, moves: moves)) : .phrase(text)
    return Clause(
      predicate: tests(test, target, range),
      isAbsent: LuceneFunctions.isWordless(text, target.selectors, settings.catalog))
  }

  /// How many moves a phrase allows by what stands behind it; what is no number says nothing.
  private func moves(_ tilde: String?, at range: Range<Int>) throws(QuerySyntaxError) -> Int {
    guard let number = tilde.flatMap({ Double($0) }), number.isFinite else { return settings.phraseMoves }
    guard number >= 0 else {
      throw fault("words cannot be moved by so many places", at: range.lowerBound, expected: "a number from 0")
    }
    return Int(min(number, 1000))
  }

  private mutating func wildcard(
    _ pattern: WildcardPattern, _ target: Target, _ range: Range<Int>
  ) throws(QuerySyntaxError) -> Clause {
    if pattern.matchesEverything { return Clause(predicate: exists(target)) }
    if !settings.allowsLeadingWildcards, pattern.parts.first == .anyRun || pattern.parts.first == .anyCharacter {
      throw fault("a wildcard may not stand first here", at: range.lowerBound, expected: "a character before it")
    }
    let whole = tests(.inQueryString(pattern), target, range)
    guard settings.analyzesWildcards, pattern.parts.count == 2, pattern.parts[1] == .anyRun,
      case .literal(let text) = pattern.parts[0]
    else { return Clause(predicate: whole) }
    let cut = target.selectors.filter { WordMatch.isCut(text, in: $0, settings.catalog) }
    guard !cut.isEmpty else { return Clause(predicate: whole) }
    let match = WordMatch(text: text, requiresAll: settings.requiresAll, isPrefix: true, isOfTextAlone: true)
    return Clause(
      predicate: .or([whole, match.condition(cut, settings.catalog)]),
      isAbsent: LuceneFunctions.isWordless(text, target.selectors, settings.catalog))
  }

  /// `>10` and its kin, which are written as words, and words that are read in a zone.
  private func comparison(_ word: String, _ target: Target) -> ValueTest? {
    guard target.range != nil || settings.comparesBareWords else { return nil }
    guard let sign = word.unicodeScalars.first, sign == "<" || sign == ">" else { return placed(word, target) }
    let inclusive = word.unicodeScalars.count > 2 && word.dropFirst().hasPrefix("=")
    let value = String(word.dropFirst(inclusive ? 2 : 1))
    guard !value.isEmpty else { return nil }
    let bound = bound(value, inclusive)
    return sign == "<" ? .range(lower: nil, upper: bound) : .range(lower: bound, upper: nil)
  }

  /// A word that a field of times is asked for where a zone is stated: as a range from it to itself, it is read in the zone.
  private func placed(_ word: String, _ target: Target) -> ValueTest? {
    guard settings.zone != nil, target.selectors.count == 1, let path = target.selectors[0].path,
      settings.catalog.resolve(path).type.holdsTimes
    else { return nil }
    let bound = bound(word, true)
    return .range(lower: bound, upper: bound)
  }

  private func bound(_ text: String, _ inclusive: Bool) -> RangeBound {
    var bound = RangeBound(text, inclusive: inclusive)
    bound.isLowered = TextAnalyzer.lowered(text) != text
    bound.zone = settings.zone
    return bound
  }

  private mutating func fuzzy(
    _ word: String, _ tilde: String, _ target: Target, _ range: Range<Int>
  ) throws(QuerySyntaxError) -> Predicate {
    guard let fuzziness = tilde.isEmpty ? settings.fuzziness : Fuzziness(tilde) else {
      throw fault(
        "so many letters cannot differ", at: range.upperBound, expected: "`~`, `~0`, `~1`, `~2` or `~AUTO`")
    }
    return .or(
      target.selectors.map { selector in
        let count = WordCount(
          near: word, in: selector, settings.catalog, fuzziness: fuzziness, fixedLetters: settings.fixedLetters)
        let test = Predicate.test(selector, .words(.some(count)))
        note(test, on: selector, target, range)
        return test
      })
  }
}
