import Foundation
import JSON
import TestSupport
import Testing

/// Somebody with a key, or without.
private struct Asker {
  let port: Int
  var key: String?

  func send(_ line: String, _ body: String = "") async throws -> (status: Int, json: JSONValue) {
    let fields = ["Content-Type: application/json"] + (key.map { ["Authorization: ApiKey \($0)"] } ?? [])
    let answer = try await RawRequest.send(line, to: port, fields, Array(body.utf8))
    return (answer.status, try JSONValue(parsing: answer.body))
  }

  func search(_ body: JSONValue) async throws -> (status: Int, json: JSONValue) {
    try await send("POST /api/search", body.text)
  }
}

extension JSONValue {
  fileprivate var reason: String { self["error"]?["reason"]?.stringValue ?? "" }
}

@Suite("People ask a running service over HTTP what they ask the command line", .timeLimit(.minutes(hang)))
struct OperatorAPITests {
  /// A folder with two events and an alert of one of them.
  private static func folder(_ scratch: Scratch) throws -> String {
    let folder = scratch.path + "/events"
    for arguments in [
      ["ingest", "--data", folder, try scratch.write(Sample.records, "a.json")],
      ["rules", "import", "--data", folder, try scratch.write(Sample.rule, "rule.toml")],
      ["run", "--data", folder, "--rule", "test-rule", "--from", "2026-01-01", "--to", "2026-01-02"],
    ] { try #require(try Binary(arguments).status == 0) }
    return folder
  }

  private static func key(_ data: String, _ role: String, name: String) throws -> (id: String, shown: String) {
    let made = try Binary(["keys", "create", "--data", data, "--name", name, "--role", role, "--format", "json"])
    let json = try JSONValue(parsing: made.output)
    return (json["id"]?.stringValue ?? "", json["encoded"]?.stringValue ?? "")
  }

  @Test("Events are searched in every language, counted and sorted, as the command does")
  func search() async throws {
    let scratch = try Scratch()
    let service = try await ServedProcess(data: try Self.folder(scratch))
    let asker = Asker(port: service.port)
    let all: JSONValue = ["query": "*", "index": "logs-aws.*", "sort": "@timestamp:desc"]
    let found = try await asker.search(all)
    #expect(found.status == 200 && found.json["complete"] == true)
    let rows = try #require(found.json["rows"]?.arrayValue)
    #expect(rows.compactMap { $0["event"]?["action"]?.stringValue } == ["GetObject", "UpdateAssumeRolePolicy"])
    #expect(
      try await asker.search(["query": "*", "index": "logs-aws.*", "limit": 1]).json["rows"]?.arrayValue?.count == 1)
    let action = "event.action"
    for (language, query) in [
      ("kuery", JSONValue.string("\(action): GetObject")), ("kql", .string("\(action): GetObject")),
      ("lucene", .string("\(action):GetObject")), ("eql", .string("any where \(action) == \"GetObject\"")),
      ("dsl", ["term": ["event.action": "GetObject"]]),
    ] {
      let found = try await asker.search(["language": .string(language), "query": query, "index": "logs-aws.*"])
      #expect(found.status == 200, "\(language): \(found.json.text)")
      let rows = found.json["rows"]?.arrayValue ?? []
      #expect(rows.count == 1 && rows[0].text.contains("GetObject"), "\(language): \(found.json.text)")
    }
    let counted = try await asker.search(["query": "*", "index": "logs-aws.*", "count": true])
    #expect(counted.json["count"] == 2)
    let by = try await asker.search(["query": "*", "index": "logs-aws.*", "by": ["event.action"]])
    #expect(by.json["rows"]?.arrayValue?.count == 2)
    let table = try await asker.search(
      ["language": "esql", "query": "FROM logs-aws.* | STATS c = COUNT(*) BY event.action | SORT event.action"])
    #expect(table.json["values"] == [[1, "GetObject"], [1, "UpdateAssumeRolePolicy"]], "\(table.json.text)")
    #expect(table.json["columns"]?[0]?["name"] == "c" && table.json["complete"] == true)
    // Of a time in which there is nothing there is nothing, and that is said.
    let none = try await asker.search(["query": "*", "index": "logs-aws.*", "to": "2020"])
    #expect(
      none.status == 200 && none.json["rows"] == []
        && none.json["notices"]?.text.contains("nothing was searched") == true)
    try await service.stop()
  }

  @Test("What is asked wrongly is told as the command tells it, and no text of a request becomes an option")
  func wrong() async throws {
    let scratch = try Scratch()
    let service = try await ServedProcess(data: try Self.folder(scratch))
    let asker = Asker(port: service.port)
    for (body, words): (JSONValue, String) in [
      (["query": "a: (b"], "the query cannot be read"), (["language": "sql", "query": "x"], "language: it is one of"),
      ([:], "query: it is missing"), (["query": "*", "limit": 10_001], "limit: it is a whole number from 1 to 10000"),
      (["query": "*", "size": 5], "size: there is no such key"),
      (["query": "*", "from": "soon"], "from takes a time"),
      (["query": "*", "index": 7], "index: it should be a text"), (["query": "a\u{0}b"], "none of them zero"),
      (["query": .string(String(repeating: "x", count: 70_000))], "query: it is a text of 1 to 65536 bytes"),
      (["language": "esql", "query": "FROM logs-* | LIMIT 1", "limit": 5], "limit is not for ES|QL"),
      // A table would be a file of the machine.
      (
        ["language": "esql", "query": "FROM logs-* | LIMIT 1", "table": "a=/etc/passwd"], "table: there is no such key"
      ),
    ] {
      let answer = try await asker.search(body)
      #expect(
        answer.status == 400 && answer.json.reason.contains(words), "\(body.text.prefix(80)): \(answer.json.text)")
      #expect(!answer.json.text.contains("Usage:") && !answer.json.text.contains("--"))
    }
    for text in ["--help", "--output=/tmp/x", "-o", "--data=/etc"] {
      let asked: JSONValue = ["query": .string(text), "index": .string(text), "count": true]
      let answer = try await asker.search(asked)
      #expect(answer.status == 200 || answer.status == 400, "\(text)")
      #expect(answer.json["rows"] == nil && !answer.json.text.contains("OVERVIEW"), "\(text): \(answer.json.text)")
    }
    #expect(try await asker.send("POST /api/search", "[1]").status == 400)
    let twice = try await asker.send("POST /api/search", #"{"query":"a: b","count":true,"qu\u0065ry":"*"}"#)
    #expect(twice.status == 400 && twice.json.reason.contains("query: it stands in the body more than once"))
    #expect(try await asker.send("POST /api/search?x=1", "{}").status == 400)
    #expect(try await asker.send("GET /api/search").status == 405)
    #expect(try await asker.send("GET /api/alerts?size=1").json.reason.contains("there are by, fields, filter"))
    #expect(try await asker.send("GET /api/alerts/nothing").status == 404)
    #expect(try await asker.send("POST /api/alerts/nothing", #"{"status":"closed"}"#).status == 404)
    #expect(try await asker.send("POST /api/rules/nothing/disable").status == 404)
    #expect(try await asker.send("POST /api/search", String(repeating: " ", count: 300_000)).status == 413)
    try await service.stop()
  }

  @Test("Each role may do what it is for, and no more; changes are in the audit log under the key's name")
  func roles() async throws {
    let scratch = try Scratch()
    let data = try Self.folder(scratch)
    let service = try await ServedProcess(data: data)
    // Without keys whoever has the machine is admitted, but the first key is made there.
    #expect(try await Asker(port: service.port).send("POST /api/keys", #"{"name":"x","role":"admin"}"#).status == 403)
    var askers: [String: Asker] = [:]
    var ids: [String: String] = [:]
    for role in ["ingest", "read", "triage", "rules", "admin"] {
      let key = try Self.key(data, role, name: "\(role)-dana")
      (askers[role], ids[role]) = (Asker(port: service.port, key: key.shown), key.id)
    }
    let list = try await #require(askers["read"]).send("GET /api/alerts?min_severity=high")
    let alert = try #require(list.json["rows"]?[0])
    let id = try #require(alert["kibana.alert.uuid"]?.stringValue)
    #expect(list.json["rows"]?.arrayValue?.count == 1 && alert["kibana.alert.rule.rule_id"] == "test-rule")
    let close = #"{"status":"closed","reason":"benign","note":"asked the owner","add_tags":["seen"],"assign":"dana"}"#
    let requests: [(line: String, body: String, roles: Set<String>)] = [
      ("POST /api/search", #"{"query":"*"}"#, ["read", "triage", "rules", "admin"]),
      ("GET /api/status", "", ["read", "triage", "rules", "admin"]),
      ("GET /api/alerts", "", ["read", "triage", "rules", "admin"]),
      ("GET /api/alerts/\(id)", "", ["read", "triage", "rules", "admin"]),
      ("GET /api/alerts/\(id)/context", "", ["read", "triage", "rules", "admin"]),
      ("POST /api/alerts/\(id)", close, ["triage", "admin"]),
      ("POST /api/alerts", #"{"status":"open","where_status":"closed"}"#, ["triage", "admin"]),
      ("GET /api/rules", "", ["read", "triage", "rules", "admin"]),
      ("POST /api/rules/test-rule/disable", "", ["rules", "admin"]),
      ("POST /api/rules/test-rule/enable", "", ["rules", "admin"]),
      ("GET /api/keys", "", ["admin"]), ("POST /api/keys", #"{"name":"new","role":"read","expires":"1d"}"#, ["admin"]),
      ("POST /api/keys/\(ids["ingest"] ?? "")/revoke", "", ["admin"]),
    ]
    #expect(try await Asker(port: service.port).send("GET /api/alerts").status == 401)
    for (line, body, allowed) in requests {
      // Who may do everything comes last: what is done already is done by nobody.
      for role in ["ingest", "read", "triage", "rules", "admin"] {
        let asker = try #require(askers[role])
        let answer = try await asker.send(line, body)
        #expect(
          answer.status == (allowed.contains(role) ? 200 : 403), "\(role) \(line): \(answer.json.text.prefix(400))")
        // What was revoked is admitted no longer.
        if line.contains("/revoke"), role == "admin" {
          #expect(try await #require(askers["ingest"]).send("GET /api/keys").status == 401)
          break
        }
      }
    }
    // It was opened again by whoever came last.
    let shown = try await #require(askers["read"]).send("GET /api/alerts/\(id)")
    #expect(
      shown.json["kibana.alert.workflow_status"] == "open"
        && shown.json["kibana.alert.workflow_tags"]?.text.contains("seen") == true)
    let status = try await #require(askers["read"]).send("GET /api/status")
    // On a busy machine there may be an alert on the service itself by now.
    #expect(
      status.json["events"]?.integerValue ?? 0 >= 2 && status.json["alerts"]?["open"]?.integerValue ?? 0 >= 1,
      "\(status.json.text)")
    let rules = try await #require(askers["read"]).send("GET /api/rules")
    #expect(rules.json["rules"]?.arrayValue?.contains { $0["rule_id"] == "test-rule" && $0["enabled"] == true } == true)
    let changes = try Binary(["alerts", "show", "--data", data, id]).output
    #expect(changes.contains("triage-dana (key \(ids["triage"] ?? ""))") && changes.contains("asked the owner"))
    func audited() throws -> Set<String> {
      let run = try Binary([
        "search", "--data", data, "--index", "logs-martlet.audit-*", "--format", "ndjson", "--quiet",
        "user.name: *-dana*",
      ])
      return Set(
        try run.documents.map {
          "\($0["event"]?["action"]?.stringValue ?? "") \($0["user"]?["name"]?.stringValue ?? "")"
            + " (key \($0["martlet"]?["audit"]?["key"]?.stringValue ?? ""))"
        })
    }
    func by(_ role: String) -> String { "\(role)-dana (key \(ids[role] ?? ""))" }
    let expected: Set = [
      "alert-changed \(by("triage"))", "rule-disabled \(by("rules"))", "rule-enabled \(by("rules"))",
      "key-created \(by("admin"))", "key-revoked \(by("admin"))",
    ]
    while try !audited().isSuperset(of: expected) { try await Task.sleep(for: .milliseconds(300)) }
    #expect(try Binary(["verify", "--data", data]).status == 0)
    let metrics = PythonServer.run(["curl", "-sS", service.url + "/metrics"]).output
    #expect(metrics.contains(#"martlet_api_answers_total{route="GET /api/status",status="200"} "#))
    try await service.stop()
  }
}
