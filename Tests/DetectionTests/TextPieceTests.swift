import TestSupport
import Testing

@testable import Detection

struct TextPieceTests {
  @Test(
    "A piece is found wherever it stands, at the ends too, and nowhere else",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func agreesWithPlainSearch(seed: UInt64) {
    print("text pieces, seed \(seed)")
    var random = SeededRandom(seed: seed)
    let letters = Array("aAbz:".utf8)
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in letters.randomElement(using: &random) ?? 0 } }
    for _ in 0..<20_000 {
      let piece = bytes(Int.random(in: 1...4, using: &random))
      let text = bytes(Int.random(in: 0...12, using: &random))
      let stands = text.indices.contains { text[$0...].starts(with: piece) }
      let found = text.withUnsafeBufferPointer { TextPiece(piece).stands(in: $0) }
      #expect(found == stands, "seed \(seed): \(piece) in \(text)")
    }
  }
}
