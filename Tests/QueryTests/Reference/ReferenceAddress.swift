/// IP addresses as sixteen bytes; IPv4 stands as its IPv6 mapping, so that the two compare.
enum ReferenceAddress {
  /// An address with the count of leading bits that a network fixes.
  struct Network {
    var bytes: [UInt8]
    var bits: Int
  }

  static func bytes(_ text: String) -> [UInt8]? {
    if let four = four(text) { return [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + four }
    return six(text)
  }

  /// An address, or a network in CIDR form.
  static func network(_ text: String) -> Network? {
    guard let slash = text.firstIndex(of: "/") else { return bytes(text).map { Network(bytes: $0, bits: 128) } }
    let address = String(text[..<slash])
    let length = text[text.index(after: slash)...]
    guard let bytes = bytes(address), let bits = decimal(length, most: 128) else { return nil }
    if address.contains(":") { return Network(bytes: bytes, bits: bits) }
    return bits <= 32 ? Network(bytes: bytes, bits: 96 + bits) : nil
  }

  static func holds(_ network: Network, _ address: [UInt8]) -> Bool {
    (0..<network.bits).allSatisfy { bit in
      let mask = UInt8(0x80) >> (bit % 8)
      return network.bytes[bit / 8] & mask == address[bit / 8] & mask
    }
  }

  private static func decimal(_ text: Substring, most: Int) -> Int? {
    guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    guard text == "0" || !text.hasPrefix("0"), let number = Int(text), number <= most else { return nil }
    return number
  }

  private static func four(_ text: String) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    let numbers = parts.compactMap { decimal($0, most: 255) }
    return numbers.count == 4 ? numbers.map { UInt8($0) } : nil
  }

  private static func six(_ text: String) -> [UInt8]? {
    guard let gap = text.firstRange(of: "::") else {
      let bytes = groups(text[...])
      return bytes?.count == 16 ? bytes : nil
    }
    guard let head = groups(text[..<gap.lowerBound], mayEndInFour: false), let tail = groups(text[gap.upperBound...])
    else { return nil }
    // The gap stands for at least one group.
    guard head.count + tail.count <= 14 else { return nil }
    return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
  }

  /// The bytes of groups joined by colons, of which the last may be an IPv4 address.
  private static func groups(_ text: Substring, mayEndInFour: Bool = true) -> [UInt8]? {
    if text.isEmpty { return [] }
    var bytes: [UInt8] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (at, part) in parts.enumerated() {
      if mayEndInFour, at == parts.count - 1, let four = four(String(part)) {
        bytes += four
        continue
      }
      guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
        let number = UInt16(part, radix: 16)
      else { return nil }
      bytes += [UInt8(number >> 8), UInt8(number & 0xFF)]
    }
    return bytes
  }
}
