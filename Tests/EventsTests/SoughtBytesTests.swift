import Events
import TestSupport
import Testing

@Suite struct SoughtBytesTests {
  /// The slow and obviously right way.
  private func place(of wanted: [UInt8], in text: [UInt8]) -> Int? {
    func lowered(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }
    guard text.count >= wanted.count else { return nil }
    return (0...text.count - wanted.count).first { start in
      wanted.indices.allSatisfy { lowered(text[start + $0]) == lowered(wanted[$0]) }
    }
  }

  @Test(
    "Bytes are found wherever they stand, whatever the case of letters, and nowhere else",
    arguments: [UInt64.random(in: 0...UInt64.max), 1, 2])
  func equal(seed: UInt64) throws {
    print("sought bytes, seed \(seed)")
    var random = SeededRandom(seed: seed)
    // Neighbours of letters, and of their other case, that must not be taken for them.
    let alphabets: [[UInt8]] = [
      Array("aAbB".utf8), Array("zZ@`[{".utf8), Array("kK1!\u{b}Ae".utf8), [0, 0x80, 0xFF, 0x20, 0x41, 0xC1, 0xE1],
      (0...255).map { UInt8($0) },
    ]
    var found = 0
    for _ in 0..<20_000 {
      let alphabet = alphabets.randomElement(using: &random)!
      func bytes(_ range: ClosedRange<Int>) -> [UInt8] {
        (0..<Int.random(in: range, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
      }
      let wanted = bytes(1...6)
      var text = bytes(0...140)
      if Bool.random(using: &random), text.count >= wanted.count {
        let place = Int.random(in: 0...text.count - wanted.count, using: &random)
        text.replaceSubrange(place..<place + wanted.count, with: wanted)
      }
      // Memory of just this length, so that a look beyond its end is told by the address sanitizer.
      let room = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
      defer { room.deallocate() }
      room.copyBytes(from: text)
      let answer = SoughtBytes(wanted).place(in: UnsafeRawBufferPointer(room))
      try #require(answer == place(of: wanted, in: text), "\(wanted) in \(text), seed \(seed)")
      if answer != nil { found += 1 }
    }
    #expect(found > 2_000 && found < 18_000)
  }
}
