import Events
import JSON
import TestSupport
import Testing

@testable import Query

/// Whole queries in ES|QL over random events, held equal to an evaluation that looks at one row after the other.
struct PlainReferenceTests {
  private static let now = "2026-03-05T12:00:00.000Z"
  private static let types = PlainEvents.columns.map { (name: $0.name, type: $0.type.rawValue) }

  @Test(
    "Random queries give the columns, rows and warnings of a plain evaluation, however events are cut into batches and runs",
    arguments: [UInt64.random(in: 0...UInt64.max), 11, 5_021_990_613])
  func equal(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var differences: [String] = []
    var filled = 0
    for _ in 0..<Self.rounds {
      var events = PlainEvents(random: SeededRandom(seed: random.next()))
      let rows = (0..<Int.random(in: 0...40, using: &random)).map { _ in events.row() }
      let run = ESQLTestRun(
        events: rows.map { events.event($0) }, types: Self.types,
        tables: PlainEvents.tables.mapValues(PlainEvents.lines), now: Self.now)
      // Events of one time stand in the order in which they came.
      let sorted = rows.enumerated().sorted { left, right in
        let (first, second) = (left.element["@timestamp"]![0].whole, right.element["@timestamp"]![0].whole)
        return first == second ? left.offset < right.offset : first < second
      }.map(\.element)
      for _ in 0..<10 {
        var queries = PlainQueries(seed: random.next())
        queries.grow()
        let (fault, count) = Self.difference(queries, sorted, run, &random)
        if count > 0 { filled += 1 }
        guard let fault else { continue }
        differences.append(Self.smallest(queries, sorted, run, &random) ?? "\(queries.text)\n  \(fault)")
      }
    }
    #expect(
      differences.isEmpty,
      "seed \(seed): \(differences.count) differences\n\(differences.prefix(8).joined(separator: "\n\n"))")
    // Most queries give rows, so that there is something to be equal.
    #expect(filled > Self.rounds * 4, "seed \(seed)")
  }

  private static let rounds = 25

  /// The difference of the shortest query made by leaving commands out; nil where that one shows none.
  private static func smallest(
    _ queries: PlainQueries, _ rows: [[String: PlainCell]], _ run: ESQLTestRun, _ random: inout SeededRandom
  ) -> String? {
    var commands = queries.commands
    var found: String?
    var at = 0
    while at < commands.count {
      var fewer = queries.emptied
      for (place, command) in commands.enumerated() where place != at {
        guard fewer.knows(command) else { continue }
        fewer.add(command)
      }
      if fewer.commands.count == commands.count - 1, let fault = difference(fewer, rows, run, &random).fault {
        found = "\(fewer.text)\n  \(fault)"
        commands = fewer.commands
      } else {
        at += 1
      }
    }
    return found
  }

  private static func difference(
    _ queries: PlainQueries, _ rows: [[String: PlainCell]], _ run: ESQLTestRun, _ random: inout SeededRandom
  ) -> (fault: String?, rows: Int) {
    var table = PlainTable(columns: PlainEvents.columns, rows: rows)
    var plain = PlainRun(tables: PlainEvents.tables)
    for command in queries.commands { plain.run(command, &table) }
    let answers: [(way: String, answer: ESQLAnswer)]
    do {
      answers = try run.answers(queries.text, cuts: &random)
    } catch {
      return ("fails: \(error)", table.rows.count)
    }
    let columns = table.columns.map { "\($0.name) \($0.type)" }
    for (way, answer) in answers {
      let found = answer.columns.map { "\($0.name) \($0.type)" }
      guard found == columns else { return ("\(way): columns \(found), expected \(columns)", table.rows.count) }
      if answer.rows.count != table.rows.count {
        return ("\(way): \(answer.rows.count) rows, expected \(table.rows.count)", table.rows.count)
      }
      for (place, row) in answer.rows.enumerated() {
        for (column, cell) in zip(table.columns, row)
        where !isSame(cell.values, table.rows[place][column.name] ?? []) {
          let expected = (table.rows[place][column.name] ?? []).map { PlainEvents.json($0, column.type).text }
          return (
            "\(way): row \(place), \(column.name): \(cell), expected \(expected)", table.rows.count
          )
        }
      }
      if way == "narrowed" { continue }
      for warning in answer.warnings where warning.contains(": java") || warning.contains(": org") {
        if !plain.evaluation.warnings.contains(where: { warning.contains($0) }) {
          return ("\(way): \(warning), expected \(plain.evaluation.warnings.sorted())", table.rows.count)
        }
      }
      // What no column of the answer needs is not worked out, and warns of nothing.
      guard queries.showsAll else { continue }
      for warning in plain.evaluation.warnings where !answer.warnings.contains(where: { $0.contains(warning) }) {
        return ("\(way): lacks the warning \(warning) among \(answer.warnings)", table.rows.count)
      }
    }
    return (nil, table.rows.count)
  }

  static func isSame(_ cell: [Value], _ expected: PlainCell) -> Bool {
    cell.count == expected.count
      && zip(cell, expected).allSatisfy { value, other in
        switch (value, other) {
        case (.boolean(let one), .flag(let two)): one == two
        case (.whole(let one), .whole(let two)): one == two
        // Sums are made in another order.
        case (.double(let one), .real(let two)): one == two || abs(one - two) <= 1e-9 * max(abs(one), abs(two))
        case (.text(let one), .text(let two)): one == two
        case (.address(let one), .address(let two, _)): one.text == two
        default: false
        }
      }
  }
}

