import JSON
import TestSupport

/// Random events, as JSON and as rows: few values, so that conditions hold, groups have rows and keys have matches.
struct PlainEvents {
  var random: SeededRandom

  static let columns: [PlainTable.Column] = [
    .init(name: "@timestamp", type: .date), .init(name: "addr", type: .ip), .init(name: "flag", type: .boolean),
    .init(name: "kind", type: .keyword), .init(name: "large", type: .double), .init(name: "many", type: .long),
    .init(name: "msg", type: .keyword), .init(name: "num", type: .long), .init(name: "tags", type: .keyword),
    .init(name: "time", type: .date),
  ]

  static let kinds: [Plain] = ["login", "logout", "Login", "", "a*b", "x y", "ä\u{1F642}b"].map { .text($0) }
  static let tags: [Plain] = ["red", "green", "blue", "b", "10", "2.5"].map { .text($0) }
  static let messages: [Plain] = [
    "user=17 from 10.0.0.1", "a,b,c", "a,,b", "code=5, size=-30 end", "  two words ", "nothing", "x=,y=2",
    "C:\\Temp\\a b",
    "the quick fox=3",
  ].map { .text($0) }
  static let addresses: [Plain] = [
    address("10.0.0.1", [10, 0, 0, 1]), address("10.9.0.2", [10, 9, 0, 2]), address("192.0.2.7", [192, 0, 2, 7]),
    .address("2001:db8::1", [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
    .address("::1", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
  ]
  static let times: [Plain] = [
    1_772_438_400_000, 1_772_438_699_999, 1_772_438_700_000, 1_772_582_399_000, 1_769_903_999_999, 951_782_400_000,
    -86_400_001, 1_767_225_600_000,
  ].map { .whole($0) }

  private static func address(_ text: String, _ parts: [UInt8]) -> Plain {
    .address(text, [UInt8](repeating: 0, count: 10) + [255, 255] + parts)
  }

  mutating func one<Element>(_ list: [Element]) -> Element { list.randomElement(using: &random)! }
  mutating func chance(_ part: Int, in whole: Int) -> Bool { Int.random(in: 0..<whole, using: &random) < part }

  mutating func value(_ type: PlainType) -> Plain {
    switch type {
    case .boolean: return .flag(chance(1, in: 2))
    case .integer:
      return .whole(
        chance(1, in: 8) ? one([2_147_483_647, -2_147_483_647]) : Int64.random(in: -3...12, using: &random))
    case .long:
      if chance(1, in: 10) { return .whole(one([.max, .min + 1, 3_000_000_000])) }
      return .whole(Int64.random(in: -3...12, using: &random))
    case .double:
      return chance(1, in: 20) ? .real(one([1e200, -1e200])) : quarter()
    case .keyword: return one(Self.kinds + Self.tags)
    case .date: return one(Self.times)
    case .ip: return one(Self.addresses)
    }
  }

  /// A number whose sums are exact, in whatever order they are made.
  private mutating func quarter() -> Plain {
    .real(chance(1, in: 20) ? 1e10 : Double(Int.random(in: -12...40, using: &random)) / 4)
  }

  /// No value, one or several of a list, as a column has them: sorted, each once.
  private mutating func cell(_ most: Int, _ value: (inout PlainEvents) -> Plain) -> PlainCell {
    var cell: PlainCell = []
    if chance(1, in: 6) { return [] }
    let count = most > 1 && chance(1, in: 2) ? Int.random(in: 2...most, using: &random) : 1
    for _ in 0..<count {
      let next = value(&self)
      if !cell.contains(next) { cell.append(next) }
    }
    return cell.sorted { $0.order($1) < 0 }
  }

  mutating func row() -> [String: PlainCell] {
    var row: [String: PlainCell] = [:]
    // Each event has a time, by which those that no one sorts stand.
    row["@timestamp"] = [one(Self.times)]
    row["addr"] = cell(2) { $0.one(Self.addresses) }
    row["flag"] = cell(chance(1, in: 8) ? 2 : 1) { $0.value(.boolean) }
    row["kind"] = cell(1) { $0.one(Self.kinds) }
    row["large"] = cell(chance(1, in: 5) ? 2 : 1) { $0.quarter() }
    row["many"] = cell(3) { $0.value(.long) }
    row["msg"] = cell(chance(1, in: 6) ? 2 : 1) { $0.one(Self.messages) }
    row["num"] = cell(1) { $0.value(.long) }
    row["tags"] = cell(3) { $0.one(Self.tags) }
    row["time"] = cell(chance(1, in: 5) ? 2 : 1) { $0.one(Self.times) }
    return row
  }

  /// A row as an event: values in any order.
  mutating func event(_ row: [String: PlainCell]) -> String {
    var members: [String: JSONValue] = [:]
    for column in Self.columns {
      let cell = (row[column.name] ?? []).shuffled(using: &random)
      if cell.isEmpty {
        if chance(1, in: 4) { members[column.name] = chance(1, in: 2) ? .null : .array([]) }
        continue
      }
      let values = cell.map { Self.json($0, column.type) }
      members[column.name] = values.count == 1 ? values[0] : .array(values)
    }
    return JSONValue.object(members).text
  }

  static func json(_ value: Plain, _ type: PlainType) -> JSONValue {
    switch value {
    case .flag(let flag): .bool(flag)
    case .whole(let number): type == .date ? .string(PlainDate.text(number)) : .integer(number)
    case .real(let number): .double(number)
    case .text(let text), .address(let text, _): .string(text)
    }
  }

  // MARK: tables beside the events

  static let tables: [String: PlainTable] = [
    "owners": PlainTable(
      columns: [
        .init(name: "kind", type: .keyword), .init(name: "level", type: .long), .init(name: "owner", type: .keyword),
      ],
      rows: [
        ["kind": [.text("login")], "owner": [.text("ann")], "level": [.whole(3)]],
        ["kind": [.text("login")], "owner": [.text("bo"), .text("cy")], "level": [.whole(-1)]],
        ["kind": [.text("logout")], "owner": [.text("dee")], "level": []],
        ["kind": [.text("x y")], "owner": [], "level": [.whole(12)]],
        ["kind": [.text("10"), .text("")], "owner": [.text("eve")], "level": [.whole(5)]],
        ["kind": [.text("red")], "owner": [.text("fay")], "level": [.whole(9)]],
      ]),
    "sizes": PlainTable(
      columns: [
        .init(name: "msg", type: .keyword), .init(name: "num", type: .long), .init(name: "ratio", type: .double),
      ],
      rows: (0..<8).map { place in
        [
          "num": [.whole(Int64(place) % 6)], "ratio": place == 3 ? [] : [.real(Double(place) / 2)],
          "msg": [.text("size \(place)")],
        ]
      }),
  ]

  static func lines(_ table: PlainTable) -> [String] {
    table.rows.map { row in
      var members: [String: JSONValue] = [:]
      for column in table.columns {
        let values = (row[column.name] ?? []).map { json($0, column.type) }
        if values.isEmpty { continue }
        members[column.name] = values.count == 1 ? values[0] : .array(values)
      }
      return JSONValue.object(members).text
    }
  }
}
