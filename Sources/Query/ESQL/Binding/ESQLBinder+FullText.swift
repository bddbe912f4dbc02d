import Events
import JSON

extension ESQLBinder {
  /// `MATCH`, `MATCH_PHRASE`, `:`, `TERM`, `QSTR` and `KQL`, which look at the events as they are indexed.
  mutating func fullText(
    _ name: String, _ terms: [ESQLTerm], _ options: [(name: String, value: ESQLTerm)], _ range: Range<Int>,
    isOperator: Bool
  ) throws(TypeFault) -> TypedExpression {
    let shown = isOperator ? "[:] operator" : "[\(ESQLFunctions.fullText[name] ?? name)] function"
    if name == "QSTR" || name == "KQL" {
      try checkPassed(shown, range)
      try count(terms, 1...1, name, range)
      let argument = try bind(terms[0])
      guard let text = argument.constant?.single?.textValue else {
        throw TypeFault(
          "argument of [\(self.text(range))] must be a constant, received [\(self.text(argument.range))]", at: range)
      }
      let settings = try settings(options, of: name, range)
      let asked =
        name == "KQL" ? try kql(text, settings, argument.range) : try queryString(text, settings, argument.range)
      if let field = asked.unindexedField(catalog.fields) { throw Self.unindexed(field, argument.range) }
      // Elasticsearch fails the search for it.
      if let refusal = QueryJudge(catalog.fields).refusal(of: asked) { throw Self.fault(refusal, argument.range) }
      matches.append(asked)
      return TypedExpression(.column(schema.columns.count + matches.count - 1), .boolean, range)
    }
    try checkPlace(shown, range)
    try count(terms, 2...2, name, range)
    let field = try searched(terms[0], shown)
    let (query, value) = try sought(terms[1], "second", range)
    if name == "TERM" {
      if let option = options.first {
        throw TypeFault("the function [TERM] takes no option, and here is [\(option.name)]", at: range)
      }
      guard field.type.isString else { throw wrongType(field, "first ", .strings, of: range) }
      guard query.type.isString else { throw wrongType(query, "second ", .strings, of: range) }
    }
    let test = try matcher(name, field, value, query, options, isLenient: name == "MATCH", range)
    return matching(name, [field], [test], range)
  }

  /// `MULTI_MATCH`, which asks several fields for one value: it is met where any of them has it.
  mutating func multiMatch(
    _ terms: [ESQLTerm], _ options: [(name: String, value: ESQLTerm)], _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    try checkPlace("[MultiMatch] function", range)
    try count(terms, 2...Int.max, "MULTI_MATCH", range)
    let (query, value) = try sought(terms[0], "first", range)
    var name = "MATCH"
    var passed = options
    if let type = options.first(where: { $0.name == "type" }) {
      switch Self.written(type.value) {
      case "best_fields", "most_fields": break
      case "phrase": name = "MATCH_PHRASE"
      default: throw unsupported(type, range)
      }
    }
    // Phrases take this one too.
    let lenient = options.first { $0.name == "lenient" }.flatMap { Self.written($0.value) }
    passed.removeAll { ["type", "tie_breaker", "lenient"].contains($0.name) }
    var fields: [TypedExpression] = []
    var tests: [@Sendable (Value) -> Bool] = []
    for term in terms.dropFirst() {
      let field = try searched(term, "[MultiMatch] function")
      fields.append(field)
      tests.append(
        try matcher(name, field, value, query, passed, isLenient: lenient?.lowercased() != "false", range))
    }
    return matching("MULTI_MATCH", fields, tests, range)
  }

  private func checkPlace(_ shown: String, _ range: Range<Int>) throws(TypeFault) {
    if readsSubqueries {
      var fault = TypeFault(
        "\(shown) behind subqueries is not supported", at: range,
        hint: "ask it within them, or in a WHERE right behind them")
      fault.isUnsupported = true
      throw fault
    }
    if let command = lastsUntil, isInFilter {
      throw TypeFault("\(shown) cannot be used after \(command)", at: isInStats ? range : commandRange)
    }
    guard isInFilter else {
      throw TypeFault(
        "\(shown) is only supported in WHERE and STATS commands"
          + (isInKeys ? "" : " or in EVAL within score(.) function"), at: range)
    }
  }

