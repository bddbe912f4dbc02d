/// A version as fields of type `version` order it: by the rules of semantic versioning, with any count of numbers; texts
/// that are none come after all that are.
public struct SemanticVersion: Hashable, Comparable, Sendable {
  /// The version as written.
  public let text: String

  /// Bytes whose order is that of versions, as the index keeps them: of a legal version each run of digits that counts as a
  /// number has a mark and its length before it, and what stands before a pre-release sorts before what has none.
  private let key: [UInt8]

  /// More parts between points than this make no version.
  private static let mostParts = 32
  /// The longest run of digits.
  private static let mostDigits = 127

  private static let number: UInt8 = 1
  private static let preReleaseFollows: UInt8 = 2
  private static let noPreRelease: UInt8 = 3

  public init(_ text: String) {
    self.text = text
    let bytes = Array(text.utf8)
    // What no version is sorts behind all that are, which begin with a mark; so does nothing at all.
    key = Self.key(bytes[...]) ?? (bytes.isEmpty ? [Self.noPreRelease] : bytes)
  }

  /// Nil for what is no legal version.
  private static func key(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var main = bytes
    let build = cut(&main, at: UInt8(ascii: "+"))
    let preRelease = cut(&main, at: UInt8(ascii: "-"))
    guard let numbers = parts(main), numbers.allSatisfy(isNumber) else { return nil }
    var key = Array(numbers.map(marked).joined(separator: [UInt8(ascii: ".")]))
    if let preRelease {
      guard let parts = parts(preRelease),
        parts.allSatisfy({ isNumber($0) || isWord($0) && $0.contains { !isDigit($0) } })
      else { return nil }
      key += [preReleaseFollows, UInt8(ascii: "-")]
      key += parts.map { isNumber($0) ? marked($0) : Array($0) }.joined(separator: [UInt8(ascii: ".")])
    } else {
      key.append(noPreRelease)
    }
    if let build {
      guard let parts = parts(build), parts.allSatisfy(isWord) else { return nil }
      key.append(UInt8(ascii: "+"))
      key += build
    }
    return key
  }

  /// Takes off what stands behind a sign, unless the text begins with it.
  private static func cut(_ bytes: inout ArraySlice<UInt8>, at sign: UInt8) -> ArraySlice<UInt8>? {
    guard let place = bytes.firstIndex(of: sign), place > bytes.startIndex else { return nil }
    defer { bytes = bytes[..<place] }
    return bytes[(place + 1)...]
  }

  private static func parts(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
    let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: mostParts, omittingEmptySubsequences: false)
    return parts.count > mostParts ? nil : parts
  }

  private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

  /// Digits without zeros before them.
  private static func isNumber(_ part: ArraySlice<UInt8>) -> Bool {
    !part.isEmpty && part.count <= mostDigits && part.allSatisfy(isDigit) && (part.count == 1 || part.first != 0x30)
  }

  /// Letters, digits and hyphens.
  private static func isWord(_ part: ArraySlice<UInt8>) -> Bool {
    !part.isEmpty && part.allSatisfy { isDigit($0) || 0x61...0x7A ~= $0 | 0x20 || $0 == UInt8(ascii: "-") }
  }

  private static func marked(_ digits: ArraySlice<UInt8>) -> [UInt8] { [number, UInt8(digits.count) | 0x80] + digits }

  public static func == (left: SemanticVersion, right: SemanticVersion) -> Bool { Value.equal(left.text, right.text) }

  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }

  public static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
    left.key.lexicographicallyPrecedes(right.key)
  }
}
