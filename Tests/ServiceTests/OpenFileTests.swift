import Alerts
import Events
import Foundation
import Notifications
import SegmentStore
import TestSupport
import Testing

@Suite("Files that a service has open while commands look into them") struct OpenFileTests {
  /// Files of a folder that a process has open and that are in no folder any more: what is written to them is lost.
  private func lost(in folder: String, of process: String = "self") -> [String] {
    let descriptors = "/proc/\(process)/fd"
    return ((try? FileManager.default.contentsOfDirectory(atPath: descriptors)) ?? []).compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: descriptors + "/" + $0)
    }.filter { $0.hasPrefix(folder + "/") && $0.hasSuffix(" (deleted)") && $0.contains(".sqlite") }.sorted()
  }

  private let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))

  @Test("A queue that a process opens a second time stays the one that commands read and write")
  func queue() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    _ = try SegmentStore(data, .writing(as: "test"))
    let path = data + "/notifications.sqlite"
    let first = try DeliveryQueue(path)
    try await first.begin(behind: 0, at: now)
    let second = try DeliveryQueue(path)
    #expect(ServedProcess.run(["notify", "status", "--data", data]).status == 0)
    #expect(lost(in: data).isEmpty)
    let channel = NotificationChannel(name: "soc", kind: .file(path: "/nowhere"))
    let alert =
      #"{"kibana.alert.uuid":"a","kibana.alert.rule.rule_id":"r","kibana.alert.rule.name":"R","#
      + #""kibana.alert.severity":"low","@timestamp":"2026-01-01T00:00:00Z"}"#
    _ = try await first.take([.init(number: 1, document: Array(alert.utf8))], for: [channel], at: now)
    let told = ServedProcess.run(["notify", "status", "--data", data])
    #expect(told.status == 0 && told.output == "soc: 1 waiting\n")
    #expect(try await second.counts() == ["soc": ["waiting": 1]])
  }

  @Test("Alerts that a process opens a second time stay those that commands read and write")
  func alerts() throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    _ = try SegmentStore(data, .writing(as: "test"))
    let first = try AlertStore(folder: data, isReadOnly: false)
    let second = try AlertStore(folder: data, isReadOnly: false)
    let switched = ServedProcess.run(
      ["rules", "disable", "--data", data, "--by", "dana", "AWS IAM Assume Role Policy Update"])
    #expect(switched.status == 0)
    #expect(lost(in: data).isEmpty)
    #expect(try first.lastNumber() == second.lastNumber())
  }

  @Test("notify status takes nothing from under a running service, whether or not it reads its settings again")
  func served() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let served = try await ServedProcess(
      data: data, settings: "notifications: {channels: [{name: soc, type: file, path: \(scratch.path)/told.ndjson}]}")
    let status = ["notify", "status", "--data", data]
    #expect(try await eventually { ServedProcess.run(status).status == 0 })
    for round in 1...5 {
      served.signal(SIGHUP)
      #expect(
        try await eventually { served.log.split(separator: "the settings have been read again").count > round })
      #expect(ServedProcess.run(status).status == 0)
      #expect(lost(in: data, of: String(served.id)).isEmpty)
    }
    #expect(try await served.stop() == 0)
  }

  @Test("A link in the place of a queue is not followed, and what is told names the file")
  func link() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/notifications.sqlite"
    symlink(scratch.path + "/elsewhere", path)
    #expect {
      _ = try DeliveryQueue(path)
    } throws: {
      "\($0)".contains(path)
    }
    #expect(access(scratch.path + "/elsewhere", F_OK) != 0)
  }
}
