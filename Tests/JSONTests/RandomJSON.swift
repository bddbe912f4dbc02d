import TestSupport

/// Makes random JSON texts, and spoils them.
struct RandomJSON {
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  private mutating func any<Element>(_ choices: [Element]) -> Element { choices.randomElement(using: &random)! }

  private mutating func space() -> String { any(["", "", "", " ", "\n", "\t\r ", "  "]) }

  mutating func string() -> String {
    let pieces = [
      "a", "key", " ", "é", "😀", "\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u00e9", "\\ud83d\\ude00", "\\t", "{", "}",
      "[", "]", ":",
      ",", "\u{7f}", "\\b\\f\\r", "\\uABCD", "漢", "0123456789012345678901234567890123456789012345678901234567890123",
    ]
    return "\"" + (0..<Int.random(in: 0...4, using: &random)).map { _ in any(pieces) }.joined() + "\""
  }

  mutating func value(depth: Int = 4) -> String {
    let text: String
    switch Int.random(in: 0...(depth > 0 ? 7 : 4), using: &random) {
    case 0: text = any(["true", "false", "null"])
    case 1, 2:
      text = any([
        "0", "-0", "1", "-1", "10", "3.25", "-0.5", "1e3", "1E-3", "2.5e+10", "9223372036854775807", "123456789012",
      ])
    case 3, 4: text = string()
    case 5:
      let parts = (0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth: depth - 1) }
      text = "[" + space() + parts.joined(separator: ",") + "]"
    default:
      let parts = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        space() + string() + space() + ":" + value(depth: depth - 1)
      }
      text = "{" + space() + parts.joined(separator: ",") + "}"
    }
    return space() + text + space()
  }

  /// The text with a few of its bytes changed, removed, doubled or moved, or cut off.
  mutating func spoiled(_ text: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      guard !bytes.isEmpty else { break }
      let at = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0...6, using: &random) {
      case 0: bytes[at] = any(Array("{}[]:,\"\\/tfnu0123456789.eE+- \n\tx".utf8))
      case 1: bytes.remove(at: at)
      case 2: bytes.insert(any(Array("{}[]:,\"\\ 0-.e".utf8)), at: at)
      case 3: bytes[at] = any([0, 0x80, 0xC0, 0xFF, 0xED, 0x01, 0x1F, 0x7F, 0x0C])
      case 4: bytes.removeSubrange(at...)
      case 5: bytes.swapAt(at, Int.random(in: 0..<bytes.count, using: &random))
      default:
        let end = min(bytes.count, at + Int.random(in: 1...6, using: &random))
        bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0...bytes.count, using: &random))
      }
    }
    return bytes
  }
}
