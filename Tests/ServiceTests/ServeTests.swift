import AWS
import Alerts
import Events
import Foundation
import JSON
import Notifications
import Rules
import SegmentStore
import Service
import Synchronization
import TestSupport
import Testing
import Transfers

/// The service as a process.
private final class Serving: @unchecked Sendable {
  let process = Process()
  let log: String

  /// - Parameter isHurried: whether it has the time to end that it has where nothing else is said; else it has hours, since the machine
  ///   may be busy.
  init(
    _ scratch: Scratch, _ arguments: [String], environment: [String: String] = [:], isHurried: Bool = false
  ) throws {
    log = try scratch.write("", "log-\(UUID().uuidString)")
    process.executableURL = URL(fileURLWithPath: try Tool.path())
    process.arguments = ["serve"] + (isHurried ? [] : ["--ending-time", "7200"]) + arguments
    process.environment = Tool.environment(environment)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: log)
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  var text: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

  /// Where it listens, once it does.
  var port: Int? {
    let words = "listening at 127.0.0.1:"
    guard let place = text.range(of: words) else { return nil }
    return Int(text[place.upperBound...].prefix { $0.isNumber })
  }

  /// Waits until the log says something; false where the process ends before that.
  func says(_ words: String) async throws -> Bool {
    while !text.contains(words) {
      guard process.isRunning else { return text.contains(words) }
      try await Task.sleep(for: .milliseconds(50))
    }
    return true
  }

  /// Sends a signal and gives the status with which the process ends.
  func end(_ signal: Int32) async throws -> Int32 {
    kill(process.processIdentifier, signal)
    while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    return process.terminationStatus
  }
}

/// The process that runs now.
private final class Latest: Sendable {
  private let serving: Mutex<Serving>

  init(_ serving: Serving) { self.serving = Mutex(serving) }

  var now: Serving {
    get { serving.withLock { $0 } }
    set { serving.withLock { $0 = newValue } }
  }
}

