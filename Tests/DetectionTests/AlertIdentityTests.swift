import CloudTrail
import Events
import JSON
import Rules
import TestSupport
import Testing

@testable import Detection

struct AlertIdentityTests {
  /// A week of a few principals and rules of several kinds, overlapping windows among them.
  private static func input(_ seed: UInt64) throws -> (rules: [Rule], events: [TestEvent]) {
    var random = SeededRandom(seed: seed)
    var events: [TestEvent] = []
    for _ in 0..<250 {
      let time = 1_768_000_000_000 + Int64.random(in: 0..<172_800, using: &random) * 1000
      var event = TestEvent(id: TestEvent.uuid(&random), time: time)
      event.isECS = Bool.random(using: &random)
      event.user = ["alice", "bob", "eve"].randomElement(using: &random)
      event.roles =
        ["admin", "audit", "ops"].shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)) + []
      event.provider = ["iam", "sts"].randomElement(using: &random)
      events.append(event)
    }
    var overlapping = Rule.query("event.action: Match", id: "overlapping")
    overlapping.schedule = RuleSchedule(from: try DateMath("now-1h"), maxSignals: 3)
    var terms = try Rule.newTerms("event.action: Match", TestEvent.fields, history: "now-12h")
    terms.schedule = RuleSchedule(from: try DateMath("now-9m"))
    return ([overlapping, terms, .query("event.provider: iam", id: "plain")], events)
  }

  private static func lines(_ result: HuntResult) throws -> [String] {
    try TestHunt.alerts(result).map { String(decoding: $0.json, as: UTF8.self) }
  }

  @Test("The alerts are the same bytes in whatever order, batches and workers the events come", arguments: [1, 2])
  func orderDoesNotMatter(seed: UInt64) throws {
    let (rules, events) = try Self.input(seed)
    let hunt = TestHunt(rules)
    let expected = try Self.lines(hunt.run([[events.map(\.json).joined(separator: "\n")]]))
    #expect(expected.count > 100)
    var random = SeededRandom(seed: seed)
    for workers in [1, 2, 3, 5, 8] {
      let again = (events + events.prefix(40)).shuffled(using: &random)
      let got = try Self.lines(hunt.run(ReferenceHuntTests.deal(again, workers: workers)))
      #expect(got == expected, "\(workers) workers")
    }
  }

  @Test("An alert has one id however often it is hunted for, and no two alerts share one")
  func idsAreStableAndDistinct() throws {
    let (rules, events) = try Self.input(3)
    let first = try TestHunt.alerts(TestHunt(rules).run([[events.map(\.json).joined(separator: "\n")]]))
    #expect(Set(first.map(\.id)).count == first.count)
    // Other ticks find the same things.
    var later = rules
    for at in later.indices { later[at].schedule.interval = try Interval("1m") }
    later[0].schedule.maxSignals = 1000
    let second = try TestHunt.alerts(TestHunt(later).run(ReferenceHuntTests.deal(events, workers: 3)))
    let ids = Set(second.map(\.id))
    #expect(first.filter { $0.ruleID == "plain" }.allSatisfy { ids.contains($0.id) })
    #expect(first.filter { $0.ruleID == "overlapping" }.allSatisfy { ids.contains($0.id) })
  }

  @Test("An event that names no id and stands in the input twice gives one alert")
  func sameTextTwice() throws {
    let record = #"{"eventTime":"2026-01-01T00:00:00Z","eventName":"Match"}"#
    let document =
      #"{"@timestamp":"2026-01-01T00:00:01Z","event":{"action":"Match","id":"x"},"data_stream":{"dataset":"aws.cloudtrail"}}"#
    let alerts = try TestHunt([.query("event.action: Match")]).alerts(
      [record, document, record, document].joined(separator: "\n"))
    #expect(alerts.count == 2)
    #expect(Set(alerts.map(\.id)).count == 2)
  }

  @Test("Two documents that share an event.id and not an _id are two alerts with ids of their own")
  func sharedEventID() throws {
    let documents = ["one", "two"].map {
      #"{"_index":"logs-aws.cloudtrail-default","_id":"\#($0)","_source":{"@timestamp":"2026-01-01T00:00:00Z","#
        + #""event":{"action":"Match","id":"shared"}}}"#
    }
    let alerts = try TestHunt([.query("event.action: Match")]).alerts(documents.joined(separator: "\n"))
    #expect(alerts.count == 2)
    #expect(Set(alerts.map(\.id)).count == 2)
    #expect(
      Set(try alerts.map { try $0.document["kibana.alert.ancestors"]?[0]?["id"]?.stringValue }) == ["one", "two"])
  }

  @Test("New terms of equal text and different JSON types come in one order, whatever came first")
  func equalTextsOfTwoTypes() throws {
    var rule = try Rule.newTerms("event.action: *", ["event.code"], history: "now-1d")
    rule.schedule.maxSignals = 1
    let lines = [
      #"{"_id":"a","@timestamp":"2026-01-01T00:00:00Z","event":{"action":"x","code":["1",1]}}"#,
      #"{"_id":"b","@timestamp":"2026-01-01T00:00:30Z","event":{"action":"x","code":[1]}}"#,
      #"{"_id":"c","@timestamp":"2026-01-01T00:00:31Z","event":{"action":"x","code":["1"]}}"#,
    ]
    var seen: Set<[String]> = []
    for order in [[0, 1, 2], [1, 2, 0], [2, 1, 0]] {
      seen.insert(try Self.lines(TestHunt([rule]).run([[order.map { lines[$0] }.joined(separator: "\n")]])))
    }
    #expect(seen.count == 1)
  }
}
