import Foundation
import JSON
import TestSupport
import Testing

@Suite("Retention of a folder of events") struct RetentionCommandTests {
  private static let span = ["--from", "2026-01-01", "--to", "2026-01-02"]

  /// A folder with two events, and an alert of one of them.
  private static func folder(_ scratch: Scratch) throws -> String {
    let folder = scratch.path + "/events"
    #expect(
      try Binary(["ingest", "--data", folder, try scratch.write(Sample.records, "a.json")]).status
        == 0)
    #expect(
      try Binary(["rules", "import", "--data", folder, try scratch.write(Sample.rule, "rule.toml")])
        .status == 0)
    #expect(try Binary(["run", "--data", folder, "--rule", "test-rule"] + span).status == 0)
    #expect(try alerts(folder) == 1)
    return folder
  }

  private static func alerts(_ folder: String) throws -> Int {
    try Binary(["alerts", "export", "--data", folder]).documents
      .count {
        $0["martlet"]?["contradicted_by"] == nil && $0["kibana.alert.rule.rule_id"] == "test-rule"
      }
  }

  private static func events(_ folder: String) throws -> String {
    try Binary(["search", "--data", folder, "--format", "count", "*"]).output
  }

  private static func apply(_ folder: String, _ now: String) throws -> JSONValue {
    let run = try Binary(["retention", "apply", "--data", folder, "--format", "json", "--now", now])
    #expect(run.status == 0, "\(run.errors)")
    return try JSONValue(parsing: run.output)
  }

  @Test(
    "Events that are too old go; their alerts stay, are not contradicted, and the files they came from are not read again"
  )
  func age() throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    let set = try Binary([
      "retention", "set", "--data", folder, "--stream", "logs-*", "--age", "90d", "--by", "eve",
    ])
    #expect(set.status == 0 && !set.errors.contains("warning"), "\(set.errors)")
    #expect(try Self.apply(folder, "2026-02-01")["data_streams"] == [])
    #expect(try Self.events(folder) == "2\n")
    let gone = try Self.apply(folder, "2026-06-01")
    let stream = gone["data_streams"]?[0]
    #expect(
      stream?["name"] == "logs-aws.cloudtrail-default" && stream?["events"] == 2
        && stream?["segments"] == 1)
    #expect(stream?["up_to"] == "2026-01-01T00:04:00.000Z" && gone["alerts"] == 0, "\(gone.text)")
    #expect(try Binary(["search", "--data", folder, "*"]).status == 2)
    #expect(try Self.alerts(folder) == 1)
    #expect(try Binary(["verify", "--data", folder]).status == 0)
    let again = try Binary([
      "ingest", "--data", folder, "--format", "json", scratch.path + "/a.json",
    ])
    #expect(try JSONValue(parsing: again.output)["stored"] == 0, "\(again.errors)")
    // Later events, so that there is something to run over.
    let later = Sample.records.replacing("-0000000000", with: "-0000000001").replacing(
      "2026-01-01", with: "2026-05-20")
    _ = try Binary([
      "ingest", "--data", folder, "--now", "2026-06-01", try scratch.write(later, "b.json"),
    ])
    #expect(try Self.events(folder) == "2\n")
    let run = try Binary([
      "run", "--data", folder, "--rule", "test-rule", "--now", "2026-06-01", "--from", "2026-01-01",
    ])
    #expect(run.status == 0 && !run.errors.contains("contradicted"), "\(run.errors)")
    #expect(try Self.alerts(folder) == 2)
    let listed = try JSONValue(
      parsing: try Binary(["retention", "list", "--data", folder, "--format", "json"]).output)
    #expect(
      listed[0]?["age"] == "90d" && listed[0]?["kept_by"] == "eve" && listed[0]?["size"] == .null)
    #expect(listed[0]?["data_streams"]?[0]?["deleted_events"] == 2, "\(listed.text)")
    #expect(
      try Binary(["retention", "list", "--data", folder]).output.contains(
        "deleted up to 2026-01-01"))
  }

  @Test("Ingestions and runs apply what is set, and of several patterns the longest counts")
  func applied() throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    func set(_ stream: String, _ more: [String]) throws {
      #expect(
        try Binary(["retention", "set", "--data", folder, "--stream", stream] + more).status == 0)
    }
    try set("logs-*", ["--age", "1d"])
    try set("logs-aws.cloudtrail-*", ["--age", "5000d"])
    let empty = try Binary([
      "ingest", "--data", folder, "--now", "2026-06-01", scratch.path + "/a.json",
    ])
    #expect(empty.status == 0 && !empty.errors.contains("deleted"), "\(empty.errors)")
    #expect(try Self.events(folder) == "2\n")
    try set("logs-aws.cloudtrail-*", ["--size", "1B"])
    let ingest = try Binary(["ingest", "--data", folder, scratch.path + "/a.json"])
    #expect(
      ingest.errors.contains(
        "deleted by retention: 2 events of logs-aws.cloudtrail-default in 1 segment"),
      "\(ingest.errors)")
    #expect(
      ingest.errors.contains("look back farther")
        || ingest.errors.contains("looks back farther") == false)
    // Without it they come back from another file, and a run takes them away.
    #expect(
      try Binary(["retention", "remove", "--data", folder, "--stream", "logs-aws.cloudtrail-*"])
        .status == 0)
    #expect(
      try Binary(["retention", "remove", "--data", folder, "--stream", "logs-aws.cloudtrail-*"])
        .status == 64)
    #expect(
      try Binary(["retention", "remove", "--data", folder, "--stream", "logs-*"]).status == 0)
    _ = try Binary(["ingest", "--data", folder, try scratch.write(Sample.records, "c.json")])
    #expect(try Self.events(folder) == "2\n")
    try set("logs-*", ["--age", "1d"])
    let run = try Binary(["run", "--data", folder, "--rule", "test-rule"] + Self.span)
    #expect(
      run.status == 0 && run.errors.contains("deleted by retention: 2 events"), "\(run.errors)")
    #expect(try Self.alerts(folder) == 1)
    let dry = try Binary(["run", "--data", folder, "--dry-run"] + Self.span)
    #expect(!dry.errors.contains("deleted by"))
  }

  @Test(
    "Alerts and the log of runs go by age and size when they are named, and by no pattern of events"
  )
  func alertsAndRuns() throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    _ = try Binary(["run", "--data", folder, "--rule", "test-rule"] + Self.span)
    func set(_ stream: String, _ more: [String]) throws {
      #expect(
        try Binary(["retention", "set", "--data", folder, "--stream", stream] + more).status == 0)
    }
    try set("*", ["--size", "1B"])
    #expect(try Self.apply(folder, "2030-01-01")["alerts"] == 0)
    #expect(try Self.alerts(folder) == 1)
    try set(".martlet-runs-*", ["--age", "1d"])
    let runs = try Self.apply(folder, "2030-01-01")
    // The last of each rule stays, so that what is due is known.
    #expect(runs["runs"] == 1 && runs["alerts"] == 0, "\(runs.text)")
    #expect(try Self.apply(folder, "2030-01-01")["runs"] == 0)
    let id = try #require(
      try Binary(["alerts", "export", "--data", folder]).documents.first?["kibana.alert.uuid"]?
        .stringValue)
    _ = try Binary(["alerts", "set", "--data", folder, "--note", "x", id])
    try set(".alerts-*", ["--age", "30d", "--size", "1GB"])
    #expect(try Self.apply(folder, "2026-01-20")["alerts"] == 0)
    let alerts = try Self.apply(folder, "2026-03-01")
    #expect(alerts["alerts"] == 1 && alerts["open_alerts"] == 1, "\(alerts.text)")
    #expect(try Self.alerts(folder) == 0)
    #expect(try Binary(["alerts", "list", "--data", folder]).status == 0)
  }

  @Test("An age below what rules look back is warned of, and what is no bound is refused")
  func refusals() throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    let short = try Binary([
      "retention", "set", "--data", folder, "--stream", "logs-*", "--age", "7d",
    ])
    #expect(
      short.status == 0 && short.errors.contains("look back farther")
        && short.errors.contains("14 days"), "\(short.errors)")
    let elsewhere = try Binary([
      "retention", "set", "--data", folder, "--stream", "logs-okta*", "--age", "7d",
    ])
    #expect(elsewhere.status == 0 && !elsewhere.errors.contains("warning"), "\(elsewhere.errors)")
    for arguments in [
      ["--age", "7"], ["--age", "-1d"], ["--age", "0d"], ["--age", "1.5d"],
      ["--age", "99999999999999999999d"],
      ["--age", "9999999999d"], ["--size", "GB"], ["--size", "9999999999TB"], ["--size", "0GB"], [],
    ] {
      #expect(
        try Binary(["retention", "set", "--data", folder, "--stream", "logs-*"] + arguments).status
          == 64, "\(arguments)")
    }
    #expect(
      try Binary(["retention", "set", "--data", folder, "--stream", "-logs-*", "--age", "7d"])
        .status == 64)
    #expect(try Binary(["retention", "apply", "--data", scratch.path + "/none"]).status == 1)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/none"))
  }

  @Test(
    "A clock that jumps ahead deletes nothing for its age, and says so; sizes hold, and whoever knows better says that it is right"
  )
  func clock() throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    func set(_ stream: String, _ more: [String]) throws {
      #expect(try Binary(["retention", "set", "--data", folder, "--stream", stream] + more).status == 0)
    }
    try set("logs-*", ["--age", "9000d"])
    try set(".alerts-*", ["--age", "9000d"])
    let ahead = ["--now", "2100-01-01"]
    let ingest = try Binary(["ingest", "--data", folder, scratch.path + "/a.json"] + ahead)
    #expect(ingest.status == 0 && ingest.errors.contains("nothing was deleted for its age"), "\(ingest.errors)")
    let run = try Binary(["run", "--data", folder, "--rule", "test-rule"] + Self.span + ahead)
    #expect(run.status == 0 && run.errors.contains("nothing was deleted for its age"), "\(run.errors)")
    #expect(try Self.events(folder) == "2\n" && Self.alerts(folder) == 1)
    // As if the clock were ahead of all that is known.
    try #require(
      try Process.sqlite(folder + "/alerts.sqlite", "UPDATE documents SET kept_at = 1; UPDATE clock SET trusted_at = 1")
    )
    try set("logs-other-*", ["--size", "1GB"])
    try #require(try Process.sqlite(folder + "/alerts.sqlite", "UPDATE documents SET kept_at = 1"))
    try set("logs-aws*", ["--age", "1d"])
    try #require(try Process.sqlite(folder + "/alerts.sqlite", "UPDATE documents SET kept_at = 1"))
    let apply = ["retention", "apply", "--data", folder]
    let doubted = try Binary(apply + ["--format", "json"])
    #expect(doubted.status == 1 && doubted.errors.contains("--trust-clock"), "\(doubted.errors)")
    #expect(try JSONValue(parsing: doubted.output)["clock_in_doubt"] == true)
    #expect(try Self.events(folder) == "2\n")
    let trusted = try Binary(apply + ["--trust-clock"])
    #expect(trusted.status == 0 && trusted.errors.contains("2 events"), "\(trusted.errors)")
    // From then on it is known to be right.
    #expect(try Binary(apply).status == 0)
    #expect(try Self.alerts(folder) == 1)
  }

  @Test("Events that were deleted for their age do not come back when a damaged segment has their files read again")
  func comeBack() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    _ = try Binary(["ingest", "--data", folder, "--now", "2026-01-02", try scratch.write(Sample.records, "a.json")])
    #expect(
      try Binary(["retention", "set", "--data", folder, "--stream", "logs-*", "--age", "90d"]).status == 0)
    let later = Sample.records.replacing("-0000000000", with: "-0000000001").replacing("2026-01-01", with: "2026-05-30")
    let files = [scratch.path + "/a.json", try scratch.write(later, "b.json")]
    let ingest = ["ingest", "--data", folder, "--now", "2026-06-01", "--threads", "1", "--format", "json"] + files
    let first = try Binary(ingest)
    #expect(first.errors.contains("deleted by retention: 2 events"), "\(first.errors)")
    let segments = try FileManager.default.contentsOfDirectory(atPath: folder + "/segments").filter {
      $0.hasSuffix(".segment")
    }
    try #require(segments.count == 1)
    try Data("no segment".utf8).write(to: URL(fileURLWithPath: folder + "/segments/" + segments[0]))
    let again = try JSONValue(parsing: try Binary(ingest).output)
    #expect(again["stored"] == 2 && again["expired"] == 2 && again["read"] == 4, "\(again.text)")
    #expect(try Binary(["search", "--data", folder, "--to", "2026-02-01", "--format", "count", "*"]).output == "0\n")
    #expect(try Self.events(folder) == "2\n")
    // Where they may be kept, they are.
    #expect(try Binary(["retention", "remove", "--data", folder, "--stream", "logs-*"]).status == 0)
    let kept = try JSONValue(
      parsing: try Binary(ingest.dropLast(2) + [try scratch.write(Sample.records, "c.json")]).output)
    #expect(kept["stored"] == 2 && kept["expired"] == 0, "\(kept.text)")
  }
}
