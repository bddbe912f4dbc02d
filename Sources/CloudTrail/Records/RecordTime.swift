import Events

/// Times as exports write them, which ISO 8601 does not know.
enum RecordTime {
  /// The instant that a text names with a blank between date and time, as Athena, CloudTrail Lake and CloudWatch Logs write
  /// it: `2026-01-31 10:00:00.000`, with a zone or ` UTC` behind it, UTC where there is none; nil for anything else.
  static func spaced(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    guard isSpaced(text), text.count <= 48 else { return nil }
    for zone in [" UTC", " Z"] where text.reversed().starts(with: zone.utf8.reversed()) {
      return joined(text, count: text.count - zone.utf8.count)
    }
    return joined(text, count: text.count)
  }

  /// True for a text with a blank where ISO 8601 has a T.
  static func isSpaced(_ text: UnsafeBufferPointer<UInt8>) -> Bool { text.count >= 19 && text[10] == 0x20 }

  private static func joined(_ text: UnsafeBufferPointer<UInt8>, count: Int) -> Timestamp? {
    var copy = Array(text[..<count])
    copy[10] = UInt8(ascii: "T")
    return copy.withUnsafeBufferPointer { Timestamp(iso8601: $0) }
  }
}
