import Bulk
import Events
import Foundation
import JSON
import Trust

// What shippers ask before they send anything. Each answer has what one of them looks for.
extension ElasticAPI {
  func addProbes(to routes: inout ServerRoutes) {
    func answer(_ pattern: String, _ text: @escaping @Sendable () -> String) {
      routes.add(
        ServerRoute(["GET"], pattern, role: .ingest, longestBody: 1 << 20) { MediaType.json(200, text(), for: $0) })
    }
    answer("/") { root }
    answer("/_license") { Self.license }
    answer("/_xpack") { xpack }
    answer("/_cluster/health") { Self.health }
    answer("/_cluster/health/*") { Self.health }
    routes.add(
      ServerRoute(["GET"], "/_cat/health", role: .ingest) { request in
        let columns = Self.healthColumns(Int(Date().timeIntervalSince1970))
        guard request.parameter("format") == "json" else {
          return .text(200, columns.map(\.1).joined(separator: " ") + "\n")
        }
        let members = columns.map { "\(JSONValue.string($0.0).text):\(JSONValue.string($0.1).text)" }
        return MediaType.json(200, "[{\(members.joined(separator: ","))}]", for: request)
      })
    // Who one is may be asked by everybody who has a key.
    var authenticate = ServerRoute(["GET"], "/_security/_authenticate", role: .ingest, longestBody: 1 << 20) {
      MediaType.json(200, Self.identity($0.caller), for: $0)
    }
    authenticate.admitsAnyRole = true
    routes.add(authenticate)
    routes.add(
      ServerRoute(["GET"], "/_data_stream", role: .ingest, longestBody: 1 << 20) { request in
        MediaType.json(200, Self.found(dataStreams: dataStreams), for: request)
      })
    for pattern in ["/_nodes", "/_nodes/http", "/_nodes/_all", "/_nodes/_all/http"] {
      routes.add(
        ServerRoute(["GET"], pattern, role: .ingest, longestBody: 1 << 20) { request in
          MediaType.json(200, nodes(request.field("Host")), for: request)
        })
    }
    routes.add(
      ServerRoute(["GET"], "/_ilm/policy", role: .ingest, longestBody: 1 << 20) { request in
        let policies = known.all(of: "_ilm/policy").map { Self.policy($0) }
        return MediaType.json(200, "{" + policies.joined(separator: ",") + "}", for: request)
      })
    // Put so that they are there: what they would do is done for events in any case, or not at all.
    for kind in [
      "_index_template", "_component_template", "_template", "_data_stream", "_ilm/policy", "_ingest/pipeline",
    ] {
      addNames(of: kind, to: &routes)
    }
  }

