import Events
import Query
import Testing

struct ValueListTests {
  private static let now = Timestamp(milliseconds: 0)

  @Test("Lists of the same values are equal, whatever their order and repetitions")
  func equality() {
    let list = ValueList(.keyword, ["a", "b", "c"])
    #expect(list == ValueList(.keyword, ["c", "a", "b", "a"]))
    #expect(list.hashValue == ValueList(.keyword, ["c", "a", "b"]).hashValue)
    #expect(list != ValueList(.keyword, ["a", "b"]) && list != ValueList(.keyword, ["a", "b", "d"]))
    #expect(list != ValueList(.text, ["a", "b", "c"]))
    // Two spellings of one accented letter are two values.
    #expect(ValueList(.keyword, ["\u{E9}"]) != ValueList(.keyword, ["e\u{301}"]))
    #expect(ValueList(.keyword, ["a", "a"]).count == 1)
  }

  @Test("Equal lists are one condition of a query set")
  func shared() {
    var set = QuerySet(now: Self.now)
    for order in [["a", "b"], ["b", "a"]] {
      _ = set.add(.test(.named("user.name"), .list(ValueList(.keyword, order))))
    }
    #expect(set.conditionCount == 1)
  }

  @Test(
    "A line of addresses is one, a network or a range; anything else is none",
    arguments: [
      ("10.0.0.1", "10.0.0.1", "10.0.0.1"), ("10.0.0.0/30", "10.0.0.0", "10.0.0.3"),
      ("10.0.0.9 - 10.0.1.1", "10.0.0.9", "10.0.1.1"), ("2001:db8::-2001:db8::f", "2001:db8::", "2001:db8::f"),
      ("::ffff:10.0.0.1-10.0.0.2", "10.0.0.1", "10.0.0.2"),
    ])
  func addresses(line: String, first: String, last: String) throws {
    let range = try #require(ValueList.addresses(line))
    #expect(range.lowerBound == IPAddress(first) && range.upperBound == IPAddress(last))
  }

  @Test(
    "What is no address, network or range",
    arguments: ["", "-", "10.0.0.2-10.0.0.1", "10.0.0.1-", "10.0.0.0/33", "a-b", "1.1.1.1-2.2.2.2-3.3.3.3", "host"])
  func noAddresses(line: String) { #expect(ValueList.addresses(line) == nil) }

  @Test("Many networks that overlap hold what each of them holds", arguments: [UInt64.random(in: 0...UInt64.max), 11])
  func overlaps(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<50 {
      let lines = (0..<40).map { _ in
        let start = Int.random(in: 0...200, using: &random)
        let end = start + Int.random(in: 0...20, using: &random)
        return Bool.random(using: &random) ? "10.0.0.\(start)-10.0.0.\(end)" : "10.0.0.\(start)/3\(start % 3)"
      }
      let list = ValueList(.ipRange, lines)
      let ranges = lines.compactMap(ValueList.addresses)
      for last in 0...255 {
        let address = "10.0.0.\(last)"
        let wanted = ranges.contains { $0.contains(IPAddress(address)!) }
        #expect(ValueTest.list(list).holds(for: address, type: .ip, now: Self.now) == wanted, "seed \(seed)")
      }
    }
  }

  @Test("A list can hold for a field only when some value of it can be read there")
  func canHold() {
    let words = ValueTest.list(ValueList(.keyword, ["a", "b"]))
    #expect(words.canHold(for: .keyword, now: Self.now) && !words.canHold(for: .ip, now: Self.now))
    #expect(!words.canHold(for: .integer, now: Self.now) && !words.canHold(for: .date, now: Self.now))
    let addresses = ValueTest.list(ValueList(.ip, ["10.0.0.1"]))
    #expect(addresses.canHold(for: .ip, now: Self.now) && addresses.canHold(for: .keyword, now: Self.now))
    #expect(!addresses.canHold(for: .text, now: Self.now) && !addresses.canHold(for: .boolean, now: Self.now))
    #expect(!ValueTest.phrase("x").canHold(for: .ip, now: Self.now))
  }
}
