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
      bytes.withUnsafeBufferPointer { bytes in
        let range = bytes.firstRange(of: ":sts:")
        #expect(range?.lowerBound == place, "seed \(seed)")
        if let range {
          found += 1
          #expect(Array(bytes[range]) == wanted, "seed \(seed)")
        }
        let parts = bytes.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
        for number in 0..<3 {
          let part = bytes.part(number, of: 3)
          #expect(part.map(Array.init) == (number < parts.count ? Array(parts[number]) : nil), "seed \(seed)")
        }
      }
    }
    #expect(!stands(seed) || found > 500)
  }
}
