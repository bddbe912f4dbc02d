import Foundation

/// An IPv4 or IPv6 address as 128 bits; an IPv4 address is its IPv4-mapped IPv6 address, so that both spellings are equal.
public struct IPAddress: Hashable, Comparable, Sendable {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads an address in any of its usual spellings; nil for anything else, a CIDR range or a host name included.
  public init?(_ text: UnsafeBufferPointer<UInt8>) {
    // Nearly all are of this form, and nothing is made for them.
    if let bits = Self.plainBits(text) {
      self.init(high: 0, low: Self.mappedPrefix << 32 | UInt64(bits))
      return
    }
    // The longest spelling is an IPv4-mapped address of 45 characters.
    guard text.count >= 2, text.count <= 45, !text.contains(0) else { return nil }
    let isV6 = text.contains(UInt8(ascii: ":"))
    self.init(spelling: String(decoding: text, as: UTF8.self), isV6: isV6)
  }

  public init?(_ text: String) {
    var text = text
    guard let address = text.withUTF8({ IPAddress($0) }) else { return nil }
    self = address
  }

  private static let mappedPrefix: UInt64 = 0xFFFF

  /// The bits of an IPv4 address in four decimal parts without needless zeros, which is how `text` writes it; nil for any other text.
  public static func plainBits(_ text: UnsafeBufferPointer<UInt8>) -> UInt32? {
    guard text.count >= 7, text.count <= 15 else { return nil }
    var (bits, part, digits, dots) = (UInt32(0), UInt32(0), 0, 0)
    for byte in text {
      let digit = UInt32(byte &- 0x30)
      if digit < 10 {
        guard digits == 0 || part > 0 else { return nil }
        part = part * 10 + digit
        digits += 1
        guard part < 256 else { return nil }
      } else {
        guard byte == UInt8(ascii: "."), digits > 0, dots < 3 else { return nil }
        bits = bits << 8 | part
        (part, digits, dots) = (0, 0, dots + 1)
      }
    }
    return dots == 3 && digits > 0 ? bits << 8 | part : nil
  }

  /// The bits of an IPv4 address; nil for one of IPv6.
  public var bitsOfIPv4: UInt32? {
    high == 0 && low >> 32 == Self.mappedPrefix ? UInt32(truncatingIfNeeded: low) : nil
  }

  private init?(spelling: String, isV6: Bool) {
    if isV6 {
      var address = in6_addr()
      guard inet_pton(AF_INET6, spelling, &address) == 1 else { return nil }
      self = withUnsafeBytes(of: address) {
        IPAddress(
          high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
          low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
      }
    } else {
      var address = in_addr()
      guard inet_pton(AF_INET, spelling, &address) == 1 else { return nil }
      self.init(high: 0, low: Self.mappedPrefix << 32 | UInt64(UInt32(bigEndian: address.s_addr)))
    }
  }

  /// The address as Elasticsearch writes it: IPv4 in four parts, IPv6 in lower-case groups, of which the first longest run of
  /// at least two zeros is left out (RFC 5952, without its form for IPv4 at the end).
  public var text: String {
    if let bits = bitsOfIPv4 { return [24, 16, 8, 0].map { String(bits >> $0 & 0xFF) }.joined(separator: ".") }
    let groups = [high, low].flatMap { half in [48, 32, 16, 0].map { half >> UInt64($0) & 0xFFFF } }
    var longest = 0..<0
    var start = 0
    for (place, group) in groups.enumerated() {
      guard group == 0 else {
        start = place + 1
        continue
      }
      if place + 1 - start > longest.count { longest = start..<(place + 1) }
    }
    func joined(_ groups: ArraySlice<UInt64>) -> String {
      groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard longest.count > 1 else { return joined(groups[...]) }
    return joined(groups[..<longest.lowerBound]) + "::" + joined(groups[longest.upperBound...])
  }

  public static func < (left: IPAddress, right: IPAddress) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }

  /// The first and the last address of a CIDR range such as `10.0.0.0/8`; nil when the text is none.
  public static func range(cidr text: String) -> ClosedRange<IPAddress>? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPAddress(String(parts[0])), let length = Int(parts[1]) else { return nil }
    let isV4 = !parts[0].contains(":")
    guard length >= 0, length <= (isV4 ? 32 : 128) else { return nil }
    let prefix = isV4 ? length + 96 : length
    let highMask: UInt64 = prefix >= 64 ? .max : prefix == 0 ? 0 : .max << UInt64(64 - prefix)
    let lowMask: UInt64 = prefix <= 64 ? 0 : .max << UInt64(128 - prefix)
    return IPAddress(
      high: address.high & highMask, low: address.low & lowMask)...IPAddress(
        high: address.high | ~highMask, low: address.low | ~lowMask)
  }
}
