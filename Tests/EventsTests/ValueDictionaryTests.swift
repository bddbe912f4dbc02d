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

  @Test(
    "The values of another dictionary are added once each, whether they are found in it or not, into room that was made",
    arguments: [UInt64.random(in: 0...UInt64.max), 3])
  func joining(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    func add(_ text: String, _ kind: ScalarKind, to dictionary: inout ValueDictionary, isUnseen: Bool) -> UInt32 {
      var text = text
      return text.withUTF8 {
        isUnseen ? dictionary.append(Scalar(kind, $0)) : dictionary.insert(Scalar(kind, $0))
      }
    }
    for _ in 0..<50 {
      var joined = ValueDictionary()
      if Bool.random(using: &random) {
        joined.reserve(
          values: Int.random(in: 0...2000, using: &random), bytes: Int.random(in: 0...4000, using: &random))
      }
      var expected: [String: UInt32] = [:]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        var part = ValueDictionary()
        let isUnseen = Bool.random(using: &random)
        var values: [String] = [""]
        for _ in 0..<Int.random(in: 0...300, using: &random) {
          let text = "v\(Int.random(in: 0...400, using: &random))"
          let kind: ScalarKind = Bool.random(using: &random) ? .string : .number
          let code = add(text, kind, to: &part, isUnseen: isUnseen)
          if Int(code) == values.count { values.append("\(kind) \(text)") }
        }
        let copy = joined
        let before = copy.count
        let codes = joined.insert(allOf: part)
        try #require(codes.count == values.count && codes[0] == 0, "seed \(seed)")
        for (value, code) in zip(values, codes).dropFirst() {
          let known = expected[value] ?? UInt32(expected.count + 1)
          expected[value] = known
          try #require(code == known, "seed \(seed): \(value)")
          try #require("\(joined.kind(code)) \(joined.text(code))" == value, "seed \(seed)")
        }
        try #require(joined.count == expected.count && copy.count == before, "seed \(seed)")
      }
    }
  }
}
