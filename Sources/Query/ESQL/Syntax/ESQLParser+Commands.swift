extension ESQLParser {
  mutating func command(isFirst: Bool) throws(QuerySyntaxError) {
    let start = token.range
    guard let name = token.keyword else { throw mismatch(isFirst ? "FROM, ROW or SHOW" : "a command") }
    if let reason = Self.refused[name] {
      var error = scanner.error("\(name) is not supported: \(reason)", at: start.lowerBound)
      error.isUnsupported = true
      throw error
    }
    if isFirst != Self.sources.contains(name) {
      if isFirst, Self.processing.contains(where: { $0.hasPrefix(name) }) { throw mismatch("FROM, ROW or SHOW first") }
      throw mismatch(isFirst ? "FROM, ROW or SHOW" : Self.processing.joined(separator: ", "))
    }
    let form = try form(name)
    commands.append(ESQLCommand(form: form, range: start))
  }

  private mutating func form(_ name: String) throws(QuerySyntaxError) -> ESQLCommand.Form {
    switch name {
    case "FROM": return try from()
    case "ROW":
      try advance()
      return .row(try fields())
    case "SHOW":
      try advance()
      try expect("INFO")
      return .show
    case "WHERE":
      try advance()
      return .filter(try expression())
    case "EVAL":
      try advance()
      return .eval(try fields())
    case "STATS":
      let start = token.range.lowerBound
      try advance()
      return try stats(isInline: false, from: start)
    case "INLINE", "INLINESTATS":
      let start = token.range.lowerBound
      try advance()
      if name == "INLINE" { try expect("STATS") }
      return try stats(isInline: true, from: start)
    case "KEEP": return .keep(try patterns())
    case "DROP": return .drop(try patterns())
    case "RENAME": return try rename()
    case "SORT": return try sort()
    case "LIMIT": return try limit()
    case "DISSECT": return try dissect()
    case "GROK": return try grok()
    case "MV_EXPAND":
      try advance()
      return .expand(try columnName())
    case "ENRICH": return try enrich()
    case "LOOKUP":
      return try join()
    case "CHANGE_POINT": return try changePoint()
    case "COMPLETION": return try completion()
    case "LEFT", "RIGHT", "INNER", "JOIN":
      throw scanner.error("only LOOKUP JOIN is supported", at: token.range.lowerBound)
    default:
      throw mismatch(Self.processing.joined(separator: ", "))
    }
  }

  // MARK: sources

  private mutating func from() throws(QuerySyntaxError) -> ESQLCommand.Form {
    var sources: [ESQLSource] = []
    repeat {
      if let query = try subquery() {
        sources.append(.subquery(query))
        continue
      }
      var pattern = try scanner.sourcePattern()
      // A cluster before the pattern, a selector behind it.
      if !pattern.isQuoted, scanner.at < scanner.text.count, scanner.text[scanner.at] == ":" {
        let start = pattern.range.lowerBound
        while scanner.at < scanner.text.count, scanner.text[scanner.at] == ":" { scanner.move(to: scanner.at + 1) }
        let rest = try scanner.sourcePattern()
        pattern = ESQLWritten(
          text: String(scalars: scanner.text[start..<rest.range.upperBound]), range: start..<rest.range.upperBound)
      }
      sources.append(.pattern(pattern))
      guard sources.count <= 10_000 else {
        throw scanner.error("too many index patterns", at: pattern.range.lowerBound)
      }
    } while try scanner.takes(",")
    try advance()
    var metadata: [ESQLWritten] = []
    let isOld = token.isSign("[")
    if isOld { try advance() }
    if try takes("METADATA") {
      repeat { metadata.append(try columnName()) } while try takes(sign: ",")
    } else if isOld {
      throw mismatch("METADATA")
    }
    if isOld { try expect(sign: "]") }
    return .from(sources, metadata: metadata)
  }

  /// A query in parentheses, among what `FROM` names; nil where none stands there.
  private mutating func subquery() throws(QuerySyntaxError) -> ESQLQuery? {
    guard try scanner.takes("(") else { return nil }
    return try query { parser throws(QuerySyntaxError) in
      try parser.advance()
      if ["ROW", "SHOW", "TS"].contains(parser.token.keyword) {
        var error = parser.scanner.error(
          "a subquery that begins with \(parser.token.keyword ?? "") is not supported",
          at: parser.token.range.lowerBound)
        error.isUnsupported = true
        throw error
      }
    }
  }

  /// A query in place of a list of values; what it begins with is the token that comes next.
  mutating func innerQuery() throws(QuerySyntaxError) -> ESQLQuery { try query { _ in } }

  /// A query in parentheses, up to the one that ends it.
  private mutating func query(
    _ begin: (inout ESQLParser) throws(QuerySyntaxError) -> Void
  ) throws(QuerySyntaxError) -> ESQLQuery {
    subqueryCount += 1
    guard subqueryCount <= ESQLQuery.mostSubqueries else {
      throw scanner.error("the query has more than \(ESQLQuery.mostSubqueries) subqueries", at: scanner.at - 1)
    }
    let commands = try nested { parser throws(QuerySyntaxError) in
      let outer = parser.commands
      parser.commands = []
      defer { parser.commands = outer }
      try begin(&parser)
      try parser.pipeline()
      guard parser.token.isSign(")") else { throw parser.mismatch("`|` or `)`") }
      return parser.commands
    }
    return ESQLQuery(text: scanner.text, commands: commands)
  }

  // MARK: fields

  private mutating func fields() throws(QuerySyntaxError) -> [ESQLField] {
    var fields: [ESQLField] = []
    repeat { fields.append(try field()) } while try takes(sign: ",")
    return fields
  }

  private mutating func field() throws(QuerySyntaxError) -> ESQLField {
    let start = token.range.lowerBound
    let term = try expression()
    guard token.isSign("=") else { return ESQLField(term: term, range: start..<lastEnd) }
    guard case .column(let name) = term.form, term.outerRange == nil else {
      throw mismatch("`==` to compare", hint: "`=` gives a name to a new column")
    }
    try advance()
    let value = try expression()
    return ESQLField(name: ESQLWritten(text: name, range: term.range), term: value, range: start..<lastEnd)
  }

  /// - Parameter start: where the command begins.
  private mutating func stats(isInline: Bool, from start: Int) throws(QuerySyntaxError) -> ESQLCommand.Form {
    var aggregates: [ESQLField] = []
    if token.keyword != "BY", token.kind != .end, !token.isSign("|") {
      repeat {
        var one = try field()
        if try takes("WHERE") {
          one.condition = try expression()
          one.range = one.range.lowerBound..<lastEnd
        }
        aggregates.append(one)
      } while try takes(sign: ",")
    }
    let keys = try takes("BY") ? try fields() : []
    guard !aggregates.isEmpty || !keys.isEmpty else {
      let written = String(scalars: scanner.text[start..<lastEnd])
      throw scanner.error("At least one aggregation or grouping expression required in [\(written)]", at: start)
    }
    return .stats(aggregates, by: keys, isInline: isInline)
  }

  private mutating func patterns() throws(QuerySyntaxError) -> [ESQLWritten] {
    var patterns: [ESQLWritten] = []
    repeat {
      try advance(takesPatterns: true)
      patterns.append(try namePattern())
    } while token.isSign(",")
    return patterns
  }

  /// A name in which unquoted parts may hold `*`; the `*` of quoted ones come out as `\*`.
  private mutating func namePattern() throws(QuerySyntaxError) -> ESQLWritten {
    let start = token.range.lowerBound
    var name = ""
    var hasStar = false
    while true {
      switch token.kind {
      case .identifier(let part):
        name += part
        hasStar = hasStar || part.contains("*")
      case .quoted(let part): name += part.replacing("*", with: "\u{0}")
      default: throw mismatch("the name of a column, or a pattern")
      }
      let end = token.range.upperBound
      try advance(takesPatterns: true)
      // `a*`.b`: a part that follows without a gap belongs to the name.
      guard token.isSign("."), token.range.lowerBound == end else { break }
      name += "."
      try advance(takesPatterns: true)
    }
    if token.keyword == "*" { throw mismatch("`,` or `|`") }
    return ESQLWritten(
      text: hasStar ? name : name.replacing("\u{0}", with: "*"), range: start..<lastEnd, isQuoted: !hasStar)
  }

  private mutating func rename() throws(QuerySyntaxError) -> ESQLCommand.Form {
    try advance()
    var pairs: [(old: ESQLWritten, new: ESQLWritten)] = []
    repeat {
      let first = try columnName()
      if try takes("AS") {
        pairs.append((first, try columnName()))
      } else if try takes(sign: "=") {
        pairs.append((try columnName(), first))
      } else {
        throw mismatch("AS")
      }
    } while try takes(sign: ",")
    return .rename(pairs)
  }

  private mutating func sort() throws(QuerySyntaxError) -> ESQLCommand.Form {
    try advance()
    var keys: [ESQLSortKey] = []
    repeat {
      let term = try expression()
      let isDescending = try takes("DESC")
      if !isDescending { _ = try takes("ASC") }
      var nullsFirst = isDescending
      if try takes("NULLS") {
        if try takes("FIRST") {
          nullsFirst = true
        } else {
          try expect("LAST")
          nullsFirst = false
        }
      }
      keys.append(ESQLSortKey(term: term, isDescending: isDescending, nullsFirst: nullsFirst))
    } while try takes(sign: ",")
    return .sort(keys)
  }

  private mutating func limit() throws(QuerySyntaxError) -> ESQLCommand.Form {
    let start = token.range.lowerBound
    try advance()
    let value = try constant()
    guard case .literal(let cell, let type) = value.form else { throw mismatch("a number") }
    guard type == .integer, let count = cell.single?.wholeValue, count >= 0 else {
      func written(_ range: Range<Int>) -> String { String(scalars: scanner.text[range]) }
      throw scanner.error(
        "value of [\(written(start..<lastEnd))] must be a non negative integer, found value [\(written(value.range))] "
          + "type [\(type.rawValue)]", at: start)
    }
    var groups: [ESQLTerm] = []
    if try takes("BY") {
      repeat { groups.append(try expression()) } while try takes(sign: ",")
    }
    return .limit(Int(count), by: groups)
  }

  // MARK: taking texts apart

  private mutating func dissect() throws(QuerySyntaxError) -> ESQLCommand.Form {
    let start = token.range.lowerBound
    try advance()
    let term = try primary()
    let pattern = try text("a pattern in quotes")
    var separator = ""
    if case .identifier(let name) = token.kind {
      guard name.lowercased() == "append_separator" else {
        throw scanner.error(
          "Invalid option for dissect: [\(name)]", at: start, expected: "APPEND_SEPARATOR")
      }
      try advance()
      try expect(sign: "=")
      let value = try constant()
      guard case .literal(let cell, _) = value.form, case .text(let text)? = cell.single else {
        let written = String(scalars: scanner.text[value.range])
        throw scanner.error(
          "Invalid value for dissect append_separator: expected a string, but was [\(written)]", at: start)
      }
      separator = text
    }
    return .dissect(term, pattern: pattern, separator: separator)
  }

  private mutating func grok() throws(QuerySyntaxError) -> ESQLCommand.Form {
    try advance()
    let term = try primary()
    var patterns: [ESQLWritten] = []
    repeat { patterns.append(try text("a pattern in quotes")) } while try takes(sign: ",")
    return .grok(term, patterns: patterns)
  }

  mutating func text(_ expected: String) throws(QuerySyntaxError) -> ESQLWritten {
    guard case .string(let text) = token.kind else { throw mismatch(expected) }
    let written = ESQLWritten(text: text, range: token.range, isQuoted: true)
    try advance()
    return written
  }

  // MARK: tables beside the events

  private mutating func enrich() throws(QuerySyntaxError) -> ESQLCommand.Form {
    var policy = try scanner.sourcePattern()
    if !policy.isQuoted, policy.text.hasPrefix("_"), scanner.at < scanner.text.count, scanner.text[scanner.at] == ":" {
      guard ["_any", "_coordinator", "_remote"].contains(policy.text.lowercased()) else {
        throw scanner.error(
          "Unrecognized value [\(policy.text)], ENRICH policy qualifier needs to be one of [_ANY, _COORDINATOR, _REMOTE]",
          at: policy.range.lowerBound)
      }
      scanner.move(to: scanner.at + 1)
      policy = try scanner.sourcePattern()
    }
    try advance()
    let on = try takes("ON") ? try columnName() : nil
    var with: [(new: ESQLWritten?, field: ESQLWritten)] = []
    if try takes("WITH") {
      repeat {
        let first = try columnName()
        with.append(try takes(sign: "=") ? (first, try columnName()) : (nil, first))
      } while try takes(sign: ",")
    }
    return .enrich(policy: policy, on: on, with: with)
  }

  private mutating func changePoint() throws(QuerySyntaxError) -> ESQLCommand.Form {
    let start = token.range.lowerBound
    try advance()
    let value = try columnName()
    var (key, type, pValue): (ESQLWritten?, ESQLWritten?, ESQLWritten?)
    var groups: [ESQLTerm] = []
    // In any order, each once.
    while true {
      if key == nil, try takes("ON") {
        key = try columnName()
      } else if type == nil, try takes("AS") {
        type = try columnName()
        try expect(sign: ",")
        pValue = try columnName()
      } else if groups.isEmpty, try takes("BY") {
        repeat { groups.append(try expression()) } while try takes(sign: ",")
      } else {
        break
      }
    }
    return .changePoint(value, key: key, type: type, pValue: pValue, by: groups, start..<lastEnd)
  }

  private mutating func join() throws(QuerySyntaxError) -> ESQLCommand.Form {
    try advance()
    guard token.keyword == "JOIN" else { throw mismatch("JOIN") }
    let table = try scanner.sourcePattern()
    guard !table.text.contains("*") else {
      throw scanner.error(
        "invalid index pattern [\(table.text)], * is not allowed in LOOKUP JOIN", at: table.range.lowerBound)
    }
    try advance()
    try expect("ON")
    // A name alone is that of a column on both sides; all else is a condition.
    let first = try expression()
    guard case .column(let name) = first.form, first.outerRange == nil else {
      return .join(table: table, on: [], condition: first)
    }
    var columns = [ESQLWritten(text: name, range: first.range)]
    while try takes(sign: ",") { columns.append(try columnName()) }
    // A subquery ends with its bracket.
    guard token.kind == .end || token.isSign("|") || token.isSign(";") || token.isSign(")") else {
      throw mismatch(
        "`,` or `|`", hint: "LOOKUP JOIN joins by columns of one name, or by a condition such as `left == right`")
    }
    return .join(table: table, on: columns, condition: nil)
  }

  private mutating func completion() throws(QuerySyntaxError) -> ESQLCommand.Form {
    try advance()
    let start = token.range
    let first = try primary()
    var target: ESQLWritten?
    var prompt = first
    if token.isSign("="), case .column(let name) = first.form {
      try advance()
      target = ESQLWritten(text: name, range: start.lowerBound..<first.range.upperBound)
      prompt = try primary()
    }
    if try takes("WITH") {
      if token.isSign("{") { _ = try options() } else { _ = try columnName() }
    }
    return .completion(target: target, prompt: prompt)
  }
}
