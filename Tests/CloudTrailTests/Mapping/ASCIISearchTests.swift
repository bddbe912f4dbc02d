import TestSupport
import Testing

@testable import CloudTrail

struct ASCIISearchTests {
  @Test(
    "A text is found at the first place where its bytes stand, as trying every place finds it",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func equalsTryingEveryPlace(seed: UInt64) {
    print("ASCII search, seed \(seed)")
    var random = SeededRandom(seed: seed)
    var found = 0
    for _ in 0..<4_000 {
      let text = (0..<Int.random(in: 0...9, using: &random)).map { _ in
        [":sts:", ":", "s", "ts:", "é", "/", ":st", "\u{0301}", "\0"].randomElement(using: &random) ?? ""
      }.joined()
      let bytes = Array(text.utf8)
      let wanted = Array(":sts:".utf8)
      let place = (0...max(0, bytes.count)).first { bytes.dropFirst($0).starts(with: wanted) }
      let range = text.firstRange(ofASCII: ":sts:")
      #expect(range.map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) } == place, "seed \(seed)")
      if let range {
        found += 1
        #expect(Array(text.utf8[range]) == wanted, "seed \(seed)")
      }
      #expect(text.partedAtColons(most: 2).joined(separator: ":").utf8.elementsEqual(bytes), "seed \(seed)")
      #expect(text.partedAtColons(most: 2).count <= 3)
    }
    #expect(found > 500)
  }
}
