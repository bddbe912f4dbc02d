import Events
import JSON
import TestSupport
import Testing

@testable import Query

@Suite("Numbers of few bits, whole numbers beyond 63 bits, and nanoseconds")
struct NarrowNumberTests {
  private static let kinds: [NarrowNumber] = [
    .float, .halfFloat, .unsignedLong, .whole(bits: 32), .whole(bits: 16), .whole(bits: 8),
  ]
  private static let numbers = [
    "0", "-0", "1", "-1", "0.1", "0.10000000149", "0.1000000015", "16777216", "16777217", "16777218", "2049", "2048",
    "2050", "65504", "65519", "65520", "-65504", "0.00006", "1e-8", "9223372036854775807", "9223372036854775808",
    "18446744073709551614", "18446744073709551615", "18446744073709551616", "1e30", "1.5", "2.50", "250e-2", "99.994",
    "99.995", "127", "128", "-128", "-129", "-128.5", "32767", "32768", "-32769", "2147483647", "2147483648",
    "-2147483648", "-2147483649", "100", "-3.3", "1e3", "x", "",
  ]

  private func holds(_ test: ValueTest, _ value: String, _ kind: NarrowNumber) -> Bool {
    test.holds(for: value, type: .narrow(kind), now: Timestamp(milliseconds: 0))
  }

  @Test("Values, single values of queries and bounds compare as Elasticsearch keeps them", arguments: kinds)
  func comparisons(kind: NarrowNumber) {
    var random = SeededRandom(seed: 7)
    func number() -> String {
      Int.random(in: 0..<3, using: &random) == 0
        ? "\(Float(Int.random(in: -3000...3000, using: &random)) / 8)"
        : Self.numbers.randomElement(using: &random) ?? "0"
    }
    var held = 0
    for _ in 0..<4_000 {
      let value = number()
      func bound() -> RangeBound? {
        Bool.random(using: &random) ? RangeBound(number(), inclusive: Bool.random(using: &random)) : nil
      }
      let test: ValueTest =
        Bool.random(using: &random)
        ? .term(number()) : .range(lower: bound(), upper: bound() ?? RangeBound("7", inclusive: true))
      let found = holds(test, value, kind)
      let wanted = ReferenceValue.passes(
        test, .string(value), .narrow(kind), now: Timestamp(milliseconds: 0))
      #expect(found == wanted, "\(value) \(test) \(kind)")
      if found { held += 1 }
    }
    #expect(held > 50)
  }

