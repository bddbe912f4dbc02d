import Events

/// The values of fields as Elasticsearch keeps them for counting and grouping (doc values): spellings of one typed value are
/// one term.
extension Scalar {
  /// Calls `body` with the term that a field of a type keeps for the value; nil where it keeps none.
  ///
  /// Keywords, texts and flattened fields keep texts, also of numbers and booleans. Numbers are whole in fields of whole
  /// numbers, and rounded to what the others keep. Dates are milliseconds since the epoch, or
  /// nanoseconds. Addresses are IPv4 in four
  /// parts, also where they were mapped into IPv6, else IPv6 in its shortest form. A field of no known type gets
  /// one with its first value: of whole numbers it then reads `"5"` as 5, of texts 5 as `"5"`. Which came first does not
  /// decide here, so that values of one text are one term.
  public func withTerm<Result>(of type: FieldType, _ body: (Scalar) throws -> Result) rethrows -> Result? {
    switch type {
    case .keyword, .wildcard, .constant, .version, .analyzed, .flattened:
      return isSearchable(as: type) ? try body(Scalar(.string, bytes)) : nil
    case .dynamic, .object, .nested:
      guard kind == .number, let number = Number(self, isInteger: false) else {
        return isSearchable(as: type) ? try body(Scalar(.string, bytes)) : nil
      }
      return try Self.with(.string, number.term, body)
    case .integer: return try Number(self, isInteger: true).map { try Self.with(.number, $0.term, body) }
    case .double: return try Number(self, isInteger: false).map { try Self.with(.number, $0.term, body) }
    case .narrow(let kind): return try kind.place(self).map { try Self.with(.number, kind.text(at: $0), body) }
    case .boolean: return try ValueMatcher.boolean(self).map { try Self.with(.boolean, $0 ? "true" : "false", body) }
    case .date(let format):
      return try ValueMatcher.date(self, format).map { try Self.with(.number, String($0.milliseconds), body) }
    case .dateNanos(let format):
      return try DateNanos.value(self, format).map { try Self.with(.number, String($0), body) }
    case .ip:
      guard kind == .string else { return nil }
      if IPAddress.plainBits(bytes) != nil { return try body(self) }
      return try IPAddress(bytes).map { try Self.with(.string, $0.text, body) }
    case .geoPoint: return try body(self)
    case .binary: return nil
    }
  }

  /// True where it is told at a glance that the term is the value's own text; false in doubt, and where there is none.
  public func isOwnTerm(of type: FieldType) -> Bool {
    switch type {
    case .keyword, .wildcard, .constant, .version, .analyzed, .flattened: isSearchable(as: type)
    case .ip: kind == .string && IPAddress.plainBits(bytes) != nil
    default: false
    }
  }

  private static func with<Result>(
    _ kind: ScalarKind, _ text: String, _ body: (Scalar) throws -> Result
  ) rethrows -> Result {
    var text = text
    return try text.withUTF8 { try body(Scalar(kind, $0)) }
  }
}

extension FieldType {
  /// The text of a query's value that finds a term of such a field; terms are their own texts but for nanoseconds, which a
  /// query would take for milliseconds, and for times in a field with a format of its own.
  public func queryText(ofTerm term: String) -> String {
    guard holdsTimes, let number = Int64(term) else { return term }
    guard case .dateNanos = self else { return dateFormat?.text(number) ?? term }
    guard number >= 0 else { return term }
    return dateFormat?.text(number / 1_000_000) ?? DateNanos.text(number)
  }
}

extension Column {
  /// The column with each value as the term that a field of a type keeps for it, for counting. A value for which the field
  /// keeps none stays as it was written, and times are written out (`2026-01-31T12:00:00.000Z`).
  public func terms(of type: FieldType) -> Column {
    mappingValues { value, keep in
      let time =
        switch type {
        case .date(let format): ValueMatcher.date(value, format)?.iso8601
        case .dateNanos(let format): DateNanos.value(value, format).map(DateNanos.text)
        default: String?.none
        }
      if var text = time { return text.withUTF8 { keep(Scalar(.string, $0)) } }
      if value.withTerm(of: type, keep) == nil { keep(value) }
    }
  }
}
