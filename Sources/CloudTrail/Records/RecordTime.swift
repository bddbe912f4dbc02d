import Events
import JSON

/// Times as exports write them, which ISO 8601 does not know.
enum RecordTime {
  /// True of null, and of a list that holds nothing else: a field without a value.
  static func isMissing(_ node: JSONNode) -> Bool {
    guard node.isArray else { return node.isNull }
    var isMissing = true
    node.forEachElement { if !$0.isNull { isMissing = false } }
    return isMissing
  }

  /// The instant that a record's time names; nil for what is none.
  static func of(_ node: JSONNode) -> Timestamp? { of(node) { $0.isString ? of($0.rawString) : nil } }

  /// The instant that a document's `@timestamp` names, which is read as a date field of Elasticsearch reads it; nil for what is
  /// none.
  static func ofDocument(_ node: JSONNode) -> Timestamp? {
    of(node) { $0.isString ? ofDocument($0.rawString) : nil }
  }

  private static func of(_ node: JSONNode, _ ofText: (JSONNode) -> Timestamp?) -> Timestamp? {
    if node.isString { return ofText(node) }
    if node.isArray {
      // Elasticsearch takes a list of one for its value, and passes over null.
      var elements: [JSONNode] = []
      node.forEachElement { if elements.count < 2, !$0.isNull { elements.append($0) } }
      guard elements.count == 1, let only = elements.first, !only.isArray else { return nil }
      return of(only, ofText)
    }
    return milliseconds(node)
  }

  private static func of(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    Timestamp(iso8601: text) ?? spaced(text)
  }

  /// The same of a text.
  static func ofDocument(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? { of(text) ?? date(text) }

  /// The instant that a text names with a blank between date and time, as Athena, CloudTrail Lake and CloudWatch Logs write
  /// it: `2026-01-31 10:00:00.000`, with a zone or ` UTC` behind it, UTC where there is none; nil for anything else.
  static func spaced(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    guard isSpaced(text), text.count <= 48 else { return nil }
    for zone in [" UTC", " Z"] where text.reversed().starts(with: zone.utf8.reversed()) {
      return joined(text, count: text.count - zone.utf8.count)
    }
    return joined(text, count: text.count)
  }

  /// The instant that a text names as a date field of Elasticsearch reads it: a date or a time that may stop after any
  /// part (`2026-01-31`, `2026-01-31T10:00Z`), or milliseconds since 1970; nil for anything else.
  static func date(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    guard text.count <= 40, !text.contains(UInt8(ascii: "|")),
      let date = try? DateMath(String(decoding: text, as: UTF8.self)), !date.isRelative
    else { return nil }
    return date.resolve(now: Timestamp(milliseconds: 0), roundingUp: false)
  }

  /// True for a text that is no time of ISO 8601 to the second, so that it is kept as one.
  static func isForeign(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    text.count < 19 || text[10] == 0x20 || text[16] != UInt8(ascii: ":")
  }

  /// True for a text with a blank where ISO 8601 has a T.
  static func isSpaced(_ text: UnsafeBufferPointer<UInt8>) -> Bool { text.count >= 19 && text[10] == 0x20 }

  private static func joined(_ text: UnsafeBufferPointer<UInt8>, count: Int) -> Timestamp? {
    var copy = Array(text[..<count])
    copy[10] = UInt8(ascii: "T")
    return copy.withUnsafeBufferPointer { Timestamp(iso8601: $0) }
  }

  /// The instant that a number of milliseconds since 1970 names; nil for what is no whole number, and beyond the calendar,
  /// where there is no time, and arithmetic on it would not end well.
  static func milliseconds(_ node: JSONNode) -> Timestamp? {
    guard isNumber(node) else { return nil }
    return Int64(String(decoding: node.rawScalar, as: UTF8.self)).flatMap(instant)
  }

  /// The instant that a number since 1970 names: seconds below 10¹¹ (the year 5138), milliseconds from there on.
  static func epoch(_ node: JSONNode) -> Timestamp? {
    guard isNumber(node), let number = Double(String(decoding: node.rawScalar, as: UTF8.self)), number.isFinite else {
      return nil
    }
    let milliseconds = number.magnitude < 1e11 ? number * 1000 : number
    guard milliseconds.magnitude < 1e15 else { return nil }
    return instant(Int64(milliseconds.rounded(.down)))
  }

  private static func isNumber(_ node: JSONNode) -> Bool {
    !(node.isString || node.isObject || node.isArray || node.isNull || node.isBoolean)
  }

  private static func instant(_ milliseconds: Int64) -> Timestamp? {
    let time = Timestamp(milliseconds: milliseconds)
    return (Timestamp.earliest...Timestamp.latest).contains(time) ? time : nil
  }
}
