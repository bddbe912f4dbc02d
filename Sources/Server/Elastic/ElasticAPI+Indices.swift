import Bulk
import Foundation
import JSON

// Whether an index is there, and making one: nothing is to be made for events to come, but shippers ask for it.
extension ElasticAPI {
  func addIndices(to routes: inout ServerRoutes) {
    // `HEAD` is answered by the same.
    func describe(_ pattern: String, _ members: @escaping @Sendable ([String]) -> [String]) {
      routes.add(
        ServerRoute(["GET"], pattern, role: .ingest, longestBody: 1 << 20) { request in
          description(of: request.parameters["index"] ?? "", request, members)
        })
    }
    describe("/{index}") { $0.map { _ in #""aliases":{},"mappings":{},"settings":{"index":{}}"# } }
    describe("/{index}/_alias") { names in
      let aliases = aliases
      return names.map { name in
        let all = (aliases[name] ?? []).sorted().map { "\(JSONValue.string($0).text):{}" }
        return #""aliases":{\#(all.joined(separator: ","))}"#
      }
    }
    // Clients put a mapping where there is none; this is what every index has.
    describe("/{index}/_mapping") { $0.map { _ in #""mappings":{"properties":{"@timestamp":{"type":"date"}}}"# } }
    routes.add(
      ServerRoute(["PUT", "POST"], "/{index}/_mapping", role: .ingest, longestBody: 4 << 20) { request in
        let name = request.parameters["index"] ?? ""
        return isThere(name, among: Set(dataStreams))
          ? MediaType.json(200, #"{"acknowledged":true}"#, for: request) : Self.missing(name)
      })
    routes.add(
      ServerRoute(["GET"], "/_alias/{name}", role: .ingest, longestBody: 1 << 20) { request in
        let name = request.parameters["name"] ?? ""
        let indices = known.all(of: "_alias/\(name)")
        guard !indices.isEmpty else { return .plainFailure(404, "alias [\(name)] missing") }
        let alias = JSONValue.string(name).text
        let found = indices.map { "\(JSONValue.string($0).text):{\"aliases\":{\(alias):{}}}" }
        return MediaType.json(200, "{" + found.joined(separator: ",") + "}", for: request)
      })
    routes.add(ServerRoute(["PUT"], "/{index}", role: .ingest, longestBody: 4 << 20) { make($0) })
  }

  /// Tells something of each index of a list, once however often it stands there; of a pattern there is nothing to tell.
  ///
  /// - Parameter members: gives the members of the object of each of some names.
  private func description(
    of list: String, _ request: ServerRequest, _ members: ([String]) -> [String]
  ) -> ServerReply {
    var known: Set<String> = []
    let names = list.split(separator: ",").map(String.init).filter { known.insert($0).inserted }
    // Asked for once: to put them together takes long where there are many.
    let streams = Set(dataStreams)
    if let missing = names.first(where: { !isThere($0, among: streams) }) { return Self.missing(missing) }
    let told = names.filter { !$0.contains("*") }
    let found = zip(told, members(told)).map { "\(JSONValue.string($0).text):{\($1)}" }
    return MediaType.json(200, "{" + found.joined(separator: ",") + "}", for: request)
  }

  /// The aliases that there are, by index.
  private var aliases: [String: [String]] {
    known.all(of: "_alias").reduce(into: [:]) { aliases, entry in
      let parts = entry.split(separator: "/")
      if parts.count == 2 { aliases[String(parts[1]), default: []].append(String(parts[0])) }
    }
  }

  private static func missing(_ name: String) -> ServerReply {
    .failure(404, "index_not_found_exception", "no such index [\(name)]")
  }

  /// A pattern is there though nothing matches it, as in Elasticsearch.
  ///
  /// - Parameter streams: the data streams that there are.
  private func isThere(_ name: String, among streams: Set<String>) -> Bool {
    name.contains("*") || known.has("index/\(name)") || streams.contains(name)
  }

  /// Takes note of an index and its aliases.
  private func make(_ request: ServerRequest) -> ServerReply {
    var name = request.parameters["index"] ?? ""
    if name.hasPrefix("<"), name.hasSuffix(">") { name = Self.dated(name.dropFirst().dropLast(), Date()) }
    if let fault = IndexName.fault(of: name) {
      return .failure(400, "invalid_index_name_exception", "Invalid index name [\(name.prefix(300))], \(fault)")
    }
    guard !isThere(name, among: Set(dataStreams)) else {
      return .failure(400, "resource_already_exists_exception", "index [\(name)] already exists")
    }
    var aliases: [String] = []
    if !request.body.isEmpty {
      guard let body = try? JSONValue(parsing: request.body[...]), body.objectValue != nil else {
        return .failure(400, "parse_exception", "the body is no JSON object")
      }
      aliases = body["aliases"]?.objectValue.map { Array($0.keys) } ?? []
      if let (alias, fault) = aliases.lazy.compactMap({ name in IndexName.fault(of: name).map { (name, $0) } }).first {
        return .failure(
          400, "invalid_alias_name_exception", "Invalid alias name [\(alias.prefix(300))]: \(fault)")
      }
    }
    for name in [name] + aliases { known.note("index/\(name)") }
    for alias in aliases { known.note("_alias/\(alias)/\(name)") }
    let text = JSONValue.string(name).text
    return MediaType.json(
      200, #"{"acknowledged":true,"shards_acknowledged":true,"index":\#(text)}"#, for: request)
  }

  /// A name of a day: `{now/d}` and whatever else stands in braces is the day in UTC.
  private static func dated(_ name: Substring, _ now: Date) -> String {
    let day = now.ISO8601Format(.iso8601.year().month().day()).replacingOccurrences(of: "-", with: ".")
    return String(name).replacing(#/\{[^}]*\}(?:\})?/#, with: day)
  }
}
