import Events
import JSON
import Query

/// What one value of a field type means, and whether it passes a test.
enum ReferenceValue {
  /// The value counts as present: its type can read it, and it is not too long.
  static func isSearchable(_ value: JSONValue, _ type: FieldType) -> Bool {
    switch type {
    case .keyword(let ignoreAbove): text(value).map { $0.utf16.count <= ignoreAbove } ?? false
    case .wildcard, .constant, .version, .analyzed: text(value) != nil
    case .integer: ReferenceNumber.whole(value) != nil
    case .double: ReferenceNumber.floating(value) != nil
    case .boolean: boolean(value) != nil
    case .date: date(value) != nil
    case .ip: address(value) != nil
    case .geoPoint: true
    case .narrow(let kind): ReferenceNarrowNumber.isKept(value, kind)
    case .dateNanos: date(value).map { $0 >= 0 } ?? false
    case .dynamic, .object, .nested: isSearchable(value, ownType(value))
    case .flattened, .binary: false
    }
  }

  /// The type that dynamic mapping gives a value: what stands in place of an object has it too.
  private static func ownType(_ value: JSONValue) -> FieldType {
    switch value {
    case .bool: .boolean
    case .integer, .double, .number: .double
    default: .keyword
    }
  }

  /// - Parameter partsBlanks: blanks part a pattern into alternatives, of which any one will do.
  static func passes(
    _ test: ValueTest, _ value: JSONValue, _ type: FieldType, partsBlanks: Bool = false, now: Timestamp
  ) -> Bool {
    guard isSearchable(value, type) else { return false }
    if case .wildcard(let pattern) = test, partsBlanks || !isWholeText(type) {
      return ReferencePattern.alternatives(pattern).contains { part in
        if part.matchesEverything { return true }
        if case .literal(let text)? = part.parts.first, part.parts.count == 1 {
          return passes(.match(text), value, type, now: now)
        }
        guard part.parts.contains(.anyRun) || part.parts.contains(.anyCharacter) else { return false }
        return one(.wildcard(part), value, type, now: now)
      }
    }
    return one(test, value, type, now: now)
  }

  /// A pattern is held against the whole value, blanks and all.
  private static func isWholeText(_ type: FieldType) -> Bool {
    switch type {
    case .keyword, .wildcard, .version, .dynamic, .object, .nested: true
    default: false
    }
  }

  private static func one(_ test: ValueTest, _ value: JSONValue, _ type: FieldType, now: Timestamp) -> Bool {
    if case .list(let list) = test {
      switch type {
      case .dynamic, .object, .nested: return listed(list, value, ownType(value), now: now)
      default: return listed(list, value, type, now: now)
      }
    }
    switch type {
    // Versions have an order of their own, held to words of its own in the tests.
    case .keyword, .wildcard, .constant, .version: return keyword(test, text(value)!)
    case .analyzed: return analyzed(test, text(value)!)
    case .integer: return whole(test, ReferenceNumber.whole(value)!)
    case .double: return floating(test, ReferenceNumber.floating(value)!)
    case .boolean: return boolean(test, boolean(value)!)
    case .date: return date(test, date(value)!, now)
    case .ip: return address(test, address(value)!)
    case .narrow(.scaled(let factor)): return scaled(test, ReferenceNumber.floating(value)!, factor)
    case .narrow(let kind): return ReferenceNarrowNumber.passes(test, text(value)!, kind)
    // Held to words of its own in the tests; random events have no such field.
    case .dateNanos: return date(test, date(value)!, now)
    case .dynamic, .object, .nested: return dynamic(test, value, now: now)
    case .flattened, .geoPoint, .binary: return false
    }
  }

  /// By the value's own kind; numbers compare exactly.
  private static func dynamic(_ test: ValueTest, _ value: JSONValue, now: Timestamp) -> Bool {
    if case .integer(let number) = value { return whole(test, number) }
    return one(test, value, ownType(value), now: now)
  }

