import Foundation
import JSON
import TestSupport
import Testing

@Suite("martlet backup") struct BackupCommandTests {
  private let scratch: Scratch
  private let folder: String

  private init() throws {
    scratch = try Scratch()
    folder = scratch.path + "/events"
    let ingest = try Binary(["ingest", "--data", folder, try scratch.write(Sample.records, "a.json")])
    try #require(ingest.status == 0, "\(ingest.errors)")
  }

  @Test("One that was killed half-way does not block the next to its name; remains of another are named")
  func killed() throws {
    for name in ["copy", "earlier"] {
      try scratch.write("", "\(name).unfinished/unfinished-backup")
      try scratch.write("half", "\(name).unfinished/catalog.sqlite")
    }
    let copy = scratch.path + "/copy"
    let search = try Binary(["search", "--data", copy + ".unfinished", "*"])
    #expect(search.status == 1 && search.errors.contains("not whole"), "\(search.errors)")
    let backup = try Binary(["backup", "--data", folder, "--to", copy])
    #expect(backup.status == 0, "\(backup.errors)")
    #expect(backup.errors.contains("earlier.unfinished") && !backup.errors.contains("copy.unfinished"))
    #expect(try Binary(["search", "--data", copy, "*"]).lines.count == 2)
    #expect(!FileManager.default.fileExists(atPath: copy + ".unfinished"))
  }

  @Test("Says what the folder lacks and the copy with it, and what it has of damaged segments, with status 1")
  func lacking() throws {
    let segments = folder + "/segments/"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: segments).first)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: segments + name))
    bytes[40] ^= 0x55
    try bytes.write(to: URL(fileURLWithPath: segments + name))
    _ = try Binary(["verify", "--data", folder, "--repair"])
    let backup = try Binary(["backup", "--data", folder, "--to", scratch.path + "/copy"])
    #expect(backup.status == 1 && backup.errors.contains("1 file of segments"), "\(backup.errors)")
    #expect(backup.errors.contains("2 events of") && backup.errors.contains("Keep the backup before it"))
    let told = try JSONValue(
      parsing: try Binary(["backup", "--data", folder, "--to", scratch.path + "/second", "--format", "json"]).output)
    #expect(told["segments"] == 0 && told["damaged_files"] == 1 && told["missing_events"] == 2, "\(told.text)")
    #expect(told["alerts_whole"] == true && told["to"]?.stringValue == scratch.path + "/second", "\(told.text)")
    let verify = try Binary(["verify", "--data", folder, "--format", "json"])
    #expect(verify.status == 1, "\(verify.errors)")
    #expect(try JSONValue(parsing: verify.output)["faults"]?.arrayValue?.isEmpty == false, "\(verify.output)")
    let copied = try Binary(["search", "--data", scratch.path + "/copy", "*"])
    #expect(copied.status == 1 && copied.errors.contains("2 events"), "\(copied.errors)")
  }

  @Test("Finds damage that nobody knew of, says what the copy goes without, and ends with status 1")
  func damaged() throws {
    let segments = folder + "/segments/"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: segments).first)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: segments + name))
    bytes[40] ^= 0x55
    try bytes.write(to: URL(fileURLWithPath: segments + name))
    let backup = try Binary(["backup", "--data", folder, "--to", scratch.path + "/copy"])
    #expect(backup.status == 1 && backup.errors.contains("without 1 segment that cannot be read"), "\(backup.errors)")
    #expect(backup.errors.contains("the copy goes without 2 events of") && backup.errors.contains(segments + name))
    #expect(backup.errors.contains("Keep the backup before it"), "\(backup.errors)")
    let told = try JSONValue(
      parsing: try Binary(["backup", "--data", folder, "--to", scratch.path + "/second", "--format", "json"]).output)
    #expect(told["unreadable_segments"] == 1 && told["unreadable_events"] == 2, "\(told.text)")
    #expect(told["segments"] == 0 && told["missing_events"] == 0, "\(told.text)")
  }
}
