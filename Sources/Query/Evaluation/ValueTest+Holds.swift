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

extension ValueTest {
  /// True when a value of the test is a time relative to `now`, should its field hold dates.
  var namesNow: Bool {
    switch self {
    case .match(let text), .phrase(let text), .term(let text): text.hasPrefix("now")
    case .range(let lower, let upper):
      lower?.value.hasPrefix("now") == true || upper?.value.hasPrefix("now") == true
    // A list has no times relative to now.
    case .wildcard, .termPattern, .list: false
    }
  }
}

extension Scalar {
  /// The instant that a value of a date field names, if it names one.
  public var timestamp: Timestamp? { ValueMatcher.date(self) }

  /// True when a field of the type keeps the value where it can be searched for.
  public func isSearchable(as type: FieldType) -> Bool { ValueMatcher.isReadable(self, as: type) }
}

extension Predicate {
  /// True when some condition on a date names a time relative to `now`.
  public func dependsOnNow(_ catalog: FieldCatalog) -> Bool {
    switch self {
    case .all, .nothing, .exists: return false
    case .and(let parts), .or(let parts): return parts.contains { $0.dependsOnNow(catalog) }
    case .not(let part), .nested(_, let part): return part.dependsOnNow(catalog)
    case .test(let selector, let test):
      // What the test says is told sooner than what the field is.
      guard test.namesNow else { return false }
      guard case .named(let path) = selector else { return true }
      return catalog.resolve(path).type == .date
    }
  }
}