  private func addNames(of kind: String, to routes: inout ServerRoutes) {
    routes.add(
      ServerRoute(["GET"], "/\(kind)/{name}", role: .ingest, longestBody: 1 << 20) { request in
        let name = request.parameters["name"] ?? ""
        if kind == "_data_stream" { return streams(name, request) }
        guard known.has("\(kind)/\(name)") else {
          return kind == "_ingest/pipeline"
            ? MediaType.json(404, "{}", for: request)
            : .failure(404, "resource_not_found_exception", "\(kind.dropFirst()) matching [\(name)] not found")
        }
        return MediaType.json(200, Self.found(kind, name), for: request)
      })
    routes.add(
      ServerRoute(["PUT", "POST"], "/\(kind)/{name}", role: .ingest, longestBody: 4 << 20) { request in
        let name = request.parameters["name"] ?? ""
        guard name.utf8.count <= 255 else {
          return .failure(400, "illegal_argument_exception", "the name has more than 255 bytes")
        }
        if kind == "_ingest/pipeline", !BulkReading.isKnown(pipeline: name) {
          return .failure(
            400, "illegal_argument_exception",
            "pipeline [\(name)] is not taken: no pipelines run here, and only that of CloudTrail is not missed")
        }
        known.note("\(kind)/\(name)")
        return MediaType.json(200, #"{"acknowledged":true}"#, for: request)
      })
  }

  /// What is asked of data streams: names, with commas between them, and patterns, which are there though nothing matches them.
  private func streams(_ expression: String, _ request: ServerRequest) -> ServerReply {
    let all = dataStreams
    var found: Set<String> = []
    for name in expression.split(separator: ",").map(String.init) {
      if name.contains("*") || name == "_all" {
        let pattern = IndexPattern(only: name)
        found.formUnion(all.filter { pattern.matches($0) })
      } else if all.contains(name) {
        found.insert(name)
      } else {
        return .failure(404, "index_not_found_exception", "no such index [\(name)]")
      }
    }
    return MediaType.json(200, Self.found(dataStreams: found.sorted()), for: request)
  }

  private static func found(dataStreams names: [String]) -> String {
    let all = names.map { name in
      #"{"name":\#(JSONValue.string(name).text),"timestamp_field":{"name":"@timestamp"},"indices":[],"#
        + #""generation":1,"status":"GREEN"}"#
    }
    return #"{"data_streams":[\#(all.joined(separator: ","))]}"#
  }

  /// Columns of `_cat/health`, with their names.
  private static func healthColumns(_ now: Int) -> [(String, String)] {
    let (hour, minute, second) = (now / 3600 % 24, now / 60 % 60, now % 60)
    let time = [hour, minute, second].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    return [
      ("epoch", "\(now)"), ("timestamp", time), ("cluster", "martlet"), ("status", "green"), ("node.total", "1"),
      ("node.data", "1"), ("shards", "1"), ("pri", "1"), ("relo", "0"), ("init", "0"), ("unassign", "0"),
      ("unassign.pri", "0"), ("pending_tasks", "0"), ("max_task_wait_time", "-"), ("active_shards_percent", "100.0%"),
    ]
  }

  private static func found(_ kind: String, _ name: String) -> String {
    let text = JSONValue.string(name).text
    switch kind {
    case "_index_template": return #"{"index_templates":[{"name":\#(text),"index_template":{"index_patterns":[]}}]}"#
    case "_component_template": return #"{"component_templates":[{"name":\#(text),"component_template":{}}]}"#
    case "_ilm/policy": return "{" + policy(name) + "}"
    default: return #"{\#(text):{}}"#
    }
  }

  /// A policy of which nothing is done: it has no phases here, whatever was put.
  private static func policy(_ name: String) -> String {
    JSONValue.string(name).text
      + #":{"version":1,"modified_date":"2026-01-01T00:00:00.000Z","policy":{"phases":{}},"#
      + #""in_use_by":{"indices":[],"data_streams":[],"composable_templates":[]}}"#
  }

  /// Who asks, as clients of Elasticsearch are told.
  private static func identity(_ caller: Caller) -> String {
    let realm = caller.keyID == nil ? "__anonymous" : "_es_api_key"
    let place: JSONValue = ["name": .string(realm), "type": .string(realm)]
    var members: [String: JSONValue] = [
      "username": .string(caller.keyName ?? caller.name), "roles": .array([.string(caller.role.rawValue)]),
      "full_name": .null, "email": .null, "metadata": [:], "enabled": true, "authentication_realm": place,
      "lookup_realm": place, "authentication_type": .string(caller.keyID == nil ? "anonymous" : "api_key"),
    ]
    if let id = caller.keyID {
      members["api_key"] = ["id": .string(id), "name": .string(caller.keyName ?? caller.name)]
    }
    return JSONValue.object(members).text
  }

  /// The one node there is, at the address by which it was asked: clients that look for nodes go on by that one.
  private func nodes(_ host: String?) -> String {
    var address = host ?? "127.0.0.1:9200"
    if !address.hasSuffix("]"), let colon = address.lastIndex(of: ":"),
      address[address.index(after: colon)...].allSatisfy(\.isNumber)
    {
    } else {
      address += ":80"
    }
    let text = JSONValue.string(address).text
    let name = JSONValue.string(String(address[..<(address.lastIndex(of: ":") ?? address.endIndex)])).text
    let version = JSONValue.string(version).text
    return
      #"{"_nodes":{"total":1,"successful":1,"failed":0},"cluster_name":"martlet","nodes":{"martlet-1":{"name":"martlet-1","#
      + #""transport_address":\#(text),"host":\#(name),"ip":\#(name),"version":\#(version),"build_flavor":"default","#
      + #""build_type":"tar","roles":["data","ingest","master"],"attributes":{},"http":{"bound_address":[\#(text)],"#
      + #""publish_address":\#(text),"max_content_length_in_bytes":104857600}}}}"#
  }

  private var root: String {
    let version = JSONValue.string(version).text
    return
      #"{"name":"martlet-1","cluster_name":"martlet","cluster_uuid":\#(JSONValue.string(cluster).text),"version":{"number":\#(version),"#
      + #""build_flavor":"default","build_type":"tar","build_hash":"0000000000000000000000000000000000000000","#
      + #""build_date":"2026-01-01T00:00:00.000000000Z","build_snapshot":false,"lucene_version":"10.2.2","#
      + #""minimum_wire_compatibility_version":"8.0.0","minimum_index_compatibility_version":"8.0.0"},"#
      + #""tagline":"You Know, for Search"}"#
  }

  private var xpack: String {
    #"{"build":{"hash":"0000000000000000000000000000000000000000","date":"2026-01-01T00:00:00.000Z"},"license":{"#
      + #""uid":"00000000-0000-4000-8000-000000000000","type":"basic","mode":"basic","status":"active"},"features":{"#
      + #""data_streams":{"available":true,"enabled":true},"ilm":{"available":true,"enabled":true},"#
      + #""security":{"available":true,"enabled":true}},"tagline":"You know, for X"}"#
  }

  private static let license =
    #"{"license":{"status":"active","uid":"00000000-0000-4000-8000-000000000000","type":"basic","#
    + #""issue_date":"2026-01-01T00:00:00.000Z","issue_date_in_millis":1767225600000,"max_nodes":1000,"#
    + #""max_resource_units":null,"issued_to":"martlet","issuer":"martlet","start_date_in_millis":-1}}"#

  private static let health =
    #"{"cluster_name":"martlet","status":"green","timed_out":false,"number_of_nodes":1,"number_of_data_nodes":1,"#
    + #""active_primary_shards":1,"active_shards":1,"relocating_shards":0,"initializing_shards":0,"#
    + #""unassigned_shards":0,"unassigned_primary_shards":0,"delayed_unassigned_shards":0,"#
    + #""number_of_pending_tasks":0,"number_of_in_flight_fetch":0,"task_max_waiting_in_queue_millis":0,"#
    + #""active_shards_percent_as_number":100.0}"#
}
