extension EQLParser {
  mutating func expression() throws(QuerySyntaxError) -> Expression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= EQL.deepestNesting else {
      throw fault("the query is nested too deep", at: token.range, expected: "at most \(EQL.deepestNesting) levels")
    }
    return try disjunction()
  }

  private mutating func disjunction() throws(QuerySyntaxError) -> Expression {
    var parts = [try conjunction()]
    while take(word: "or") { parts.append(try conjunction()) }
    return parts.count == 1
      ? parts[0] : Expression(.or(parts), parts[0].range.lowerBound..<tokens[at - 1].range.upperBound)
  }

  private mutating func conjunction() throws(QuerySyntaxError) -> Expression {
    var parts = [try negation()]
    while take(word: "and") { parts.append(try negation()) }
    return parts.count == 1
      ? parts[0] : Expression(.and(parts), parts[0].range.lowerBound..<tokens[at - 1].range.upperBound)
  }

  private mutating func negation() throws(QuerySyntaxError) -> Expression {
    let start = token.range.lowerBound
    var count = 0
    while take(word: "not") {
      count += 1
      guard count <= EQL.deepestNesting else { throw fault("too many `not`s in a row", at: token.range) }
    }
    var inner = try comparison()
    // Each is kept: Elasticsearch's filters turn an unknown leaf once, and twice back.
    for _ in 0..<count { inner = Expression(.not(inner), start..<inner.range.upperBound) }
    return inner
  }

  private mutating func comparison() throws(QuerySyntaxError) -> Expression {
    let left = try sum()
    guard case .sign(let sign) = token.kind else { return left }
    guard let kind = ComparisonOperator(rawValue: sign) else {
      if sign == "=" {
        throw fault("values are compared with two signs", at: token.range, expected: "`==` or `:`")
      }
      return left
    }
    at += 1
    let right = try sum()
    if case .sign(let next) = token.kind, ComparisonOperator(rawValue: next) != nil {
      throw fault("comparisons are not chained", at: token.range, expected: "`and` or `or`")
    }
    return Expression(.comparison(kind, left, right), left.range.lowerBound..<right.range.upperBound)
  }

  private mutating func sum() throws(QuerySyntaxError) -> Expression {
    try joined(["+", "-"]) { parser throws(QuerySyntaxError) in
      try parser.joined(["*", "/", "%"]) { parser throws(QuerySyntaxError) in try parser.unary() }
    }
  }

  private mutating func joined(
    _ signs: [String], _ operand: (inout EQLParser) throws(QuerySyntaxError) -> Expression
  ) throws(QuerySyntaxError) -> Expression {
    var left = try operand(&self)
    var count = 0
    while case .sign(let sign) = token.kind, signs.contains(sign), let kind = ArithmeticOperator(rawValue: sign) {
      count += 1
      guard count <= EQL.deepestNesting else { throw fault("the expression is too long", at: token.range) }
      at += 1
      let right = try operand(&self)
      left = Expression(.arithmetic(kind, left, right), left.range.lowerBound..<right.range.upperBound)
    }
    return left
  }

  private mutating func unary() throws(QuerySyntaxError) -> Expression {
    let start = token.range.lowerBound
    var isNegative = false
    var signs = 0
    while isSign("-") || isSign("+") {
      if isSign("-") { isNegative.toggle() }
      signs += 1
      guard signs <= EQL.deepestNesting else { throw fault("too many signs in a row", at: token.range) }
      at += 1
    }
    let inner = signs > 0 ? try primary() : try predicated()
    guard signs > 0 else { return inner }
    let range = start..<inner.range.upperBound
    switch inner.node {
    case .literal(.one(.whole), _) where !isNegative, .literal(.one(.double), _) where !isNegative:
      return Expression(inner.node, range)

    case .literal(.one(.whole(let value)), _):
      return literal(.whole(value == .min ? value : -value), range)
    case .literal(.one(.double(let value)), let type):
      if value == 9_223_372_036_854_775_808 { return literal(.whole(.min), range) }
      return Expression(.literal(.double(-value), type), range)
    default:
      // Whatever has a sign is a number.
      let negative = Expression(.negative(inner), range)
      return isNegative ? negative : Expression(.negative(negative), range)
    }
  }

  private func literal(_ value: Value, _ range: Range<Int>) -> Expression {
    guard case .whole(let whole) = value else { return Expression(.literal(.one(value), .double), range) }
    return Expression(.literal(.one(value), Int32(exactly: whole) != nil ? .integer : .long), range)
  }

  /// A primary with what `in`, `:`, `like` or `regex` asks of it.
  private mutating func predicated() throws(QuerySyntaxError) -> Expression {
    let value = try primary()
    let start = value.range.lowerBound
    var isNegated = false
    if isWord("not"), isWord("in", ahead: 1) {
      at += 1
      isNegated = true
    }
    func done(_ node: Expression.Node) -> Expression {
      let range = start..<tokens[at - 1].range.upperBound
      let expression = Expression(node, range)
      return isNegated ? Expression(.not(expression), range) : expression
    }
    if take(word: "in") {
      let ignoresCase = takeTilde()
      try expect(sign: "(")
      var choices: [Expression] = []
      repeat { choices.append(try expression()) } while take(sign: ",")
      try expect(sign: ")")
      return done(.oneOf(value, choices, ignoresCase: ignoresCase))
    }
    if isSign(":") || isWord("like") || isWord("regex") {
      let word = token.kind
      at += 1
      let hasTilde = word != .sign(":") && takeTilde()
      let kind: PatternKind =
        word == .word("regex") ? .regex(ignoresCase: hasTilde) : .wildcard(ignoresCase: hasTilde || word == .sign(":"))
      return done(.fits(value, try patterns(), kind))
    }
    return value
  }

  /// A `~` right after a word.
  private mutating func takeTilde() -> Bool {
    guard isSign("~"), token.isGlued else { return false }
    at += 1
    return true
  }

  private mutating func patterns() throws(QuerySyntaxError) -> [TextPattern] {
    func pattern() throws(QuerySyntaxError) -> TextPattern {
      guard case .text(let text) = token.kind else {
        if case .whole = token.kind { throw fault("only a text can be a pattern", at: token.range, expected: "a text") }
        throw unexpected("a text")
      }
      return TextPattern(text, token.range)
    }
    guard take(sign: "(") else {
      let one = try pattern()
      at += 1
      return [one]
    }
    var all: [TextPattern] = []
    repeat {
      all.append(try pattern())
      at += 1
    } while take(sign: ",")
    try expect(sign: ")")
    return all
  }

  private mutating func primary() throws(QuerySyntaxError) -> Expression {
    let range = token.range
    switch token.kind {
    case .text(let text):
      at += 1
      return Expression(.literal(.text(text), .keyword), range)
    case .whole(let value):
      at += 1
      return literal(.whole(value), range)
    case .decimal(let value):
      at += 1
      return Expression(.literal(.double(value), .double), range)
    case .word("true"), .word("false"):
      at += 1
      return Expression(.literal(.boolean(tokens[at - 1].kind == .word("true")), .boolean), range)
    case .word("null"):
      at += 1
      return Expression(.literal(.none, .null), range)
    case .sign("("):
      at += 1
      let inner = try expression()
      try expect(sign: ")")
      return Expression(inner.node, range.lowerBound..<tokens[at - 1].range.upperBound)
    case .sign("?"):
      at += 1
      let name = try fieldName()
      return Expression(.field(name, isOptional: true), range.lowerBound..<tokens[at - 1].range.upperBound)
    case .word(let word) where !Self.keywords.contains(word):
      let isCall = isSign("(", ahead: 1) || isSign("~", ahead: 1) && tokens[at + 1].isGlued && isSign("(", ahead: 2)
      if isCall { return try call(word) }
      if isWord("of", ahead: 1) {
        throw fault("[\(word) of] is not supported", at: range)
      }
      let name = try fieldName()
      return Expression(.field(name, isOptional: false), range.lowerBound..<tokens[at - 1].range.upperBound)
    case .quotedName:
      let name = try fieldName()
      return Expression(.field(name, isOptional: false), range.lowerBound..<tokens[at - 1].range.upperBound)
    default: throw unexpected("a field, a value or a function")
    }
  }

  private mutating func call(_ name: String) throws(QuerySyntaxError) -> Expression {
    let start = token.range.lowerBound
    at += 1
    let ignoresCase = take(sign: "~")
    try expect(sign: "(")
    var arguments: [Expression] = []
    if !isSign(")") {
      repeat { arguments.append(try expression()) } while take(sign: ",")
    }
    try expect(sign: ")")
    return Expression(
      .call(name, arguments, ignoresCase: ignoresCase), start..<tokens[at - 1].range.upperBound)
  }

  /// Names joined by dots, with spaces around them or without.
  mutating func fieldName() throws(QuerySyntaxError) -> String {
    var name = try namePart()
    while isSign(".") {
      at += 1
      name += "." + (try namePart())
    }
    if isSign("["), token.isGlued {
      throw fault("elements of arrays cannot be named", at: token.range, hint: "a condition looks at every value")
    }
    return name
  }

  private mutating func namePart() throws(QuerySyntaxError) -> String {
    switch token.kind {
    case .word(let word):
      if Self.keywords.contains(word) {
        throw fault(
          "`\(word)` is a keyword", at: token.range, expected: "a field", hint: "put the name between backticks")
      }
      at += 1
      return word
    case .quotedName(let name):
      at += 1
      return name
    default: throw unexpected("a field")
    }
  }
}
