import Events
import Foundation
import GRDB
import JSON
import TestSupport
import Testing

@testable import Alerts
@testable import Notifications

@Suite("What is told is what was made")
struct AlertFeedTests {
  /// Alerts as runs put them into a folder.
  private func make(_ numbers: ClosedRange<Int>, in folder: String, at time: Timestamp = Clock().now) throws {
    let database = try DatabaseQueue(path: folder + "/alerts.sqlite")
    try database.write { database in
      for number in numbers {
        try database.execute(
          sql: "INSERT INTO alerts (id, rule_id, tick, document, checksum, made_at) VALUES (?, 'r', 0, ?, ?, ?)",
          arguments: [
            "a-\(number)", Data(alert("a-\(number)")), DocumentChecksum.of(Data(alert("a-\(number)"))),
            time.milliseconds,
          ])
      }
    }
  }

  @Test("Alerts that were there before are told to nobody, later ones once, also after all have been deleted")
  func fed() async throws {
    let scratch = try Scratch()
    let clock = Clock()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    let queue = try DeliveryQueue(scratch.path + "/notifications.sqlite")
    let channel = NotificationChannel(name: "file", kind: .file(path: scratch.path + "/out.ndjson"))
    let feed = AlertFeed(store, queue, [channel])
    try make(1...3, in: scratch.path)
    #expect(try await feed.takeNew(at: clock.now) == 0)
    try make(4...6, in: scratch.path)
    #expect(try await feed.takeNew(at: clock.now) == 3)
    #expect(try await feed.takeNew(at: clock.now) == 0)
    let again = AlertFeed(store, try DeliveryQueue(scratch.path + "/notifications.sqlite"), [channel])
    #expect(try await again.takeNew(at: clock.now) == 0)
    try await DatabaseQueue(path: scratch.path + "/alerts.sqlite").write { try $0.execute(sql: "DELETE FROM alerts") }
    // One of an older copy, whose delivery may be forgotten by now, and one that is there again.
    try make(1...1, in: scratch.path, at: Timestamp(milliseconds: 0))
    try make(6...7, in: scratch.path)
    #expect(try await feed.takeNew(at: clock.now) == 1)
    #expect(try await queue.deliveries().map(\.alert).sorted() == ["a-4", "a-5", "a-6", "a-7"])
  }

  @Test(
    "A channel that is new, or is there again, tells what is made from then on, also where there was none for a while")
  func anew() async throws {
    let scratch = try Scratch()
    let clock = Clock()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    let queue = try DeliveryQueue(scratch.path + "/notifications.sqlite")
    func feed(_ names: String...) async throws -> AlertFeed {
      let channels = names.map { NotificationChannel(name: $0, kind: .file(path: "/x")) }
      let feed = AlertFeed(store, queue, channels)
      try await feed.begin(at: clock.now)
      return feed
    }
    let first = try await feed("a")
    #expect(try await first.takeNew(at: clock.now) == 0)
    try make(1...2, in: scratch.path)
    // Settings are read again with what was set: nothing is lost that was made meanwhile.
    #expect(try await feed("a").takeNew(at: clock.now) == 2)
    let none = try await feed()
    try make(3...4, in: scratch.path)
    #expect(try await none.takeNew(at: clock.now) == 0)
    #expect(try await queue.place() == 4)
    // Made when nobody looked any more.
    try make(5...5, in: scratch.path)
    let both = try await feed("a", "b")
    try make(6...6, in: scratch.path)
    #expect(try await both.takeNew(at: clock.now) == 2)
    try make(7...7, in: scratch.path)
    #expect(try await feed("a", "b", "c").takeNew(at: clock.now) == 2)
    let told = try await queue.deliveries().map { "\($0.channel) \($0.alert)" }.sorted()
    #expect(told == ["a a-1", "a a-2", "a a-6", "a a-7", "b a-6", "b a-7"])
  }

  @Test("Of an alert that is made between the beginning of a new queue and its first look its channels tell")
  func first() async throws {
    let scratch = try Scratch()
    let clock = Clock()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    let queue = try DeliveryQueue(scratch.path + "/notifications.sqlite")
    let feed = AlertFeed(store, queue, [NotificationChannel(name: "a", kind: .file(path: "/x"))])
    try make(1...2, in: scratch.path)
    try await feed.begin(at: clock.now)
    try make(3...3, in: scratch.path)
    #expect(try await feed.takeNew(at: clock.now) == 1)
    #expect(try await queue.deliveries().map(\.alert) == ["a-3"])
  }

  @Test("A channel that has begun tells what is made from then on, though those that do not know it look once more")
  func reloaded() async throws {
    let scratch = try Scratch()
    let clock = Clock()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    let queue = try DeliveryQueue(scratch.path + "/notifications.sqlite")
    func feed(_ names: String...) -> AlertFeed {
      AlertFeed(store, queue, names.map { NotificationChannel(name: $0, kind: .file(path: "/x")) })
    }
    let (old, new) = (feed("a"), feed("a", "b"))
    try await old.begin(at: clock.now)
    try make(1...1, in: scratch.path)
    try await new.begin(at: clock.now)
    try make(2...2, in: scratch.path)
    // What was made before the other began is for those that there were.
    #expect(try await old.takeNew(at: clock.now) == 1)
    #expect(try await old.takeNew(at: clock.now) == 0)
    #expect(try await new.takeNew(at: clock.now) == 2)
    let told = try await queue.deliveries().map { "\($0.channel) \($0.alert)" }.sorted()
    #expect(told == ["a a-1", "a a-2", "b a-2"])
  }

  @Test("A queue of an earlier version goes on where it stands, for all its channels")
  func earlier() async throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    let queue = try DeliveryQueue(scratch.path + "/notifications.sqlite")
    let feed = AlertFeed(store, queue, [NotificationChannel(name: "a", kind: .file(path: "/x"))])
    // As it was before channels had places.
    #expect(try await feed.takeNew(at: Clock().now) == 0)
    try make(1...2, in: scratch.path)
    try await feed.begin(at: Clock().now)
    #expect(try await feed.takeNew(at: Clock().now) == 2)
  }

  @Test("Nobody is told of an alert that is damaged, and of those behind it everybody is")
  func damaged() async throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    let queue = try DeliveryQueue(scratch.path + "/notifications.sqlite")
    let feed = AlertFeed(store, queue, [NotificationChannel(name: "file", kind: .file(path: "/x"))])
    #expect(try await feed.takeNew(at: Clock().now) == 0)
    try make(1...3, in: scratch.path)
    try await DatabaseQueue(path: scratch.path + "/alerts.sqlite").write {
      try $0.execute(sql: "UPDATE alerts SET document = x'7b7d' WHERE id = 'a-2'")
    }
    var left: [String] = []
    #expect(try await feed.takeNew(at: Clock().now) { left += $0.map(\.id) } == 2)
    #expect(left == ["a-2"])
    #expect(try await queue.deliveries().map(\.alert).sorted() == ["a-1", "a-3"])
  }

  @Test("A folder without alerts is fed from its first on")
  func empty() async throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    let queue = try DeliveryQueue(scratch.path + "/notifications.sqlite")
    let channel = NotificationChannel(name: "file", kind: .file(path: "/x"))
    let feed = AlertFeed(store, queue, [channel])
    #expect(try await feed.takeNew(at: Clock().now) == 0)
    try make(1...2, in: scratch.path)
    #expect(try await feed.takeNew(at: Clock().now) == 2)
  }
}
