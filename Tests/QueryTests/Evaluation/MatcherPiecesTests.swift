import Events
import TestSupport
import Testing

@testable import Query

@Suite struct MatcherPiecesTests {
  private static let parts = [
    "a", "B", "ab", "Key", "\u{212A}ey", "\u{130}", "\u{e9}", "\u{c9}", ".", "-", " ", "1", "_", ":", "\u{df}", "k",
    "I",
    "true", "false", "10.0.0.1", "2026-01-02", "2026", "42", "4.2e1", "", "*",
  ]

  private static let types: [FieldType] = [
    .keyword(ignoreAbove: 1024), .wildcard, .flattened, .text, .analyzed(.powershell), .analyzed(.whitespace),
    .analyzed(.stop), .analyzed(.steps(.letter, [.lowercase, .asciiFolding])), .integer, .double, .boolean, .date(nil),
    .dateNanos(nil),
    .ip,
    .dynamic,
    .object, .nested, .geoPoint, .binary,
  ]

  private func text(_ count: ClosedRange<Int>, _ random: inout SeededRandom) -> String {
    (0..<Int.random(in: count, using: &random)).map { _ in Self.parts.randomElement(using: &random)! }.joined()
  }

  private func test(_ random: inout SeededRandom) -> ValueTest {
    let written = text(1...3, &random)
    switch Int.random(in: 0...6, using: &random) {
    case 0: return .match(written)
    case 1: return .phrase(written)
    case 2: return .term(written)
    case 3: return .range(lower: RangeBound(written, inclusive: true), upper: nil)
    case 4: return .wildcard(WildcardPattern(stars: "*" + written + "*"))
    case 5: return .termPattern(WildcardPattern(written: written + "*", ignoresCase: Bool.random(using: &random)))
    default:
      return .wildcard(WildcardPattern(written: "*" + written, ignoresCase: Bool.random(using: &random)))
    }
  }

  @Test(
    "A value in which none of a condition's pieces stands meets it under no type",
    arguments: [UInt64.random(in: 0...UInt64.max), 1, 2])
  func neverMisses(seed: UInt64) {
    print("pieces of matchers, seed \(seed)")
    var random = SeededRandom(seed: seed)
    var (lacking, met) = (0, 0)
    for _ in 0..<3_000 {
      let test = test(&random)
      for type in Self.types {
        let matcher = ValueMatcher(
          test, type: type, now: Timestamp(milliseconds: 0), partsBlanks: Bool.random(using: &random))
        for _ in 0..<3 {
          let kind = [ScalarKind.string, .string, .number, .boolean].randomElement(using: &random)!
          var text = text(0...5, &random)
          text.withUTF8 { bytes in
            let passes = matcher.matches(Scalar(kind, bytes))
            if passes { met += 1 }
            for known in [nil, kind] {
              guard let pieces = matcher.pieces(of: known) else { continue }
              let mayPass = pieces.contains { $0.stands(in: UnsafeRawBufferPointer(bytes)) }
              if !mayPass { lacking += 1 }
              #expect(mayPass || !passes, "\(test) of \(type), kind \(kind), seed \(seed)")
            }
          }
        }
      }
    }
    #expect(!stands(seed) || lacking > 20_000 && met > 300)
  }

  @Test("Of letters beyond ASCII only the dotted I and the sign for kelvin become ASCII ones")
  func lowered() {
    var found: Set<UInt32> = []
    for number in UInt32(0x80)...0x10FFFF {
      guard let scalar = Unicode.Scalar(number) else { continue }
      if TextAnalyzer.lowered(String(scalar)).utf8.contains(where: { $0 < 0x80 }) { found.insert(number) }
    }
    #expect(found == [0x130, 0x212A])
  }
}
