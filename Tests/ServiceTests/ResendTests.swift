import Alerts
import Events
import Foundation
import JSON
import SegmentStore
import TestSupport
import Testing

@testable import Notifications

@Suite("Notifications are sent again on somebody's word")
struct ResendTests {
  @Test("What is held is said to be, and who has it sent again stands in the audit log, with the channel and how many")
  func resent() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    _ = try SegmentStore(data, .writing(as: "test"))
    let queue = try DeliveryQueue(data + "/notifications.sqlite")
    let channel = NotificationChannel(name: "soc", kind: .file(path: "/nowhere"))
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    let alert =
      #"{"kibana.alert.uuid":"a","kibana.alert.rule.rule_id":"r","kibana.alert.rule.name":"R","#
      + #""kibana.alert.severity":"low","@timestamp":"2026-01-01T00:00:00Z"}"#
    _ = try await queue.take([.init(number: 1, document: Array(alert.utf8))], for: [channel], at: now)
    let parcel = try #require(try await queue.next(channel, at: now))
    try await queue.note(parcel, .unknown("no answer"), at: now)
    // What is held is called so, as in the log and in metrics.
    let status = ["notify", "status", "--data", data]
    let table = ServedProcess.run(status)
    #expect(table.output.contains("soc: 1 held\n") && table.output.contains("  soc  held  a  no answer"))
    let json = try JSONValue(parsing: ServedProcess.run(status + ["--format", "json"]).output)
    #expect(json["channels"] == ["soc": ["held": 1]] && json["troubled"]?[0]?["state"] == "held", "\(json.text)")
    for count in [1, 0] {
      let sent = ServedProcess.run(["notify", "resend", "--data", data, "--by", "dana", "soc"])
      #expect(sent.status == 0 && sent.output == "\(count) put into the queue again\n")
    }
    let entries = try AlertStore(folder: data, isReadOnly: true).auditToStore(limit: 10).compactMap(\.document)
    let told = entries.filter { $0["event"]?["action"] == "notifications-resent" }
    #expect(told.count == 1 && told.first?["user"]?["name"] == "dana")
    #expect(told.first?["martlet"]?["audit"] != nil && told.first?["martlet"]?["audit"]?["target"] == "soc")
    #expect(told.first?["martlet"]?["audit"]?["after"] == ["notifications": 1])
  }
}
