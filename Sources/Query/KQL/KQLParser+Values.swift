extension KQLParser {
  /// The values in `field: ( … )`, joined by `or`.
  mutating func parseOrValues(
    _ field: FieldSelector, _ isEveryField: Bool
  ) throws(QuerySyntaxError) -> Predicate {
    var parts = [try parseAndValues(field, isEveryField, after: nil)]
    while let word = take(.or) { parts.append(try parseAndValues(field, isEveryField, after: word)) }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func parseAndValues(
    _ field: FieldSelector, _ isEveryField: Bool, after word: Range<Int>?
  ) throws(QuerySyntaxError) -> Predicate {
    var parts = [try parseNotValue(field, isEveryField, after: word)]
    while let word = take(.and) { parts.append(try parseNotValue(field, isEveryField, after: word)) }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func parseNotValue(
    _ field: FieldSelector, _ isEveryField: Bool, after word: Range<Int>?
  ) throws(QuerySyntaxError) -> Predicate {
    var word = word
    var negated = false
    while let found = try takeNot() {
      negated.toggle()
      word = found
    }
    let part = try parseValue(field, isEveryField, after: word)
    return negated ? .not(part) : part
  }

  private mutating func parseValue(
    _ field: FieldSelector, _ isEveryField: Bool, after word: Range<Int>?
  ) throws(QuerySyntaxError) -> Predicate {
    scanner.skipSpace()
    let start = scanner.at
    switch scanner.current {
    case nil, ")", "}": throw missingPart(after: word, "a value")
    case "(":
      return try parseBrackets(closing: ")", missing: "a value") { parser throws(QuerySyntaxError) in
        try parser.parseOrValues(field, isEveryField)
      }
    case "<", ">":
      throw scanner.fault(
        "a comparison cannot stand in a list of values", at: start, expected: "a value",
        hint: "write `field > 1 or field < 5` in full")
    case ":", "{": throw scanner.fault("this has no place in a list of values", at: start, expected: "a value")
    default: break
    }
    // After a joining word, `or` and `and` are values where they stand alone: `region: (CA or OR or WA)`.
    if let word, let (keyword, end) = scanner.keyword(at: start) {
      let next = scanner.afterSpace(end)
      guard scanner.isGroupEnd(end) || scanner.keyword(at: next) != nil else {
        throw scanner.fault(
          "`\(text(word))` has no value between it and `\(text(start..<end))`", at: start, expected: "a value",
          hint: "to search for `\(keyword.rawValue)`, put the value in quotes")
      }
    }
    return test(field, isEveryField, try takeLiteral())
  }

  /// The condition that a field holds a value; `*: *` holds always.
  func test(_ field: FieldSelector, _ isEveryField: Bool, _ value: KQLLiteral) -> Predicate {
    if isEveryField, !value.isQuoted, value.pattern.matchesEverything { return .all }
    return value.test(of: field)
  }

  /// A value without a field: any field may hold it, or any field below the nested path.
  mutating func freeValue(_ value: KQLLiteral) throws(QuerySyntaxError) -> Predicate {
    try refuseEqualsSign(value)
    if value.pattern.matchesEverything { return .all }
    if let path { return value.test(of: .matching(WildcardPattern([.literal(path + "."), .anyRun]))) }
    return value.test(of: .any)
  }

  /// The comparison that starts here with its operator.
  mutating func parseRange(_ field: FieldSelector) throws(QuerySyntaxError) -> Predicate {
    let start = scanner.at
    let isLower = scanner.current == ">"
    scanner.at += 1
    var inclusive = false
    if scanner.current == "=" {
      inclusive = true
      scanner.at += 1
    }
    let sign = text(start..<scanner.at)
    scanner.skipSpace()
    let place = scanner.at
    switch scanner.current {
    case nil, ")", "}": throw scanner.fault("`\(sign)` has no value after it", at: place, expected: "a value")
    case ">" where sign == "<":
      throw scanner.fault("KQL has no `<>`", at: start, hint: "write `not field: value`")
    case "<", ">", ":", "{":
      throw scanner.fault("this cannot follow `\(sign)`", at: place, expected: "a value")
    case "(": throw scanner.fault("a comparison takes one value", at: place, expected: "a value without parentheses")
    case "=":
      throw scanner.fault("this cannot follow `\(sign)`", at: place, expected: "a value", hint: "write `\(sign)=`")
    default: break
    }
    let value = try takeLiteral()
    if value.hasWildcard {
      throw scanner.fault(
        "a comparison cannot use a wildcard", at: value.source.lowerBound, expected: "a value without `*`",
        hint: "write `field: *` to ask whether a field exists")
    }
    let bound = RangeBound(value.text, inclusive: inclusive)
    return .test(field, isLower ? .range(lower: bound, upper: nil) : .range(lower: nil, upper: bound))
  }
}
