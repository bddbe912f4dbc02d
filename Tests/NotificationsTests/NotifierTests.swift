import Events
import Foundation
import Hashing
import JSON
import Settings
import TestSupport
import Testing
import Transfers

@testable import Notifications

@Suite("People are told of alerts", .enabled(if: PythonServer.has("http.server"), "there is no python3"))
struct NotifierTests {
  /// Sends until nothing is due.
  private func drain(_ notifier: Notifier, _ channel: NotificationChannel) async throws {
    while try await notifier.sendNext(channel) {}
  }

  @Test("An alert is told with headline, who, what, from where, why and a link, signed, once")
  func told() async throws {
    let desk = try Desk()
    let channel = desk.webhook {
      guard case .webhook(var webhook) = $0.kind else { return }
      webhook.secret = .variable("HOOK_SECRET")
      webhook.token = .variable("HOOK_TOKEN")
      $0.kind = .webhook(webhook)
    }
    let notifier = desk.notifier([channel], variables: ["HOOK_SECRET": "s3cret", "HOOK_TOKEN": "t0ken"])
    #expect(try await desk.take([alert("a-1")], [channel]) == 1)
    // Taken again, by whatever mistake, it is there already.
    #expect(try await desk.take([alert("a-1")], [channel]) == 0)
    #expect(try await desk.take([alert("a-1")], from: 2, [channel]) == 0)
    try await drain(notifier, channel)
    let told = try await desk.told()
    try #require(told.count == 1)
    let said = told[0].body["alerts"]?[0]
    #expect(said?["headline"] == "yuki.mori changed the role's trust policy (payments-api-role)")
    #expect(said?["who"] == "arn:aws:iam::111122223333:user/yuki.mori")
    #expect(said?["what"] == "UpdateAssumeRolePolicy (iam.amazonaws.com)")
    #expect(said?["from"] == "203.0.113.10")
    #expect(said?["why"] == "somebody let an outside account in")
    #expect(said?["link"] == "https://martlet.example/alerts/a-1")
    #expect(said?["threats"] == ["T1098 Account Manipulation"])
    #expect(told[0].headers["authorization"] == "Bearer t0ken")
    // The signature is that of the seconds, a dot and the body.
    let seconds = desk.clock.now.milliseconds / 1000
    let message = Array("\(seconds).\(told[0].text)".utf8)
    let code = message.withUnsafeBytes { message in
      Array("s3cret".utf8).withUnsafeBytes { HMACSHA256.code(of: message, key: $0).hexadecimal }
    }
    #expect(told[0].headers["martlet-signature"]?.stringValue == "t=\(seconds),v1=\(code)")
    #expect(try await desk.queue.counts() == ["hook": ["sent": 1]])
  }

  @Test("What fails is tried again later and later under one id, holds up no other channel, and is given up in the end")
  func retries() async throws {
    let desk = try Desk()
    var channel = desk.webhook()
    channel.mostAttempts = 4
    let notifier = desk.notifier([channel])
    _ = try await desk.take([alert("a-1")], [channel])
    try await desk.plan([503, ["status": 429, "after": 100], 500, 500])
    try await drain(notifier, channel)
    #expect(try await desk.told().count == 1)
    desk.clock.pass(3)
    try await drain(notifier, channel)
    #expect(try await desk.told().count == 1)
    desk.clock.pass(4)
    try await drain(notifier, channel)
    #expect(try await desk.told().count == 2)
    // So long the server wants to be left alone.
    desk.clock.pass(99)
    try await drain(notifier, channel)
    #expect(try await desk.told().count == 2)
    for _ in 0..<5 {
      desk.clock.pass(200)
      try await drain(notifier, channel)
    }
    let told = try await desk.told()
    #expect(told.count == 4)
    #expect(Set(told.map { $0.headers["idempotency-key"]?.stringValue }).count == 1)
    #expect(try await desk.queue.counts() == ["hook": ["failed": 1]])
    #expect(desk.notes["notifications_failed_total"] == 1)
    // On somebody's word it goes once more.
    #expect(try await desk.queue.again("hook", at: desk.clock.now) == 1)
    try await drain(notifier, channel)
    #expect(try await desk.queue.counts() == ["hook": ["sent": 1]])
  }

