import Events
import Foundation
import TestSupport
import Testing

@testable import Segments

@Suite struct LateEntriesTests {
  private func bytes(_ content: SourcedBatch) throws -> [UInt8] {
    let path = try Scratch().path + "/\(UInt64.random(in: 0...UInt64.max))"
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    defer { unlink(path) }
    _ = try SegmentWriter.write(content, to: path, level: 3)
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test(
    "Entries that are read late are those that are read at once",
    arguments: [UInt64.random(in: 0...UInt64.max), 3, 4, 5], [0, 1, 70, 3000])
  func equal(seed: UInt64, rows: Int) throws {
    var random = RandomContent(seed: seed)
    let content = random.content(rows: rows)
    let segment = try Segment(bytes: bytes(content), named: "a")
    let late = LateEntries(segment)
    let batch = try segment.events(fullPlan(content.events), late: late)
    for (column, eager) in zip(batch.columns, try segment.events(fullPlan(content.events)).columns) {
      #expect(column.entryCount == eager.entryCount && column.isEmpty == eager.isEmpty, "seed \(seed)")
    }
    expectEqual(batch, content.events, "seed \(seed)")
    #expect(late.fault == nil)
  }

  @Test("Damaged entries are told once they are asked for, and never read beyond what there is")
  func damage() throws {
    var random = RandomContent(seed: 12)
    let content = random.content(rows: 300, columns: 12)
    let whole = try bytes(content)
    let codes = try Segment(bytes: whole, named: "a").footer.codes
    try #require(!codes.isEmpty)
    for block in codes {
      for place in stride(from: 0, to: block.storedBytes, by: max(1, block.storedBytes / 40)) {
        var bytes = whole
        bytes[block.offset + SegmentFormat.blockHeaderBytes + place] ^= 0x11
        for isChecked in [true, false] {
          let segment = try Segment(bytes: bytes, named: "a", isChecked: isChecked)
          let late = LateEntries(segment)
          // What comes as batch is values; columns that are made of heads, and nested ones, may be refused at once.
          guard let batch = try? segment.events(FieldPlan(paths: segment.paths), late: late) else { continue }
          for column in batch.columns {
            column.forEachEntry { row, code in
              precondition(row < 300 && code >= 1 && code <= column.dictionary.count, "an entry of another column")
            }
            for row in 0..<300 { _ = column.code(row: row) }
          }
          if isChecked { #expect(late.fault != nil) }
        }
      }
    }
  }
}
