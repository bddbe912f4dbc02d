import Foundation
import JSON
import TestSupport
import Testing

struct JSONStringTests {
  private func unescaped(_ raw: String) -> String {
    var output: [UInt8] = []
    var raw = raw
    raw.withUTF8 { JSONString.appendUnescaped($0, to: &output) }
    return String(decoding: output, as: UTF8.self)
  }

  @Test("What is quoted reads back, by us and by Foundation", arguments: [UInt64.random(in: 0...UInt64.max), 5])
  func roundTrip(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<1500 {
      var text = ""
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let bound: UInt32 = [0x20, 0x80, 0x800, 0x10000, 0x110000].randomElement(using: &random)!
        // Foundation drops a byte order mark inside a string.
        if let scalar = Unicode.Scalar(UInt32.random(in: 0..<bound, using: &random)), scalar != "\u{FEFF}" {
          text.unicodeScalars.append(scalar)
        }
      }
      var quoted: [UInt8] = []
      JSONString.appendQuoted(text, to: &quoted)
      let inner = String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
      #expect(unescaped(inner).utf8.elementsEqual(text.utf8), "seed \(seed)")
      let buffer = TextBuffer(quoted)
      #expect(buffer.walk(StructuralIndexer()) == nil)
      let theirs = try JSONSerialization.jsonObject(with: Data(quoted), options: .fragmentsAllowed) as? String
      #expect(theirs?.utf8.elementsEqual(text.utf8) == true, "seed \(seed): \(inner)")
    }
  }

  @Test(
    "Escapes give their characters",
    arguments: [
      ("a\\nb", "a\nb"), ("\\b\\f\\n\\r\\t\\/\\\\\\\"", "\u{8}\u{C}\n\r\t/\\\""), ("\\u0041\\u00e9\\u20AC", "Aé€"),
      ("\\ud83d\\ude00", "😀"), ("\\uD83D\\uDE00!", "😀!"), ("\\ud83d", "\u{FFFD}"), ("\\ude00x", "\u{FFFD}x"),
      ("\\ud83d\\u0041", "\u{FFFD}A"), ("\\ud83d\\ud83d\\ude00", "\u{FFFD}😀"), ("\\u0000", "\u{0}"), ("", ""),
    ])
  func escapes(raw: String, value: String) { #expect(unescaped(raw) == value) }

  @Test(
    "Text that is no JSON string is unescaped without harm",
    arguments: ["\\", "a\\", "\\u12", "\\uzzzz", "\\ud83d\\u", "\\x"])
  func broken(raw: String) { #expect(unescaped(raw).utf8.count <= raw.utf8.count) }

  @Test("A backslash tells that a raw text has escapes")
  func hasEscapes() {
    for (text, expected) in [("", false), ("plain é", false), ("a\\n", true)] {
      var text = text
      let found = text.withUTF8 { JSONString.hasEscapes($0) }
      #expect(found == expected)
    }
  }

  @Test(
    "Numbers are those of RFC 8259",
    arguments: [
      ("0", true), ("-0", true), ("10", true), ("1.5", true), ("1e5", true), ("1E+5", true), ("-1.25e-10", true),
      ("123456789012345678901234567890", true), ("1e99999", true), ("", false), ("-", false), ("+1", false),
      ("01", false),
      ("-01", false), (".5", false), ("5.", false), ("1e", false), ("1e+", false), ("1.e5", false), ("0x10", false),
      ("1 ", false), ("NaN", false), ("1_000", false), ("٣", false), ("--1", false),
    ])
  func numbers(text: String, isValid: Bool) {
    var text = text
    let found = text.withUTF8 { JSONNumber.isValid($0) }
    #expect(found == isValid)
  }
}