  @Test(
    "A server that names the moment until which it wants to be left alone is left alone until then, an hour at most")
  func retryDate() async throws {
    let desk = try Desk()
    let channel = desk.webhook()
    let notifier = desk.notifier([channel])
    _ = try await desk.take([alert("a-1")], [channel])
    // It is 10:00.
    try await desk.plan([
      ["status": 503, "after": "Sat, 31 Jan 2026 10:05:00 GMT"],
      ["status": 503, "after": "Wed, 21 Oct 2099 07:28:00 GMT"],
    ])
    for (seconds, count) in [(0, 1), (299, 1), (2, 2), (3590, 2), (20, 3)] as [(Int64, Int)] {
      desk.clock.pass(seconds)
      try await drain(notifier, channel)
      #expect(try await desk.told().count == count)
    }
    #expect(try await desk.queue.counts() == ["hook": ["sent": 1]])
  }

  @Test("A body that is refused is not sent again; an address that is wrong for now is")
  func refused() async throws {
    let desk = try Desk()
    let channel = desk.webhook()
    let notifier = desk.notifier([channel])
    _ = try await desk.take([alert("a-1"), alert("a-2")], [channel])
    try await desk.plan([400, 404])
    try await drain(notifier, channel)
    #expect(try await desk.queue.counts() == ["hook": ["failed": 1, "waiting": 1]])
    let failed = try await desk.queue.deliveries("failed")
    #expect(failed.first?.alert == "a-1" && failed.first?.cause?.contains("400: because") == true)
  }

  @Test("A recipient that a mail server refuses keeps the mail from none of the others, and none of these has it twice")
  func recipients() async throws {
    guard PythonServer.has("socketserver") else { return }
    let desk = try Desk()
    let server = try PythonServer("mail.py", [desk.scratch.path])
    func channel(_ recipients: [String]) -> NotificationChannel {
      NotificationChannel(
        name: "mail",
        kind: .email(
          .init(host: "127.0.0.1", port: server.port, security: .none, from: "m@example.com", to: recipients)))
    }
    func taken(_ number: Int) throws -> JSONValue? {
      try JSONValue(parsing: String(contentsOfFile: desk.scratch.path + "/\(number).json", encoding: .utf8))["to"]
    }
    let first = channel(["no@refused.example", "x@example.com", "y@once.example"])
    _ = try await desk.take([alert("a-1")], [first])
    try await drain(desk.notifier([first]), first)
    #expect(try taken(1) == ["<x@example.com>"])
    // One of the others may have it later.
    #expect(try await desk.queue.counts() == ["mail": ["waiting": 1]])
    desk.clock.pass(10)
    try await drain(desk.notifier([first]), first)
    #expect(try taken(2) == ["<y@once.example>"])
    let failed = try await desk.queue.deliveries("failed")
    #expect(failed.count == 1 && failed.first?.cause?.contains("no@refused.example was answered with 550") == true)
    #expect(desk.notes.lines.contains { $0.hasPrefix("error") && $0.contains("no@refused.example") })
    // Somebody puts the address right and has it sent again: to that one alone.
    let mended = channel(["yes@example.com", "x@example.com", "y@once.example"])
    #expect(try await desk.queue.again("mail", at: desk.clock.now) == 1)
    try await drain(desk.notifier([mended]), mended)
    #expect(try taken(3) == ["<yes@example.com>"])
    #expect(try await desk.queue.counts() == ["mail": ["sent": 1]])
  }