extension PlainQueries {
  /// True where a command can stand behind those that are there: it names columns of the types that it was made for.
  func knows(_ command: PlainCommand) -> Bool {
    let names = Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0.type) })
    func knows(_ term: PlainTerm?, _ more: [String: PlainType] = [:]) -> Bool {
      term.map { term in term.columns.allSatisfy { (more[$0.name] ?? names[$0.name]) == $0.type } } ?? true
    }
    switch command {
    case .filter(let term), .dissect(let term, _), .grok(let term, _): return knows(term)
    case .eval(let fields):
      var made: [String: PlainType] = [:]
      for (name, term) in fields {
        guard knows(term, made) else { return false }
        made[name] = term.type
      }
      return true
    case .keep(let entries): return entries.allSatisfy { $0.hasSuffix("*") ? $0 == "*" : names[$0] != nil }
    case .drop(let entries): return entries.allSatisfy { names[$0] != nil } && entries.count < columns.count
    case .rename(let pairs): return pairs.allSatisfy { names[$0.old] != nil }
    case .stats(let aggregates, let keys, _):
      return aggregates.allSatisfy { knows($0.argument) && knows($0.condition) } && keys.allSatisfy { knows($0.term) }
    case .sort(let keys): return keys.allSatisfy { knows($0.term) }
    case .limit: return true
    case .limitBy(_, let groups): return groups.allSatisfy { knows($0) }
    case .expand(let name): return names[name] != nil
    case .join(let table, let keys):
      return keys.allSatisfy { key in
        PlainEvents.tables[table]!.columns.contains { $0.name == key && names[key] == $0.type }
      }
    case .enrich(_, let on, _): return names[on] == .keyword
    }
  }
}

extension PlainTerm {
  var columns: [(name: String, type: PlainType)] {
    switch node {
    case .column(let name): return [(name, type)]
    case .constant: return []
    case .negative(let one), .moved(let one, _, _), .not(let one), .isNull(let one, _), .pattern(let one, _, _, _),
      .somePattern(let one, _, _), .cast(let one):
      return one.columns
    case .arithmetic(_, let left, let right), .comparison(_, let left, let right), .and(let left, let right),
      .or(let left, let right), .beyond(_, let left, let right, _):
      return left.columns + right.columns
    case .among(let one, let list, _): return one.columns + list.flatMap(\.columns)
    case .call(_, let list), .unit(_, _, let list): return list.flatMap(\.columns)
    }
  }
}