  /// Throws where a query cannot be asked of whole events: the rows of `ROW` and `SHOW` are none, and in `WHERE` only
  /// conditions and orders may stand before it.
  private mutating func checkPassed(_ shown: String, _ range: Range<Int>) throws(TypeFault) {
    if readsSubqueries { try checkPlace(shown, range) }
    guard isInFilter, !isInStats else {
      if isInStats, !query.readsEvents, let source = passed.first {
        throw TypeFault("\(shown) cannot be used after \(source)", at: range)
      }
      return try checkPlace(shown, range)
    }
    guard let last = passed.last else { return }
    for earlier in Set(passed) where earlier != last {
      let problem = self.shown(TypeFault("\(shown) cannot be used after \(earlier)", at: commandRange))
      if !problems.contains(problem) { problems.append(problem) }
    }
    throw TypeFault("\(shown) cannot be used after \(last)", at: commandRange)
  }

  private var isInKeys: Bool {
    switch grouping {
    case .keys, .inside: true
    case .outside, .aggregates, .condition: false
    }
  }

  /// True for the condition of an aggregate.
  private var isInStats: Bool { collected != nil }

  /// The field of events that is looked at.
  private func searched(_ term: ESQLTerm, _ shown: String) throws(TypeFault) -> TypedExpression {
    var field = term
    var target: DataType?
    if case .cast(let inner, let type) = term.form { (field, target) = (inner, type) }
    guard case .column(let path) = field.form, let place = schema.place(of: path), schema.columns[place].isField else {
      if case .column(let path) = field.form, schema.place(of: path) == nil {
        throw TypeFault(unknown(path), at: field.range)
      }
      throw TypeFault(
        "\(shown) cannot operate on [\(text(field.range))], which is not a field from an index mapping", at: field.range
      )
    }
    let found = TypedExpression(.column(place), schema.columns[place].type, field.range)
    guard let union = schema.columns[place].union else { return found }
    guard let target else { throw Self.ambiguous(schema.columns[place].name, union, field.range) }
    return try cast(found, schema.columns[place].name, union, to: target, name: "::", term.range)
  }

  /// The fault of a search in a field that has values and no index.
  private static func unindexed(_ field: String, _ range: Range<Int>) -> TypeFault {
    var fault = TypeFault("Cannot search on field [\(field)] since it is not indexed nor has doc values.", at: range)
    fault.isOfField = true
    return fault
  }

  private static func fault(_ refusal: QueryRefusal, _ range: Range<Int>) -> TypeFault {
    var fault = TypeFault(refusal.message, at: range, expected: refusal.expected, hint: refusal.hint)
    fault.isOfField = true
    return fault
  }

  /// The value that is looked for.
  private mutating func sought(
    _ term: ESQLTerm, _ number: String, _ range: Range<Int>
  ) throws(TypeFault) -> (TypedExpression, Value) {
    let query = try bind(term)
    guard let cell = query.constant, let value = cell.single else {
      throw TypeFault(
        "\(number) argument of [\(text(range))] must be a constant, received [\(text(query.range))]", at: range)
    }
    return (query, value)
  }

  /// Whether a value of one of some fields passes the field's test.
  private func matching(
    _ name: String, _ fields: [TypedExpression], _ tests: [@Sendable (Value) -> Bool], _ range: Range<Int>
  ) -> TypedExpression {
    let function = ScalarFunction(name, spreadsNull: false, several: .whole) { cells in
      .boolean(zip(cells, tests).contains { cell, test in cell.values.contains(where: test) })
    }
    return TypedExpression(.apply(function, fields), .boolean, range)
  }

  private func kql(
    _ text: String, _ settings: [String: JSONValue], _ range: Range<Int>
  ) throws(TypeFault) -> Predicate {
    let zone: DateZone?
    do throws(FilterError) {
      zone = try QueryDSL.zone(of: .object(settings), path: "KQL")
    } catch {
      throw TypeFault("\(error)", at: range)
    }
    do throws(QuerySyntaxError) {
      var query = try KQL.parse(text).passingOverUnindexed(catalog.fields)
      if settings["case_insensitive"] == .bool(true) { query = query.ignoringCase(of: catalog.fields) }
      return zone.map { query.inZone($0) } ?? query
    } catch {
      throw TypeFault(
        "Invalid KQL query: \(error.message) (line \(error.line), column \(error.column) of it)", at: range)
    }
  }

  private func queryString(
    _ text: String, _ settings: [String: JSONValue], _ range: Range<Int>
  ) throws(TypeFault) -> Predicate {
    do {
      return try QueryDSL.queryString(
        .object(settings.merging(["query": .string(text)]) { _, query in query }), catalog: catalog.fields,
        path: "QSTR")
    } catch {
      throw TypeFault("Invalid query string: \(error)", at: range)
    }
  }