  @Test("A mail server that wants a login is tried again")
  func login() async throws {
    guard PythonServer.has("socketserver") else { return }
    let desk = try Desk()
    let server = try PythonServer("mail.py", [desk.scratch.path, "--open-login", "530"])
    let channel = NotificationChannel(
      name: "mail",
      kind: .email(
        .init(host: "127.0.0.1", port: server.port, security: .none, from: "m@example.com", to: ["x@example.com"])))
    _ = try await desk.take([alert("a-1")], [channel])
    try await drain(desk.notifier([channel]), channel)
    #expect(try await desk.queue.counts() == ["mail": ["waiting": 1]])
  }

  @Test("Where nobody knows whether it arrived, it is held and said to be; or sent again where that is asked for")
  func unanswered() async throws {
    let desk = try Desk()
    let holding = desk.webhook("holding")
    let resending = desk.webhook("resending") { $0.resendsUnanswered = true }
    let notifier = desk.notifier([holding, resending])
    _ = try await desk.take([alert("a-1")], [holding, resending])
    try await desk.plan(["cut", "cut"])
    try await drain(notifier, holding)
    try await drain(notifier, resending)
    desk.clock.pass(60)
    try await drain(notifier, holding)
    try await drain(notifier, resending)
    #expect(try await desk.queue.counts() == ["holding": ["unknown": 1], "resending": ["sent": 1]])
    #expect(try await desk.told().map(\.path) == ["/holding", "/resending", "/resending"])
    #expect(desk.notes.lines.contains { $0.hasPrefix("error") && $0.contains("held") })
    // A server that was never reached has got nothing.
    let gone = NotificationChannel(name: "gone", kind: .webhook(.init(url: .plain("http://127.0.0.1:1/"))))
    _ = try await desk.take([alert("a-2")], from: 2, [gone])
    try await drain(desk.notifier([gone]), gone)
    #expect(try await desk.queue.counts()["gone"] == ["waiting": 1])
  }

  @Test(
    "A gateway that had no answer is as no answer: the message is held, or sent again where that is asked for",
    arguments: [502, 504])
  func gateway(status: Int64) async throws {
    let desk = try Desk()
    let holding = desk.webhook("holding")
    let resending = desk.webhook("resending") { $0.resendsUnanswered = true }
    let notifier = desk.notifier([holding, resending])
    _ = try await desk.take([alert("a-1")], [holding, resending])
    try await desk.plan([.integer(status), .integer(status)])
    for _ in 0..<2 {
      try await drain(notifier, holding)
      try await drain(notifier, resending)
      desk.clock.pass(60)
    }
    #expect(try await desk.queue.counts() == ["holding": ["unknown": 1], "resending": ["sent": 1]])
  }

  @Test("A connection that has served before and is closed without an answer has no message sent a second time")
  func reused() async throws {
    let desk = try Desk()
    let channel = desk.webhook()
    let notifier = desk.notifier([channel])
    _ = try await desk.take((0..<3).map { alert("a-\($0)") }, [channel])
    try await desk.plan([200, "cut", 200])
    try await drain(notifier, channel)
    #expect(try await desk.told().count == 3)
    #expect(try await desk.queue.counts() == ["hook": ["sent": 2, "unknown": 1]])
  }

  @Test(
    "A message under way is waited for when the notifier ends, until it is to be given up; then it is held",
    .timeLimit(.minutes(hang)))
  func givenUp() async throws {
    let desk = try Desk()
    let channel = desk.webhook()
    let (gate, opener) = AsyncStream.makeStream(of: Never.self)
    let notifier = Notifier(
      desk.settings([channel]), desk.queue, client: desk.client, variables: [:], reporting: desk.notes,
      now: { desk.clock.now }, sleep: { try await Task.sleep(for: $0) },
      givingUp: { for await _ in gate {} })
    _ = try await desk.take([alert("a-1")], [channel])
    try await desk.plan(["hang"])
    let running = Task { try await notifier.run() }
    while try await desk.told().isEmpty { try await Task.sleep(for: .milliseconds(20)) }
    running.cancel()
    try await Task.sleep(for: .milliseconds(300))
    #expect(try await desk.queue.counts() == ["hook": ["sending": 1]])
    // Waited for, it would take hours.
    opener.finish()
    try await running.value
    #expect(try await desk.queue.counts() == ["hook": ["unknown": 1]])
  }

