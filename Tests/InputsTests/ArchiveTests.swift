import CloudTrail
import Foundation
import TestSupport
import Testing

@testable import Inputs

/// Archives are read as the trees that were packed into them.
struct ArchiveTests {
  private static let tree = [
    Packed("AWSLogs/", [], type: "5"), Packed("AWSLogs/a.json.gz", gzip(Record.file(0..<5))),
    Packed("AWSLogs/b.JSON", Record.file(5..<8)), Packed("AWSLogs/deep/er/c.ndjson.zst", zstd(Record.ndjson(8..<12))),
    Packed("d", Record.ndjson(12..<14)), Packed("e.JSON.GZ", gzip(Record.ndjson(14..<15))),
    Packed("picture.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), Packed("empty.json", []),
  ]

  private static var archives: [(name: String, bytes: [UInt8])] {
    [
      ("a.tar", tar(tree)), ("b.tar.gz", gzip(tar(tree))), ("c.TGZ", gzip(tar(tree))), ("d.tar.zst", zstd(tar(tree))),
      ("e.zip", zip(tree)), ("f.zip", zip(tree, isStreamed: true)), ("g.zip", zip(tree, deflates: false)),
      ("l.zip", zip(tree, deflates: false, isStreamed: true)),
      // By content, whatever the names say.
      ("h", tar(tree)), ("i.bin", zip(tree)), ("j.gz", gzip(tar(tree))), ("k.json", zip(tree)),
    ]
  }

  @Test("An archive gives what the files in it give, wherever it lies and whatever it is called", arguments: [1, 3])
  func archives(workers: Int) async throws {
    for (name, bytes) in Self.archives {
      let scratch = try Scratch()
      let file = try scratch.write(bytes, name)
      for path in [file, scratch.path] {
        let reading = try await Reading([path], workers: workers)
        #expect(reading.ids == Record.ids(0..<15), "\(name)")
        #expect(reading.summary.problems.isEmpty, "\(name): \(reading.summary.problems.problems.map(\.description))")
        #expect(reading.summary.passedOver.sentence == "1 file passed over (png: 1)", "\(name)")
        #expect(reading.summary.files == 6, "\(name)")
      }
    }
  }

  @Test("Members whose length only the list of a zip file tells are read from a file, and told of elsewhere")
  func lengthsBehind() async throws {
    let scratch = try Scratch()
    let members = [
      Packed("a.json", Record.file(0..<5)), Packed("b.json.gz", gzip(Record.file(5..<8))),
      Packed("long.json", Array((8..<1000).map { Record.text($0, padding: 250) }.joined(separator: "\n").utf8)),
      Packed("picture.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
    ]
    let archives = [
      ("stored", zip(members, deflates: false, isStreamed: true, isMarked: false)),
      ("xz", zip(members, isStreamed: true, by: (95, xz))),
      ("xz-unmarked", zip(members, isStreamed: true, isMarked: false, by: (95, xz))),
    ]
    for (name, bytes) in archives {
      let reading = try await Reading([try scratch.write(bytes, name + ".zip")])
      #expect(reading.ids == Record.ids(0..<1000), "\(name)")
      #expect(reading.summary.problems.isEmpty, "\(name): \(reading.summary.problems.problems.map(\.description))")
      #expect(reading.summary.passedOver.count == 1)
      // With a comment at its end, and cut off.
      let commented = bytes.dropLast(2) + [3, 0] + Array("end".utf8)
      let again = try await Reading([try scratch.write(Array(commented), name + "-c.zip")])
      #expect(again.ids == Record.ids(0..<1000), "\(name)")
      let torn = try await Reading([try scratch.write(Array(bytes.dropLast(30)), name + "-torn.zip")])
      #expect(torn.causes[.tornArchive] ?? 0 > 0, "\(name): \(torn.causes)")
      let packed = try await Reading([try scratch.write(gzip(bytes), name + ".zip.gz")])
      #expect(packed.causes[.unopened] ?? 0 > 0 && packed.causes[.tornArchive] == nil, "\(name): \(packed.causes)")
    }
  }

  @Test("A list of a zip file that lies about itself is no help, and does no harm")
  func hostileLists() async throws {
    let scratch = try Scratch()
    let bytes = zip([Packed("a.json", Record.file(0..<5))], deflates: false, isStreamed: true, isMarked: false)
    for place in bytes.count - 70..<bytes.count {
      for value in [0, 1, 0x7F, 0xFF] as [UInt8] {
        var changed = bytes
        changed[place] = value
        let reading = try await Reading([try scratch.write(changed, "x.zip")])
        #expect(reading.ids == Record.ids(0..<5) || !reading.summary.problems.isEmpty, "\(place): \(value)")
      }
    }
  }

  @Test("Many small members are all read, each once, by any number of workers", arguments: [1, 2, 5])
  func manyMembers(workers: Int) async throws {
    let scratch = try Scratch()
    let members = (0..<3000).map { Packed("m\($0).json.gz", gzip(Record.text($0, padding: $0 % 90).utf8 + [])) }
    for (name, bytes) in [("a.tar", tar(members)), ("b.tar.gz", gzip(tar(members))), ("c.zip", zip(members))] {
      let reading = try await Reading([try scratch.write(bytes, name)], workers: workers)
      #expect(reading.ids == Record.ids(0..<3000), "\(name)")
      #expect(reading.summary.files == 3000)
      #expect(reading.summary.problems.isEmpty)
    }
  }

  @Test("A member longer than a piece is read in pieces, between others", arguments: [1, 3])
  func longMembers(workers: Int) async throws {
    let scratch = try Scratch()
    // Some 22 MB, and text that is not too even.
    let long = Array((0..<10_000).map { Record.text($0, padding: 250 + $0 % 50) }.joined(separator: "\n").utf8)
    let members = [
      Packed("a.json", Record.file(10_000..<10_010)), Packed("long.json", long),
      Packed("b.json", Record.file(10_010..<10_020)),
      Packed("long.txt", Array(repeating: 0x41, count: 9 << 20)), Packed("c.json", Record.file(10_020..<10_021)),
    ]
    for (name, bytes) in [("a.tar", tar(members)), ("b.zip", zip(members, deflates: false)), ("c", tar(members))] {
      let reading = try await Reading([try scratch.write(bytes, name)], workers: workers)
      #expect(reading.ids == Record.ids(0..<10_021), "\(name)")
      #expect(reading.summary.problems.isEmpty, "\(name): \(reading.summary.problems.problems.map(\.description))")
      #expect(reading.summary.passedOver.count == 1)
      #expect(reading.summary.files == 4)
    }
  }

  @Test("Archives within archives are read to a bound")
  func nested() async throws {
    let scratch = try Scratch()
    var bytes = Record.file(0..<3)
    var name = "x.json"
    for level in 1...5 {
      let member = Packed(name, bytes)
      let beside = Packed("beside-\(level).json", Record.file(level * 10..<level * 10 + 2))
      bytes = level % 2 == 0 ? gzip(tar([member, beside])) : zip([member, beside])
      name = level % 2 == 0 ? "x\(level).tar.gz" : "x\(level).zip"
      let reading = try await Reading([try scratch.write(bytes, "n/\(name)")])
      // What is too deep is told, and what lies beside it is read.
      let read = level <= InputLimits.archiveLevels ? Array(0..<3) : []
      let besides = (1...level).filter { level - $0 < InputLimits.archiveLevels }.flatMap { $0 * 10..<$0 * 10 + 2 }
      #expect(reading.ids == Record.ids(read + besides), "\(level)")
      #expect(reading.causes == (level <= InputLimits.archiveLevels ? [:] : [.bomb: 1]), "\(level)")
    }
  }

  @Test("Names that lead elsewhere lead nowhere: members are read, and nothing is written")
  func names() async throws {
    let scratch = try Scratch()
    let names = ["../up.json", "/tmp/martlet-absolute.json", "a/../../b.json", "..\\c.json", "nul\n.json", "日本.json"]
    let members = names.enumerated().map { Packed($1, Record.ndjson($0..<$0 + 1)) }
    for (name, bytes) in [("x/a.tar", tar(members)), ("x/a.zip", zip(members))] {
      let reading = try await Reading([try scratch.write(bytes, name)])
      #expect(reading.ids == Record.ids(0..<names.count), "\(name)")
      #expect(reading.summary.problems.isEmpty)
    }
    let left = try #require(FileManager.default.enumerator(atPath: scratch.path)).map { "\($0)" }.sorted()
    #expect(left == ["x", "x/a.tar", "x/a.zip"])
    #expect(!FileManager.default.fileExists(atPath: "/tmp/martlet-absolute.json"))
  }

  @Test("Links, devices and pipes in archives are followed nowhere, and counted")
  func links() async throws {
    let scratch = try Scratch()
    let secret = try scratch.write(Record.text(7), "secret.json")
    let bytes = tar([
      Packed("link.json", [], type: "2", target: secret), Packed("up.json", [], type: "2", target: "../secret.json"),
      Packed("a.json", Record.ndjson(1..<2)), Packed("hard.json", [], type: "1", target: "a.json"),
      Packed("device.json", [], type: "3"), Packed("pipe.json", [], type: "6"),
    ])
    let reading = try await Reading([try scratch.write(bytes, "in/a.tar")])
    #expect(reading.ids == ["1"])
    #expect(
      reading.summary.passedOver.sentence
        == "5 files passed over (device or pipe in an archive: 2, link in an archive: 3)")
  }

  @Test("Trouble within an archive names the archive and the member")
  func places() async throws {
    let scratch = try Scratch()
    let broken = Array(Record.file(0..<3).dropLast(70))
    let members = [Packed("ok.json", Record.file(5..<6)), Packed("dir/bad.json", broken)]
    for (name, bytes) in [("a.tar", tar(members)), ("b.zip", zip(members))] {
      let reading = try await Reading([try scratch.write(bytes, name)])
      #expect(reading.ids == Record.ids([0, 1, 5]))
      let problem = try #require(reading.summary.problems.problems.first)
      #expect(problem.file == "\(scratch.path)/\(name): dir/bad.json")
      #expect(problem.cause == .brokenJSON && problem.record == 3 && problem.offset != nil)
    }
    let inner = tar([Packed("in.zip", zip([Packed("x.json.gz", gzip(broken))]))])
    let reading = try await Reading([try scratch.write(inner, "outer.tar")])
    #expect(reading.summary.problems.problems.map(\.file) == ["\(scratch.path)/outer.tar: in.zip: x.json.gz"])
  }

  @Test("A member packed by a method that is not read is told by the method's name, and those beside it are read")
  func oddMethod() async throws {
    let scratch = try Scratch()
    var bytes = zip([Packed("a.json", Record.file(0..<2)), Packed("b.json", Record.file(2..<4))])
    bytes[8] = 9
    let reading = try await Reading([try scratch.write(bytes, "a.zip")])
    #expect(reading.ids == Record.ids(2..<4))
    #expect(
      reading.summary.problems.problems.map(\.description) == [
        "\(scratch.path)/a.zip: a.json: not opened: it is packed by a method that is not read (deflation-64-bit); "
          + "unpack the archive first"
      ])
  }

