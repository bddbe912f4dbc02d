import Events

/// Values turned into values of other types.
enum ESQLConversion {
  /// A text constant as a value of another type. Throws where it is none.
  static func literal(_ text: String, as type: DataType) throws(EvaluationFault) -> Value {
    try value(.text(text), from: .keyword, to: type)
  }

  /// What zeros before a part of an address of version 4 mean.
  enum LeadingZeros: String, Sendable {
    /// None.
    case decimal
    /// The part is written in the base of eight.
    case octal

    /// The address without them; nil where the text is none.
    func plain(_ text: String) -> String? {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 4 else { return nil }
      var numbers: [String] = []
      for part in parts {
        let base = self == .octal && part.count > 1 && part.first == "0" ? 8 : 10
        guard part.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = UInt8(part, radix: base) else { return nil }
        numbers.append(String(number))
      }
      return numbers.joined(separator: ".")
    }
  }

  private static let badDate =
    "failed to parse date field [%] with format [strict_date_optional_time]"

  /// A value as one of another type. Throws where it cannot be.
  static func value(_ value: Value, from: DataType, to: DataType) throws(EvaluationFault) -> Value {
    if from == to { return value }
    switch to {
    case .keyword, .text: return .text(text(value, from))
    case .boolean:
      switch value {
      case .text(let text): return .boolean(text.lowercased() == "true")
      default: return .boolean((value.doubleValue ?? 0) != 0)
      }
    case .integer:
      return .whole(try whole(value, from, fits: -2_147_483_648...2_147_483_647, "integer"))
    case .long: return .whole(try whole(value, from, "long"))
    case .unsignedLong:
      switch value {
      case .unsigned: return value
      case .whole(let number):
        guard number >= 0 else { throw outOfRange("\(number)", "unsigned_long") }
        return .unsigned(UInt64(number))
      case .boolean(let flag): return .unsigned(flag ? 1 : 0)
      default:
        if case .text(let text) = value {
          guard let number = try ExactDecimal.whole(text) else { throw outOfRange(text, "unsigned_long") }
          return .unsigned(number)
        }
        // Decimals are cut off, where other whole numbers are rounded.
        guard let number = value.doubleValue, number >= 0, let exact = UInt64(exactly: number.rounded(.towardZero))
        else { throw outOfRange(shown(value, from), "unsigned_long") }
        return .unsigned(exact)
      }
    case .double:
      guard let number = try double(value) else { throw EvaluationFault("Cannot convert to double") }
      return .double(number)
    case .date:
      switch value {
      case .text(let text):
        guard let time = ESQLDates.milliseconds(text) else {
          throw EvaluationFault(badDate.replacing("%", with: text))
        }
        return .whole(time)
      case .whole(let number) where from == .dateNanos:
        return .whole(ESQLInstant(.whole(number), from).milliseconds)
      default: return .whole(try whole(value, from, "long"))
      }
    case .dateNanos:
      switch value {
      case .text(let text):
        guard let time = try ESQLDates.nanoseconds(text) else {
          throw EvaluationFault(badDate.replacing("%", with: text))
        }
        return .whole(time)
      case .whole(let number) where from == .date:
        let (scaled, isOver) = number.multipliedReportingOverflow(by: 1_000_000)
        guard !isOver, number >= 0 else {
          throw EvaluationFault(
            "milliSeconds [\(number)] are \(ESQLDates.beyondNanoseconds(number)) and cannot be converted to nanoseconds"
          )
        }
        return .whole(scaled)
      default:
        let nanos = try whole(value, from, "long")
        guard nanos >= 0 else {
          throw EvaluationFault("Nanosecond dates before 1970-01-01T00:00:00.000Z are not supported.")
        }
        return .whole(nanos)
      }
    case .ip:
      guard case .text(let text) = value, let address = IPAddress(text) else {
        throw EvaluationFault("'\(shown(value, from))' is not an IP string literal.")
      }
      return .address(address)
    case .version: return .version(SemanticVersion(text(value, from)))
    case .geoPoint, .cartesianPoint:
      guard case .text(let text) = value, let point = Self.point(text) else {
        throw EvaluationFault("Failed to parse WKT: [\(shown(value, from))]")
      }
      return .point(x: point.x, y: point.y)
    case .datePeriod, .timeDuration:
      guard case .text(let text) = value, let (span, type) = ESQLTimeUnit.span(text), type == to else {
        throw EvaluationFault("Cannot convert string [\(shown(value, from))] to [\(to.rawValue.uppercased())]")
      }
      return span
    default: throw EvaluationFault("cannot convert to [\(to.rawValue)]")
    }
  }

  private static func outOfRange(_ text: String, _ type: String) -> EvaluationFault {
    EvaluationFault(
      "org.elasticsearch.xpack.esql.core.InvalidArgumentException", "[\(text)] out of [\(type)] range")
  }

