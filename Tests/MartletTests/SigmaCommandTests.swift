import Foundation
import JSON
import TestSupport
import Testing

/// What a person does with a folder of Sigma.
struct SigmaCommandTests {
  private static let rule = """
    title: Logging stopped
    id: 00000000-0000-4000-8000-00000000000a
    description: Somebody stopped a trail.
    logsource: { product: aws, service: cloudtrail }
    detection:
      selection: { eventName: StopLogging, requestParameters.name: Main }
      condition: selection
    level: high
    """

  private static let records = """
    {"Records":[
    {"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-000000000001","eventTime":"2026-01-05T10:00:00Z","eventName":"StopLogging","eventSource":"cloudtrail.amazonaws.com","requestParameters":{"name":"Main"},"recipientAccountId":"111111111111"},
    {"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-000000000002","eventTime":"2026-01-05T10:01:00Z","eventName":"StopLogging","eventSource":"cloudtrail.amazonaws.com","requestParameters":{"name":"other"},"recipientAccountId":"111111111111"}]}
    """

  @Test("Files are hunted, stored events too, and checked and converted")
  func folder() throws {
    let scratch = try Scratch()
    try scratch.write(Self.rule, "rules/a.yml")
    try scratch.write(
      "title: z\nlogsource: { product: zeek }\ndetection: { s: { a: 1 }, condition: s }\n", "rules/b.yml")
    let events = try scratch.write(Self.records, "events.json")
    let rules = scratch.path + "/rules"
    let hunt = try Binary(["hunt", "--rules", rules, "--no-builtin", "--format", "ndjson", events])
    #expect(hunt.status == 0 && hunt.lines.count == 1, "\(hunt.errors)")
    #expect(hunt.errors.contains("No data source for zeek"))
    let data = scratch.path + "/data"
    #expect(try Binary(["ingest", "--data", data, events]).status == 0)
    for _ in 0..<2 {
      let stored = try Binary(["hunt", "--rules", rules, "--no-builtin", "--format", "ndjson", "--data", data])
      #expect(
        try stored.documents.map { $0["kibana.alert.uuid"] } == hunt.documents.map { $0["kibana.alert.uuid"] },
        "\(stored.errors)")
    }
    let check = try Binary(["rules", "check", rules])
    #expect(check.status == 0 && check.output.contains("2 rules, 1 can run"), "\(check.output)")
    // EQL knows no key of a flattened field, and KQL compares with case.
    let convert = try Binary(["rules", "convert", "--from", "sigma", "--to", "ndjson", scratch.path + "/rules/a.yml"])
    #expect(
      convert.status == 0 && convert.errors.contains("is narrower: `requestParameters.name`"), "\(convert.errors)")
    let mapping = try scratch.write(
      #"{"properties":{"aws.cloudtrail.flattened.request_parameters":{"properties":{"name":{"type":"keyword"}}}}}"#,
      "mapping.json")
    let typed = try Binary(
      [
        "rules", "convert", "--from", "sigma", "--to", "ndjson", "--mapping", mapping, scratch.path + "/rules/a.yml",
      ])
    #expect(try typed.status == 0 && typed.documents.first?["language"] == "eql", "\(typed.errors)")
    let written = try #require(try convert.documents.first)
    #expect(written["language"] == "kuery")
    #expect(written["query"]?.stringValue?.contains(#"event.action: "StopLogging""#) == true)
    #expect(written["description"] == "Somebody stopped a trail.")
    let converted = try scratch.write(convert.output, "converted.ndjson")
    let again = try Binary(["hunt", "--rules", converted, "--no-builtin", "--format", "ndjson", events])
    #expect(
      try again.documents.map { $0["kibana.alert.uuid"] } == hunt.documents.map { $0["kibana.alert.uuid"] },
      "\(again.errors)")
    let explain = try Binary(
      [
        "explain", "--rules", rules, "--no-builtin", "--rule", "Logging stopped", "--event",
        "00000000-0000-0000-0000-000000000002", events,
      ])
    #expect(
      explain.status == 0 && explain.output.contains("martlet.record.requestParameters.name"), "\(explain.output)")
  }

  @Test(
    "A correlation that cannot be converted is told by its name and cause, the rest is written, and it runs in a hunt")
  func unconverted() throws {
    let scratch = try Scratch()
    let rules = try scratch.write(
      Self.rule.replacing("title:", with: "name: stop\ntitle:").replacing("eventName:", with: "eventName|cased:") + """

        ---
        title: Stopped again and again
        correlation: { type: event_count, rules: [ stop ], group-by: [ recipientAccountId ], timespan: 1h, condition: { gte: 1 } }
        generate: true
        """, "rules.yml")
    let convert = try Binary(["rules", "convert", "--from", "sigma", "--to", "ndjson", rules])
    #expect(convert.status == 1)
    #expect(
      convert.errors.contains("Stopped again and again: is not converted: A correlation counts in spans that slide"))
    #expect(convert.errors.contains("1 rule cannot be converted exactly"), "\(convert.errors)")
    #expect(try convert.documents.contains { $0["name"] == "Logging stopped" })
    // A rule that only the correlation looks at does not alert, and goes with it.
    let alone = try scratch.write(
      try String(contentsOfFile: rules, encoding: .utf8).replacing("generate: true", with: ""), "alone.yml")
    let others = try Binary(["rules", "convert", "--from", "sigma", "--to", "ndjson", alone])
    #expect(
      others.errors.contains(
        "Logging stopped: is not converted: Only a correlation looks at it, and “Stopped again and again” is not converted."
      ), "\(others.errors)")
    #expect(others.errors.contains("2 rules cannot be converted exactly"))
    let events = try scratch.write(Self.records, "events.json")
    let hunt = try Binary(["hunt", "--rules", rules, "--no-builtin", "--format", "ndjson", events])
    let names = try Set(hunt.documents.compactMap { $0["kibana.alert.rule.name"]?.stringValue })
    #expect(names == ["Logging stopped", "Stopped again and again"], "\(hunt.errors)")
  }

  @Test("Rules in Sigma that a folder keeps are exported in Elastic's format, or as they are kept")
  func export() throws {
    let scratch = try Scratch()
    let rules = try scratch.write(
      """
      title: Logging stopped
      id: 00000000-0000-4000-8000-000000000001
      logsource: { product: aws, service: cloudtrail }
      detection: { s: { eventName: StopLogging }, condition: s }
      ---
      title: Public
      id: 00000000-0000-4000-8000-000000000002
      logsource: { product: aws, service: cloudtrail }
      detection: { s: { requestParameters.acl|contains: public }, condition: s }
      """, "rules.yml")
    let data = scratch.path + "/data"
    #expect(try Binary(["ingest", "--data", data, scratch.write(Self.records, "events.json")]).status == 0)
    let put = try Binary(["rules", "import", "--data", data, rules])
    #expect(put.status == 0, "\(put.errors)")
    let export = try Binary(["rules", "export", "--data", data])
    #expect(export.status == 1)
    #expect(export.errors.contains("Public: is not converted: "), "\(export.errors)")
    #expect(export.errors.contains("1 rule cannot be converted exactly"), "\(export.errors)")
    let written = try export.documents
    try #require(written.count > 1)
    #expect(written.filter { $0["rule_id"] != nil }.count == 1 && written[0]["language"] == "eql")
    // Kibana takes no rule without a description.
    #expect(written[0]["description"] == "Logging stopped")
    #expect(written.last?["exported_rules_count"] == 1)
    let kept = try Binary(["rules", "export", "--data", data, "--keep-sigma"])
    #expect(kept.status == 0, "\(kept.errors)")
    #expect(try kept.documents.filter { $0["language"] == "sigma" }.count == 2)
    let id = "00000000-0000-4000-8000-000000000002"
    let version = ["rules", "export", "--data", data, "--rule", id, "--at-version", "1"]
    // A version is exported as it was kept, to put it back.
    #expect(try Binary(version).documents.first?["language"] == "sigma")
  }

  @Test("An event is told which alert of a correlation it is a part of, or that nothing came to go with it")
  func explained() throws {
    let scratch = try Scratch()
    let rule = try scratch.write(
      """
      title: stop
      name: stop
      logsource: { product: aws, service: cloudtrail }
      detection:
        s: { eventName: StopLogging }
        condition: s
      ---
      title: Logging stopped twice
      correlation: { type: event_count, rules: stop, group-by: [ awsRegion ], timespan: 5m, condition: { gte: 2 } }
      """, "rules.yml")
    let records = [(1, 0, "eu-west-1"), (2, 1, "eu-west-1"), (3, 2, "us-east-1")].map { number, minute, region in
      #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-00000000000\#(number)","#
        + #""eventTime":"2026-01-05T10:0\#(minute):00Z","eventName":"StopLogging","awsRegion":"\#(region)","#
        + #""eventSource":"cloudtrail.amazonaws.com","recipientAccountId":"111111111111"}"#
    }
    let events = try scratch.write(#"{"Records":[\#(records.joined(separator: ","))]}"#, "events.json")
    let hunt = try Binary(["hunt", "--rules", rule, "--no-builtin", "--format", "ndjson", events])
    let id = try #require(try hunt.documents.first?["kibana.alert.uuid"]?.stringValue)
    func explain(_ number: Int) throws -> String {
      try Binary(
        [
          "explain", "--rules", rule, "--no-builtin", "--rule", "Logging stopped twice", "--event",
          "00000000-0000-0000-0000-00000000000\(number)", events,
        ]
      ).output
    }
    for number in 1...2 {
      #expect(try explain(number).hasPrefix("Alert: the event is one of those that the alert \(id)"))
    }
    #expect(try explain(3).contains("no execution found the events that are to go with it"))
  }
}
