/// Reads a query by recursive descent: `or` over `and` over `not` over groups, nested groups and tests.
struct KQLParser {
  var scanner: KQLScanner
  /// The nested field whose braces we are in.
  var path: String?
  /// How many brackets are open.
  var depth = 0
  /// The last name or value that was read, for messages.
  var previous: KQLLiteral?

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
    var word = word
    var negated = false
    while let found = try takeNot() {
      negated.toggle()
      word = found
    }
    let part = try parsePart(after: word)
    return negated ? .not(part) : part
  }

  /// A group, a test of a field, or a value without a field; `word` is the keyword before it.
  private mutating func parsePart(after word: Range<Int>?) throws(QuerySyntaxError) -> Predicate {
    scanner.skipSpace()
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
    if let (keyword, end) = scanner.keyword(at: start) {
      throw scanner.fault(
        "`\(keyword.rawValue)` has nothing before it to join", at: start, expected: "a condition",
        hint: "to search for the word, write " + "\"" + text(start..<end) + "\"")
    }
    let literal = try takeLiteral()
    let next = scanner.afterSpace(scanner.at)
    guard next < scanner.text.count else { return try freeValue(literal) }
    switch scanner.text[next] {
    case ":":
      let field = try self.field(literal)
      scanner.at = next + 1
      return try parseFieldValue(field, literal)
    case "<", ">":
      let field = try self.field(literal)
      scanner.at = next
      return try parseRange(field)
    default: return try freeValue(literal)
    }
  }

  /// What follows `field:`.
  private mutating func parseFieldValue(
    _ field: FieldSelector, _ name: KQLLiteral
  ) throws(QuerySyntaxError) -> Predicate {
    let isEveryField = !name.isQuoted && name.pattern.matchesEverything
    scanner.skipSpace()
    let start = scanner.at
    switch scanner.current {
    case nil, ")", "}": throw missingValue(of: name, at: start)
    case "{": return try parseNested(name)
    case "(":
      return try parseBrackets(closing: ")", missing: "a value") { parser throws(QuerySyntaxError) in
        try parser.parseOrValues(field, isEveryField)
      }
    case "<", ">": throw comparisonAfterColon(name, at: start)
    case ":":
      throw scanner.fault(
        "one colon is enough", at: start, expected: "a value", hint: "put a value with colons in quotes: \"::1\"")
    default: break
    }
    if let (keyword, end) = scanner.keyword(at: start), keyword == .not, !scanner.isGroupEnd(end) {
      throw scanner.fault(
        "`not` cannot stand right after a colon", at: start, expected: "a value",
        hint: "write `not \(shown(name)): …` or `\(shown(name)): (not …)`")
    }
    let value = try takeLiteral()
    return test(field, isEveryField, value)
  }

  private mutating func parseNested(_ name: KQLLiteral) throws(QuerySyntaxError) -> Predicate {
    if name.hasWildcard {
      throw scanner.fault(
        "the path of a nested field has no wildcards", at: name.source.lowerBound, expected: "one field's path")
    }
    let outer = path
    let full = outer.map { $0 + "." + name.text } ?? name.text
    path = full
    defer { path = outer }
    let inner = try parseBrackets(closing: "}", missing: "a condition") { parser throws(QuerySyntaxError) in
      try parser.parseOr()
    }
    return .nested(path: full, inner)
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
    let start = scanner.afterSpace(scanner.at)
    guard let (found, end) = scanner.keyword(at: start), found == keyword else { return nil }
    scanner.at = end
    return start..<end
  }

  /// Reads a `not`, if one stands here with something to negate.
  mutating func takeNot() throws(QuerySyntaxError) -> Range<Int>? {
    let start = scanner.afterSpace(scanner.at)
    guard let (keyword, end) = scanner.keyword(at: start), keyword == .not else { return nil }
    if scanner.isGroupEnd(end) { throw missingPart(after: start..<end) }
    scanner.at = end
    return start..<end
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