  @Test("Terms are what the type keeps")
  func terms() {
    func term(_ text: String, _ type: FieldType, _ kind: ScalarKind = .number) -> String? {
      Array(text.utf8).withUnsafeBufferPointer { Scalar(kind, $0).withTerm(of: type) { $0.text } ?? nil }
    }
    #expect(term("0.1", .narrow(.float)) == "0.10000000149011612" && term("1.50", .narrow(.float)) == "1.5")
    #expect(term("16777217", .narrow(.float)) == "16777216" && term("1e39", .narrow(.float)) == nil)
    #expect(term("2049", .narrow(.halfFloat)) == "2048" && term("65520", .narrow(.halfFloat)) == nil)
    #expect(term("18446744073709551615", .narrow(.unsignedLong)) == "18446744073709551615")
    #expect(term("18446744073709551614", .narrow(.unsignedLong)) == "18446744073709551614")
    #expect(term("18446744073709551616", .narrow(.unsignedLong)) == nil && term("-1", .narrow(.unsignedLong)) == nil)
    #expect(term("1.0", .narrow(.unsignedLong)) == "1" && term("1.5", .narrow(.unsignedLong)) == nil)
    let one = term("2026-01-01T00:00:00.123456789Z", .dateNanos(nil), .string)
    #expect(one == "1767225600123456789")
    #expect(term("2026-01-01T00:00:00.123456788Z", .dateNanos(nil), .string) != one)
    #expect(term("2026-01-01T01:00:00.1234567890+01:00", .dateNanos(nil), .string) == one)
    // What finds the term again.
    let found = FieldType.dateNanos(nil).queryText(ofTerm: one ?? "")
    #expect(found == "2026-01-01T00:00:00.123456789Z" && holds(.phrase(found)))
    #expect(FieldType.dateNanos(nil).queryText(ofTerm: "1767225600000000007") == "2026-01-01T00:00:00.000000007Z")
    #expect(
      term("1969-12-31T23:59:59Z", .dateNanos(nil), .string) == nil
        && term("2300-01-01", .dateNanos(nil), .string) == nil)
  }

  @Test("Decimals behind a whole number beyond 53 bits are not rounded away")
  func decimalsOfLongNumbers() {
    func holds(_ test: ValueTest, _ value: String) -> Bool { self.holds(test, value, .unsignedLong) }
    func atLeast(_ bound: String, inclusive: Bool = true) -> ValueTest {
      .range(lower: RangeBound(bound, inclusive: inclusive), upper: nil)
    }
    func atMost(_ bound: String, inclusive: Bool = true) -> ValueTest {
      .range(lower: nil, upper: RangeBound(bound, inclusive: inclusive))
    }
    let (below, value, above) = ("9007199254740994", "9007199254740995", "9007199254740996")
    for isInclusive in [true, false] {
      #expect(holds(atMost(value + ".25", inclusive: isInclusive), value))
      #expect(!holds(atMost(value + ".25", inclusive: isInclusive), above))
      #expect(holds(atLeast(below + ".75", inclusive: isInclusive), value))
      #expect(!holds(atLeast(below + ".75", inclusive: isInclusive), below))
      #expect(holds(atMost(value + ".0", inclusive: isInclusive), value) == isInclusive)
      #expect(holds(atLeast(value + ".000", inclusive: isInclusive), value) == isInclusive)
    }
    #expect(holds(.match(value + ".00"), value) && !holds(.match(value + ".5"), value))
    #expect(holds(.match(value), value + ".0") && !holds(.match(value), value + ".5"))
    #expect(!holds(atLeast("18446744073709551615.5"), "18446744073709551615"))
    #expect(holds(atMost("18446744073709551615.5"), "18446744073709551615"))
    #expect(!holds(atMost("-0.5"), "0") && holds(atLeast("-0.5"), "0"))
  }

  @Test(
    "Times compare by the nanosecond in a field that keeps them",
    arguments: [
      ("t: \"2026-01-01T00:00:00.123456789Z\"", true), ("t: \"2026-01-01T00:00:00.123456788Z\"", false),
      ("t: \"2026-01-01T00:00:00.123Z\"", false), ("t: \"2026-01-01T00:00:00Z\"", true),
      ("t: \"2026-01-01T00:00\"", true),
      ("t > \"2026-01-01T00:00:00.123456788Z\"", true), ("t > \"2026-01-01T00:00:00.123456789Z\"", false),
      ("t >= \"2026-01-01T00:00:00.123456789Z\"", true), ("t < \"2026-01-01T00:00:00.123456789Z\"", false),
      ("t <= \"2026-01-01T00:00:00.123456789Z\"", true), ("t < \"2026-01-01T00:00:00.123456790Z\"", true),
      ("t > \"2026-01-01T00:00:00.123Z\"", true), ("t <= \"2026-01-01T00:00:00.123Z\"", false),
      ("t <= \"2026-01-01T00:00\"", true), ("t > \"1960-01-01\" and t < \"2400-01-01\"", true),
      ("t >= \"2026-01-01T00:00:00.123456789Z||/s\"", true),
    ] as [(String, Bool)])
  func nanoseconds(query: String, wanted: Bool) throws {
    let mapping = try FieldMapping(JSONValue(parsing: #"{"properties":{"t":{"type":"date_nanos"}}}"#))
    let catalog = FieldCatalog.standard.applying(mapping)
    #expect(catalog.resolve("t").type == .dateNanos(nil))
    guard case .test(_, let test) = try KQL.parse(query) else {
      guard case .and(let parts) = try KQL.parse(query) else { return #expect(Bool(false)) }
      for case .test(_, let test) in parts { #expect(holds(test) == wanted) }
      return
    }
    #expect(holds(test) == wanted)
  }

  private func holds(_ test: ValueTest) -> Bool {
    test.holds(for: "2026-01-01T00:00:00.123456789Z", type: .dateNanos(nil), now: Timestamp(milliseconds: 0))
  }

  @Test("A mapping's types of numbers are their own")
  func mapping() throws {
    let mapping = try FieldMapping(
      JSONValue(
        parsing: #"{"properties":{"a":{"type":"float"},"b":{"type":"half_float"},"c":{"type":"unsigned_long"},"#
          + #""d":{"type":"scaled_float","scaling_factor":10},"e":{"type":"double"}}}"#))
    let catalog = FieldCatalog.standard.applying(mapping)
    #expect(
      ["a", "b", "c", "d", "e"].map { catalog.resolve($0).type } == [
        .narrow(.float), .narrow(.halfFloat), .narrow(.unsignedLong), .narrow(.scaled(factor: 10)), .double,
      ])
  }
}
