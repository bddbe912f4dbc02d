import Events

/// Which columns `FROM` has: what is known of fields, and which the events are known to have.
public struct ESQLCatalog: Sendable {
  public let fields: FieldCatalog
  /// Paths that events have, or that a mapping names: what `*` stands for.
  public var seen: Set<String>
  /// Types of fields that nothing else is known of, as their values give them.
  public var dynamic: [String: FieldType]
  /// Fields that are mapped differently in the indices that are read, with what Elasticsearch says of them.
  public var ambiguous: [String: String] = [:]

  public init(_ fields: FieldCatalog, seen: Set<String> = [], dynamic: [String: FieldType] = [:]) {
    self.fields = fields
    self.seen = seen
    self.dynamic = dynamic
  }

  /// The columns that `*` stands for: fields that events have, with the multi-fields that their mapping gives them.
  var shown: Set<String> {
    seen.reduce(into: seen) { shown, path in
      for field in fields.multiFields(of: path) { shown.insert(field.path) }
    }
  }

  /// The field's type; nil where no column has the name.
  func type(of name: String) -> FieldType? {
    let resolved = fields.resolve(name)
    if resolved.nestedPath != nil { return nil }
    switch resolved.type {
    case .object, .nested: return nil
    case .dynamic: return dynamic[name] ?? (seen.contains(name) ? .wildcard : nil)
    default: return resolved.isKnown || seen.contains(name) ? resolved.type : nil
    }
  }
}

extension DataType {
  /// The type that ES|QL gives a field's column; nil where the field has none.
  init?(column type: FieldType) {
    switch type {
    case .dynamic, .object, .nested, .binary: return nil
    default: self = DataType(type)
    }
  }
}
