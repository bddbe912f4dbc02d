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

  @Test(
    "Rows that are asked for alone have all their values, and texts of ids and times are made for no other",
    arguments: [UInt64.random(in: 0...UInt64.max), 3, 4, 5], [1, 70, 3000])
  func limited(seed: UInt64, rows: Int) throws {
    var random = RandomContent(seed: seed)
    let content = random.content(rows: rows)
    let segment = try Segment(bytes: bytes(content), named: "a")
    let whole = try segment.events(.all)
    let plan = FieldPlan(paths: whole.columnByPath.keys.sorted())
    let wanted = (0..<rows).filter { _ in Int.random(in: 0..<4, using: &random.random) == 0 }
    let late = LateEntries(segment)
    let batch = try segment.events(plan, late: late, only: wanted)
    func values(_ column: Column, _ row: Int) -> [String] {
      column.codes(row: row).map { column.dictionary.text($0) }
    }
    var made = 0
    for path in plan.paths {
      let (some, all) = (try #require(batch.column(path)), try #require(whole.column(path)))
      for row in wanted { #expect(values(some, row) == values(all, row), "\(path), row \(row), seed \(seed)") }
      guard try #require(segment.footer.batch.column(path)).codes.isOfHeads else { continue }
      #expect(some.entryCount <= wanted.count, "\(path), seed \(seed)")
      made += 1
    }
    #expect(late.fault == nil && (made > 0 || rows < 3000 || seed > 5), "seed \(seed)")
  }

  @Test(
    "A column that is said not to hold some bytes, or not to pass, has no value that does",
    arguments: [UInt64.random(in: 0...UInt64.max), 6, 7], [1, 70, 3000])
  func pieces(seed: UInt64, rows: Int) throws {
    var random = RandomContent(seed: seed)
    let content = random.content(rows: rows)
    let segment = try Segment(bytes: bytes(content), named: "a")
    let late = LateEntries(segment)
    let batch = try segment.events(.all, late: late)
    let eager = try segment.events(.all)
    let strangers = ["zzz", "\u{e4}\u{e4}", "once", "v1", "9", "true", "T0", "-4"].map { SoughtBytes(Array($0.utf8)) }
    var (lacking, unpassed) = (0, 0)
    for (path, place) in eager.columnByPath {
      let values = eager.columns[place].dictionary
      let (column, whole) = (try #require(batch.column(path)), try #require(eager.column(path)))
      var pieces = strangers
      for code in 1...UInt32(values.count) where pieces.count < 60 {
        let value = values.withValue(code) { Array($0.bytes) }
        guard let start = value.indices.randomElement(using: &random.random) else { continue }
        pieces.append(SoughtBytes(Array(value[start...].prefix(Int.random(in: 1...9, using: &random.random)))))
      }
      let held = try #require(column.mayHold(pieces))
      for (piece, mayHold) in zip(pieces, held) {
        let isHeld = (1...UInt32(values.count)).contains { code in
          values.withValue(code) { piece.stands(in: UnsafeRawBufferPointer($0.bytes)) }
        }
        #expect(mayHold || !isHeld, "\(path) \(piece.bytes), seed \(seed)")
        if !mayHold { lacking += 1 }
      }
      // A piece at a time, of a reader that has not been asked yet; what lies in two values lies in none.
      let isOfHeads = try #require(segment.footer.batch.column(path)).codes.isOfHeads
      for piece in pieces.shuffled(using: &random.random).prefix(20) where !isOfHeads {
        let column = try #require(segment.events(.all, late: LateEntries(segment)).column(path))
        let limit = Int.random(in: 0...20, using: &random.random)
        func passes(_ value: Scalar) -> Bool { value.bytes.count % 20 <= limit }
        let answer = column.mayPass(holding: [SoughtBytes(Array("no such value".utf8)), piece]) { value in
          #expect(piece.stands(in: UnsafeRawBufferPointer(value.bytes)))
          return passes(value)
        }
        let expected = (1...UInt32(values.count)).contains { code in
          values.withValue(code) { piece.stands(in: UnsafeRawBufferPointer($0.bytes)) && passes($0) }
        }
        #expect(answer == expected, "\(path) \(piece.bytes), seed \(seed)")
        if column.mayHold([piece]) == [true], !answer { unpassed += 1 }
      }
      #expect(column.kind == nil || (1...UInt32(values.count)).allSatisfy { values.kind($0) == column.kind })
      #expect(flat(column) == flat(whole))
      // What has been read is as quickly looked at.
      #expect(column.mayHold(pieces)?.allSatisfy { $0 } == true)
      #expect(column.mayPass(holding: pieces) { _ in false })
    }
    #expect(late.fault == nil)
    // One row may hold nothing to be wrong about.
    #expect(!stands(seed) || rows == 1 || lacking > 20 && unpassed > 0)
  }

  @Test("Damaged values and entries are told once they are asked for, and never read beyond what there is")
  func damage() throws {
    var random = RandomContent(seed: 12)
    let content = random.content(rows: 300, columns: 12)
    let whole = try bytes(content)
    let footer = try Segment(bytes: whole, named: "a").footer
    try #require(!footer.codes.isEmpty && !footer.values.isEmpty)
    for block in Array(footer.codes) + footer.values {
      for place in stride(from: 0, to: block.storedBytes, by: max(1, block.storedBytes / 40)) {
        var bytes = whole
        bytes[block.offset + SegmentFormat.blockHeaderBytes + place] ^= 0x11
        for isChecked in [true, false] {
          let segment = try Segment(bytes: bytes, named: "a", isChecked: isChecked)
          for plan in [FieldPlan(paths: segment.paths), .all] {
            let late = LateEntries(segment)
            // The values of columns that are named are read at once, and so are nested ones.
            guard let batch = try? segment.events(plan, late: late) else { continue }
            for (number, column) in batch.columns.enumerated() {
              if number % 3 == 0 {
                _ = column.mayHold([SoughtBytes([0x76])])
                _ = column.mayPass(holding: [SoughtBytes([0x76])]) { $0.bytes.last == 0 }
              }
              if number % 2 == 0 { _ = column.dictionary }
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
}