  /// Options of `QSTR` and `KQL`, as a query's settings; what would change the answer and is not known here is refused.
  private func settings(
    _ options: [(name: String, value: ESQLTerm)], of name: String, _ range: Range<Int>
  ) throws(TypeFault) -> [String: JSONValue] {
    let ignored: Set<String> = ["boost", "phrase_slop_boost"]
    let passed: Set<String> = ["default_operator", "default_field", "time_zone", "max_determinized_states"]
    var settings: [String: JSONValue] = [:]
    for option in options where !ignored.contains(option.name) {
      let written = Self.written(option.value)
      if passed.contains(option.name), name == "QSTR" || option.name == "time_zone", let written {
        settings[option.name] = .string(written)
      } else if option.name == (name == "KQL" ? "case_insensitive" : "lenient"), let flag = written.flatMap(Bool.init) {
        settings[option.name] = .bool(flag)
      } else {
        throw unsupported(option, range)
      }
    }
    return settings
  }

  /// Words of a phrase are not moved by more places than this.
  private static let mostMoves = 1000

  /// The text of an option's value; nil where it is none, several, or put together.
  static func written(_ term: ESQLTerm) -> String? {
    guard case .literal(let cell, let type) = term.form, let value = cell.single else { return nil }
    return ESQLConversion.text(value, type)
  }

  private func unsupported(_ option: (name: String, value: ESQLTerm), _ range: Range<Int>) -> TypeFault {
    TypeFault(
      "the option [\(option.name)] with the value [\(text(option.value.range))] of [\(text(range))] is not supported",
      at: option.value.range)
  }

  /// Whether one value of a field matches.
  ///
  /// - Parameter isLenient: a field that cannot be searched has nothing that is found, unless the options say otherwise;
  ///   else it is refused.
  private func matcher(
    _ name: String, _ field: TypedExpression, _ value: Value, _ query: TypedExpression,
    _ options: [(name: String, value: ESQLTerm)], isLenient: Bool, _ range: Range<Int>
  ) throws(TypeFault) -> @Sendable (Value) -> Bool {
    let known: Set<String> =
      name == "MATCH_PHRASE"
      ? ["analyzer", "boost", "slop", "zero_terms_query"]
      : [
        "operator", "fuzziness", "max_expansions", "prefix_length", "fuzzy_transpositions", "fuzzy_rewrite", "analyzer",
        "boost", "lenient", "minimum_should_match", "zero_terms_query", "auto_generate_synonyms_phrase_query",
      ]
    let type = field.type
    let analyzer = type == .text ? analyzer(of: field) : nil
    var isLenient = isLenient
    var needsAll = false
    var fuzziness: Fuzziness?
    var matchesWithoutWords = false
    var fixedLetters = 0
    var moves = 0
    var least: MinimumMatch?
    for option in options {
      guard known.contains(option.name) else {
        throw TypeFault(
          "Invalid option [\(option.name)] in [\(text(range))], expected one of [\(known.sorted().joined(separator: ", "))]",
          at: range)
      }
      guard let written = Self.written(option.value) else { throw unsupported(option, range) }
      switch option.name {
      case "operator": needsAll = written.lowercased() == "and"
      case "fuzziness":
        guard let read = Fuzziness(written) else { throw unsupported(option, range) }
        fuzziness = read
      case "zero_terms_query": matchesWithoutWords = written.lowercased() == "all"
      case "prefix_length":
        guard let count = Int(written), count >= 0 else { throw unsupported(option, range) }
        fixedLetters = count
      case "minimum_should_match":
        guard let read = MinimumMatch(written) else { throw unsupported(option, range) }
        least = read
      case "slop":
        guard let count = Int32(written), count >= 0 else { throw unsupported(option, range) }
        moves = min(Int(count), Self.mostMoves)
      case "lenient": isLenient = written.lowercased() != "false"
      // Scores and synonyms make no difference here.
      case "boost", "auto_generate_synonyms_phrase_query", "fuzzy_rewrite": break
      case "fuzzy_transpositions" where written == "true", "max_expansions" where written == "50": break
      default: throw unsupported(option, range)
      }
    }
    if let path = unindexedPath(of: field) {
      guard isLenient else { throw Self.unindexed(path, field.range) }
      return { _ in false }
    }
    if !isLenient, name == "MATCH" { try checkReadable(value, query, field, isFuzzy: fuzziness != nil) }
    if name == "TERM", let analyzer {
      // A word as it is indexed: what is asked for is not made one.
      let word = value.textValue ?? ""
      return { analyzer.words($0.textValue ?? "").contains(word) }
    }
    if analyzer != nil || type.isString && fuzziness != nil {
      let written = value.textValue ?? ESQLConversion.text(value, query.type)
      let words = analyzer?.words(written) ?? [written]
      if words.isEmpty { return { [matchesWithoutWords] _ in matchesWithoutWords } }
      let match = WordMatch(text: written, requiresAll: needsAll, least: least)
      let count = WordCount(
        words: words, least: match.leastCount(of: words.count), whole: written, fuzziness: fuzziness,
        fixedLetters: fixedLetters)
      let matcher = WordMatcher(name == "MATCH_PHRASE" ? .near(written, moves: moves) : .some(count), analyzer)
      return { matcher.matches($0.textValue ?? "") }
    }
    // A time may be a whole day or month, or relative to now.
    if type.isTime, let text = value.textValue { return Self.timeMatcher(text, isNanos: type == .dateNanos, now: now) }
    // Anything else is compared by value; a value that the type cannot read matches nothing.
    let from = query.type
    let wanted: Value?
    if from == type || from.isString && type.isString || from.isNumeric && type.isNumeric {
      wanted = value
    } else if [.integer, .long, .unsignedLong].contains(type), let number = value.textValue.flatMap(Double.init),
      number != number.rounded()
    {
      // A number with a fraction is no whole one, though a conversion would round it.
      wanted = nil
    } else {
      wanted = try? ESQLConversion.value(value, from: from, to: type)
    }
    if type == .ip, let text = value.textValue, let block = IPAddress.range(cidr: text) {
      return { if case .address(let address) = $0 { block.contains(address) } else { false } }
    }
    guard let wanted else { return { _ in false } }
    return { $0.order(wanted) == 0 || $0 == wanted }
  }

