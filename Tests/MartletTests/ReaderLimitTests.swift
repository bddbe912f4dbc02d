import Foundation
import TestSupport
import Testing

/// What is read beside events is written by others too: no file of rules, exceptions, tests or alerts ends the process,
/// with 600 MB of address space.
@Suite("Reading with 600 MB of memory")
struct ReaderLimitTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static let megabyte = String(repeating: "k", count: 1_000_000)
  private static let unknown = (0..<5000).map { "\"u\($0)\":1" }.joined(separator: ",")
  private static let members = (0..<5000).map { "\"m\($0)\":\($0)" }.joined(separator: ",")
  /// 16 MB that would be half a gigabyte of objects.
  private static let objects = String(repeating: "{\"a\":0},", count: 1_950_000) + "{}"
  private static let rule =
    #""rule_id":"r1","name":"N","description":"d","severity":"low","risk_score":1,"type":"query","language":"kuery","index":["*"]"#

  /// Runs the tool, which must say yes or no.
  @discardableResult
  private func run(_ arguments: [String], _ sourceLocation: SourceLocation = #_sourceLocation) throws -> Binary {
    let binary = try Binary(arguments, megabytes: 600)
    #expect(
      [0, 1, 2].contains(binary.status), "\(binary.status): \(binary.errors.prefix(400))",
      sourceLocation: sourceLocation)
    return binary
  }

  @Test(
    "Rules",
    arguments: [
      HostileText("key.ndjson", "{\(rule),\"query\":\"a: b\",\"meta\":{\"\(megabyte)\":{\(members)}}}"),
      HostileText("unknown.ndjson", "{\(rule),\"query\":\"a: b\",\(unknown)}"),
      HostileText("brackets.ndjson", "{\(rule),\"query\":\"\(String(repeating: "(", count: 300_000))\"}"),
      HostileText("nots.ndjson", "{\(rule),\"query\":\"\(String(repeating: "not ", count: 100_000))a: b\"}"),
      HostileText("stars.ndjson", "{\(rule),\"query\":\"a: \(String(repeating: "*a", count: 50_000))\"}"),
      HostileText("objects.ndjson", String(repeating: "{}\n", count: 20_000)),
      HostileText("keys.toml", "[rule]\n\(megabyte) = {\((0..<5000).map { "m\($0) = 1" }.joined(separator: ","))}\n"),
      HostileText("tables.toml", (0..<600_000).map { "[a\($0)]" }.joined(separator: "\n")),
      HostileText("arrays.toml", String(repeating: "[[a]]\n", count: 600_000)),
      HostileText("objects of one member.ndjson", "{\(rule),\"query\":\"a: b\",\"meta\":{\"a\":[\(objects)]}}"),
      HostileText("dotted.toml", (0..<1_000_000).map { "a\($0).b=0" }.joined(separator: "\n")),
      HostileText("zeros.toml", "a = [" + String(repeating: "0,", count: 7_000_000) + "0]"),
      HostileText("deep.toml", "a = " + String(repeating: "[", count: 1_000_000)),
      HostileText("dots.toml", Array(repeating: "a", count: 500_000).joined(separator: ".") + " = 1"),
    ])
  func rules(_ file: HostileText) throws {
    let checked = try run(["rules", "check", try scratch.write(file.text, file.name)])
    // Of thousands of things the first are told.
    guard file.name == "unknown.ndjson" else { return }
    #expect(checked.output.contains("more are not told") && checked.lines.count < 250)
  }

  @Test("Exceptions")
  func exceptions() throws {
    let list =
      #"{"list_id":"l","type":"detection","name":"L","description":"d","namespace_type":"single"}"# + "\n"
    let item = #"{"list_id":"l","item_id":"i","type":"simple","name":"I","description":"d","namespace_type":"single","#
    let values = (0..<100_000).map { "\"v\($0)\"" }.joined(separator: ",")
    for (name, text) in [
      ("key.ndjson", list + item + "\"meta\":{\"\(Self.megabyte)\":{\(Self.members)}},\"entries\":[]}"),
      (
        "values.ndjson",
        list + item
          + "\"entries\":[{\"field\":\"a\",\"operator\":\"included\",\"type\":\"match_any\",\"value\":[\(values)]}]}"
      ),
      ("key.toml", "[[exception]]\n\(Self.megabyte) = {\((0..<5000).map { "m\($0) = 1" }.joined(separator: ","))}\n"),
    ] {
      try run(["exceptions", "check", try scratch.write(text, name)])
    }
  }

  @Test("Test events of rules")
  func tests() throws {
    let start = "tests:\n  - name: x\n    events:\n      - at: 0m\n        record:\n          "
    let bomb = (0..<12).map { level in
      "\(level): &a\(level + 1) [" + Array(repeating: "*a\(level)", count: 9).joined(separator: ",") + "]"
    }
    for (at, text) in [
      "a: &a0 [x,x,x,x,x,x,x,x,x]\n" + bomb.joined(separator: "\n"),
      start + "a: " + String(repeating: "[", count: 100_000),
      start + Self.megabyte + ": 1\n", start + "a: " + String(repeating: "{a: ", count: 100_000),
    ].enumerated() {
      try scratch.write(Sample.rule, "\(at)/rule.toml")
      try scratch.write(text, "\(at)/rule.test.yaml")
      try run(["rules", "test", scratch.path + "/\(at)"])
    }
  }

  @Test("Saved alerts: the good one beside them is shown")
  func alerts() throws {
    func alert(_ id: String, _ more: String) -> String {
      #"{"@timestamp":"2026-01-01T00:05:00.000Z","event":{"kind":"signal","action":"A"},"kibana.alert.uuid":"\#(id)","kibana.alert.rule.name":"N","kibana.alert.rule.rule_id":"r","kibana.alert.severity":"high","kibana.alert.risk_score":1,"kibana.alert.original_time":"2026-01-01T00:03:00.000Z"\#(more)}"#
    }
    let good = alert(String(repeating: "a", count: 64), "")
    let bad = String(repeating: "b", count: 64)
    for (name, text) in [
      ("key", alert(bad, ",\"labels\":{\"\(Self.megabyte)\":{\(Self.members)}}")),
      ("guide", alert(bad, ",\"kibana.alert.rule.note\":\"\(String(repeating: "[*>", count: 100_000))\"")),
      ("line", "{\"a\":\"" + String(repeating: "x", count: 17 << 20) + "\"}"),
      ("objects", "{\"a\":[\(Self.objects)]}"),
      ("many", (0..<5000).map { alert("\($0)", "") }.joined(separator: "\n")),
    ] {
      let file = try scratch.write(text + "\n" + good + "\n", name + ".ndjson")
      #expect(try run(["show", "aaaa", file]).output.contains("aaaa"))
      try run(["report", "--output", scratch.path + "/\(name).html", file])
      try run(["exceptions", "suggest", file])
    }
  }

  @Test("A list of alerts that is longer than memory allows, and places without number, are told")
  func alertsAtOnce() throws {
    let list = try scratch.write("[\n" + String(repeating: "{},\n", count: 16_000_000) + "{}]", "list.json")
    let report = try run(["report", "--format", "table", list])
    #expect(report.status == 1 && report.errors.contains("longer than"), "\(report.errors.prefix(400))")

    let lines = try scratch.write(String(repeating: "x\n", count: 200_000), "lines.ndjson")
    for command in [["report", "--format", "table", lines], ["show", "a", lines]] {
      let told = try run(command)
      #expect(told.status == 1 && told.errors.contains("199900 more places"), "\(told.errors.suffix(400))")
      #expect(told.errors.split(separator: "\n").count < 110)
    }
  }

  @Test("A mapping of as many fields as one may have is read in moments, a larger one refused")
  func mapping() throws {
    func mapping(_ count: Int) -> String {
      "{\"properties\":{" + (0..<count).map { "\"f\($0)\":{\"type\":\"long\"}" }.joined(separator: ",") + "}}"
    }
    let event = try scratch.write(#"{"@timestamp":"2026-01-01T00:00:00Z","f7":"7"}"#, "event.json")
    let most = try scratch.write(mapping(199_000), "most.json")
    let found = try run(["search", "--mapping", most, "f7 >= 7", event])
    #expect(found.status == 0 && found.output.contains("f7"), "\(found.errors.prefix(400))")

    // A quarter of a gigabyte of places of tokens.
    let text = "{\"properties\":{\"a\":{\"meta\":[" + String(repeating: "0,", count: 30_000_000) + "0]}}}"
    let long = try scratch.write(text, "long.json")
    for (megabytes, cause) in [(700, "more than"), (400, "not enough memory")] {
      let short = try Binary(["search", "--mapping", long, "f7: 7", event], megabytes: megabytes)
      #expect(short.status == 1 && short.errors.contains(cause), "\(short.errors.prefix(400))")
    }

    let more = try scratch.write(mapping(900_000), "more.json")
    let refused = try Binary(["search", "--mapping", more, "f7: 7", event], megabytes: 600)
    #expect(refused.status == 1 && refused.errors.contains("more than"), "\(refused.errors.prefix(400))")
  }
}
