import Events

/// Characters each of which parts words, where everything else belongs to one.
struct WordSeparators: Sendable {
  private enum Beyond: Sendable {
    case set(ScalarSet)
    case noLetters
    case whitespace
  }

  /// Which characters of ASCII part words, a bit for each.
  private let ascii: (low: UInt64, high: UInt64)
  private let beyond: Beyond

  /// Everything that Java calls no letter.
  static let noLetters = WordSeparators(.noLetters)
  /// What Java calls white space.
  static let whitespace = WordSeparators(.whitespace)

  /// Nil where an expression matches other texts than runs of some characters.
  init?(_ expression: TextAnalysis.JavaExpression) {
    guard expression.flags.isEmpty, let set = JavaCharacterClass.set(repeated: expression.pattern) else { return nil }
    self.init(.set(set))
  }

  private init(_ beyond: Beyond) {
    var bits: (low: UInt64, high: UInt64) = (0, 0)
    for value in UInt32(0)..<64 where Self.parts(value, beyond) { bits.low |= 1 << UInt64(value) }
    for value in UInt32(64)..<128 where Self.parts(value, beyond) { bits.high |= 1 << UInt64(value - 64) }
    ascii = bits
    self.beyond = beyond
  }

  private static func parts(_ value: UInt32, _ beyond: Beyond) -> Bool {
    guard let scalar = Unicode.Scalar(value) else { return true }
    switch beyond {
    case .set(let set): return set.contains(scalar)
    case .noLetters:
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return false
      default: return true
      }
    case .whitespace:
      switch value {
      case 0x09...0x0D, 0x1C...0x1F: return true
      // Blanks at which no line may be broken part no words.
      case 0xA0, 0x2007, 0x202F: return false
      default: break
      }
      switch scalar.properties.generalCategory {
      case .spaceSeparator, .lineSeparator, .paragraphSeparator: return true
      default: return false
      }
    }
  }

  /// Calls `body` with what stands between separators, where there is anything.
  func forEachWord(in text: String, _ body: (String) -> Void) {
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      var at = 0
      func end(_ next: Int) {
        if at > start { body(String(decoding: bytes[start..<at], as: UTF8.self)) }
        start = next
      }
      while at < bytes.count {
        let byte = bytes[at]
        if byte < 0x80 {
          let bits = byte < 64 ? ascii.low : ascii.high
          if bits >> UInt64(byte & 63) & 1 != 0 { end(at + 1) }
          at += 1
        } else {
          // Texts are sound UTF-8.
          let width = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
          let next = min(at + width, bytes.count)
          var value = UInt32(byte) & (0x7F >> UInt32(width))
          for more in bytes[(at + 1)..<next] { value = value << 6 | UInt32(more & 0x3F) }
          if Self.parts(value, beyond) { end(next) }
          at = next
        }
      }
      end(at)
    }
  }
}
