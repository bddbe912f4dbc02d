import CloudTrail
import Events
import JSON
import Rules
import TestSupport
import Testing

@testable import Detection

struct ContextTests {
  private struct Call {
    var id: String
    var minute: Int
    var principal: String
    var action: String
    var resource: String?
    var failed: Bool
    var isECS: Bool

    var time: String { TestEvent.iso(1_767_225_600_000 + Int64(minute) * 60_000) }

    var json: String {
      if isECS {
        var trail: [String: JSONValue] = ["user_identity": ["arn": .string(principal)]]
        if failed { trail["error_code"] = "AccessDenied" }
        let event: JSONValue = [
          "_index": .string(TestEvent.stream), "_id": .string(id),
          "_source": [
            "@timestamp": .string(time), "entity": ["target": ["id": resource.map { .string($0) } ?? .null]],
            "event": ["id": .string(id), "action": .string(action), "outcome": failed ? "failure" : "success"],
            "aws": ["cloudtrail": .object(trail)],
          ],
        ]
        return event.text
      }
      var members: [String: JSONValue] = [
        "eventID": .string(id), "eventTime": .string(time), "eventName": .string(action),
        "userIdentity": ["type": "IAMUser", "arn": .string(principal)],
      ]
      if let resource { members["resources"] = [["ARN": .string(resource)]] }
      if failed { members["errorCode"] = "AccessDenied" }
      return JSONValue.object(members).text
    }
  }

  @Test(
    "Context counts what the principal did the day before and the day after and names its alerts of two days, as plain counting does",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func equalsPlainCounting(seed: UInt64) throws {
    print("context, seed \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<40 {
      let calls = (0..<Int.random(in: 1...60, using: &random)).map { _ in
        Call(
          id: TestEvent.uuid(&random), minute: Int.random(in: 0...6000, using: &random) / 30 * 30,
          principal: "arn:" + (["a", "b", "c"].randomElement(using: &random) ?? ""),
          action: ["Alert", "List", "Get", "Put"].randomElement(using: &random) ?? "",
          resource: ["arn:x", "arn:y", nil].randomElement(using: &random) ?? nil,
          failed: Int.random(in: 0..<4, using: &random) == 0, isECS: Int.random(in: 0..<4, using: &random) == 0)
      }
      let hunt = TestHunt([Rule.query("event.action: Alert")])
      let texts = [calls.indices.filter { $0 % 2 == 0 }, calls.indices.filter { $0 % 2 == 1 }].map { part in
        [part.map { calls[$0].json }.joined(separator: "\n")]
      }
      var result = try hunt.run(texts)
      let end = calls.map(\.minute).max() ?? 0
      let start = calls.map(\.minute).min() ?? 0
      let plan = try result.contextPlan(
        inputStart: Timestamp(milliseconds: 1_767_225_600_000 + Int64(start) * 60_000),
        inputEnd: Timestamp(milliseconds: 1_767_225_600_000 + Int64(end) * 60_000))
      let parts = try texts.map { try TestHunt.consume($0, ContextCollector(plan, context: hunt.plan.context)) }
      try result.add(plan, parts)
      let alerts = try TestHunt.alerts(result)
      #expect(alerts.count == calls.count { $0.action == "Alert" })
      for alert in alerts {
        let document = try alert.document
        let own = try #require(calls.first { $0.id == document["event"]?["id"]?.stringValue })
        let context = try #require(document["martlet"]?["context"])
        let mine = calls.filter { $0.principal == own.principal }
        let before = mine.filter { $0.minute < own.minute && $0.minute >= own.minute - 24 * 60 }
        let activity = context["activity"]
        #expect(activity?["events"]?.integerValue == Int64(before.count), "seed \(seed)")
        #expect(activity?["failures"]?.integerValue == Int64(before.count(where: \.failed)))
        #expect(Self.counts(activity?["actions"]) == Self.counted(before.map(\.action)), "seed \(seed)")
        #expect(Self.counts(activity?["resources"]) == Self.counted(before.compactMap(\.resource)))
        #expect(
          Self.counts(activity?["errors"]) == Self.counted(before.filter(\.failed).map { _ in "AccessDenied" }))
        let beginning = max(own.minute - 24 * 60, start)
        #expect(
          activity?["from"]?.stringValue == TestEvent.iso(1_767_225_600_000 + Int64(beginning) * 60_000), "seed \(seed)"
        )
        let after = mine.filter {
          $0.minute >= own.minute && $0.minute <= own.minute + 24 * 60 && $0.id != own.id
        }
        let afterwards = context["activity_after"]
        #expect((afterwards == nil) == (end == own.minute), "seed \(seed)")
        if let afterwards {
          #expect(afterwards["events"]?.integerValue == Int64(after.count), "seed \(seed)")
          #expect(afterwards["failures"]?.integerValue == Int64(after.count(where: \.failed)))
          #expect(Self.counts(afterwards["actions"]) == Self.counted(after.map(\.action)), "seed \(seed)")
          #expect(
            afterwards["to"]?.stringValue
              == TestEvent.iso(1_767_225_600_000 + Int64(min(end, own.minute + 24 * 60)) * 60_000))
        }
        let related = mine.filter { $0.action == "Alert" && $0.id != own.id && abs($0.minute - own.minute) <= 48 * 60 }
        let named = context["alerts"]?.arrayValue ?? []
        #expect(named.count == min(20, related.count), "seed \(seed)")
        #expect((context["alerts_others"]?.integerValue ?? 0) == Int64(max(0, related.count - 20)))
        if related.count <= 20 {
          #expect(named.compactMap { $0["time"]?.stringValue }.sorted() == related.map(\.time).sorted())
          // Each says whether its call failed.
          #expect(named.count { $0["outcome"] == "failure" } == related.count(where: \.failed), "seed \(seed)")
          #expect(named.count { $0["error_code"] == "AccessDenied" } == related.count(where: \.failed), "seed \(seed)")
        }
      }
    }
  }

  @Test("An alert that is read as input is not one more thing that its principal did", arguments: [false, true])
  func savedAlerts(isECS: Bool) throws {
    let calls = ["Get", "Alert", "Put", "Alert", "List"].enumerated().map { place, action in
      Call(
        id: "e\(place)", minute: place * 30, principal: "arn:a", action: action, resource: "arn:x", failed: false,
        isECS: isECS)
    }
    let events = calls.map(\.json).joined(separator: "\n")
    let hunt = TestHunt([.query("event.action: Alert")])
    let saved = try hunt.alerts(events).map { String(decoding: $0.json, as: UTF8.self) }
    #expect(saved.count == 2)
    func contexts(_ text: String) throws -> [JSONValue?] {
      var result = try hunt.run([[events]])
      let plan = try result.contextPlan(inputEnd: Timestamp(milliseconds: 1_767_225_600_000 + 120 * 60_000))
      try result.add(plan, [try TestHunt.consume([text], ContextCollector(plan, context: hunt.plan.context))])
      return try TestHunt.alerts(result).map { try $0.document["martlet"]?["context"] }
    }
    let expected = try contexts(events)
    #expect(expected.count == 2 && !expected.contains(nil))
    #expect(try contexts((saved + [events]).joined(separator: "\n")) == expected)
  }

  private static func counts(_ value: JSONValue?) -> [String: Int64] {
    Dictionary(
      uniqueKeysWithValues: (value?.arrayValue ?? []).map {
        ($0["value"]?.stringValue ?? "?", $0["count"]?.integerValue ?? -1)
      })
  }

  private static func counted(_ values: [String]) -> [String: Int64] {
    values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
}
