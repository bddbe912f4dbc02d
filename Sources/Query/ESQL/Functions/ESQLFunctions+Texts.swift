import Foundation

extension ESQLFunctions {
  /// The longest text that a function makes to which Elasticsearch sets a bound, in bytes of UTF-8.
  static let longestText = 1 << 20

  static let texts: [FunctionDefinition] = [
    simple("LENGTH", [text("string")], .integer) { .whole($0[0].string.unicodeScalars.count) },
    simple("BYTE_LENGTH", [text("string")], .integer) { .whole($0[0].string.utf8.count) },
    simple("BIT_LENGTH", [text("string")], .integer) { .whole($0[0].string.utf8.count * 8) },
    simple("CONCAT", [text("string1"), text("string2")], .keyword, repeatsLast: true) {
      (values) throws(EvaluationFault) in
      let size = values.reduce(0) { $0 + $1.string.utf8.count }
      guard size <= longestText else { throw tooLong("concatenating", size) }
      return .text(values.map(\.string).joined())
    },
    simple("SUBSTRING", [text("string"), whole("start"), whole("length", isOptional: true)], .keyword) {
      (values) throws(EvaluationFault) in
      let scalars = Array(values[0].string.unicodeScalars)
      if values.count > 2, values[2].integer < 0 {
        throw EvaluationFault("Length parameter cannot be negative, found [\(values[2].integer)]")
      }
      let start = values[1].integer
      let first = start > 0 ? start - 1 : start < 0 ? max(0, scalars.count + start) : 0
      guard first < scalars.count else { return .text("") }
      let length = values.count > 2 ? values[2].integer : scalars.count
      return .text(String(scalars: scalars[first..<min(scalars.count, first + min(length, scalars.count))]))
    },
    simple("LEFT", [text("string"), whole("length")], .keyword) { values in
      .text(String(scalars: values[0].string.unicodeScalars.prefix(max(0, values[1].integer))))
    },
    simple("RIGHT", [text("string"), whole("length")], .keyword) { values in
      .text(String(scalars: values[0].string.unicodeScalars.suffix(max(0, values[1].integer))))
    },
    simple("STARTS_WITH", [text("str"), text("prefix")], .boolean) { values in
      .boolean(values[0].string.utf8.starts(with: values[1].string.utf8))
    },
    simple("ENDS_WITH", [text("str"), text("suffix")], .boolean) { values in
      .boolean(values[0].string.utf8.reversed().starts(with: values[1].string.utf8.reversed()))
    },
    simple("CONTAINS", [text("string"), text("substring")], .boolean) { values in
      .boolean(position(of: Array(values[1].string.utf8), in: Array(values[0].string.utf8), from: 0) != nil)
    },
    simple("LOCATE", [text("string"), text("substring"), whole("start", isOptional: true)], .integer) { values in
      let scalars = Array(values[0].string.unicodeScalars)
      let wanted = Array(values[1].string.unicodeScalars)
      let start = values.count > 2 ? max(0, values[2].integer - 1) : 0
      guard !wanted.isEmpty else { return .whole(start < scalars.count || start == 0 ? start + 1 : 0) }
      return .whole(position(of: wanted, in: scalars, from: start).map { $0 + 1 } ?? 0)
    },
    simple("SPLIT", [text("string"), text("delim")], .keyword) { (values) throws(EvaluationFault) in
      let delimiter = Array(values[1].string.utf8)
      let bytes = Array(values[0].string.utf8)
      guard !delimiter.isEmpty else { return .text(values[0].string) }
      var parts: [Value] = []
      var start = 0
      while let next = position(of: delimiter, in: bytes, from: start) {
        parts.append(.text(String(decoding: bytes[start..<next], as: UTF8.self)))
        start = next + delimiter.count
        try checkSize(0, values: parts.count + 1, "splitting into")
      }
      parts.append(.text(String(decoding: bytes[start...], as: UTF8.self)))
      return Cell(parts)
    },
    simple("TRIM", [text("string")], .keyword) { .text(trimmed($0[0].string, start: true, end: true)) },
    simple("LTRIM", [text("string")], .keyword) { .text(trimmed($0[0].string, start: true, end: false)) },
    simple("RTRIM", [text("string")], .keyword) { .text(trimmed($0[0].string, start: false, end: true)) },
    each("TO_LOWER") { $0.lowercased() },
    each("TO_UPPER") { $0.uppercased() },
    FunctionDefinition("TO_ASCII", [text("string")]) { _ in
      (
        .keyword,
        ScalarFunction("TO_ASCII", several: .whole) { cells throws(EvaluationFault) in
          var (texts, size): ([Value], Int) = ([], 0)
          for value in cells[0].values { texts.append(.text(try escaped(value.string, &size))) }
          return Cell(texts)
        }
      )
    },
    FunctionDefinition("TO_TEXT", [text("field")]) { _ in
      (.text, ScalarFunction("TO_TEXT", several: .whole) { $0[0] })
    },
    simple("REVERSE", [text("str")], .keyword) { .text(String($0[0].string.reversed())) },
    checked(
      simple("REPEAT", [text("string"), whole("number")], .keyword) { (values) throws(EvaluationFault) in
        let (string, number) = (values[0].string, values[1].integer)
        try checkCount(number, most: .max)
        let (size, isOver) = string.utf8.count.multipliedReportingOverflow(by: number)
        guard !isOver, size <= longestText else { throw tooLong("repeating", size) }
        return .text(String(repeating: string, count: number))
      }
    ) { call throws(TypeFault) in try checkCount(call, 1, most: .max) },
    checked(
      simple("SPACE", [whole("number")], .keyword) { (values) throws(EvaluationFault) in
        let number = values[0].integer
        try checkCount(number, most: longestText)
        return .text(String(repeating: " ", count: number))
      }
    ) { call throws(TypeFault) in try checkCount(call, 0, most: longestText) },
    FunctionDefinition("REPLACE", [text("string"), text("regex"), text("newString")]) { call throws(TypeFault) in
      // A constant pattern is read once, and wrong whatever the values are.
      let fixed = call.arguments[1].constant?.single?.textValue.map { JavaRegex.cached($0) }
      if case .failure(let fault)? = fixed {
        throw TypeFault("invalid pattern for [REPLACE]: \(fault.message)", at: call.arguments[1].range)
      }
      return (
        .keyword,
        ScalarFunction("REPLACE") { cells throws(EvaluationFault) in
          guard let string = cells[0].single?.textValue, let pattern = cells[1].single?.textValue,
            let new = cells[2].single?.textValue
          else { return .none }
          let regex = try (fixed ?? JavaRegex.cached(pattern)).get()
          return .text(try regex.replacing(in: string, with: new, atMost: longestText))
        }
      )
    },
  ]

