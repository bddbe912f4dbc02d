import Foundation

extension JSONValue {
  /// Parses a text that holds one JSON value and white space.
  ///
  /// Of members with one key the last one holds. Nesting and strings are bounded by `JSONLimits`. Throws
  /// `JSONTextError`.
  public init(parsing text: String) throws(JSONTextError) {
    try self.init(parsing: Array(text.utf8)[...])
  }

  /// Parses bytes that hold one JSON value and white space; throws `JSONTextError`.
  public init(parsing bytes: ArraySlice<UInt8>) throws(JSONTextError) {
    self = try JSONDocument(bytes).value()
  }

  /// Copies a value out of text that a `JSONWalker` has accepted.
  public init(_ node: JSONNode) {
    switch node.firstByte {
    case UInt8(ascii: "{"):
      var members: [String: JSONValue] = [:]
      node.forEachMember { key, member in members[JSONString.value(key)] = JSONValue(member) }
      self = .object(members)
    case UInt8(ascii: "["):
      var elements: [JSONValue] = []
      node.forEachElement { elements.append(JSONValue($0)) }
      self = .array(elements)
    case UInt8(ascii: "\""): self = .string(JSONString.value(node.rawString))
    case UInt8(ascii: "t"): self = .bool(true)
    case UInt8(ascii: "f"): self = .bool(false)
    case UInt8(ascii: "n"): self = .null
    default:
      self = Self.number(node.rawScalar)
    }
  }

  private static func number(_ text: UnsafeBufferPointer<UInt8>) -> JSONValue {
    let raw = text
    let text = String(decoding: text, as: UTF8.self)
    if let whole = Int64(text), text != "-0" { return .integer(whole) }
    guard let value = Double(text), value.isFinite else { return .number(text) }
    var written = value.description
    // What is printed must be the number that was read, not only the `Double` nearest to it.
    let isSame = written.withUTF8 { JSONNumber.areEqual($0, raw) }
    return isSame ? .double(value) : .number(text)
  }
}

extension JSONString {
  /// The value of a string's raw text, which a `JSONWalker` has accepted.
  public static func value(_ raw: UnsafeBufferPointer<UInt8>) -> String {
    guard hasEscapes(raw) else { return String(decoding: raw, as: UTF8.self) }
    var value: [UInt8] = []
    value.reserveCapacity(raw.count)
    appendUnescaped(raw, to: &value)
    return String(decoding: value, as: UTF8.self)
  }
}
