import Alerts
import Events
import Foundation
import Intake
import JSON
import Outside
import Settings
import Synchronization
import TestSupport
import Testing

@Suite("What reaches beyond the machine is set up from settings")
struct OutsideConnectionsTests {
  @Test(
    "Other parts of the settings are left alone, what is wrong in these is named, and nothing is there where nothing is said"
  )
  func read() throws {
    let none = try OutsideConnections(file: nil, data: "/nonexistent", variables: [:])
    #expect(none.roadSettings.isEmpty && none.notifications.channels.isEmpty)
    #expect(try none.roads(variables: [:], now: { Timestamp(milliseconds: 0) }).isEmpty)
    let scratch = try Scratch()
    let file = try scratch.write("listen: x\nroads: [{type: folder, path: /x}]\n", "martlet.yaml")
    #expect(
      try OutsideConnections(file: file, data: scratch.path, variables: [:]).roadSettings.map(\.name) == ["folder /x"])
    for (key, text) in [
      ("roads[0].type", "roads: [{type: x}]"), ("outgoing.proxy", "outgoing: {proxy: x}"),
      ("notifications.x", "notifications: {x: 1}"),
    ] {
      let wrong = try scratch.write(text, "wrong.yaml")
      #expect { _ = try OutsideConnections(file: wrong, data: scratch.path, variables: [:]) } throws: {
        ($0 as? SettingsFault)?.key == key
      }
    }
  }

  @Test(
    "Without a channel nothing is opened, unless there was one: then the queue moves on", .timeLimit(.minutes(hang)))
  func noChannel() async throws {
    let scratch = try Scratch()
    let alerts = try AlertStore(folder: scratch.path, isReadOnly: false)
    let now: @Sendable () -> Timestamp = { Timestamp(milliseconds: 0) }
    let path = scratch.path + "/notifications.sqlite"
    let none = try OutsideConnections([:], data: scratch.path, variables: [:])
    let queue = TellingQueue(data: scratch.path)
    try await none.beginTelling(of: alerts, by: queue, at: now())
    try await none.tell(of: alerts, by: queue, variables: [:], reporting: Silent(), now: now)
    #expect(!FileManager.default.fileExists(atPath: path))
    let some = try OutsideConnections(
      ["notifications": ["channels": [["name": "out", "type": "file", "path": .string(scratch.path + "/out")]]]],
      data: scratch.path, variables: [:])
    try await some.beginTelling(of: alerts, by: queue, at: now())
    let looking = Silent()
    let telling = Task { try await none.tell(of: alerts, by: queue, variables: [:], reporting: looking, now: now) }
    // It looks for what is made until it is cancelled.
    #expect(try await eventually { looking.hasLooked.load(ordering: .relaxed) })
    telling.cancel()
    try await telling.value
  }

  @Test("Telling that is cancelled ends without an error, however early")
  func cancelledEarly() async throws {
    let scratch = try Scratch()
    let alerts = try AlertStore(folder: scratch.path, isReadOnly: false)
    let now: @Sendable () -> Timestamp = { Timestamp(milliseconds: 0) }
    let connections = try OutsideConnections(
      ["notifications": ["channels": [["name": "out", "type": "file", "path": .string(scratch.path + "/out")]]]],
      data: scratch.path, variables: [:])
    let queue = TellingQueue(data: scratch.path)
    for round in 0..<40 {
      let telling = Task {
        try await connections.tell(of: alerts, by: queue, variables: [:], reporting: Silent(), now: now)
      }
      if round > 0 { try await Task.sleep(for: .microseconds(round * 50)) }
      telling.cancel()
      try await telling.value
    }
  }

  @Test("A damaged queue is no trouble where no channel is set, and one where people are to be told")
  func damagedQueue() async throws {
    let scratch = try Scratch()
    let alerts = try AlertStore(folder: scratch.path, isReadOnly: false)
    let now: @Sendable () -> Timestamp = { Timestamp(milliseconds: 0) }
    try scratch.write(String(repeating: "no database ", count: 1000), "notifications.sqlite")
    let queue = TellingQueue(data: scratch.path)
    let none = try OutsideConnections([:], data: scratch.path, variables: [:])
    let report = Silent()
    try await none.tell(of: alerts, by: queue, variables: [:], reporting: report, now: now)
    #expect(report.lines.withLock { $0.count } == 1)
    #expect(report.lines.withLock { $0.first?.contains("notifications.sqlite") } == true)
    let some = try OutsideConnections(
      ["notifications": ["channels": [["name": "out", "type": "file", "path": .string(scratch.path + "/out")]]]],
      data: scratch.path, variables: [:])
    await #expect(throws: SettingsFault.self) {
      try await some.tell(of: alerts, by: queue, variables: [:], reporting: report, now: now)
    }
  }

  private final class Silent: RoadReporter {
    let lines = Mutex<[String]>([])
    let hasLooked = Atomic<Bool>(false)
    func tell(_ level: ReportLevel, _ sentence: String, _ details: [String: String]) {
      lines.withLock { $0.append(sentence) }
    }
    func add(_ count: Int, to counter: String) {}
    func setTrouble(_ reason: String?) { hasLooked.store(true, ordering: .relaxed) }
  }

  @Test("What a killed process left of long objects is deleted at the start, and nothing else")
  func leftovers() throws {
    let scratch = try Scratch()
    try scratch.write("left", "scratch/\(UUID().uuidString)")
    try scratch.write("other", "scratch/notes.txt")
    let outside = try OutsideConnections(
      ["roads": [["type": "s3", "bucket": "trail", "region": "eu-west-1"]]], data: scratch.path, variables: [:])
    #expect(try outside.roads(variables: [:], now: { Timestamp(milliseconds: 0) }).map(\.name) == ["s3 trail"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/scratch") == ["notes.txt"])
    let linked = try Scratch()
    symlink(scratch.path + "/scratch", linked.path + "/scratch")
    let other = try OutsideConnections(
      ["roads": [["type": "s3", "bucket": "trail"]]], data: linked.path, variables: [:])
    #expect(throws: SettingsFault.self) { try other.roads(variables: [:], now: { Timestamp(milliseconds: 0) }) }
  }
}
