import Events
import JSON
import Query
import TestSupport
import Testing

@Suite("What can be said of a query without events")
struct QueryAnalysisTests {
  private let analysis = QueryAnalysis(
    presentFields: ["@timestamp"], isSingleValued: { ["event.action", "event.severity", "source.ip"].contains($0) })

  private func isNever(_ query: String) throws -> Bool { analysis.contradiction(in: try KQL.parse(query)) != nil }

  private func isAlways(_ query: String) throws -> Bool { analysis.isAlwaysTrue(try KQL.parse(query)) }

  @Test(
    "A query that no event can meet is known",
    arguments: [
      "event.action: a and event.action: b", "event.action: a and not event.action: a",
      "user.name: a and not user.name: a*", "user.name: a and not user.name: *", "not user.name: * and user.name: a",
      "event.action: (a and b)", "event.action: abc and event.action: x*", "source.ip: \"nowhere\"",
      "event.severity > 5 and event.severity < 3", "event.severity > 5 and event.severity <= 5",
      "(event.action: a or event.action: b) and event.action: c", "user.name: a and (not user.name: a or source.ip: x)",
      "event.action: a and not (event.action: a or user.name: b)", "source.ip: 10.0.0.1 and not source.ip: 10.0.0.0/8",
      "source.ip: 10.0.0.1 and source.ip: 192.168.0.0/16", "event.severity: many", "not *: *",
      "not (user.name: a or not user.name: a)", "event.action: \"a\" and event.action: \"A\"",
    ])
  func never(query: String) throws {
    #expect(try isNever(query))
    #expect(try !isAlways(query))
    #expect(try isAlways("not (\(query))"))
  }

  @Test(
    "A query that every event meets is known",
    arguments: [
      "", "*", "*: *", "@timestamp: *", "user.name: a or not user.name: a", "user.name: * or not user.name: a*",
    ])
  func always(query: String) throws {
    // The last one holds: what has no name does not start with a.
    #expect(try isAlways(query))
    #expect(try !isNever(query))
  }

  @Test(
    "Of a query that some events may meet and others not, nothing is said",
    arguments: [
      "user.name: a", "user.name: a and user.name: b", "event.category: (a and b)",
      "event.action: a or event.action: b",
      "event.action: a and not event.action: b*", "user.name: a* and not user.name: ab",
      "source.ip: 10.0.0.0/8 and not source.ip: 10.0.0.1",
      "event.severity > 3 and event.severity < 5", "message: alice and not message: \"alice smith\"",
      "event.action: a* and event.action: *b", "user.name: a and not user.name: b", "not user.name: *",
      "@timestamp > now-1d and @timestamp < now-2d", "event.severity >= 5 and event.severity <= 5",
      "event.action: (a or b) and not event.action: b", "user.name: x or not user.name: y",
    ])
  func open(query: String) throws {
    #expect(try !isNever(query))
    #expect(try !isAlways(query))
  }

  @Test("The cause names the field and what is asked of it")
  func cause() throws {
    let found = try #require(
      analysis.contradiction(in: try KQL.parse("user.name: x and event.action: a and event.action: b")))
    #expect(found.field == "event.action")
    #expect(found.cause.contains("“a”") && found.cause.contains("“b”"))
  }

  @Test("An alternative that cannot be met beside the rest is found; what is only excluded is none")
  func alternatives() throws {
    func dead(_ query: String) throws -> [String?] { analysis.deadAlternatives(in: try KQL.parse(query)).map(\.field) }
    #expect(try dead("event.action: a and (event.action: b or user.name: c)") == ["event.action"])
    #expect(try dead("event.action: (a or b) and user.name: c") == [])
    #expect(try dead("event.action: a and not (event.action: a and user.name: b)") == [])
    #expect(try dead("source.ip: x or user.name: c") == ["source.ip"])
  }

  @Test("A query too long to be looked at is left alone, soon")
  func long() throws {
    let query = "event.action: a and (" + (0..<30_000).map { "user.name: u\($0)" }.joined(separator: " or ") + ")"
    #expect(analysis.contradiction(in: try KQL.parse(query)) == nil)
  }

  @Test(
    "Whatever is said of a random query is true of random events",
    arguments: [UInt64.random(in: 0...UInt64.max), 1, 2, 3, 4])
  func random(seed: UInt64) throws {
    let now = Timestamp(milliseconds: 1_714_600_800_000)
    let reference = ReferenceEvaluator.standard(now: now)
    var random = SeededRandom(seed: seed)
    var said = 0
    for _ in 0..<10 {
      var maker = RandomEvents(seed: random.next())
      let events = (0..<10).map { _ in maker.event() }
      let scopes = events.map { reference.scope($0.json) }
      // What has one value in each of the events is taken for single-valued.
      var single: Set<String> = Set(events.flatMap { $0.values.map(\.path) })
      for event in events {
        var seen: Set<String> = []
        for value in event.values where !seen.insert(value.path).inserted { single.remove(value.path) }
      }
      let known = single
      let analysis = QueryAnalysis(isSingleValued: { path in
        known.contains(path) && FieldCatalog.standard.resolve(path).flattenedRoot == nil
      })
      var queries = RandomQueries(seed: random.next(), over: events)
      for _ in 0..<40 {
        let (one, two) = (queries.predicate(depth: 1), queries.predicate(depth: 1))
        for query in [
          queries.predicate(depth: 3), .and([one, two, .not(one)]), .and([one, .or([.not(one), two])]),
          .or([one, .not(one)]), .not(.and([one, two])), .and([one, two]), .and([one, .not(two)]),
        ] {
          if let found = analysis.contradiction(in: query) {
            said += 1
            for (scope, event) in zip(scopes, events) where reference.matches(query, in: scope) {
              Issue.record("seed \(seed): \(found) of \(query) on \(event.json.text.prefix(2000))")
            }
          }
          if analysis.isAlwaysTrue(query) {
            said += 1
            for (scope, event) in zip(scopes, events) where !reference.matches(query, in: scope) {
              Issue.record("seed \(seed): always, \(query) on \(event.json.text.prefix(2000))")
            }
          }
        }
      }
    }
    #expect(!stands(seed) || said > 250, "seed \(seed): only \(said) queries were decided")
  }
}
