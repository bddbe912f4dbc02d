import TestSupport

/// Makes random queries: a tree of commands whose columns and types are known as it grows.
struct PlainQueries {
  var values: PlainEvents
  var columns: [PlainTable.Column] = PlainEvents.columns
  var commands: [PlainCommand] = []
  /// True where every column that was worked out is still there.
  private(set) var showsAll = true
  /// How many names were made; where a query goes on from others it begins behind theirs.
  var number = 0

  /// Without its commands.
  var emptied: PlainQueries {
    var empty = self
    (empty.columns, empty.commands, empty.showsAll) = (PlainEvents.columns, [], true)
    return empty
  }

  init(seed: UInt64) { values = PlainEvents(random: SeededRandom(seed: seed)) }

  var text: String { (["FROM *"] + commands.map(\.text)).joined(separator: "\n| ") }

  mutating func one<Element>(_ list: [Element]) -> Element { values.one(list) }
  mutating func chance(_ part: Int, in whole: Int) -> Bool { values.chance(part, in: whole) }
  mutating func count(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &values.random) }

  mutating func fresh(_ prefix: String) -> String {
    number += 1
    return "\(prefix)\(number)"
  }

  /// Some commands; at the end a limit, so that no warning of a missing one is given.
  mutating func grow() {
    for _ in 0..<count(1...6) { if let command = command() { add(command) } }
    add(.limit(10_000))
  }

  /// Adds a command, with what it does to the columns: that much the plain run itself is asked.
  mutating func add(_ command: PlainCommand) {
    var table = PlainTable(columns: columns, rows: [])
    var run = PlainRun(tables: PlainEvents.tables)
    run.run(command, &table)
    let grown = table.columns.count - columns.count
    let isKept = table.columns.starts(with: columns)
    switch command {
    case .eval(let fields): showsAll = showsAll && isKept && grown == fields.count
    case .filter, .sort, .limit, .limitBy, .expand: break
    case .keep, .drop, .stats, .rename, .dissect, .grok, .join, .enrich: showsAll = showsAll && isKept && grown > 0
    }
    columns = table.columns
    commands.append(command)
  }

  private func has(_ name: String, _ type: PlainType) -> Bool { columns.contains(.init(name: name, type: type)) }

  /// A name for a new column: mostly a new one, now and then one that is there.
  private mutating func newName(_ prefix: String) -> String {
    let old = one(columns).name
    // The one's name is none for a pattern's capture, and of the other sums are made.
    return chance(1, in: 6) && old != "@timestamp" && old != "large" ? old : fresh(prefix)
  }

  private mutating func command() -> PlainCommand? {
    switch count(0...25) {
    case 0...3: return .filter(term(.boolean, 3))
    case 4...8:
      var fields: [(name: String, term: PlainTerm)] = []
      let before = columns
      for _ in 0..<count(1...3) {
        let type = one(PlainType.allCases)
        let field = (name: newName("c"), term: term(type, 3))
        fields.append(field)
        // The next sees this one.
        columns.removeAll { $0.name == field.name }
        columns.append(.init(name: field.name, type: type))
      }
      columns = before
      return .eval(fields)
    case 9: return keep()
    case 10:
      let names = columns.filter { _ in chance(1, in: 5) }.map(\.name)
      return names.isEmpty || names.count == columns.count ? nil : .drop(names)
    case 11:
      let old = one(columns).name
      return .rename([(old, newName("r"))])
    case 12...14: return stats(isInline: false)
    case 15, 16: return stats(isInline: true)
    case 17, 18:
      let keys = (0..<count(1...3)).map { _ in
        PlainCommand.SortKey(
          term: term(one(PlainType.allCases), chance(1, in: 3) ? 2 : 0), isDescending: chance(1, in: 2),
          nullsFirst: chance(1, in: 2) ? chance(1, in: 2) : nil)
      }
      return .sort(keys)
    case 19:
      guard chance(1, in: 2) else { return .limit(count(0...30)) }
      return .limitBy(
        count(0...4), (0..<count(1...2)).map { _ in term(one(PlainType.allCases), chance(1, in: 3) ? 2 : 0) })
    case 20: return .expand(one(columns).name)
    case 21: return .dissect(message(), dissect())
    case 22:
      let (first, second) = (newName("g"), newName("g"))
      guard first != second else { return nil }
      return .grok(message(), chance(1, in: 2) ? .pair(first, second) : .words(first, second))
    case 23, 24:
      if has("kind", .keyword), chance(1, in: 2) { return .join("owners", ["kind"]) }
      if has("num", .long), has("msg", .keyword), chance(1, in: 4) { return .join("sizes", ["num", "msg"]) }
      return has("num", .long) ? .join("sizes", ["num"]) : nil
    default:
      guard has("kind", .keyword) else { return nil }
      let with: [[(new: String, field: String)]] = [
        [], [(fresh("e"), "owner")], [("level", "level"), (fresh("e"), "owner")],
      ]
      return .enrich("owners", on: "kind", one(with))
    }
  }

  private mutating func keep() -> PlainCommand {
    var entries = columns.filter { _ in chance(1, in: 3) }.map(\.name)
    for place in entries.indices where chance(1, in: 3) { entries[place] = String(entries[place].prefix(2)) + "*" }
    if chance(1, in: 3) { entries.append("*") }
    if entries.isEmpty { entries = [one(columns).name] }
    return .keep(entries.shuffled(using: &values.random))
  }

  private mutating func message() -> PlainTerm {
    has("msg", .keyword) && chance(3, in: 4)
      ? PlainTerm(.column("msg"), .keyword) : column(.keyword) ?? constant(.keyword)
  }

  private mutating func dissect() -> PlainDissect {
    let first = newName("d")
    switch count(0...3) {
    case 0: return PlainDissect(prefix: "", keys: [(first, ","), (fresh("d"), ",")])
    case 1: return PlainDissect(prefix: "", keys: [(first, "="), ("", " "), (fresh("d"), "")])
    case 2: return PlainDissect(prefix: "user=", keys: [(first, " from "), (fresh("d"), "")])
    default: return PlainDissect(prefix: "", keys: [("", " "), (first, "")])
    }
  }

  private mutating func stats(isInline: Bool) -> PlainCommand {
    var keys: [PlainCommand.Key] = []
    for _ in 0..<count(0...2) {
      let type = one([PlainType.keyword, .long, .integer, .boolean, .date, .ip])
      if let column = column(type), case .column(let name) = column.node, chance(2, in: 3) {
        if !keys.contains(where: { $0.name == name }) { keys.append(.init(name: name, term: column)) }
      } else {
        keys.append(.init(name: fresh("k"), term: term(type, 2)))
      }
    }
    var aggregates: [PlainCommand.Aggregate] = []
    for _ in 0..<count(0...4) {
      let function = one(["COUNT", "COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX", "VALUES", "MEDIAN"])
      var type = one(PlainType.allCases)
      if ["SUM", "AVG", "MEDIAN"].contains(function) { type = one([.integer, .long, .double]) }
      // Sums of doubles depend on their order, unless they are exact.
      if function == "AVG", type == .long { type = .integer }
      var argument: PlainTerm? = term(type, chance(1, in: 2) ? 0 : 2)
      if type == .double, function == "SUM" || function == "AVG" {
        guard has("large", .double) else { continue }
        argument = PlainTerm(.column("large"), .double)
      }
      if function == "COUNT", chance(1, in: 2) { argument = nil }
      let result: PlainType =
        switch function {
        case "COUNT", "COUNT_DISTINCT": .long
        case "SUM": type == .double ? .double : .long
        case "AVG", "MEDIAN": .double
        default: type
        }
      aggregates.append(
        .init(
          name: fresh("a"), function: function, argument: argument,
          condition: chance(1, in: 4) ? term(.boolean, 2) : nil, type: result))
    }
    if keys.isEmpty, aggregates.isEmpty {
      aggregates = [.init(name: fresh("a"), function: "COUNT", argument: nil, condition: nil, type: .long)]
    }
    return .stats(aggregates, keys, isInline: isInline)
  }

  // MARK: expressions

  mutating func column(_ type: PlainType) -> PlainTerm? {
    let fitting = columns.filter { $0.type == type }
    return fitting.isEmpty ? nil : PlainTerm(.column(one(fitting).name), type)
  }

  mutating func constant(_ type: PlainType) -> PlainTerm {
    switch count(0...11) {
    case 0: return PlainTerm(.constant([]), type)
    // A list has one kind of number only.
    case 1 where type != .long && type != .double:
      return PlainTerm(.constant([values.value(type), values.value(type)]), type)
    default: return PlainTerm(.constant([values.value(type)]), type)
    }
  }

  mutating func leaf(_ type: PlainType) -> PlainTerm {
    chance(3, in: 4) ? column(type) ?? constant(type) : constant(type)
  }

  /// A small whole number, as places and lengths are.
  mutating func small(_ range: ClosedRange<Int>) -> PlainTerm {
    PlainTerm(.constant([.whole(Int64(count(range)))]), .integer)
  }

  mutating func literal(_ text: String) -> PlainTerm { PlainTerm(.constant([.text(text)]), .keyword) }
}
