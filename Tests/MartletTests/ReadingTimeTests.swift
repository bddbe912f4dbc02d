import Foundation
import JSON
import TestSupport
import Testing

@Suite("The time at which a stored event is read") struct ReadingTimeTests {
  @Test(
    "`event.created` is the command's in every language, as over files",
    arguments: [
      (["--language", "kuery"], #"event.created > "2026-02-01" and user.name: bob"#),
      (["--language", "lucene"], "event.created:{2026-02-01 TO *} AND user.name:bob"),
      (["--language", "dsl"], #"{"range":{"event.created":{"gt":"2026-02-01"}}}"#),
      (["--language", "eql"], #"any where event.created > "2026-02-01""#),
      (["--language", "esql"], #"FROM logs-* | WHERE event.created > "2026-02-01" | KEEP event.created"#),
    ])
  func created(language: [String], query: String) throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let file = try scratch.write(Sample.records, "a.json")
    #expect(try Binary(["ingest", "--data", folder, file, "--now", "2026-01-15"]).status == 0)
    for (now, finds) in [("2026-03-01T00:00:00Z", true), ("2026-01-20T00:00:00Z", false)] {
      let search = ["search"] + language + ["--now", now, "--format", "ndjson", query]
      let (stored, read) = (try Binary(search + ["--data", folder]), try Binary(search + [file]))
      #expect(stored.lines.isEmpty != finds && read.lines.isEmpty != finds, "\(stored.errors) \(read.errors)")
      #expect(stored.lines.count == read.lines.count)
    }
  }
}
