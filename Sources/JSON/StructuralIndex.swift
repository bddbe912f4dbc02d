/// Where the structural characters and the scalars of a JSON text start, as simdjson's first stage finds them.
///
/// A view: `bytes` and `positions` belong to others. `positions` holds two more entries than `count`, both the length of
/// the text, where at least one zero byte stands: reading one token too far meets a byte that no rule of grammar takes.
public struct StructuralIndex {
  public let bytes: UnsafePointer<UInt8>
  public let positions: UnsafePointer<UInt32>
  public let count: Int

  @inlinable
  public init(bytes: UnsafePointer<UInt8>, positions: UnsafePointer<UInt32>, count: Int) {
    self.bytes = bytes
    self.positions = positions
    self.count = count
  }

  /// The offset in the text at which token `token` starts.
  @inlinable @inline(__always)
  public func offset(_ token: Int) -> Int { Int(positions[token]) }

  /// The first byte of token `token`.
  @inlinable @inline(__always)
  public func byte(_ token: Int) -> UInt8 { bytes[Int(positions[token])] }

  /// The offset of the closing quote of the string that starts at `token`.
  @inlinable @inline(__always)
  public func closingQuote(_ token: Int) -> Int {
    var end = Int(positions[token + 1]) - 1
    // Only white space can stand between a string's end and the next token.
    while bytes[end] != UInt8(ascii: "\"") { end -= 1 }
    return end
  }

  /// The bytes between the quotes of the string at `token`, escapes as written.
  @inlinable @inline(__always)
  public func rawString(_ token: Int) -> UnsafeBufferPointer<UInt8> {
    let start = offset(token) + 1
    return UnsafeBufferPointer(start: bytes + start, count: closingQuote(token) - start)
  }

  /// The text of the number or literal at `token`.
  @inlinable
  public func rawScalar(_ token: Int) -> UnsafeBufferPointer<UInt8> {
    let start = offset(token)
    var end = Int(positions[token + 1])
    // Other control characters are no white space: they belong to the scalar, which is refused for them.
    while end > start, isSpace(bytes[end - 1]) { end -= 1 }
    return UnsafeBufferPointer(start: bytes + start, count: end - start)
  }

  @inlinable @inline(__always)
  func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  /// The token after the value at `token`, in text that a `JSONWalker` has accepted.
  @inlinable
  public func tokenAfter(_ token: Int) -> Int {
    let first = byte(token)
    var next = token + 1
    guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return next }
    var depth = 1
    while depth > 0 {
      // Brackets and braces differ in this bit. Which of them comes next nobody can foretell: no branch depends on it.
      let kind = byte(next) | 0x20
      depth &+= (kind == UInt8(ascii: "{") ? 1 : 0) &- (kind == UInt8(ascii: "}") ? 1 : 0)
      next &+= 1
    }
    return next
  }
}
