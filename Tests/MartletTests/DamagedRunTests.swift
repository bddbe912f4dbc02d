import Foundation
import JSON
import TestSupport
import Testing

@Suite("Rules that run over a folder of which a part is damaged") struct DamagedRunTests {
  private static let options = ["--now", "2026-02-01T00:00:00Z", "--no-builtin", "--rules"]
  private static let span = ["--from", "2026-01-01", "--to", "2026-01-05"]

  /// Days of calls, a segment each; every call of one kind makes an alert, and counts for another rule.
  private static func files(_ scratch: Scratch) throws -> [String] {
    try (1...3).map { day in
      let records = (0..<200).map { number in
        let (hour, minute) = (number / 60, number % 60)
        let id = day * 1000 + number
        // Texts that are not packed into one block.
        let noise = (0..<400).map {
          String(UInt64($0 + 1) &* UInt64(id * 7919 + 13) &* 0x9E37_79B9_7F4A_7C15, radix: 36)
        }
        .joined()
        let action = number % 10 == 0 ? "GetObject" : "ListObjects"
        return
          #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-00000000\#(id)","eventTime":"2026-01-0\#(day)T0\#(hour):\#(minute < 10 ? "0" : "")\#(minute):00Z","eventSource":"s3.amazonaws.com","eventName":"\#(action)","awsRegion":"us-east-1","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","userName":"u\#(number)"},"requestParameters":{"key":"\#(noise)"}}"#
      }
      return try scratch.write(records.joined(separator: "\n"), "day\(day).json")
    }
  }

  private static let counting = """
    [rule]
    rule_id = "counting"
    name = "Many objects"
    description = "Many objects within a day."
    severity = "high"
    risk_score = 73
    type = "threshold"
    language = "kuery"
    index = ["logs-aws.cloudtrail-*"]
    query = "event.action: GetObject"
    interval = "1h"
    from = "now-24h"
    [rule.threshold]
    field = ["cloud.account.id"]
    value = 2
    """

  private static func ids(_ output: String) throws -> Set<String> {
    Set(
      try output.split(separator: "\n").compactMap {
        try JSONValue(parsing: String($0))["kibana.alert.uuid"]?.stringValue
      })
  }

