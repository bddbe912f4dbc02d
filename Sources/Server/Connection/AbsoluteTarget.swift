import NIOHTTP1

/// A request's target that is a whole address, as a client writes it that goes by a proxy: `http://martlet.example:9200/_bulk?x=1`.
struct AbsoluteTarget: Equatable {
  /// The host with its port.
  var authority: String
  /// The path and what follows.
  var path: String

  /// Nil where it is none of http or https, or names nobody or somebody with a password.
  init?(_ target: String) {
    let lower = target.prefix(8).lowercased()
    guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else { return nil }
    let rest = target.dropFirst(scheme.count)
    let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    authority = String(rest[..<end])
    path = rest[end...].hasPrefix("/") ? String(rest[end...]) : "/" + rest[end...]
    guard !authority.isEmpty, !authority.contains("@"), !authority.hasPrefix(":") else { return nil }
  }

  /// Makes a head mean the same by its path and `Host`, which says nothing else where it is there.
  static func rewrite(_ head: inout HTTPRequestHead) {
    guard !head.uri.hasPrefix("/"), let target = AbsoluteTarget(head.uri) else { return }
    head.uri = target.path
    head.headers.replaceOrAdd(name: "Host", value: target.authority)
  }
}
