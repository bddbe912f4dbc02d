/// What rows are sorted by: a field, upwards or downwards.
public struct SortKey: Sendable, Equatable {
  public var field: String
  public var isDescending: Bool

  public init(field: String, isDescending: Bool = false) {
    self.field = field
    self.isDescending = isDescending
  }

  /// Reads `field`, `field:asc` or `field:desc`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard let field = parts.first, !field.isEmpty, parts.count <= 2 else { return nil }
    switch parts.dropFirst().first {
    case nil, "asc": self.init(field: String(field))
    case "desc": self.init(field: String(field), isDescending: true)
    default: return nil
    }
  }

  /// Whether a row comes before another by the keys' values; nil where they are equal. Rows without a value come last,
  /// whichever way they are sorted.
  public static func precedes(_ left: [SortValue], _ right: [SortValue], _ keys: [SortKey]) -> Bool? {
    for (place, (one, other)) in zip(left, right).enumerated() where one != other {
      if one == .none || other == .none { return other == .none }
      return (one < other) != (place < keys.count && keys[place].isDescending)
    }
    return nil
  }
}

/// A value to sort by: numbers as numbers, everything else as text; numbers come before texts.
public enum SortValue: Sendable, Comparable {
  case number(Double)
  case text(String)
  case none

  public init(_ value: String?) {
    guard let value else {
      self = .none
      return
    }
    // An account's number with zeros at its front is sorted as the text that it is, and so is what no double holds.
    if value.utf8.count <= 15, let first = value.utf8.first,
      first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
      let number = Double(value), number.isFinite
    {
      self = .number(number)
    } else {
      self = .text(value.utf8.count > 1024 ? String(value.unicodeScalars.prefix(256)) : value)
    }
  }
}
