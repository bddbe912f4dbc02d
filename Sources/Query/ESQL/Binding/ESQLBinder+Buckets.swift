/// What `BUCKET` and other functions take as spans.
extension ESQLBinder {
  /// Throws where the arguments of `BUCKET` do not go together.
  ///
  /// - Parameter types: what the first one may be.
  func checkBucket(_ arguments: [TypedExpression], _ types: DataTypes, _ range: Range<Int>) throws(TypeFault) {
    let (field, buckets) = (arguments[0].type, arguments[1].type)
    guard field == .null || types.types.contains(field) else {
      throw wrongType(arguments[0], "first ", types, of: range)
    }
    guard field != .null, buckets != .null else { return }
    func need(_ place: Int, _ names: String, _ isFit: (DataType) -> Bool) throws(TypeFault) {
      let argument = arguments[place]
      guard argument.type != .null, !isFit(argument.type) else { return }
      throw TypeFault(
        "\(Self.number(place, of: arguments.count))argument of [\(text(range))] must be [\(names)], found value "
          + "[\(text(argument.range))] type [\(argument.type.rawValue)]", at: range)
    }
    func need(_ count: Int) throws(TypeFault) {
      guard arguments.count != count else { return }
      throw TypeFault(
        "function expects exactly \(count == 2 ? "two" : "four") arguments when the first one is of type "
          + "[\(field.rawValue.uppercased())] and the second of type [\(buckets.rawValue.uppercased())]", at: range)
    }
    if field.isTime {
      try need(1, "integral, date_period or time_duration") { $0.isNumeric && $0 != .double || $0.isSpan }
      try need(buckets.isSpan ? 2 : 4)
      for place in arguments.indices.dropFirst(2) {
        try need(place, "datetime or string") { $0.isString || $0.isTime }
      }
    } else {
      try need(1, "numeric") { $0.isNumeric }
      if buckets == .double || arguments.count == 2 { return try need(2) }
      try need(4)
      for place in arguments.indices.dropFirst(2) { try need(place, "numeric") { $0.isNumeric } }
    }
  }

  /// A text constant as the span that it names; as it is where it has no number or no unit. Throws where it has both and is
  /// none.
  func span(_ literal: TypedExpression, among types: DataTypes) throws(TypeFault) -> TypedExpression {
    guard let text = literal.constant?.single?.textValue else { return literal }
    if let (span, type) = ESQLTimeUnit.span(text), types.types.contains(type) {
      return TypedExpression(.constant(.one(span)), type, literal.range)
    }
    guard text.contains(where: \.isNumber), text.contains(where: \.isLetter) else { return literal }
    let unit = text.drop { !$0.isLetter }
    let count = text.prefix { !$0.isLetter }.filter { !$0.isWhitespace }
    let reason =
      Int(count) != nil && unit.allSatisfy(\.isLetter)
      ? "Unexpected temporal unit: '\(unit)'" : "Cannot parse [\(text)] to DATE_PERIOD or TIME_DURATION"
    throw TypeFault(
      "Cannot convert string [\(text)] to [DATE_PERIOD or TIME_DURATION], error [\(reason)]", at: literal.range)
  }
}