  /// A value as a whole number of a type that holds numbers between two; doubles are rounded.
  private static func whole(
    _ value: Value, _ from: DataType, fits bounds: ClosedRange<Int64> = Int64.min...Int64.max, _ type: String
  ) throws(EvaluationFault) -> Int64 {
    let number: Double
    switch value {
    case .whole(let number):
      guard bounds.contains(number) else { throw outOfRange(shown(value, from), type) }
      return number
    case .boolean(let flag): return flag ? 1 : 0
    case .unsigned(let number):
      guard let exact = Int64(exactly: number), bounds.contains(exact) else { throw outOfRange("\(number)", type) }
      return exact
    case .text(let text):
      // What reads as no number of the type is a decimal, or none at all.
      if let number = Int64(text), bounds.contains(number) { return number }
      guard let decimal = JavaNumber.double(text), let whole = rounded(decimal, within: bounds) else {
        throw unreadable(text)
      }
      return whole
    case .double(let double): number = double
    default: throw EvaluationFault("no number")
    }
    guard let whole = rounded(number, within: bounds) else { throw outOfRange(JavaNumber.text(number), type) }
    return whole
  }

  /// A double rounded, where it lies between the bounds before it is; what the highest of 64 bits is as a double, is beyond them.
  private static func rounded(_ number: Double, within bounds: ClosedRange<Int64>) -> Int64? {
    guard number >= Double(bounds.lowerBound), number <= Double(bounds.upperBound) else { return nil }
    return JavaNumber.rounded(number)
  }

  private static func unreadable(_ text: String) -> EvaluationFault {
    EvaluationFault("org.elasticsearch.xpack.esql.core.InvalidArgumentException", "Cannot parse number [\(text)]")
  }

  private static func double(_ value: Value) throws(EvaluationFault) -> Double? {
    switch value {
    case .boolean(let flag): return flag ? 1 : 0
    case .text(let text):
      guard let number = JavaNumber.double(text) else { throw unreadable(text) }
      let kind = "org.elasticsearch.xpack.esql.core.InvalidArgumentException"
      guard !number.isInfinite else { throw EvaluationFault(kind, "Number [\(text)] is too large") }
      guard !number.isNaN else { throw EvaluationFault(kind, "[\(text)] cannot be parsed as a number (NaN)") }
      return number
    default: return value.doubleValue
    }
  }

  /// What a message shows of a value.
  static func shown(_ value: Value, _ type: DataType) -> String { text(value, type) }

  /// A value as text.
  static func text(_ value: Value, _ type: DataType) -> String {
    switch value {
    case .text(let text): text
    case .boolean(let flag): flag ? "true" : "false"
    case .whole(let number):
      type == .date
        ? ESQLDates.text(number) : type == .dateNanos ? ESQLDates.text(nanoseconds: number) : String(number)
    case .unsigned(let number): String(number)
    case .double(let number): JavaNumber.text(number)
    case .address(let address): address.text
    case .version(let version): version.text
    case .point(let x, let y): "POINT (\(JavaNumber.text(x)) \(JavaNumber.text(y)))"
    case .span(let months, let days, let milliseconds):
      milliseconds != 0 ? "PT\(Double(milliseconds) / 1000)S" : "P\(months)M\(days)D"
    }
  }

  /// Reads `POINT(lon lat)`; nil for anything else.
  static func point(_ text: String) -> (x: Double, y: Double)? {
    let trimmed = text.trimmedOfBlanks
    guard trimmed.count > 5, trimmed.prefix(5).uppercased() == "POINT" else { return nil }
    let rest = String(trimmed.dropFirst(5)).trimmedOfBlanks
    guard rest.hasPrefix("("), rest.hasSuffix(")") else { return nil }
    let parts = rest.dropFirst().dropLast().split(whereSeparator: \.isWhitespace)
    guard parts.count == 2, let x = JavaNumber.double(String(parts[0])), let y = JavaNumber.double(String(parts[1])),
      x.isFinite, y.isFinite
    else { return nil }
    return (x, y)
  }
}

extension JavaNumber {
  /// Reads a double as `Double.parseDouble` does; nil where the text is none.
  static func double(_ text: String) -> Double? {
    var trimmed = text.trimmedOfBlanks
    if let last = trimmed.last, "dDfF".contains(last), let before = trimmed.dropLast().last,
      before.isNumber || before == "."
    {
      trimmed.removeLast()
    }
    switch trimmed {
    case "NaN", "+NaN", "-NaN": return .nan
    case "Infinity", "+Infinity": return .infinity
    case "-Infinity": return -.infinity
    default: break
    }
    let isPlain = trimmed.utf8.allSatisfy { 0x30...0x39 ~= $0 || "+-.eE".utf8.contains($0) }
    guard isPlain, trimmed.contains(where: \.isNumber) else { return nil }
    return Double(trimmed) ?? Double(trimmed.replacing("+.", with: "0.").replacing("-.", with: "-0."))
      ?? (trimmed.hasPrefix(".") ? Double("0" + trimmed) : nil)
      ?? (trimmed.hasSuffix(".") ? Double(trimmed + "0") : nil)
  }

  /// A double rounded to a whole number, halves away from zero; nil where it does not fit.
  static func rounded(_ number: Double) -> Int64? {
    guard number.isFinite else { return nil }
    // As Java's `Math.round`: a half goes up.
    let rounded = abs(number) >= 4_503_599_627_370_496 ? number : (number + 0.5).rounded(.down)
    return Int64(exactly: rounded)
  }
}