  /// How often something is repeated.
  private static func checkCount(_ number: Int, most: Int) throws(EvaluationFault) {
    guard number >= 0 else { throw EvaluationFault("Number parameter cannot be negative, found [\(number)]") }
    guard number <= most else { throw tooLong("creating", number) }
  }

  /// A constant is wrong whatever the values are.
  private static func checkCount(_ call: FunctionCall, _ place: Int, most: Int) throws(TypeFault) {
    guard let number = call.arguments[place].constant?.single?.wholeValue else { return }
    do throws(EvaluationFault) {
      try checkCount(Int(clamping: number), most: most)
    } catch {
      throw TypeFault(error.message, at: call.range)
    }
  }

  private static func tooLong(_ what: String, _ size: Int) -> EvaluationFault {
    EvaluationFault("\(what) more than [\(longestText)] bytes is not supported, got [\(size)]")
  }

  private static func each(_ name: String, _ body: @escaping @Sendable (String) -> String) -> FunctionDefinition {
    FunctionDefinition(name, [text("str")]) { _ in
      (
        .keyword,
        ScalarFunction(name, several: .each) { cells in .text(body(cells[0].single?.textValue ?? "")) }
      )
    }
  }

  /// What `TO_ASCII` makes of a text: two backslashes stand before each escape, so that what has been escaped becomes four times as long.
  ///
  /// - Parameter size: bytes of all texts of the cell that have been escaped.
  private static func escaped(_ text: String, _ size: inout Int) throws(EvaluationFault) -> String {
    var result = ""
    let before = size
    defer { size = before + result.utf8.count }
    for scalar in text.unicodeScalars {
      try checkSize(before + result.utf8.count, "escaping to")
      switch scalar {
      case "\n": result += #"\\n"#
      case "\r": result += #"\\r"#
      case "\t": result += #"\\t"#
      case "\u{8}": result += #"\\b"#
      case "\u{C}": result += #"\\f"#
      case "\\": result += #"\\\\"#
      case "'": result += #"\\'"#
      case "\"": result += #"\\""#
      case " "..."~": result.unicodeScalars.append(scalar)
      default:
        let (letter, digits) = scalar.value <= 0xFF ? ("x", 2) : scalar.value <= 0xFFFF ? ("u", 4) : ("U", 8)
        let code = String(scalar.value, radix: 16)
        result += #"\\"# + letter + String(repeating: "0", count: max(0, digits - code.count)) + code
      }
    }
    return result
  }

  /// The first place of a text, from one on, at which another one stands; in time linear in both.
  static func position<Element: Equatable>(of wanted: [Element], in text: [Element], from start: Int) -> Int? {
    guard wanted.count <= text.count else { return nil }
    if wanted.isEmpty { return start <= text.count ? start : nil }
    if wanted.count > 32 { return positionOfLong(wanted, in: text, from: start) }
    var at = start
    while at + wanted.count <= text.count {
      if text[at] == wanted[0], text[at..<(at + wanted.count)].elementsEqual(wanted) { return at }
      at += 1
    }
    return nil
  }

  /// The same, by the way of Knuth, Morris and Pratt, which pays where much is compared at each place.
  private static func positionOfLong<Element: Equatable>(
    _ wanted: [Element], in text: [Element], from start: Int
  ) -> Int? {
    // How much of what is wanted stands at the end of its first so many elements.
    var borders = [Int](repeating: 0, count: wanted.count)
    var length = 0
    for at in 1..<wanted.count {
      while length > 0, wanted[at] != wanted[length] { length = borders[length - 1] }
      if wanted[at] == wanted[length] { length += 1 }
      borders[at] = length
    }
    length = 0
    for at in min(start, text.count)..<text.count {
      while length > 0, text[at] != wanted[length] { length = borders[length - 1] }
      if text[at] == wanted[length] { length += 1 }
      if length == wanted.count { return at + 1 - length }
    }
    return nil
  }

  private static func trimmed(_ text: String, start: Bool, end: Bool) -> String {
    let isBlank: (Unicode.Scalar) -> Bool = { $0.value <= 0x20 || $0.properties.isWhitespace }
    var scalars = text.unicodeScalars[...]
    if start { scalars = scalars.drop(while: isBlank) }
    if end { while let last = scalars.last, isBlank(last) { scalars.removeLast() } }
    return String(scalars)
  }
}
