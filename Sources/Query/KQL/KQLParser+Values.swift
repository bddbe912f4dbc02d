extension KQLParser {
  /// The values in `field: ( … )`, joined by `or`.
  mutating func parseOrValues(_ name: KQLLiteral) throws(QuerySyntaxError) -> Predicate {
    var parts = [try parseAndValues(name, after: nil)]
    while let word = take(.or) { parts.append(try parseAndValues(name, after: word)) }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func parseAndValues(
    _ name: KQLLiteral, after word: Range<Int>?
  ) throws(QuerySyntaxError) -> Predicate {
    var parts = [try parseNotValue(name, after: word)]
    while let word = take(.and) { parts.append(try parseNotValue(name, after: word)) }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func parseNotValue(
    _ name: KQLLiteral, after word: Range<Int>?
  ) throws(QuerySyntaxError) -> Predicate {
    guard let negation = takeNot() else { return try parseValue(name, after: word) }
    try refuseSecondNot()
    return .not(try parseValue(name, after: negation))
  }

  private mutating func parseValue(
    _ name: KQLLiteral, after word: Range<Int>?
  ) throws(QuerySyntaxError) -> Predicate {
    let start = scanner.at
    switch scanner.current {
    case nil, ")", "}": throw missingPart(after: word, "a value")
    case "(":
      return try parseBrackets(closing: ")", missing: "a value") { parser throws(QuerySyntaxError) in
        try parser.parseOrValues(name)
      }
    case "<", ">":
      throw scanner.fault(
        "a comparison cannot stand in a list of values", at: start, expected: "a value",
        hint: "write `field > 1 or field < 5` in full")
    case ":", "{": throw scanner.fault("this has no place in a list of values", at: start, expected: "a value")
    default: return test(name, try takeLiteral())
    }
  }

  /// The condition that a field holds a value; `*: *` holds always.
  mutating func test(_ name: KQLLiteral, _ value: KQLLiteral) -> Predicate {
    let isEveryField = !name.isQuoted && name.pattern.matchesEverything && path == nil
    if isEveryField, !value.isQuoted, value.pattern.matchesEverything { return .all }
    return note(value.test(of: name.selector(below: path)), name, value)
  }

  /// A value without a field: any field may hold it. In the objects of a nested field none does.
  mutating func freeValue(_ value: KQLLiteral) -> Predicate {
    if value.pattern.matchesEverything, !value.isQuoted { return .all }
    if path != nil, !value.isNull { return .nothing }
    return note(value.test(of: .any), value, value)
  }

  /// Remembers where a condition stands.
  private mutating func note(_ predicate: Predicate, _ name: KQLLiteral, _ value: KQLLiteral) -> Predicate {
    conditions.append(
      KQLCondition(predicate: predicate, path: path, field: name.source, value: value.source, isNull: value.isNull))
    return predicate
  }

  /// The comparison that starts here with its operator.
  mutating func parseRange(_ name: KQLLiteral) throws(QuerySyntaxError) -> Predicate {
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
    default: break
    }
    if scanner.negation(at: place) != nil {
      throw scanner.fault("this cannot follow `\(sign)`", at: place, expected: "a value")
    }
    let value = try takeLiteral()
    let field = name.selector(below: path)
    // A bound of null is no bound.
    var copy = value
    if value.isNull {
      copy.isQuoted = true
      return note(.exists(field), name, copy)
    }
    // A `*` is itself here.
    let bound = RangeBound(value.pattern.text, inclusive: inclusive)
    return note(
      .test(field, isLower ? .range(lower: bound, upper: nil) : .range(lower: nil, upper: bound)), name, value)
  }
}
