import Events
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
    guard let address = IPAddress(String(peer.prefix { $0 != "%" })) else { return peer }
    // IPv4 lies in ::ffff:0:0/96.
    if address.high == 0, address.low >> 32 == 0xFFFF { return address.text }
    return IPAddress(high: address.high, low: 0).text + "/64"
  }
}
