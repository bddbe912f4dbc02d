import Events

extension EQLFunctions {
  static let texts: [FunctionDefinition] = [
    FunctionDefinition(
      "between",
      [
        Parameter("source", .strings), Parameter("left", .strings), Parameter("right", .strings),
        Parameter("greedy", [.boolean], isOptional: true),
      ], knowsCase: true
    ) { call throws(TypeFault) in
      let ignoresCase = call.ignoresCase
      return (
        .keyword,
        ScalarFunction("between") { cells in
          guard let text = cells[0].single?.textValue, let left = cells[1].single?.textValue,
            let right = cells[2].single?.textValue
          else { return .none }
          let isGreedy = cells.count > 3 && cells[3].single?.booleanValue == true
          return .text(between(text, left, right, isGreedy: isGreedy, ignoresCase: ignoresCase))
        }
      )
    },
    FunctionDefinition("concat", [Parameter("value", .any)], repeatsLast: true) { call throws(TypeFault) in
      let types = call.arguments.map(\.type)
      return (
        .keyword,
        ScalarFunction("concat") { cells in
          .text(zip(cells, types).reduce(into: "") { $0 += $1.0.single?.eqlText(of: $1.1) ?? "" })
        }
      )
    },
    FunctionDefinition("endsWith", [Parameter("source", .strings), Parameter("pattern", .strings)], knowsCase: true) {
      call throws(TypeFault) in
      (.boolean, test("endsWith", ignoresCase: call.ignoresCase) { $0.reversed().starts(with: $1.reversed()) })
    },
    FunctionDefinition("startsWith", [Parameter("source", .strings), Parameter("pattern", .strings)], knowsCase: true) {
      call throws(TypeFault) in
      (.boolean, test("startsWith", ignoresCase: call.ignoresCase) { $0.starts(with: $1) })
    },
    FunctionDefinition(
      "stringContains", [Parameter("source", .strings), Parameter("substring", .strings)], knowsCase: true
    ) { call throws(TypeFault) in
      (
        .boolean,
        test("stringContains", ignoresCase: call.ignoresCase) { text, part in
          !text.isEmpty && !part.isEmpty && place(of: part, in: text, from: 0) != nil
        }
      )
    },
    FunctionDefinition(
      "indexOf",
      [
        Parameter("source", .strings), Parameter("substring", .strings),
        Parameter("start", .wholes, isOptional: true),
      ], knowsCase: true
    ) { call throws(TypeFault) in
      let ignoresCase = call.ignoresCase
      return (
        .integer,
        // A start of null is one that is not given.
        ScalarFunction("indexOf", spreadsNull: false) { cells in
          guard let text = cells[0].single?.textValue, let part = cells[1].single?.textValue else { return .none }
          let all = units(text, ignoresCase: ignoresCase)
          // As in Java a start behind the end is the end, where nothing but the empty text is found.
          let start = min(Int(clamping: max(0, whole(cells, 2) ?? 0)), all.count)
          let found = place(of: units(part, ignoresCase: ignoresCase), in: all, from: start)
          return Cell(found.map { .whole(Int64($0)) })
        }
      )
    },
    FunctionDefinition("length", [Parameter("source", .strings)]) { _ throws(TypeFault) in
      (
        .integer,
        ScalarFunction("length") { cells in
          guard let text = cells[0].single?.textValue else { return .none }
          return .whole(text.utf16.count)
        }
      )
    },
    FunctionDefinition("string", [Parameter("value", .any)]) { call throws(TypeFault) in
      let type = call.arguments[0].type
      return (.keyword, ScalarFunction("string") { cells in Cell(cells[0].single.map { .text($0.eqlText(of: type)) }) })
    },
    FunctionDefinition(
      "substring",
      [
        Parameter("source", .strings), Parameter("start", .wholes), Parameter("end", .wholes, isOptional: true),
      ]
    ) { _ throws(TypeFault) in
      (
        .keyword,
        ScalarFunction("substring", spreadsNull: false) { cells in
          guard let text = cells[0].single?.textValue else { return .none }
          let units = Array(text.utf16)
          func place(_ value: Int64) -> Int {
            Int(clamping: value < 0 ? max(0, value + Int64(units.count)) : min(value, Int64(units.count)))
          }
          // Without a start nothing is cut off, whatever the end.
          guard let first = whole(cells, 1) else { return .text(text) }
          let start = place(first)
          let end = place(whole(cells, 2) ?? Int64(units.count))
          return .text(start < end ? String(decoding: units[start..<end], as: UTF16.self) : "")
        }
      )
    },
  ]

