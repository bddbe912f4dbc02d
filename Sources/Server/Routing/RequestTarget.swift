/// The path and the query of a request's line.
struct RequestTarget {
  var path: [String]
  var query: [(name: String, value: String)]

  /// Nil where it is not one: a percent sign without two digits, bytes that are no UTF-8, a control character, too many parts.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    let end = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
    path = []
    for part in bytes[..<end].split(separator: UInt8(ascii: "/")) {
      guard let decoded = Self.decode(part, plusIsSpace: false) else { return nil }
      path.append(decoded)
      if path.count > Self.mostParts { return nil }
    }
    query = []
    guard end < bytes.endIndex else { return }
    for pair in bytes[(end + 1)...].split(separator: UInt8(ascii: "&")) {
      let sign = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
      guard let name = Self.decode(pair[..<sign], plusIsSpace: true),
        let value = Self.decode(sign < pair.endIndex ? pair[(sign + 1)...] : [], plusIsSpace: true)
      else { return nil }
      query.append((name, value))
      if query.count > Self.mostParts { return nil }
    }
  }

  private static let mostParts = 64

  private static func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool) -> String? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var place = bytes.startIndex
    while place < bytes.endIndex {
      var byte = bytes[place]
      if byte == UInt8(ascii: "%") {
        guard place + 2 < bytes.endIndex, let high = hex(bytes[place + 1]), let low = hex(bytes[place + 2]) else {
          return nil
        }
        byte = high << 4 | low
        place += 2
      } else if byte == UInt8(ascii: "+"), plusIsSpace {
        byte = 0x20
      }
      guard byte >= 0x20, byte != 0x7F else { return nil }
      decoded.append(byte)
      place += 1
    }
    return String(validating: decoded, as: UTF8.self)
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
