/// An address at which the server listens.
public struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
  /// An IP address without brackets, or a name.
  public var host: String
  /// 0 for any that is free.
  public var port: Int
  /// True where it is no fault that this machine lacks it: the second one of `localhost`.
  var mayBeMissing = false

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `HOST:PORT`, `[IPV6]:PORT` or `:PORT`, which is that of loopback; `localhost` stands for both of its addresses.
  ///
  /// Throws `ListenAddressError`.
  public static func all(_ text: String) throws -> [ListenAddress] {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port), text[text.index(after: colon)...].allSatisfy(\.isNumber)
    else { throw ListenAddressError(text: text, reason: "it does not end in a colon and a port from 0 to 65535") }
    var host = String(text[..<colon])
    if host.hasPrefix("[") {
      guard host.hasSuffix("]"), host.count > 2 else {
        throw ListenAddressError(text: text, reason: "an IPv6 address stands between [ and ]")
      }
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      throw ListenAddressError(text: text, reason: "an IPv6 address stands between [ and ]")
    }
    guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F }) else {
      throw ListenAddressError(text: text, reason: "the host has characters that no host has")
    }
    guard host.isEmpty || host.lowercased() == "localhost" else { return [ListenAddress(host: host, port: port)] }
    var second = ListenAddress(host: "::1", port: port)
    second.mayBeMissing = true
    return [ListenAddress(host: "127.0.0.1", port: port), second]
  }

  /// Whether only this machine can reach it. A name other than `localhost` may be any address.
  public var isLoopback: Bool {
    if host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// An address that cannot be listened at.
public struct ListenAddressError: Error, CustomStringConvertible, Sendable {
  public let text: String
  public let reason: String

  public init(text: String, reason: String) {
    self.text = text
    self.reason = reason
  }

  public var description: String { "cannot listen at \(text): \(reason)" }
}
