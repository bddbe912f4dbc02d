/// Keeps web pages out where no key is asked for: what can reach loopback is every page that a browser on this machine shows.
enum BrowserGuard {
  /// Why a request may be one of a page; nil where it is not.
  ///
  /// A page that sends something says from where it comes, or calls this server by a name of its own that leads here.
  static func reason(toRefuse request: ServerRequest) -> String? {
    if let origin = request.field("Origin") {
      return "a web page of \(origin.prefix(200)) asks, and without keys only programs are admitted"
    }
    if let site = request.field("Sec-Fetch-Site"), site != "none" {
      return "a web page asks, and without keys only programs are admitted"
    }
    let host = (request.field("Host") ?? "").lowercased()
    guard !host.hasPrefix("[") else { return nil }
    let name = host.prefix { $0 != ":" }
    let isAddress = name.allSatisfy { $0.isNumber || $0 == "." }
    guard !name.contains(".") || isAddress || name.hasSuffix(".localhost") else {
      return "without keys this server goes by localhost or an address and not by \(name.prefix(200))"
    }
    return nil
  }
}
