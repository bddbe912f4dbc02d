import Events
import Foundation
import TestSupport
import Testing

@testable import Segments

@Suite struct DamageTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A segment of some rows as bytes.
  private func bytes(_ content: SourcedBatch, level: Int32? = 3, version: UInt32? = nil) throws -> [UInt8] {
    let path = scratch.path + "/\(UInt64.random(in: 0...UInt64.max))"
    _ = try SegmentWriter.write(content, to: path, level: level, version: version, filteredValues: 3)
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func small() -> SourcedBatch {
    var random = RandomContent(seed: 12)
    var content = random.content(rows: 9, columns: 20)
    while content.events.nested.count < 2 { content = random.content(rows: 9, columns: 20) }
    return content
  }

  @Test("A byte that was changed anywhere is an error", arguments: [nil, 3] as [Int32?], [1, 2, 3, 4] as [UInt32])
  func everyByte(level: Int32?, version: UInt32) throws {
    let content = small()
    var bytes = try bytes(content, level: level, version: version)
    #expect(try Segment(bytes: bytes, named: "a").footer.filters.isEmpty == (version == 1))
    try readEverything(Segment(bytes: bytes, named: "a"), content)
    for at in bytes.indices {
      let mask = UInt8(1) << UInt8(at % 8)
      bytes[at] ^= mask
      #expect(throws: SegmentError.self, "byte \(at)") { try Segment(bytes: bytes, named: "a").verify() }
      bytes[at] ^= mask
    }
  }

  @Test("A segment that was cut anywhere is an error")
  func everyLength() throws {
    let bytes = try bytes(small())
    for count in bytes.indices {
      #expect(throws: SegmentError.self, "\(count) bytes") { try Segment(bytes: Array(bytes[..<count]), named: "a") }
    }
    #expect(throws: SegmentError.self) { try Segment(bytes: bytes + [0], named: "a") }
  }

  @Test(
    "A hostile byte under a right checksum is an error or content, and never ends the process",
    arguments: [nil, 3] as [Int32?], [1, 3, 4] as [UInt32])
  func hostile(level: Int32?, version: UInt32) throws {
    var bytes = try bytes(small(), level: level, version: version)
    var errors = 0
    for at in bytes.indices {
      for mask: UInt8 in [1, 0x80, 0xFF] {
        bytes[at] ^= mask
        do {
          let segment = try Segment(bytes: bytes, named: "a", isChecked: false)
          // Entries are memory, which a fault of a few bytes can ask for much of, within the bound.
          if segment.entryCount < 100_000 {
            for path in segment.paths { _ = try? segment.mayHold(Array("x".utf8), in: path) }
            try readEverything(segment, nil)
          }
        } catch is SegmentError {
          errors += 1
        }
        bytes[at] ^= mask
      }
    }
    #expect(errors > 500)
  }

  @Test("A segment of a later version is refused by its number")
  func newer() throws {
    var bytes = try bytes(small())
    bytes[8] = 5
    let error = #expect(throws: SegmentError.self) { try Segment(bytes: bytes, named: "a") }
    #expect(error?.kind == .newer(version: 5))
    #expect(error?.description.contains("version 5") == true)
  }

  @Test("The error names the block and where it starts")
  func names() throws {
    var random = RandomContent(seed: 2)
    let content = random.content(rows: 6000, columns: 8)
    let good = try bytes(content)
    let blocks = try Segment(bytes: good, named: "a").footer.blocks
    #expect(Set(blocks.map(\.kind.rawValue)) == [1, 2, 3, 4, 5, 6, 8])
    for block in blocks {
      var bytes = good
      bytes[block.end - 1] ^= 1
      let segment = try Segment(bytes: bytes, named: "some/file")
      let error = #expect(throws: SegmentError.self) { try segment.verify() }
      #expect(error?.kind == .damaged && error?.block == block.description && error?.offset == block.offset)
      #expect(error?.description.contains("some/file") == true)
    }
    #expect(blocks.contains { $0.description == "source block 1" })
    #expect(blocks.contains { $0.description == "identity block 2" })
    #expect(blocks.contains { $0.description == "filter block 1" })
  }

  @Test("What is read of a damaged segment beside the damage is right, and the rest is an error")
  func besideDamage() throws {
    var random = RandomContent(seed: 2)
    let content = random.content(rows: 6000, columns: 8)
    var bytes = try bytes(content)
    let block = try #require(try Segment(bytes: bytes, named: "a").footer.sources.dropFirst().first)
    bytes[block.offset + 20] ^= 4
    let segment = try Segment(bytes: bytes, named: "a")
    let rows = segment.footer.sourceRows
    #expect(
      try sources(segment, rows: [0, rows[1] - 1, rows[2]]) == [0, rows[1] - 1, rows[2]].map { try texts(content)[$0] })
    #expect(throws: SegmentError.self) { try sources(segment, rows: [rows[1]]) }
    #expect(try segment.heads() == content.heads)
  }

  @Test("Ids that do not ascend, or are of no row, are an error wherever they are looked for")
  func hostileIdentities() throws {
    var random = RandomContent(seed: 2)
    let good = try bytes(random.content(rows: 3000, columns: 0))
    let footer = try Segment(bytes: good, named: "a").footer
    let first = footer.identities[1].offset + SegmentFormat.blockHeaderBytes
    let identity = EventIdentity(footer.fences[1])
    func expectErrors(_ change: (inout [UInt8]) -> Void) throws {
      var bytes = good
      change(&bytes)
      let segment = try Segment(bytes: bytes, named: "a", isChecked: false)
      #expect(throws: SegmentError.self) { try segment.heads() }
      #expect(throws: SegmentError.self) { try segment.rows(of: [identity]) }
    }
    try expectErrors { $0[first + 23] = 0xFF }
    try expectErrors { $0[first + 22] = 0x01 }
    try expectErrors { $0[first + 24 + 7] ^= 0xFF }
    try expectErrors { $0[first] ^= 1 }
    // A row that two ids have is seen where all are read.
    var bytes = good
    for at in 20..<24 { bytes[first + at] = bytes[first + 24 + at] }
    #expect(throws: SegmentError.self) { try Segment(bytes: bytes, named: "a", isChecked: false).heads() }
  }

  @Test("What is no segment is refused", arguments: ["", "{}", "MARTLSEG", String(repeating: "MARTLSEG", count: 40)])
  func noSegment(text: String) throws {
    let path = try scratch.write(text, "a")
    let error = #expect(throws: SegmentError.self) { try Segment(path: path) }
    #expect(error?.path == path)
    #expect(throws: SegmentError.self) { try Segment(path: scratch.path) }
    #expect(throws: SegmentError.self) { try Segment(path: scratch.path + "/none") }
  }
}
