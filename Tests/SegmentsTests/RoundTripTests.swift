import Events
import Foundation
import Segments
import TestSupport
import Testing

@Suite struct RoundTripTests {
  @Test(
    "What is read from a segment is what was written",
    arguments: [0, 1, 2, 3, 7, 8, 9, 100, 1000, 5000], [UInt64.random(in: 0...UInt64.max), 5])
  func roundTrip(rows: Int, seed: UInt64) throws {
    let scratch = try Scratch()
    var random = RandomContent(seed: seed)
    let content = random.content(rows: rows, columns: rows > 1000 ? 12 : 40)
    let path = scratch.path + "/a.segment"
    let summary = try SegmentWriter.write(content, to: path)
    let segment = try Segment(path: path)
    try readEverything(segment, content, "seed \(seed)")
    #expect(segment.summary == summary)
    let times = content.heads.map(\.time).filter { $0 != .missing }
    #expect(summary.times?.lowerBound == times.min() && summary.times?.upperBound == times.max())
    #expect(summary.rowCount == rows && summary.sourceBytes == content.sources.byteCount)
    let status = try FileManager.default.attributesOfItem(atPath: path)
    #expect(status[.size] as? Int == summary.fileBytes && status[.posixPermissions] as? Int == 0o600)
    let written = content.events.columnByPath.filter { !content.events.columns[$0.value].isEmpty }
    #expect(segment.paths == written.sorted { $0.value < $1.value }.map(\.key))
  }

  @Test(
    "Texts that were packed as they came make the same file, and are there before it is written",
    arguments: [0, 1, 3, 100, 5000], [UInt64.random(in: 0...UInt64.max)])
  func packed(rows: Int, seed: UInt64) throws {
    let scratch = try Scratch()
    var random = RandomContent(seed: seed)
    let plain = random.content(rows: rows, columns: 3)
    let packer = try SourcePacker()
    // What was gathered before is no part of it.
    try Array("before".utf8).withUnsafeBufferPointer { try packer.append($0) }
    _ = try packer.finish()
    var content = plain
    try plain.sources.forEach(Array(0..<rows)) { try packer.append($1) }
    content.sources = try packer.finish()
    #expect(content.sources.count == rows && content.sources.byteCount == plain.sources.byteCount)
    let expected = try texts(plain)
    #expect(try texts(content) == expected, "seed \(seed)")
    let chosen = (0..<rows).filter { _ in random.chance(30) }
    #expect(try texts(content.selecting(chosen)) == chosen.map { expected[$0] }, "seed \(seed)")
    _ = try SegmentWriter.write(plain, to: scratch.path + "/plain")
    _ = try SegmentWriter.write(content, to: scratch.path + "/packed")
    let files = ["/plain", "/packed"].map { FileManager.default.contents(atPath: scratch.path + $0) }
    #expect(files[0] != nil && files[0] == files[1], "seed \(seed)")
  }

  @Test(
    "Texts of many data streams that are packed beside one another are each its own",
    arguments: [UInt64.random(in: 0...UInt64.max)])
  func packedBeside(seed: UInt64) throws {
    var random = RandomContent(seed: seed)
    let plain = try (0..<20).map { try texts(random.content(rows: [1, 3, 40][$0 % 3], columns: 1)) }
    let first = try SourcePacker()
    let packers = [first] + (1..<plain.count).map { _ in SourcePacker(beside: first) }
    for row in 0..<40 {
      for (texts, packer) in zip(plain, packers) where row < texts.count {
        try texts[row].withUnsafeBufferPointer { try packer.append($0) }
      }
    }
    for (expected, packer) in zip(plain, packers) {
      let sources = try packer.finish()
      var found: [[UInt8]] = []
      try sources.forEach(Array(0..<sources.count)) { found.append(Array($1)) }
      #expect(found == expected, "seed \(seed)")
    }
  }

  @Test("So it is of a segment with more rows than any part of it has room for")
  func large() throws {
    let scratch = try Scratch()
    var random = RandomContent(seed: 70)
    let content = random.content(rows: 70_000, columns: 6)
    let path = scratch.path + "/a.segment"
    _ = try SegmentWriter.write(content, to: path)
    try readEverything(Segment(path: path), content)
  }

  @Test("Nothing compressed is read as well", arguments: [UInt64.random(in: 0...UInt64.max)])
  func stored(seed: UInt64) throws {
    let scratch = try Scratch()
    var random = RandomContent(seed: seed)
    let content = random.content(rows: 300)
    let path = scratch.path + "/a.segment"
    _ = try SegmentWriter.write(content, to: path, level: nil)
    try readEverything(Segment(path: path), content, "seed \(seed)")
  }

