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
      if column.union != nil || column.isSource { return [] }
      let own = column.conflict == nil ? [column.type] : column.mixed
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

  /// A column of times as a mixture holds them: apart from whole numbers, by a form that no column has.
  static func times(of place: Int, _ type: DataType) -> TypedExpression {
    let isNanos: Int64 = type == .dateNanos ? 1 : 0
    let function = ScalarFunction("MIXED", several: .each) { cells throws(EvaluationFault) in
      guard let time = cells[0].single?.wholeValue else { return .none }
      return .one(.span(months: 0, days: isNanos, milliseconds: time))
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
