import CloudTrail
import Events
import JSON
import Query
import Rules
import TestSupport
import Testing

@testable import Detection

/// Runs a query in ES|QL over some events as a search would: all of it, without asking anything before.
private final class PlainQuery: RecordConsumer {
  private let program: ESQLProgram
  private let run: ESQLRun
  private let evaluator: QueryEvaluator
  private let conditions: [BoundQuery]
  private let mapper: EventMapper
  private let order: (String) -> Int64
  private let writer: EventJSON

  init(_ query: ESQLQuery, now: Timestamp, order: @escaping (String) -> Int64) throws {
    program = try ESQLProgram(query, catalog: ESQLCatalog(.standard), now: now)
    run = program.run()
    var queries = QuerySet(catalog: .standard, now: now)
    conditions = program.matches.map { queries.add($0) }
    for field in program.fields { _ = queries.addField(field.path) }
    evaluator = QueryEvaluator(queries)
    let context = EventContext(readAt: TestHunt.readAt)
    mapper = EventMapper(queries.plan, context: context, flattenedRoots: FieldCatalog.standard.flattenedRoots)
    writer = EventJSON(context)
    self.order = order
  }

  func id(_ row: RecordRow) -> String {
    if let id = try? writer.documentID(row) { return id }
    return (try? writer.withEvent(row) { EventFields($0).first("event.id") }) ?? "?"
  }

  func consume(_ batch: RecordBatch) throws {
    try mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, rows in
      evaluator.begin(events)
      defer { evaluator.end() }
      try run.take(
        events, rows: nil, matches: conditions.map { evaluator.rows($0) },
        metadata: { name, row in
          switch name {
          case "_id": .text(id(batch.rows[rows[row]]))
          case "_index": .text(TestEvent.stream)
          case "_version": .whole(1)
          default: .none
          }
        },
        order: { row in (order(id(batch.rows[rows[row]])), batch.rows[rows[row]].id) })
    }
  }

  func endUnit(_ sequence: Int) async throws {}
  func finish() throws -> ESQLAnswer { try run.answer() }
}

/// Runs a rule in ES|QL execution by execution over a plain array of events: the whole query over those of the window.
private struct ReferenceRows {
  struct Created: Hashable, Comparable, CustomStringConvertible {
    var tick: Int64
    /// The event, for a row that is one.
    var event: String?
    var cells: [String]

    var description: String { "\(tick) \(event ?? "-") \(cells)" }
    static func < (left: Created, right: Created) -> Bool { left.description < right.description }
  }

  private(set) var created: [Created] = []

  init(_ rule: Rule, _ given: [TestEvent], exceptions: [ReferenceHunt.Exception]) throws {
    // Ids are asked for where a query does not.
    let query = try ESQLQuery(
      ((rule.query ?? "") + "\n").replacing("METADATA _index\n", with: "METADATA _index, _id\n"))
    let isGlobal = query.isAggregating
    let interval = rule.schedule.interval.milliseconds
    func time(_ event: TestEvent) -> Int64? {
      guard rule.timestampOverride == "event.ingested" else { return event.hasTime ? event.time : nil }
      if let stored = event.stored { return stored }
      return rule.timestampOverrideFallbackDisabled || !event.hasTime ? nil : event.time
    }
    var known: Set<String> = []
    let events = given.filter { known.insert($0.id).inserted }
    // Where rules have a timestamp of their own, times of events that they match widen the schedule.
    let times = given.filter(\.hasTime).map(\.time) + given.compactMap(time)
    guard let earliest = times.min(), let latest = times.max() else { return }
    var done: Set<String> = []
    var tick = (earliest + interval - 1) / interval * interval
    while true {
      defer { tick += interval }
      let now = Timestamp(milliseconds: tick)
      let from = rule.schedule.from.resolve(now: now, roundingUp: false).milliseconds
      let to = rule.schedule.to.resolve(now: now, roundingUp: false).milliseconds
      if from > latest { break }
      let seen = events.filter { event in
        guard let time = time(event), from <= time, time <= to else { return false }
        return !exceptions.contains { $0.provider == event.provider && tick <= $0.expires ?? .max }
      }
      if seen.isEmpty, !isGlobal { continue }
      let order = Dictionary(events.map { ($0.id, time($0) ?? 0) }) { first, _ in first }
      let plain = try PlainQuery(query, now: now) { order[$0] ?? 0 }
      let answer = try TestHunt.consume(seen.map(\.json), plain)
      let id = query.isAggregating ? nil : answer.columns.firstIndex { $0.name == "_id" }
      let expanded = query.expandedNames.compactMap { name in answer.columns.firstIndex { $0.name == name } }
      var made = 0
      for (number, row) in answer.rows.enumerated() {
        let event = id.flatMap { row[$0].single?.textValue }
        let isWhole = expanded.count == query.expandedNames.count
        let key = event.map { "\($0) \(isWhole ? expanded.map { "\(row[$0])" } : [])" } ?? "\(from) \(to) \(number)"
        guard !done.contains(key), made < rule.schedule.maxSignals else { continue }
        done.insert(key)
        made += 1
        created.append(
          Created(tick: tick, event: event, cells: Self.cells(answer.columns.map(\.name), answer.types, row)))
      }
    }
    created.sort()
  }

