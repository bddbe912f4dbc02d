import Events

extension ESQLBinder {
  /// A field that indices map differently, converted: each value by the type that its form tells it has.
  func cast(
    _ operand: TypedExpression, _ field: String, _ union: FieldUnion, to type: DataType, name: String,
    _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    let types = union.parts.map { DataType($0.type) }
    let accepted = Self.convertible(to: type).types
    guard !type.isSpan, types.allSatisfy({ accepted.contains($0) || $0 == type }) else {
      throw Self.ambiguous(field, union, operand.range)
    }
    let function = ScalarFunction(name, several: .each) { cells throws(EvaluationFault) in
      guard let value = cells[0].single else { return .none }
      let (known, from) = Self.read(value, types)
      return .one(from == type ? known : try ESQLConversion.value(known, from: from, to: type))
    }
    return TypedExpression(.apply(function, [operand]), type, range)
  }

  /// A value as one of some types, by its form: numbers and truth values are of such a type where there is one; a text is a
  /// date, an address or a version where it can be, else a keyword.
  static func read(_ value: Value, _ types: [DataType]) -> (Value, DataType) {
    switch value {
    case .boolean:
      if types.contains(.boolean) { return (value, .boolean) }
    case .whole, .double, .unsigned:
      let isWhole = value.wholeValue != nil
      let own: DataType = isWhole ? .long : .double
      if let type = types.first(where: { $0 == own }) ?? types.first(where: \.isNumeric) {
        return ((try? ESQLConversion.value(value, from: own, to: type)) ?? value, type)
      }
      if isWhole, let type = types.first(where: \.isTime) {
        return ((try? ESQLConversion.value(value, from: .long, to: type)) ?? value, type)
      }
      return (.text(ESQLConversion.text(value, own)), .keyword)
    case .text(let text):
      for type in types
      where !type.isString && (types.contains(where: \.isString) ? !type.isNumeric && type != .boolean : true) {
        if let read = try? ESQLConversion.literal(text, as: type) { return (read, type) }
      }
      return (value, .keyword)
    default: break
    }
    return (.text(ESQLConversion.text(value, .boolean)), .keyword)
  }
}
