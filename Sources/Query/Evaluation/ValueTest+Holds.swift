import Events

extension ValueTest {
  /// True when a text value of a field of the given type passes the test.
  public func holds(for value: String, type: FieldType, now: Timestamp) -> Bool {
    var value = value
    return value.withUTF8 { ValueMatcher(self, type: type, now: now).matches(Scalar(.string, $0)) }
  }

  /// False when no value that a field of the type can have passes the test, for example a word in a field of numbers.
  public func canHold(for type: FieldType, now: Timestamp) -> Bool {
    switch type {
    // Their values are those of the fields in them.
    case .object, .nested: return false
    default: break
    }
    if case .never = ValueMatcher(self, type: type, now: now) { return false }
    return true
  }
}

extension Scalar {
  /// The instant that a value of a date field names, if it names one.
  public var timestamp: Timestamp? { ValueMatcher.date(self) }

  /// The same of a field whose dates are written in a format; nil stands for the usual one.
  public func timestamp(_ format: DateFormat?) -> Timestamp? { ValueMatcher.date(self, format) }

  /// True when a field of the type keeps the value where it can be searched for.
  public func isSearchable(as type: FieldType) -> Bool { ValueMatcher.isReadable(self, as: type) }
}
