import CloudTrail
import TestSupport
import Testing

/// bzip2 and xz, by themselves and around archives.
struct OtherCompressionTests {
  private static let packers: [(name: String, pack: @Sendable ([UInt8]) -> [UInt8])] = [("bz2", bzip2), ("xz", xz)]

  @Test("A bzip2 or xz file of one or several streams is one text, whatever it is called", arguments: [0, 1])
  func streams(packer: Int) async throws {
    let scratch = try Scratch()
    let (name, pack) = Self.packers[packer]
    let all = Record.file(0..<20)
    try scratch.write(pack(Array(all[..<700])) + pack([]) + pack(Array(all[700...])), "a.json.\(name)")
    try scratch.write(pack(Record.ndjson(20..<23)), "b.log")
    try scratch.write(pack(Record.ndjson(23..<25)), "c.\(name)")
    let reading = try await Reading([scratch.path])
    #expect(reading.ids == Record.ids(0..<25))
    #expect(reading.summary.problems.isEmpty && reading.summary.passedOver.count == 0)
  }

  @Test(
    "Of a bzip2 or xz file that is torn or damaged anywhere the records before it are kept and it is told",
    arguments: [0, 1])
  func torn(packer: Int) throws {
    let (name, pack) = Self.packers[packer]
    let parts = (0..<4).map { pack(Record.ndjson($0 * 10..<$0 * 10 + 10) + [0x0A]) }
    let whole = parts.flatMap { $0 }
    var ends = [0]
    for part in parts { ends.append((ends.last ?? 0) + part.count) }
    for length in stride(from: 16, to: whole.count - 1, by: 7) {
      let reading = try Reading(Array(whole[..<length]), named: "torn.json.\(name)")
      let complete = ends.count { $0 <= length } - 1
      #expect(Set(reading.ids).isSuperset(of: Record.ids(0..<complete * 10)), "\(length) of \(whole.count)")
      #expect((reading.causes[.tornCompression] == 1) != ends.contains(length), "\(length): \(reading.causes)")
    }
    for place in stride(from: ends[1] + 20, to: ends[2], by: 11) {
      var damaged = whole
      damaged[place] ^= 0x10
      let reading = try Reading(damaged, named: "damaged.json.\(name)")
      #expect(Set(reading.ids).isSuperset(of: Record.ids(0..<10)) && !reading.summary.problems.isEmpty, "\(place)")
    }
  }

  @Test("Text beyond the bound of a bzip2 or xz file is refused with what came before it kept", arguments: [0, 1])
  func bomb(packer: Int) throws {
    let (name, pack) = Self.packers[packer]
    let blank = [UInt8](repeating: 0x20, count: 64 << 20)
    let reading = try Reading(
      pack(Record.ndjson(0..<3) + [0x0A] + blank + Record.ndjson(3..<4)), named: "bomb.json.\(name)")
    #expect(reading.ids.count < 4 && !reading.summary.problems.isEmpty, "\(reading.ids) \(reading.causes)")
  }

  @Test("An archive in bzip2 or xz is opened", arguments: [0, 1])
  func archives(packer: Int) async throws {
    let scratch = try Scratch()
    let (name, pack) = Self.packers[packer]
    let members = [Packed("a.json", Record.file(0..<5)), Packed("b.json.\(name)", pack(Record.ndjson(5..<9)))]
    try scratch.write(pack(tar(members)), "logs.tar.\(name)")
    try scratch.write(pack(tar([Packed("c.json", Record.file(9..<12))])), "more.t\(name == "xz" ? "xz" : "bz2")")
    let reading = try await Reading([scratch.path])
    #expect(reading.ids == Record.ids(0..<12) && reading.summary.problems.isEmpty, "\(reading.causes)")
  }

  @Test("A damaged document in a folder is passed over, and one that is named is bad input")
  func documents() async throws {
    let scratch = try Scratch()
    let torn = Array(zip([Packed("word/document.xml", Array("<x/>".utf8))]).prefix(40))
    let odd = Array(zip([Packed("odd.xml", [UInt8](repeating: 7, count: 500))]).prefix(45))
    for (bytes, name) in [(torn, "a.docx"), (odd, "b.DOCX"), (odd, "c.jar")] { try scratch.write(bytes, name) }
    try scratch.write(Record.file(0..<3), "d.json")
    let reading = try await Reading([scratch.path])
    #expect(reading.ids == Record.ids(0..<3) && reading.summary.problems.isEmpty, "\(reading.causes)")
    #expect(reading.summary.passedOver.count == 3)
    #expect(try await !Reading([scratch.path + "/b.DOCX"]).summary.problems.isEmpty)
  }
}
