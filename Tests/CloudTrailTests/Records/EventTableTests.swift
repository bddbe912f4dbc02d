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
      var lowest: [EventID: UInt64] = [:]
      for _ in 0..<3000 {
        let id = EventID(high: .random(in: 0..<30, using: &random), low: .random(in: 0..<30, using: &random))
        let content = UInt64.random(in: 0..<5, using: &random)
        let known = table.insert(id, key: keyOf[id] ?? 0, content: content)
        if known != lowest[id] { Issue.record("seed \(seed): \(id) has \(known ?? 99), not \(lowest[id] ?? 99)") }
        lowest[id] = min(content, known ?? content)
      }
      #expect(table.count == lowest.count, "seed \(seed)")
    }
  }

  @Test("A table that has grown many times knows every id")
  func growth() {
    var table = EventTable(keyOf: EventRegistry.key)
    for round in 0..<2 as Range<UInt64> {
      for number in 0..<60_000 as Range<UInt64> {
        let id = EventID(high: number, low: number &* 0x9E37_79B9_7F4A_7C15)
        let known = table.insert(id, key: EventRegistry.key(id), content: number + 1)
        if known != (round == 0 ? nil : number + 1) { Issue.record("\(number): \(known ?? 0)") }
      }
    }
    #expect(table.count == 60_000)
  }
}
