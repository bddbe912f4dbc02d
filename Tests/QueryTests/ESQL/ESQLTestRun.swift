import CloudTrail
import Events
import JSON

@testable import Query

/// Runs queries over events that are given as JSON.
struct ESQLTestRun {
  var events: [String]
  var types: [(name: String, type: String)] = []
  var mapping = ""
  var tables: [String: [String]] = [:]
  var now = "2026-01-06T12:00:00.000Z"

  private func catalog() throws -> FieldCatalog {
    if !mapping.isEmpty { return FieldCatalog.standard.applying(try FieldMapping(JSONValue(parsing: mapping))) }
    guard !types.isEmpty else { return .standard }
    let properties = types.map { ($0.name, JSONValue.object(["type": .string($0.type)])) }
    let mapping = try FieldMapping(
      .object(["properties": .object(Dictionary(uniqueKeysWithValues: properties))]))
    return FieldCatalog.standard.applying(mapping)
  }

  func program(_ text: String) throws -> (ESQLProgram, FieldCatalog) { try program(ESQLQuery(text)) }

  private func program(_ query: ESQLQuery, isInner: Bool = false) throws -> (ESQLProgram, FieldCatalog) {
    let catalog = try catalog().narrowed(to: IndexPattern(query.sources, now: Timestamp(iso8601: now)))
    var known = ESQLCatalog(catalog, seen: Set(types.map(\.name)))
    for event in events {
      guard let value = try? JSONValue(parsing: event) else { continue }
      Self.leaves(value["_source"] ?? value, "") { path, leaf in
        guard path != "_id", path != "_index" else { return }
        known.seen.insert(path)
        if catalog.type(of: path) == nil {
          known.dynamic[path] =
            leaf.integerValue != nil
            ? .integer : leaf.boolValue != nil ? .boolean : leaf.doubleValue != nil ? .double : .keyword
        }
      }
    }
    var read: [String: ESQLTable] = [:]
    for (name, lines) in tables {
      read[name] = try ESQLTable(ndjson: lines.map { Array($0.utf8)[...] }, catalog: catalog)
    }
    return (
      try ESQLProgram(
        query, catalog: known, tables: read, now: Timestamp(iso8601: now) ?? .earliest, isInner: isInner), catalog
    )
  }

  private static func leaves(_ value: JSONValue, _ path: String, _ body: (String, JSONValue) -> Void) {
    switch value {
    case .object(let members):
      for (key, member) in members { leaves(member, path.isEmpty ? key : "\(path).\(key)", body) }
    case .array(let items): for item in items { leaves(item, path, body) }
    default: body(path, value)
    }
  }

  /// How events come to a query: runs that are merged, each with its batches of rows.
  struct Way {
    var runs: [[[Int]]]
    /// Only rows come that a rule's condition on single events leaves.
    var isNarrowed = false
  }

  /// The answer over all events at once, and, if there are any, over parts of them that are merged.
  func answers(_ text: String) -> Result<[ESQLAnswer], any Error> {
    Result {
      try answers(text) { count in [Way(runs: [[Array(0..<count)]]), Way(runs: (0..<count).map { [[$0]] }.reversed())] }
    }
  }

  /// The answer in each of some ways, which are asked for with the number of events; just one where there are none.
  func answers(_ text: String, _ ways: (Int) -> [Way]) throws -> [ESQLAnswer] {
    var query = try ESQLQuery(text)
    // Queries among whose values conditions look come first.
    var warnings: [String] = []
    while let inner = query.firstInnerQuery {
      let answer = try answers(program(inner, isInner: true)) { count in [Way(runs: [[Array(0..<count)]])] }[0]
      warnings += answer.warnings
      query = try query.answering(answer)
    }
    return try answers(program(query), ways).map { answer in
      var answer = answer
      answer.warnings = warnings + answer.warnings
      return answer
    }
  }

  private func answers(
    _ bound: (ESQLProgram, FieldCatalog), _ ways: (Int) -> [Way]
  ) throws -> [ESQLAnswer] {
    let (program, catalog) = bound
    guard !program.query.sources.isEmpty, !events.isEmpty else { return [try program.run().answer()] }
    var queries = QuerySet(catalog: catalog, now: Timestamp(iso8601: now) ?? .earliest)
    let conditions = program.matches.map { queries.add($0) }
    let bound = queries.add(program.query.bound(catalog))
    for field in program.fields { _ = queries.addField(field.path) }
    let batches = EventBatches(texts: events)
    // Events have their times whether a query reads them or not.
    let times = events.map { text -> Int64 in
      let event = try? JSONValue(parsing: text)
      let time = (event?["_source"] ?? event)?["@timestamp"]?.stringValue
      return (time.flatMap { Timestamp(iso8601: $0) } ?? .missing).milliseconds
    }
    func run(_ parts: [[Int]], _ isNarrowed: Bool) throws -> ESQLRun {
      let run = program.run()
      let mapper = EventMapper(
        queries.plan, context: EventContext(readAt: Timestamp(milliseconds: 0), ingestsAtEventTime: false),
        flattenedRoots: catalog.flattenedRoots)
      let evaluator = QueryEvaluator(queries)
      for rows in parts where !rows.isEmpty {
        let batch = batches.batch(mapper, rows: rows)
        evaluator.begin(batch)
        defer { evaluator.end() }
        var chosen: [Int]?
        if isNarrowed {
          let left = evaluator.rows(bound)
          chosen = rows.indices.filter { left.contains($0) }
        }
        try run.take(
          batch, rows: chosen, matches: conditions.map { evaluator.rows($0) },
          metadata: { name, row in
            let event = try? JSONValue(parsing: events[rows[row]])
            return event?[name]?.stringValue.map { .text($0) } ?? .none
          },
          order: { row in (times[rows[row]], EventID(high: 0, low: UInt64(rows[row]))) })
      }
      return run
    }
    return try ways(batches.rowCount).map { way in
      let runs = try way.runs.map { try run($0, way.isNarrowed) }
      for other in runs.dropFirst() { runs[0].merge(other) }
      return try runs[0].answer()
    }
  }

  /// A row as JSON.
  static func json(_ row: [Cell], _ types: [DataType]) -> String {
    let cells = zip(row, types).map { cell, type -> JSONValue in
      let values = cell.values.map { value -> JSONValue in
        switch value {
        case .boolean(let flag): .bool(flag)
        case .whole(let number) where !type.isTime: .integer(number)
        case .double(let number): (try? JSONValue(parsing: "\(number)")) ?? .null
        default: .string(ESQLAnswer.text(value, type))
        }
      }
      return values.isEmpty ? .null : values.count == 1 ? values[0] : .array(values)
    }
    return JSONValue.array(cells).text
  }
}
