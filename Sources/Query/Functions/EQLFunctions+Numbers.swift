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

  /// The number that a text says, blanks around it left out.
  private static func number(_ text: String, base: Int64?) -> Value? {
    var text = Substring(text)
    while let first = text.unicodeScalars.first, first.value <= 0x20 { text = text.dropFirst() }
    while let last = text.unicodeScalars.last, last.value <= 0x20 { text = text.dropLast() }
    guard text.utf8.count <= 400 else { return nil }
    var radix = Int(clamping: base ?? 10)
    var digits = text
    var sign = ""
    if digits.hasPrefix("-") || digits.hasPrefix("+") {
      sign = digits.hasPrefix("-") ? "-" : ""
      digits = digits.dropFirst()
    }
    if digits.hasPrefix("0x"), base == nil || base == 16 {
      digits = digits.dropFirst(2)
      radix = 16
    }
    guard (2...36).contains(radix), !digits.isEmpty else { return nil }
    if digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
      let whole = Int64(sign + digits, radix: radix)
    {
      return .whole(whole)
    }
    guard radix == 10, let number = Number(String(text)) else { return nil }
    return .double(number.value)
  }
}
