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

  @Test("A filter for some ids tells of them as one of any size does, also where they are none, or more than it is for")
  func room() {
    for (room, count) in [(0, 0), (0, 3), (1, 1), (2000, 2000), (2000, 5000)] {
      var filter = EventIDFilter(room: room)
      for number in 0..<count { filter.insert(EventID(high: 7, low: UInt64(number))) }
      #expect((0..<count).allSatisfy { filter.mayHold(EventID(high: 7, low: UInt64($0))) })
      let wrong = (count..<count + 100_000).count { filter.mayHold(EventID(high: 7, low: UInt64($0))) }
      #expect(wrong < 60, "\(wrong) of 100,000 beside \(count) in \(room)")
    }
  }
}
