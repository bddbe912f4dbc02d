import Bulk
import Foundation
import Intake
import JSON
import Server
import Synchronization
import TestSupport
import Testing
import Trust

@Suite("Documents are taken as Elasticsearch takes them", .timeLimit(.minutes(hang)))
struct BulkRequestTests {
  private func serve(
    _ sink: DocumentSink, fields: FieldLimits = FieldLimits(), limits: ServerLimits = ServerLimits()
  ) async throws -> RunningServer {
    var routes = ServerRoutes()
    ElasticAPI(sink, fields: fields).add(to: &routes)
    return try await RunningServer(limits: limits, routes: routes)
  }

  private func send(
    _ server: RunningServer, _ line: String, _ fields: [String] = [], _ body: String = ""
  ) async throws -> (status: Int, head: String, body: String) {
    let client = try RawClient(port: server.port)
    let head = ["\(line) HTTP/1.1", "Host: x", "Content-Length: \(body.utf8.count)"] + fields
    await client.send(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
    let answer = await client.receive()
    let end = try #require(answer.range(of: "\r\n\r\n"))
    return (
      Int(answer.dropFirst(9).prefix(3)) ?? 0, String(answer[..<end.lowerBound]), String(answer[end.upperBound...])
    )
  }

  @Test("Each document has its own answer; sent again it is 409, and stored once")
  func items() async throws {
    let sink = DocumentSink()
    let server = try await serve(sink)
    let body = #"""
      {"create":{"_index":"logs-a-default","_id":"1"}}
      {"@timestamp":"2026-01-01T00:00:00Z","n":1}
      {"index":{"_index":"logs-a-default"}}
      {"eventVersion":"1.08","eventTime":"2026-01-01T00:00:00Z","eventSource":"iam.amazonaws.com","eventName":"X","eventID":"e1"}

      {"create": {"_id": null, "_type":"_doc","routing":null}}
      {"n":2}
      {"create":{}}
      {broken
      {"delete":{"_id":"1"}}
      {"update":{"_id":"1"}}
      {"doc":{}}
      {"create":{"_index":"Wrong"}}
      {"@timestamp":"2026-01-01T00:00:00Z"}

      """#
    let first = try await send(server, "PUT /logs-b/_bulk", ["Content-Type: application/x-ndjson"], body)
    #expect(first.status == 200)
    let json = try JSONValue(parsing: first.body)
    #expect(json["errors"]?.boolValue == true)
    let statuses = (json["items"]?.arrayValue ?? []).map { $0.objectValue?.first?.value["status"]?.integerValue ?? 0 }
    #expect(statuses == [201, 201, 400, 400, 400, 400, 400])
    #expect(json["items"]?[1]?["index"]?["_id"]?.stringValue == "e1")
    #expect(sink.count == 2)
    let second = try await send(
      server, "POST /logs-b/_bulk?filter_path=errors,items.*.error,items.*.status", ["Content-Type: application/json"],
      body)
    #expect(second.status == 200 && !second.body.contains("took") && !second.body.contains("_seq_no"))
    let again = (try JSONValue(parsing: second.body)["items"]?.arrayValue ?? []).map {
      $0.objectValue?.first?.value["status"]?.integerValue ?? 0
    }
    #expect(again == [409, 409, 400, 400, 400, 400, 400])
    #expect(second.body.contains("version_conflict_engine_exception"))
    #expect(sink.count == 2)
    try await server.end()
  }

  @Test("A document by itself is created once, and refused for what is wrong with it")
  func single() async throws {
    let sink = DocumentSink()
    let server = try await serve(sink)
    let document = #"{"@timestamp":"2026-01-01T00:00:00Z"}"#
    let type = ["Content-Type: application/json"]
    let accept = type + ["Accept: application/vnd.elasticsearch+json; compatible-with=8"]
    let made = try await send(server, "PUT /logs-a/_create/x", accept, document)
    #expect(made.status == 201 && made.body.contains(#""result":"created""#))
    #expect(made.head.contains("Content-Type: application/vnd.elasticsearch+json;compatible-with=8"))
    #expect(try await send(server, "PUT /logs-a/_create/x", type, document).status == 409)
    #expect(try await send(server, "POST /logs-a/_doc", type, document).status == 201)
    let bad = try await send(server, "POST /logs-a/_doc", type, "{")
    #expect(bad.status == 400 && bad.body.contains("document_parsing_exception") && bad.body.contains("root_cause"))
    #expect(try await send(server, "POST /logs-a/_doc", ["Content-Type: text/xml"], document).status == 406)
    #expect(try await send(server, "POST /_bulk", type, "").status == 400)
    let open = try await send(server, "POST /_bulk", type, #"{"create":{"_index":"a"}}"#)
    #expect(open.status == 400 && open.body.contains("must be terminated by a newline"))
    #expect(try await send(server, "POST /_bulk", type, "[1]\n").body.contains("Malformed action/metadata line [1]"))
    try await server.end()
  }

  @Test("Requests with more actions than there is room for are told to come again, and one within it is taken")
  func actionsInHand() async throws {
    var bounds = BulkLimits()
    bounds.mostActionsInHand = 3
    var routes = ServerRoutes()
    ElasticAPI(DocumentSink(), limits: bounds).add(to: &routes)
    let server = try await RunningServer(routes: routes)
    func body(_ count: Int) -> String { String(repeating: "{\"create\":{\"_index\":\"x\"}}\n{}\n", count: count) }
    let tooMany = try await send(server, "POST /_bulk", ["Content-Type: application/json"], body(4))
    #expect(tooMany.status == 429 && tooMany.head.contains("Retry-After: "))
    for _ in 0..<2 {
      let within = try await send(server, "POST /_bulk", ["Content-Type: application/json"], body(3))
      #expect(within.status == 200 && within.body.components(separatedBy: "\"status\":400").count == 4)
    }
    try await server.end()
  }

  @Test("A store that is busy, ending or failing refuses the whole request")
  func refusals() async throws {
    let sink = DocumentSink()
    let server = try await serve(sink)
    let body = #"{"create":{"_index":"a"}}"# + "\n" + #"{"@timestamp":"2026-01-01T00:00:00Z"}"# + "\n"
    for (kind, status) in [(IngestionRefusal.Kind.busy, 429), (.stopping, 503), (.failed, 503)] {
      sink.state.withLock { $0.refusal = IngestionRefusal(kind, "the reason") }
      let answer = try await send(server, "POST /_bulk", [], body)
      #expect(answer.status == status)
      #expect(answer.head.contains("Retry-After:"))
    }
    sink.state.withLock { $0.refusal = nil }
    #expect(try await send(server, "POST /_bulk", [], body).status == 200)
    try await server.end()
  }

  @Test("An index whose fields grow without end is refused document by document")
  func fields() async throws {
    let sink = DocumentSink()
    let server = try await serve(sink, fields: FieldLimits(mostFields: 5, mostIndices: 2))
    var body = ""
    for number in 0..<8 {
      body +=
        "{\"create\":{\"_index\":\"a\"}}\n{\"@timestamp\":\"2026-01-01T00:00:00Z\",\"k\":{\"f\(number % 6)\":1}}\n"
    }
    for index in ["b", "c"] {
      body += "{\"create\":{\"_index\":\"\(index)\"}}\n{\"@timestamp\":\"2026-01-01T00:00:00Z\"}\n"
    }
    let answer = try await send(server, "POST /_bulk", [], body)
    let statuses = (try JSONValue(parsing: answer.body)["items"]?.arrayValue ?? []).map {
      $0["create"]?["status"]?.integerValue ?? 0
    }
    #expect(statuses == [201, 201, 201, 201, 400, 400, 201, 201, 201, 400])
    #expect(answer.body.contains("Limit of total fields [5] has been exceeded while adding new fields [1]"))
    try await server.end()
  }

  @Test("What shippers ask before they send is answered as they look for it")
  func probes() async throws {
    let server = try await serve(DocumentSink())
    for path in ["/", "/_license?human=false", "/_xpack", "/_cluster/health", "/_cluster/health/x", "/_cat/health"] {
      let answer = try await send(server, "GET \(path)")
      #expect(answer.status == 200 && answer.head.contains("X-Elastic-Product: Elasticsearch"), "\(path)")
      if !path.hasPrefix("/_cat") { #expect(throws: Never.self) { try JSONValue(parsing: answer.body) } }
    }
    #expect(try await send(server, "GET /_license").body.contains(#""status":"active""#))
    for path in [
      "/_ilm/policy/filebeat", "/_index_template/filebeat-9.0.0", "/_data_stream/f",
      "/_ingest/pipeline/filebeat-9.0.0-aws-cloudtrail-pipeline",
    ] {
      #expect(try await send(server, "GET \(path)").status == 404)
      #expect(try await send(server, "PUT \(path)", [], "{}").body == #"{"acknowledged":true}"#)
      #expect(try await send(server, "GET \(path)").status == 200)
    }
    #expect(try await send(server, "PUT /_ingest/pipeline/p", [], "{}").status == 400)
    let unknown = #"{"create":{"_index":"a","pipeline":"p"}}"# + "\n{}\n"
    #expect(try await send(server, "POST /_bulk", [], unknown).body.contains("pipeline with id [p] does not exist"))
    try await server.end()
  }

  @Test("Where keys cannot be looked up documents are to be sent again, as none whose sender may give them up")
  func unknownKeys() async throws {
    struct Unknown: RequestAdmission {
      var admitsAnybody: Bool { false }
      func admit(authorization: String?, peer: String) -> AdmissionOutcome { .unavailable("keys cannot be read") }
    }
    var routes = ServerRoutes()
    ElasticAPI(DocumentSink()).add(to: &routes)
    let server = try await RunningServer(admission: Unknown(), routes: routes)
    let answer = try await send(server, "POST /_bulk", [], "{\"create\":{\"_index\":\"a\"}}\n{}\n")
    #expect(
      answer.status == 503 && answer.head.contains("Retry-After: ") && answer.body.contains("keys cannot be read"))
    try await server.end()
  }

  @Test("However many indices are asked for at once, it is looked once which there are")
  func manyIndices() async throws {
    final class Looks: Sendable { let count = Mutex(0) }
    let (looks, names) = (Looks(), (0..<100).map { "logs-a\($0)-default" })
    var routes = ServerRoutes()
    ElasticAPI(DocumentSink()) {
      looks.count.withLock { $0 += 1 }
      return names
    }.add(to: &routes)
    let server = try await RunningServer(routes: routes)
    let found = try JSONValue(parsing: await send(server, "GET /" + names.joined(separator: ",")).body)
    #expect(found.objectValue?.count == 100 && looks.count.withLock { $0 } == 1)
    #expect(try await send(server, "GET /" + (names + ["none"]).joined(separator: ",")).status == 404)
    try await server.end()
  }

  @Test("Logstash sets lifecycles up: an index that is not there is 404, one that was made or has events 200")
  func lifecycles() async throws {
    let server = try await serve(DocumentSink())
    func status(_ line: String, _ body: String = "") async throws -> Int {
      try await send(server, line, [], body).status
    }
    func head(_ path: String) async throws -> Int { try await RawRequest.send("HEAD \(path)", to: server.port).status }
    #expect(try await head("/logstash") == 404)
    let made = try await send(
      server, "PUT /%3Clogstash-%7Bnow%2Fd%7D-000001%3E", [], #"{"aliases":{"logstash":{"is_write_index":true}}}"#)
    let name = try JSONValue(parsing: made.body)["index"]?.stringValue ?? ""
    #expect(made.status == 200 && name.wholeMatch(of: #/logstash-\d{4}\.\d\d\.\d\d-000001/#) != nil)
    #expect(try await head("/logstash") == 200)
    #expect(try await head("/\(name)") == 200)
    // As clients look at what they made, and Kafka Connect's sink at types, which it puts where there are none.
    #expect(try await send(server, "GET /\(name)/_alias").body == #"{"\#(name)":{"aliases":{"logstash":{}}}}"#)
    #expect(
      try await send(server, "GET /\(name),\(name),logstash,a*/_alias").body
        == #"{"\#(name)":{"aliases":{"logstash":{}}},"logstash":{"aliases":{}}}"#)
    #expect(try await send(server, "GET /_alias/logstash").body == #"{"\#(name)":{"aliases":{"logstash":{}}}}"#)
    #expect(try await send(server, "GET /_alias/other").body == #"{"error":"alias [other] missing","status":404}"#)
    let mapping = try JSONValue(parsing: await send(server, "GET /\(name)/_mapping").body)
    #expect(mapping[name]?["mappings"]?["properties"]?["@timestamp"]?["type"] == "date")
    #expect(try await status("PUT /\(name)/_mapping", "{}") == 200)
    for path in ["_mapping", "_alias"] { #expect(try await head("/logs-none-default/\(path)") == 404) }
    #expect(try await status("PUT /\(name)") == 400)
    #expect(try await status("PUT /UPPER") == 400)
    #expect(try await head("/logs-a-default") == 404)
    let event = "{\"create\":{\"_index\":\"logs-a-default\"}}\n{\"@timestamp\":\"2026-01-01T00:00:00Z\"}\n"
    #expect(try await status("POST /_bulk", event) == 200)
    #expect(try await head("/logs-a-default") == 200)
    #expect(try await head("/_data_stream/logs-a-default") == 200)
    for (pattern, isFound) in [
      ("l*a*t", true), ("*", true), ("_all", true), ("logs-b*,*-a-*", true), ("logs-b*", false),
    ] {
      let streams = try await send(server, "GET /_data_stream/\(pattern)")
      #expect(streams.status == 200 && streams.body.contains("logs-a-default") == isFound, "\(pattern)")
    }
    #expect(try await head("/logs-a-default,logs-b-default") == 404)
    #expect(try await head("/logs-b*") == 200)
    #expect(try await send(server, "GET /_ilm/policy").body == "{}")
    #expect(try await status("PUT /_ilm/policy/logstash-policy", "{}") == 200)
    for path in ["/_ilm/policy", "/_ilm/policy/logstash-policy"] {
      let policy = try JSONValue(parsing: await send(server, "GET \(path)").body)["logstash-policy"]
      #expect(policy?["policy"]?["phases"] == [:] && policy?["version"] == 1 && policy?["modified_date"] != nil)
    }
    let nodes = try JSONValue(parsing: await RawRequest.send("GET /_nodes/http", to: server.port).body)
    let node = nodes["nodes"]?.objectValue?.first?.value
    #expect(nodes["_nodes"]?["total"] == 1)
    #expect(node?["http"]?["publish_address"]?.stringValue == "127.0.0.1:\(server.port)")
    // Neither a query nor an action that names no pipeline has one.
    let unnamed = #"{"create":{"_index":"a"}}"# + "\n{\"@timestamp\":\"2026-01-01T00:00:00Z\"}\n"
    let none = #"{"create":{"_index":"a","pipeline":"_none"}}"# + "\n{\"@timestamp\":\"2026-01-01T00:00:00Z\"}\n"
    #expect(try await send(server, "POST /_bulk?pipeline=_none", [], unnamed).body.contains(#""status":201"#))
    #expect(try await send(server, "POST /_bulk?pipeline=p", [], none).body.contains(#""status":201"#))
    #expect(try await send(server, "POST /_bulk?pipeline=p", [], unnamed).body.contains("does not exist"))
    // What has a path of its own is no index.
    #expect(try await status("GET /_bulk") == 405)
    try await server.end()
  }

  @Test("Who asks is told as whom: by which key, or as anybody")
  func identity() async throws {
    let server = try await serve(DocumentSink())
    let told = try JSONValue(parsing: await send(server, "GET /_security/_authenticate").body)
    #expect(told["authentication_realm"] == ["name": "__anonymous", "type": "__anonymous"])
    #expect(told["authentication_type"] == "anonymous" && told["api_key"] == nil && told["username"] == "loopback")
    try await server.end()
  }
}
