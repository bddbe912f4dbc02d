import CloudTrail
import Events
import Foundation
import JSON
import TestSupport

/// Random events of two days that give every type of rule something to alert on, as texts of files: a line is an event.
struct ServedEvents {
  static let now = Timestamp(milliseconds: 1_790_000_000_000)
  static let context = EventContext(readAt: now)

  /// Several deliver some of the events twice, and one updates what another tells.
  private(set) var files: [String] = []
  private(set) var ids: [String] = []
  private var random: SeededRandom
  private var lines: [String] = []

  init(seed: UInt64, files count: Int = 4) {
    random = SeededRandom(seed: seed)
    for _ in 0..<240 {
      lines.append(record(anyMinute(), any(["GetObject", "ListUsers", "CreateUser", "DeleteTrail"])))
    }
    for user in ["ann", "ben"] {
      let minute = anyMinute()
      lines.append(record(minute, "ConsoleLogin", user: user))
      lines.append(record(minute + 7, "CreateUser", user: user))
      let other = anyMinute()
      for more in 0..<4 { lines.append(record(other + more, "ListUsers", user: user, error: "AccessDenied")) }
    }
    lines += [policy(trusting: "444455556666", anyMinute()), policy(trusting: "777788889999", anyMinute())]
    let minute = anyMinute()
    lines.append(
      record(
        minute, "AssumeRole", user: "ann", more: ["responseElements": ["credentials": ["accessKeyId": "ASIAX"]]]))
    lines.append(record(minute + 20, "StopLogging", key: "ASIAX"))
    for number in 0..<30 {
      lines.append(flow("203.0.113.\(number % 5)", anyMinute()))
    }
    for (number, address) in ["203.0.113.1", "203.0.113.2"].enumerated() {
      lines.append(
        #"{"_index":"logs-ti_feed-default","_id":"i\#(number)","_source":{"@timestamp":"2026-01-01T00:00:00Z","#
          + #""threat":{"feed":{"name":"Feed"},"indicator":{"ip":"\#(address)","type":"ipv4-addr"}}}}"#)
    }
    lines += [lines[1], lines[2]]
    let (first, others) = (lines[0], lines.dropFirst().shuffled(using: &random))
    let each = others.count / count + 1
    files = stride(from: 0, to: others.count, by: each).map { start in
      others[start..<min(start + each, others.count)].joined(separator: "\n")
    }
    // The first is updated once it is stored.
    files[0] = first + "\n" + files[0]
    files[files.count - 1] += "\n" + update(of: ids[0], anyMinute())
  }

  /// The times of all events.
  static let times =
    Timestamp(milliseconds: 1_767_225_600_000)...Timestamp(milliseconds: 1_767_225_600_000 + 3000 * 60_000)

  private func update(of id: String, _ minute: Int) -> String {
    #"{"eventVersion":"1.08","eventID":"\#(id)","eventTime":"\#(Self.time(minute))","eventName":"DeleteTrail","#
      + #""eventSource":"cloudtrail.amazonaws.com","addendum":{"reason":"UPDATED_DATA"},"#
      + #""recipientAccountId":"111122223333","#
      + #""userIdentity":{"type":"IAMUser","userName":"eve","arn":"arn:aws:iam::111122223333:user/eve"}}"#
  }

  private mutating func any<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: values.indices, using: &random)]
  }
  private mutating func anyMinute() -> Int { Int.random(in: 0..<2880, using: &random) }

  private static func time(_ minute: Int) -> String {
    Timestamp(milliseconds: 1_767_225_600_000 + Int64(minute) * 60_000).iso8601
  }

  private mutating func record(
    _ minute: Int, _ action: String, user: String? = nil, key: String? = nil, error: String? = nil,
    more: [String: JSONValue] = [:]
  ) -> String {
    let id = "00000000-0000-4000-8000-\(String(format: "%012d", ids.count))"
    ids.append(id)
    let user = user ?? any(["ann", "ben", "cem", "dana", "eve"])
    var identity: [String: JSONValue] = [
      "type": "IAMUser", "userName": .string(user), "arn": .string("arn:aws:iam::111122223333:user/\(user)"),
    ]
    if let key { identity["accessKeyId"] = .string(key) }
    var members: [String: JSONValue] = [
      "eventVersion": "1.08", "eventID": .string(id), "eventTime": .string(Self.time(minute)),
      "eventName": .string(action), "eventSource": "iam.amazonaws.com", "recipientAccountId": "111122223333",
      "sourceIPAddress": .string("198.51.100.\(Int.random(in: 1...9, using: &random))"),
      "userIdentity": .object(identity),
    ]
    if let error { members["errorCode"] = .string(error) }
    members.merge(more) { $1 }
    return JSONValue.object(members).text
  }

  private mutating func policy(trusting account: String, _ minute: Int) -> String {
    let document =
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"\#(account)"},"Action":"sts:AssumeRole"}]}"#
    return record(
      minute, "UpdateAssumeRolePolicy",
      more: ["requestParameters": ["roleName": "ops", "policyDocument": .string(document)]])
  }

  private mutating func flow(_ address: String, _ minute: Int) -> String {
    let id = "flow-\(ids.count)"
    ids.append(id)
    let ingested = any(["", #""ingested":"\#(Self.time(minute + 3))","#])
    return #"{"_index":"logs-net.flow-default","_id":"\#(id)","_source":{"@timestamp":"\#(Self.time(minute))","#
      + #""event":{"id":"\#(id)",\#(ingested)"category":"network"},"source":{"ip":"\#(address)"}}}"#
  }
}
