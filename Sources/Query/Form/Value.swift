import Events

/// One value within an expression. Its type stands beside it: a date is a whole number of milliseconds, one with
/// nanoseconds a whole number of those.
public enum Value: Sendable {
  case boolean(Bool)
  /// integer, long, date, date_nanos.
  case whole(Int64)
  /// unsigned_long.
  case unsigned(UInt64)
  case double(Double)
  case text(String)
  case address(IPAddress)
  case version(SemanticVersion)
  /// Longitude and latitude, or x and y.
  case point(x: Double, y: Double)
  /// date_period (months and days) and time_duration (milliseconds).
  case span(months: Int64, days: Int64, milliseconds: Int64)
}

extension Value: Hashable {
  public static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.boolean(let left), .boolean(let right)): left == right
    case (.whole(let left), .whole(let right)): left == right
    case (.unsigned(let left), .unsigned(let right)): left == right
    case (.double(let left), .double(let right)): left == right
    // Byte by byte: `String` takes different spellings of an accented letter as equal.
    case (.text(let left), .text(let right)): Value.equal(left, right)
    case (.address(let left), .address(let right)): left == right
    case (.version(let left), .version(let right)): left == right
    case (.point(let x, let y), .point(let otherX, let otherY)): x == otherX && y == otherY
    case (.span(let months, let days, let rest), .span(let otherMonths, let otherDays, let otherRest)):
      (months, days, rest) == (otherMonths, otherDays, otherRest)
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .boolean(let value): hasher.combine(value)
    case .whole(let value): hasher.combine(value)
    case .unsigned(let value): hasher.combine(value)
    case .double(let value): hasher.combine(value)
    case .text(let value):
      var value = value
      value.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    case .address(let value): hasher.combine(value)
    case .version(let value): hasher.combine(value)
    case .point(let x, let y):
      hasher.combine(x)
      hasher.combine(y)
    case .span(let months, let days, let rest):
      hasher.combine(months)
      hasher.combine(days)
      hasher.combine(rest)
    }
  }

  static func equal(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
  }
}

extension Value {
  fileprivate var bytes: Int { if case .text(let text) = self { text.utf8.count } else { 0 } }
  public var textValue: String? { if case .text(let text) = self { text } else { nil } }
  public var booleanValue: Bool? { if case .boolean(let value) = self { value } else { nil } }
  public var wholeValue: Int64? { if case .whole(let value) = self { value } else { nil } }

  /// A number as a double; nil where the value is no number.
  public var doubleValue: Double? {
    switch self {
    case .whole(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// How two values of one type, or two numbers, stand to each other: negative, zero or positive; nil where they are of
  /// kinds that do not compare. Numbers compare exactly, texts by their bytes.
  public func order(_ other: Value) -> Int? {
    func order<Ordered: Comparable>(_ left: Ordered, _ right: Ordered) -> Int {
      left < right ? -1 : left == right ? 0 : 1
    }
    switch (self, other) {
    case (.boolean(let left), .boolean(let right)): return order(left ? 1 : 0, right ? 1 : 0)
    case (.whole(let left), .whole(let right)): return order(left, right)
    case (.unsigned(let left), .unsigned(let right)): return order(left, right)
    case (.whole(let left), .unsigned(let right)): return left < 0 ? -1 : order(UInt64(left), right)
    case (.unsigned(let left), .whole(let right)): return right < 0 ? 1 : order(left, UInt64(right))
    case (.text(let left), .text(let right)):
      if Value.equal(left, right) { return 0 }
      return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    case (.address(let left), .address(let right)): return order(left, right)
    case (.version(let left), .version(let right)): return order(left, right)
    case (.double, .double), (.double, .whole), (.double, .unsigned), (.whole, .double), (.unsigned, .double):
      guard let left = doubleValue, let right = other.doubleValue else { return nil }
      return order(left, right)
    default: return nil
    }
  }
}

/// What a row has in a column: nothing, one value, or several.
public enum Cell: Hashable, Sendable {
  case none
  case one(Value)
  /// At least two values, in the column's order.
  case many([Value])

  public init(_ values: [Value]) {
    switch values.count {
    case 0: self = .none
    case 1: self = .one(values[0])
    default: self = .many(values)
    }
  }

  public init(_ value: Value?) { self = value.map { .one($0) } ?? .none }

  public var values: [Value] {
    switch self {
    case .none: []
    case .one(let value): [value]
    case .many(let values): values
    }
  }

  /// About the bytes that it takes beside its place in a column.
  var bytes: Int {
    switch self {
    case .none: 0
    case .one(let value): value.bytes
    case .many(let values): values.reduce(values.count * MemoryLayout<Value>.stride) { $0 + $1.bytes }
    }
  }

  /// The value of a cell that has exactly one.
  public var single: Value? { if case .one(let value) = self { value } else { nil } }
  public var isNull: Bool { if case .none = self { true } else { false } }

  public static func text(_ text: String) -> Cell { .one(.text(text)) }
  public static func boolean(_ value: Bool) -> Cell { .one(.boolean(value)) }
  public static func whole(_ value: some BinaryInteger) -> Cell { .one(.whole(Int64(clamping: value))) }
  public static func double(_ value: Double) -> Cell { .one(.double(value)) }
}