@Suite("The service, as it is run", .serialized) struct ServeTests {
  private func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    PythonServer.run([try Tool.path()] + arguments)
  }

  @Test(
    "It runs with no settings at all on a folder that is not there, and ends in order within ten seconds",
    .timeLimit(.minutes(hang)))
  func plain() async throws {
    var status: Int32 = -1
    // One that takes longer ends with another status. That a busy machine has no turn for it for so long comes once in a while.
    for _ in 0..<5 where status != 0 {
      let scratch = try Scratch()
      let serving = try Serving(
        scratch, ["--data", scratch.path + "/events", "--listen", "localhost:0"], isHurried: true)
      #expect(try await serving.says("the service runs"))
      #expect(try await serving.says("rules run"))
      status = try await serving.end(SIGTERM)
      #expect(status != 0 || serving.text.contains("the service has ended"))
      #expect(try run(["status", "--data", scratch.path + "/events"]).status == 0)
    }
    #expect(status == 0)
  }

  @Test(
    "With an upload under way and a message that hangs it ends in order within ten seconds too",
    .timeLimit(.minutes(hang)))
  func busy() async throws {
    var status: Int32 = -1
    for _ in 0..<3 where status != 0 { status = try await endBusy() }
    #expect(status == 0)
  }

  /// Ends one with an upload under way and a message that hangs; gives its status.
  private func endBusy() async throws -> Int32 {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let hook = try PythonServer("hook.py")
    var direct = TransferSettings()
    direct.proxy = .none
    direct.leastTimeout = .seconds(3600)
    let client = HTTPClient(direct)
    _ = try await client.send(HTTPRequest("POST", hook.url + "/_plan", body: Array(#"["hang"]"#.utf8)))
    let config = try scratch.write(
      "{outgoing: {proxy: none}, rules: {spread: 0}, notifications: {channels: [{name: hook, type: webhook, url: \"\(hook.url)\"}]}}",
      "martlet.yaml")
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    let serving = try Serving(
      scratch,
      [
        "--data", data, "--listen", "localhost:0", "--config", config, "--simulated-clock",
        "\(now.iso8601),\(now.milliseconds),60",
      ], isHurried: true)
    #expect(try await serving.says("the service runs"))
    #expect(try await serving.says("rules run"))
    let port = try #require(serving.port)
    let time = Timestamp(milliseconds: now.milliseconds + 60_000).iso8601
    let record =
      #"{"eventVersion":"1.08","eventID":"stop-1","eventTime":"\#(time)","eventSource":"cloudtrail.amazonaws.com","#
      + #""eventName":"StopLogging","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.7","#
      + #""userIdentity":{"type":"IAMUser","userName":"eve","accountId":"111122223333"},"recipientAccountId":"111122223333"}"#
    try await Self.send([record], client) { port }
    while try await JSONValue(parsing: client.send(HTTPRequest("GET", hook.url + "/_told")).body[...]).arrayValue?
      .isEmpty ?? true
    {
      try await Task.sleep(for: .milliseconds(50))
    }
    let upload = try RawClient(port: port)
    await upload.send("POST /_bulk HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n{\"create\"")
    let trickle = Task {
      while !Task.isCancelled, await upload.send(" ") { try await Task.sleep(for: .milliseconds(200)) }
    }
    try await Task.sleep(for: .milliseconds(500))
    // Either, waited for, would have it go on for half a minute.
    let status = try await serving.end(SIGTERM)
    trickle.cancel()
    #expect(status != 0 || serving.text.contains("the service has ended"))
    let told = try run(["notify", "status", "--data", data])
    #expect(status != 0 || told.output.contains(" held"))
    return status
  }

  @Test(
    "Settings that are wrong end it at once with the key, and a check of right ones says so",
    .timeLimit(.minutes(hang)))
  func settings() async throws {
    let scratch = try Scratch()
    let wrong = try scratch.write("notifications: {channels: [{name: x, type: pigeon}]}", "wrong.yaml")
    let serving = try Serving(scratch, ["--data", scratch.path + "/events", "--config", wrong])
    #expect(try await serving.says("notifications.channels[0].type"))
    while serving.process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    #expect(serving.process.terminationStatus == 1)
    let right = try scratch.write("log: {format: json}", "right.yaml")
    #expect(try run(["serve", "--data", scratch.path + "/events", "--config", right, "--check"]).status == 0)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/events"))
  }

  @Test(
    "A check tells what settings name and is not there, by its key", .timeLimit(.minutes(hang)),
    arguments: [
      ("geoip: [/nowhere/places.mmdb]", ["geoip[0]: ", "/nowhere/places.mmdb"]),
      ("indicators: {logs-ti_x: /nowhere/list.csv}", ["indicators.logs-ti_x: ", "/nowhere/list.csv"]),
      (
        "notifications: {channels: [{name: a, type: slack, url_env: NOT_SET_ANYWHERE}, {name: b, type: teams, url_file: /nowhere/url}]}",
        ["channels[0].url_env: ", "NOT_SET_ANYWHERE", "channels[1].url_file: ", "/nowhere/url"]
      ),
      (
        "notifications: {channels: [{name: a, type: file, path: /tmp/x, rules: [No such rule, AWS*], except_rules: [Nor this]}]}",
        ["channels[0].rules: ", "No such rule", "channels[0].except_rules: ", "Nor this"]
      ),
      (
        "notifications: {channels: [{name: a, type: email, host: mail.example.com, security: none, from: a@b.example, to: [c@d.example]}]}",
        ["channels[0].security: "]
      ),
      (
        "notifications: {channels: [{name: a, type: jira, url: http://jira.example.com, token_env: PATH, project: X}]}",
        ["channels[0].url: ", "encrypted"]
      ),
      (
        "notifications: {channels: [{name: a, type: elasticsearch, url: http://es.example.com, api_key_env: PATH}]}",
        ["channels[0].url: "]
      ),
      (
        "notifications: {channels: [{name: a, type: webhook, url: http://hook.example.com, token_env: PATH}]}",
        ["channels[0].url: "]
      ), ("- a", ["settings.yaml", "keys with values"]),
    ])
  func checked(settings: String, words: [String]) async throws {
    let scratch = try Scratch()
    let config = try scratch.write(settings, "settings.yaml")
    let serving = try Serving(scratch, ["--data", scratch.path + "/events", "--config", config, "--check"])
    while serving.process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    #expect(serving.process.terminationStatus == 1)
    for word in words { #expect(serving.text.contains(word), "\(serving.text)") }
    #expect(!serving.text.contains("AWS*"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/events"))
  }

  @Test("Of an alarm of the service people are told, with which it is and why", .timeLimit(.minutes(hang)))
  func alarm() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let hook = try PythonServer("hook.py")
    var direct = TransferSettings()
    direct.proxy = .none
    direct.leastTimeout = .seconds(3600)
    let client = HTTPClient(direct)
    let config = try scratch.write(
      "{outgoing: {proxy: none}, health: {silence: 30m, patience: 30d}, rules: {spread: 0}, notifications: {channels: [{name: hook, type: webhook, url: \"\(hook.url)\", rules: [Martlet Alarm Raised]}]}}",
      "martlet.yaml")
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    let serving = try Serving(
      scratch,
      [
        "--data", data, "--listen", "localhost:0", "--config", config, "--simulated-clock",
        "\(now.iso8601),\(now.milliseconds),600",
      ])
    #expect(try await serving.says("the service runs"))
    let port = try #require(serving.port)
    let record =
      #"{"eventVersion":"1.08","eventID":"last","eventTime":"\#(now.iso8601)","eventSource":"iam.amazonaws.com","#
      + #""eventName":"ListUsers","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","userName":"eve"}}"#
    try await Self.send([record], client) { port }
    var alerts: [JSONValue] = []
    func isOfSilence(_ alert: JSONValue) -> Bool {
      alert["headline"]?.stringValue?.contains("nothing of logs-aws.cloudtrail-default has come for") == true
    }
    while !alerts.contains(where: isOfSilence), serving.process.isRunning {
      try await Task.sleep(for: .milliseconds(100))
      let told = try await client.send(HTTPRequest("GET", hook.url + "/_told"))
      alerts = try (JSONValue(parsing: told.body[...]).arrayValue ?? []).flatMap {
        try JSONValue(parsing: $0[2]?.stringValue ?? "null")["alerts"]?.arrayValue ?? []
      }
    }
    let told = try #require(alerts.first(where: isOfSilence))
    #expect(told["severity"] == "high" && told["rule"]?["name"] == "Martlet Alarm Raised")
    #expect(try await serving.end(SIGTERM) == 0)
  }

  /// "Martlet Alarm Raised".
  private static let alarmRule = "a6d22333-770b-4d25-9aeb-2604eda2b26f"

  /// The rules that ship, going by the times of events and not of their arrival: what order they come in makes no difference to these.
  private func rules(_ scratch: Scratch) throws -> String {
    let root =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path + "/Rules"
    for name in try FileManager.default.subpathsOfDirectory(atPath: root) where name.hasSuffix(".toml") {
      let text = try String(contentsOfFile: root + "/" + name, encoding: .utf8)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.hasPrefix("timestamp_override") }
      try scratch.write(lines.joined(separator: "\n"), "rules/" + name.replacing("/", with: "-"))
    }
    return scratch.path + "/rules"
  }

  /// Records of some hours, by which ten minutes of them they are of.
  private func pieces(_ files: String, from begin: Int, count: Int) throws -> [(minute: Int, lines: [String])] {
    var pieces: [Int: [String]] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: files) where name.hasSuffix(".gz") {
      let text = PythonServer.run(["zcat", files + "/" + name]).output
      for record in try JSONValue(parsing: text)["Records"]?.arrayValue ?? [] {
        guard let text = record["eventTime"]?.stringValue, let time = Timestamp(iso8601: text) else { continue }
        let seconds = Int(time.milliseconds / 1000) - begin
        if seconds >= 0, seconds / 600 < count { pieces[seconds / 600, default: []].append(record.text) }
      }
    }
    return pieces.sorted { $0.key < $1.key }.map { ($0.key * 10, $0.value) }
  }

  /// Sends records as a shipper does: again, until each is known to be stored.
  private static func send(
    _ lines: [String], _ client: HTTPClient, _ port: @escaping @Sendable () -> Int?
  ) async throws {
    let body = lines.map { "{\"create\":{}}\n\($0)\n" }.joined()
    while true {
      if let port = port() {
        let request = HTTPRequest(
          "POST", "http://127.0.0.1:\(port)/logs-aws.cloudtrail-default/_bulk",
          headers: ["Content-Type": "application/x-ndjson"], body: Array(body.utf8), longestBody: 16 << 20)
        if let answer = try? await client.send(request), answer.status == 200 {
          let items = try JSONValue(parsing: answer.body[...])["items"]?.arrayValue ?? []
          let statuses = items.map { $0["create"]?["status"]?.integerValue }
          #expect(statuses.count == lines.count && statuses.allSatisfy { $0 == 201 || $0 == 409 })
          return
        }
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  @Test(
    "What comes into a folder, a queue and over HTTP while it is killed again and again is stored once, raises the alerts of a hunt over it, and each is told once",
    .enabled(if: PythonServer.has("moto.server", "boto3"), "Python has no moto[server] and boto3"))
  func killed() async throws {
    let scratch = try Scratch()
    let (made, drop, data) = (scratch.path + "/made", scratch.path + "/drop", scratch.path + "/events")
    try FileManager.default.createDirectory(atPath: drop, withIntermediateDirectories: true)
    let kills = Int(ProcessInfo.processInfo.environment["MARTLET_KILLS"] ?? "") ?? 50
    // Events come for as long as it is killed: a kill takes two to three seconds, a piece less than two.
    let count = max(24, kills * 3 / 2)
    let days = 1 + (2 * count + 143) / 144
    let generated = try run([
      "generate", "--events", "\(1500 * days)", "--days", "\(days)", "--start", "2026-01-01", "--seed", "9", "--attack",
      "trust-policy", "--out", made,
    ])
    try #require(generated.status == 0)
    // The attack is in the middle of what comes.
    let planted = try #require(
      generated.output.components(separatedBy: "planted trust-policy at ").last.flatMap {
        Timestamp(iso8601: String($0.prefix(24)))
      })
    let begin = Timestamp(milliseconds: planted.milliseconds / 600_000 * 600_000 - Int64(count / 2) * 600_000)
    let pieces = try pieces(made, from: Int(begin.milliseconds / 1000), count: count)
    try #require(pieces.count > 10)
    let rules = try rules(scratch)
    do { _ = try SegmentStore(data, .writing(as: "test")) }
    try #require(try run(["rules", "import", "--data", data, rules]).status == 0)
    do {
      // Rules begin with the first piece, however long the service takes to come up for the first time.
      let ids = RuleCollection.load(paths: [rules], withBuiltIn: false).rules.map(\.rule.ruleID)
      _ = try AlertStore(folder: data, isReadOnly: false).states(of: ids, at: begin)
    }
    let hook = try PythonServer("hook.py")
    let cloud = try PythonServer(
      "aws_server.py", ["--bucket", "trail", "--queue", "events", "--notify", "--hang", "0.3"])
    let config = try scratch.write(
      """
      outgoing: {proxy: none}
      roads:
        - {type: folder, path: \(drop), interval: 1s, settle: 1s}
        - {type: sqs, queue_url: "\(cloud.url)/123456789012/events", endpoint: "\(cloud.url)", region: eu-west-1, visibility: 10s, wait: 1}
      notifications:
        channels: [{name: hook, type: webhook, url: "\(hook.url)", unanswered: hold}]
      """, "martlet.yaml")
    let keys = ["AWS_ACCESS_KEY_ID": "AKIAINVENTED", "AWS_SECRET_ACCESS_KEY": "invented", "HOME": "/nonexistent"]
    var direct = TransferSettings()
    direct.proxy = .none
    direct.leastTimeout = .seconds(3600)
    let client = HTTPClient(direct)
    var aws = AWSSettings()
    aws.region = "eu-west-1"
    aws.endpoint = cloud.url
    let s3 = try await AWSAccess(aws, AWSSurroundings(client: client, variables: keys, now: { MachineClock().now }))
      .s3()

    let (rate, origin) = (360.0, Int64(Date().timeIntervalSince1970 * 1000))
    let clock = "\(begin.iso8601),\(origin),\(Int(rate))"
    @Sendable func start() throws -> Serving {
      try Serving(
        scratch, ["--data", data, "--listen", "localhost:0", "--config", config, "--simulated-clock", clock],
        environment: keys)
    }
    let seed = UInt64(ProcessInfo.processInfo.environment["MARTLET_TEST_SEED"] ?? "") ?? UInt64.random(in: 0..<100_000)
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    let whole = scratch.path + "/whole"
    let serving = Latest(try start())
    // Somebody kills it whatever it does; the time between grows until it gets somewhere.
    let killer = Task {
      for kill in 0..<kills {
        try await Task.sleep(for: .milliseconds(Int(random.next() % UInt64(1500 + 100 * min(kill, 40)))))
        let killed = serving.now
        _ = try await killed.end(SIGKILL)
        serving.now = try start()
      }
    }
    var senders: [Task<Void, any Error>] = []
    for (place, piece) in pieces.enumerated() {
      // A file is there when its newest event has happened.
      while (Date().timeIntervalSince1970 * 1000 - Double(origin)) / 1000 * rate < Double((piece.minute + 10) * 60) {
        try await Task.sleep(for: .milliseconds(20))
      }
      let text = piece.lines.joined(separator: "\n") + "\n"
      try scratch.write(text, "whole/\(piece.minute).ndjson")
      switch place % 3 {
      case 0: try scratch.write(text, "drop/\(piece.minute).ndjson")
      case 1: try await s3.put("trail", "\(piece.minute).ndjson", Array(text.utf8))
      default:
        senders.append(
          Task { try await Self.send(piece.lines, client) { serving.now.port } })
      }
    }
    try await killer.value
    for sender in senders { try await sender.value }
    let hunt = try run(["hunt", "--format", "ndjson", "--no-builtin", "--rules", rules, whole])
    let found = try hunt.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    func ids(_ alerts: [JSONValue]) -> Set<String> { Set(alerts.compactMap { $0["kibana.alert.uuid"]?.stringValue }) }
    let expected = ids(found)
    // People are told of an alert on several events without its building blocks.
    let blocks = ids(found.filter { $0["kibana.alert.group.index"] != nil })
    let toTell = expected.subtracting(blocks)
    try #require(!toTell.isEmpty)
    let last = serving.now
    #expect(try await last.says("the service runs"))
    var told: [JSONValue] = []
    // Of some nobody knows whether they arrived, where it was killed in between.
    var held: Set<String> = []
    let queue = try DeliveryQueue(data + "/notifications.sqlite")
    _ = try await eventually {
      let answer = try await client.send(HTTPRequest("GET", hook.url + "/_told", longestBody: 16 << 20))
      told = try (JSONValue(parsing: answer.body[...]).arrayValue ?? []).flatMap {
        try JSONValue(parsing: $0[2]?.stringValue ?? "null")["alerts"]?.arrayValue ?? []
      }
      held = Set(try await queue.deliveries("unknown", limit: 100_000).map(\.alert))
      return held.union(told.compactMap { $0["id"]?.stringValue }).isSuperset(of: toTell)
    }
    #expect(try await last.end(SIGTERM) == 0, "\(last.text.suffix(2000))")
    let there = try run(["search", "--format", "count", "*", whole])
    #expect(
      try run(["search", "--data", data, "--index", "logs-aws.*", "--format", "count", "*"]).output == there.output)
    // Whatever order it came in: what no later arrival contradicted is what the hunt finds.
    let kept = try run(["alerts", "export", "--data", data, "--format", "ndjson"]).output.split(separator: "\n")
      .map { try JSONValue(parsing: String($0)) }
    // Alarms that a service raises about itself, as of feeds that are silent for days, are no events of a hunt's.
    let standing = kept.filter {
      $0["martlet"]?["contradicted_by"] == nil && $0["kibana.alert.rule.rule_id"]?.stringValue != Self.alarmRule
    }
    let others = standing.filter { !expected.contains($0["kibana.alert.uuid"]?.stringValue ?? "") }
    #expect(
      Set(standing.compactMap { $0["kibana.alert.uuid"]?.stringValue }) == expected,
      "others: \(Set(others.map { $0["kibana.alert.rule.name"]?.stringValue ?? "" }))")
    let namesTold = told.compactMap { $0["id"]?.stringValue }
    #expect(Set(namesTold).count == namesTold.count && blocks.isDisjoint(with: namesTold))
    #expect(Set(namesTold).isSubset(of: kept.compactMap { $0["kibana.alert.uuid"]?.stringValue }))
    #expect(
      told.contains { $0["headline"]?.stringValue?.contains("changed the role's trust policy") == true }
        || !held.isEmpty)
  }
}
