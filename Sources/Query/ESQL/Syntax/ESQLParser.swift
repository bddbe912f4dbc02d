/// Reads the text of a query into commands.
struct ESQLParser {
  var scanner: ESQLScanner
  var token = ESQLToken(kind: .end, range: 0..<0)
  /// Where the token before ended.
  var lastEnd = 0
  var settings: [ESQLSetting] = []
  var commands: [ESQLCommand] = []
  var depth = 0
  /// How many subqueries were met.
  var subqueryCount = 0

  init(_ text: [Unicode.Scalar]) { scanner = ESQLScanner(text) }

  // MARK: words

  mutating func advance(takesPatterns: Bool = false) throws(QuerySyntaxError) {
    lastEnd = token.range.upperBound
    token = try scanner.next(takesPatterns: takesPatterns)
  }

  /// Reads the current token again, as one of names that may hold `*`.
  mutating func rereadAsPattern() throws(QuerySyntaxError) {
    scanner.move(to: token.range.lowerBound)
    token = try scanner.next(takesPatterns: true)
  }

  func mismatch(_ expected: String, hint: String? = nil) -> QuerySyntaxError {
    scanner.error("mismatched input \(token.shown)", at: token.range.lowerBound, expected: expected, hint: hint)
  }

  mutating func takes(sign: String) throws(QuerySyntaxError) -> Bool {
    guard token.isSign(sign) else { return false }
    try advance()
    return true
  }

  mutating func expect(sign: String) throws(QuerySyntaxError) {
    guard try takes(sign: sign) else { throw mismatch("`\(sign)`") }
  }

  mutating func takes(_ keyword: String) throws(QuerySyntaxError) -> Bool {
    guard token.keyword == keyword else { return false }
    try advance()
    return true
  }

  mutating func expect(_ keyword: String) throws(QuerySyntaxError) {
    guard try takes(keyword) else { throw mismatch(keyword) }
  }

  /// Calls `body` one level deeper.
  mutating func nested<Result>(
    _ body: (inout ESQLParser) throws(QuerySyntaxError) -> Result
  ) throws(QuerySyntaxError) -> Result {
    guard depth < ESQLQuery.deepestNesting else {
      throw scanner.error(
        "ESQL statement exceeded the maximum expression depth allowed (\(ESQLQuery.deepestNesting))",
        at: token.range.lowerBound)
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  // MARK: the query

  mutating func parseQuery() throws(QuerySyntaxError) {
    try advance()
    while token.keyword == "SET" { try setting() }
    try pipeline()
    if token.isSign(";") { try advance() }
    guard token.kind == .end else { throw mismatch("`|` or the end of the query") }
  }

  /// Commands one after the other, up to what is no pipe.
  mutating func pipeline() throws(QuerySyntaxError) {
    try command(isFirst: true)
    while token.isSign("|") {
      guard commands.count < ESQLQuery.mostCommands else {
        throw scanner.error("the query has more than \(ESQLQuery.mostCommands) commands", at: token.range.lowerBound)
      }
      try advance()
      try command(isFirst: false)
    }
  }

  private mutating func setting() throws(QuerySyntaxError) {
    try advance()
    guard case .identifier(let name) = token.kind else { throw mismatch("the name of a setting") }
    let written = ESQLWritten(text: name, range: token.range)
    try advance()
    try expect(sign: "=")
    let value = try constant()
    try expect(sign: ";")
    settings.append(ESQLSetting(name: written, value: value))
  }

  static let sources = ["FROM", "ROW", "SHOW"]
  static let processing = [
    "WHERE", "EVAL", "STATS", "INLINE STATS", "KEEP", "DROP", "RENAME", "SORT", "LIMIT", "DISSECT", "GROK", "MV_EXPAND",
    "ENRICH", "LOOKUP JOIN", "CHANGE_POINT", "COMPLETION",
  ]
  /// Commands that Elasticsearch has and Martlet does not.
  static let refused: [String: String] = [
    "FORK": "branches are not built",
    "FUSE": "branches are not built", "RERANK": "it needs a language model", "SAMPLE": "it is random",
    "TS": "time series are not built", "URI_PARTS": "it is not built", "PROMQL": "it is another language",
    "METRICS": "time series are not built", "EXPLAIN": "it is not built", "INSIST_🐔": "it is not built",
    "METRICS_INFO": "time series are not built", "TS_INFO": "time series are not built",
    "TS_COLLAPSE": "time series are not built", "EQL": "it is not built", "DEDUP": "it is not built",
    "FILLNULL": "it is not built", "HIGHLIGHT": "it is not built", "IP_LOCATION": "it is not built",
    "TOPK": "it is not built", "BOTTOMK": "it is not built", "LIMITK": "it is not built",
    "DENSE_VECTOR": "vectors are not built", "REGISTERED_DOMAIN": "it is not built", "USER_AGENT": "it is not built",
    "MMR": "it is not built",
  ]
}
