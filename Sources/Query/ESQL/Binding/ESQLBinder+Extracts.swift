import Events

extension ESQLTerm {
  /// What `FIELD_EXTRACT(root, "key")` reads: a field, and the leaf of it that stands under the key, dots and all; nil for other
  /// functions and arguments.
  static func extracted(_ function: String, _ arguments: [ESQLTerm]) -> (root: String, leaf: String)? {
    guard arguments.count == 2, function.uppercased() == "FIELD_EXTRACT", case .column(let root) = arguments[0].form,
      case .literal(.one(.text(let key)), _) = arguments[1].form
    else { return nil }
    return (root, root + "." + key)
  }
}

extension ESQLBinder {
  /// `FIELD_EXTRACT(root, "key")`: the values of one leaf of a flattened field, as keywords.
  mutating func fieldExtract(_ terms: [ESQLTerm], _ range: Range<Int>) throws(TypeFault) -> TypedExpression {
    try count(terms, 2...2, "FIELD_EXTRACT", range)
    let nothing = TypedExpression(.constant(.none), .keyword, range)
    let path = try bind(terms[1])
    guard path.type.isString || path.type == .null else { throw wrongType(path, "second ", .strings, of: range) }
    let key = constant(path).constant
    if key?.isNull ?? false { return nothing }
    if let key = key?.single?.textValue {
      guard !key.isEmpty else { throw TypeFault("field_extract path must not be empty", at: terms[1].range) }
      guard !key.contains("["), !key.contains("]") else {
        throw TypeFault(
          "field_extract path must be a literal flattened sub-field name. Brackets and array indices are not supported",
          at: terms[1].range)
      }
    }
    guard let (root, leaf) = ESQLTerm.extracted("FIELD_EXTRACT", terms) else {
      let field = try bind(terms[0])
      if field.type == .null { return nothing }
      throw unsupportedExtract("of anything but a field and a key that is written out", range)
    }
    if let place = schema.place(of: root), !schema.columns[place].isField {
      if schema.columns[place].type == .null { return nothing }
      throw unsupportedExtract("of [\(root)], which is no field as FROM has it,", range)
    }
    let field = catalog.fields.resolve(root)
    if field.type == .object || field.type == .nested { throw TypeFault(unknown(root), at: terms[0].range) }
    if field.isKnown, field.type != .flattened {
      throw TypeFault(
        "first argument of [\(text(range))] must be [flattened], found value [\(root)] type "
          + "[\(DataType(column: field.type)?.rawValue ?? "unsupported")]", at: range)
    }
    guard let place = schema.place(of: leaf) else {
      if lastsUntil == "STATS" { throw TypeFault(unknown(root), at: terms[0].range) }
      // What events have has been read, and lost since.
      if catalog.type(of: leaf) != nil || catalog.union(of: leaf) != nil {
        throw unsupportedExtract("behind commands that leave [\(leaf)] out", range)
      }
      // No event has the key.
      if field.type == .flattened || unmapped == .null { return nothing }
      throw missing(root, terms[0].range)
    }
    let column = schema.columns[place]
    if column.type == .null { return nothing }
    guard column.isField else { throw unsupportedExtract("behind commands that make another [\(leaf)]", range) }
    if let union = column.union, collected?.isInsideAggregate ?? true {
      let value = TypedExpression(.column(place), .unsupported, range)
      return try cast(value, leaf, union, to: .keyword, name: "FIELD_EXTRACT", range)
    }
    let value = try self.column(leaf, range)
    return value.type.isString
      ? TypedExpression(value.node, .keyword, range) : try cast(value, to: .keyword, name: "FIELD_EXTRACT", range)
  }

  private func unsupportedExtract(_ what: String, _ range: Range<Int>) -> TypeFault {
    var fault = TypeFault("FIELD_EXTRACT \(what) is not supported", at: range)
    fault.isUnsupported = true
    return fault
  }
}