  @Test(
    "However often the process is killed, none is told twice, and none is lost without a word", arguments: [1, 2, 3])
  func killed(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let desk = try Desk()
    let path = desk.queue.path
    let channel = desk.webhook { $0.selection.leastSeverity = .medium }
    var made = 0
    var number: Int64 = 1
    while made < 60 {
      // A process: it takes alerts, some of them a second time, sends some, and is gone at any moment.
      let queue = try DeliveryQueue(path)
      let notifier = Notifier(
        desk.settings([channel]), queue, client: desk.client, variables: [:], reporting: desk.notes,
        now: { desk.clock.now }, sleep: { _ in try await Task.sleep(for: .milliseconds(5)) })
      _ = try await queue.recover([channel], at: desk.clock.now)
      let count = Int.random(in: 0...4, using: &random)
      let place = try await queue.place() ?? 0
      let first = max(1, place - 2)
      let alerts = (first..<number + Int64(count)).map {
        DeliveryQueue.Alert(number: $0, document: alert("a-\($0)", severity: $0 % 5 == 0 ? "low" : "high"))
      }
      _ = try await queue.take(alerts, for: [channel], at: desk.clock.now)
      number += Int64(count)
      made += count
      for _ in 0..<Int.random(in: 0...4, using: &random) { _ = try await notifier.sendNext(channel) }
      if Int.random(in: 0..<3, using: &random) == 0 {
        // Killed when it was about to send, or had sent.
        let parcel = try await queue.next(channel, at: desk.clock.now)
        if let parcel, Bool.random(using: &random) {
          _ = await ChannelSender(client: desk.client, variables: [:], link: nil).send(
            parcel.documents.map { .init(document: $0) }, to: channel, id: parcel.id, at: desk.clock.now)
        }
      }
      desk.clock.pass(10)
    }
    let notifier = desk.notifier([channel])
    _ = try await desk.queue.recover([channel], at: desk.clock.now)
    try await drain(notifier, channel)
    let ids = try await desk.told().flatMap { $0.body["alerts"]?.arrayValue ?? [] }.compactMap { $0["id"]?.stringValue }
    #expect(Set(ids).count == ids.count)
    let wanted = Set((1..<number).filter { $0 % 5 != 0 }.map { "a-\($0)" })
    let unknown = Set(try await desk.queue.deliveries("unknown").map(\.alert))
    #expect(Set(ids).union(unknown) == wanted)
    #expect(try await desk.queue.counts()["hook"]?["waiting"] == nil)
  }

  @Test("Alerts are told in their order, and one that fails holds up none behind it")
  func order() async throws {
    let desk = try Desk()
    let channel = desk.webhook()
    let notifier = desk.notifier([channel])
    _ = try await desk.take((1...5).map { alert("a-\($0)") }, [channel])
    try await desk.plan([200, 503])
    try await drain(notifier, channel)
    desk.clock.pass(10)
    try await drain(notifier, channel)
    let ids = try await desk.told().compactMap { $0.body["alerts"]?[0]?["id"]?.stringValue }
    #expect(ids == ["a-1", "a-2", "a-3", "a-4", "a-5", "a-2"])
  }

