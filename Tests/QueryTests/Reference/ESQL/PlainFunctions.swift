/// The functions of the random queries, each by itself and as simple as it can be.
enum PlainFunctions {
  typealias Ordinary = @Sendable ([Plain], PlainType) -> PlainResult
  typealias OfCells = @Sendable ([PlainCell]) -> PlainResult

  /// Functions of one value each.
  static let ordinary: [String: Ordinary] = [
    "LENGTH": { values, _ in [.whole(Int64(values[0].text.unicodeScalars.count))] },
    "CONCAT": { values, _ in [.text(values.map(\.text).joined())] },
    "LEFT": { values, _ in [.text(String(values[0].text.prefix(Int(max(0, values[1].whole)))))] },
    "RIGHT": { values, _ in [.text(String(values[0].text.suffix(Int(max(0, values[1].whole)))))] },
    "SUBSTRING": { values, _ in substring(values) },
    "TRIM": { values, _ in
      var text = values[0].text[...]
      while text.first?.isWhitespace == true { text.removeFirst() }
      while text.last?.isWhitespace == true { text.removeLast() }
      return [.text(String(text))]
    },
    "REVERSE": { values, _ in [.text(String(values[0].text.reversed()))] },
    "REPLACE": { values, _ in
      [
        .text(
          values[0].text.split(separator: values[1].text, omittingEmptySubsequences: false).joined(
            separator: values[2].text))
      ]
    },
    "SPLIT": { values, _ in
      .cell(values[0].text.split(separator: values[1].text, omittingEmptySubsequences: false).map { .text(String($0)) })
    },
    "STARTS_WITH": { values, _ in [.flag(values[0].text.hasPrefix(values[1].text) || values[1].text.isEmpty)] },
    "ENDS_WITH": { values, _ in [.flag(values[0].text.hasSuffix(values[1].text) || values[1].text.isEmpty)] },
    "CONTAINS": { values, _ in [.flag(place(of: values[1].text, in: values[0].text) > 0)] },
    "LOCATE": { values, _ in [.whole(Int64(place(of: values[1].text, in: values[0].text)))] },
    "CIDR_MATCH": { values, _ in
      guard case .address(_, let bytes) = values[0] else { return [] }
      // The only network that is asked for is 10.0.0.0/8.
      return [.flag(bytes[..<12].elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]) && bytes[12] == 10)]
    },
    "ABS": { values, type in
      if case .real(let number) = values[0] { return [.real(abs(number))] }
      if values[0].whole >= 0 { return [values[0]] }
      return PlainEvaluation.arithmetic("-", .whole(0), values[0], type)
    },
    "FLOOR": { values, _ in
      if case .real(let number) = values[0] { [.real(number.rounded(.down))] } else { [values[0]] }
    },
    "CEIL": { values, _ in
      if case .real(let number) = values[0] { [.real(number.rounded(.up))] } else { [values[0]] }
    },
    "SQRT": { values, _ in
      values[0].number < 0 ? .warning("Square root of negative") : [.real(values[0].number.squareRoot())]
    },
    "SIGNUM": { values, _ in
      let number = values[0].number
      return [.real(number > 0 ? 1 : number < 0 ? -1 : 0)]
    },
    "CLAMP": { values, type in
      // A value below the lower bound is that, one above the upper bound that.
      func wide(_ value: Plain) -> Plain { type == .double ? .real(value.number) : value }
      if values[0].order(values[1]) < 0 { return [wide(values[1])] }
      return [wide(values[0].order(values[2]) > 0 ? values[2] : values[0])]
    },
  ]

  /// Functions of cells as they are.
  static let ofCells: [String: OfCells] = [
    "MV_COUNT": { cells in cells[0].isEmpty ? [] : [.whole(Int64(cells[0].count))] },
    "MV_FIRST": { .cell(Array($0[0].prefix(1))) },
    "MV_LAST": { .cell(Array($0[0].suffix(1))) },
    "MV_MIN": { .cell(Array($0[0].sorted { $0.order($1) < 0 }.prefix(1))) },
    "MV_MAX": { .cell(Array($0[0].sorted { $0.order($1) < 0 }.suffix(1))) },
    "MV_SORT": { .cell($0[0].sorted { $0.order($1) < 0 }) },
    "MV_DEDUPE": { .cell(once($0[0])) },
    "MV_AVG": { cells in
      // Summed with what is rounded away.
      var (sum, lost) = (0.0, 0.0)
      for value in cells[0] {
        let wanted = value.number - lost
        (sum, lost) = (sum + wanted, (sum + wanted - sum) - wanted)
      }
      return cells[0].isEmpty ? [] : [.real(sum / Double(cells[0].count))]
    },
    "MV_CONCAT": { cells in
      if cells.contains(where: \.isEmpty) { return [] }
      return [.text(cells[0].map(\.text).joined(separator: cells[1][0].text))]
    },
    "MV_APPEND": { cells in cells.contains(where: \.isEmpty) ? [] : .cell(cells[0] + cells[1]) },
    "MV_CONTAINS": { cells in [.flag(cells[1].allSatisfy { cells[0].contains($0) })] },
    "MV_INTERSECTS": { cells in [.flag(cells[1].contains { cells[0].contains($0) })] },
    "MV_INTERSECTION": { cells in .cell(once(cells[0].filter { cells[1].contains($0) })) },
    "MV_UNION": { cells in .cell(once(cells[0] + cells[1])) },
    "MV_DIFFERENCE": { cells in .cell(once(cells[0].filter { !cells[1].contains($0) })) },
    "MV_IN_RANGE": { cells in
      guard cells[1].count == 1, cells[2].count == 1 else { return [.flag(false)] }
      return [.flag(cells[0].contains { $0.order(cells[1][0]) >= 0 && $0.order(cells[2][0]) <= 0 })]
    },
    "MV_ZIP": { cells in
      // What one has more of stands by itself.
      let (left, right, between) = (cells[0], cells[1], cells.count > 2 ? cells[2][0].text : ",")
      return .cell(
        (0..<max(left.count, right.count)).map { place in
          let parts = [left, right].compactMap { place < $0.count ? $0[place].text : nil }
          return .text(parts.joined(separator: between))
        })
    },
    "MV_SLICE": { cells in
      // From a place to another, both not below nothing.
      if cells.contains(where: \.isEmpty) { return [] }
      let (first, last) = (Int(cells[1][0].whole), Int(cells[2][0].whole))
      return .cell(cells[0].enumerated().filter { (first...last).contains($0.offset) }.map(\.element))
    },
    "GREATEST": { cells in extreme(cells) { $0 > 0 } },
    "LEAST": { cells in extreme(cells) { $0 < 0 } },
  ]

  /// Of equal values the first.
  private static func once(_ cell: PlainCell) -> PlainCell {
    cell.enumerated().filter { !cell.prefix($0.offset).contains($0.element) }.map(\.element)
  }

  /// An object in JSON, of keys and what they have.
  static func object(_ arguments: [(cell: PlainCell, type: PlainType)]) -> PlainResult {
    var members: [String] = []
    for place in stride(from: 0, to: arguments.count, by: 2) {
      let key = arguments[place].cell
      if key.isEmpty { return [] }
      if key.count > 1 { return .warning("json_string keys must be single-valued") }
      let (cell, type) = arguments[place + 1]
      let values = cell.map { value -> String in
        guard case .cell(let text) = cast(value, type, .keyword) else { return "" }
        return type == .boolean || type.isNumber ? text[0].text : quoted(text[0].text)
      }
      members.append(
        quoted(key[0].text) + ":"
          + (values.isEmpty ? "null" : values.count == 1 ? values[0] : "[" + values.joined(separator: ",") + "]"))
    }
    return [.text("{" + members.joined(separator: ",") + "}")]
  }

  /// A text in JSON; of what has to be escaped the queries have nothing else.
  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  private static func extreme(_ cells: [PlainCell], _ isBetter: (Int) -> Bool) -> PlainResult {
    if cells.contains(where: \.isEmpty) { return [] }
    var best = cells[0][0]
    for value in cells.joined() where isBetter(value.order(best)) { best = value }
    return [best]
  }

  private static func substring(_ values: [Plain]) -> PlainResult {
    let signs = Array(values[0].text)
    let start = values[1].whole
    if values.count > 2, values[2].whole < 0 { return .warning("Length parameter cannot be negative") }
    let first = start > 0 ? start - 1 : start < 0 ? max(0, Int64(signs.count) + start) : 0
    let left = signs.enumerated().filter { $0.offset >= first }.map(\.element)
    return [.text(String(values.count > 2 ? Array(left.prefix(Int(values[2].whole))) : left))]
  }

  /// From 1; 0 where it is not there.
  private static func place(of part: String, in text: String) -> Int {
    let (signs, wanted) = (Array(text), Array(part))
    if wanted.isEmpty { return 1 }
    for start in signs.indices where signs[start...].starts(with: wanted) { return start + 1 }
    return 0
  }

  /// Functions whose first argument is a span or the name of a unit.
  static func withUnit(_ name: String, _ unit: String, _ values: [Plain]) -> PlainResult {
    let time = values[0].whole
    let parts = PlainDate.parts(time)
    func start(_ year: Int64, _ month: Int64) -> PlainResult {
      [.whole(PlainDate.days(year, month, 1) * PlainDate.day)]
    }
    switch (name, unit) {
    case ("DATE_TRUNC", "5 minutes"): return [.whole(PlainDate.floored(time, 300_000))]
    case ("DATE_TRUNC", "1 hour"): return [.whole(PlainDate.floored(time, 3_600_000))]
    case ("DATE_TRUNC", "1 day"): return [.whole(PlainDate.floored(time, PlainDate.day))]
    // The first of January 1970 was a Thursday.
    case ("DATE_TRUNC", "1 week"):
      return [.whole(PlainDate.floored(time + 3 * PlainDate.day, 7 * PlainDate.day) - 3 * PlainDate.day)]
    case ("DATE_TRUNC", "1 month"): return start(parts.year, parts.month)
    case ("DATE_TRUNC", "1 quarter"): return start(parts.year, (parts.month - 1) / 3 * 3 + 1)
    case ("DATE_TRUNC", "1 year"): return start(parts.year, 1)
    case ("DATE_EXTRACT", "\"year\""): return [.whole(parts.year)]
    case ("DATE_EXTRACT", "\"month_of_year\""): return [.whole(parts.month)]
    case ("DATE_EXTRACT", "\"hour_of_day\""): return [.whole(parts.rest / 3_600_000)]
    case ("DATE_EXTRACT", "\"day_of_week\""):
      let day = PlainDate.floored(time, PlainDate.day) / PlainDate.day + 3
      return [.whole(day - PlainDate.floored(day, 7) + 1)]
    case ("DATE_FORMAT", _): return [.text(String(PlainDate.text(time).prefix(10)))]
    case ("DATE_DIFF", "\"hours\""): return [.whole((values[1].whole - time) / 3_600_000)]
    case ("DATE_DIFF", "\"days\""): return [.whole((values[1].whole - time) / PlainDate.day)]
    case ("DATE_DIFF", "\"months\""):
      // The end is a day nearer where its time of day has not come; whole months are those of the two days.
      var end = values[1].whole
      let days = PlainDate.floored(end, PlainDate.day) - PlainDate.floored(time, PlainDate.day)
      let rest = PlainDate.parts(end).rest
      if days > 0, rest < parts.rest { end -= PlainDate.day }
      if days < 0, rest > parts.rest { end += PlainDate.day }
      let last = PlainDate.parts(end)
      var count = (last.year - parts.year) * 12 + last.month - parts.month
      if count > 0, last.day < parts.day { count -= 1 }
      if count < 0, last.day > parts.day { count += 1 }
      return [.whole(count)]
    default: fatalError("no \(name) of \(unit)")
    }
  }

  /// One value as one of another type.
  static func cast(_ value: Plain, _ from: PlainType, _ to: PlainType) -> PlainResult {
    if from == to { return [value] }
    switch to {
    case .keyword:
      switch value {
      case .flag(let flag): return [.text(flag ? "true" : "false")]
      case .whole(let number): return [.text(from == .date ? PlainDate.text(number) : String(number))]
      case .real(let number): return [.text(PlainText.double(number))]
      case .text(let text), .address(let text, _): return [.text(text)]
      }
    case .boolean:
      if case .text(let text) = value { return [.flag(text.lowercased() == "true")] }
      return [.flag(value.number != 0)]
    case .integer, .long:
      let number: Double
      switch value {
      case .flag(let flag): return [.whole(flag ? 1 : 0)]
      case .whole(let whole):
        return to == .long || abs(whole) < 1 << 31 || whole == -1 << 31 ? [value] : .warning("out of [integer] range")
      case .text(let text):
        guard let read = real(text) else { return .warning("Cannot parse number") }
        let result = Int64(text).map { cast(.whole($0), .long, to) } ?? cast(.real(read), .double, to)
        if case .warning = result { return .warning("Cannot parse number") }
        return result
      default: number = value.number
      }
      if to == .integer, number > 2_147_483_647 || number < -2_147_483_648 { return .warning("out of [integer] range") }
      let rounded = (number + 0.5).rounded(.down)
      guard let whole = Int64(exactly: abs(number) >= 1e15 ? number : rounded) else {
        return .warning("out of [\(to)] range")
      }
      return cast(.whole(whole), .long, to)
    case .double:
      if case .flag(let flag) = value { return [.real(flag ? 1 : 0)] }
      if case .text(let text) = value { return real(text).map { [.real($0)] } ?? .warning("Cannot parse number") }
      return [.real(value.number)]
    case .date: return [value]
    case .ip: return []
    }
  }

  /// Digits with a sign and a point: no other text that the queries have is a number.
  private static func real(_ text: String) -> Double? {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    guard text.contains(where: \.isNumber), text.allSatisfy({ $0.isNumber || "+-.Ee".contains($0) }) else { return nil }
    return Double(text.hasSuffix(".") ? text + "0" : text)
  }
}
