/// What Elasticsearch keeps of several values that one event has in a field, where values are counted or computed with.
///
/// Queries that ask whether some value meets a condition do not tell these apart.
public enum ValueKeeping: Sendable {
  /// In order, each once: keywords, addresses, versions.
  case once
  /// In order, equal ones as often as they stand there: numbers, booleans, times.
  case sorted
  /// As they stand in the event: texts that no keyword stands beside.
  case asWritten

  init(_ type: FieldType) {
    switch type {
    case .integer, .double, .narrow, .boolean, .date, .dateNanos: self = .sorted
    case .analyzed: self = .asWritten
    case .keyword, .wildcard, .constant, .ip, .version, .flattened, .nested, .object, .geoPoint, .binary, .dynamic:
      self = .once
    }
  }
}

extension FieldCatalog {
  /// How several values of a field, or of a multi-field, are kept.
  ///
  /// - Parameter type: of the field, which for one that the catalog does not hold is what its values gave it.
  public func keeping(of path: String, as type: FieldType) -> ValueKeeping {
    guard type.isAnalyzed else { return ValueKeeping(type) }
    // A text is read from a keyword of the same values, the field that it is of or one of its own multi-fields.
    let relatives =
      isMultiField(path)
      ? [self.type(of: resolve(path).sourcePath)] : multiFields(of: path).map { Optional($0.type) }
    return relatives.contains { if case .keyword = $0 { true } else { false } } ? .once : .asWritten
  }

  /// Whether the values at a path are to be kept as often as they stand in an event, for the field there or a multi-field of
  /// it.
  ///
  /// Of a field of no known type they are, since its values are yet to decide on one.
  public func keepsRepeats(at path: String) -> Bool {
    let field = resolve(path)
    // Points are made of numbers, of which each counts.
    if [.dynamic, .object, .geoPoint].contains(field.type) { return true }
    if keeping(of: path, as: field.type) != .once { return true }
    return multiFields(of: path).contains { keeping(of: $0.path, as: $0.type) != .once }
  }
}