  @Test("A digest gathers what comes, and is one message; it is sent again as it was")
  func digest() async throws {
    let desk = try Desk()
    let channel = desk.webhook { $0.digest = .seconds(900) }
    let notifier = desk.notifier([channel])
    _ = try await desk.take(
      [alert("a-1", severity: "low"), alert("a-2", severity: "critical", user: "eve")], [channel])
    desk.clock.pass(600)
    _ = try await desk.take([alert("a-3")], from: 3, [channel])
    try await drain(notifier, channel)
    #expect(try await desk.told().isEmpty)
    desk.clock.pass(300)
    try await desk.plan([503])
    try await drain(notifier, channel)
    // One that comes now is none of those that are being told.
    _ = try await desk.take([alert("a-4")], from: 4, [channel])
    desk.clock.pass(10)
    try await drain(notifier, channel)
    let told = try await desk.told()
    try #require(told.count == 2)
    for message in told {
      #expect(message.body["alerts"]?.arrayValue?.compactMap { $0["id"]?.stringValue } == ["a-1", "a-2", "a-3"])
      #expect(message.body["title"]?.stringValue?.hasPrefix("3 alerts, the gravest critical: eve ") == true)
    }
    desk.clock.pass(900)
    try await drain(notifier, channel)
    #expect(try await desk.told().last?.body["alerts"]?.arrayValue?.count == 1)
  }

  @Test("In quiet hours only what is grave is told; the rest is told together when they end")
  func quiet() async throws {
    let desk = try Desk()
    let zone = try #require(TimeZone(identifier: "Europe/Zurich"))
    // It is 11:00 there.
    let channel = desk.webhook { $0.quiet = QuietHours(from: 600, to: 720, zone: zone) }
    let notifier = desk.notifier([channel])
    _ = try await desk.take([alert("a-1"), alert("a-2", severity: "critical"), alert("a-3")], [channel])
    try await drain(notifier, channel)
    #expect(try await desk.told().map { $0.body["alerts"]?[0]?["id"] } == ["a-2"])
    desk.clock.pass(3599)
    try await drain(notifier, channel)
    #expect(try await desk.told().count == 1)
    desk.clock.pass(1)
    try await drain(notifier, channel)
    #expect(try await desk.told().last?.body["alerts"]?.arrayValue?.count == 2)
  }

