import Events
import Foundation
import TestSupport
import Testing

@testable import Segments

@Suite("Texts that came in gzip members") struct MemberTests {
  /// A text with source texts in it, as a file of records has them.
  private struct File {
    var text: [UInt8]
    var places: [Range<Int>]
    var member: GzipMember

    init(_ records: [[UInt8]], before: String = "{\"Records\":[", between: String = ",", after: String = "]}") {
      text = Array(before.utf8)
      places = []
      for (number, record) in records.enumerated() {
        if number > 0 { text += Array(between.utf8) }
        places.append(text.count..<text.count + record.count)
        text += record
      }
      text += Array(after.utf8)
      member = GzipMember(gzip(text), textBytes: text.count)
    }

    func add(to packer: SourcePacker, _ places: [Range<Int>]? = nil, member: GzipMember? = nil) throws {
      try text.withUnsafeBufferPointer { bytes in
        try packer.append(
          (places ?? self.places).map { UnsafeBufferPointer(rebasing: bytes[$0]) }, of: member ?? self.member,
          from: bytes.baseAddress!)
      }
    }
  }

  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Records of JSON that pack well, about 700 bytes each.
  private static func records(_ count: Int, _ random: inout SeededRandom) -> [[UInt8]] {
    (0..<count).map { number in
      let filler = String(
        repeating: "\"eventSource\":\"s3.amazonaws.com\",", count: Int.random(in: 15...25, using: &random))
      return Array("{\"n\":\(number),\(filler)\"id\":\"\(random.next())\"}".utf8)
    }
  }

  private func write(_ content: SourcedBatch, version: UInt32? = nil) throws -> Segment {
    let path = scratch.path + "/\(UInt64.random(in: 0...UInt64.max))"
    _ = try SegmentWriter.write(content, to: path, level: 1, version: version)
    return try Segment(path: path)
  }

  /// A batch of so many rows with texts that were packed.
  private func content(_ texts: SourceTexts, _ random: inout SeededRandom) -> SourcedBatch {
    var made = RandomContent(seed: random.next())
    var content = made.content(rows: texts.count, columns: 2)
    content.sources = texts
    return content
  }

  private func bytes(_ segment: Segment) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: segment.path)))
  }

  @Test(
    "Every text is read back byte for byte, among those that came otherwise, and the member stands in the file as it came"
  )
  func roundTrip() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    let (first, second) = (
      File(Self.records(400, &random)), File(Self.records(300, &random), before: "[", after: " ]\n")
    )
    let packer = try SourcePacker()
    let plain = (0..<70).map { Array("plain \($0)".utf8) }
    var expected: [[UInt8]] = []
    func addPlain(_ texts: ArraySlice<[UInt8]>) throws {
      for text in texts { try text.withUnsafeBufferPointer { try packer.append($0) } }
      expected += texts
    }
    try addPlain(plain[..<30])
    try first.add(to: packer)
    expected += first.places.map { Array(first.text[$0]) }
    // Some records of a file need not be stored.
    let some = second.places.enumerated().filter { $0.offset % 7 != 3 }.map(\.element)
    try second.add(to: packer, some)
    expected += some.map { Array(second.text[$0]) }
    try addPlain(plain[30...])
    let content = content(try packer.finish(), &random)
    #expect(content.sources.byteCount == expected.reduce(0) { $0 + $1.count }, "seed \(seed)")
    // Also before they are written.
    #expect(try texts(content) == expected, "seed \(seed)")
    let segment = try write(content)
    #expect(segment.footer.memberTexts.map { $0 != nil } == [false, true, true, false], "seed \(seed)")
    try segment.verify()
    #expect(try sources(segment) == expected, "seed \(seed)")
    let chosen = expected.indices.filter { _ in Int.random(in: 0..<100, using: &random) < 10 }
    #expect(try sources(segment, rows: chosen) == chosen.map { expected[$0] }, "seed \(seed)")
    let file = try bytes(segment)
    for member in [first.member, second.member] { #expect(file.firstRange(of: member.bytes) != nil, "seed \(seed)") }
    // What is chosen of it is packed anew.
    let few = try content.selecting(chosen)
    #expect(try sources(try write(few)) == chosen.map { expected[$0] }, "seed \(seed)")
    // Files of earlier versions have none.
    let earlier = try write(content, version: 3)
    #expect(earlier.footer.memberTexts.allSatisfy { $0 == nil }, "seed \(seed)")
    #expect(try sources(earlier) == expected, "seed \(seed)")
  }

  @Test("A member is kept where that serves, and its texts are packed anew otherwise")
  func kept() throws {
    var random = SeededRandom(seed: 8)
    func isKept(_ file: File, _ places: [Range<Int>]? = nil, member: GzipMember? = nil) throws -> Bool {
      let packer = try SourcePacker()
      try file.add(to: packer, places, member: member)
      let content = content(try packer.finish(), &random)
      let segment = try write(content)
      #expect(try sources(segment) == (places ?? file.places).map { Array(file.text[$0]) })
      return segment.footer.memberTexts.contains { $0 != nil }
    }
    let file = File(Self.records(400, &random))
    #expect(try isKept(file))
    #expect(try !isKept(File(Self.records(20, &random))))
    // Too little of the text is to be stored, or it lies in another order.
    #expect(try !isKept(file, Array(file.places[..<200])))
    #expect(try !isKept(file, file.places.reversed()))
    let loose = GzipMember(
      file.member.bytes + [UInt8](repeating: 0, count: file.text.count / 4), textBytes: file.text.count)
    #expect(try !isKept(file, member: loose))
    // A text beyond it, as one that was put together.
    let other = File(Self.records(1, &random))
    let packer = try SourcePacker()
    try file.text.withUnsafeBufferPointer { bytes in
      try other.text.withUnsafeBufferPointer { beside in
        let texts = file.places.map { UnsafeBufferPointer(rebasing: bytes[$0]) } + [beside]
        try packer.append(texts, of: file.member, from: bytes.baseAddress!)
      }
    }
    let segment = try write(content(try packer.finish(), &random))
    #expect(try sources(segment) == file.places.map { Array(file.text[$0]) } + [other.text])
  }

  @Test("What is damaged or hostile in such a block is an error that names it, and never ends the process")
  func damage() throws {
    var random = SeededRandom(seed: 9)
    let file = File(Self.records(250, &random))
    let packer = try SourcePacker()
    try file.add(to: packer)
    let segment = try write(content(try packer.finish(), &random))
    let block = try #require(segment.footer.sources.first)
    let good = try bytes(segment)
    var bytes = good
    for at in block.offset..<block.end {
      bytes[at] ^= 1 << UInt8(at % 8)
      let damaged = try Segment(bytes: bytes, named: "a")
      let error = #expect(throws: SegmentError.self, "byte \(at)") { try sources(damaged, rows: [3]) }
      #expect(error?.block == "source block 0" && error?.kind == .damaged)
      bytes[at] = good[at]
    }
    var errors = 0
    // Where the texts lie and the member's first bytes, under right checksums.
    for at in block.offset + SegmentFormat.blockHeaderBytes..<min(block.end, block.offset + 1200) {
      for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] where bytes[at] != value {
        bytes[at] = value
        do {
          let texts = try sources(try Segment(bytes: bytes, named: "a", isChecked: false))
          #expect(texts.count == 250)
        } catch is SegmentError {
          errors += 1
        }
        bytes[at] = good[at]
      }
    }
    #expect(errors > 1000)
  }
}
