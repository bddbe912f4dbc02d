import Foundation
import JSON
import TestSupport
import Testing

@Suite("A running service admits who shows a key, speaks TLS, and keeps an audit log", .timeLimit(.minutes(hang)))
struct TrustServiceTests {
  private func send(
    _ port: Int, _ line: String, _ fields: [String] = [], _ body: String = ""
  ) async throws -> (status: Int, text: String) {
    let answer = try await RawRequest.send(line, to: port, fields, Array(body.utf8))
    return (answer.status, answer.text)
  }

  private func key(_ data: String, _ role: String, _ more: [String] = []) throws -> (
    id: String, pair: String, encoded: String
  ) {
    let made = ServedProcess.run(
      ["keys", "create", "--data", data, "--name", "test \(role)", "--role", role, "--format", "json"] + more)
    try #require(made.status == 0)
    let json = try JSONValue(parsing: made.output)
    let (id, secret) = (json["id"]?.stringValue ?? "", json["api_key"]?.stringValue ?? "")
    return (id, "\(id):\(secret)", json["encoded"]?.stringValue ?? "")
  }

  private static let bulk =
    #"{"create":{"_index":"logs-x-default","_id":"1"}}"# + "\n"
    + #"{"@timestamp":"2026-01-01T00:00:00Z","message":"m"}"#
    + "\n"

