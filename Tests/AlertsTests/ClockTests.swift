import Alerts
import Events
import TestSupport
import Testing

@Suite("A clock that ages are counted to") struct ClockTests {
  private static let day: Int64 = 86_400_000
  private static let start = Timestamp(milliseconds: 1_767_225_600_000)

  private static func after(_ days: Int64) -> Timestamp {
    Timestamp(milliseconds: start.milliseconds + days * day)
  }

  private static func store(_ scratch: Scratch) throws -> AlertStore {
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    _ = try store.changing(by: "eve", at: start) { try $0.keep(.retention, "logs-*", #"{"age":"1d"}"#) }
    return store
  }

  @Test("One that is seven days ahead of what is known at most is right, and so it is step by step for years")
  func steps() throws {
    let scratch = try Scratch()
    let store = try Self.store(scratch)
    #expect(try store.doubt(ofClock: Self.after(8), newestEvent: nil) == ClockDoubt(Self.after(8), Self.start))
    for step in stride(from: Int64(7), through: 700, by: 7) {
      #expect(try store.doubt(ofClock: Self.after(step), newestEvent: nil) == nil)
    }
    #expect(try store.doubt(ofClock: Self.after(708), newestEvent: nil) == ClockDoubt(Self.after(708), Self.after(700)))
  }

  @Test("One that jumps ahead is doubted until it is right again, however often it is asked about")
  func jump() throws {
    let scratch = try Scratch()
    let store = try Self.store(scratch)
    #expect(try store.doubt(ofClock: Self.after(1), newestEvent: nil) == nil)
    for _ in 0..<3 { #expect(try store.doubt(ofClock: Self.after(9000), newestEvent: Self.after(1)) != nil) }
    #expect(try store.doubt(ofClock: Self.after(2), newestEvent: Self.after(1)) == nil)
    #expect(try store.doubt(ofClock: Timestamp(milliseconds: .max), newestEvent: nil) != nil)
    // Back: less is deleted than was.
    #expect(try store.doubt(ofClock: Self.after(-300), newestEvent: nil) == nil)
  }

  @Test("After a long absence new events show that it is right, and so does somebody who says so")
  func evidence() throws {
    let scratch = try Scratch()
    let store = try Self.store(scratch)
    #expect(try store.doubt(ofClock: Self.after(90), newestEvent: Self.after(82)) != nil)
    #expect(try store.doubt(ofClock: Self.after(90), newestEvent: Self.after(84)) == nil)
    #expect(try store.doubt(ofClock: Self.after(95), newestEvent: nil) == nil)
    #expect(try store.doubt(ofClock: Self.after(200), newestEvent: nil) != nil)
    #expect(try store.doubt(ofClock: Self.after(200), newestEvent: nil, isConfirmed: true) == nil)
    #expect(try store.doubt(ofClock: Self.after(201), newestEvent: nil) == nil)
  }

  @Test("A bound that was set at a time to come shows nothing once a time is known")
  func later() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    _ = try store.changing(by: "eve", at: Self.after(5000)) { try $0.keep(.retention, "logs-*", #"{"age":"1d"}"#) }
    #expect(try store.doubt(ofClock: Self.after(10), newestEvent: nil) == nil)
    #expect(
      try store.doubt(ofClock: Self.after(4000), newestEvent: nil) == ClockDoubt(Self.after(4000), Self.after(10)))
  }
}

extension ClockDoubt {
  fileprivate init(_ now: Timestamp, _ lastKnown: Timestamp?) { self.init(now: now, lastKnown: lastKnown) }
}
