import Events
import Foundation
import JSON
import TestSupport
import Testing

@testable import CloudTrail

/// What events get that are in ECS already.
@Suite("Events in ECS get what their agents and addresses say")
struct EnrichmentTests {
  private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Golden")
  private static let agent = "aws-cli/2.15.30 Python/3.11.8 Linux/6.1.0 exe/x86_64.ubuntu.22"

  private static func context(withPlaces: Bool) throws -> EventContext {
    var context = Mapped.context
    if withPlaces {
      context.geoDatabases = try ["geo-test.mmdb", "geo-test-asn.mmdb"].map {
        try GeoDatabase(path: golden.appendingPathComponent($0).path)
      }
    }
    return context
  }

  private func map(_ members: String, withPlaces: Bool = true, plan: FieldPlan = .all) throws -> Mapped {
    try Mapped(
      "{\"@timestamp\":\"2024-05-01T10:00:01Z\",\(members)}", plan: plan,
      context: try Self.context(withPlaces: withPlaces))
  }

  /// What the mapping of CloudTrail makes of the same agent and address.
  private func expected(_ object: String) throws -> JSONValue? {
    try Mapped(
      "{\"eventTime\":\"2024-05-01T10:00:01Z\",\"userAgent\":\"\(Self.agent)\",\"sourceIPAddress\":\"203.0.113.7\"}",
      context: try Self.context(withPlaces: true)
    ).value(object)
  }

  @Test(
    "An agent without a parse, and an address without place and network, get those of a record of CloudTrail",
    arguments: [
      #""user_agent":{"original":"\#(agent)"},"source":{"address":"203.0.113.7","ip":"203.0.113.7"}"#,
      #""user_agent.original":"\#(agent)","source.ip":"203.0.113.7","source.address":"203.0.113.7""#,
      #""user_agent":{"original":"\#(agent)","name":null,"os":{}},"source":{"geo":{},"ip":["203.0.113.7"],"address":"203.0.113.7"}"#,
    ])
  func enriched(members: String) throws {
    let mapped = try map(members)
    let leaves = try mapped.leavesOfJSON()
    for object in ["user_agent", "source"] {
      let wanted = try Mapped.leaves(in: JSONValue.object([object: try #require(try expected(object))]).text)
      #expect(leaves.filter { $0.key.hasPrefix(object + ".") } == wanted)
    }
    #expect(
      mapped.columns.filter { $0.key.hasPrefix("user_agent.") || $0.key.hasPrefix("source.") }
        == leaves.filter { $0.key.hasPrefix("user_agent.") || $0.key.hasPrefix("source.") })
    #expect(leaves["user_agent.name"] == [.init(kind: .string, text: "aws-cli")])
    // No name stands twice.
    #expect(mapped.text.components(separatedBy: "\"user_agent\":").count <= 2)
    #expect(mapped.text.components(separatedBy: "\"source\":").count <= 2)
    #expect(mapped.text.components(separatedBy: "\"geo\":").count <= 2)
  }

  @Test(
    "What an event has itself stays as it is",
    arguments: [
      #""user_agent":{"original":"\#(agent)","name":"mine"},"source":{"ip":"203.0.113.7","geo":{"city_name":"Mine"},"as":{"number":1}}"#,
      #""user_agent":{"original":"\#(agent)"},"user_agent.device.name":"mine","source.ip":"203.0.113.7","source.geo.name":"x","source.as.number":1"#,
      #""user_agent":{"original":"\#(agent)","os.name":"mine"},"source":{"ip":"nowhere"}"#,
      #""user_agent":"\#(agent)","source":"203.0.113.7""#,
      #""user_agent":{"original":5},"source":{"ip":[]}"#,
      #""user_agent":{"original":"\#(agent)","name":""},"source":{"ip":"203.0.113.7","geo":{"name":"-"},"as":{"number":0}}"#,
      #""kibana.alert.uuid":"a-1","user_agent":{"original":"\#(agent)"},"source":{"ip":"203.0.113.7"}"#,
    ])
  func untouched(members: String) throws {
    let mapped = try map(members)
    #expect(mapped.text == "{\"@timestamp\":\"2024-05-01T10:00:01Z\",\(members)}")
    let leaves = try mapped.leavesOfJSON()
    for path in ["user_agent.name", "user_agent.version", "source.geo.country_name", "source.as.organization.name"] {
      #expect(mapped.columns[path] ?? [] == leaves[path] ?? [])
    }
  }

  @Test("Of place and network that one is added which is not there, and nothing without databases")
  func parts() throws {
    let one = try map(#""source":{"ip":"203.0.113.7","geo":{"city_name":"Mine"}}"#)
    #expect(try one.value("source.geo") == ["city_name": "Mine"])
    #expect(try one.value("source.as.number") == 64500)
    #expect(one.columns["source.as.number"] != nil && one.columns["source.geo.country_name"] == nil)
    let none = try map(#""source":{"ip":"203.0.113.7"}"#, withPlaces: false)
    #expect(try none.value("source") == ["ip": "203.0.113.7"])
  }

  @Test(
    "A plan of one field gives that field alone, and documents of lists are read as hits are where a plan asks for such a field"
  )
  func plans() throws {
    let members = #""user_agent":{"original":"\#(Self.agent)"}"#
    let some = try map(members, plan: FieldPlan(paths: ["user_agent.name"]))
    #expect(some.columns == ["user_agent.name": [.init(kind: .string, text: "aws-cli")]])
    func columns(_ path: String, withPlaces: Bool = true) throws -> DocumentColumns? {
      DocumentColumns(
        FieldPlan(paths: [path]), context: try Self.context(withPlaces: withPlaces),
        flattenedRoots: FieldCatalog.standard.flattenedRoots, index: "logs-ti_x")
    }
    #expect(try columns("user_agent.name") == nil && columns("source.geo.city_name") == nil)
    #expect(try columns("threat.indicator.ip") != nil && columns("source.geo.city_name", withPlaces: false) != nil)
  }

  @Test("Columns and JSON agree on random events in ECS", arguments: [UInt64.random(in: 0...UInt64.max), 7])
  func agreement(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    func any(_ choices: [String]) -> String { choices[Int.random(in: 0..<choices.count, using: &random)] }
    for _ in 0..<300 {
      var members: [String] = []
      for (key, values) in [
        ("user_agent", ["{}", #"{"original":"curl/8.1"}"#, #"{"original":"curl/8.1","name":"x"}"#, "null", "\"x\""]),
        ("user_agent.original", ["\"Boto3/1.2\"", "null", "[\"a\",\"b\"]"]),
        ("user_agent.name", ["\"n\"", "\"\""]), ("source.geo", ["{}", #"{"name":"y"}"#]),
        ("source", [#"{"ip":"203.0.113.7"}"#, #"{"ip":["198.51.100.9","203.0.113.7"],"as":{}}"#, "[]"]),
        ("source.ip", ["\"203.0.113.7\"", "\"bad\"", "7"]), ("event", [#"{"action":"x"}"#]),
      ] where Bool.random(using: &random) { members.append("\"\(key)\":" + any(values)) }
      members.append("\"tags\":[]")
      let mapped = try map(members.shuffled(using: &random).joined(separator: ","))
      let leaves = try mapped.leavesOfJSON()
      for path in Set(mapped.columns.keys).union(leaves.keys) where mapped.columns[path] != leaves[path] {
        Issue.record("seed \(seed): \(path) of \(mapped.text): \(mapped.columns[path] ?? [])")
      }
    }
  }
}
