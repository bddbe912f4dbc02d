import Foundation

/// The functions of EQL and its arithmetic, on single values; nil is null. Indexes count UTF-16 units.
enum ReferenceEQLFunctions {
  typealias Value = ReferenceEQLValue
  private typealias Units = [UInt16]

  static func call(_ name: String, _ arguments: [Value?], tilde: Bool) throws -> Value? {
    func text(_ at: Int) throws -> String? {
      guard at < arguments.count, let value = arguments[at] else { return nil }
      guard case .text(let text) = value else { throw Value.Failure() }
      return text
    }
    func units(_ at: Int) throws -> [UInt16]? {
      try text(at).map { Units((tilde ? ReferenceEQLText.lowered($0) : $0).utf16) }
    }
    func whole(_ at: Int) throws -> Int? {
      guard at < arguments.count, let value = arguments[at] else { return nil }
      guard case .whole(let number) = value else { throw Value.Failure() }
      return Int(number)
    }
    switch name {
    case "add": return try arithmetic("+", arguments[0], arguments[1])
    case "subtract": return try arithmetic("-", arguments[0], arguments[1])
    case "multiply": return try arithmetic("*", arguments[0], arguments[1])
    case "divide": return try arithmetic("/", arguments[0], arguments[1])
    case "modulo": return try arithmetic("%", arguments[0], arguments[1])
    case "string": return arguments[0].map { .text($0.written) }
    case "concat":
      return arguments.contains(nil) ? nil : .text(arguments.map { $0?.written ?? "" }.joined())
    case "length": return try text(0).map { .whole(Int64($0.utf16.count)) }
    case "startsWith":
      guard let all = try units(0), let part = try units(1) else { return nil }
      return .boolean(Units(all.prefix(part.count)) == part)
    case "endsWith":
      guard let all = try units(0), let part = try units(1) else { return nil }
      return .boolean(Units(all.suffix(part.count)) == part)
    case "stringContains":
      guard let all = try units(0), let part = try units(1) else { return nil }
      return .boolean(!all.isEmpty && !part.isEmpty && place(part, all, from: 0) != nil)
    case "indexOf":
      guard let all = try units(0), let part = try units(1) else { return nil }
      let start = min(max(try whole(2) ?? 0, 0), all.count)
      return place(part, all, from: start).map { .whole(Int64($0)) }
    case "substring":
      guard let text = try text(0) else { return nil }
      // Without a start nothing is cut off.
      guard let start = try whole(1) else { return .text(text) }
      return .text(slice(Units(text.utf16), start, try whole(2)))
    case "between":
      guard let text = try text(0), let all = try units(0), let left = try units(1), let right = try units(2) else {
        return nil
      }
      if arguments.count > 3, arguments[3] == nil { return nil }
      return .text(
        between(Units(text.utf16), all, left, right, isGreedy: arguments.count > 3 && arguments[3] == .boolean(true)))
    case "cidrMatch":
      guard case .address(let bytes, _)? = arguments[0] else { return nil }
      return .boolean(
        try arguments.indices.dropFirst().contains { at in
          try text(at).flatMap(ReferenceAddress.network).map { ReferenceAddress.holds($0, bytes) } ?? false
        })
    case "number":
      guard let text = try text(0) else { return nil }
      return try number(text, try whole(1))
    default: throw Value.Failure()
    }
  }

  private static func place(_ part: [UInt16], _ all: [UInt16], from start: Int) -> Int? {
    (start...max(start, all.count)).first { $0 <= all.count && Units(all[$0...].prefix(part.count)) == part }
  }

  /// Ends that are negative count from the end of the text.
  private static func slice(_ all: [UInt16], _ start: Int, _ end: Int?) -> String {
    var (from, to) = (start, end ?? all.count)
    if from < 0 { from = max(0, from + all.count) }
    if to < 0 { to = max(0, to + all.count) }
    to = min(to, all.count)
    return from < to ? String(decoding: all[from..<to], as: UTF16.self) : ""
  }

  private static func between(
    _ text: [UInt16], _ all: [UInt16], _ left: [UInt16], _ right: [UInt16], isGreedy: Bool
  ) -> String {
    if text.isEmpty || left.isEmpty || right.isEmpty { return String(decoding: text, as: UTF16.self) }
    guard let found = place(left, all, from: 0) else { return "" }
    let start = found + left.count
    let ends = (start...max(start, all.count)).filter {
      $0 <= all.count && Units(all[$0...].prefix(right.count)) == right
    }
    guard let end = isGreedy ? ends.last : ends.first else { return "" }
    return String(decoding: text[start..<end], as: UTF16.self)
  }

  private static func number(_ text: String, _ base: Int?) throws -> Value {
    let isHexadecimal = text.hasPrefix("0x") && (base == nil || base == 16)
    let digits = isHexadecimal ? String(text.dropFirst(2)) : text
    if let whole = Int64(digits, radix: isHexadecimal ? 16 : base ?? 10) { return .whole(whole) }
    // Only decimal numbers have a point or blanks around them.
    let trimmed = digits.trimmingCharacters(in: .whitespaces)
    if !isHexadecimal, base ?? 10 == 10, ReferenceNumber.isNumber(trimmed), let number = Double(trimmed) {
      return .decimal(number)
    }
    throw Value.Failure()
  }

  /// Whole numbers stay whole; what no number can be fails.
  static func arithmetic(_ sign: String, _ left: Value?, _ right: Value?) throws -> Value? {
    guard let left, let right else { return nil }
    if case .whole(let one) = left, case .whole(let other) = right {
      let result: (partialValue: Int64, overflow: Bool)
      switch sign {
      case "+": result = one.addingReportingOverflow(other)
      case "-": result = one.subtractingReportingOverflow(other)
      case "*": result = one.multipliedReportingOverflow(by: other)
      default:
        if other == 0 { throw Value.Failure() }
        return .whole(sign == "/" ? one / other : one % other)
      }
      if result.overflow { throw Value.Failure() }
      return .whole(result.partialValue)
    }
    guard let one = left.number, let other = right.number else { throw Value.Failure() }
    let result =
      switch sign {
      case "+": one + other
      case "-": one - other
      case "*": one * other
      case "/": one / other
      default: one.truncatingRemainder(dividingBy: other)
      }
    if result.isNaN { throw Value.Failure() }
    return .decimal(result)
  }
}
