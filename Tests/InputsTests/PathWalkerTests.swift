import CloudTrail
import Foundation
import TestSupport
import Testing

@testable import Inputs

struct PathWalkerTests {
  private func walk(_ paths: [String]) -> (files: [String], problems: [String]) {
    var walker = PathWalker(paths)
    var files: [String] = []
    while let entry = walker.next() { files.append(entry.path) }
    return (files, walker.problems.map(\.path))
  }

  @Test("All files come in the order of their names, directories searched through, roots in the order given")
  func order() throws {
    let scratch = try Scratch()
    for name in ["b/2.json", "b/1.json.gz", "a.ndjson", "c.zst", "b/c/x.jsonl", "b/c/y.log", "b/notes.txt", "README"] {
      try scratch.write("", name)
    }
    let expected = [
      "README", "a.ndjson", "b/1.json.gz", "b/2.json", "b/c/x.jsonl", "b/c/y.log", "b/notes.txt", "c.zst",
    ]
    #expect(walk([scratch.path]).files == expected.map { scratch.path + "/" + $0 })
    #expect(walk([scratch.path + "/"]).files == expected.map { scratch.path + "/" + $0 })
    let named = [scratch.path + "/c.zst", scratch.path + "/b/notes.txt", "-"]
    #expect(walk(named).files == named)
  }

  @Test("A link to a file is followed, and none loops")
  func links() throws {
    let scratch = try Scratch()
    try scratch.write("", "real/a.json")
    let files = FileManager.default
    try files.createSymbolicLink(atPath: scratch.path + "/real/loop", withDestinationPath: scratch.path)
    try files.createSymbolicLink(atPath: scratch.path + "/real/self.json", withDestinationPath: "self.json")
    try files.createSymbolicLink(atPath: scratch.path + "/linked.json", withDestinationPath: "real/a.json")
    #expect(walk([scratch.path]).files == ["/linked.json", "/real/a.json"].map { scratch.path + $0 })
    // A root that is a link is meant.
    try files.createSymbolicLink(atPath: scratch.path + "/root", withDestinationPath: "real")
    #expect(
      walk([scratch.path + "/root"]).files == ["/root/a.json", "/root/loop/linked.json"].map { scratch.path + $0 })
  }

  @Test("Names with spaces, quotes, line ends, other scripts and leading dashes are read")
  func oddNames() async throws {
    let scratch = try Scratch()
    let names = ["a b.json", "q\"'.json", "line\nend.json", "日本.json", "-x.json", ".hidden.json", "é.json", "*.json"]
    for (number, name) in names.enumerated() { try scratch.write(Record.text(number), name) }
    let reading = try await Reading([scratch.path])
    #expect(reading.ids == Record.ids(0..<names.count))
  }

  @Test("A path that is missing is reported and the others are read")
  func missing() async throws {
    let scratch = try Scratch()
    let file = try scratch.write(Record.text(1), "a.json")
    let reading = try await Reading([scratch.path + "/nowhere", file, scratch.path + "/nowhere.json"])
    #expect(reading.ids == ["1"])
    #expect(reading.causes == [.unreadable: 2])
  }

  @Test("A directory that may not be listed and a file that may not be read are reported")
  func unreadable() async throws {
    try await withKnownIssue("the superuser may read everything", isIntermittent: true) {
      let scratch = try Scratch()
      try scratch.write(Record.text(1), "a.json")
      let closed = try scratch.write(Record.text(2), "b.json")
      try scratch.write(Record.text(3), "dir/c.json")
      chmod(closed, 0)
      chmod(scratch.path + "/dir", 0)
      defer { chmod(scratch.path + "/dir", 0o700) }
      let reading = try await Reading([scratch.path])
      #expect(reading.ids == ["1"])
      #expect(reading.causes == [.unreadable: 2])
    } when: {
      geteuid() == 0
    }
  }

  @Test("Empty files and empty directories hold nothing and are no error")
  func empty() async throws {
    let scratch = try Scratch()
    for (name, bytes) in [
      ("a.json", []), ("b.json.gz", gzip([])), ("c.zst", zstd([])), ("d.json", Array(" \n".utf8)),
      ("e.json", [0xEF, 0xBB, 0xBF]), ("f.json", Array("[]".utf8)), ("g.json", Array(#"{"Records":[]}"#.utf8)),
    ] as [(String, [UInt8])] {
      try scratch.write(bytes, name)
    }
    try FileManager.default.createDirectory(atPath: scratch.path + "/empty", withIntermediateDirectories: true)
    let reading = try await Reading([scratch.path])
    #expect(reading.ids.isEmpty)
    #expect(reading.summary.problems.isEmpty, "\(reading.summary.problems.problems.map(\.description))")
    #expect(reading.summary.files == 7)
    #expect(reading.summary.earliest == nil)
  }

  @Test("Pipes and devices in a directory are passed over and counted, and nothing waits for them")
  func specials() async throws {
    let scratch = try Scratch()
    try scratch.write(Record.file(0..<2), "in/a.json")
    #expect(mkfifo(scratch.path + "/in/b.json", 0o600) == 0)
    #expect(symlink("/dev/zero", scratch.path + "/in/c.json") == 0)
    let reading = try await Reading([scratch.path + "/in"])
    #expect(reading.ids == Record.ids(0..<2) && reading.summary.problems.isEmpty)
    #expect(reading.summary.passedOver.sentence == "2 files passed over (device: 1, pipe: 1)")
  }

  @Test("A pipe that is named like a file is read to its end", .timeLimit(.minutes(hang)))
  func namedPipe() async throws {
    let scratch = try Scratch()
    let pipe = scratch.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    // More than is read in one go: 86 MB.
    let count = 12_000
    signal(SIGPIPE, SIG_IGN)
    let writer = Thread {
      guard let handle = FileHandle(forWritingAtPath: pipe) else { return }
      for start in stride(from: 0, to: count, by: 1000) {
        try? handle.write(contentsOf: Data(Record.ndjson(start..<start + 1000, padding: 1000) + [0x0A]))
      }
      try? handle.close()
    }
    writer.start()
    let reading = try await Reading([pipe])
    #expect(reading.ids.count == count)
    #expect(reading.summary.problems.isEmpty)
  }

  @Test("Links to directories are followed once, also where they lead round; a link to nothing is reported")
  func directoryLinks() async throws {
    let scratch = try Scratch()
    try scratch.write(Record.text(1), "real/a.json")
    let manager = FileManager.default
    try manager.createDirectory(atPath: scratch.path + "/tree", withIntermediateDirectories: true)
    try manager.createSymbolicLink(atPath: scratch.path + "/tree/there", withDestinationPath: scratch.path + "/real")
    try manager.createSymbolicLink(atPath: scratch.path + "/tree/again", withDestinationPath: scratch.path + "/real")
    try manager.createSymbolicLink(atPath: scratch.path + "/tree/round", withDestinationPath: scratch.path + "/tree")
    try manager.createSymbolicLink(atPath: scratch.path + "/tree/gone.json", withDestinationPath: "/nowhere")
    let reading = try await Reading([scratch.path + "/tree"])
    #expect(reading.ids == ["1"])
    #expect(reading.causes == [.unreadable: 1])
  }
}