  @Test(
    "Keeps the alerts of the rest, says what it lacked, and sees it once it is there again; what is known to alerts stays",
    arguments: [true, false])
  func damagedBlock(_ wereAsked: Bool) throws {
    let scratch = try Scratch()
    let (folder, whole) = (scratch.path + "/events", scratch.path + "/whole")
    let files = try Self.files(scratch)
    let rules = try scratch.write(Sample.rule, "rules/query.toml")
    _ = try scratch.write(Self.counting, "rules/counting.toml")
    let options = Self.options + [(rules as NSString).deletingLastPathComponent]
    for place in [folder, whole] {
      #expect(try Binary(["ingest", "--data", place, files[0]]).status == 0)
      if wereAsked {
        // Ingestion asks the folder's rules, whose answers tell which texts are needed.
        #expect(try Binary(["rules", "import", "--data", place, scratch.path + "/rules"]).status == 0)
      }
      for file in files.dropFirst() { #expect(try Binary(["ingest", "--data", place, file]).status == 0) }
    }
    let run = ["run", "--format", "json"] + Self.span + options
    let all = try Binary(run + ["--data", whole])
    #expect(all.status == 0, "\(all.errors)")
    let expected = try Self.ids(Binary(["alerts", "export", "--data", whole]).output)
    #expect(expected.count > 60)
    // The second day's segment loses a block of its texts, which are the first of its blocks.
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/segments").filter {
      $0.hasSuffix(".segment")
    }.sorted()
    try #require(names.count == 3)
    let file = URL(fileURLWithPath: folder + "/segments/" + names[1])
    let sound = try Data(contentsOf: file)
    var bytes = sound
    bytes[bytes.startIndex + 1000] ^= 0x10
    try bytes.write(to: file)
    // A hunt over the same lacks the same.
    let hunt = try Binary(["hunt", "--data", folder, "--format", "ndjson"] + Self.span + options)
    let hunted = try Self.ids(hunt.output)
    #expect(hunt.status == 1 && hunted.count > 40 && hunted.count < expected.count, "\(hunt.errors)")
    let first = try Binary(run + ["--data", folder])
    #expect(first.status == hunt.status && first.errors.contains(names[1]), "\(first.errors)")
    #expect(first.errors.contains("cannot be read") && first.errors.contains("rules were run over the rest"))
    let missing = try #require(try JSONValue(parsing: first.output)["missing_events"]?.integerValue)
    #expect(missing > 0 && missing < 200 && hunt.errors.contains("\(missing) events"), "\(missing): \(hunt.errors)")
    #expect(try Self.ids(Binary(["alerts", "export", "--data", folder]).output) == hunted)
    let status = try JSONValue(parsing: Binary(["status", "--data", folder, "--format", "json"]).output)
    let logged = try #require(status["rules"]?.arrayValue?.first { $0["rule_id"]?.stringValue == "test-rule" })
    #expect(logged["outcome"] == "failed" && logged["reason"] == "events are missing", "\(logged)")
    #expect(logged["warnings"]?.arrayValue?.first?.stringValue?.contains(names[1]) ?? false, "\(logged)")
    // A dry run keeps nothing, and shows the same.
    let dry = try Binary(["run", "--dry-run", "--data", folder] + Self.span + options)
    #expect(dry.status == 1 && dry.errors.contains("\(hunted.count) alerts would be made"), "\(dry.errors)")
    try sound.write(to: file)
    let second = try Binary(run + ["--data", folder])
    #expect(second.status == 0, "\(second.errors)")
    let kept = try Binary(["alerts", "export", "--data", folder]).documents
    let sane = kept.filter { $0["martlet"]?["contradicted_by"] == nil }
    #expect(Set(sane.compactMap { $0["kibana.alert.uuid"]?.stringValue }) == expected)
    #expect(try Binary(["verify", "--data", folder]).status == 0)
    // What is known is made neither less nor another by a run that lacks events, and what events had contradicted stays so.
    try #require(
      try Process.sqlite(
        folder + "/alerts.sqlite", "UPDATE alerts SET contradicted_by = '00000000-0000-4000-8000-000000000001'"))
    let contradicted = try Binary(["alerts", "export", "--data", folder]).documents
    try #require(
      contradicted.allSatisfy { $0["martlet"]?["contradicted_by"] != nil } && contradicted.count == kept.count)
    try bytes.write(to: file)
    let third = try Binary(run + ["--data", folder])
    #expect(third.status == 1, "\(third.errors)")
    let summary = try JSONValue(parsing: third.output)
    #expect(summary["revised"] == 0 && summary["contradicted"] == 0 && summary["new"] == 0, "\(summary.text)")
    #expect(try Binary(["alerts", "export", "--data", folder]).documents == contradicted)
  }

  @Test("Where ids, times or columns are damaged and texts are not, no alert of a span is missing, as in a hunt")
  func damagedColumns() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let rules = try scratch.write(Sample.rule, "rules/query.toml")
    _ = try scratch.write(Self.counting, "rules/counting.toml")
    let options = Self.span + Self.options + [(rules as NSString).deletingLastPathComponent]
    #expect(try Binary(["ingest", "--data", folder, Self.files(scratch)[0]]).status == 0)
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder + "/segments").first { $0.hasSuffix(".segment") })
    let file = URL(fileURLWithPath: folder + "/segments/" + name)
    let sound = [UInt8](try Data(contentsOf: file))
    // The blocks follow each other behind the header; those of texts are of the kind 1, those of ids, times and columns of 2 to 6.
    var (at, blocks): (Int, [Range<Int>]) = (16, [])
    while at + 16 < sound.count, (1...6).contains(sound[at + 1]) {
      let size = (0..<4).reduce(0) { $0 | Int(sound[at + 8 + $1]) << (8 * $1) }
      if sound[at + 1] > 1, size > 0 { blocks.append(at + 16..<at + 16 + size) }
      at += 16 + size
    }
    try #require(blocks.count > 8)
    let expected = try Self.ids(Binary(["hunt", "--data", folder, "--format", "ndjson"] + options).output)
    #expect(expected.count > 20)
    for block in blocks {
      var bytes = sound
      bytes[(block.lowerBound + block.upperBound) / 2] ^= 0x20
      try Data(bytes).write(to: file)
      for ending in ["alerts.sqlite", "alerts.sqlite-wal", "alerts.sqlite-shm", "kept"] {
        unlink(folder + "/" + ending)
      }
      try #require(try Process.sqlite(folder + "/catalog.sqlite", "DELETE FROM answers"))
      let run = try Binary(["run", "--data", folder, "--format", "json"] + options)
      #expect(run.status == 0 || run.status == 1, "\(block): \(run.errors)")
      #expect(try JSONValue(parsing: run.output)["missing_events"] == 0, "\(block): \(run.errors)")
      #expect(
        try Self.ids(Binary(["alerts", "export", "--data", folder]).output) == expected, "\(block): \(run.errors)")
      // What was found without columns is not kept as what columns say.
      try Data(sound).write(to: file)
      #expect(try Binary(["verify", "--data", folder]).status == 0, "\(block)")
    }
  }

  @Test("What is due stays due while events are missing, and is run with them from then on")
  func due() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let files = try Self.files(scratch)
    let rules = try scratch.write(Sample.rule, "rule.toml")
    func run(_ day: Int) throws -> Binary {
      try Binary([
        "run", "--data", folder, "--now", "2026-01-0\(day)T05:00:00Z", "--no-builtin", "--rules", rules, "--format",
        "json",
      ])
    }
    func ingest(_ file: String, _ day: Int) throws {
      #expect(try Binary(["ingest", "--data", folder, "--now", "2026-01-0\(day)T04:58:00Z", file]).status == 0)
    }
    try ingest(files[0], 1)
    _ = try run(1)
    try ingest(files[1], 2)
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder + "/segments").filter { $0.hasSuffix(".segment") }
        .sorted().last)
    let file = URL(fileURLWithPath: folder + "/segments/" + name)
    let sound = try Data(contentsOf: file)
    var bytes = sound
    bytes[bytes.startIndex + 1000] ^= 0x10
    try bytes.write(to: file)
    let partial = try run(2)
    #expect(partial.status == 1, "\(partial.errors)")
    let some = try #require(try JSONValue(parsing: partial.output)["new"]?.integerValue)
    try sound.write(to: file)
    let again = try run(3)
    #expect(again.status == 0, "\(again.errors)")
    let more = try #require(try JSONValue(parsing: again.output)["new"]?.integerValue)
    #expect(more > 0 && some + more == 20, "\(some), \(more)")
  }
}