  static func cells(_ names: [String], _ types: [DataType], _ row: [Cell]) -> [String] {
    zip(names, zip(types, row)).compactMap { name, cell in
      name.hasPrefix("_") || name == "@timestamp" || cell.1.isNull
        ? nil : "\(name)=\(cell.1.values.map { ESQLAnswer.text($0, cell.0) })"
    }.sorted()
  }
}

struct ESQLReferenceTests {
  @Test(
    "Rows of ES|QL alert as a plain run of every execution makes them",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func equalsReference(seed: UInt64) throws {
    var maker = HistoryMaker(seed: seed)
    var (ofEvents, ofGroups) = (0, 0)
    for number in 0..<40 {
      var made = try maker.next()
      var query = Self.query(&maker)
      // Some name a column that is gone.
      while (try? ESQLProgram(ESQLQuery(query), catalog: ESQLCatalog(.standard), now: TestHunt.readAt)) == nil {
        query = Self.query(&maker)
      }
      let rule = Self.rule(made.rule, query)
      for at in made.events.indices {
        // An event that is delivered again stays the same.
        made.events[at].action = ["Match", "Other", "Third"][made.events[at].id.utf8.reduce(0) { $0 + Int($1) } % 3]
      }
      let exceptions = made.exceptions.filter { $0.time == nil }
      let place = Comment(
        rawValue: "seed \(seed), case \(number)\n\(rule.query ?? "")\n\(ReferenceHuntTests.describe(made))")
      let expected = try ReferenceRows(rule, made.events, exceptions: exceptions)
      let hunt = TestHunt([rule], exceptions: exceptions.map(ReferenceHuntTests.exception))
      try #require(hunt.plan.rules.count == 1, "\(hunt.plan.unrunnable.map(\.reason)) \(place)")
      let result = try hunt.run(
        ReferenceHuntTests.deal(made.events, workers: Int.random(in: 1...3, using: &maker.random)))
      #expect(result.outcomes.allSatisfy { $0.failures.isEmpty })
      var places: [String: Int] = [:]
      let got = try TestHunt.alerts(result).enumerated().map { at, alert in
        let found = result.planned[at].finding
        guard case .row(let row) = found.basis else { throw Unexpected.basis }
        let document = try alert.document
        for (name, value) in row.members where name != "@timestamp" {
          #expect(document[name] == value, "\(name)\n\(place)")
        }
        places[alert.id, default: 0] += 1
        return ReferenceRows.Created(
          tick: alert.tick.milliseconds, event: row.isEvent ? alert.sourceID : nil,
          cells: ReferenceRows.cells(row.columns.map(\.name), row.columns.map(\.type), row.cells))
      }.sorted()
      try #require(got == expected.created, place)
      #expect(places.values.allSatisfy { $0 == 1 }, "an id is of one alert\n\(place)")
      ofEvents += got.count { $0.event != nil }
      ofGroups += got.count { $0.event == nil }
    }
    #expect(!stands(seed) || ofEvents > 10 && ofGroups > 10, "of events \(ofEvents), of groups \(ofGroups)")
  }

  private enum Unexpected: Error { case basis }

  /// A query of random commands.
  private static func query(_ maker: inout HistoryMaker) -> String {
    let user = TestEvent.user
    let role = TestEvent.role
    let conditions = [
      "event.action == \"Match\"", "event.action != \"Other\"", "event.provider IN (\"iam\", null)",
      "NOT event.provider IN (\"iam\")", "\(user) LIKE \"a*\"", "NOT \(user) LIKE \"*\"", "\(user) IS NOT NULL",
      "\(user) IS NULL or event.action RLIKE \"M.*h\"", "@timestamp > NOW() - 10 minutes",
      "STARTS_WITH(event.action, \"M\")", "KQL(\"event.provider: iam or \(role): admin\")", "MV_COUNT(\(role)) > 1",
      "NOT (event.provider == \"sts\" AND event.action == \"Match\")", "TO_LOWER(event.action) == \"match\"",
      "LENGTH(\(user)) < 5", "\(role) == \"admin\"", "NOT \(role) != \"admin\"", "event.action : \"Match\"",
      "COALESCE(event.provider, \"none\") != \"iam\"", "event.action NOT LIKE (\"O*\", \"X\")", "true", "null",
    ]
    let steps = [
      "EVAL who = TO_UPPER(\(user))", "EVAL event.action = CONCAT(event.action, \"!\")",
      "EVAL slot = DATE_TRUNC(5 minutes, @timestamp)", "DISSECT event.action \"%{first}t%{rest}\"",
      "MV_EXPAND \(role)", "INLINE STATS n = COUNT(*) BY event.provider", "SORT @timestamp DESC, \(user)",
      "RENAME event.provider AS event.action", "EVAL age = DATE_DIFF(\"minutes\", @timestamp, NOW())",
    ]
    func condition() -> String {
      let parts = (0..<Int.random(in: 1...2, using: &maker.random)).map { _ in maker.pick(conditions) }
      return "WHERE " + parts.map { "(\($0))" }.joined(separator: maker.pick([" AND ", " OR "]))
    }
    let metadata = maker.pick([" METADATA _id, _index, _version", " METADATA _id", " METADATA _index"])
    var commands = ["FROM logs-aws.*\(metadata)"]
    var isFullText = true
    var isOfEvents = true
    func add(_ command: String) {
      // Full-text functions stand before what makes other rows, and queries of whole events before all but conditions and orders.
      if !isFullText, command.contains("KQL(") || command.contains(" : ") { return }
      if !isOfEvents, command.contains("KQL(") { return }
      commands.append(command)
      if !["WHERE", "SORT"].contains(where: command.hasPrefix) { isOfEvents = false }
      if ["MV_EXPAND", "INLINE", "LIMIT", "STATS", "RENAME", "EVAL event.action"].contains(where: command.hasPrefix) {
        isFullText = false
      }
    }
    let withAll = metadata.contains("_id")
    for _ in 0..<Int.random(in: 0...3, using: &maker.random) {
      add(Bool.random(using: &maker.random) ? condition() : maker.pick(steps))
    }
    switch Int.random(in: 0..<5, using: &maker.random) {
    case 0:
      add("STATS n = COUNT(*), actions = VALUES(event.action), last = MAX(@timestamp) BY \(maker.pick([user, role]))")
      if Bool.random(using: &maker.random) { add("WHERE n >= 2") }
    case 1:
      add("STATS n = COUNT(*) WHERE event.action == \"Match\", users = COUNT_DISTINCT(\(user))")
      add("WHERE n \(maker.pick([">= 2", "== 0"]))")
    case 2:
      if withAll { add("KEEP _id, event.*, @timestamp") }
    case 3:
      add("LIMIT \(Int.random(in: 1...3, using: &maker.random))")
    default: break
    }
    // Every query names these, so that rows of both kinds of running have them.
    if !commands.contains(where: { $0.hasPrefix("STATS") || $0.hasPrefix("RENAME") || $0.hasPrefix("KEEP") }), withAll {
      commands.append("KEEP \(maker.pick(["*", "_id, event.action, \(user)", "event.action, \(user)"]))")
    }
    return commands.joined(separator: "\n| ")
  }

  private static func rule(_ rule: Rule, _ query: String) -> Rule {
    var made = Rule.esql(query)
    made.schedule = rule.schedule
    // What is found in nothing depends on how far the schedule goes, which times of events that match widen.
    if query.contains("STATS n = COUNT(*) WHERE") { return made }
    made.timestampOverride = rule.timestampOverride
    made.timestampOverrideFallbackDisabled = rule.timestampOverrideFallbackDisabled
    return made
  }
}

extension Rule {
  /// A rule in ES|QL for tests.
  static func esql(_ query: String, id: String = "esql-rule") -> Rule {
    var rule = Rule(ruleID: id, name: "A rule in ES|QL", type: .esql, severity: .medium, riskScore: 47)
    rule.query = query
    rule.language = .esql
    return rule
  }
}
