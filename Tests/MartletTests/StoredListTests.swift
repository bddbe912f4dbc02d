import Foundation
import TestSupport
import Testing

@Suite("Lists of stored events") struct StoredListTests {
  private static let clock = ["--now", "2026-02-01"]

  /// What a search says that matched, and when.
  private static func matched(_ run: Binary) -> String? {
    run.errors.components(separatedBy: "; ").last?.split(separator: " ").dropLast(2).joined(separator: " ")
  }

  @Test("The first and the last by time, of which no others are read, are those of the files")
  func byTime() throws {
    let scratch = try Scratch()
    let made = scratch.path + "/made"
    // In whole seconds, so that many events are of one time.
    #expect(
      try Binary(["generate", "--events", "3000", "--days", "1", "--seed", "5", "--out", made]).status == 0)
    let others = """
      {"@timestamp":"2026-01-01T03:00:00+02:00","event":{"id":"a","action":"own"},"data_stream":{"type":"logs","dataset":"own","namespace":"default"}}
      {"@timestamp":1767229200001,"event":{"id":"b","action":"own"},"data_stream":{"type":"logs","dataset":"own","namespace":"default"}}
      {"@timestamp":"2026-01-01T23:59:59.999999Z","event":{"id":"c","action":"own"},"data_stream":{"type":"logs","dataset":"own","namespace":"default"}}
      {"event":{"id":"d","action":"own"},"data_stream":{"type":"logs","dataset":"own","namespace":"default"}}

      """
    let files = [made, try scratch.write(others, "others.ndjson")]
    let folder = scratch.path + "/events"
    #expect(
      try Binary(["ingest", "--data", folder, "--backfill", "--segment-events", "700"] + Self.clock + files).status
        == 0)
    for order in [
      [], ["--sort", "@timestamp"], ["--sort", "@timestamp:desc"], ["--sort", "@timestamp,event.action"],
    ] {
      for asked in [
        ["*", "--limit", "1"], ["*", "--limit", "40"], ["*", "--limit", "5000"],
        ["event.outcome: failure", "--limit", "7"],
        ["event.action: own", "--limit", "3"], ["event.action: own", "--limit", "4"],
        ["no.such.field: x", "--limit", "5"],
        ["not event.action: A*", "--limit", "9", "--from", "2026-01-01T06:00:00Z", "--to", "2026-01-01T07:00:00Z"],
        ["*", "--limit", "12", "--fields", "@timestamp,event.action,user.name", "--format", "csv"],
        ["*", "--limit", "12", "--fields", "@timestamp,user.*", "--format", "ndjson"],
        ["*", "--limit", "3", "--index", "logs-own-*"], ["@timestamp > 2027", "--limit", "3"],
      ] {
        let search =
          ["search"] + (asked.contains("--format") ? [] : ["--format", "ndjson"]) + Self.clock + asked + order
        let (plain, stored) = (try Binary(search + files), try Binary(search + ["--data", folder]))
        #expect(stored.output == plain.output, "\(search): \(stored.errors), \(plain.errors)")
        #expect(stored.status == plain.status, "\(search)")
        #expect(Self.matched(stored) == Self.matched(plain), "\(search): \(stored.errors), \(plain.errors)")
      }
    }
  }

  @Test("What is missing is told, also where it would not have been among those that are shown")
  func missing() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let later = Sample.records.replacing("-0000000000", with: "-0000000001").replacing("2026-01-01", with: "2026-01-02")
    for (name, text) in [("a.json", Sample.records), ("b.json", later)] {
      #expect(try Binary(["ingest", "--data", folder, try scratch.write(text, name)]).status == 0)
    }
    let first = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder + "/segments").sorted().first)
    try Data("no segment".utf8).write(to: URL(fileURLWithPath: folder + "/segments/" + first))
    let search = try Binary([
      "search", "--data", folder, "--sort", "@timestamp:desc", "--limit", "1", "--fields", "@timestamp", "--format",
      "csv", "*",
    ])
    #expect(search.status == 1 && search.errors.contains("2 events"), "\(search.errors)")
    #expect(search.output.contains("2026-01-02T00:04:00.000Z") && !search.output.contains("00:03:00"))
  }
}
