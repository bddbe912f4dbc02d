import Foundation
import JSON
import TestSupport
import Testing

@Suite("A search of a segment that is damaged where its events are not") struct DamagedSearchTests {
  @Test(
    "Whichever block but those of texts is damaged, all events are shown, with event.ingested as of files where that is damaged"
  )
  func columns() throws {
    let scratch = try Scratch()
    let files = scratch.path + "/in"
    #expect(try Binary(["generate", "--events", "300", "--out", files]).status == 0)
    let folder = scratch.path + "/events"
    let ingest = ["ingest", "--data", folder, "--threads", "1", "--now", "2026-02-01T00:00:00Z", files]
    #expect(try Binary(ingest).status == 0)
    let search = ["search", "--data", folder, "--now", "2026-02-02T00:00:00Z", "*"]
    let all = try Binary(search)
    #expect(all.status == 0 && all.lines.count > 200, "\(all.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/segments")
    try #require(names.count == 1)
    let name = names[0]
    let file = URL(fileURLWithPath: folder + "/segments/" + name)
    let sound = [UInt8](try Data(contentsOf: file))
    // The blocks follow each other behind the header; those of texts are of the kind 1, those of ids, times and columns of 2 to 6.
    var (at, blocks): (Int, [Range<Int>]) = (16, [])
    while at + 16 < sound.count, (1...6).contains(sound[at + 1]) {
      let size = (0..<4).reduce(0) { $0 | Int(sound[at + 8 + $1]) << (8 * $1) }
      if sound[at + 1] > 1, size > 0 { blocks.append(at + 16..<at + 16 + size) }
      at += 16 + size
    }
    try #require(blocks.count > 3)
    var told = 0
    for block in blocks {
      var bytes = sound
      bytes[(block.lowerBound + block.upperBound) / 2] ^= 0x20
      try Data(bytes).write(to: file)
      let found = try Binary(search)
      #expect(found.lines.count == all.lines.count, "\(block): \(found.errors)")
      let isTold = found.errors.contains("event.ingested")
      #expect(found.status == (isTold ? 1 : 0), "\(block): \(found.errors)")
      guard isTold else {
        #expect(found.output == all.output, "\(block)")
        continue
      }
      told += 1
      #expect(found.errors.contains(name), "\(block): \(found.errors)")
      let events = try found.documents
      #expect(
        events.allSatisfy { $0["event"]?["ingested"] == $0["@timestamp"] && $0["event"]?["id"] != nil }, "\(block)")
      // What asks for it is told as well, and never answered in part.
      let asking = try Binary(search.dropLast() + ["event.ingested >= \"2026-01-31\""])
      #expect(asking.status == 1 && [0, all.lines.count].contains(asking.lines.count), "\(block): \(asking.errors)")
    }
    #expect(told > 0)
  }
}
