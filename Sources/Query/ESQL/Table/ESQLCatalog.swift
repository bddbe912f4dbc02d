import Events

/// Which columns `FROM` has: what is known of fields, and which the events are known to have.
public struct ESQLCatalog: Sendable {
  public private(set) var fields: FieldCatalog
  /// Paths that events have, or that a mapping names: what `*` stands for.
  public var seen: Set<String>
  /// Types of fields that nothing else is known of, as their values give them.
  public var dynamic: [String: FieldType]
  /// Fields whose values have given them different types in the data streams that are read.
  public var ambiguous: [String: FieldUnion] = [:]

  /// The catalog where fields that nothing is known of, and whose values are texts, are the addresses and times that a query
  /// takes them for.
  public func fitting(_ query: ESQLQuery, _ tables: [String: ESQLTable]) -> ESQLCatalog {
    let texts = dynamic.keys.filter { name in
      if case .keyword? = dynamic[name] { ambiguous[name] == nil } else { false }
    }
    guard !texts.isEmpty else { return self }
    var open = self
    for name in texts {
      open.dynamic[name] = nil
      open.seen.remove(name)
    }
    let guess = ESQLTypeGuess(query, open, tables)
    var fitted = self
    for name in texts {
      switch guess.types[name] {
      case let type? where type == .ip || type.holdsTimes: fitted.dynamic[name] = type
      default: break
      }
    }
    return fitted
  }

  /// What a field is that the indices which are read map differently; nil where they agree.
  func union(of name: String) -> FieldUnion? {
    let resolved = fields.resolve(name)
    if let union = fields.unions[resolved.sourcePath], resolved.sourcePath == name || fields.unions[name] != nil {
      return (fields.unions[name] ?? union).unlessTimes
    }
    return ambiguous[name]?.unlessTimes
  }

  /// What is known of the fields of some data streams alone: a field is of one type there though others give it another, and what a
  /// mapping gives other indices does not count.
  func narrowed(to index: IndexPattern) -> ESQLCatalog {
    var narrowed = self
    narrowed.fields = fields.narrowed(to: index)
    for (path, union) in ambiguous {
      let parts = union.parts.compactMap { part -> FieldUnion.Part? in
        var part = part
        // Of streams beyond those that are told apart it is not known which they are.
        part.indices.removeAll { !index.matches($0) && $0 != FieldUnion.otherIndices }
        return part.indices.isEmpty ? nil : part
      }
      narrowed.ambiguous[path] = FieldUnion(parts)
      if parts.count == 1 { narrowed.dynamic[path] = parts[0].type }
    }
    return narrowed
  }

  public init(_ fields: FieldCatalog, seen: Set<String> = [], dynamic: [String: FieldType] = [:]) {
    self.fields = fields
    self.seen = seen
    self.dynamic = dynamic
  }

  /// The columns that `*` stands for: fields that events have, with the multi-fields that their mapping gives them. A point is one
  /// column, and the objects of nested fields, and what is kept without an index, have none.
  var shown: Set<String> {
    seen.reduce(into: Set(fields.constants.keys)) { shown, path in
      let path = point(of: path) ?? path
      guard fields.resolve(path).nestedPath == nil, fields.type(of: path) != .nested, !isInUnindexed(path) else {
        return
      }
      shown.insert(path)
      for field in fields.multiFields(of: path) { shown.insert(field.path) }
      // What alerts have under an earlier name too is a column by that name, as every alias is.
      for name in AlertAliases.names(of: path) where fields.type(of: name) != nil { shown.insert(name) }
    }
  }

  /// True for what stands in a value that is not indexed as a whole, as the bounds of a range.
  private func isInUnindexed(_ path: String) -> Bool {
    var path = path[...]
    while let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) {
      path = path[..<dot]
      if fields.type(of: String(path)) == .binary { return true }
    }
    return false
  }

  /// The point that a path is a part of; a point's parts are no fields.
  private func point(of path: String) -> String? {
    guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let parent = String(path[..<dot])
    return fields.type(of: parent) == .geoPoint ? parent : nil
  }

  /// The field of an event's own text, which is kept and not indexed.
  static let original = "event.original"

  /// The field's type; nil where no column has the name.
  func type(of name: String) -> FieldType? {
    let resolved = fields.resolve(name)
    if resolved.nestedPath != nil || point(of: name) != nil || isInUnindexed(name) { return nil }
    switch resolved.type {
    case .object, .nested: return nil
    // It is a keyword, which Elasticsearch reads from the document.
    case .binary where resolved.sourcePath == Self.original: return .wildcard
    // Times of both precisions.
    case .date(let format) where fields.unions[name] != nil: return .dateNanos(format)
    case .dynamic:
      if fields.unions[name] != nil { return .dynamic }
      return dynamic[name] ?? (seen.contains(name) ? .wildcard : nil)
    default: return resolved.isKnown || seen.contains(name) ? resolved.type : nil
    }
  }
}

extension FieldUnion {
  /// Nil for times of both kinds, which are nanoseconds without being told.
  fileprivate var unlessTimes: FieldUnion? { parts.allSatisfy { $0.type.holdsTimes } ? nil : self }
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
