import Events
import JSON

extension ESQLBinder {
  /// `MATCH`, `MATCH_PHRASE`, `:`, `QSTR` and `KQL`, which look at the events as they are indexed.
  mutating func fullText(
    _ name: String, _ terms: [ESQLTerm], _ options: [(name: String, value: ESQLTerm)], _ range: Range<Int>,
    isOperator: Bool
  ) throws(TypeFault) -> TypedExpression {
    let shown = isOperator ? "[:] operator" : "[\(name)] function"
    if let command = lastsUntil { throw TypeFault("\(shown) cannot be used after \(command)", at: range) }
    guard isInFilter else { throw TypeFault("\(shown) is only supported in WHERE commands", at: range) }
    if name == "QSTR" || name == "KQL" {
      try count(terms, 1...1, name, range)
      let argument = try bind(terms[0])
      guard let text = argument.constant?.single?.textValue else {
        throw TypeFault(
          "argument of [\(self.text(range))] must be a constant, received [\(self.text(argument.range))]", at: range)
      }
      let settings = try settings(options, of: name, range)
      matches.append(
        name == "KQL" ? try kql(text, argument.range) : try queryString(text, settings, argument.range))
      return TypedExpression(.column(schema.columns.count + matches.count - 1), .boolean, range)
    }
    try count(terms, 2...2, name, range)
    var field = terms[0]
    if case .cast(let inner, _) = field.form { field = inner }
    guard case .column(let path) = field.form, let place = schema.place(of: path), schema.columns[place].isField else {
      if case .column(let path) = field.form, schema.place(of: path) == nil {
        throw TypeFault(unknown(path), at: field.range)
      }
      throw TypeFault(
        "\(shown) cannot operate on [\(text(field.range))], which is not a field from an index mapping", at: field.range
      )
    }
    let query = try bind(terms[1])
    guard let cell = query.constant, let value = cell.single else {
      throw TypeFault(
        "second argument of [\(text(range))] must be a constant, received [\(text(query.range))]", at: range)
    }
    let test = try matcher(name, schema.columns[place].type, value, query, options, range)
    let function = ScalarFunction(name, spreadsNull: false, several: .whole) { cells in
      .boolean(cells[0].values.contains(where: test))
    }
    return TypedExpression(
      .apply(function, [TypedExpression(.column(place), schema.columns[place].type, field.range)]), .boolean, range)
  }

  private func kql(_ text: String, _ range: Range<Int>) throws(TypeFault) -> Predicate {
    do throws(QuerySyntaxError) {
      return try KQL.parse(text)
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
        .object(settings.merging(["query": .string(text)]) { _, query in query }), path: "QSTR")
    } catch {
      throw TypeFault("Invalid query string: \(error)", at: range)
    }
  }

  /// Options of `QSTR` and `KQL`, as a query's settings; what would change the answer and is not known here is refused.
  private func settings(
    _ options: [(name: String, value: ESQLTerm)], of name: String, _ range: Range<Int>
  ) throws(TypeFault) -> [String: JSONValue] {
    let ignored: Set<String> = ["boost", "max_determinized_states", "phrase_slop_boost"]
    let passed: Set<String> = ["default_operator", "default_field", "time_zone"]
    var settings: [String: JSONValue] = [:]
    for option in options where !ignored.contains(option.name) {
      let written = Self.written(option.value)
      if name == "QSTR", passed.contains(option.name), let written {
        settings[option.name] = .string(written)
      } else if !(name == "KQL" && Self.isPlain(option.name, written)) {
        throw unsupported(option, range)
      }
    }
    return settings
  }

  /// True for an option of `KQL` that says what is so anyway.
  private static func isPlain(_ name: String, _ written: String?) -> Bool {
    switch name {
    case "case_insensitive": written == "false"
    case "time_zone": ["UTC", "Z", "+00:00"].contains(written)
    default: false
    }
  }

  private static func written(_ term: ESQLTerm) -> String? {
    guard case .literal(let cell, let type) = term.form, let value = cell.single else { return nil }
    return ESQLConversion.text(value, type)
  }

  private func unsupported(_ option: (name: String, value: ESQLTerm), _ range: Range<Int>) -> TypeFault {
    TypeFault(
      "the option [\(option.name)] with the value [\(text(option.value.range))] of [\(text(range))] is not supported",
      at: option.value.range)
  }

  /// Whether one value of a field matches.
  private func matcher(
    _ name: String, _ type: DataType, _ value: Value, _ query: TypedExpression,
    _ options: [(name: String, value: ESQLTerm)], _ range: Range<Int>
  ) throws(TypeFault) -> @Sendable (Value) -> Bool {
    let known: Set<String> =
      name == "MATCH_PHRASE"
      ? ["analyzer", "boost", "slop", "zero_terms_query"]
      : [
        "operator", "fuzziness", "max_expansions", "prefix_length", "fuzzy_transpositions", "fuzzy_rewrite", "analyzer",
        "boost", "lenient", "minimum_should_match", "zero_terms_query", "auto_generate_synonyms_phrase_query",
      ]
    var needsAll = false
    var fuzziness: Fuzziness?
    var matchesWithoutWords = false
    var fixedLetters = 0
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
      // Scores, synonyms and faults of types make no difference here.
      case "boost", "lenient", "auto_generate_synonyms_phrase_query", "fuzzy_rewrite": break
      case "fuzzy_transpositions" where written == "true", "slop" where written == "0",
        "max_expansions" where written == "50":
        break
      default: throw unsupported(option, range)
      }
    }
    if type == .text || type.isString && fuzziness != nil {
      let written = value.textValue ?? ESQLConversion.text(value, query.type)
      let words = type == .text ? TextAnalyzer.words(written) : [written]
      if words.isEmpty { return { [matchesWithoutWords] _ in matchesWithoutWords } }
      let match = WordMatch(text: written, requiresAll: needsAll, least: least)
      let count = WordCount(
        words: words, least: match.leastCount(of: words.count), whole: written, fuzziness: fuzziness,
        fixedLetters: fixedLetters)
      let matcher = WordMatcher(name == "MATCH_PHRASE" ? .near(written, moves: 0) : .some(count), isText: type == .text)
      return { matcher.matches($0.textValue ?? "") }
    }
    // Anything else is compared by value; a value that the type cannot read matches nothing.
    let from = query.type
    let wanted: Value?
    if from == type || from.isString && type.isString || from.isNumeric && type.isNumeric {
      wanted = value
    } else {
      wanted = try? ESQLConversion.value(value, from: from, to: type)
    }
    if type == .ip, let text = value.textValue, let block = IPAddress.range(cidr: text) {
      return { if case .address(let address) = $0 { block.contains(address) } else { false } }
    }
    guard let wanted else { return { _ in false } }
    return { $0.order(wanted) == 0 || $0 == wanted }
  }
}
