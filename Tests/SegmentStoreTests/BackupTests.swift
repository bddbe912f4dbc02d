import Events
import Foundation
import SegmentStore
import Segments
import Store
import TestSupport
import Testing

@Suite("Backups of a folder") struct BackupTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  private let scratch: Scratch
  private let files = FileManager.default
  private var folder: String { scratch.path + "/events" }
  private var copy: String { scratch.path + "/copy" }
  private var draft: String { copy + ".unfinished" }

  private init() throws {
    scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    _ = try store.append(Numbered.content([1, 2]), at: Self.now)
    _ = try store.append(Numbered.content([3]), at: Self.now)
  }

  private func backUp(_ to: String? = nil) throws -> SegmentStore.Backup {
    try SegmentStore(folder, .reading).backup(to: to ?? copy, at: Self.now)
  }

  private func leave(_ place: String) throws {
    for name in [
      "unfinished-backup", "catalog.sqlite", "catalog.sqlite-journal", "alerts.sqlite", "kept", "newest",
      "segments/000000000001.segment", "segments/0000000000ff.segment", "segments/found/0000000000fe.segment",
      "segments/damaged/found-0000000000fd.segment.2",
    ] { try scratch.write("half of it", "\(place)/\(name)") }
  }

  private func isWhole(_ path: String) throws -> Bool {
    let store = try SegmentStore(path, .reading)
    return try Numbered.texts(store.snapshot()).sorted() == ["event 1", "event 2", "event 3"]
      && store.verify().faults.isEmpty
  }

  private func names(_ path: String? = nil) throws -> [String] {
    try files.contentsOfDirectory(atPath: path ?? scratch.path).sorted()
  }

  private func lookAtUnfinished(_ path: String) throws {
    #expect(path == draft)
    #expect(try names() == ["copy.unfinished", "events"])
    for access in [SegmentStore.Access.reading, .writing(as: "a test")] {
      #expect {
        try SegmentStore(path, access)
      } throws: {
        "\($0)".contains("a backup that is not whole")
      }
    }
    #expect {
      try backUp()
    } throws: {
      ($0 as? StoreError)?.kind == .busy && "\($0)".contains("martlet backup")
    }
    #expect(SegmentStore.unfinishedBackups(beside: scratch.path + "/other").isEmpty)
  }

  @Test("Has its name once it is whole; until then it is no folder of events, and nobody else writes it")
  func unfinished() throws {
    _ = try SegmentStore(folder, .reading).backup(to: copy + "/", at: Self.now) { try lookAtUnfinished($0) }
    #expect(try names() == ["copy", "events"] && isWhole(copy))
    #expect(try !names(copy).contains("unfinished-backup"))
  }

  @Test("What one that was killed has left is no folder of events, and is deleted by the next to its name")
  func killed() throws {
    try leave("copy.unfinished")
    #expect(throws: StoreError.self) { try SegmentStore(draft, .reading) }
    let done = try backUp()
    #expect(done.segments == 2 && done.damaged == 0 && done.missing.isEmpty)
    #expect(try names() == ["copy", "events"] && isWhole(copy))
    #expect(try names(copy + "/segments").count == 2 && !names(copy).contains("kept"))
  }

  @Test("A folder that is there and empty is filled, such as a disk of its own, also after one that was killed in it")
  func inPlace() throws {
    for isLeft in [false, true] {
      let place = "disk\(isLeft)"
      try files.createDirectory(atPath: "\(scratch.path)/\(place)/lost+found", withIntermediateDirectories: true)
      if isLeft { try leave(place) }
      _ = try backUp(scratch.path + "/" + place)
      #expect(try isWhole(scratch.path + "/" + place))
      #expect(
        try names(scratch.path + "/" + place).filter { !$0.hasPrefix("catalog.sqlite-") }
          == ["catalog.sqlite", "lost+found", "newest", "segments"])
    }
    #expect(try names() == ["diskfalse", "disktrue", "events"])
  }

  @Test("What somebody else keeps where a backup would be written stays, and is named", arguments: [false, true])
  func foreign(isBesideRemains: Bool) throws {
    if isBesideRemains { try leave("copy.unfinished") }
    try scratch.write("mine", "copy.unfinished/notes.txt")
    #expect {
      try backUp()
    } throws: {
      "\($0)".contains(draft) && (!isBesideRemains || "\($0)".contains("notes.txt"))
    }
    #expect(try String(contentsOfFile: draft + "/notes.txt", encoding: .utf8) == "mine")
    #expect(try names() == ["copy.unfinished", "events"])
  }

  private struct Refused: Error {}

  @Test("One that fails leaves nothing, and a folder that was there before is empty again", arguments: [false, true])
  func failing(isThere: Bool) throws {
    if isThere { try files.createDirectory(atPath: copy, withIntermediateDirectories: false) }
    #expect(throws: Refused.self) {
      try SegmentStore(folder, .reading).backup(to: copy, at: Self.now) { path in
        try Data("x".utf8).write(to: URL(fileURLWithPath: path + "/alerts.sqlite"))
        throw Refused()
      }
    }
    #expect(try names() == (isThere ? ["copy", "events"] : ["events"]))
    #expect(try !isThere || names(copy).isEmpty)
    _ = try backUp()
    #expect(try isWhole(copy))
  }

  @Test("What those to other names have left is named, and nothing that is no backup")
  func remains() throws {
    try leave("2026-01-01.unfinished")
    try leave("copy.unfinished")
    try scratch.write("mine", "other.unfinished/notes.txt")
    let remains = SegmentStore.unfinishedBackups(beside: copy)
    #expect(remains.map { ($0 as NSString).lastPathComponent } == ["2026-01-01.unfinished"])
    #expect(remains.allSatisfy { files.fileExists(atPath: $0) })
  }

  @Test("Has what was set aside as damaged, tells what is missing, and goes without what cannot be read of it")
  func damaged() throws {
    do {
      let store = try SegmentStore(folder, .writing(as: "a test"))
      let path = try store.snapshot().parts[0].segment.path
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      bytes[40] ^= 0x55
      try bytes.write(to: URL(fileURLWithPath: path))
      #expect(try store.repair(at: Self.now).setAside.count == 1)
    }
    try scratch.write("nothing that can be read", "events/segments/damaged/found-0000000000aa.segment")
    try files.createSymbolicLink(
      atPath: folder + "/segments/damaged/0000000000bb.segment", withDestinationPath: "/nowhere")
    let done = try backUp()
    #expect(done.segments == 1 && done.damaged == 2 && done.missing.map(\.eventCount).sorted() == [0, 2])
    #expect(done.leftOut.count == 1 && done.leftOut[0].contains("0000000000bb"), "\(done.leftOut)")
    let carried = try names(copy + "/segments/damaged")
    #expect(carried == ["000000000001.segment", "found-0000000000aa.segment"])
    for name in carried {
      #expect(
        files.contentsEqual(atPath: "\(folder)/segments/damaged/\(name)", andPath: "\(copy)/segments/damaged/\(name)"))
    }
    #expect(
      try SegmentStore(copy, .reading).snapshot().missingParts.map(\.eventCount).sorted() == [0, 2])
    // Whose events are stored again in the copy as well, where the ids of the damaged can be read.
    let store = try SegmentStore(copy, .writing(as: "a test"))
    _ = try store.append(Numbered.content([1, 2]), at: Self.now)
    #expect(try store.settle(at: Self.now).replaced.count == 1)
  }

  @Test("A segment whose file is lost does not keep the others from being copied, and is told")
  func lost() throws {
    let path = try SegmentStore(folder, .reading).snapshot().parts[0].segment.path
    try files.removeItem(atPath: path)
    let done = try backUp()
    #expect(done.segments == 1 && done.missing.map(\.eventCount) == [2])
    #expect(try Numbered.texts(SegmentStore(copy, .reading).snapshot()) == ["event 3"])
  }

  @Test(
    "A segment that is damaged without anybody knowing is named, set aside in the copy, and left as it is in the folder"
  )
  func damagedUnknown() throws {
    let path = try SegmentStore(folder, .reading).snapshot().parts[0].segment.path
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[40] ^= 0x55
    try bytes.write(to: URL(fileURLWithPath: path))
    // A file of that name is among the damaged already.
    try scratch.write("before", "events/segments/damaged/000000000001.segment")
    let done = try backUp()
    #expect(done.segments == 1 && done.damaged == 2 && done.missing.isEmpty)
    #expect(done.unreadable.map(\.eventCount) == [2])
    #expect(done.unreadable[0].reason.contains(path) && done.unreadable[0].reason.contains("checksum"))
    #expect(try names(copy + "/segments/damaged") == ["000000000001.segment", "000000000001.segment.2"])
    #expect(files.contentsEqual(atPath: path, andPath: copy + "/segments/damaged/000000000001.segment.2"))
    let missing = try SegmentStore(copy, .reading).snapshot().missingParts
    #expect(missing.map(\.eventCount) == [2] && missing[0].reason.contains("it was set aside as damaged"))
    #expect(try SegmentStore(folder, .reading).snapshot().parts.count == 2)
    // What the copy misses it takes when it comes again.
    let store = try SegmentStore(copy, .writing(as: "a test"))
    #expect(try store.append(Numbered.content([1, 2, 3]), at: Self.now).stored == 2)
  }

  @Test("A segment that the disk no longer gives keeps nothing else from being copied, and is named")
  func unreadable() throws {
    // A folder can be opened as a file can, and not be read.
    let path = try SegmentStore(folder, .reading).snapshot().parts[0].segment.path
    try files.removeItem(atPath: path)
    try files.createDirectory(atPath: path, withIntermediateDirectories: false)
    let done = try backUp()
    #expect(done.segments == 1 && done.unreadable.map(\.eventCount) == [2] && done.missing.isEmpty)
    #expect(done.unreadable[0].reason.contains("\(path) cannot be read"), "\(done.unreadable)")
    let store = try SegmentStore(copy, .reading)
    #expect(try Numbered.texts(store.snapshot()) == ["event 3"])
    #expect(try store.snapshot().missingParts.map(\.eventCount) == [2])
    #expect(try store.verify().faults.count == 1)
  }
}