  /// What a scaled number is kept as compares with what the query's number would be kept as.
  private static func scaled(_ test: ValueTest, _ value: Double, _ factor: Double) -> Bool {
    func kept(_ text: String) -> Double? { ReferenceNumber.floating(.string(text)).map { $0 * factor } }
    let value = (value * factor + 0.5).rounded(.down)
    switch test {
    case .match(let wanted), .phrase(let wanted), .term(let wanted):
      return kept(wanted).map { ($0 + 0.5).rounded(.down) == value } ?? false
    case .wildcard, .termPattern, .regex, .list, .words, .sigma, .inZone: return false
    case .range(let lower, let upper):
      return within(lower, upper) { bound in kept(bound).map { value < $0 ? .below : value > $0 ? .above : .same } }
    }
  }

  /// A list is what any of its values is.
  private static func listed(_ list: ValueList, _ value: JSONValue, _ type: FieldType, now: Timestamp) -> Bool {
    list.values.contains { listed in
      switch list.kind {
      case .keyword, .text:
        if type == .text, list.kind == .text {
          let wanted = TextAnalyzer.standard.words(listed)
          let words = TextAnalyzer.standard.words(text(value)!)
          return !wanted.isEmpty && wanted.allSatisfy { one in words.contains { same($0, one) } }
        }
        if type == .text { return TextAnalyzer.standard.words(text(value)!).contains { same($0, listed) } }
        if type.holdsTimes, listed.hasPrefix("now") { return false }
        return passes(.phrase(listed), value, type, now: now)
      case .ip, .ipRange:
        switch type {
        case .ip: break
        case .keyword, .wildcard:
          // Texts, and ends of ranges that are texts.
          let text = text(value)!
          if same(text, listed) { return true }
          let ends = listed.split(separator: "-", omittingEmptySubsequences: false).map {
            Array($0.drop { $0 == " " }.prefix { $0 != " " }.utf8)
          }
          guard list.kind == .ipRange, ends.count == 2 else { return false }
          return !text.utf8.lexicographicallyPrecedes(ends[0]) && !ends[1].lexicographicallyPrecedes(text.utf8)
        case .analyzed: return TextAnalyzer.standard.words(text(value)!).contains { same($0, listed) }
        default: return false
        }
        guard let address = address(value) else { return false }
        if let network = ReferenceAddress.network(listed) { return ReferenceAddress.holds(network, address) }
        let ends = listed.split(separator: "-").compactMap { ReferenceAddress.bytes($0.filter { $0 != " " }) }
        guard ends.count == 2, listed.count(where: { $0 == "-" }) == 1 else { return false }
        return !address.lexicographicallyPrecedes(ends[0]) && !ends[1].lexicographicallyPrecedes(address)
      }
    }
  }

  // MARK: Reading

