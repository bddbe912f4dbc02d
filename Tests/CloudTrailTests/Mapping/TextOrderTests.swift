import TestSupport
import Testing

@testable import CloudTrail

struct TextOrderTests {
  @Test(
    "Texts come into the order of their bytes, each once, as sorting a set of them gives it",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func sorting(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let parts = ["", "a", "arn:aws:iam::1:role/", "z", "\0", "é", "i-0", "ÿ"]
    for _ in 0..<2000 {
      let count = [0, 1, 2, 3, 7, 23, 24, 25, 26, 60].randomElement(using: &random) ?? 0
      let texts = (0..<count).map { _ in
        (0..<Int.random(in: 0...3, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
      }
      let bytes = texts.flatMap { Array($0.utf8) }
      bytes.withUnsafeBufferPointer { bytes in
        var end = 0
        var given = texts.map { text in
          defer { end += text.utf8.count }
          return UnsafeBufferPointer(rebasing: bytes[end..<end + text.utf8.count])
        }
        TextOrder.sort(&given)
        let expected = Set(texts.map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
        #expect(given.map(Array.init) == expected, "seed \(seed): \(texts)")
      }
    }
  }
}
