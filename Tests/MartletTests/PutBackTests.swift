import Foundation
import JSON
import TestSupport
import Testing

/// What commands say of a folder whose catalog is not the one that its segments were stored under.
@Suite("A backup that was copied over a folder") struct PutBackTests {
  @Test("Is told by all that read, and the next ingestion stores what the backup did not have, once")
  func copiedOver() throws {
    let scratch = try Scratch()
    let (folder, copy) = (scratch.path + "/events", scratch.path + "/copy")
    #expect(try Binary(["ingest", "--data", folder, try scratch.write(Sample.records, "a.json")]).status == 0)
    #expect(try Binary(["backup", "--data", folder, "--to", copy]).status == 0)
    let later = Sample.records.replacing("00000000000", with: "00000000001").replacing("2026-01-01", with: "2026-01-02")
    let file = try scratch.write(later, "b.json")
    #expect(try Binary(["ingest", "--data", folder, file]).status == 0)
    let files = FileManager.default
    for ending in ["-wal", "-shm"] { try? files.removeItem(atPath: folder + "/catalog.sqlite" + ending) }
    for name in ["catalog.sqlite", "newest"] {
      try files.removeItem(atPath: folder + "/" + name)
      try files.copyItem(atPath: copy + "/" + name, toPath: folder + "/" + name)
    }
    // The file that it came from is gone.
    try files.removeItem(atPath: file)
    let status = try Binary(["status", "--data", folder])
    #expect(status.status == 1 && status.errors.contains("2 events of"), "\(status.errors)")
    #expect(status.errors.contains("martlet verify --repair"), "\(status.errors)")
    for command in [["verify"], ["search", "*"]] {
      let told = try Binary([command[0], "--data", folder] + command.dropFirst())
      #expect(told.status == 1 && told.errors.contains("older"), "\(told.errors)")
    }
    let other = Sample.records.replacing("00000000000", with: "00000000002").replacing("2026-01-01", with: "2026-01-03")
    let ingest = try Binary(["ingest", "--data", folder, try scratch.write(other, "c.json")])
    #expect(ingest.status == 0, "\(ingest.errors)")
    #expect(
      ingest.errors.contains("2 events of 1 segment that it did not know were taken up again"), "\(ingest.errors)")
    #expect(try Binary(["search", "--data", folder, "*"]).lines.count == 6)
    for command in ["verify", "status"] { #expect(try Binary([command, "--data", folder]).status == 0) }
  }
}

@Suite("A catalog that somebody changed") struct ChangedCatalogTests {
  @Test("Is told by verify with the segment and what to do, and put right by its repair")
  func repaired() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    #expect(try Binary(["ingest", "--data", folder, try scratch.write(Sample.records, "a.json")]).status == 0)
    let all = try Binary(["search", "--data", folder, "*"])
    let changes = [
      "INSERT INTO hidden_rows VALUES (1, 0)": "counts nowhere",
      "UPDATE field_spans SET latest = latest + 5000": "the dates that the catalog has of segment 1",
      "UPDATE segments SET latest = latest + 5000": "is not the segment that the catalog knows by that name: times:",
    ]
    for (change, told) in changes {
      try #require(try Process.sqlite(folder + "/catalog.sqlite", change))
      let verify = try Binary(["verify", "--data", folder])
      #expect(verify.status == 1 && verify.errors.contains(told), "\(change): \(verify.errors)")
      #expect(
        verify.errors.contains("verify --repair") && verify.errors.contains(".segment"), "\(change): \(verify.errors)")
      let repair = try Binary(["verify", "--data", folder, "--repair"])
      #expect(
        repair.status == 0 && repair.errors.contains("it says now what the segments say"), "\(change): \(repair.errors)"
      )
      #expect(try Binary(["verify", "--data", folder]).status == 0, "\(change)")
      #expect(try Binary(["search", "--data", folder, "*"]).lines.count == all.lines.count, "\(change)")
    }
  }
}
