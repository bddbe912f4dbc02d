/// Ways on which everybody between two machines can read along.
public enum OpenWay {
  /// Whether a host is this machine, by its name or address.
  public static func isThisMachine(_ host: String) -> Bool {
    ["localhost", "::1", "[::1]"].contains(host.lowercased())
      || host.wholeMatch(of: /127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}/) != nil
  }

  /// Whether an address leads to another machine without encryption.
  public static func leadsAway(_ url: String) -> Bool {
    guard url.lowercased().hasPrefix("http://") else { return false }
    let authority = url.dropFirst("http://".count).prefix { !"/?#".contains($0) }
    let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    if host.hasPrefix("[") { return !isThisMachine(String(host.prefix { $0 != "]" }) + "]") }
    return !isThisMachine(String(host.prefix { $0 != ":" }))
  }
}
