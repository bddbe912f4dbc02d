import JSON

/// A policy as an event carries it, made readable and bounded.
public struct PolicyText: Hashable, Sendable {
  /// The most bytes that are kept, blanks left out where there are more; several times what AWS takes for any policy.
  public static let limit = 65_536

  /// The policy: text as it was sent, or an object of the event written on one line.
  public let text: String
  /// True when the text is longer than `limit` and only its beginning is here.
  public let isCut: Bool

  /// Takes a policy from a text, percent-encoded or not, or from an object; nil when the value is neither or is empty.
  public init?(_ value: JSONValue?) {
    switch value {
    case .string(let text): self.init(text)
    case .object: self.init(value.map(CustomaryJSON.text) ?? "")
    default: return nil
    }
  }

  /// Takes a policy from a text, percent-encoded or not; nil when it is empty.
  public init?(_ text: String) {
    let decoded = Self.decoded(text)
    guard !decoded.isEmpty else { return nil }
    // Blanks do not count towards the size of a policy at AWS, and are no way past this bound either.
    let kept = decoded.utf8.count > Self.limit ? Self.withoutBlanks(decoded) : decoded
    isCut = kept.utf8.count > Self.limit
    self.text = isCut ? String(decoding: kept.utf8.prefix(Self.limit), as: UTF8.self) : kept
  }

  /// The policy on one line; as it was when it is no JSON.
  private static func withoutBlanks(_ text: String) -> String {
    guard let value = try? JSONValue(parsing: text) else { return text }
    return CustomaryJSON.text(value)
  }

  /// Answers of IAM have their policies percent-encoded (RFC 3986); requests have them plain. A policy starts with a brace.
  private static func decoded(_ text: String) -> String {
    guard text.utf8.first == UInt8(ascii: "%") else { return text }
    let bytes = Array(text.utf8)
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var at = 0
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "%"), at + 2 < bytes.count, let high = digit(bytes[at + 1]),
        let low = digit(bytes[at + 2])
      {
        output.append(high << 4 | low)
        at += 3
      } else {
        output.append(bytes[at])
        at += 1
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 0x30
    case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): (byte | 0x20) - 0x61 + 10
    default: nil
    }
  }
}
