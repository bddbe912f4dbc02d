import JSON
import TestSupport
import Testing

/// Updates, other forms and odd times, as the commands give them.
struct EventIdentityCommandTests {
  private static func record(_ id: String, _ name: String, time: String = "2026-01-01T00:03:00Z", _ more: String = "")
    -> String
  {
    """
    {"eventVersion":"1.11","eventID":"\(id)","eventTime":"\(time)","eventSource":"s3.amazonaws.com",\
    "eventName":"\(name)","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","userName":"kim"}\(more)}
    """
  }

  private static let update = ",\"addendum\":{\"reason\":\"UPDATED_DATA\",\"originalEventID\":\"e-1\"}"

  @Test("search and normalize print an update and not what it replaces, and one event of two forms once")
  func printed() throws {
    let scratch = try Scratch()
    let original = Self.record("e-1", "Before")
    _ = try scratch.write(original, "a.json")
    let normalized = try Binary(["normalize", scratch.path + "/a.json"])
    try #require(normalized.status == 0, "\(normalized.errors)")
    _ = try scratch.write(normalized.output, "b.ndjson")
    _ = try scratch.write(Self.record("e-2", "After", Self.update), "c.json")
    for command in [["normalize"], ["search", "--format", "ndjson", "event.action: *"]] {
      for files in [["a.json", "b.ndjson", "c.json"], ["c.json", "b.ndjson", "a.json"]] {
        let run = try Binary(command + files.map { scratch.path + "/" + $0 })
        #expect(run.status == 0, "\(run.errors)")
        #expect(try run.documents.map { $0["event"]?["action"]?.stringValue } == ["After"], "\(run.output)")
      }
    }
    let both = try Binary(["search", "--format", "count", "*", scratch.path + "/a.json", scratch.path + "/b.ndjson"])
    #expect(both.output == "1\n")
  }

  @Test("A hunt alerts on an update and not on what it replaces")
  func hunted() throws {
    let scratch = try Scratch()
    let rule = try scratch.write(Sample.rule, "rule.toml")
    let texts = [Self.record("e-1", "GetObject"), Self.record("e-2", "GetObject", Self.update)]
    for order in [texts, texts.reversed()] {
      let path = try scratch.write(order.joined(separator: "\n"), "in.json")
      let run = try Binary(["hunt", "--no-builtin", "--rules", rule, "--format", "ndjson", path])
      #expect(try run.documents.map { $0["event"]?["id"]?.stringValue } == ["e-2"], "\(run.output) \(run.errors)")
    }
  }

  @Test("Events at odd times are kept, counted and told once, and cost no status")
  func oddTimes() throws {
    let scratch = try Scratch()
    let rule = try scratch.write(Sample.rule, "rule.toml")
    let path = try scratch.write(
      Self.record("e-1", "GetObject") + "\n" + Self.record("e-2", "GetObject", time: "2099-01-01T00:00:00Z"), "in.json")
    let arguments = [
      ["hunt", "--no-builtin", "--context", "--rules", rule, "--format", "ndjson"],
      ["search", "--format", "ndjson", "event.action: *"], ["normalize"],
    ]
    for arguments in arguments {
      let run = try Binary(arguments + ["--now", "2026-02-01T00:00:00Z", path])
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.lines.count == 2)
      #expect(run.errors.ranges(of: "1 event lies in the year 2099").count == 1, "\(run.errors)")
    }
    let sound = try Binary(["normalize", "--now", "2099-01-01T00:00:00Z", path])
    #expect(!sound.errors.contains("lies in"))
    _ = try scratch.write(
      ["1970-01-01T00:00:00Z", "2005-12-31T23:59:59Z", "2005-01-01T00:00:00Z", "2006-01-01T00:00:00Z"].enumerated()
        .map { Self.record("o-\($0)", "X", time: $1) }.joined(separator: "\n"), "old.json")
    let old = try Binary(["normalize", scratch.path + "/old.json"])
    #expect(old.errors.contains("3 events lie in the years 1970 (1) and 2005 (2)"), "\(old.errors)")
  }
}
