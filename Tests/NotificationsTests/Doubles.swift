import Events
import Foundation
import Intake
import JSON
import Notifications
import Synchronization
import TestSupport
import Transfers

/// A clock that is set by hand.
final class Clock: Sendable {
  private let time: Mutex<Int64>

  init(_ text: String = "2026-01-31T10:00:00Z") { time = Mutex(Timestamp(iso8601: text)!.milliseconds) }

  var now: Timestamp { Timestamp(milliseconds: time.withLock { $0 }) }
  func pass(_ seconds: Int64) { time.withLock { $0 += seconds * 1000 } }
}

final class Notes: RoadReporter {
  struct State {
    var lines: [String] = []
    var counters: [String: Int] = [:]
    var gauges: [String: Int] = [:]
    var trouble: String?
  }

  let state = Mutex(State())

  func tell(_ level: ReportLevel, _ sentence: String, _ details: [String: String]) {
    state.withLock { $0.lines.append("\(level.rawValue): \(sentence) \(details)") }
  }

  func add(_ count: Int, to counter: String) { state.withLock { $0.counters[counter, default: 0] += count } }
  func set(_ count: Int, of gauge: String) { state.withLock { $0.gauges[gauge] = count } }
  func setTrouble(_ reason: String?) { state.withLock { $0.trouble = reason } }
  func gauge(_ name: String) -> Int? { state.withLock { $0.gauges[name] } }
  var trouble: String? { state.withLock { $0.trouble } }
  subscript(counter: String) -> Int { state.withLock { $0.counters[counter] ?? 0 } }
  var lines: [String] { state.withLock { $0.lines } }
}

/// An alert as a rule makes one.
///
/// - Parameter further: what it has beside what all have.
func alert(
  _ id: String, severity: String = "high", rule: String = "Trust Policy Changed", tags: [String] = ["AWS"],
  user: String = "yuki.mori", reason: String = "somebody let an outside account in",
  and further: [String: JSONValue] = [:]
) -> [UInt8] {
  let document: JSONValue = [
    "@timestamp": "2026-01-31T09:59:00.000Z", "kibana.alert.uuid": .string(id),
    "kibana.alert.original_time": "2026-01-31T09:58:00.000Z", "kibana.alert.rule.name": .string(rule),
    "kibana.alert.rule.rule_id": .string(rule.lowercased().replacing(" ", with: "-")),
    "kibana.alert.severity": .string(severity), "kibana.alert.risk_score": 73, "kibana.alert.reason": .string(reason),
    "kibana.alert.rule.tags": .array(tags.map(JSONValue.string)), "user.name": .string(user),
    "aws.cloudtrail.user_identity.arn": .string("arn:aws:iam::111122223333:user/\(user)"),
    "event.action": "UpdateAssumeRolePolicy", "event.provider": "iam.amazonaws.com", "event.outcome": "success",
    "source.ip": "203.0.113.10", "source.address": "203.0.113.10", "cloud.account.id": "111122223333",
    "cloud.region": "us-east-1", "target.entity.id": "payments-api-role",
    "kibana.alert.rule.threat": [
      [
        "framework": "MITRE ATT&CK", "tactic": ["id": "TA0003", "name": "Persistence"],
        "technique": [["id": "T1098", "name": "Account Manipulation"]],
      ]
    ],
  ]
  guard !further.isEmpty, case .object(let members) = document else { return Array(document.text.utf8) }
  return Array(JSONValue.object(members.merging(further) { $1 }).text.utf8)
}

/// A receiver of notifications and a client that reaches it.
struct Desk {
  let server: PythonServer
  let client: HTTPClient
  let scratch: Scratch
  let clock = Clock()
  let notes = Notes()
  let queue: DeliveryQueue

  init(_ arguments: [String] = []) throws {
    server = try PythonServer("hook.py", arguments)
    var settings = TransferSettings()
    settings.proxy = .none
    settings.leastTimeout = .seconds(36_000)
    client = HTTPClient(settings)
    scratch = try Scratch()
    queue = try DeliveryQueue(scratch.path + "/notifications.sqlite")
  }

  func told() async throws -> [(path: String, headers: JSONValue, body: JSONValue, text: String, status: JSONValue)] {
    let answer = try await client.send(HTTPRequest("GET", server.url + "/_told", longestBody: 64 << 20))
    return try (JSONValue(parsing: answer.body[...]).arrayValue ?? []).map { entry in
      let text = entry[2]?.stringValue ?? ""
      return (
        entry[0]?.stringValue ?? "", entry[1] ?? .null, (try? JSONValue(parsing: text)) ?? .null, text,
        entry[3] ?? .null
      )
    }
  }

  func plan(_ steps: JSONValue) async throws {
    _ = try await client.send(HTTPRequest("POST", server.url + "/_plan", body: Array(steps.text.utf8)))
  }

  func settings(_ channels: [NotificationChannel]) -> NotificationSettings {
    var settings = NotificationSettings()
    settings.link = "https://martlet.example/alerts/{id}"
    settings.channels = channels
    return settings
  }

  func webhook(_ name: String = "hook", _ change: (inout NotificationChannel) -> Void = { _ in }) -> NotificationChannel
  {
    var channel = NotificationChannel(name: name, kind: .webhook(.init(url: .plain(server.url + "/" + name))))
    change(&channel)
    return channel
  }

  /// - Parameter parts: who is told of a channel; the desk's notes of those that have none.
  func notifier(
    _ channels: [NotificationChannel], variables: [String: String] = [:], of parts: [String: Notes] = [:]
  ) -> Notifier {
    Notifier(
      settings(channels), queue, client: client, variables: variables, reporting: notes,
      reportingOf: { [notes] in parts[$0] ?? notes }, now: { [clock] in clock.now },
      sleep: { _ in try await Task.sleep(for: .milliseconds(5)) })
  }

  func tester(_ channels: [NotificationChannel], _ variables: [String: String] = [:]) -> ChannelTester {
    ChannelTester(settings(channels), client: client, variables: variables, now: { [clock] in clock.now })
  }

  func take(_ documents: [[UInt8]], from number: Int64 = 1, _ channels: [NotificationChannel]) async throws -> Int? {
    let alerts = documents.enumerated().map { DeliveryQueue.Alert(number: number + Int64($0), document: $1) }
    return try await queue.take(alerts, for: channels, at: clock.now)
  }
}
