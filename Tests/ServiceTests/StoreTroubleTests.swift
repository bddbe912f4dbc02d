import Dispatch
import Testing

@testable import Service

@Suite("A service says that events cannot be stored for as long as they cannot")
struct StoreTroubleTests {
  private struct Failure: Error {}

  @Test("What fails while something else is stored is over once something is stored behind both")
  func together() {
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    let health = ServiceHealth(clock)
    let trouble = StoreTrouble(health, metrics: Metrics(), log: nil, room: { nil })
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
}
