/// Reads a query by recursive descent: `or` over `and` over `not` over groups, nested groups and tests.
///
/// It follows Kibana's grammar to the letter, so that what Kibana refuses is refused and what it accepts is accepted.
struct KQLParser {
  var scanner: KQLScanner
  /// The nested field whose braces we are in.
  var path: String?
  /// How many brackets are open.
  var depth = 0
  /// The last name or value that was read, for messages.
  var previous: KQLLiteral?
  /// Every condition of the query in the order of the text, with its place.
  var conditions: [KQLCondition] = []

  init(_ text: String) {
    scanner = KQLScanner(text)
  }

  mutating func parseQuery() throws(QuerySyntaxError) -> Predicate {
    scanner.skipSpace()
    if scanner.isAtEnd { return .all }
    let query = try parseOr()
    scanner.skipSpace()
    guard scanner.isAtEnd else { throw unexpected() }
    return query
  }

  private mutating func parseOr() throws(QuerySyntaxError) -> Predicate {
    var parts = [try parseAnd()]
    while let word = take(.or) { parts.append(try parseAnd(after: word)) }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func parseAnd(after word: Range<Int>? = nil) throws(QuerySyntaxError) -> Predicate {
    var parts = [try parseNot(after: word)]
    while let word = take(.and) { parts.append(try parseNot(after: word)) }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func parseNot(after word: Range<Int>?) throws(QuerySyntaxError) -> Predicate {
    guard let negation = takeNot() else { return try parsePart(after: word) }
    try refuseSecondNot()
    return .not(try parsePart(after: negation))
  }

  /// A group, a test of a field, or a value without a field; `word` is the keyword before it.
  private mutating func parsePart(after word: Range<Int>?) throws(QuerySyntaxError) -> Predicate {
    let start = scanner.at
    switch scanner.current {
    case nil, ")", "}": throw missingPart(after: word)
    case "(":
      return try parseBrackets(closing: ")", missing: "a condition") { parser throws(QuerySyntaxError) in
        try parser.parseOr()
      }
    case "{":
      throw scanner.fault("a brace needs a nested field before it", at: start, hint: "write `path: { child: value }`")
    case ":", "<", ">": throw scanner.fault("there is no field before this", at: start, expected: "a field name")
    default: break
    }
    let literal = try takeLiteral()
    let next = scanner.afterSpace(scanner.at)
    guard next < scanner.text.count else { return freeValue(literal) }
    switch scanner.text[next] {
    case ":":
      scanner.at = next + 1
      return try parseFieldValue(literal)
    case "<", ">":
      scanner.at = next
      return try parseRange(literal)
    default: return freeValue(literal)
    }
  }

  /// What follows `field:`.
  private mutating func parseFieldValue(_ name: KQLLiteral) throws(QuerySyntaxError) -> Predicate {
    scanner.skipSpace()
    let start = scanner.at
    switch scanner.current {
    case nil, ")", "}": throw missingValue(of: name, at: start)
    case "{": return try parseNested(name)
    case "(":
      return try parseBrackets(closing: ")", missing: "a value") { parser throws(QuerySyntaxError) in
        try parser.parseOrValues(name)
      }
    case "<", ">": throw comparisonAfterColon(name, at: start)
    case ":":
      throw scanner.fault(
        "one colon is enough", at: start, expected: "a value", hint: "put a value with colons in quotes: \"::1\"")
    default: break
    }
    if scanner.negation(at: start) != nil {
      throw scanner.fault(
        "`not` cannot stand right after a colon", at: start, expected: "a value",
        hint: "write `not \(shown(name)): …` or `\(shown(name)): (not …)`")
    }
    return test(name, try takeLiteral())
  }

  private mutating func parseNested(_ name: KQLLiteral) throws(QuerySyntaxError) -> Predicate {
    if name.hasWildcard {
      throw scanner.fault(
        "the path of a nested field has no wildcards", at: name.source.lowerBound, expected: "one field's path")
    }
    let outer = path
    let full = outer.map { $0 + "." + name.text } ?? name.text
    conditions.append(
      KQLCondition(
        predicate: .nested(path: NestedPath(full), .all), path: outer, field: name.source, value: name.source))
    path = full
    defer { path = outer }
    let inner = try parseBrackets(closing: "}", missing: "a condition") { parser throws(QuerySyntaxError) in
      try parser.parseOr()
    }
    return .nested(path: NestedPath(full), inner)
  }

  /// Reads what stands between the bracket that opens here and the one that closes it.
  mutating func parseBrackets(
    closing: Unicode.Scalar, missing: String,
    _ inner: (inout KQLParser) throws(QuerySyntaxError) -> Predicate
  ) throws(QuerySyntaxError) -> Predicate {
    let open = scanner.at
    depth += 1
    defer { depth -= 1 }
    if depth > KQL.deepestNesting {
      throw scanner.fault(
        "brackets stand too deep inside each other", at: open, expected: "at most \(KQL.deepestNesting) levels")
    }
    scanner.at += 1
    scanner.skipSpace()
    if scanner.current == closing {
      throw scanner.fault("there is nothing between these brackets", at: open, expected: missing)
    }
    if scanner.isAtEnd { throw unclosed(open, closing) }
    let result = try inner(&self)
    scanner.skipSpace()
    if scanner.isAtEnd { throw unclosed(open, closing) }
    guard scanner.current == closing else {
      // A bracket of the other kind closes what stands around this one, if anything does.
      if depth > 1, scanner.current == ")" || scanner.current == "}" { throw unclosed(open, closing) }
      throw unexpected(inside: closing)
    }
    scanner.at += 1
    previous = nil
    return result
  }

  private func unclosed(_ open: Int, _ closing: Unicode.Scalar) -> QuerySyntaxError {
    scanner.fault(
      closing == ")" ? "this parenthesis is never closed" : "this brace is never closed", at: open,
      expected: "`\(closing)`")
  }

  /// Reads a keyword that joins, if one stands here.
  mutating func take(_ keyword: KQLKeyword) -> Range<Int>? {
    guard let (word, end) = scanner.join(keyword, at: scanner.at) else { return nil }
    scanner.at = end
    return word
  }

  /// Reads a `not`, if one stands here.
  mutating func takeNot() -> Range<Int>? {
    let start = scanner.at
    guard let end = scanner.negation(at: start) else { return nil }
    scanner.at = end
    return start..<start + 3
  }

  func refuseSecondNot() throws(QuerySyntaxError) {
    guard scanner.negation(at: scanner.at) != nil else { return }
    throw scanner.fault(
      "`not` stands twice", at: scanner.at, expected: "a condition", hint: "write `not (not …)`, or neither")
  }

  mutating func takeLiteral() throws(QuerySyntaxError) -> KQLLiteral {
    let literal = try scanner.takeLiteral()
    previous = literal
    return literal
  }

  func text(_ range: Range<Int>) -> String { scanner.string(range) }

  /// A field's name as written, for a hint.
  func shown(_ name: KQLLiteral) -> String {
    name.source.count > 60 ? "field" : text(name.source)
  }
}