  @Test("A column of more bytes than a block has is cut, and whole again when it is read")
  func longColumn() throws {
    let scratch = try Scratch()
    let rows = 3000
    var random = RandomContent(seed: 3)
    var (long, short) = (ValueDictionary(), ValueDictionary())
    for row in 0..<rows {
      let text = (0..<100).map { _ in String(random.random.next(), radix: 36) }.joined() + "\(row)"
      Array(text.utf8).withUnsafeBufferPointer { _ = long.append(Scalar(.string, $0)) }
      Array("\(row % 7)".utf8).withUnsafeBufferPointer { _ = short.insert(Scalar(.number, $0)) }
    }
    let codes = (0..<UInt32(rows)).map { $0 + 1 }
    let columns = [
      Column(dictionary: short, codes: codes.map { $0 % 7 + 1 }), Column(dictionary: long, codes: codes),
      Column(dictionary: short, codes: codes.map { $0 % 3 }),
    ]
    #expect(long.byteCount > 3 << 20)
    var content = random.content(rows: rows, columns: 0)
    content.events = EventBatch(columns: columns, paths: ["a", "b", "c"], rowCount: rows)
    let path = scratch.path + "/a.segment"
    _ = try SegmentWriter.write(content, to: path)
    let segment = try Segment(path: path)
    try readEverything(segment, content)
    // What stands beside the long one is read without it.
    let some = try segment.events(FieldPlan(paths: ["c", "a"]))
    #expect(flat(some.columns[0]) == flat(columns[2]) && flat(some.columns[1]) == flat(columns[0]))
  }

  @Test("Hundreds of columns with one value each take few bytes each")
  func manyColumns() throws {
    let scratch = try Scratch()
    var random = RandomContent(seed: 4)
    var content = random.content(rows: 1000, columns: 0)
    func size(_ columns: Int) throws -> Int {
      var dictionaries = [ValueDictionary](repeating: ValueDictionary(), count: columns)
      for at in dictionaries.indices {
        Array("value \(at)".utf8).withUnsafeBufferPointer { _ = dictionaries[at].insert(Scalar(.string, $0)) }
      }
      content.events = EventBatch(
        columns: dictionaries.map { Column(dictionary: $0, codes: repeatElement(UInt32(1), count: 1000)) },
        paths: dictionaries.indices.map { "some.field.\($0)" }, rowCount: 1000)
      return try SegmentWriter.write(content, to: scratch.path + "/\(columns)").fileBytes
    }
    let bytes = try size(600) - size(0)
    #expect(bytes < 600 * 12, "\(bytes) bytes")
  }

  @Test("The texts of a row's id and time are not stored twice", arguments: [false, true])
  func headTexts(isTime: Bool) throws {
    let scratch = try Scratch()
    var random = RandomContent(seed: 5)
    var content = random.content(rows: 2000, columns: 0)
    for row in 0..<2000 {
      // Of few days, and now and then before 1970 or of a year of five digits.
      let days = [0, 0, 0, 1, 9000, -1, -200_000, 4_000_000].randomElement(using: &random.random)! as Int64
      let spread = days * 86_400_000 + Int64.random(in: 0..<86_400_000, using: &random.random)
      content.heads[row].time = Timestamp(
        milliseconds: row % 10 == 1 ? content.heads[row - 1].time.milliseconds : spread)
    }
    let heads = content.heads
    func size(_ text: (Int) -> String) throws -> Int {
      var dictionary = ValueDictionary()
      let codes = (0..<2000).map { row in
        Array(text(row).utf8).withUnsafeBufferPointer { dictionary.insert(Scalar(.string, $0)) }
      }
      let column = Column(dictionary: dictionary, codes: codes)
      content.events = EventBatch(columns: [column], paths: ["some.field"], rowCount: 2000)
      let path = scratch.path + "/\(random.random.next())"
      let summary = try SegmentWriter.write(content, to: path)
      let segment = try Segment(path: path)
      try readEverything(segment, content)
      #expect(try segment.events(.all).columns[0].dictionary.count == column.dictionary.count || !isTime)
      return summary.fileBytes
    }
    func text(_ row: Int) -> String { isTime ? heads[row].time.iso8601 : uuid(heads[row].identity.id) }
    let same = try size(text)
    // One that differs, be it in a letter's case, makes an ordinary column.
    let other = try size { $0 == 1999 ? text($0).lowercased() + (isTime ? "" : "x") : text($0) }
    #expect(other - same > 2000 * 7, "\(same), \(other)")
    // Where the head has no time, there is no text of it.
    if isTime {
      content.heads[7].time = .missing
      _ = try size { $0 == 7 ? "none" : heads[$0].time.iso8601 }
      _ = try size { $0 == 7 ? Timestamp.missing.iso8601 : heads[$0].time.iso8601 }
    }
  }
}
