import CloudTrail
import Events
import JSON
import Rules
import Testing

@testable import Detection

/// New terms are values as the mapped type keeps them.
struct NewTermTypeTests {
  /// The new terms of the alerts of a rule over documents of one second after the other.
  private func terms(_ field: String, _ values: [String]) throws -> [JSONValue] {
    let catalog = FieldCatalog.standard.applying(try FieldMapping(TestEvent.mapping))
    let rule = try Rule.newTerms("event.action: Match", [field], history: "now-1d")
    let lines = values.enumerated().map { second, value in
      #"{"_index":"logs-aws.cloudtrail-default","_id":"\#(second)","_source":{"@timestamp":"2026-01-01T00:00:0\#(second)Z","#
        + #""event":{"action":"Match","id":"\#(second)"},"\#(field)":\#(value)}}"#
    }
    return try TestHunt([rule], catalog: catalog).alerts(lines.joined(separator: "\n")).map { alert in
      try #require(alert.document["kibana.alert.new_terms"]?[0])
    }
  }

  @Test("Spellings of one typed value are one term, which the alert's document shows as the field keeps it")
  func typed() throws {
    #expect(try terms("source.port", ["443", "\"443\"", "22.9", "22", "\"80\""]) == [443, 22, 80])
    #expect(
      try terms("source.ip", [#""2001:db8:0::1""#, #""2001:db8::1""#, #""::ffff:10.1.2.3""#]) == [
        "2001:db8::1", "10.1.2.3",
      ])
    #expect(try terms("host.cpu.usage", ["0.12341", "\"0.123\"", "1"]) == [.double(0.123), 1])
    #expect(try terms("file.created", [#""2026-01-01""#, "1767225600000"]) == [1_767_225_600_000])
    #expect(
      try terms(
        "custom.nanos",
        [
          #""2026-01-01T00:00:00.123456789Z""#, #""2026-01-01T00:00:00.123456788Z""#,
          #""2026-01-01T01:00:00.123456789+01:00""#,
        ]) == [1_767_225_600_123_456_789, 1_767_225_600_123_456_788])
    #expect(
      try terms("custom.float", ["0.1", "0.10000000149", "0.2"]) == [
        .double(0.10000000149011612), .double(0.20000000298023224),
      ])
    #expect(
      try terms("custom.unsigned", ["18446744073709551615", "\"18446744073709551615\"", "18446744073709551614"])
        == [.number("18446744073709551615"), .number("18446744073709551614")])
    #expect(try terms("custom.flag", ["true", "\"true\"", "false", "\"\""]) == [true, false])
    #expect(try terms("custom.count", ["\"7\"", "7.9", "7"]) == [7])
  }

  @Test("A value that an event has many times is one term of it, and takes no room from others")
  func repeated() throws {
    let mapping = try FieldMapping(TestEvent.mapping)
    let catalog = FieldCatalog.standard.applying(mapping)
    // More than 10,000 combinations, if each stood for itself.
    let ports = ([String](repeating: "443", count: 150) + ["22"]).joined(separator: ",")
    let event =
      #"{"_index":"logs-aws.cloudtrail-default","_id":"1","_source":{"@timestamp":"2026-01-01T00:00:00Z","#
      + #""event":{"action":"Match","id":"1"},"source.port":[\#(ports)],"destination.port":[\#(ports)]}}"#
    let terms = try Rule.newTerms("event.action: Match", ["source.port", "destination.port"], history: "now-1d")
    let alerts = try TestHunt([terms], catalog: catalog).alerts(event)
    let found = try alerts.map { try $0.document["kibana.alert.new_terms"]?.arrayValue?.map(\.text) ?? [] }
    #expect(Set(found) == [["443", "443"], ["443", "22"], ["22", "443"], ["22", "22"]] && found.count == 4)
    var threshold = Rule(ruleID: "threshold", name: "A threshold rule", type: .threshold, severity: .low, riskScore: 21)
    threshold.query = "event.action: Match"
    threshold.index = ["logs-aws.cloudtrail-*"]
    for (value, expected) in [(1, 2), (2, 0)] {
      threshold.threshold = ThresholdParameters(fields: ["source.port"], value: value)
      #expect(try TestHunt([threshold], catalog: catalog).alerts(event).count == expected)
    }
  }

  @Test("On keyword and flattened fields terms are text, also where the JSON had a number or a boolean")
  func text() throws {
    #expect(
      try terms("user.name", ["443", "\"443\"", "true", "\"true\"", "22.9", "22"]) == ["443", "true", "22.9", "22"])
    #expect(
      try terms("aws.cloudtrail.flattened.request_parameters.n", ["443", "\"443\"", "false"]) == ["443", "false"])
  }

  @Test("Without a known type values of one text are one term, as they are by whatever type the first of them gives")
  func dynamic() throws {
    #expect(
      try terms("custom.free", ["443", "443.0", "\"443\"", "true", "\"true\"", "5.5"]) == ["443", "true", "5.5"])
    #expect(try terms("custom.free", ["\"443\"", "443", "\"443.0\"", "\"0443\""]) == ["443", "443.0", "0443"])
  }

  @Test("A rule on new terms of a text or of a field that is not indexed does not run, and says why")
  func noTerms() throws {
    for field in ["user.name.text", "message", "event.original"] {
      let rule = try Rule.newTerms("event.action: Match", [field], history: "now-1d")
      let plan = HuntPlan([rule], context: EventContext(readAt: TestHunt.readAt), query: RuleQuery.predicate)
      #expect(plan.rules.isEmpty && plan.unrunnable.first?.reason.contains("group by") == true, "\(field)")
    }
  }

  @Test("What a field keeps no term of is no new term")
  func unreadable() throws {
    #expect(try terms("source.ip", [#""AWS Internal""#, #""10.0.0.0/8""#]) == [])
    #expect(try terms("source.port", ["\"abc\"", "true", "1e30", "99999999999999999999"]) == [])
  }
}