  @Test("A channel is told of what it chose, by severity, rule and tag")
  func selection() async throws {
    let desk = try Desk()
    let grave = desk.webhook("grave") { $0.selection.leastSeverity = .high }
    let rules = desk.webhook("rules") {
      $0.selection.rules = ["trust*CHANGED"]
      $0.selection.exceptRules = ["*never*"]
    }
    let tagged = desk.webhook("tagged") { $0.selection.tags = ["aws"] }
    let documents = [
      alert("a-1"), alert("a-2", severity: "medium", rule: "Other", tags: []),
      alert("a-3", rule: "Trust never changed"),
    ]
    #expect(try await desk.take(documents, [grave, rules, tagged]) == 2 + 1 + 2)
    #expect(
      try await desk.queue.counts() == ["grave": ["waiting": 2], "rules": ["waiting": 1], "tagged": ["waiting": 2]])
  }

  @Test("People are told of an alert on several events once, without its building blocks, which exports have")
  func buildingBlocks() async throws {
    let desk = try Desk()
    let path = desk.scratch.path + "/out.ndjson"
    let (secret, nowhere) = (SecretSource.variable("X"), "https://nowhere.example")
    let people = [
      desk.webhook(), desk.webhook("digest") { $0.digest = .seconds(60) },
      NotificationChannel(name: "slack", kind: .slack(url: secret)),
      NotificationChannel(name: "teams", kind: .teams(url: secret)),
      NotificationChannel(
        name: "mail",
        kind: .email(.init(host: "x", port: 587, security: .startTLS, from: "a@b.example", to: ["c@d.example"]))),
      NotificationChannel(
        name: "jira", kind: .jira(.init(url: nowhere, token: secret, project: "X", issueType: "Task"))),
      NotificationChannel(name: "pager", kind: .pagerDuty(key: secret, url: nowhere)),
    ]
    let exports = [
      NotificationChannel(name: "file", kind: .file(path: path)),
      NotificationChannel(name: "es", kind: .elasticsearch(.init(url: nowhere, index: "i"))),
    ]
    func part(_ place: Int64) -> [String: JSONValue] {
      [
        "kibana.alert.building_block_type": "default", "kibana.alert.group.id": "g",
        "kibana.alert.group.index": .integer(place),
      ]
    }
    let documents = [
      alert("block-1", and: part(0)), alert("block-2", and: part(1)),
      alert("whole", and: ["kibana.alert.group.id": "g"]),
      // Of a rule that serves others.
      alert("serving", and: ["kibana.alert.building_block_type": "default"]),
    ]
    #expect(try await desk.take(documents, people + exports) == people.count * 2 + exports.count * 4)
    let told = Dictionary(grouping: try await desk.queue.deliveries(), by: \.channel).mapValues { Set($0.map(\.alert)) }
    for channel in people { #expect(told[channel.name] == ["whole", "serving"], "\(channel.name)") }
    for channel in exports { #expect(told[channel.name]?.count == 4, "\(channel.name)") }
    // Blocks alone are taken too, and nobody is told.
    #expect(try await desk.take([alert("block-3", and: part(0))], from: 5, people) == 0)
    #expect(try await desk.queue.place() == 5)
    let notifier = desk.notifier(people + exports)
    try await drain(notifier, people[0])
    try await drain(notifier, exports[0])
    #expect(try await desk.told().map { $0.body["alerts"]?[0]?["id"] } == ["whole", "serving"])
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let kept = try lines.map { try JSONValue(parsing: Array($0.utf8)[...])["kibana.alert.uuid"]?.stringValue }
    #expect(kept == ["block-1", "block-2", "whole", "serving"])
  }

  @Test("A channel is in trouble from the first message on that does not arrive until one does, also over a restart")
  func trouble() async throws {
    let desk = try Desk()
    let channel = desk.webhook { $0.mostAttempts = 1 }
    let other = desk.webhook("other")
    let notes = ["hook": Notes(), "other": Notes()]
    let notifier = desk.notifier([channel, other], of: notes)
    var number: Int64 = 1
    func send(_ step: JSONValue, _ document: [UInt8]? = nil) async throws {
      _ = try await desk.take([document ?? alert("a-\(number)")], from: number, [channel])
      number += 1
      try await desk.plan([step])
      try await drain(notifier, channel)
      desk.clock.pass(1)
    }
    for (step, words) in [
      (503, "could not be sent"), (400, "refused"), ("cut", "not known whether a message arrived"),
    ] as [(JSONValue, String)] {
      try await send(step)
      #expect(notes["hook"]?.trouble?.contains(words) == true)
      // Another process finds it so.
      #expect(try await desk.queue.trouble("hook") != nil)
      try await send(200)
      #expect(notes["hook"]?.trouble == nil)
      #expect(try await desk.queue.trouble("hook") == nil)
    }
    #expect(notes["other"]?.trouble == nil)
    #expect(notes["hook"]?["notifications_failed_total"] == 2 && notes["hook"]?["notifications_sent_total"] == 3)
    // The alarm of the channel itself begins no trouble, of which another alarm would tell.
    let alarm =
      String(decoding: alert("alarm"), as: UTF8.self).dropLast()
      + #","martlet.health.alarm":"trouble notifications channel hook"}"#
    try await send(400, Array(alarm.utf8))
    #expect(notes["hook"]?.trouble == nil)
    // One of another channel does.
    try await send(
      400, Array(alarm.replacing("channel hook", with: "channel other").replacing("\"alarm\"", with: "\"o\"").utf8))
    #expect(notes["hook"]?.trouble != nil)
  }

  @Test("A running notifier says of each channel what waits and what is held", .timeLimit(.minutes(hang)))
  func gauges() async throws {
    let desk = try Desk()
    let held = desk.webhook("held")
    let waiting = NotificationChannel(name: "waiting", kind: .webhook(.init(url: .plain("http://127.0.0.1:1/"))))
    let notes = ["held": Notes(), "waiting": Notes()]
    _ = try await desk.take([alert("a-1"), alert("a-2")], [held, waiting])
    try await desk.plan(["cut", 200])
    let task = Task { try await desk.notifier([held, waiting], of: notes).run() }
    func counts(_ name: String) -> [Int?] {
      ["waiting", "held"].map { notes[name]?.gauge("notifications_\($0)") }
    }
    while counts("held") != [0, 1] || counts("waiting") != [2, 0] { try await Task.sleep(for: .milliseconds(20)) }
    #expect(notes["waiting"]?.trouble?.contains("could not be sent") == true)
    task.cancel()
    try await task.value
  }

  @Test("A running notifier sends what comes, and ends with nothing under way", .timeLimit(.minutes(hang)))
  func running() async throws {
    let desk = try Desk()
    let channels = (0..<3).map { desk.webhook("hook\($0)") }
    let notifier = desk.notifier(channels)
    let task = Task { try await notifier.run() }
    for number in 0..<10 { _ = try await desk.take([alert("a-\(number)")], from: Int64(number + 1), channels) }
    while try await desk.told().count < 30 { try await Task.sleep(for: .milliseconds(20)) }
    task.cancel()
    try await task.value
    let counts = try await desk.queue.counts()
    #expect(counts == ["hook0": ["sent": 10], "hook1": ["sent": 10], "hook2": ["sent": 10]])
  }

  @Test("A queue begins where it is told to, once, and its place is what it has taken")
  func place() async throws {
    let desk = try Desk()
    let channel = desk.webhook()
    #expect(try await desk.queue.place() == nil)
    try await desk.queue.begin(behind: 10, at: desk.clock.now)
    try await desk.queue.begin(behind: 5, at: desk.clock.now)
    #expect(try await desk.take((9...12).map { alert("a-\($0)") }, from: 9, [channel]) == 2)
    #expect(try await desk.queue.place() == 12)
    // What was told long ago is forgotten, and is still not told again.
    try await drain(desk.notifier([channel]), channel)
    desk.clock.pass(91 * 86_400)
    try await desk.queue.tidy(at: desk.clock.now)
    #expect(try await desk.queue.counts() == [:])
    #expect(try await desk.take((9...12).map { alert("a-\($0)") }, from: 9, [channel]) == 0)
  }

  @Test("What waits for a channel that there is no more has failed, and does not wait for ever")
  func removed() async throws {
    let desk = try Desk()
    let gone = desk.webhook("gone")
    let kept = desk.webhook("kept")
    _ = try await desk.take([alert("a-1")], [gone, kept])
    #expect(try await desk.queue.recover([kept], at: desk.clock.now) == (held: [:], lost: ["gone": 1]))
    try await drain(desk.notifier([kept]), kept)
    #expect(try await desk.queue.counts() == ["gone": ["failed": 1], "kept": ["sent": 1]])
    // Its channel is there again.
    #expect(try await desk.queue.again("gone", at: desk.clock.now) == 1)
    try await drain(desk.notifier([gone]), gone)
    #expect(try await desk.queue.counts()["gone"] == ["sent": 1])
  }

  @Test("A test of a channel says whether it went, and why not; secrets are in nothing that is said")
  func test() async throws {
    let desk = try Desk()
    let channel = desk.webhook {
      $0.kind = .webhook(.init(url: .secret(.variable("URL"))))
    }
    let variables = ["URL": desk.server.url + "/services/SECRET"]
    #expect(await desk.tester([channel], variables).test(channel) == nil)
    #expect(try await desk.told()[0].body["kind"] == "test")
    #expect(try await desk.queue.counts().isEmpty)
    #expect(await desk.tester([channel]).test(channel)?.contains("URL") == true)
    let words = await desk.tester([channel], ["URL": "http://127.0.0.1:1/services/SECRET"]).test(channel)
    #expect(words?.contains("http://127.0.0.1:1") == true && words?.contains("SECRET") == false)
  }
}
