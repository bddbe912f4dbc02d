import Events
import Foundation
import JSON
import TestSupport
import Testing

/// A shipper's requests, as it sends them, and what comes back.
private struct Shipper {
  let port: Int

  @discardableResult
  func send(
    _ line: String, _ fields: [String] = [], _ body: [UInt8] = []
  ) async throws -> (status: Int, head: String, body: String) {
    let answer = try await RawRequest.send(line, to: port, fields, body)
    return (answer.status, answer.head, answer.body)
  }

  func bulk(_ line: String, _ fields: [String], _ text: String) async throws -> (
    status: Int, statuses: [Int], body: String
  ) {
    let answer = try await send(line, fields, Array(text.utf8))
    let items = try JSONValue(parsing: answer.body)["items"]?.arrayValue ?? []
    return (answer.status, items.map { Int($0.objectValue?.first?.value["status"]?.integerValue ?? 0) }, answer.body)
  }
}

private func record(_ id: String) -> String {
  #"{"eventVersion":"1.08","eventID":"\#(id)","eventTime":"2026-01-01T00:00:00Z","eventSource":"iam.amazonaws.com","#
    + #""eventName":"ListUsers","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.7","#
    + #""userIdentity":{"type":"IAMUser","userName":"eve","accountId":"111122223333"},"recipientAccountId":"111122223333"}"#
}

private func quoted(_ text: String) -> String { JSONValue.string(text).text }

/// Documents that a folder has of an index, by a command of its own beside the service.
private func found(_ index: String, in data: String) throws -> [JSONValue] {
  let (_, output) = ServedProcess.run([
    "search", "--data", data, "--index", index, "--format", "ndjson", "--quiet", "*",
  ])
  return try output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
}

@Suite("Shippers of logs send to a running service", .timeLimit(.minutes(hang)))
struct BulkServiceTests {
  @Test("Filebeat's set-up and its compressed requests: raw records in messages, each once, sent again 409")
  func filebeat() async throws {
    let scratch = try Scratch()
    let service = try await ServedProcess(data: scratch.path + "/events")
    let shipper = Shipper(port: service.port)
    let json = ["Accept: application/json", "Content-Type: application/json; charset=UTF-8"]
    let root = try await shipper.send("GET /", json)
    #expect(try JSONValue(parsing: root.body)["version"]?["number"]?.stringValue == "9.99.0")
    #expect(try await shipper.send("GET /_license?human=false", json).body.contains(#""status":"active""#))
    #expect(try await shipper.send("GET /_ilm/policy/filebeat", json).status == 404)
    #expect(try await shipper.send("PUT /_ilm/policy/filebeat", json, Array("{}".utf8)).status == 200)
    #expect(try await shipper.send("HEAD /_index_template/filebeat-8.19.0", json).status == 404)
    #expect(try await shipper.send("PUT /_index_template/filebeat-8.19.0", json, Array("{}".utf8)).status == 200)
    #expect(try await shipper.send("HEAD /_index_template/filebeat-8.19.0", json).status == 200)
    #expect(try await shipper.send("HEAD /_data_stream/filebeat-8.19.0", json).status == 404)
    #expect(try await shipper.send("PUT /_data_stream/filebeat-8.19.0", json).status == 200)
    var body = ""
    for number in 0..<50 {
      let pipeline = "filebeat-8.19.0-aws-cloudtrail-pipeline"
      body += #"{"create":{"_index":"filebeat-8.19.0","pipeline":"\#(pipeline)","_id":"abc-\#(number)"}}"# + "\n"
      body +=
        #"{"@timestamp":"2026-01-02T00:00:00Z","message":\#(quoted(record("beat-\(number)"))),"#
        + #""event":{"dataset":"aws.cloudtrail"}}"# + "\n"
    }
    let line = "POST /_bulk?filter_path=errors,items.*.error,items.*.status"
    for status in [201, 409] {
      let answer = try await shipper.send(line, json + ["Content-Encoding: gzip"], gzip(Array(body.utf8)))
      #expect(answer.status == 200)
      let items = try JSONValue(parsing: answer.body)["items"]?.arrayValue ?? []
      #expect(items.map { $0["create"]?["status"]?.integerValue } == Array(repeating: Int64(status), count: 50))
    }
    let events = try found("logs-aws.cloudtrail-default", in: scratch.path + "/events")
    #expect(events.count == 50)
    #expect(events.allSatisfy { $0["event"]?["action"]?.stringValue == "ListUsers" })
    #expect(try await service.stop() == 0)
  }

