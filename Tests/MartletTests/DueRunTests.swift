import Foundation
import JSON
import TestSupport
import Testing

@Suite("What is due stays due, whatever span somebody runs") struct DueRunTests {
  private static let rule = """
    [rule]
    rule_id = "own-rule"
    name = "Logging Stopped"
    description = "A test."
    type = "query"
    severity = "low"
    risk_score = 21
    index = ["logs-aws.cloudtrail-*"]
    query = "event.action: StopLogging"
    interval = "5m"
    from = "now-10m"
    """

  private static func event(_ number: Int, at time: String) -> String {
    """
    {"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"ann"},"eventTime":"2026-01-05T\(time)Z",\
    "eventSource":"cloudtrail.amazonaws.com","eventName":"StopLogging","awsRegion":"us-east-1",\
    "sourceIPAddress":"198.51.100.1","eventID":"00000000-aaaa-4bbb-8ccc-00000000000\(number)"}
    """
  }

  /// A folder of events with one rule of its own, of which what is due is run at some time.
  private final class Place {
    let scratch: Scratch
    let data: String
    private let rules: [String]
    private var files = 0

    init() throws {
      scratch = try Scratch()
      data = scratch.path + "/events"
      rules = ["--no-builtin", "--rules", try scratch.write(DueRunTests.rule, "rule.toml")]
    }

    func ingest(_ events: [String], at time: String) throws {
      files += 1
      let file = try scratch.write(events.joined(separator: "\n"), "events-\(files).ndjson")
      let run = try Binary(["ingest", "-q", "--data", data, "--now", "2026-01-05T\(time)Z", file])
      #expect(run.status == 0, "\(run.errors)")
    }

    func run(_ day: String = "2026-01-05", at time: String, _ span: [String] = []) throws {
      let run = try Binary(["run", "-q", "--data", data] + rules + ["--now", "\(day)T\(time)Z"] + span)
      // With 2 nothing was searched.
      #expect([0, 2].contains(run.status), "\(run.errors)")
    }

    /// The times of the events that alerts stand on.
    func alerts() throws -> [String] {
      try Binary(["alerts", "export", "--data", data]).documents
        .compactMap { $0["kibana.alert.original_time"]?.stringValue }.map { String($0.dropFirst(11).prefix(5)) }
        .sorted()
    }
  }

  private static func span(_ from: String, _ to: String) -> [String] {
    ["--from", "2026-01-05T\(from)Z", "--to", "2026-01-05T\(to)Z"]
  }

  @Test("A span further on leaves the executions before it due")
  func hole() throws {
    let place = try Place()
    try place.ingest([Self.event(9, at: "00:00:00").replacing("StopLogging", with: "ListKeys")], at: "00:00:10")
    try place.run(at: "00:00:30")
    try place.ingest(
      [Self.event(1, at: "00:31:00"), Self.event(2, at: "01:31:00"), Self.event(3, at: "02:41:00")], at: "00:32:00")
    try place.run(at: "01:00:30")
    try place.run(at: "03:00:30", Self.span("02:30:00", "03:00:00"))
    #expect(try place.alerts() == ["00:31", "02:41"])
    try place.run(at: "03:05:30")
    #expect(try place.alerts() == ["00:31", "01:31", "02:41"])
  }

  @Test(
    "A late event is seen by the executions that it is due for, though a span or a clock that was ahead was run before",
    arguments: [false, true])
  func late(clockIsAhead: Bool) throws {
    let place = try Place()
    try place.ingest([Self.event(1, at: "00:31:00")], at: "00:32:00")
    try place.run(at: "00:00:30")
    try place.run(at: "01:00:30")
    try place.ingest([Self.event(2, at: "00:11:00")], at: "01:01:00")
    if clockIsAhead {
      try place.run("2026-03-05", at: "01:05:30")
    } else {
      try place.run(at: "01:05:30", Self.span("00:50:00", "01:05:00"))
    }
    try place.run(at: "01:10:30")
    #expect(try place.alerts() == ["00:11", "00:31"])
  }

  @Test("A span that covers all there is finds late events as what is due does")
  func whole() throws {
    let place = try Place()
    try place.ingest([Self.event(1, at: "00:31:00")], at: "00:32:00")
    try place.run(at: "01:00:30", Self.span("00:00:00", "01:00:00"))
    try place.ingest([Self.event(2, at: "00:11:00")], at: "01:01:00")
    try place.run(at: "01:02:00", Self.span("00:00:00", "01:01:00"))
    #expect(try place.alerts() == ["00:11", "00:31"])
  }
}

@Suite("Files and folders are what they are, however they are named") struct SpelledPathTests {
  @Test("Events without an id are stored once however the path of their file is spelled")
  func once() throws {
    let scratch = try Scratch()
    let logs = scratch.path + "/logs"
    try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
    try #"{"@timestamp":"2026-01-05T00:00:00Z","message":"a"}"#.write(
      toFile: logs + "/a.ndjson", atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(atPath: scratch.path + "/link", withDestinationPath: logs)
    for path in ["logs", "./logs", "logs/", ".//logs/../logs/./a.ndjson", "link", logs] {
      let run = try Binary(["ingest", "--data", "events", path], directory: scratch.path)
      #expect(run.status == 0, "\(path): \(run.errors)")
      let count = try Binary(["search", "--data", "events", "--format", "count", "*"], directory: scratch.path)
      #expect(count.lines.first == "1", "\(path): \(count.output)")
    }
    // Where it has grown meanwhile, and is read anew, too.
    var text = #"{"@timestamp":"2026-01-05T00:00:00Z","message":"a"}"#
    for (number, path) in ["logs", "./logs/", "link/a.ndjson", logs].enumerated() {
      text += "\n" + #"{"@timestamp":"2026-01-05T00:00:00Z","message":"\#(number)"}"#
      try text.write(toFile: logs + "/a.ndjson", atomically: true, encoding: .utf8)
      let run = try Binary(["ingest", "--data", "events", "--format", "json", path], directory: scratch.path)
      #expect(try JSONValue(parsing: run.output)["stored"] == 1, "\(path): \(run.output) \(run.errors)")
    }
  }

  @Test("A folder may have a name of one letter")
  func short() throws {
    let scratch = try Scratch()
    let file = try scratch.write(#"{"@timestamp":"2026-01-05T00:00:00Z","message":"a"}"#, "a.ndjson")
    for arguments in [
      ["ingest", "--data", "d", file], ["status", "--data", "d"], ["serve", "--check", "--data", "e"],
    ] {
      let run = try Binary(arguments, directory: scratch.path)
      #expect(run.status == 0, "\(arguments): \(run.status) \(run.errors)")
    }
  }
}
