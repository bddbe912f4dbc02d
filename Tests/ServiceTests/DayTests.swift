import Alerts
import Events
import Foundation
import JSON
import Rules
import SegmentStore
import Service
import TestSupport
import Testing
import Transfers

/// What a process has of the machine.
private struct Holding {
  /// Bytes of memory that is its own.
  var memory: Int
  var files: Int
  var threads: Int

  init?(_ process: Int32) {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
    else { return nil }
    func number(_ name: String) -> Int? {
      status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        .flatMap { $0.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } }
    }
    guard let memory = number("RssAnon"), let threads = number("Threads") else { return nil }
    (self.memory, self.files, self.threads) = (memory << 10, files, threads)
  }
}

@Suite("A day of the service", .serialized, .timeLimit(.minutes(hang)))
struct DayTests {
  private static let trust = "4c0138eb-7408-4072-9301-adec056ede49"
  private static let begin = "2026-03-07T12:00:00Z"

  /// A folder in which some of the rules that ship run.
  private func folder(_ path: String) throws {
    _ = try SegmentStore(path, .writing(as: "test"))
    let alerts = try AlertStore(folder: path, isReadOnly: false)
    let start = try #require(Timestamp(iso8601: Self.begin))
    let ids = RuleCollection.load(paths: [], withBuiltIn: true).rules.map(\.rule.ruleID).sorted()
    let chosen = Set([Self.trust] + ids.prefix(8))
    for id in ids where !chosen.contains(id) { _ = try alerts.setRule(id, isEnabled: false, by: "test", at: start) }
    _ = try alerts.states(of: Array(chosen), at: start)
  }

  /// - Parameter role: whose trust is changed; nil for an event of no interest.
  private func record(_ id: String, _ time: Timestamp, changing role: String? = nil) -> String {
    let (event, request) =
      role != nil
      ? (
        "UpdateAssumeRolePolicy",
        #"{"roleName":"\#(role ?? "")","policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::999999999999:root\"},\"Action\":\"sts:AssumeRole\"}]}"}"#
      ) : ("ListUsers", "null")
    return
      #"{"eventVersion":"1.08","eventID":"\#(id)","eventTime":"\#(time.iso8601.prefix(19))Z","eventSource":"iam.amazonaws.com","#
      + #""eventName":"\#(event)","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.7","userAgent":"x","requestParameters":\#(request),"#
      + #""userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/eve","userName":"eve","accountId":"111122223333"},"#
      + #""eventType":"AwsApiCall","recipientAccountId":"111122223333"}"#
  }

