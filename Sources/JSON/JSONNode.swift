/// A value in indexed text that a `JSONWalker` has accepted: a place, not a copy.
public struct JSONNode {
  public let index: StructuralIndex
  /// The token at which the value starts.
  public let token: Int

  @inlinable
  public init(_ index: StructuralIndex, token: Int) {
    self.index = index
    self.token = token
  }

  @inlinable public var firstByte: UInt8 { index.byte(token) }
  @inlinable public var isObject: Bool { firstByte == UInt8(ascii: "{") }
  @inlinable public var isArray: Bool { firstByte == UInt8(ascii: "[") }
  @inlinable public var isString: Bool { firstByte == UInt8(ascii: "\"") }
  @inlinable public var isNull: Bool { firstByte == UInt8(ascii: "n") }
  @inlinable public var isBoolean: Bool { firstByte == UInt8(ascii: "t") || firstByte == UInt8(ascii: "f") }
  @inlinable public var isTrue: Bool { firstByte == UInt8(ascii: "t") }

  /// The bytes between a string's quotes, escapes as written.
  @inlinable public var rawString: UnsafeBufferPointer<UInt8> { index.rawString(token) }
  /// The text of a number or literal.
  @inlinable public var rawScalar: UnsafeBufferPointer<UInt8> { index.rawScalar(token) }

  /// The value of a string; nil for anything else.
  public var string: String? {
    guard isString else { return nil }
    let raw = rawString
    guard JSONString.hasEscapes(raw) else { return String(decoding: raw, as: UTF8.self) }
    var value: [UInt8] = []
    JSONString.appendUnescaped(raw, to: &value)
    return String(decoding: value, as: UTF8.self)
  }

  /// How many tokens the value takes.
  public var tokenCount: Int { index.tokenAfter(token) - token }

  /// The source text of the value.
  public var sourceText: UnsafeBufferPointer<UInt8> {
    let start = index.offset(token)
    if isString { return UnsafeBufferPointer(start: index.bytes + start, count: index.closingQuote(token) + 1 - start) }
    guard isObject || isArray else { return rawScalar }
    let end = index.offset(index.tokenAfter(token) - 1) + 1
    return UnsafeBufferPointer(start: index.bytes + start, count: end - start)
  }

  /// Calls `body` with the raw key and the value of each member of an object, in order; does nothing for other values.
  @inlinable
  public func forEachMember(_ body: (UnsafeBufferPointer<UInt8>, JSONNode) throws -> Void) rethrows {
    guard isObject else { return }
    var at = token + 1
    while index.byte(at) == UInt8(ascii: "\"") {
      let value = at + 2
      try body(index.rawString(at), JSONNode(index, token: value))
      at = index.tokenAfter(value)
      guard index.byte(at) == UInt8(ascii: ",") else { return }
      at += 1
    }
  }

  /// Calls `body` with each element of an array, in order; does nothing for other values.
  @inlinable
  public func forEachElement(_ body: (JSONNode) throws -> Void) rethrows {
    guard isArray else { return }
    var at = token + 1
    guard index.byte(at) != UInt8(ascii: "]") else { return }
    while true {
      try body(JSONNode(index, token: at))
      at = index.tokenAfter(at)
      guard index.byte(at) == UInt8(ascii: ",") else { return }
      at += 1
    }
  }

  /// The value of the first member whose raw key is `key`, which holds no escapes.
  @inlinable
  public func member(_ key: StaticString) -> JSONNode? {
    guard isObject else { return nil }
    var at = token + 1
    while index.byte(at) == UInt8(ascii: "\"") {
      if index.rawString(at).equals(key) { return JSONNode(index, token: at + 2) }
      at = index.tokenAfter(at + 2)
      guard index.byte(at) == UInt8(ascii: ",") else { return nil }
      at += 1
    }
    return nil
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// True when the bytes are those of `text`.
  @inlinable @inline(__always)
  public func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    let other = text.utf8Start
    for at in 0..<count where self[at] != other[at] { return false }
    return true
  }
}
