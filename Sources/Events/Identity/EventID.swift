/// The identity of an event: a UUID's 128 bits, or the first 128 of a SHA-256 where there is no UUID.
public struct EventID: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public static func < (left: EventID, right: EventID) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }

  /// The id of a text as `text` gives it; nil for any other.
  public init?(text: String) {
    guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16),
      let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  /// The 128 bits as 32 hexadecimal digits.
  public var text: String {
    [high, low].map { part in
      let digits = String(part, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}

/// Which event a record tells: an id within a data stream and an account.
public struct EventIdentity: Hashable, Sendable, BitwiseCopyable {
  public var id: EventID
  /// The data stream and the account, as a hash.
  public var scope: UInt32

  public init(_ id: EventID, scope: UInt32 = 0) {
    self.id = id
    self.scope = scope
  }
}

extension EventID {
  /// The 128 bits in the form of a UUID.
  public var uuidText: String {
    let digits = Array(text)
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
  }
}