  @Test(
    "Events over HTTP, pushed and by a folder, executions, notifications and searches for 24 hours leave memory, threads and open files as they were, and the alerts of a hunt"
  )
  func day() async throws {
    let scratch = try Scratch()
    let (data, drop) = (scratch.path + "/events", scratch.path + "/drop")
    try FileManager.default.createDirectory(atPath: drop, withIntermediateDirectories: true)
    try folder(data)
    let hook = try PythonServer("hook.py")
    // A day in as many seconds.
    let seconds = Double(ProcessInfo.processInfo.environment["MARTLET_DAY_SECONDS"] ?? "") ?? 45
    let rate = 86_400 / seconds
    let start = try #require(Timestamp(iso8601: Self.begin)).milliseconds
    let origin = Int64(Date().timeIntervalSince1970 * 1000)
    func now() -> Timestamp {
      Timestamp(milliseconds: start + Int64((Date().timeIntervalSince1970 * 1000 - Double(origin)) * rate))
    }
    let service = try await ServedProcess(
      data: data,
      settings: """
        outgoing: {proxy: none}
        health: {silence: off}
        roads: [{type: folder, path: \(drop), interval: 1s, settle: 1s}]
        notifications:
          channels: [{name: hook, type: webhook, url: "\(hook.url)"}]
        """, arguments: ["--simulated-clock", "\(Self.begin),\(origin),\(rate)"])
    var direct = TransferSettings()
    direct.proxy = .none
    direct.leastTimeout = .seconds(3600)
    let client = HTTPClient(direct)
    func ask(_ method: String, _ path: String, _ body: String = "") async throws -> (status: Int, text: String) {
      let answer = try await client.send(
        HTTPRequest(
          method, "http://127.0.0.1:\(service.port)\(path)",
          headers: body.isEmpty ? [:] : ["Content-Type": "application/x-ndjson"], body: Array(body.utf8),
          longestBody: 16 << 20))
      return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }
    let end = start + 86_400_000
    var (sent, changes, hour) = (0, 0, Int64(-1))
    var held: [(hour: Double, holding: Holding)] = []
    // The first hours fill what is kept on purpose. A machine that gets too little of the day goes on behind it.
    var rest: [Holding] { held.filter { $0.hour >= 6 }.map(\.holding) }
    while now().milliseconds < end || rest.count < 40 {
      let time = now()
      var lines: [String] = []
      for _ in 0..<20 {
        lines.append(record("event-\(sent)", time))
        sent += 1
      }
      let passed = max(0, time.milliseconds - start)
      if passed / 3_600_000 != hour {
        hour = passed / 3_600_000
        // Once an hour somebody changes another role's trust; a file comes into the folder; somebody searches.
        lines.append(record("change-\(hour)", time, changing: "role-\(hour)"))
        changes += 1
        try (record("file-\(hour)", time) + "\n").write(
          toFile: drop + "/\(hour).ndjson", atomically: true, encoding: .utf8)
        #expect(try await ask("POST", "/eventbridge", record("pushed-\(hour)", time)).status == 200)
        if hour % 6 == 2 {
          let body = #"{"query":"event.action: UpdateAssumeRolePolicy","index":"logs-aws.*","count":true}"#
          let found = try await ask("POST", "/api/search", body.replacing("\n", with: ""))
          #expect(found.status == 200, "\(found.text)")
        }
        #expect(try await ask("GET", "/metrics").status == 200)
      }
      let body = lines.map { "{\"create\":{}}\n\($0)\n" }.joined()
      let answer = try await ask("POST", "/logs-aws.cloudtrail-default/_bulk", body)
      #expect(answer.status == 200 && answer.text.contains(#""errors":false"#), "\(answer.text.prefix(300))")
      if let holding = Holding(service.id) { held.append((Double(passed) / 3_600_000, holding)) }
      try await Task.sleep(for: .milliseconds(100))
    }
    let last = now()
    // What was told, each alert once.
    var told: [String] = []
    _ = try await eventually {
      let answer = try await client.send(HTTPRequest("GET", hook.url + "/_told", longestBody: 64 << 20))
      told = try (JSONValue(parsing: answer.body[...]).arrayValue ?? []).flatMap {
        try JSONValue(parsing: $0[2]?.stringValue ?? "null")["alerts"]?.arrayValue ?? []
      }.filter { $0["headline"]?.stringValue?.contains("trust policy") == true }.compactMap { $0["id"]?.stringValue }
      return Set(told).count >= changes
    }
    var metrics = ""
    func metric(_ name: String) -> Double {
      metrics.split(separator: "\n").filter { $0.hasPrefix(name) }.compactMap {
        $0.split(separator: " ").last.flatMap { Double($0) }
      }
      .reduce(0, +)
    }
    _ = try await eventually {
      metrics = try await ask("GET", "/metrics").text
      return metric("martlet_executions_total") >= 9 * 270
    }
    #expect(try await service.stop() == 0)
    #expect(
      told.count == changes && Set(told).count == changes, "\(told.count) of \(changes): \(service.log.suffix(2000))")
    #expect(metric("martlet_executions_total") >= 9 * 270, "\(metric("martlet_executions_total"))")
    #expect(metric("martlet_executions_failed_total") == 0 && metric("martlet_executions_skipped_total") == 0)
    #expect(metric("martlet_rounds_failed_total") == 0 && metric("martlet_store_failures_total") == 0)
    let count = ServedProcess.run(["search", "--data", data, "--index", "logs-aws.*", "--format", "count", "*"]).output
    #expect(Int(count.filter(\.isNumber)) ?? 0 >= sent + changes, "\(count) of \(sent)")
    // What it alerted on is what a hunt over the same events alerts on.
    func alerts(_ arguments: [String]) throws -> Set<String> {
      try Set(
        ServedProcess.run(arguments).output.split(separator: "\n").map { line in
          let alert = try JSONValue(parsing: String(line))
          let id = alert["event"]?["id"]?.stringValue ?? alert["event.id"]?.stringValue ?? ""
          return "\(alert["kibana.alert.rule.rule_id"]?.stringValue ?? "") \(id)"
        })
    }
    let kept = try alerts(["alerts", "export", "--data", data])
    let until = Timestamp(milliseconds: max(end, last.milliseconds) + 3_600_000)
    let hunted = try alerts([
      "hunt", "--data", data, "--from", Self.begin, "--to", until.iso8601, "--format", "ndjson", "--quiet",
    ])
    #expect(kept.count >= changes && kept == hunted, "\(kept.symmetricDifference(hunted).sorted().prefix(5))")
    // The last third of the rest has no more than the first.
    func median(_ some: ArraySlice<Holding>, _ of: (Holding) -> Int) -> Int { some.map(of).sorted()[some.count / 2] }
    let (early, late) = (rest.prefix(rest.count / 3), rest.suffix(rest.count / 3))
    let figures = [
      ("memory", { (one: Holding) in one.memory >> 20 }), ("files", { $0.files }), ("threads", { $0.threads }),
    ]
    .map { "\($0) \(median(early, $1)) → \(median(late, $1))" }
    print(
      "a day in \(Int(seconds)) s: \(figures.joined(separator: ", ")); \(sent) events, \(Int(metric("martlet_executions_total"))) executions, \(kept.count) alerts"
    )
    #expect(late.count > 10)
    #expect(median(late) { $0.memory } < median(early) { $0.memory } + (16 << 20), "\(figures)")
    #expect(median(late) { $0.files } <= median(early) { $0.files } + 8, "\(figures)")
    #expect(median(late) { $0.threads } <= median(early) { $0.threads } + 4, "\(figures)")
  }
}
