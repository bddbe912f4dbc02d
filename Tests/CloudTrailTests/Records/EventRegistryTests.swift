import CloudTrail
import Events
import TestSupport
import Testing

struct EventRegistryTests {
  @Test("A record delivered twice counts once, in one file or in two")
  func duplicates() {
    let registry = EventRegistry()
    let one = SampleRecord.text(1, id: "6f2c1a9e-0b1d-4c3e-8f5a-112233445566")
    let two = SampleRecord.text(2, id: "plain id")
    let first = Scanned("{\"Records\":[\(one),\(two),\(one)]}", registry: registry)
    #expect(first.texts == [one, two])
    #expect(first.duplicates == 1)
    #expect(first.count == 3)
    let second = Scanned("\(two)\n\(one)\n\(SampleRecord.text(3, id: "3"))", registry: registry)
    #expect(second.rows.count == 1)
    #expect(second.duplicates == 2)
    #expect(registry.count == 3)
    #expect(registry.conflictWinners.isEmpty)
    #expect(!registry.needsAnotherReading)
  }

  @Test("Records without an id are told apart by nothing, and all count")
  func withoutID() {
    let record = SampleRecord.text(1)
    let scanned = Scanned("\(record)\n\(record)")
    #expect(scanned.rows.count == 2)
    #expect(scanned.duplicates == 0)
  }

  @Test("One id in two indices is two documents; in one index it is one")
  func hits() {
    func hit(_ index: String, _ id: String) -> String {
      "{\"_index\":\"\(index)\",\"_id\":\"\(id)\",\"_source\":{\"@timestamp\":\"2024-05-01T10:00:01Z\"}}"
    }
    let scanned = Scanned([hit("a", "1"), hit("b", "1"), hit("a", "1"), hit("a", "2")].joined(separator: "\n"))
    #expect(scanned.rows.count == 3)
    #expect(scanned.duplicates == 1)
  }

  @Test("Of two texts under one id the same one wins in either order")
  func conflicts() {
    let left = SampleRecord.text(1, id: "x")
    let right = SampleRecord.text(2, id: "x")
    var winners: Set<String> = []
    for order in [[left, right], [right, left], [left, right, left], [right, right, left, left]] {
      let registry = EventRegistry()
      var scanned = Scanned(order.joined(separator: "\n"), registry: registry)
      #expect(registry.conflictWinners.count == 1)
      if registry.needsAnotherReading {
        let again = EventRegistry(winners: registry.conflictWinners)
        scanned = Scanned(order.joined(separator: "\n"), registry: again)
        #expect(!again.needsAnotherReading)
        #expect(again.count == 1)
      }
      #expect(scanned.rows.count == 1)
      winners.formUnion(scanned.texts)
    }
    #expect(winners.count == 1)
  }

  @Test(
    "Many texts under many ids are decided the same in any order", arguments: [UInt64.random(in: 0...UInt64.max), 4])
  func anyOrder(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let texts = (0..<60).map { SampleRecord.text($0, id: "id-\($0 % 17)") }
    var outcomes: Set<[String]> = []
    for _ in 0..<6 {
      let order = texts.shuffled(using: &random).joined(separator: "\n")
      let registry = EventRegistry()
      var scanned = Scanned(order, registry: registry)
      var rounds = 0
      var last = registry
      var winners: [EventIdentity: UInt32] = [:]
      while last.needsAnotherReading, rounds < 5 {
        winners.merge(last.conflictWinners, uniquingKeysWith: min)
        last = EventRegistry(winners: winners)
        scanned = Scanned(order, registry: last)
        rounds += 1
      }
      #expect(rounds <= 1, "seed \(seed)")
      #expect(scanned.rows.count == 17)
      outcomes.insert(scanned.texts.sorted())
    }
    #expect(outcomes.count == 1, "seed \(seed)")
  }

  @Test("A registry holds more ids than it starts with room for")
  func growth() {
    let registry = EventRegistry()
    for round in 0..<2 {
      for number in 0..<30_000 {
        let id = EventID(high: UInt64(number) &* 0x9E37_79B9_7F4A_7C15, low: UInt64(number % 7))
        let isNew = if case .new = registry.register(EventIdentity(id), content: 1) { true } else { false }
        if isNew != (round == 0) { Issue.record("\(number)") }
      }
    }
    #expect(registry.count == 30_000)
  }
}
