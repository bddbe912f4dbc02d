import Events
import TestSupport
import Testing

@testable import CloudTrail

/// The tables that an `EventRegistry` is made of.
struct EventTableTests {
  @Test(
    "Ids whose hashes are alike are told apart, and the lowest text of each is kept",
    arguments: [UInt64.random(in: 0...UInt64.max), 5])
  func alike(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    // From all ids under one hash to each under its own.
    for hashes in [1, 2, 40, .max] as [UInt64] {
      var keys: [EventID: UInt64] = [:]
      for high in 0..<30 as Range<UInt64> {
        for low in 0..<30 as Range<UInt64> {
          keys[EventID(high: high, low: low)] = UInt64.random(in: 0..<hashes, using: &random)
        }
      }
      let keyOf = keys
      var table = EventTable { keyOf[$0] ?? 0 }
      var lowest: [EventIdentity: UInt32] = [:]
      for _ in 0..<3000 {
        let id = EventID(high: .random(in: 0..<30, using: &random), low: .random(in: 0..<30, using: &random))
        let event = EventIdentity(id, scope: .random(in: 0..<2, using: &random))
        let content = UInt32.random(in: 0..<5, using: &random)
        let known = table.insert(id, scope: event.scope, key: keyOf[id] ?? 0, content: content)
        if known != lowest[event] {
          Issue.record("seed \(seed): \(event) has \(known ?? 99), not \(lowest[event] ?? 99)")
        }
        lowest[event] = min(content, known ?? content)
      }
      #expect(table.count == lowest.count, "seed \(seed)")
    }
  }

  @Test("A table that has grown many times knows every id")
  func growth() {
    var table = EventTable(keyOf: EventRegistry.key)
    for round in 0..<2 {
      for number in 0..<60_000 as Range<UInt32> {
        let id = EventID(high: UInt64(number), low: UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
        let known = table.insert(id, key: EventRegistry.key(id), content: number + 1)
        if known != (round == 0 ? nil : number + 1) { Issue.record("\(number): \(known ?? 0)") }
      }
    }
    #expect(table.count == 60_000)
  }
}