  @Test(
    "Logstash, Vector, Fluent Bit, rsyslog and syslog-ng send as they do, and find what they look for in the answer")
  func others() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let service = try await ServedProcess(data: data)
    let shipper = Shipper(port: service.port)
    // Logstash.
    #expect(try await shipper.send("HEAD /").status == 200)
    #expect(try await shipper.send("GET /_license").status == 200)
    #expect(try await shipper.send("GET /").body.contains(#""cluster_uuid":"martlet"#))
    #expect(try await shipper.send("HEAD /_index_template/ecs-logstash").status == 404)
    #expect(try await shipper.send("PUT /_index_template/ecs-logstash", [], Array("{}".utf8)).status == 200)
    let stash = [
      #"{"index":{"_id":null,"_index":"logs-stash-default","routing":null}}"#,
      #"{"@timestamp":"2026-01-01T00:00:00Z","message":"one","tags":["a"]}"#,
      #"{"create":{"_index":"logs-stash-default"}}"#,
      record("stash"), "",
    ].joined(separator: "\n")
    let stashed = try await shipper.bulk(
      "POST /_bulk?filter_path=errors,items.*.error,items.*.status",
      ["Content-Type: application/json", "X-Elastic-Event-Count: 2", "X-Elastic-Uncompressed-Request-Length: 400"],
      stash)
    #expect(stashed.status == 200 && stashed.body.hasPrefix(#"{"errors":false,"items":["#))
    #expect(stashed.statuses == [201, 201])
    // Vector, whose health check wants exactly 200.
    #expect(try await shipper.send("GET /_cluster/health").status == 200)
    let vector =
      #"{"index":{"_index":"vector-2026.01.31"}}"# + "\n" + #"{"@timestamp":"2026-01-01T00:00:00Z","message":"two"}"#
      + "\n"
    let vectored = try await shipper.bulk("POST /_bulk?timeout=60s", ["Content-Type: application/x-ndjson"], vector)
    #expect(vectored.statuses == [201] && !vectored.body.contains(#""errors":true"#))
    // Fluent Bit looks for this text.
    let bit =
      #"{"create":{"_index":"fluent-bit","_type":"_doc"}}"# + "\n"
      + #"{"@timestamp":"2026-01-01T00:00:00.000Z","log":"three"}"# + "\n"
    let fluent = try await shipper.bulk(
      "POST /_bulk", ["Content-Type: application/x-ndjson", "User-Agent: Fluent-Bit"], bit)
    #expect(fluent.body.contains(#""errors":false,"items":["#) && fluent.statuses == [201])
    // rsyslog's templates leave an empty line behind each document.
    #expect(try await shipper.send("GET /_cat/health").status == 200)
    var syslog = ""
    for number in 0..<3 {
      syslog += #"{"index":{"_index": "system","_type":"events"}}"# + "\n"
      syslog += #"{"@timestamp":"2026-01-01T00:00:0\#(number)+00:00","message":"four"}"# + "\n\n"
    }
    let logged = try await shipper.bulk("POST /_bulk", ["Content-Type: application/json; charset=utf-8"], syslog)
    #expect(logged.status == 200 && logged.statuses == [201, 201, 201])
    for (index, count) in [("logs-stash-default", 1), ("vector-*", 1), ("fluent-bit", 1), ("system", 3)] {
      #expect(try found(index, in: data).count == count, "\(index)")
    }
    try await service.stop()
  }

  @Test("What was acknowledged is there after the process is killed, and sent again it is stored once")
  func killed() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    var body = ""
    for number in 0..<500 { body += "{\"create\":{}}\n\(record("kill-\(number)"))\n" }
    let service = try await ServedProcess(data: data)
    let first = try await Shipper(port: service.port).bulk("PUT /logs-x/_bulk", [], body)
    #expect(first.statuses == Array(repeating: 201, count: 500))
    try await service.kill()
    let again = try await ServedProcess(data: data)
    let second = try await Shipper(port: again.port).bulk("PUT /logs-x/_bulk", [], body)
    #expect(second.status == 200 && second.statuses == Array(repeating: 409, count: 500))
    try await again.stop()
    #expect(try found("logs-aws.cloudtrail-default", in: data).count == 500)
  }

  @Test("Of documents in one request each has its own fate: good, twice, broken, wrapped, without time")
  func fates() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let service = try await ServedProcess(data: data)
    let documents = [
      record("a"), record("b"), record("a"), "{broken", "[1]", #"{"n":1}"#,
      #"{"detail-type":"AWS API Call via CloudTrail","source":"aws.iam","detail":\#(record("c"))}"#,
      #"{"Records":[\#(record("d")),\#(record("b"))]}"#, #"{"@timestamp":"yesterday","event":{"action":"x"}}"#,
      record("e"),
    ]
    let body = documents.map { "{\"create\":{}}\n\($0)\n" }.joined()
    let answer = try await Shipper(port: service.port).bulk("POST /logs-x-default/_bulk", [], body)
    #expect(answer.statuses == [201, 201, 409, 400, 400, 400, 201, 201, 400, 201])
    #expect(answer.body.contains("no readable time"))
    try await service.stop()
    let ids = try found("*", in: data).compactMap { $0["event"]?["id"]?.stringValue }.sorted()
    #expect(ids == ["a", "b", "c", "d", "e"])
  }

  @Test(
    "What is stored is not changed by what is sent under its id with another text, and of one request the first stays")
  func firstStays() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let service = try await ServedProcess(data: data)
    let shipper = Shipper(port: service.port)
    // Of as many as these the hash of the second text is lower than that of the first for some.
    let count = 24
    func documents(_ user: String) -> [String] {
      (0..<count).map { record("same-\($0)").replacing(#""eve""#, with: "\"\(user)\"") }
    }
    func named(_ user: String) -> String {
      (0..<count).map {
        "{\"create\":{\"_id\":\"n\($0)\"}}\n{\"@timestamp\":\"2026-01-01T00:00:00Z\",\"user\":{\"name\":\"\(user)\"}}\n"
      }.joined()
    }
    let first = documents("first").map { "{\"create\":{}}\n\($0)\n" }.joined()
    let twice = zip(documents("first"), documents("second")).map { "{\"create\":{}}\n\($0)\n{\"create\":{}}\n\($1)\n" }
    let answer = try await shipper.bulk("POST /logs-x-default/_bulk", [], twice.joined())
    #expect(answer.statuses == Array(repeating: [201, 409], count: count).flatMap(\.self))
    let third = first.replacing("first", with: "third")
    #expect(
      try await shipper.bulk("POST /logs-x-default/_bulk", [], third).statuses == Array(repeating: 409, count: count))
    for (user, status) in [("first", 201), ("second", 409)] {
      let answer = try await shipper.bulk("POST /logs-x-default/_bulk", [], named(user))
      #expect(answer.statuses == Array(repeating: status, count: count))
    }
    for number in 0..<count {
      let text = #"{"@timestamp":"2026-01-01T00:00:00Z","user":{"name":"fourth"}}"#
      let answer = try await shipper.send("PUT /logs-x-default/_create/n\(number)", [], Array(text.utf8))
      #expect(answer.status == 409)
    }
    for event in documents("pushed") {
      #expect(try await shipper.send("POST /eventbridge", [], Array(event.utf8)).status == 200)
    }
    let update =
      record("update").replacing(#""eve""#, with: #""updated""#).dropLast()
      + #","addendum":{"reason":"UPDATED_DATA","originalEventID":"same-0"}}"#
    #expect(try await shipper.bulk("POST /logs-x-default/_bulk", [], "{\"create\":{}}\n\(update)\n").statuses == [201])
    try await service.stop()
    let events = try found("logs-aws.cloudtrail-default", in: data) + found("logs-x-default", in: data)
    let users = events.compactMap { $0["user"]?["name"]?.stringValue }
    #expect(users.count == 2 * count)
    #expect(users.count { $0 == "first" } == 2 * count - 1 && users.count { $0 == "updated" } == 1)
  }

  @Test(
    "Elastic's client, versions 8 and 9, and OpenSearch's: bulk helpers, create and index",
    .enabled(if: PythonPackages.clients8 != nil && PythonPackages.clients9 != nil, "pip cannot install the clients"))
  func clients() async throws {
    let scratch = try Scratch()
    let service = try await ServedProcess(data: scratch.path + "/events")
    for (packages, kind, name) in [
      (PythonPackages.clients8, "elasticsearch", "eight"), (PythonPackages.clients9, "elasticsearch", "nine"),
      (PythonPackages.clients9, "opensearch", "open"),
    ] {
      let ran = try #require(packages?.run("bulk_clients.py", [kind, name, service.url]))
      #expect(ran.status == 0)
      let result = try JSONValue(parsing: ran.output)
      #expect(result["ping"]?.boolValue == true && result["name"]?.stringValue == "You Know, for Search")
      #expect(result["first"] == ["stored": 600, "errors": ["400": 1]])
      #expect(result["second"] == ["stored": 0, "errors": ["400": 1, "409": 600]])
      #expect(result["create"]?.stringValue == "created" && result["again"]?.stringValue == "ConflictError")
      #expect(result["index"]?.stringValue == "created")
    }
    try await service.stop()
  }

  @Test("An index whose fields are at their bound has them there after the service has begun anew")
  func fieldsKept() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    func document(_ name: String, _ count: Int) -> String {
      let fields = (0..<count).map { "\"\(name)\($0)\":1" }.joined(separator: ",")
      return
        "{\"create\":{\"_index\":\"logs-many-default\"}}\n{\"@timestamp\":\"2026-01-01T00:00:00Z\",\"f\":{\(fields)}}\n"
    }
    func send(_ service: ServedProcess, _ body: String) async throws -> (statuses: [Int], body: String) {
      let answer = try await Shipper(port: service.port).bulk(
        "POST /_bulk", ["Content-Type: application/x-ndjson"], body)
      return (answer.statuses, answer.body)
    }
    let first = try await ServedProcess(data: data)
    #expect(try await send(first, document("a", 6000)).statuses == [201])
    try await first.stop()
    let second = try await ServedProcess(data: data)
    let answer = try await send(second, document("b", 6000) + document("a", 5000) + document("c", 500))
    #expect(answer.statuses == [400, 201, 201])
    #expect(answer.body.contains("Limit of total fields [10000] has been exceeded"))
    // Another index has its own.
    let other = document("b", 6000).replacing("logs-many-default", with: "logs-other-default")
    #expect(try await send(second, other).statuses == [201])
    try await second.stop()
  }

  @Test("What a service deletes for its age is in the audit log, with how much and up to when")
  func deletions() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let first = try await ServedProcess(data: data)
    let old =
      "{\"create\":{\"_index\":\"logs-old-default\"}}\n{\"@timestamp\":\"2020-01-01T00:00:00Z\",\"message\":\"m\"}\n"
    #expect(
      try await Shipper(port: first.port).bulk("POST /_bulk", ["Content-Type: application/x-ndjson"], old + old)
        .statuses == [201, 201])
    try await first.stop()
    #expect(
      ServedProcess.run(["retention", "set", "--data", data, "--stream", "logs-old-*", "--age", "30d", "--by", "eve"])
        .status == 0)
    let second = try await ServedProcess(data: data)
    func entries() throws -> [JSONValue] {
      try found("logs-martlet.audit-*", in: data).filter { $0["event"]?["action"] == "events-deleted" }
    }
    while try entries().isEmpty { try await Task.sleep(for: .milliseconds(200)) }
    let entry = try #require(try entries().first)
    #expect(try entries().count == 1 && entry["user"]?["name"] == "retention")
    let audit = entry["martlet"]?["audit"]
    #expect(audit?["target"] == "logs-old-default" && audit?["before"]?["events"] == 2, "\(entry.text)")
    #expect(audit?["before"]?["up_to"] == "2020-01-01T00:00:00.000Z", "\(entry.text)")
    #expect(try found("logs-old-*", in: data).isEmpty)
    try await second.stop()
    #expect(ServedProcess.run(["verify", "--data", data]).status == 0)
  }

  @Test("A bound that is set while the service runs counts without a restart")
  func bound() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    // A clock by which half a minute is half a second.
    let service = try await ServedProcess(
      data: data,
      arguments: ["--simulated-clock", "\(Timestamp(milliseconds: now).iso8601),\(now),60"])
    let old =
      "{\"create\":{\"_index\":\"logs-old-default\"}}\n{\"@timestamp\":\"2020-01-01T00:00:00Z\",\"message\":\"m\"}\n"
    #expect(
      try await Shipper(port: service.port).bulk("POST /_bulk", ["Content-Type: application/x-ndjson"], old)
        .statuses == [201])
    #expect(try found("logs-old-*", in: data).count == 1)
    let set = ["retention", "set", "--data", data, "--stream", "logs-old-*", "--age"]
    #expect(ServedProcess.run(set + ["30d"]).status == 0)
    #expect(try await service.says("deleted by retention: 1 event of logs-old-default"))
    #expect(try found("logs-old-*", in: data).isEmpty)
    #expect(try await service.stop() == 0)
  }

  @Test("Of a document of several records the log and its answer say which could not be stored, though others are")
  func inPart() async throws {
    let scratch = try Scratch()
    let service = try await ServedProcess(data: scratch.path + "/events")
    let records = [record("whole"), #"{"eventName":"NoTime","eventVersion":"1.08"}"#, "7"].joined(separator: ",")
    let body = "{\"create\":{\"_index\":\"logs-x-default\",\"_id\":\"1\"}}\n{\"Records\":[\(records)]}\n"
    let answer = try await Shipper(port: service.port).bulk(
      "POST /_bulk", ["Content-Type: application/x-ndjson"], body)
    #expect(answer.status == 200 && answer.statuses == [201] && answer.body.contains(#""errors":false"#))
    let item = try JSONValue(parsing: answer.body)["items"]?[0]?["create"]
    #expect(item?["result"] == "created")
    let told = try #require(item?["martlet"]?["not_stored"]?.stringValue)
    #expect(told.hasPrefix("2 of its records cannot be stored: "))
    #expect(service.log.contains("not all that was sent can be stored: of a document \(told)"))
    // What is refused as a whole is told to whoever sent it, and once in an hour in the log.
    let lines = service.log.split(separator: "\n").count
    let refused = try await Shipper(port: service.port).bulk(
      "POST /_bulk", ["Content-Type: application/x-ndjson"],
      "{\"create\":{\"_index\":\"logs-x-default\"}}\n{\"Records\":[7]}\n")
    #expect(refused.statuses == [400])
    #expect(service.log.split(separator: "\n").count == lines + 1, "\(service.log)")
    #expect(try await service.stop() == 0)
  }

  @Test("A data stream is there from its first event on, by whatever road it came, and patterns find it")
  func streams() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let service = try await ServedProcess(data: data)
    let shipper = Shipper(port: service.port)
    func names(_ path: String) async throws -> [String]? {
      let answer = try await shipper.send("GET " + path)
      guard answer.status == 200 else { return nil }
      return try JSONValue(parsing: answer.body)["data_streams"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
    }
    let stream = "logs-aws.cloudtrail-default"
    #expect(try await names("/_data_stream/" + stream) == nil)
    #expect(try await names("/_data_stream/logs-aws.*") == [])
    let event =
      #"{"version":"0","id":"b","detail-type":"AWS API Call via CloudTrail","source":"aws.iam","account":"111122223333","#
      + #""time":"2026-01-01T00:00:00Z","region":"us-east-1","resources":[],"detail":\#(record("bridge"))}"#
    #expect(
      try await shipper.send("POST /eventbridge", ["Content-Type: application/json"], Array(event.utf8)).status == 200)
    #expect(try await names("/_data_stream/" + stream) == [stream])
    #expect(try await shipper.send("HEAD /_data_stream/" + stream).status == 200)
    #expect(try await shipper.send("HEAD /" + stream).status == 200)
    // The service may have told something of itself meanwhile.
    #expect(try await names("/_data_stream/logs-*default")?.contains(stream) == true)
    #expect(try await names("/_data_stream/logs-*.cloud*-default,\(stream)") == [stream])
    #expect(try await names("/_data_stream/metrics-*") == [])
    #expect(try await names("/_data_stream")?.contains(stream) == true)
    #expect(try await names("/_data_stream/\(stream),logs-none-default") == nil)
    let health = try await shipper.send("GET /_cat/health?format=json")
    #expect(try JSONValue(parsing: health.body)[0]?["status"] == "green")
    try await service.stop()
  }

  @Test("A request that names hundreds of indices is stored as one that names one is, and each document once")
  func manyIndices() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let service = try await ServedProcess(data: data)
    let body = (0..<200).map {
      #"{"create":{"_index":"logs-s\#($0)-default","_id":"1"}}"# + "\n"
        + #"{"@timestamp":"2026-01-02T00:00:00Z","message":"\#($0)","f\#($0)":1}"# + "\n"
    }.joined()
    for status in [201, 409] {
      let answer = try await Shipper(port: service.port).bulk(
        "POST /_bulk", ["Content-Type: application/x-ndjson"], body)
      #expect(answer.statuses == Array(repeating: status, count: 200))
    }
    let stored = try found("logs-s*-default", in: data)
    #expect(Set(stored.compactMap { $0["message"]?.stringValue }) == Set((0..<200).map(String.init)))
    #expect(stored.count == 200)
    #expect(try await service.stop() == 0)
  }
}
