import Events
import Query
import TestSupport
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

  @Test("Of thousands of addresses each is found and no other", arguments: [UInt64.random(in: 0...UInt64.max), 12])
  func manyAddresses(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    func address() -> String {
      // All bits take part, and some addresses come twice.
      let bits = UInt32.random(in: 0...UInt32.max, using: &random) & 0xF10F_1F03
      return IPAddress(high: 0, low: 0xFFFF_0000_0000 | UInt64(bits)).text
    }
    let texts =
      (0..<5000).map { _ in address() } + ["2001:db8::1", "2001:db8:1::/64", "192.168.0.0/16", "::ffff:1.2.3.4"]
    let list = ValueList(.keyword, texts)
    let known = Set(texts)
    var (found, missed) = (0, 0)
    for text in texts.prefix(5000) + (0..<5000).map({ _ in address() }) + ["255.255.255.255", "0.0.0.0"] {
      let holds = ValueTest.list(list).holds(for: text, type: .ip, now: Self.now)
      #expect(holds == known.contains(text), "seed \(seed): \(text)")
      if holds { found += 1 } else { missed += 1 }
    }
    #expect(found >= 5000 && missed > 1000, "\(found) \(missed)")
    for (text, isIn) in [
      ("2001:DB8::1", true), ("2001:db8::2", false), ("2001:db8:1::5", true), ("192.168.7.7", true), ("1.2.3.4", true),
      ("::ffff:192.168.7.7", true),
    ] {
      #expect(ValueTest.list(list).holds(for: text, type: .ip, now: Self.now) == isIn, "\(text)")
    }
  }

  private static let words = [
    "quick", "Brown", "fox", "a", "ab", "b", "10", "1.5", "\u{E9}t\u{E9}", "e\u{301}te\u{301}",
  ]
  private static let singles = [
    "10.0.0.1", "10.0.0.0/30", "10.0.0.2-10.0.0.4", "2001:db8::1", "5", "5.0", "1e1", "true", "false", "2026",
    "2026-01-02", "2026-01-02T03:04:05Z", "now", "now-1d", "", " ", "---",
  ]
  private static let types: [FieldType] = [
    .keyword, .keyword(ignoreAbove: 8), .wildcard, .text, .integer, .double, .boolean, .date(nil), .ip,
  ]

  @Test(
    "A list holds where the reference says that one of its values does",
    arguments: [UInt64.random(in: 0...UInt64.max), 19])
  func reference(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    func text() -> String {
      if Int.random(in: 0..<3, using: &random) == 0 { return Self.singles.randomElement(using: &random)! }
      return (0..<Int.random(in: 1...4, using: &random)).map { _ in Self.words.randomElement(using: &random)! }
        .joined(separator: " ")
    }
    var hits = 0
    for _ in 0..<4000 {
      let values = (0..<Int.random(in: 0...6, using: &random)).map { _ in text() }
      let list = ValueList(ValueList.Kind.allCases.randomElement(using: &random)!, values)
      let type = Self.types.randomElement(using: &random)!
      let value = Bool.random(using: &random) ? values.randomElement(using: &random) ?? text() : text()
      let wanted = ReferenceValue.passes(.list(list), .string(value), type, now: Self.now)
      let found = ValueTest.list(list).holds(for: value, type: type, now: Self.now)
      #expect(found == wanted, "seed \(seed): “\(value)” as \(type) in the \(list.kind) list \(values)")
      hits += wanted ? 1 : 0
    }
    #expect(!stands(seed) || hits > 200, "seed \(seed)")
  }

  @Test("Addresses compare as addresses on address fields, and as texts elsewhere")
  func addressesAsTexts() {
    let list = ValueTest.list(ValueList(.ipRange, ["10.0.0.0/8", "192.0.2.1", "198.51.100.1-198.51.100.5"]))
    func holds(_ value: String, _ type: FieldType) -> Bool { list.holds(for: value, type: type, now: Self.now) }
    for address in ["10.9.9.9", "192.0.2.1", "::ffff:192.0.2.1", "198.51.100.3"] { #expect(holds(address, .ip)) }
    for type in [FieldType.keyword, .wildcard, .flattened, .dynamic] {
      for text in ["10.0.0.0/8", "192.0.2.1", "198.51.100.3", "198.51.100.40"] { #expect(holds(text, type), "\(type)") }
      for text in ["10.9.9.9", "::ffff:192.0.2.1", "198.51.100.6"] { #expect(!holds(text, type), "\(type)") }
    }
    #expect(holds("from 192.0.2.1 to 10.0.0.0", .text) && !holds("from 10.9.9.9", .text))
    #expect(!holds("192.0.2.1", .integer) && !holds("192.0.2.1", .boolean))
  }

  @Test("A list can hold for a field only when some value of it can be read there")
  func canHold() {
    let words = ValueTest.list(ValueList(.keyword, ["a", "b"]))
    #expect(words.canHold(for: .keyword, now: Self.now) && !words.canHold(for: .ip, now: Self.now))
    #expect(!words.canHold(for: .integer, now: Self.now) && !words.canHold(for: .date(nil), now: Self.now))
    let addresses = ValueTest.list(ValueList(.ip, ["10.0.0.1"]))
    #expect(addresses.canHold(for: .ip, now: Self.now) && addresses.canHold(for: .keyword, now: Self.now))
    #expect(addresses.canHold(for: .text, now: Self.now) && !addresses.canHold(for: .boolean, now: Self.now))
    #expect(!ValueTest.phrase("x").canHold(for: .ip, now: Self.now))
  }
}
