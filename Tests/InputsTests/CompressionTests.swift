import CloudTrail
import TestSupport
import Testing

struct CompressionTests {
  @Test("A gzip file of several members, padded with zeros, is one text")
  func severalMembers() async throws {
    let scratch = try Scratch()
    let all = Record.file(0..<20)
    let file = try scratch.write(
      gzip(Array(all[..<700])) + gzip([]) + gzip(Array(all[700...])) + [UInt8](repeating: 0, count: 5000), "a.json.gz")
    let reading = try await Reading([file])
    #expect(reading.ids == Record.ids(0..<20))
    #expect(reading.summary.problems.isEmpty)
  }

  @Test("The name of a file does not decide how it is compressed")
  func misnamed() async throws {
    let scratch = try Scratch()
    try scratch.write(Record.ndjson(0..<3), "a.json.gz")
    try scratch.write(gzip(Record.ndjson(3..<5)), "b.json")
    try scratch.write(zstd(Record.ndjson(5..<7)), "c.log")
    let reading = try await Reading([scratch.path])
    #expect(reading.ids == Record.ids(0..<7))
    #expect(reading.summary.problems.isEmpty)
  }

  @Test("Of a gzip file that is torn anywhere the whole records are kept and the tear is reported")
  func torn() async throws {
    let scratch = try Scratch()
    // Several members, so that something is whole before the tear.
    let parts = (0..<8).map { part in gzip(Record.ndjson(part * 10..<part * 10 + 10) + [0x0A]) }
    let members = parts.flatMap { $0 }
    var ends = [0]
    for part in parts { ends.append((ends.last ?? 0) + part.count) }
    for length in stride(from: 3, to: members.count - 1, by: 23) {
      let file = try scratch.write(Array(members[..<length]), "torn.json.gz")
      let reading = try await Reading([file])
      let whole = ends.count { $0 <= length } - 1
      #expect(Set(reading.ids).isSuperset(of: Record.ids(0..<whole * 10)), "\(length) of \(members.count)")
      #expect((reading.causes[.tornCompression] == 1) != ends.contains(length), "\(length): \(reading.causes)")
    }
  }

  @Test("Of a gzip file with a flipped bit the records before it are kept and the damage is reported")
  func bitFlip() async throws {
    let scratch = try Scratch()
    let members = [gzip(Record.ndjson(0..<50) + [0x0A]), gzip(Record.ndjson(50..<100) + [0x0A])]
    for bit in stride(from: 0, to: members[1].count * 8, by: 97) {
      // What the header's time, flags and system say does not matter to the text.
      guard bit / 8 >= 10 else { continue }
      var second = members[1]
      second[bit / 8] ^= 1 << UInt8(bit % 8)
      let file = try scratch.write(members[0] + second, "flip.gz")
      let reading = try await Reading([file])
      #expect(Set(reading.ids).isSuperset(of: Record.ids(0..<50)), "bit \(bit)")
      #expect(reading.causes[.tornCompression] == 1, "bit \(bit): \(reading.causes)")
    }
  }

  @Test("Garbage behind the last member is reported and costs no record")
  func trailingGarbage() async throws {
    let scratch = try Scratch()
    for garbage in [Array("garbage".utf8), [0, 0, 0, 7], [0x1F], [0x1F, 0x8B, 1, 2, 3]] as [[UInt8]] {
      let file = try scratch.write(gzip(Record.file(0..<10)) + garbage, "a.gz")
      let reading = try await Reading([file])
      #expect(reading.ids == Record.ids(0..<10), "\(garbage)")
      #expect(reading.causes == [.tornCompression: 1], "\(garbage)")
    }
  }

  @Test(
    "A gzip file whose last bytes lie about its length is reported and costs no record", arguments: [0, 5, 0x7FFF_FFFF])
  func lyingLength(length: UInt32) async throws {
    let scratch = try Scratch()
    var bytes = gzip(Record.file(0..<10))
    bytes.removeLast(4)
    bytes += withUnsafeBytes(of: length.littleEndian) { Array($0) }
    let reading = try await Reading([try scratch.write(bytes, "a.gz")])
    #expect(reading.ids == Record.ids(0..<10))
    #expect(reading.causes == [.tornCompression: 1])
  }

  @Test("Blanks that compress well are gone over, those beyond the ratio are a bomb")
  func bomb() async throws {
    let scratch = try Scratch()
    let spaces = [UInt8](repeating: 0x20, count: 4 << 20)
    let harmless = try scratch.write(gzip(spaces + Record.file(0..<2)), "harmless.gz")
    let good = try await Reading([harmless])
    #expect(good.ids == Record.ids(0..<2))
    #expect(good.summary.problems.isEmpty)
    let large = [UInt8](repeating: 0x20, count: 64 << 20)
    for (name, bytes) in [("bomb.gz", gzip(large)), ("bomb.zst", zstd(large))] {
      let bad = try await Reading([try scratch.write(bytes, name), harmless])
      #expect(bad.causes == [.bomb: 1], "\(name)")
      #expect(bad.ids == Record.ids(0..<2))
    }
  }

  @Test("A zstd file of several frames is one text; torn, its whole records are kept")
  func zstdFrames() async throws {
    let scratch = try Scratch()
    let frames = [zstd(Record.ndjson(0..<10) + [0x0A]), zstd(Record.ndjson(10..<20))]
    let whole = try await Reading([try scratch.write(frames[0] + frames[1], "a.zst")])
    #expect(whole.ids == Record.ids(0..<20))
    #expect(whole.summary.problems.isEmpty)
    let torn = try await Reading([try scratch.write(frames[0] + frames[1].dropLast(20), "b.zst")])
    #expect(Set(torn.ids).isSuperset(of: Record.ids(0..<10)))
    #expect(torn.causes[.tornCompression] == 1)
    let garbage = try await Reading([try scratch.write(frames[0] + Array("garbage".utf8), "c.zst")])
    #expect(garbage.ids == Record.ids(0..<10))
    #expect(garbage.causes == [.tornCompression: 1])
  }
}
