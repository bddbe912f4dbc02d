import Foundation

/// Checks the grammar of indexed JSON while stepping over values: simdjson's first stage, then this instead of its second.
///
/// Compared with building a DOM this writes nothing, and it keeps every value's place in the source. It accepts exactly
/// what simdjson's DOM parse accepts, save that numbers may be of any size, an escaped surrogate may stand alone (cut text
/// has such), nesting is bounded by `JSONLimits.depth` and strings by `JSONLimits.stringBytes`; a test holds the two equal.
public struct JSONWalker {
  public let index: StructuralIndex
  /// Offset of the next backslash at or after the last one that was looked at; the text's end when there is none.
  @usableFromInline var nextBackslash: Int
  @usableFromInline let end: Int
  /// What was wrong, after a step has returned `JSONWalker.failed`.
  public private(set) var fault: JSONFault = .unexpectedCharacter
  /// The offset in the text at which it was wrong.
  public private(set) var faultOffset = 0

  /// Set when a backslash is met in a string; for the caller to reset.
  public var metBackslash = false

  /// What `skip` returns for text that it refuses.
  public static let failed = -1

  public init(_ index: StructuralIndex) {
    self.index = index
    end = index.offset(index.count)
    nextBackslash = 0
    nextBackslash = backslash(from: 0)
  }

  /// Checks the value at `token` and returns the token after it, or `failed`.
  public mutating func skip(_ token: Int) -> Int {
    let bytes = index.bytes
    let positions = index.positions
    var token = token
    var depth = 0
    // A bit for each open container, the innermost lowest: 1 for an object.
    var objects: UInt64 = 0
    while true {
      // A value starts at `token`.
      switch bytes[Int(positions[token])] {
      case UInt8(ascii: "\""):
        guard checkString(token) else { return Self.failed }
        token += 1
      case UInt8(ascii: "{"):
        if bytes[Int(positions[token + 1])] == UInt8(ascii: "}") {
          token += 2
        } else {
          guard depth < JSONLimits.depth else { return fail(.tooDeep, token) }
          depth += 1
          objects = objects << 1 | 1
          token += 1
          guard checkKey(token) else { return Self.failed }
          token += 2
          continue
        }
      case UInt8(ascii: "["):
        if bytes[Int(positions[token + 1])] == UInt8(ascii: "]") {
          token += 2
        } else {
          guard depth < JSONLimits.depth else { return fail(.tooDeep, token) }
          depth += 1
          objects <<= 1
          token += 1
          continue
        }
      default:
        guard checkScalar(token) else { return Self.failed }
        token += 1
      }
      // A value has ended before `token`.
      while true {
        if depth == 0 { return token }
        let byte = bytes[Int(positions[token])]
        if byte == UInt8(ascii: ",") {
          token += 1
          if objects & 1 == 1 {
            guard checkKey(token) else { return Self.failed }
            token += 2
          }
          break
        }
        guard byte == (objects & 1 == 1 ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          return fail(token >= index.count ? .unexpectedEnd : .unexpectedCharacter, token)
        }
        depth -= 1
        objects >>= 1
        token += 1
      }
    }
  }

  /// True when a key and its colon start at `token`.
  @inline(__always)
  public mutating func checkKey(_ token: Int) -> Bool {
    guard index.byte(token) == UInt8(ascii: "\"") else { return refuse(.unexpectedCharacter, token) }
    guard checkString(token) else { return false }
    guard index.byte(token + 1) == UInt8(ascii: ":") else { return refuse(.unexpectedCharacter, token + 1) }
    return true
  }

  /// True when the string that starts at `token` is a valid one.
  @inline(__always)
  public mutating func checkString(_ token: Int) -> Bool {
    let start = Int(index.positions[token])
    let next = Int(index.positions[token + 1])
    if next - start > JSONLimits.stringBytes, index.rawString(token).count > JSONLimits.stringBytes {
      return refuse(.stringTooLong, token)
    }
    return nextBackslash >= next ? true : checkEscapes(start, next, token)
  }

  /// The string at `start` may hold backslashes: checks each, and finds the next one beyond the string.
  private mutating func checkEscapes(_ start: Int, _ next: Int, _ token: Int) -> Bool {
    let bytes = index.bytes
    if nextBackslash < start { nextBackslash = backslash(from: start) }
    while nextBackslash < next {
      metBackslash = true
      switch bytes[nextBackslash + 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
        UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
        nextBackslash = backslash(from: nextBackslash + 2)
      case UInt8(ascii: "u"):
        guard JSONString.hexUnit(bytes + nextBackslash + 2) != nil else { return refuse(.badEscape, token) }
        nextBackslash = backslash(from: nextBackslash + 6)
      default:
        return refuse(.badEscape, token)
      }
    }
    return true
  }

  private func backslash(from start: Int) -> Int {
    guard start < end else { return end }
    guard let found = memchr(index.bytes + start, 0x5C, end - start) else { return end }
    return UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - index.bytes
  }

  private mutating func checkScalar(_ token: Int) -> Bool {
    guard token < index.count else { return refuse(.unexpectedEnd, token) }
    let text = index.rawScalar(token)
    // A bare control character counts as a scalar, and is trimmed like white space.
    guard !text.isEmpty else { return refuse(.unexpectedCharacter, token) }
    switch text[0] {
    case UInt8(ascii: "t"): return text.equals("true") || refuse(.badLiteral, token)
    case UInt8(ascii: "f"): return text.equals("false") || refuse(.badLiteral, token)
    case UInt8(ascii: "n"): return text.equals("null") || refuse(.badLiteral, token)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return JSONNumber.isValid(text) || refuse(.badNumber, token)
    default: return refuse(.unexpectedCharacter, token)
    }
  }

  @inline(never)
  public mutating func fail(_ fault: JSONFault, _ token: Int) -> Int {
    self.fault = fault
    faultOffset = index.offset(min(token, index.count))
    return Self.failed
  }

  @inline(never)
  private mutating func refuse(_ fault: JSONFault, _ token: Int) -> Bool {
    _ = fail(fault, token)
    return false
  }
}
