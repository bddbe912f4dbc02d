import Foundation
import JSON
import TestSupport
import Testing

/// What an attacker writes into a log must not end the process: the tool runs with 600 MB of address space, which is less
/// than each of these inputs took when nothing bounded it, and finds the good event beside what is beyond a bound.
@Suite("Hunting with 600 MB of memory")
struct MemoryLimitTests {
  /// A text of about a megabyte that holds one hostile event, or many, and the good one.
  struct Input: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var text: String

    init(_ name: String, _ hostile: String) {
      testDescription = name
      text = hostile + "\n" + Self.good + "\n"
    }

    static let good =
      #"{"_id":"good","@timestamp":"2026-01-01T00:03:30Z","event":{"action":"GoodOne"},"url":{"full":"u"},"tags":["a"]}"#
  }

  private static func ecs(_ members: String, id: Int = 0) -> String {
    #"{"_id":"bad\#(id)","@timestamp":"2026-01-01T00:04:00Z","event":{"action":"Bad"},\#(members)}"#
  }

  private static func record(_ members: String, id: Int = 0) -> String {
    #"{"eventVersion":"1.08","eventID":"id-\#(id)","eventTime":"2026-01-01T00:03:00Z","eventName":"Bad","# + members
      + "}"
  }

  private static let megabyte = String(repeating: "k", count: 1_000_000)
  private static let members = "{" + (0..<5000).map { "\"m\($0)\":\($0)" }.joined(separator: ",") + "}"
  private static func list(_ count: Int, _ prefix: String) -> String {
    "[" + (0..<count).map { "\"\(prefix)\($0)\"" }.joined(separator: ",") + "]"
  }

  static let inputs: [Input] = [
    Input("a key of a megabyte with 5,000 members", ecs(#""labels":{"\#(megabyte)":\#(members)}"#)),
    Input("such a key at the top", ecs(#""\#(megabyte)":\#(members)"#)),
    Input(
      "long keys within each other",
      ecs(
        (0..<50).map { "\"" + String(repeating: "k", count: 20_000) + "\($0)\":{" }.joined() + "\"a\":\(members)"
          + String(repeating: "}", count: 50))),
    Input("insight details", record(#""eventCategory":"Insight","insightDetails":{"\#(megabyte)":\#(members)}"#)),
    Input("a request", record(#""requestParameters":{"\#(megabyte)":\#(members)}"#)),
    Input("a principal", record(#""userIdentity":{"\#(megabyte)":\#(members),"userName":"\#(megabyte)"}"#)),
    Input("a digest", #"{"digestEndTime":"2026-01-01T00:04:00Z","\#(megabyte)":\#(members)}"#),
    Input("150,000 names in one request", record(#""requestParameters":{"userId":\#(list(150_000, "u"))}"#)),
    Input(
      "100,000 fields in one event",
      ecs(#""labels":{\#((0..<100_000).map { "\"f\($0)\":1" }.joined(separator: ","))}"#)),
    Input(
      "other fields in every event",
      (0..<100).map { event in
        ecs("\"labels\":{" + (0..<900).map { "\"f\(event)_\($0)\":1" }.joined(separator: ",") + "}", id: event)
      }.joined(separator: "\n")),
    Input("a URL of a megabyte and 5,000 tags", ecs(#""url":{"full":"\#(megabyte)"},"tags":\#(list(5000, "t"))"#)),
    Input("brackets", String(repeating: "[", count: 1_000_000)),
    Input("braces", String(repeating: #"{"a":"#, count: 200_000)),
    Input("empty records", "[" + String(repeating: "{},", count: 300_000) + "{}]"),
  ]

  private func found(_ binary: Binary, _ sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
      (0...1).contains(binary.status), "\(binary.status): \(binary.errors.prefix(600))", sourceLocation: sourceLocation)
    #expect(binary.output.contains("GoodOne"), "\(binary.errors.prefix(600))", sourceLocation: sourceLocation)
  }

  @Test("A search finds the good event beside it", arguments: inputs)
  func search(input: Input) throws {
    found(
      try Binary(
        ["search", "labels.*: zzz or event.action: GoodOne", "--format", "ndjson", "-"], input: input.text,
        megabytes: 600))
  }

  @Test("A hunt finds the good event beside it", arguments: inputs)
  func hunt(input: Input) throws {
    let scratch = try Scratch()
    let rule = try scratch.write(
      Sample.rule.replacing("GetObject", with: "GoodOne").replacing("logs-aws.cloudtrail-*", with: "*"), "rule.toml")
    let trail = try scratch.write(input.text, "trail.json")
    found(
      try Binary(["hunt", "--rules", rule, "--context", "--format", "ndjson", trail], megabytes: 600))
  }

  @Test("Its events are written as they are", arguments: inputs)
  func normalize(input: Input) throws {
    found(try Binary(["normalize", "-"], input: input.text, megabytes: 600))
  }

  @Test("A new terms rule on two fields of which one holds a megabyte and the other thousands of values alerts on both")
  func newTerms() throws {
    let scratch = try Scratch()
    let rule = try scratch.write(
      Sample.rule.replacing("type = \"query\"", with: "type = \"new_terms\"")
        .replacing("logs-aws.cloudtrail-*", with: "*").replacing("GetObject", with: "*") + """

          [rule.new_terms]
          field = "new_terms_fields"
          value = ["url.full", "tags"]
          [[rule.new_terms.history_window_start]]
          field = "history_window_start"
          value = "now-7d"
          """, "rule.toml")
    let input = try #require(Self.inputs.first { $0.testDescription.hasPrefix("a URL") })
    let trail = try scratch.write(input.text, "trail.json")
    let hunt = try Binary(
      ["hunt", "--no-builtin", "--rules", rule, "--format", "ndjson", trail], megabytes: 600)
    found(hunt)
    // The long value stands in the alert as the event has it.
    let documents = try hunt.documents
    let terms = documents.compactMap { $0["kibana.alert.new_terms"]?[0]?.stringValue }
    #expect(Set(terms) == ["u", Self.megabyte])

    // Millions of combinations are more than may be remembered: it is told, and the process lives.
    let many = (0..<60).map { event in
      Self.ecs(
        "\"url\":{\"full\":\(Self.list(100, "u\(event)-"))},\"tags\":\(Self.list(100, "t\(event)-"))", id: event)
    }
    let flood = try scratch.write((many + [Input.good]).joined(separator: "\n"), "flood.json")
    let flooded = try Binary(
      ["hunt", "--no-builtin", "--rules", rule, "--format", "ndjson", flood], megabytes: 600)
    #expect(flooded.status == 1 && flooded.errors.contains("no memory for more"), "\(flooded.errors.prefix(600))")
  }
}