  /// Text as Elasticsearch reads it into a keyword: numbers and booleans by their JSON text.
  static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text), .number(let text): text
    case .integer(let number): String(number)
    case .double(let number): String(number)
    case .bool(let flag): flag ? "true" : "false"
    case .null, .array, .object: nil
    }
  }

  private static func boolean(_ value: JSONValue) -> Bool? {
    switch value {
    case .bool(let flag): flag
    case .string(let text): boolean(text) ?? isNoText(text)
    default: nil
    }
  }

  private static func boolean(_ text: String) -> Bool? {
    text == "true" ? true : text == "false" ? false : nil
  }

  private static func isNoText(_ value: String) -> Bool? { value.isEmpty ? false : nil }

  private static func date(_ value: JSONValue) -> Int64? {
    if case .bool = value { return nil }
    return text(value).flatMap { ReferenceDate.interval($0)?.lowerBound }
  }

  private static func address(_ value: JSONValue) -> [UInt8]? {
    if case .string(let text) = value { ReferenceAddress.bytes(text) } else { nil }
  }

  // MARK: Testing

  private static func keyword(_ test: ValueTest, _ value: String) -> Bool {
    switch test {
    case .match(let wanted), .phrase(let wanted), .term(let wanted): return same(value, wanted)
    case .wildcard(let pattern), .termPattern(let pattern): return ReferencePattern.matches(pattern, value)
    case .regex(let regex): return regex.matches(value)
    case .list, .words, .sigma, .inZone: return false
    case .range(let lower, let upper):
      return within(lower, upper) { bound in
        if same(value, bound) { return .same }
        return value.utf8.lexicographicallyPrecedes(bound.utf8) ? .below : .above
      }
    }
  }

  private static func analyzed(_ test: ValueTest, _ value: String) -> Bool {
    let words = TextAnalyzer.standard.words(value)
    switch test {
    case .match(let wanted):
      return TextAnalyzer.standard.words(wanted).contains { one in words.contains { same($0, one) } }
    case .phrase(let wanted):
      let wanted = TextAnalyzer.standard.words(wanted)
      guard !wanted.isEmpty, wanted.count <= words.count else { return false }
      return (0...(words.count - wanted.count)).contains { start in
        wanted.indices.allSatisfy { same(words[start + $0], wanted[$0]) }
      }
    case .wildcard(let pattern):
      var lowered = pattern
      lowered.ignoresCase = true
      return words.contains { ReferencePattern.matches(lowered, $0) }
    case .range, .term, .termPattern, .regex: return words.contains { keyword(test, $0) }
    case .list, .words, .sigma, .inZone: return false
    }
  }

  private static func whole(_ test: ValueTest, _ value: Int64) -> Bool {
    switch test {
    case .match(let wanted), .phrase(let wanted), .term(let wanted):
      return ReferenceNumber.compare(value, wanted) == .same
    case .wildcard, .termPattern, .regex, .list, .words, .sigma, .inZone: return false
    case .range(let lower, let upper): return within(lower, upper) { ReferenceNumber.compare(value, $0) }
    }
  }

  private static func floating(_ test: ValueTest, _ value: Double) -> Bool {
    switch test {
    case .match(let wanted), .phrase(let wanted), .term(let wanted):
      return ReferenceNumber.floating(.string(wanted)) == value
    case .wildcard, .termPattern, .regex, .list, .words, .sigma, .inZone: return false
    case .range(let lower, let upper):
      return within(lower, upper) { bound in
        ReferenceNumber.floating(.string(bound)).map { value < $0 ? .below : value > $0 ? .above : .same }
      }
    }
  }

  private static func boolean(_ test: ValueTest, _ value: Bool) -> Bool {
    switch test {
    case .match(let wanted), .phrase(let wanted), .term(let wanted): return boolean(wanted) == value
    case .wildcard, .termPattern, .regex, .list, .words, .sigma, .inZone: return false
    case .range(let lower, let upper):
      // False stands before true.
      return within(lower, upper) { bound in
        boolean(bound).map { value == $0 ? .same : value ? .above : .below }
      }
    }
  }

  private static func address(_ test: ValueTest, _ value: [UInt8]) -> Bool {
    switch test {
    case .match(let wanted), .phrase(let wanted), .term(let wanted):
      return ReferenceAddress.network(wanted).map { ReferenceAddress.holds($0, value) } ?? false
    case .wildcard, .termPattern, .regex, .list, .words, .sigma, .inZone: return false
    case .range(let lower, let upper):
      return within(lower, upper) { bound in
        ReferenceAddress.bytes(bound).map {
          value == $0 ? .same : value.lexicographicallyPrecedes($0) ? .below : .above
        }
      }
    }
  }

  private static func date(_ test: ValueTest, _ value: Int64, _ now: Timestamp) -> Bool {
    switch test {
    case .match(let wanted), .phrase(let wanted), .term(let wanted):
      return ReferenceDate.interval(wanted, now: now)?.contains(value) ?? false
    case .wildcard, .termPattern, .regex, .list, .words, .sigma, .inZone: return false
    case .range(let lower, let upper):
      if let lower {
        guard let interval = ReferenceDate.interval(lower.value, now: now) else { return false }
        guard lower.inclusive ? value >= interval.lowerBound : value > interval.upperBound else { return false }
      }
      if let upper {
        guard let interval = ReferenceDate.interval(upper.value, now: now) else { return false }
        guard upper.inclusive ? value <= interval.upperBound : value < interval.lowerBound else { return false }
      }
      return true
    }
  }

  // MARK: Comparing

  /// Where a value stands relative to a bound.
  enum Order {
    case below
    case same
    case above
  }

  /// Both bounds hold; a bound that the type cannot read (nil) does not hold.
  private static func within(
    _ lower: RangeBound?, _ upper: RangeBound?, _ compare: (String) -> Order?
  ) -> Bool {
    if let lower {
      guard let order = compare(lower.value), order == .above || lower.inclusive && order == .same else { return false }
    }
    if let upper {
      guard let order = compare(upper.value), order == .below || upper.inclusive && order == .same else { return false }
    }
    return true
  }

  /// Equal byte for byte: `String` itself takes different spellings of an accented letter as equal.
  static func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
}