  private static func test(
    _ name: String, ignoresCase: Bool, _ holds: @escaping @Sendable ([UInt16], [UInt16]) -> Bool
  ) -> ScalarFunction {
    ScalarFunction(name) { cells in
      guard let text = cells[0].single?.textValue, let part = cells[1].single?.textValue else { return .none }
      return .boolean(holds(units(text, ignoresCase: ignoresCase), units(part, ignoresCase: ignoresCase)))
    }
  }

  private static func units(_ text: String, ignoresCase: Bool) -> [UInt16] {
    Array((ignoresCase ? CaseFolding.folded(text) : text).utf16)
  }

  /// The first place of a text within another, at or after a start; nil where there is none.
  private static func place(of part: [UInt16], in text: [UInt16], from start: Int) -> Int? {
    guard start <= text.count, part.count <= text.count - start else { return nil }
    guard let first = part.first else { return start }
    for at in start...(text.count - part.count) where text[at] == first {
      if text[at..<(at + part.count)].elementsEqual(part) { return at }
    }
    return nil
  }

  private static func between(
    _ text: String, _ left: String, _ right: String, isGreedy: Bool, ignoresCase: Bool
  ) -> String {
    if text.isEmpty || left.isEmpty || right.isEmpty { return text }
    let all = units(text, ignoresCase: ignoresCase)
    let (left, right) = (units(left, ignoresCase: ignoresCase), units(right, ignoresCase: ignoresCase))
    guard let first = place(of: left, in: all, from: 0) else { return "" }
    let start = first + left.count
    guard var end = place(of: right, in: all, from: start) else { return "" }
    if isGreedy { while let later = place(of: right, in: all, from: end + 1) { end = later } }
    // Folding keeps the units of nearly every text; where it does not, the folded text is what is cut.
    let written = Array(text.utf16)
    let source = written.count == all.count ? written : all
    return String(decoding: source[start..<end], as: UTF16.self)
  }
}

extension Value {
  /// The value of an expression of a type as EQL's `string` writes it; times as Java does, without zeros at their end.
  func eqlText(of type: DataType) -> String {
    guard type.isTime, case .whole(let number) = self, number.magnitude < 1 << 62 else { return eqlText }
    let unit: Int64 = type == .date ? 1000 : 1_000_000_000
    let seconds = number / unit - (number % unit < 0 ? 1 : 0)
    let rest = number - seconds * unit
    // `2026-02-01T00:00:01`
    let time = Timestamp(milliseconds: seconds * 1000).iso8601.dropLast(5)
    if rest == 0 { return (time.hasSuffix(":00") ? time.dropLast(3) : time) + "Z" }
    var digits = String(rest + unit).dropFirst()
    while digits.hasSuffix("000") { digits = digits.dropLast(3) }
    return "\(time).\(digits)Z"
  }

  /// The value as EQL's `string` writes it.
  var eqlText: String {
    switch self {
    case .text(let text): text
    case .boolean(let value): value ? "true" : "false"
    case .whole(let value): String(value)
    case .unsigned(let value): String(value)
    case .double(let value): JavaNumber.text(value)
    case .address(let value): value.text
    case .version(let value): value.text
    case .point, .span: ""
    }
  }
}
