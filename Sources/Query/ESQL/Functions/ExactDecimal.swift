/// Decimals written as text, read digit by digit: a double would not hold all of an unsigned number.
enum ExactDecimal {
  /// The whole part of a number as `java.math.BigDecimal` reads it; nil where it is below zero or beyond 64 bits. Throws
  /// what Java says of a text that is no number.
  static func whole(_ text: String) throws(EvaluationFault) -> UInt64? {
    var rest = Substring(text).unicodeScalars
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest.removeFirst() }
    // What Java says of a wrong character depends on how long the number is.
    let isLong = rest.count > 18
    var digits: [UInt8] = []
    var point: Int?
    var exponent = 0
    var hasDigits = false
    scan: while let scalar = rest.first {
      rest.removeFirst()
      switch scalar {
      case "0"..."9":
        hasDigits = true
        digits.append(UInt8(scalar.value - 0x30))
      case ".":
        guard point == nil else { throw fault("Character array contains more than one decimal point.") }
        point = digits.count
      case "e", "E":
        exponent = try Self.exponent(String(rest))
        break scan
      default:
        throw isLong
          ? fault(missing)
          : fault(
            "Character \(scalar) is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."
          )
      }
    }
    guard hasDigits else { throw fault(text.isEmpty ? missing : "No digits found.") }
    let first = digits.firstIndex { $0 != 0 } ?? digits.count
    let length = (point ?? digits.count) - first + exponent
    if first == digits.count || length <= 0 { return 0 }
    guard !isNegative, length <= 20 else { return nil }
    var number: UInt64 = 0
    for at in first..<(first + length) {
      let (tens, isOver) = number.multipliedReportingOverflow(by: 10)
      let (sum, isMore) = tens.addingReportingOverflow(at < digits.count ? UInt64(digits[at]) : 0)
      guard !isOver, !isMore else { return nil }
      number = sum
    }
    return number
  }

  private static let missing = "Character array is missing \"exponent\" mark 'e' or 'E'."

  private static func exponent(_ text: String) throws(EvaluationFault) -> Int {
    let digits = text.drop { $0 == "+" || $0 == "-" }
    guard text.count - digits.count <= 1, !digits.isEmpty else { throw fault("No exponent digits") }
    guard digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { throw fault("Not a digit.") }
    guard digits.drop(while: { $0 == "0" }).count <= 10 else { throw fault("Too many nonzero exponent digits.") }
    guard let number = Int32(text) else { throw fault("Exponent overflow.") }
    return Int(number)
  }

  private static func fault(_ message: String) -> EvaluationFault {
    EvaluationFault("java.lang.NumberFormatException", message)
  }
}
