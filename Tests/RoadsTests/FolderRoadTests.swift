import Events
import Foundation
import Intake
import TestSupport
import Testing

@testable import Roads

@Suite("Events come from watched folders")
struct FolderRoadTests {
  /// A folder, its watch, and a clock that is set by hand.
  private final class Yard {
    let scratch: Scratch
    let sink = LineSink()
    let notes = Notes()
    var settings: FolderSettings
    var watch: FolderWatch
    var now = ContinuousClock.now

    init() throws {
      scratch = try Scratch()
      settings = FolderSettings(path: scratch.path)
      watch = FolderWatch(settings, sink, notes)
    }

    func restart() { watch = FolderWatch(settings, sink, notes) }

    func look(after seconds: Int = 0) async {
      now += .seconds(seconds)
      await watch.look(at: now)
    }
  }

  @Test("A file is read once it is as it was for a while, whole, and once, also when the process starts anew")
  func written() async throws {
    let yard = try Yard()
    try yard.scratch.write("a\n", "1.json")
    try yard.scratch.write("deep\n", "x/y/2.json")
    await yard.look()
    #expect(yard.sink.lines.isEmpty)
    // It is still being written.
    try yard.scratch.write("a\nb\n", "1.json")
    await yard.look(after: 4)
    await yard.look(after: 2)
    #expect(yard.sink.lines == ["deep"])
    await yard.look(after: 3)
    #expect(yard.sink.lines == ["a", "b", "deep"])
    for _ in 0..<3 { await yard.look(after: 10) }
    #expect(yard.sink.names.count == 2)
    yard.restart()
    for _ in 0..<3 { await yard.look(after: 10) }
    #expect(yard.sink.names.count == 2)
    #expect(yard.notes.trouble == nil)
  }

  @Test(
    "A file that is replaced is read again, one that is deleted is nothing to tell, and one that is renamed is read")
  func changed() async throws {
    let yard = try Yard()
    let first = try yard.scratch.write("a\n", "1.json")
    let second = try yard.scratch.write("b\n", "2.json.tmp")
    try yard.scratch.write("hidden\n", ".3.json")
    for _ in 0..<2 { await yard.look(after: 6) }
    #expect(yard.sink.lines == ["a"])
    try FileManager.default.moveItem(atPath: second, toPath: yard.scratch.path + "/2.json")
    try FileManager.default.removeItem(atPath: first)
    try yard.scratch.write("c\n", "1.json")
    // A fast machine may have been here within one step of the file system's clock.
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: 60)], ofItemAtPath: first)
    for _ in 0..<2 { await yard.look(after: 6) }
    #expect(yard.sink.lines == ["a", "b", "c"])
    try FileManager.default.removeItem(atPath: first)
    for _ in 0..<2 { await yard.look(after: 6) }
    #expect(yard.notes.trouble == nil)
    #expect(yard.notes.lines.isEmpty)
  }

  @Test("A file that is written to all the time is read in between, and nothing of it is lost")
  func growing() async throws {
    let yard = try Yard()
    var text = ""
    for number in 0..<40 {
      text += "event \(number)\n"
      try yard.scratch.write(text, "log.ndjson")
      await yard.look(after: 4)
    }
    let between = yard.sink.lines.count
    #expect(between > 10 && between < 40)
    for _ in 0..<2 { await yard.look(after: 6) }
    #expect(yard.sink.lines.count == 40)
  }

  @Test(
    "What the store does not take now is handed over again; a folder that is not there is the trouble, and then no more"
  )
  func refused() async throws {
    let yard = try Yard()
    try yard.scratch.write("a\n", "1.json")
    await yard.look()
    yard.sink.state.withLock {
      $0.refusals = [IngestionRefusal(.busy, "b"), IngestionRefusal(.failed, "the disk is full")]
    }
    await yard.look(after: 6)
    #expect(yard.notes.trouble == nil)
    await yard.look(after: 1)
    #expect(yard.notes.trouble?.contains("the disk is full") == true)
    await yard.look(after: 1)
    #expect(yard.sink.lines == ["a"] && yard.notes.trouble == nil)
    yard.settings.path = yard.scratch.path + "/later"
    yard.restart()
    await yard.look(after: 1)
    #expect(yard.notes.trouble?.contains("later") == true)
    try yard.scratch.write("later\n", "later/1.json")
    await yard.look(after: 1)
    await yard.look(after: 6)
    #expect(yard.sink.lines.contains("later") && yard.notes.trouble == nil)
  }

  @Test("Links that lead back are followed once, and a long file is handed over by its path")
  func links() async throws {
    let yard = try Yard()
    try yard.scratch.write("a\n", "x/1.json")
    symlink(yard.scratch.path, yard.scratch.path + "/x/back")
    yard.settings.memory = 10
    yard.restart()
    let long = try yard.scratch.write("long\n" + String(repeating: "x", count: 100) + "\n", "2.json")
    for _ in 0..<3 { await yard.look(after: 6) }
    #expect(yard.sink.names.sorted() == [long, yard.scratch.path + "/x/1.json"].sorted())
    #expect(yard.sink.lines.contains("long"))
  }

  @Test("A road runs until it is ended, and a path that leads nowhere is refused")
  func road() async throws {
    let scratch = try Scratch()
    var settings = FolderSettings(path: scratch.path)
    settings.interval = .milliseconds(20)
    settings.settle = .milliseconds(50)
    try scratch.write("a\n", "1.json")
    let sink = LineSink()
    #expect(try await run(FolderRoad(settings), sink, Notes()) { sink.lines == ["a"] })
    await #expect(throws: FolderRoadError.self) {
      try await FolderRoad(FolderSettings(path: "relative")).run(into: sink, reporting: Notes())
    }
  }
}
