extension PlainQueries {
  /// A random expression of a type.
  mutating func term(_ type: PlainType, _ depth: Int) -> PlainTerm {
    guard depth > 0, chance(4, in: 5) else { return leaf(type) }
    if chance(1, in: 6) { return anyType(type, depth - 1) }
    switch type {
    case .boolean: return boolean(depth - 1)
    case .integer, .long, .double: return numeric(type, depth - 1)
    case .keyword: return keyword(depth - 1)
    case .date: return date(depth - 1)
    case .ip: return anyType(type, depth - 1)
    }
  }

  private func call(_ name: String, _ type: PlainType, _ arguments: PlainTerm...) -> PlainTerm {
    PlainTerm(.call(name, arguments), type)
  }

  private mutating func anyType(_ type: PlainType, _ depth: Int) -> PlainTerm {
    switch count(0...9) {
    case 0, 1:
      var parts: [PlainTerm] = []
      for _ in 0..<count(1...2) { parts += [term(.boolean, depth), term(type, depth)] }
      if chance(2, in: 3) { parts.append(term(type, depth)) }
      return PlainTerm(.call("CASE", parts), type)
    case 2: return PlainTerm(.call("COALESCE", (0..<count(1...3)).map { _ in term(type, depth) }), type)
    case 3: return call(one(["MV_FIRST", "MV_LAST", "MV_DEDUPE"]), type, term(type, depth))
    case 4: return call(one(["MV_MIN", "MV_MAX", "MV_SORT"]), type, term(type, depth))
    case 5:
      let first = count(0...2)
      return call(
        "MV_SLICE", type, term(type, depth), small(first...first), small(first...(first + 2)))
    case 6: return call("MV_APPEND", type, term(type, depth), term(type, depth))
    case 7:
      return call(one(["MV_UNION", "MV_INTERSECTION", "MV_DIFFERENCE"]), type, term(type, depth), term(type, depth))
    case 8 where type != .boolean:
      return PlainTerm(.call(one(["GREATEST", "LEAST"]), (0..<count(1...3)).map { _ in term(type, depth) }), type)
    default: return leaf(type)
    }
  }

  private mutating func boolean(_ depth: Int) -> PlainTerm {
    let type = one(PlainType.allCases)
    switch count(0...19) {
    case 0, 1: return PlainTerm(.and(term(.boolean, depth), term(.boolean, depth)), .boolean)
    case 2: return PlainTerm(.or(term(.boolean, depth), term(.boolean, depth)), .boolean)
    case 3: return PlainTerm(.not(term(.boolean, depth)), .boolean)
    case 4: return PlainTerm(.isNull(term(type, depth), isNegated: chance(1, in: 2)), .boolean)
    case 5, 6:
      let list = (0..<count(1...6)).map { _ in chance(1, in: 5) ? term(type, depth) : constant(type) }
      return PlainTerm(.among(leaf(type), list, isNegated: chance(1, in: 4)), .boolean)
    case 7, 8:
      let isRegex = chance(1, in: 2)
      let patterns = (0..<(chance(1, in: 4) ? 2 : 1)).map { _ in pattern(isRegex) }
      return PlainTerm(
        .pattern(term(.keyword, depth), patterns, isRegex: isRegex, isNegated: chance(1, in: 4)), .boolean)
    case 9:
      return call(
        one(["STARTS_WITH", "ENDS_WITH", "CONTAINS"]), .boolean, term(.keyword, depth),
        chance(3, in: 4) ? literal(one(["", "lo", "b", "10", "ut"])) : term(.keyword, depth))
    case 10: return call(one(["MV_CONTAINS", "MV_INTERSECTS"]), .boolean, term(type, depth), term(type, depth))
    case 11: return call("CIDR_MATCH", .boolean, term(.ip, depth), literal("10.0.0.0/8"))
    case 12: return PlainTerm(.cast(term(one([.integer, .long, .double, .keyword]), depth)), .boolean)
    case 13, 14:
      // Truth values have no order there.
      guard type != .boolean else { return leaf(.boolean) }
      let bound = chance(2, in: 3) ? constant(type) : term(type, depth)
      if chance(1, in: 3) { return call("MV_IN_RANGE", .boolean, term(type, depth), leaf(type), bound) }
      return PlainTerm(
        .beyond(one(["MV_GREATER", "MV_LESS"]), term(type, depth), bound, includes: one([true, false, nil])), .boolean)
    case 15:
      let isRegex = chance(1, in: 2)
      return PlainTerm(.somePattern(term(.keyword, depth), pattern(isRegex), isRegex: isRegex), .boolean)
    default:
      // Numbers of different types compare too.
      let other = type.isNumber ? one([.integer, .long, .double]) : type
      let signs = type == .boolean ? ["==", "!="] : ["==", "!=", "<", "<=", ">", ">="]
      return PlainTerm(.comparison(one(signs), term(type, depth), leaf(other)), .boolean)
    }
  }

