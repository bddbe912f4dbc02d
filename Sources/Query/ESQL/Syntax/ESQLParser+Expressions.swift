extension ESQLParser {
  /// Words that end an expression, and are no names of columns in one.
  private static let reserved: Set<String> = [
    "AND", "OR", "NOT", "IN", "IS", "LIKE", "RLIKE", "NULL", "TRUE", "FALSE", "ASC", "DESC", "BY", "AS", "ON", "WITH",
    "WHERE", "NULLS", "METADATA",
  ]

  /// True where a query stands in place of a list of values.
  private var isAtQuery: Bool {
    guard let word = token.keyword, ["FROM", "ROW", "TS"].contains(word) else { return false }
    // Columns can have these names: behind them a sign follows.
    let rest = scanner.text[token.range.upperBound...]
    guard let next = rest.first, ESQLScanner.isBlank(next), let first = rest.first(where: { !ESQLScanner.isBlank($0) }),
      !",)+-%:|".unicodeScalars.contains(first)
    else { return false }
    return true
  }

  mutating func expression() throws(QuerySyntaxError) -> ESQLTerm {
    try nested { parser throws(QuerySyntaxError) in try parser.disjunction() }
  }

  private mutating func disjunction() throws(QuerySyntaxError) -> ESQLTerm {
    var parts = [try conjunction()]
    while try takes("OR") { parts.append(try conjunction()) }
    return Self.balanced(parts[...]) { .or($0, $1) }
  }

  private mutating func conjunction() throws(QuerySyntaxError) -> ESQLTerm {
    var parts = [try negation()]
    while try takes("AND") { parts.append(try negation()) }
    return Self.balanced(parts[...]) { .and($0, $1) }
  }

  /// Long chains become shallow trees: the order in which they are joined makes no difference.
  private static func balanced(
    _ parts: ArraySlice<ESQLTerm>, _ join: (ESQLTerm, ESQLTerm) -> ESQLTerm.Form
  ) -> ESQLTerm {
    guard parts.count > 1 else { return parts[parts.startIndex] }
    let middle = parts.startIndex + (parts.count + 1) / 2
    let left = balanced(parts[..<middle], join)
    let right = balanced(parts[middle...], join)
    return ESQLTerm(
      form: join(left, right), range: left.reach.lowerBound..<right.reach.upperBound)
  }

  private mutating func negation() throws(QuerySyntaxError) -> ESQLTerm {
    let start = token.range.lowerBound
    guard try takes("NOT") else { return try comparison() }
    let inner = try nested { parser throws(QuerySyntaxError) in try parser.negation() }
    return ESQLTerm(form: .not(inner), range: start..<lastEnd)
  }

  private static let comparisons: [String: ComparisonOperator] = [
    "==": .equal, "!=": .notEqual, "<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual,
  ]

  private mutating func comparison() throws(QuerySyntaxError) -> ESQLTerm {
    let left = try sum()
    let start = left.reach.lowerBound
    func term(_ form: ESQLTerm.Form) -> ESQLTerm { ESQLTerm(form: form, range: start..<lastEnd) }
    if case .sign(let sign) = token.kind {
      if let comparison = Self.comparisons[sign] {
        try advance()
        let right = try sum()
        if case .sign(let next) = token.kind, Self.comparisons[next] != nil {
          throw mismatch("AND, OR or the end of the condition", hint: "comparisons do not chain")
        }
        return term(.comparison(comparison, left, right))
      }
      if sign == "=~" { throw mismatch("`==`", hint: "`=~` is no operator of ES|QL") }
      if sign == ":" {
        try advance()
        let value = try constant()
        return term(.match(left, value))
      }
      return left
    }
    switch token.keyword {
    case "IS":
      try advance()
      let isNegated = try takes("NOT")
      try expect("NULL")
      return term(isNegated ? .isNotNull(left) : .isNull(left))
    case "IN", "LIKE", "RLIKE": return term(try test(left))
    case "NOT":
      try advance()
      guard ["IN", "LIKE", "RLIKE"].contains(token.keyword) else { throw mismatch("IN, LIKE or RLIKE") }
      let form = try test(left)
      return term(.not(term(form)))
    default: return left
    }
  }

  private mutating func test(_ left: ESQLTerm) throws(QuerySyntaxError) -> ESQLTerm.Form {
    let word = token.keyword
    try advance()
    if word == "IN" {
      try expect(sign: "(")
      if isAtQuery {
        let query = try innerQuery()
        try expect(sign: ")")
        return .amongRows(left, ESQLRows(query: query))
      }
      var list: [ESQLTerm] = []
      repeat { list.append(try expression()) } while try takes(sign: ",")
      try expect(sign: ")")
      return .among(left, list)
    }
    var patterns: [ESQLWritten] = []
    if try takes(sign: "(") {
      repeat { patterns.append(try text("a pattern in quotes")) } while try takes(sign: ",")
      try expect(sign: ")")
    } else {
      patterns = [try text("a pattern in quotes")]
    }
    return .like(left, patterns, isRegex: word == "RLIKE")
  }

  private mutating func sum() throws(QuerySyntaxError) -> ESQLTerm {
    var left = try product()
    var levels = 0
    while true {
      let operation: ArithmeticOperator
      if token.isSign("+") { operation = .add } else if token.isSign("-") { operation = .subtract } else { break }
      try advance()
      let right = try product()
      try count(&levels)
      left = ESQLTerm(form: .arithmetic(operation, left, right), range: left.reach.lowerBound..<lastEnd)
    }
    return left
  }

  private func count(_ levels: inout Int) throws(QuerySyntaxError) {
    levels += 1
    guard levels + depth <= ESQLQuery.deepestNesting else {
      throw scanner.error(
        "ESQL statement exceeded the maximum expression depth allowed (\(ESQLQuery.deepestNesting))",
        at: token.range.lowerBound)
    }
  }

  private mutating func product() throws(QuerySyntaxError) -> ESQLTerm {
    var left = try sign()
    var levels = 0
    while true {
      let operation: ArithmeticOperator
      if token.isSign("*") {
        operation = .multiply
      } else if token.isSign("/") {
        operation = .divide
      } else if token.isSign("%") {
        operation = .modulo
      } else {
        break
      }
      try advance()
      let right = try sign()
      try count(&levels)
      left = ESQLTerm(form: .arithmetic(operation, left, right), range: left.reach.lowerBound..<lastEnd)
    }
    return left
  }

  private mutating func sign() throws(QuerySyntaxError) -> ESQLTerm {
    let start = token.range.lowerBound
    let isNegative = token.isSign("-")
    guard isNegative || token.isSign("+") else { return try primary() }
    try advance()
    // The smallest integer is written with a sign.
    if isNegative, case .whole(let digits) = token.kind, !isSpanNext() {
      let literal = try number("-" + digits, isWhole: true)
      return try cast(ESQLTerm(form: literal, range: start..<lastEnd))
    }
    let inner = try nested { parser throws(QuerySyntaxError) in try parser.sign() }
    return ESQLTerm(form: isNegative ? .negative(inner) : inner.form, range: start..<lastEnd)
  }

  /// Whether a unit of time follows the number that is the current token.
  private func isSpanNext() -> Bool {
    var ahead = scanner
    guard let next = try? ahead.next(), case .identifier(let name) = next.kind else { return false }
    return !Self.reserved.contains(name.uppercased())
  }

  // MARK: the parts that hold together most

  mutating func primary() throws(QuerySyntaxError) -> ESQLTerm { try cast(try bare()) }

  private mutating func cast(_ term: ESQLTerm) throws(QuerySyntaxError) -> ESQLTerm {
    var term = term
    var levels = 0
    while token.isSign("::") {
      try advance()
      guard case .identifier(let name) = token.kind else { throw mismatch("the name of a type") }
      guard let type = DataType(esql: name) else {
        throw scanner.error("Unknown data type named [\(name)]", at: token.range.lowerBound)
      }
      try advance()
      try count(&levels)
      term = ESQLTerm(form: .cast(term, type), range: term.reach.lowerBound..<lastEnd)
    }
    return term
  }

  private mutating func bare() throws(QuerySyntaxError) -> ESQLTerm {
    let start = token.range.lowerBound
    switch token.kind {
    case .string, .whole, .decimal: return try constant()
    case .sign("["): return try constant()
    case .sign("("):
      try advance()
      var inner = try expression()
      try expect(sign: ")")
      inner.outerRange = start..<lastEnd
      return inner
    case .sign("?"): throw scanner.error("parameters (?) are not supported", at: start)
    case .quoted: return try column()
    case .identifier(let name):
      let word = name.uppercased()
      if ["TRUE", "FALSE", "NULL"].contains(word) { return try constant() }
      var ahead = scanner
      let next = try ahead.next()
      if next.isSign("("), !["AND", "OR", "NOT", "IN"].contains(word) { return try function(name) }
      guard !Self.reserved.contains(word) else { throw mismatch("an expression") }
      return try column()
    default: throw mismatch("an expression")
    }
  }

  private mutating func function(_ name: String) throws(QuerySyntaxError) -> ESQLTerm {
    let nameRange = token.range
    try advance()
    try advance()
    var arguments: [ESQLTerm] = []
    var options: [(name: String, value: ESQLTerm)] = []
    if !token.isSign(")") {
      if token.isSign("*") {
        arguments.append(ESQLTerm(form: .star, range: token.range))
        try advance()
      } else {
        repeat {
          if token.isSign("{") {
            options = try self.options()
            break
          }
          arguments.append(try expression())
          guard arguments.count <= 10_000 else { throw scanner.error("too many arguments", at: nameRange.lowerBound) }
        } while try takes(sign: ",")
      }
    }
    try expect(sign: ")")
    return ESQLTerm(
      form: .function(name: name, nameRange: nameRange, arguments, options: options),
      range: nameRange.lowerBound..<lastEnd)
  }

  /// `{"operator": "and", "fuzziness": 1}`
  mutating func options() throws(QuerySyntaxError) -> [(name: String, value: ESQLTerm)] {
    try expect(sign: "{")
    var options: [(name: String, value: ESQLTerm)] = []
    repeat {
      let name = try text("an option's name in quotes")
      try expect(sign: ":")
      options.append((name.text, try constant()))
    } while try takes(sign: ",")
    try expect(sign: "}")
    return options
  }

  /// The name of a column: parts joined by dots.
  mutating func columnName() throws(QuerySyntaxError) -> ESQLWritten {
    let start = token.range.lowerBound
    var name = ""
    while true {
      switch token.kind {
      case .identifier(let part), .quoted(let part): name += part
      default: throw mismatch("the name of a column")
      }
      try advance()
      guard token.isSign(".") else { break }
      name += "."
      try advance()
    }
    return ESQLWritten(text: name, range: start..<lastEnd)
  }

  private mutating func column() throws(QuerySyntaxError) -> ESQLTerm {
    let name = try columnName()
    return ESQLTerm(form: .column(name.text), range: name.range)
  }

  // MARK: constants

  mutating func constant() throws(QuerySyntaxError) -> ESQLTerm {
    let start = token.range.lowerBound
    switch token.kind {
    case .string(let text):
      try advance()
      return ESQLTerm(form: .literal(.text(text), .keyword), range: start..<lastEnd)
    case .sign("-"), .sign("+"):
      let sign = token.isSign("-") ? "-" : ""
      try advance()
      switch token.kind {
      case .whole(let digits): return ESQLTerm(form: try number(sign + digits, isWhole: true), range: start..<lastEnd)
      case .decimal(let digits):
        return ESQLTerm(form: try number(sign + digits, isWhole: false), range: start..<lastEnd)
      default: throw mismatch("a number")
      }
    case .whole(let digits):
      if isSpanNext() { return try span(digits) }
      return ESQLTerm(form: try number(digits, isWhole: true), range: start..<lastEnd)
    case .decimal(let digits): return ESQLTerm(form: try number(digits, isWhole: false), range: start..<lastEnd)
    case .sign("["): return try list()
    case .identifier(let name):
      let literal: (Cell, DataType)
      switch name.uppercased() {
      case "TRUE": literal = (.boolean(true), .boolean)
      case "FALSE": literal = (.boolean(false), .boolean)
      case "NULL": literal = (.none, .null)
      default: throw mismatch("a constant")
      }
      try advance()
      return ESQLTerm(form: .literal(literal.0, literal.1), range: start..<lastEnd)
    default: throw mismatch("a constant")
    }
  }

  /// The number in the smallest type that holds it.
  private mutating func number(_ text: String, isWhole: Bool) throws(QuerySyntaxError) -> ESQLTerm.Form {
    let place = token.range.lowerBound
    try advance()
    if isWhole {
      if let small = Int32(text) { return .literal(.whole(small), .integer) }
      if let large = Int64(text) { return .literal(.whole(large), .long) }
      if let largest = UInt64(text) { return .literal(.one(.unsigned(largest)), .unsignedLong) }
    }
    guard let number = JavaNumber.double(text), number.isFinite else {
      throw scanner.error("Number [\(text)] is too large", at: place)
    }
    return .literal(.double(number), .double)
  }

  private mutating func span(_ digits: String) throws(QuerySyntaxError) -> ESQLTerm {
    let start = token.range.lowerBound
    try advance()
    guard case .identifier(let name) = token.kind else { throw mismatch("a unit of time") }
    guard ESQLTimeUnit.span(1, name) != nil else {
      throw scanner.error(
        "Unexpected temporal unit: '\(name)'", at: token.range.lowerBound,
        expected: "millisecond, second, minute, hour, day, week, month, quarter or year")
    }
    guard let count = Int32(digits), let (span, type) = ESQLTimeUnit.span(Int64(count), name) else {
      throw scanner.error("Number [\(digits)] outside of [\(name)] range", at: start)
    }
    try advance()
    return ESQLTerm(form: .literal(.one(span), type), range: start..<lastEnd)
  }

  /// Numbers of which some are beyond 64 bits with a sign; nil where another is negative.
  private static func widest(_ values: [Value], isDouble: Bool) -> ESQLTerm.Form? {
    var widened: [Value] = []
    for value in values {
      switch value {
      case _ where isDouble: widened.append(.double(value.doubleValue ?? 0))
      case .whole(let number):
        guard let plain = UInt64(exactly: number) else { return nil }
        widened.append(.unsigned(plain))
      default: widened.append(value)
      }
    }
    return .literal(Cell(widened), isDouble ? .double : .unsignedLong)
  }

  private mutating func list() throws(QuerySyntaxError) -> ESQLTerm {
    let start = token.range.lowerBound
    try advance()
    var values: [(cell: Cell, type: DataType)] = []
    repeat {
      let place = token.range.lowerBound
      guard !token.isSign("[") else { throw mismatch("a constant") }
      let one = try constant()
      guard case .literal(let value, let type) = one.form, type != .null, !type.isSpan else {
        throw scanner.error("a list holds texts, numbers or booleans", at: place)
      }
      values.append((value, type))
    } while try takes(sign: ",")
    try expect(sign: "]")
    let types = Set(values.map(\.type))
    if types.count > 1, types.contains(.unsignedLong), types.isSubset(of: DataTypes.numbers.types),
      let form = Self.widest(values.flatMap { $0.cell.values }, isDouble: types.contains(.double))
    {
      return ESQLTerm(form: form, range: start..<lastEnd)
    }
    var type = values[0].type
    for (_, next) in values.dropFirst() {
      guard let common = DataType.common(type, next) else {
        throw scanner.error(
          "a list holds values of one kind, and this one has \(type.rawValue) and \(next.rawValue)", at: start)
      }
      type = common
    }
    let cells = values.flatMap { $0.cell.widened(from: $0.type, to: type).values }
    return ESQLTerm(form: .literal(Cell(cells), type), range: start..<lastEnd)
  }
}