  @Test("A member that is encrypted is told by its name, and those beside it are read")
  func encrypted() async throws {
    let scratch = try Scratch()
    let members = [
      Packed("a.json", Record.file(0..<1)), Packed("secret.json", Record.file(1..<2), isEncrypted: true),
      Packed("b.json", Record.file(2..<3)),
    ]
    let reading = try await Reading([try scratch.write(zip(members), "a.zip")])
    #expect(reading.ids == Record.ids([0, 2]))
    #expect(reading.causes == [.unopened: 1])
    #expect(
      reading.summary.problems.problems[0].description.contains("a.zip: secret.json: not opened: it is encrypted"))
  }

  @Test(
    "Of an archive that is cut off anywhere the whole members are kept, and it is told",
    arguments: ["tar", "zip", "gz"])
  func cutOff(kind: String) throws {
    let members = (0..<6).map { Packed("m\($0).json", Record.file($0 * 3..<$0 * 3 + 3)) }
    let bytes = kind == "zip" ? zip(members) : kind == "tar" ? tar(members) : gzip(tar(members))
    // The mark of a tar archive stands at the end of its first header.
    for length in stride(from: kind == "gz" ? 20 : 512, to: bytes.count, by: kind == "tar" ? 389 : 11) {
      let reading = try Reading(Array(bytes[..<length]), named: "a.\(kind)")
      #expect(Set(reading.ids).isSubset(of: Record.ids(0..<18)), "\(length)")
      // Each member of a tar archive takes a header and its text, filled up.
      let size = 512 + (members[0].bytes.count + 511) / 512 * 512
      if kind == "tar" {
        #expect(Set(reading.ids).isSuperset(of: Record.ids(0..<min(6, length / size) * 3)), "\(length)")
      }
      let mayBeSilent = kind != "gz" && reading.ids.count == 18
      #expect(mayBeSilent || !reading.summary.problems.isEmpty, "\(length)")
    }
  }

  @Test("A tar archive that is cut between two members is told, wherever it lies, and what was there is read")
  func cutBetweenMembers() async throws {
    let scratch = try Scratch()
    let members = (0..<4).map { Packed("m\($0).json", Record.file($0 * 2..<$0 * 2 + 2)) }
    for count in 1...4 {
      let cut = tar(Array(members[..<count]), isEnded: false)
      for (name, bytes) in [
        ("a.tar", cut), ("b.tar.gz", gzip(cut)), ("c.tar.zst", zstd(cut)), ("d.zip", zip([Packed("a.tar", cut)])),
        ("e.tar", tar([Packed("a.tar", cut)])),
      ] {
        let reading = try await Reading([try scratch.write(bytes, name)])
        #expect(reading.ids == Record.ids(0..<count * 2), "\(name)")
        #expect(reading.causes == [.tornArchive: 1], "\(name)")
        #expect(reading.summary.problems.problems[0].description.contains("behind entry \(count) was cut off"))
      }
    }
    // One block of zeros is an end, if not a full one.
    let lone = tar(members, isEnded: false) + [UInt8](repeating: 0, count: 512)
    #expect(try await Reading([try scratch.write(lone, "lone.tar")]).causes.isEmpty)
  }

  @Test("Bytes changed anywhere in an archive bring nothing down", arguments: [UInt64.random(in: 0...UInt64.max), 5])
  func mutated(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let inner = Packed("in.zip", zip(Array(Self.tree.prefix(4))))
    let archives = [
      tar(Self.tree), zip(Self.tree), zip(Self.tree, isStreamed: true), tar([inner]),
      zip([Packed("in.tar", tar(Self.tree))]),
      gzip(tar(Self.tree)),
    ]
    for _ in 0..<150 {
      var bytes = archives.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let at = bytes.indices.randomElement(using: &random)!
        bytes[at] = Bool.random(using: &random) ? 0xFF : UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
      let reading = try Reading(bytes, named: "a.tar")
      #expect(reading.ids.count <= 15, "seed \(seed)")
    }
  }

  @Test(
    "Archives that grow without end are given up as bombs, and what else there is is read", .timeLimit(.minutes(hang)))
  func bombs() async throws {
    let scratch = try Scratch()
    let spaces = [UInt8](repeating: 0x20, count: 48 << 20)
    let even = Packed("a.json", spaces)
    let good = Packed("good.json", Record.file(0..<2))
    let packed = (0..<40).map { Packed("b\($0).json.gz", gzip([UInt8](repeating: 0x20, count: 7 << 20))) }
    for (name, bytes) in [
      ("a.zip", zip([good, even])), ("b.tar.gz", gzip(tar([good, even]))),
      ("c.zip", zip([good, Packed("in.zip", zip([even]))])),
      ("d.tar.gz", gzip(tar([good, Packed("in.tar", tar([even]))]))),
      ("e.zip", zip([good] + packed)), ("f", tar([good] + packed)),
    ] {
      let beside = try scratch.write(Record.text(9), "beside.json")
      let reading = try await Reading([try scratch.write(bytes, name), beside])
      #expect(reading.ids == Record.ids([0, 1, 9]), "\(name)")
      #expect(reading.causes[.bomb] ?? 0 >= 1, "\(name): \(reading.causes)")
      #expect(reading.causes.keys.allSatisfy { $0 == .bomb }, "\(name): \(reading.causes)")
    }
  }

  @Test("There is an end to the entries that are read of an archive")
  func entries() throws {
    let budget = ArchiveBudget()
    for _ in 0..<InputLimits.archiveEntries { try budget.addEntry() }
    try budget.check()
    #expect(throws: InputError.self) { try budget.addEntry() }
    #expect(throws: InputError.self) { try budget.check() }
  }

  @Test("Archives one behind another are all read; damage behind the last is told")
  func concatenated() async throws {
    let scratch = try Scratch()
    let parts = [tar([Packed("a.json", Record.file(0..<2))]), tar([Packed("b.json", Record.file(2..<4))])]
    let both = try await Reading([try scratch.write(parts[0] + parts[1], "a.tar")])
    #expect(both.ids == Record.ids(0..<4))
    #expect(both.summary.problems.isEmpty)
    let torn = try await Reading([try scratch.write(Array(gzip(parts[0]).dropLast(6)), "b.tgz")])
    #expect(torn.ids == Record.ids(0..<2))
    #expect(torn.causes == [.tornCompression: 1])
  }

  @Test("An event counts once, whether it comes in a file, an archive or an export")
  func duplicates() async throws {
    let scratch = try Scratch()
    try scratch.write(Record.file(0..<4), "a.json")
    try scratch.write(zip([Packed("a.json", Record.file(0..<4))]), "b.zip")
    let message = Record.text(2).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    try scratch.write("{\"events\":[{\"timestamp\":1,\"message\":\"\(message)\"}]}", "c.json")
    let reading = try await Reading([scratch.path])
    #expect(reading.ids == Record.ids(0..<4))
    #expect(reading.summary.duplicates == 5)
  }

  @Test("An archive on standard input or in a pipe is read as in a file", .timeLimit(.minutes(hang)))
  func piped() async throws {
    let scratch = try Scratch()
    let pipe = scratch.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let bytes = Data(zip(Self.tree, isStreamed: true))
    Thread {
      try? FileHandle(forWritingAtPath: pipe)?.write(contentsOf: bytes)
    }.start()
    let reading = try await Reading([pipe])
    #expect(reading.ids == Record.ids(0..<15))
    #expect(reading.summary.problems.isEmpty)
  }
}