  private mutating func numeric(_ type: PlainType, _ depth: Int) -> PlainTerm {
    switch (type, count(0...9)) {
    case (_, 0...3):
      // One side is of the type, and the other one not wider.
      let narrow: PlainType =
        type == .integer ? .integer : type == .long ? one([.integer, .long]) : one([.integer, .long, .double])
      let parts = [term(type, depth), term(narrow, depth)].shuffled(using: &values.random)
      return PlainTerm(.arithmetic(one(["+", "-", "*", "/", "%"]), parts[0], parts[1]), type)
    case (_, 4): return PlainTerm(.negative(term(type, depth)), type)
    case (_, 5):
      return PlainTerm(.cast(term(one([.integer, .long, .double, .keyword, .boolean]), depth)), type)
    case (_, 6): return call(one(["ABS", "FLOOR", "CEIL"]), type, term(type, depth))
    case (.integer, 7): return call("LENGTH", type, term(.keyword, depth))
    case (.integer, 8):
      return chance(1, in: 2)
        ? call("MV_COUNT", type, term(one(PlainType.allCases), depth))
        : call("LOCATE", type, term(.keyword, depth), literal(one(["o", "b", "10", ""])))
    case (.integer, _):
      let unit = one(["\"hours\"", "\"days\"", "\"months\""])
      return PlainTerm(.unit("DATE_DIFF", unit, [term(.date, depth), term(.date, depth)]), type)
    case (.long, 7), (.long, 8):
      let part = one(["\"year\"", "\"month_of_year\"", "\"hour_of_day\"", "\"day_of_week\""])
      return PlainTerm(.unit("DATE_EXTRACT", part, [term(.date, depth)]), type)
    case (.double, 7): return call("MV_AVG", type, term(one([.integer, .long, .double]), depth))
    case (.double, 8):
      return call(one(["SQRT", "SIGNUM"]), type, term(one([.integer, .long, .double]), depth))
    default: return call("CLAMP", type, term(type, depth), constant(type), constant(type))
    }
  }

  private mutating func keyword(_ depth: Int) -> PlainTerm {
    let text = term(.keyword, depth)
    switch count(0...11) {
    case 0: return PlainTerm(.call("CONCAT", [text] + (0..<count(1...2)).map { _ in term(.keyword, depth) }), .keyword)
    case 1:
      let start = small(-4...4)
      return PlainTerm(.call("SUBSTRING", [text, start] + (chance(1, in: 2) ? [small(-1...3)] : [])), .keyword)
    case 2: return call(one(["LEFT", "RIGHT"]), .keyword, text, small(-1...4))
    case 3: return call(one(["TO_UPPER", "TO_LOWER", "TRIM", "REVERSE"]), .keyword, text)
    case 4: return call("REPLACE", .keyword, text, literal(one(["o", "b", "in", " "])), literal(one(["", "_", "ab"])))
    case 5: return call("SPLIT", .keyword, text, literal(one([",", " ", "o"])))
    case 6: return call("MV_CONCAT", .keyword, text, literal(one(["", "+", ", "])))
    case 7: return PlainTerm(.unit("DATE_FORMAT", "\"yyyy-MM-dd\"", [term(.date, depth)]), .keyword)
    case 8:
      let delimiter = chance(1, in: 3) ? [] : [literal(one(["", "-", "o"]))]
      return PlainTerm(.call("MV_ZIP", [text, term(.keyword, depth)] + delimiter), .keyword)
    case 9:
      var members: [PlainTerm] = []
      for _ in 0..<count(1...2) {
        members += [
          chance(3, in: 4) ? literal(one(["k", "a\"b"])) : leaf(.keyword), term(one(PlainType.allCases), depth),
        ]
      }
      return PlainTerm(.call("JSON_STRING", members), .keyword)
    default: return PlainTerm(.cast(term(one(PlainType.allCases), depth)), .keyword)
    }
  }

  private mutating func date(_ depth: Int) -> PlainTerm {
    if chance(1, in: 2) {
      let span = one(["5 minutes", "1 hour", "1 day", "1 week", "1 month", "1 quarter", "1 year"])
      return PlainTerm(.unit("DATE_TRUNC", span, [term(.date, depth)]), .date)
    }
    let unit = one(["years", "months", "weeks", "days", "hours", "minutes", "seconds"])
    return PlainTerm(.moved(term(.date, depth), Int64(count(1...14)) * one([1, -1]), unit), .date)
  }

  private mutating func pattern(_ isRegex: Bool) -> PlainPattern {
    PlainPattern(
      pieces: (0..<count(0...5)).map { _ in
        let sign = one(Array("logiutbre*1?0 ä\\"))
        if !isRegex {
          switch count(0...3) {
          case 0: return (nil, true, true)
          case 1 where chance(1, in: 2): return (nil, false, false)
          default: return ([sign], false, false)
          }
        }
        let signs: [Character]? = chance(1, in: 3) ? nil : chance(1, in: 3) ? [sign, "o", "g"] : [sign]
        return (signs, chance(1, in: 2), chance(1, in: 2))
      })
  }
}
