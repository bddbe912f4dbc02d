extension EQLFunctions {
  static let numbers: [FunctionDefinition] =
    [
      ("add", ArithmeticOperator.add), ("subtract", .subtract), ("multiply", .multiply), ("divide", .divide),
      ("modulo", .modulo),
    ].map { name, kind in
      FunctionDefinition(name, [Parameter("left", .numbers), Parameter("right", .numbers)]) {
        call throws(TypeFault) in
        try Arithmetic.function(kind, call.arguments[0], call.arguments[1], call.range)
      }
    } + [
      FunctionDefinition(
        "number", [Parameter("text", .strings), Parameter("base", .wholes, isOptional: true)]
      ) { _ throws(TypeFault) in
        (
          .dynamic,
          ScalarFunction("number", spreadsNull: false) { cells throws(EvaluationFault) in
            guard let text = cells[0].single?.textValue else { return .none }
            guard let number = number(text, base: whole(cells, 1)) else {
              throw EvaluationFault(
                "Unable to convert [\(text.prefix(80))] to number of base [\(whole(cells, 1) ?? 10)]")
            }
            return .one(number)
          }
        )
      }
    ]

  /// The number that a text says.
  private static func number(_ text: String, base: Int64?) -> Value? {
    guard text.utf8.count <= 400 else { return nil }
    var radix = Int(clamping: base ?? 10)
    var digits = Substring(text)
    if digits.hasPrefix("0x"), base == nil || base == 16 {
      digits = digits.dropFirst(2)
      radix = 16
    }
    guard (2...36).contains(radix) else { return nil }
    if let whole = Int64(digits, radix: radix) { return .whole(whole) }
    guard radix == 10 else { return nil }
    // Whole numbers have no blanks around them; what Java reads as a double may.
    while let first = digits.unicodeScalars.first, first.value <= 0x20 { digits = digits.dropFirst() }
    while let last = digits.unicodeScalars.last, last.value <= 0x20 { digits = digits.dropLast() }
    return Number(String(digits)).map { .double($0.value) }
  }
}
