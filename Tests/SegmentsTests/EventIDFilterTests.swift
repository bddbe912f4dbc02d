import Events
import Segments
import TestSupport
import Testing

@Suite struct EventIDFilterTests {
  @Test("No id that was put in is said to be absent, and few others are not, also when it has grown")
  func growing() {
    var random = SeededRandom(seed: 5)
    // Random ids, and such as differ in one half only, as whoever makes them up may choose.
    func id(_ number: Int) -> EventID {
      switch number % 3 {
      case 0: EventID(high: 7, low: UInt64(number))
      case 1: EventID(high: UInt64(number), low: 7)
      default: EventID(high: random.next(), low: random.next())
      }
    }
    var filter = EventIDFilter()
    #expect(!filter.mayHold(EventID(high: 0, low: 0)))
    var known: [EventID] = []
    for number in 0..<600_000 {
      let id = id(number)
      filter.insert(id)
      if number % 7 == 0 { known.append(id) }
    }
    #expect(known.allSatisfy(filter.mayHold))
    let wrong = (600_000..<900_000).count { filter.mayHold(id($0)) }
    #expect(wrong < 60, "\(wrong) of 300,000")
  }
}
