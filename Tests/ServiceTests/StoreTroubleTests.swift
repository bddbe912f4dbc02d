import Dispatch
import Foundation
import Parallel
import Testing

@testable import Service

@Suite("A service says that events cannot be stored for as long as they cannot")
struct StoreTroubleTests {
  private struct Failure: Error {}

  @Test("What fails while something else is stored is over once something is stored behind both")
  func together() {
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    let health = ServiceHealth(clock)
    let trouble = StoreTrouble(clock, health, metrics: Metrics(), log: nil, room: { nil })
    var left = 0
    for _ in 0..<3000 {
      DispatchQueue.concurrentPerform(iterations: 4) { number in
        if number % 2 == 0 { _ = trouble.refusal(Failure(), bytes: 1) } else { trouble.hasStored(1) }
      }
      trouble.hasStored(1)
      if !health.troubles.isEmpty { left += 1 }
    }
    #expect(left == 0)
    _ = trouble.refusal(Failure(), bytes: 1)
    #expect(health.troubles.map(\.part) == ["store"])
  }

  /// What the store says of a quota that is used up.
  private struct Quota: Error, CustomStringConvertible {
    let description = "writing a segment /x: it cannot be written: \(SystemError.words(EDQUOT))"
  }

  @Test(
    "A quota that is used up is a full disk, though the disk has room: what the service stores itself does not end it")
  func quota() {
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    let health = ServiceHealth(clock)
    health.setReady(true)
    let trouble = StoreTrouble(clock, health, metrics: Metrics(), log: nil, room: { 1 << 40 })
    _ = trouble.refusal(Quota(), bytes: 1000)
    trouble.hasStored(0)
    trouble.lookForRoom()
    trouble.hasStored(400)
    #expect(!health.isReady && health.troubles.map(\.part) == ["store"])
    trouble.hasStored(600)
    #expect(health.isReady && health.troubles.isEmpty)
  }

  @Test(
    "On a disk that never has much room it is over once something was stored and nothing has failed for ten minutes",
    arguments: [true, false])
  func small(isQuota: Bool) {
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    let health = ServiceHealth(clock)
    let trouble = StoreTrouble(
      clock, health, metrics: Metrics(), log: nil, room: { isQuota ? 1 << 40 : 4 << 20 })
    let error: any Error = isQuota ? Quota() : Failure()
    func isOver() -> Bool {
      trouble.lookForRoom()
      return health.troubles.isEmpty
    }
    _ = trouble.refusal(error, bytes: 1 << 20)
    // Where nothing is stored it may be as it was.
    clock.move(by: 3600)
    #expect(!isOver())
    trouble.hasStored(1)
    #expect(isOver())
    _ = trouble.refusal(error, bytes: 1 << 20)
    trouble.hasStored(0)
    clock.move(by: 599)
    #expect(!isOver())
    // Somebody has tried again, and it began anew.
    _ = trouble.refusal(error, bytes: 10)
    clock.move(by: 599)
    trouble.hasStored(1)
    #expect(!isOver())
    clock.move(by: 1)
    #expect(isOver())
  }
}