  /// Throws where a field's type cannot read what is looked for, which Elasticsearch passes over only where it is told to be lenient.
  private func checkReadable(
    _ value: Value, _ query: TypedExpression, _ field: TypedExpression, isFuzzy: Bool
  ) throws(TypeFault) {
    guard case .column(let place) = field.node else { return }
    let path = schema.columns[place].name
    if isFuzzy, !field.type.isString {
      throw TypeFault(
        "Can only use fuzzy queries on keyword and text fields - not on [\(path)] which is of type "
          + "[\(field.type.rawValue)]", at: query.range)
    }
    let written = value.textValue ?? ESQLConversion.text(value, query.type)
    let judge = QueryJudge(catalog.fields, known: catalog.dynamic)
    guard let refusal = judge.refusal(of: .test(.named(path), .match(written))) else { return }
    throw Self.fault(refusal, query.range)
  }

  /// The path of a field that has values and no index; nil for others.
  private func unindexedPath(of field: TypedExpression) -> String? {
    guard case .column(let place) = field.node else { return nil }
    let path = schema.columns[place].name
    if case .binary = catalog.fields.resolve(path).type { return path }
    return nil
  }

  /// What cuts the words of a field of text, which stands in the events under its column's name.
  private func analyzer(of field: TypedExpression) -> TextAnalyzer {
    guard case .column(let place) = field.node else { return .standard }
    return catalog.fields.resolve(schema.columns[place].name).type.analyzer
  }

  private static func timeMatcher(_ text: String, isNanos: Bool, now: Timestamp) -> @Sendable (Value) -> Bool {
    let bounds: (first: Int64, last: Int64)?
    if isNanos {
      bounds = DateNanos.bounds(text, now: now)
    } else {
      func resolve(up: Bool) -> Int64? { try? DateMath(text).resolve(now: now, roundingUp: up).milliseconds }
      if let first = resolve(up: false), let last = resolve(up: true) { bounds = (first, last) } else { bounds = nil }
    }
    guard let bounds, bounds.first <= bounds.last else { return { _ in false } }
    return { $0.wholeValue.map { bounds.first <= $0 && $0 <= bounds.last } ?? false }
  }
}

extension Predicate {
  /// The first field that a value is looked for in and that is not indexed.
  fileprivate func unindexedField(_ catalog: FieldCatalog) -> String? {
    switch self {
    case .and(let parts), .or(let parts): parts.lazy.compactMap { $0.unindexedField(catalog) }.first
    case .not(let inner), .nested(_, let inner): inner.unindexedField(catalog)
    case .test(let selector, _):
      selector.path.flatMap { path in
        if case .lenient = selector { return nil }
        if case .binary = catalog.resolve(path).type { return path }
        return nil
      }
    case .all, .nothing, .exists, .holds: nil
    }
  }
}
