import Events
import JSON
import Rules
import Testing

@testable import Detection

/// Events without `@timestamp`.
struct TimelessEventTests {
  private static func event(_ id: String, ingested: String?, user: String = "eve", time: String? = nil) -> String {
    let source =
      (time.map { #""@timestamp":"\#($0)","# } ?? "")
      + #""event":{"action":"Match","id":"\#(id)""# + (ingested.map { #","ingested":"\#($0)""# } ?? "")
      + #"},"user":{"name":"\#(user)"}"#
    return #"{"_index":"logs-aws.cloudtrail-default","_id":"\#(id)","_source":{\#(source)}}"#
  }

  private static let lines = [
    event("1", ingested: "2026-01-01T00:00:10Z"), event("2", ingested: nil),
    event("3", ingested: "2026-01-01T00:00:10Z", time: "2026-01-01T00:00:00Z"),
  ].joined(separator: "\n")

  private static func alerts(_ rule: Rule, _ text: String = lines) throws -> [JSONValue] {
    try TestHunt([rule]).alerts(text).map { try $0.document }
  }

  @Test("An event without @timestamp takes part by the rule's override, and in no rule without one")
  func takesPart() throws {
    var rule = Rule.query("event.action: Match")
    #expect(try Self.alerts(rule).map { $0["event"]?["id"] } == ["3"])
    rule.timestampOverride = "event.ingested"
    for isDisabled in [false, true] {
      rule.timestampOverrideFallbackDisabled = isDisabled
      let alerts = try Self.alerts(rule)
      // Of one time by the override, the one with `@timestamp` comes first.
      #expect(alerts.map { $0["event"]?["id"] } == ["3", "1"])
      #expect(alerts.map { $0["kibana.alert.original_time"] } == ["2026-01-01T00:00:00.000Z", nil])
      #expect(alerts.allSatisfy { $0["kibana.alert.original_event.ingested"] == "2026-01-01T00:00:10Z" })
    }
  }

  @Test("It counts as history, and its own time is the override")
  func history() throws {
    var rule = try Rule.newTerms("event.action: Match", ["user.name"], history: "now-1d")
    rule.timestampOverride = "event.ingested"
    let text = [
      Self.event("1", ingested: "2026-01-01T00:00:10Z"),
      Self.event("2", ingested: "2026-01-01T05:00:00Z", time: "2026-01-01T05:00:00Z"),
    ].joined(separator: "\n")
    #expect(try Self.alerts(rule, text).map { $0["event"]?["id"] } == ["1"])
  }

  @Test("A hunt over such events alone runs, over the times of the override")
  func alone() throws {
    var rule = Rule.query("event.action: Match")
    rule.timestampOverride = "event.ingested"
    #expect(try Self.alerts(rule, Self.event("1", ingested: "2026-01-01T00:00:10Z")).count == 1)
  }
}
