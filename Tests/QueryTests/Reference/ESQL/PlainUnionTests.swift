import Events
import JSON
import TestSupport
import Testing

@testable import Query

/// `FROM` with subqueries over random events, held equal to a plain evaluation of each query by itself.
struct PlainUnionTests {
  private static let types = PlainEvents.columns.map { (name: $0.name, type: $0.type.rawValue) }
  /// Says of a row which event it was made of.
  private static let at = "\u{0}"

  @Test(
    "Random subqueries give the columns and rows of a plain evaluation, however events are cut into batches and runs",
    arguments: [UInt64.random(in: 0...UInt64.max), 7, 8_812_004_551])
  func equal(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var differences: [String] = []
    var (asked, filled) = (0, 0)
    for _ in 0..<8 {
      var events = PlainEvents(random: SeededRandom(seed: random.next()))
      let rows = (0..<Int.random(in: 1...25, using: &random)).map { _ in events.row() }
      let run = ESQLTestRun(
        events: rows.map { #"{"_index": "logs-plain-default", "_source": \#(events.event($0))}"# }, types: Self.types,
        tables: PlainEvents.tables.mapValues(PlainEvents.lines), now: "2026-03-05T12:00:00.000Z")
      // Events of one time stand in the order in which they came.
      let sorted = rows.enumerated().sorted { left, right in
        let (first, second) = (left.element["@timestamp"]![0].whole, right.element["@timestamp"]![0].whole)
        return first == second ? left.offset < right.offset : first < second
      }.map(\.element)
      for _ in 0..<12 {
        let branches = (0..<Int.random(in: 1...3, using: &random)).map { _ in Self.branch(random.next()) }
        guard let union = Self.union(branches, sorted) else { continue }
        asked += 1
        var outer = PlainQueries(seed: random.next())
        outer.columns = union.columns
        outer.number = branches.map(\.number).max() ?? 0
        outer.grow()
        let sources = branches.map { "(\($0.text.replacing("FROM *", with: "FROM logs-plain-*")))" }
        let text = "FROM " + sources.joined(separator: ",\n") + String(outer.text.dropFirst("FROM *".count))
        var table = union
        var plain = PlainRun(tables: PlainEvents.tables)
        for command in outer.commands { plain.run(command, &table) }
        if !table.rows.isEmpty { filled += 1 }
        do {
          for (way, answer) in try run.answers(text, cuts: &random) {
            if let fault = Self.difference(answer, table) { differences.append("\(text)\n  \(way): \(fault)") }
          }
        } catch {
          differences.append("\(text)\n  fails: \(error)")
        }
      }
    }
    #expect(
      differences.isEmpty,
      "seed \(seed): \(differences.count) differences\n\(differences.prefix(5).joined(separator: "\n\n"))")
    #expect(asked > 20 && filled > asked / 4, "seed \(seed): \(asked) asked, \(filled) with rows")
  }

  /// A subquery; mostly without a limit at its end.
  private static func branch(_ seed: UInt64) -> PlainQueries {
    var queries = PlainQueries(seed: seed)
    queries.grow()
    if queries.chance(3, in: 4) { queries.commands.removeLast() }
    return queries
  }

  /// The rows of all subqueries; nil where they give a column different types.
  private static func union(_ branches: [PlainQueries], _ rows: [[String: PlainCell]]) -> PlainTable? {
    var union = PlainTable(columns: [], rows: [])
    let numbered = rows.enumerated().map { number, row in
      row.merging([at: [.whole(Int64(number))]]) { $1 }
    }
    var tables: [PlainTable] = []
    for branch in branches {
      var table = PlainTable(columns: PlainEvents.columns, rows: numbered)
      var run = PlainRun(tables: PlainEvents.tables)
      for command in branch.commands { run.run(command, &table) }
      for column in table.columns {
        if let other = union.columns.first(where: { $0.name == column.name }) {
          guard other.type == column.type else { return nil }
        } else {
          union.columns.append(column)
        }
      }
      tables.append(table)
    }
    for table in tables {
      let names = Set(table.columns.map(\.name))
      union.rows += table.rows.map { row in
        var cells = [at: row[at] ?? []]
        for column in union.columns { cells[column.name] = names.contains(column.name) ? row[column.name] ?? [] : [] }
        return cells
      }
    }
    let keepsOrder = branches.allSatisfy { branch in
      branch.commands.allSatisfy { command in
        switch command {
        case .sort, .stats(_, _, isInline: false): false
        default: true
        }
      }
    }
    guard keepsOrder else { return union }
    let places = union.rows.map { $0[at]?.first?.whole ?? 0 }
    union.rows = union.rows.indices.sorted { places[$0] != places[$1] ? places[$0] < places[$1] : $0 < $1 }
      .map { union.rows[$0] }
    return union
  }

  private static func difference(_ answer: ESQLAnswer, _ table: PlainTable) -> String? {
    let (found, columns) = (
      answer.columns.map { "\($0.name) \($0.type)" }, table.columns.map { "\($0.name) \($0.type)" }
    )
    guard found == columns else { return "columns \(found), expected \(columns)" }
    guard answer.rows.count == table.rows.count else {
      return "\(answer.rows.count) rows, expected \(table.rows.count)"
    }
    for (place, row) in answer.rows.enumerated() {
      for (column, cell) in zip(table.columns, row) {
        let expected = table.rows[place][column.name] ?? []
        guard PlainReferenceTests.isSame(cell.values, expected) else {
          return "row \(place), \(column.name): \(cell), expected \(expected)"
        }
      }
    }
    return nil
  }
}
