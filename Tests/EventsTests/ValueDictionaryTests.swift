import Events
import TestSupport
import Testing

/// The distinct values of a column.
struct ValueDictionaryTests {
  @Test(
    "Equal values of one kind have one code, all others codes of their own",
    arguments: [UInt64.random(in: 0...UInt64.max), 6], [false, true])
  func codes(seed: UInt64, remembersLately: Bool) {
    struct Value: Hashable {
      var kind: ScalarKind
      var bytes: [UInt8]
    }
    var random = SeededRandom(seed: seed)
    var dictionary = ValueDictionary(remembersLately: remembersLately)
    for _ in 0..<4 {
      var codes: [Value: UInt32] = [:]
      for _ in 0..<6000 {
        // Few letters and lengths of every kind make values that differ in one place.
        var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: Int.random(in: 0...50, using: &random))
        for _ in 0..<Int.random(in: 0...2, using: &random) where !bytes.isEmpty {
          bytes[bytes.indices.randomElement(using: &random)!] = UInt8.random(in: 0x61...0x63, using: &random)
        }
        let value = Value(kind: [.string, .number, .boolean].randomElement(using: &random)!, bytes: bytes)
        let code = bytes.withUnsafeBufferPointer { dictionary.insert(Scalar(value.kind, $0)) }
        let expected = codes[value] ?? UInt32(codes.count + 1)
        codes[value] = expected
        if code != expected { Issue.record("seed \(seed): \(value) has \(code), not \(expected)") }
      }
      for (value, code) in codes {
        #expect(dictionary.kind(code) == value.kind)
        #expect(Array(dictionary.text(code).utf8) == value.bytes)
      }
      #expect(dictionary.count == codes.count)
      dictionary.removeAll()
      #expect(dictionary.count == 0)
    }
  }
}
