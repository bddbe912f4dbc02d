import Events
import JSON
import Query
import Rules
import TestSupport
import Testing

@testable import Detection

struct ReferenceHuntTests {
  @Test(
    "The engine creates what a plain run of every tick creates",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func equalsReference(seed: UInt64) throws {
    var maker = HistoryMaker(seed: seed)
    let catalog = FieldCatalog.standard.applying(try FieldMapping(TestEvent.mapping))
    // How often the cases show what they are for.
    var alerts = 0
    var cuts = 0
    var lost = 0
    var relative = 0
    for number in 0..<400 {
      let made = try maker.next()
      let expected = ReferenceHunt(
        made.rule, made.events, relative: made.relative, exceptions: made.exceptions, earliestTick: made.earliestTick,
        latestTick: made.latestTick)
      let workers = Int.random(in: 1...3, using: &maker.random)
      let result = try TestHunt(
        [made.rule], catalog: catalog, exceptions: made.exceptions.map(Self.exception)
      ).run(
        Self.deal(made.events, workers: workers),
        replay: (
          made.earliestTick.map(Timestamp.init(milliseconds:)), made.latestTick.map(Timestamp.init(milliseconds:))
        ))
      let got = try Self.created(result)
      let place = Comment(rawValue: "seed \(seed), case \(number)\n\(Self.describe(made))")
      let wanted = expected.created.sorted { ($0.tick, $0.thing) < ($1.tick, $1.thing) }
      try #require(got == wanted, place)
      let outcome = result.outcomes[0]
      try #require(
        outcome.cuts.map { ReferenceHunt.Cut(tick: $0.tick.milliseconds, count: $0.count) } == expected.cuts, place)
      try #require(outcome.lost == expected.lost, place)
      if made.rule.timestampOverride == nil { try #require(outcome.executions == expected.executions, place) }
      alerts += outcome.alerts
      cuts += outcome.cuts.count
      lost += outcome.lost
      relative += made.relative == nil ? 0 : outcome.alerts
    }
    #expect(
      !stands(seed) || alerts > 500 && cuts > 30 && lost > 20 && relative > 50,
      "alerts \(alerts), cuts \(cuts), lost \(lost), with a relative time \(relative)")
  }

  @Test("A history of a month sees again what the end of a shorter month hid")
  func monthsOfDifferentLength() throws {
    // A month before 30 March 18:00 is 28 February 18:00, and a month before 31 March 06:00 is 28 February 06:00.
    var rule = try Rule.newTerms("event.action: Match", [TestEvent.user], history: "now-1M")
    rule.schedule = RuleSchedule(interval: try Interval("1h"), from: try DateMath("now-7h"))
    let first = try #require(Timestamp(iso8601: "2026-02-28T00:00:00Z")).milliseconds
    let second = try #require(Timestamp(iso8601: "2026-03-28T00:00:00Z")).milliseconds
    var random = SeededRandom(seed: 1)
    for _ in 0..<200 {
      let times = [
        first + 3_600_000 * Int64.random(in: 0..<26, using: &random),
        second + 3_600_000 * Int64.random(in: 0..<100, using: &random),
      ]
      let events = times.map { TestEvent(id: TestEvent.uuid(&random), time: $0, user: "alice") }
      let expected = ReferenceHunt(rule, events)
      let result = try TestHunt([rule]).run([[events.map(\.json).joined(separator: "\n")]])
      try #require(
        Self.created(result) == expected.created.sorted { ($0.tick, $0.thing) < ($1.tick, $1.thing) },
        "\(times.map(TestEvent.iso))")
    }
  }

  /// Deals events to workers as lines of several batches.
  static func deal(_ events: [TestEvent], workers: Int) -> [[String]] {
    (0..<workers).map { worker in
      let mine = events.indices.filter { $0 % workers == worker }.map { events[$0].json }
      let half = mine.count / 2
      return [mine[..<half], mine[half...]].map { $0.joined(separator: "\n") }
    }
  }

  static func created(_ result: HuntResult) throws -> [ReferenceHunt.Created] {
    try TestHunt.alerts(result).map { alert in
      let source = try alert.document["kibana.alert.ancestors"]?[0]?["id"]?.stringValue ?? "?"
      return ReferenceHunt.Created(
        tick: alert.tick.milliseconds, thing: .init(source: source, terms: alert.newTerms.map(\.text)),
        evidence: try evidence(alert))
    }.sorted { ($0.tick, $0.thing) < ($1.tick, $1.thing) }
  }

  /// What the alert's document says was searched and found.
  private static func evidence(_ alert: Alert) throws -> ReferenceHunt.Found {
    let evidence = try alert.document["martlet"]?["evidence"]
    let matched = ["window", "history"].compactMap { evidence?["matched"]?[$0]?.integerValue }
    let terms = evidence?["terms"]?.arrayValue ?? []
    return ReferenceHunt.Found(
      matched: matched.map { Int($0) },
      lastSeen: terms.map { term in
        term["last_seen"]?.stringValue.flatMap { Timestamp(iso8601: $0)?.milliseconds }
      })
  }

  static func exception(_ exception: ReferenceHunt.Exception) -> RuleException {
    var predicate = Predicate.test(.named(TestEvent.provider), .match(exception.provider))
    if let time = exception.time, let query = try? KQL.parse(time.query) { predicate = .and([predicate, query]) }
    return RuleException(
      predicate: predicate, expires: exception.expires.map(Timestamp.init(milliseconds:)), name: "test", place: "test")
  }

  static func describe(_ made: HistoryMaker.Case) -> String {
    let rule = made.rule
    var lines = [
      "interval \(rule.schedule.interval.text) from \(rule.schedule.from.text) to \(rule.schedule.to.text) "
        + "history \(rule.newTerms?.historyWindowStart.text ?? "-") fields \(rule.newTerms?.fields ?? []) "
        + "max \(rule.schedule.maxSignals) override \(rule.timestampOverride ?? "-") "
        + "query \(made.rule.query ?? "") exceptions \(made.exceptions) "
        + "ticks \(made.earliestTick.map(TestEvent.iso) ?? "")…\(made.latestTick.map(TestEvent.iso) ?? "")"
    ]
    lines += made.events.sorted { $0.time < $1.time }.map(\.json)
    return lines.joined(separator: "\n")
  }
}
