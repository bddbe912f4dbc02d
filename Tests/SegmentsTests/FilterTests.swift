import Events
import Foundation
import TestSupport
import Testing

@testable import Segments

@Suite("Filters over values") struct FilterTests {
  @Test(
    "The hash is XXH64",
    arguments: [
      ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
      ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
    ] as [(String, UInt64)])
  func hash(text: String, expected: UInt64) {
    #expect(Array(text.utf8).withUnsafeBufferPointer(ValueFilter.hash) == expected)
  }

  @Test(
    "The hash is XXH64 at every length",
    arguments: [
      (7, 0xc6fc_e9d7_2e31_0949), (8, 0xd07b_38a7_8a15_3b0b), (9, 0x9d12_14db_001d_fc69), (12, 0xb2ed_3801_7844_f789),
      (15, 0x59bf_1a33_358c_7d98), (16, 0x0f7e_6701_4943_a311), (31, 0x3f8d_95ab_32c1_27d9),
      (32, 0xe2bb_c913_6629_a4ee), (33, 0x6d92_fe2e_bab7_db31), (40, 0x581a_9e84_f2ab_44ef),
      (47, 0x9adf_bec4_5a4c_9edc), (63, 0xc1ba_8d23_5b09_b055), (64, 0x597b_03a2_4166_e12f),
      (77, 0x8ac4_0c98_69c8_6a70), (83, 0x4e3c_f311_65a8_5885),
    ] as [(Int, UInt64)])
  func hash(count: Int, expected: UInt64) {
    let text = "The quick brown fox jumps over the lazy dog, and then it sleeps under the old tree."
    #expect(Array(text.utf8.prefix(count)).withUnsafeBufferPointer(ValueFilter.hash) == expected)
  }

  private static func segment(
    _ content: SourcedBatch, _ scratch: Scratch, version: UInt32? = nil, filteredValues: Int? = nil
  ) throws -> Segment {
    let path = scratch.path + "/\(UUID().uuidString)"
    _ = try SegmentWriter.write(content, to: path, level: 1, version: version, filteredValues: filteredValues)
    return try Segment(path: path)
  }

  @Test("No value that is there is said to be absent, and few that are absent are not")
  func values() throws {
    let seed = UInt64.random(in: 0...99_999)
    let scratch = try Scratch()
    var random = RandomContent(seed: seed)
    var (wrong, asked, filters) = (0, 0, 0)
    // Until there have been enough filters, whatever the seed.
    for round in 0..<400 where round < 4 || filters <= 4 {
      let content = random.content(rows: 3000, columns: 16)
      let segment = try Self.segment(content, scratch, filteredValues: 40)
      filters += segment.footer.filters.count
      try segment.verify()
      for (path, place) in content.events.columnByPath {
        let column = content.events.columns[place]
        column.forEachEntry { _, code in
          let bytes = column.dictionary.withValue(code) { Array($0.bytes) }
          let mayHold = try? segment.mayHold(bytes, in: path)
          if mayHold != true { Issue.record("seed \(seed): \(path)") }
        }
        guard segment.footer.batch.column(path)?.filter != nil else { continue }
        for number in 0..<1000 {
          asked += 1
          if try segment.mayHold(Array("nobody \(number)".utf8), in: path) { wrong += 1 }
        }
      }
      #expect(try !segment.mayHold(Array("x".utf8), in: "no.such") && !segment.hasColumn("no.such"))
    }
    // A filter says so wrongly of one in 300 on the average.
    #expect(filters > 4 && wrong * 50 < asked, "seed \(seed): \(wrong) of \(asked)")
  }

  @Test("A column of the rows' ids is asked by the ids")
  func ids() throws {
    let scratch = try Scratch()
    var random = RandomContent(seed: 9)
    var content = random.content(rows: 500, columns: 0)
    var dictionary = ValueDictionary()
    let codes = content.heads.map { head in
      Array(uuid(head.identity.id).utf8).withUnsafeBufferPointer { dictionary.insert(Scalar(.string, $0)) }
    }
    content.events = EventBatch(
      columns: [Column(dictionary: dictionary, codes: codes)], paths: ["event.id"], rowCount: 500)
    let segment = try Self.segment(content, scratch)
    #expect(segment.footer.batch.columns[0].codes == .identity && segment.footer.filters.isEmpty)
    for head in content.heads {
      #expect(try segment.mayHold(Array(uuid(head.identity.id).utf8), in: "event.id"))
      #expect(try !segment.mayHold(Array(uuid(head.identity.id).uppercased().utf8), in: "event.id"))
    }
    for text in ["", "x", "00000000-0000-0000-0000-00000000000g", "00000000-0000-0000-0000-000000000000"] {
      #expect(try !segment.mayHold(Array(text.utf8), in: "event.id"))
    }
  }

  @Test("A column of few values has none, and neither has one of long values")
  func chosen() throws {
    let scratch = try Scratch()
    func column(_ rows: Int, _ text: (Int) -> String) -> Column {
      var dictionary = ValueDictionary()
      let codes = (0..<rows).map { row in
        Array(text(row).utf8).withUnsafeBufferPointer { dictionary.insert(Scalar(.string, $0)) }
      }
      return Column(dictionary: dictionary, codes: codes)
    }
    var random = RandomContent(seed: 9)
    var content = random.content(rows: 2000, columns: 0)
    content.events = EventBatch(
      columns: [
        column(2000) { "\($0 % 1000)" }, column(2000) { "value \($0)" },
        column(2000) { String(repeating: "x", count: 200) + "\($0)" },
      ], paths: ["few", "many", "long"], rowCount: 2000)
    let segment = try Self.segment(content, scratch)
    #expect(segment.footer.batch.columns.map { $0.filter != nil } == [false, true, false])
    #expect(try segment.mayHold(Array("none".utf8), in: "few") && segment.mayHold(Array("none".utf8), in: "long"))
    #expect(segment.footer.filters[0].storedBytes <= 2000 * 12 / 8 + 32)
  }

  @Test(
    "A segment of an earlier version is read as before; the first had no filters", arguments: [1, 2, 3] as [UInt32])
  func earlier(version: UInt32) throws {
    let scratch = try Scratch()
    var random = RandomContent(seed: 4)
    for rows in [0, 3, 900] {
      let content = random.content(rows: rows)
      let segment = try Self.segment(content, scratch, version: version, filteredValues: 2)
      #expect(try Data(contentsOf: URL(fileURLWithPath: segment.path))[8] == UInt8(version))
      #expect(segment.footer.filters.isEmpty == (version == 1 || rows == 0))
      try readEverything(segment, content)
      for path in segment.paths where version == 1 {
        let isOfIDs = segment.footer.batch.column(path)?.codes == .identity
        #expect(try segment.mayHold(Array("nobody".utf8), in: path) == !isOfIDs)
      }
    }
  }

  @Test("A filter that lacks a value is found")
  func lacking() throws {
    let scratch = try Scratch()
    var random = RandomContent(seed: 6)
    let good = try Self.segment(random.content(rows: 600), scratch, filteredValues: 20)
    let block = try #require(good.footer.filters.first)
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: good.path)))
    for at in block.offset + 16..<block.end { bytes[at] = 0 }
    let error = #expect(throws: SegmentError.self) {
      try Segment(bytes: bytes, named: "a", isChecked: false).verify()
    }
    #expect(error?.cause.contains("its filter lacks a value") == true)
  }
}