  @Test("From the first key on requests must show one, with a role that fits, until it is revoked")
  func keys() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let service = try await ServedProcess(data: data)
    #expect(service.log.contains("no key has been made: every request from this machine is admitted"))
    #expect(try await send(service.port, "POST /_bulk", [], Self.bulk).status == 200)
    // A page in a browser on this machine is somebody else.
    #expect(try await send(service.port, "POST /_bulk", ["Origin: https://evil.example"], Self.bulk).status == 403)
    let ingest = try key(data, "ingest")
    let read = try key(data, "read")
    let short = try key(data, "ingest", ["--expires", "12h"])
    let none = try await send(service.port, "POST /_bulk", [], Self.bulk)
    #expect(none.status == 401 && none.text.contains("WWW-Authenticate: ") && none.text.contains("security_exception"))
    for field in [
      "ApiKey \(ingest.encoded)", "Basic \(ingest.encoded)", "ApiKey \(ingest.pair)", "ApiKey \(short.encoded)",
    ] {
      #expect(try await send(service.port, "POST /_bulk", ["Authorization: \(field)"], Self.bulk).status == 200)
    }
    let told = try await send(
      service.port, "GET /_security/_authenticate", ["Authorization: ApiKey \(ingest.encoded)"])
    #expect(told.text.contains(#""authentication_type":"api_key""#) && told.text.contains(#""name":"_es_api_key""#))
    #expect(told.text.contains(#""id":"\#(ingest.id)""#))
    let wrong = try await send(service.port, "POST /_bulk", ["Authorization: ApiKey \(read.encoded)"], Self.bulk)
    #expect(wrong.status == 403 && wrong.text.contains("has the role read, and this asks for ingest"))
    #expect(try await send(service.port, "GET /health/live").status == 200)
    let list = ServedProcess.run(["keys", "list", "--data", data, "--format", "json"])
    #expect(try JSONValue(parsing: list.output).arrayValue?.count == 3)
    let secret = String(ingest.pair.split(separator: ":")[1])
    #expect(!list.output.contains(secret))
    #expect(!service.log.contains(secret))
    // Whoever has a key may ask who that is.
    for role in ["read", "triage", "rules", "admin"] {
      let other = try key(data, role)
      let told = try await send(
        service.port, "GET /_security/_authenticate", ["Authorization: ApiKey \(other.encoded)"])
      #expect(told.status == 200 && told.text.contains(#""roles":["\#(role)"]"#))
    }
    #expect(try await send(service.port, "GET /_security/_authenticate").status == 401)
    // The start of an id is enough, as the documentation shows.
    #expect(ServedProcess.run(["keys", "revoke", "--data", data, String(ingest.id.prefix(9))]).status == 0)
    #expect(
      try await send(service.port, "POST /_bulk", ["Authorization: ApiKey \(ingest.encoded)"], Self.bulk).status == 401)
    #expect(ServedProcess.run(["keys", "revoke", "--data", data, "nothing"]).status == 1)
    try await service.stop()
  }

  @Test("An address that others reach needs TLS and keys", arguments: ["0.0.0.0:0", "[::]:0"])
  func open(_ listen: String) async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    func refusal(_ settings: String?) async -> String {
      do {
        let service = try await ServedProcess(data: data, listen: listen, settings: settings)
        try await service.stop()
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(await refusal(nil).contains("others than this machine would reach it, which needs tls.certificate"))
    guard let files = try TestCertificate(in: scratch) else { return }
    let tls = "tls: {certificate: \(files.certificate), key: \(files.key)}\n"
    #expect(await refusal(tls).contains("which needs keys: make one with martlet keys create"))
    let config = try scratch.write(tls, "check.yaml")
    let check = ["serve", "--data", data, "--listen", listen, "--config", config, "--check"]
    #expect(ServedProcess.run(check).status == 1)
    _ = try key(data, "admin")
    #expect(await refusal(tls) == "")
    #expect(ServedProcess.run(check).status == 0)
    #expect(
      await refusal("tls: {certificate: \(files.certificate), key: \(files.authority)}\n").contains("private key"))
  }

  @Test("TLS is spoken with a certificate that is read again when its files change, and a wrong one changes nothing")
  func tls() async throws {
    let scratch = try Scratch()
    guard let files = try TestCertificate(in: scratch) else {
      Issue.record("there is no openssl")
      return
    }
    let other = try Scratch()
    let next = try #require(try TestCertificate(in: other))
    let service = try await ServedProcess(
      data: scratch.path + "/events", settings: "tls: {certificate: \(files.certificate), key: \(files.key)}\n")
    let url = "https://localhost:\(service.port)"
    func reaches(_ authority: String) -> Bool {
      PythonServer.run(["curl", "-sS", "--cacert", authority, "-o", "/dev/null", url + "/health/live"])
        .status == 0
    }
    #expect(reaches(files.authority) && !reaches(next.authority))
    // Without TLS there is no answer.
    #expect(try await send(service.port, "GET /health/live").status == 0)
    if let ran = PythonPackages.clients9?.run("bulk_clients.py", ["elasticsearch", "tls", url, "", files.authority]) {
      #expect(ran.status == 0 && ran.output.contains(#""first": {"stored": 600"#))
    }
    try "no certificate".write(toFile: files.certificate, atomically: true, encoding: .utf8)
    while !service.log.contains("that was shown before is shown on") { try await Task.sleep(for: .milliseconds(50)) }
    #expect(reaches(files.authority))
    for (from, to) in [(next.key, files.key), (next.certificate, files.certificate)] {
      try Data(contentsOf: URL(fileURLWithPath: from)).write(to: URL(fileURLWithPath: to))
    }
    while !service.log.contains("the certificate has been read again") { try await Task.sleep(for: .milliseconds(50)) }
    #expect(reaches(next.authority) && !reaches(files.authority))
    try await service.stop()
  }

  @Test("Firehose and EventBridge push with their keys, and have the answers that they ask for")
  func pushed() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let key = try key(data, "ingest")
    let service = try await ServedProcess(data: data)
    func record(_ id: String) -> String {
      #"{"eventVersion":"1.08","eventID":"\#(id)","eventTime":"2026-01-01T00:00:00Z","eventSource":"iam.amazonaws.com","#
        + #""eventName":"ListUsers","awsRegion":"us-east-1","recipientAccountId":"111122223333"}"#
    }
    func event(_ id: String) -> String {
      #"{"version":"0","id":"bridge-\#(id)","detail-type":"AWS API Call via CloudTrail","source":"aws.iam","account":"111122223333","#
        + #""time":"2026-01-01T00:00:00Z","region":"us-east-1","resources":[],"detail":\#(record(id))}"#
    }
    let logs =
      #"{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"g","logStream":"s","subscriptionFilters":["f"],"#
      + #""logEvents":[{"id":"1","timestamp":1767225600000,"message":\#(JSONValue.string(record("c")).text)}]}"#
    let control =
      #"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"","subscriptionFilters":[],"#
      + #""logEvents":[{"id":"","timestamp":1767225600000,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}"#
    let records = [
      Array(event("a").utf8), Array(record("b").utf8), gzip(Array(logs.utf8)), gzip(Array(control.utf8)),
    ].map {
      #"{"data":"\#(Data($0).base64EncodedString())"}"#
    }
    let body = #"{"requestId":"r-1","timestamp":1767225600000,"records":[\#(records.joined(separator: ","))]}"#
    let fields = [
      "X-Amz-Firehose-Protocol-Version: 1.0", "X-Amz-Firehose-Request-Id: r-1", "Content-Type: application/json",
    ]
    let refused = try await send(service.port, "POST /firehose", fields, body)
    #expect(
      refused.status == 401 && refused.text.contains(#""requestId":"r-1""#) && refused.text.contains("errorMessage"))
    for shown in [key.pair, key.encoded] {
      let answer = try await send(
        service.port, "POST /firehose", fields + ["X-Amz-Firehose-Access-Key: \(shown)"], body)
      #expect(answer.status == 200 && answer.text.contains("Content-Type: application/json"))
      let end = try #require(answer.text.range(of: "\r\n\r\n"))
      let json = try JSONValue(parsing: String(answer.text[end.upperBound...]))
      #expect(
        json["requestId"]?.stringValue == "r-1" && json["timestamp"]?.integerValue != nil && json["errorMessage"] == nil
      )
    }
    // The same id with other records: one of them is there already.
    let others = ["b", "e"].map { #"{"data":"\#(Data(record($0).utf8).base64EncodedString())"}"# }.joined(
      separator: ",")
    let reused = try await send(
      service.port, "POST /firehose", fields + ["X-Amz-Firehose-Access-Key: \(key.pair)"],
      #"{"requestId":"r-1","records":[\#(others)]}"#)
    #expect(reused.status == 200)
    // Nothing but a message that looks whether somebody is there.
    let alone = #"{"requestId":"r-1","records":[{"data":"\#(Data(gzip(Array(control.utf8))).base64EncodedString())"}]}"#
    let looked = try await send(
      service.port, "POST /firehose", fields + ["X-Amz-Firehose-Access-Key: \(key.pair)"], alone)
    #expect(looked.status == 200)
    #expect(
      try await send(service.port, "GET /metrics").text.contains(
        #"martlet_listener_control_messages_total{listener="http"} 3"#))
    #expect(!service.log.contains("not all that was pushed can be stored"))
    let admitted = ["Authorization: Basic \(key.encoded)", "Content-Type: application/json; charset=utf-8"]
    #expect(try await send(service.port, "POST /eventbridge", [], event("d")).status == 401)
    #expect(try await send(service.port, "POST /eventbridge", admitted, event("d")).status == 200)
    #expect(try await send(service.port, "POST /eventbridge", admitted, event("d")).status == 200)
    #expect(try await send(service.port, "POST /eventbridge", admitted, #"{"hello":1}"#).status == 400)
    try await service.stop()
    let found = ServedProcess.run(
      ["search", "--data", data, "--index", "logs-aws.*", "--format", "ndjson", "--quiet", "*"]
    ).output.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
    #expect(found.compactMap { $0["event"]?["id"]?.stringValue }.sorted() == ["a", "b", "c", "d", "e"])
  }

  @Test(
    "What is changed over HTTP is found by the name of the key, and by its id, as the documentation searches for it")
  func author() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let key = try key(data, "rules")
    let service = try await ServedProcess(data: data)
    let answer = try await send(
      service.port, "POST /api/rules/4c0138eb-7408-4072-9301-adec056ede49/disable",
      ["Authorization: ApiKey \(key.encoded)", "Content-Type: application/json"], "{}")
    #expect(answer.status == 200, "\(answer.text)")
    func count(_ query: String) -> String {
      ServedProcess.run(
        ["search", "--data", data, "--index", "logs-martlet.audit-*", "--format", "count", "--quiet", query]
      ).output
    }
    #expect(try await eventually { count("event.action: rule-disabled") == "1\n" })
    #expect(count("user.name: \"test rules\" and event.action: rule-*") == "1\n")
    #expect(count("martlet.audit.key: \(key.id) and event.action: rule-*") == "1\n")
    try await service.stop()
    #expect(ServedProcess.run(["verify", "--data", data]).status == 0)
  }

  @Test("What is changed while the service runs is an event that is found, and verify notices a log that was changed")
  func audit() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let service = try await ServedProcess(data: data)
    #expect(
      ServedProcess.run(["rules", "disable", "--data", data, "--by", "dana", "4c0138eb-7408-4072-9301-adec056ede49"])
        .status == 0)
    _ = try key(data, "read")
    func entries() throws -> [JSONValue] {
      let ran = ServedProcess.run(
        [
          "search", "--data", data, "--index", "logs-martlet.audit-*", "--format", "ndjson", "--quiet",
          "event.kind: event",
        ])
      return try ran.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }
    while try entries().count < 2 { try await Task.sleep(for: .milliseconds(200)) }
    let actions = try entries().compactMap { $0["event"]?["action"]?.stringValue }.sorted()
    #expect(actions == ["key-created", "rule-disabled"])
    // Nobody else writes there.
    let forged =
      #"{"create":{"_index":"logs-martlet.audit-default"}}"# + "\n" + #"{"@timestamp":"2026-01-01T00:00:00Z"}"# + "\n"
    let reader = try key(data, "ingest")
    let answer = try await send(service.port, "POST /_bulk", ["Authorization: ApiKey \(reader.encoded)"], forged)
    #expect(answer.text.contains("invalid_index_name_exception"))
    let wrapped =
      #"{"create":{"_index":"logs-x-default"}}"# + "\n"
      + #"{"Records":[{"@timestamp":"2026-01-01T00:00:00Z","event":{"action":"x"},"data_stream":{"dataset":"martlet.audit"}}]}"#
      + "\n"
    let hidden = try await send(service.port, "POST /_bulk", ["Authorization: ApiKey \(reader.encoded)"], wrapped)
    #expect(hidden.text.contains("reserved data stream") && hidden.text.contains(#""errors":true"#), "\(hidden.text)")
    // And whoever searches events does not find entries among them.
    for options in [["--format", "count"], ["--by", "event.action"], ["--format", "ndjson"]] {
      let found = ServedProcess.run(["search", "--data", data, "--quiet"] + options + ["event.action: rule-disabled"])
      #expect(!found.output.contains("rule-disabled") && found.output != "1\n", "\(options): \(found.output)")
    }
    let sequence = ServedProcess.run([
      "search", "--data", data, "--quiet", "--language", "eql", "--format", "count", "any where true",
    ])
    #expect(sequence.output == "0\n")
    try await service.stop()
    #expect(ServedProcess.run(["verify", "--data", data]).status == 0)
    let change = "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute(sys.argv[2]); d.commit()"
    #expect(
      PythonServer.run(
        [
          "python3", "-c", change, data + "/alerts.sqlite",
          "UPDATE audit SET entry = replace(entry, 'dana', 'mallory')",
        ]
      ).status == 0)
    #expect(ServedProcess.run(["verify", "--data", data]).status == 1)
  }
}
