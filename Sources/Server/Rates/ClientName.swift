import Foundation
import Trust

/// What a client is called by whoever counts what it asks for.
enum ClientName {
  /// The key that was shown, else the address.
  static func of(_ caller: Caller?, peer: String) -> String {
    if let key = caller?.keyID { return "key " + key }
    return "address " + network(peer)
  }

  /// An address; of IPv6 its first 64 bits, since a client may have all that begin with them. An address of IPv4 that is written as one of
  /// IPv6 is itself.
  static func network(_ peer: String) -> String {
    let text = peer.lowercased().prefix { $0 != "%" }
    guard text.contains(":") else { return String(text) }
    if text.hasPrefix("::ffff:"), text.contains(".") { return String(text.dropFirst(7)) }
    let halves = String(text).split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    var groups: [String] = []
    if let gap = String(text).range(of: "::") {
      let head = text[..<gap.lowerBound].split(separator: ":").map(String.init)
      let tail = text[gap.upperBound...].split(separator: ":").map(String.init)
      groups = head + Array(repeating: "0", count: max(0, 8 - head.count - tail.count)) + tail
    } else {
      groups = halves
    }
    return groups.prefix(4).joined(separator: ":") + "::/64"
  }
}
