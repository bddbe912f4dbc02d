import Events

/// Values of a column to which subqueries give different types: each tells of which it is.
///
/// No function takes such a column but those that convert it, each value from the type that its own subquery gave it, as
/// Elasticsearch has it, which moves the conversion into the subqueries.
enum ESQLMixture {
  /// The types of columns that stand together as a mixture; empty where their values do not tell them apart.
  static func types(of columns: [ESQLSchema.Column]) -> [DataType] {
    var types: [DataType] = []
    for column in columns {
      if column.isSource { return [] }
      let own = column.union.map(types(of:)) ?? (column.conflict == nil ? [column.type] : column.mixed)
      guard !own.isEmpty, own.allSatisfy(isTold) else { return [] }
      for type in own where !types.contains(type) { types.append(type) }
    }
    return types
  }

  private static func isTold(_ type: DataType) -> Bool {
    switch type {
    case .boolean, .integer, .long, .unsignedLong, .double, .keyword, .text, .ip, .version, .date, .dateNanos: true
    default: false
    }
  }

  /// The types that indices give a field.
  private static func types(of union: FieldUnion) -> [DataType] { union.parts.map { DataType($0.type) } }

  /// A column as a mixture holds it; nil where it holds it as it is.
  ///
  /// Times stand apart from whole numbers, by a form that no column has. Of a field that indices map differently each value has the
  /// type that its form tells.
  static func values(of place: Int, _ column: ESQLSchema.Column) -> TypedExpression? {
    let type = column.type
    let types = column.union.map(types(of:))
    guard types != nil || type.isTime else { return nil }
    let function = ScalarFunction("MIXED", several: .each) { cells throws(EvaluationFault) in
      guard let value = cells[0].single else { return .none }
      let (known, own) = types.map { ESQLBinder.read(value, $0) } ?? (value, type)
      guard own.isTime else { return .one(known) }
      guard let time = known.wholeValue else { return .none }
      return .one(.span(months: 0, days: own == .dateNanos ? 1 : 0, milliseconds: time))
    }
    return TypedExpression(.apply(function, [TypedExpression(.column(place), type, 0..<0)]), .unsupported, 0..<0)
  }

  /// A value of a mixture, and its type; an integer is as good as a long, and a text as a keyword, to what converts.
  static func read(_ value: Value) -> (Value, DataType)? {
    switch value {
    case .boolean: (value, .boolean)
    case .whole: (value, .long)
    case .unsigned: (value, .unsignedLong)
    case .double: (value, .double)
    case .text: (value, .keyword)
    case .address: (value, .ip)
    case .version: (value, .version)
    case .span(_, let isNanos, let time): (.whole(time), isNanos == 1 ? .dateNanos : .date)
    case .point: nil
    }
  }
}

extension ESQLBinder {
  /// A column to which subqueries give different types, converted.
  func castMixed(
    _ operand: TypedExpression, at place: Int, to type: DataType, name: String, _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    let accepted = Self.convertible(to: type).types
    guard !type.isSpan, schema.columns[place].mixed.allSatisfy({ accepted.contains($0) || $0 == type }) else {
      try checkConflict(place, operand.range)
      return operand
    }
    let function = ScalarFunction(name, several: .each) { cells throws(EvaluationFault) in
      guard let value = cells[0].single, let (known, from) = ESQLMixture.read(value) else { return .none }
      return .one(from == type ? known : try ESQLConversion.value(known, from: from, to: type))
    }
    return TypedExpression(.apply(function, [operand]), type, range)
  }
}
