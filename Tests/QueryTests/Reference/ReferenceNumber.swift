import JSON

/// Numbers as Elasticsearch reads them from JSON and from queries.
enum ReferenceNumber {
  /// A decimal number: a sign, digits with or without a point, an exponent; nothing before or after.
  static func isNumber(_ text: String) -> Bool {
    text.wholeMatch(of: #/[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?/#) != nil
  }

  /// A value of a whole-number field: fractions are cut off, texts that are numbers count.
  static func whole(_ value: JSONValue) -> Int64? {
    switch value {
    case .integer(let number): return number
    case .double(let number): return cut(number)
    case .number(let text): return Double(text).flatMap(cut)
    case .string(let text):
      guard isNumber(text) else { return nil }
      return Int64(text) ?? Double(text).flatMap(cut)
    default: return nil
    }
  }

  private static func cut(_ number: Double) -> Int64? {
    number.isFinite && abs(number) < 9.2e18 ? Int64(number) : nil
  }

  /// A value of a floating-point field, or of a query on one.
  static func floating(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let number): return Double(number)
    case .double(let number): return number.isFinite ? number : nil
    case .string(let text), .number(let text):
      guard isNumber(text), let number = Double(text), number.isFinite else { return nil }
      return number
    default: return nil
    }
  }

  /// Where a whole number stands relative to a number of a query, exactly; nil when the query's is no number.
  static func compare(_ value: Int64, _ text: String) -> ReferenceValue.Order? {
    guard isNumber(text) else { return nil }
    if let wanted = Int64(text) { return order(value, wanted) }
    guard let wanted = Double(text), wanted.isFinite else { return nil }
    if wanted >= 9_223_372_036_854_775_808 { return .below }
    if wanted < -9_223_372_036_854_775_808 { return .above }
    let floor = Int64(wanted.rounded(.down))
    if Double(floor) == wanted { return order(value, floor) }
    return value <= floor ? .below : .above
  }

  private static func order(_ left: Int64, _ right: Int64) -> ReferenceValue.Order {
    left < right ? .below : left > right ? .above : .same
  }
}
