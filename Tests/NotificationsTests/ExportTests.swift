import Events
import Foundation
import JSON
import TestSupport
import Testing
import Transfers

@testable import Notifications

@Suite("Alerts are exported as they are")
struct ExportTests {
  private func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  @Test("A file has every alert once, whatever a process that was killed has left there")
  func file() async throws {
    let scratch = try Scratch()
    let path = scratch.path + "/alerts.ndjson"
    let documents = (1...6).map { alert("a-\($0)") }
    #expect(AlertFileExport.append(Array(documents[..<2]), to: path) == .sent)
    // Killed within a line, after one that was whole.
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for cut in [1, 100, documents[2].count] {
      try (whole + Data(documents[2].prefix(cut))).write(to: URL(fileURLWithPath: path))
      #expect(AlertFileExport.append(Array(documents[..<4]), to: path) == .sent)
      let read = try lines(path).map { try JSONValue(parsing: $0)["kibana.alert.uuid"]?.stringValue }
      #expect(read == ["a-1", "a-2", "a-3", "a-4"])
    }
    #expect(AlertFileExport.append(documents, to: path) == .sent)
    #expect(try lines(path).count == 6)
    #expect(try JSONValue(parsing: lines(path)[0]) == JSONValue(parsing: documents[0][...]))
    guard case .failed = AlertFileExport.append(documents, to: scratch.path + "/none/x") else {
      Issue.record("there is no such folder")
      return
    }
    // Nobody's file is written to through a link.
    symlink("/etc/hostname", scratch.path + "/link")
    guard case .failed = AlertFileExport.append(documents, to: scratch.path + "/link") else {
      Issue.record("a link was followed")
      return
    }
  }

  @Test(
    "Alerts of which another Elasticsearch says nothing have not arrived",
    .enabled(if: PythonServer.has("http.server"), "there is no python3"))
  func unanswered() async throws {
    let desk = try Desk()
    let channel = NotificationChannel(
      name: "es", kind: .elasticsearch(.init(url: desk.server.url, index: "alerts")))
    _ = try await desk.take([alert("a-1"), alert("a-2")], [channel])
    try await desk.plan(["empty"])
    while try await desk.notifier([channel]).sendNext(channel) {}
    #expect(try await desk.queue.counts()["es"]?["sent"] == nil)
    desk.clock.pass(10)
    while try await desk.notifier([channel]).sendNext(channel) {}
    #expect(try await desk.queue.counts() == ["es": ["sent": 2]])
  }

  @Test(
    "An alert that is too long for another Elasticsearch keeps none of the others from it",
    .enabled(if: PythonServer.has("http.server"), "there is no python3"))
  func tooLong() async throws {
    let desk = try Desk()
    let target = NotificationChannel.Elasticsearch(url: desk.server.url, index: "alerts")
    let channel = NotificationChannel(name: "es", kind: .elasticsearch(target))
    _ = try await desk.take(["a-1", "huge", "a-2", "a-3", "a-4"].map { alert($0) }, [channel])
    while try await desk.notifier([channel]).sendNext(channel) {}
    let answer = try await desk.client.send(HTTPRequest("GET", desk.server.url + "/_documents", longestBody: 16 << 20))
    #expect(
      Set(try JSONValue(parsing: answer.body[...]).objectValue?.keys.map { "\($0)" } ?? []) == [
        "a-1", "a-2", "a-3", "a-4",
      ])
    // It alone has failed, and is what is sent again on somebody's word.
    #expect(try await desk.queue.counts() == ["es": ["sent": 4, "failed": 1]])
    let failed = try await desk.queue.deliveries("failed")
    #expect(failed.map(\.alert) == ["huge"] && failed[0].cause?.contains("413") == true)
    #expect(desk.notes["notifications_sent_total"] == 4 && desk.notes["notifications_failed_total"] == 1)
    #expect(desk.notes.trouble?.contains("413") == true)
    #expect(try await desk.queue.trouble("es")?.contains("413") == true)
    #expect(try await desk.queue.again("es", at: desk.clock.now) == 1)
    #expect(try await desk.queue.next(channel, at: desk.clock.now)?.documents.count == 1)
  }

  @Test(
    "An alert that another Elasticsearch refuses has failed by itself",
    .enabled(if: PythonServer.has("http.server"), "there is no python3"))
  func refusedAlone() async throws {
    let desk = try Desk()
    let target = NotificationChannel.Elasticsearch(url: desk.server.url, index: "alerts")
    let channel = NotificationChannel(name: "es", kind: .elasticsearch(target))
    _ = try await desk.take(["a-1", "odd", "a-2"].map { alert($0) }, [channel])
    while try await desk.notifier([channel]).sendNext(channel) {}
    #expect(try await desk.queue.counts() == ["es": ["sent": 2, "failed": 1]])
    let failed = try await desk.queue.deliveries("failed")
    #expect(failed.map(\.alert) == ["odd"] && failed[0].cause?.contains("400: no such form") == true)
  }

  @Test(
    "Another Elasticsearch has every alert once under its id, however much it takes at once and whatever goes wrong",
    .enabled(if: PythonServer.has("http.server"), "there is no python3"))
  func elasticsearch() async throws {
    let desk = try Desk(["--most", "7"])
    var target = NotificationChannel.Elasticsearch(url: desk.server.url + "/", index: "alerts")
    target.apiKey = .variable("KEY")
    let channel = NotificationChannel(name: "es", kind: .elasticsearch(target))
    let notifier = desk.notifier([channel], variables: ["KEY": "id:key"])
    _ = try await desk.take((1...20).map { alert("a-\($0)") }, [channel])
    try await desk.plan(["cut", 429, 200])
    for _ in 0..<10 {
      while try await notifier.sendNext(channel) {}
      desk.clock.pass(60)
    }
    #expect(try await desk.queue.counts() == ["es": ["sent": 20]])
    let answer = try await desk.client.send(HTTPRequest("GET", desk.server.url + "/_documents"))
    let documents = try JSONValue(parsing: answer.body[...]).objectValue ?? [:]
    #expect(Set(documents.keys) == Set((1...20).map { "a-\($0)" }))
    #expect(documents["a-1"]?["event.action"] == "UpdateAssumeRolePolicy")
    #expect(try await desk.told()[0].headers["authorization"] == "ApiKey aWQ6a2V5")
    // What is there already is there, and no failure.
    #expect(
      await ChannelSender(client: desk.client, variables: ["KEY": "id:key"], link: nil).send(
        [.init(document: alert("a-1"))], to: channel, id: "x", at: desk.clock.now) == .sent)
  }
}
