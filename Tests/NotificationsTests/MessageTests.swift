import Events
import Foundation
import JSON
import Reports
import Rules
import Settings
import TestSupport
import Testing
import Transfers

@testable import Notifications

@Suite("Messages are as those want them who take them")
struct MessageTests {
  static func text(_ documents: [[UInt8]]) throws -> NotificationText {
    NotificationText(
      items: try documents.map {
        let notice = AlertNotice(try AlertDocument(written: $0))
        return .init(alert: notice, link: "https://martlet.example/alerts/\(notice.id)")
      })
  }

  @Test("Nothing in an alert is a mark of Slack's, Teams' or Jira's")
  func marks() throws {
    let text = try Self.text([
      alert("a-1", user: "<!channel> & *b* [x](https://evil.example) {noformat}", reason: "`_x_`")
    ])
    let slack = SlackMessage.json(text)
    // What is no plain text has nothing of the alert's but its link; the text before the blocks is told to be none of Slack's markup.
    #expect(slack["text"]?.stringValue?.contains("&lt;!channel&gt; &amp; *b*") == true && slack["mrkdwn"] == false)
    let blocks = slack["blocks"]?.arrayValue ?? []
    #expect(blocks.map { $0["text"]?["type"] } == ["plain_text", "plain_text", "mrkdwn"])
    #expect(blocks.last?["text"]?["text"] == "<https://martlet.example/alerts/a-1|Open the alert>")
    #expect(blocks.dropFirst().first?["text"]?["text"]?.stringValue?.contains("Why: `_x_`") == true)
    let teams = TeamsMessage.json(text).text
    #expect(teams.contains(#"\\*b\\* \\[x\\]"#) && !teams.contains("[x](https"))
    let jira = JiraIssue.json(text, .init(url: "", token: .variable("T"), project: "SOC", issueType: "Task"))
    #expect(jira["fields"]?["description"]?.stringValue?.components(separatedBy: "{noformat}").count == 3)
  }

  @Test("However long and many alerts are, messages are within what is taken", arguments: [1, 2])
  func bounds(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for count in [1, 2, 15, 21, 500] {
      let documents = (0..<count).map { number in
        let long = String(
          repeating: ["a", "ä", "<", "*", "\"", "👩‍👩‍👧"].randomElement(using: &random)!,
          count: Int.random(in: 1...20_000, using: &random))
        return alert("a-\(number)", rule: long, user: long, reason: long)
      }
      let text = try Self.text(documents)
      let slack = SlackMessage.json(text)
      let blocks = slack["blocks"]?.arrayValue ?? []
      #expect(blocks.count <= 50)
      for block in blocks {
        let most = block["type"] == "header" ? 150 : 3000
        #expect((block["text"]?["text"]?.stringValue?.count ?? 0) <= most)
      }
      #expect(TeamsMessage.json(text).text.utf8.count <= 28 << 10)
      let event = PagerDutyEvent.json(text, key: "k", source: "s")
      #expect((event["payload"]?["summary"]?.stringValue?.count ?? 0) <= 1024)
      let issue = JiraIssue.json(text, .init(url: "", token: .variable("T"), project: "SOC", issueType: "Task"))
      #expect((issue["fields"]?["summary"]?.stringValue?.count ?? 0) <= 255)
      if count > NotificationText.mostItems { #expect(text.body.contains("and \(count - 20) more alerts")) }
    }
  }

  @Test("A text of combining marks, or of scalars beyond 16 bits, is no longer than what services take, and stays text")
  func combined() throws {
    for long in [
      "a" + String(repeating: "\u{301}", count: 5000), String(repeating: "😀", count: 5000),
      "x" + String(repeating: "😀", count: 5000), String(repeating: "👩‍👩‍👧", count: 2000),
    ] {
      for most in [1, 2, 150, 151, 1024] {
        let cut = long.cut(most)
        #expect((most - 1...most).contains(cut.utf16.count) && cut.hasSuffix("…") && !cut.contains("\u{FFFD}"))
        #expect(long.unicodeScalars.starts(with: cut.unicodeScalars.dropLast()))
      }
      let text = try Self.text([alert("a-1", rule: long, user: long, reason: long)])
      let blocks = SlackMessage.json(text)["blocks"]?.arrayValue ?? []
      #expect(blocks.count > 1)
      for block in blocks {
        let most = block["type"] == "header" ? 150 : 3000
        #expect((block["text"]?["text"]?.stringValue?.utf16.count ?? 0) <= most)
      }
      let event = PagerDutyEvent.json(text, key: "k", source: "s")
      #expect((event["payload"]?["summary"]?.stringValue?.utf16.count ?? 0) <= 1024)
      let issue = JiraIssue.json(text, .init(url: "", token: .variable("T"), project: "SOC", issueType: "Task"))
      #expect((issue["fields"]?["summary"]?.stringValue?.utf16.count ?? 0) <= 255)
      #expect((issue["fields"]?["description"]?.stringValue?.utf16.count ?? 0) <= 32_767)
    }
    #expect("a\u{301}b".cut(3) == "a\u{301}b" && "".cut(1) == "")
  }

  @Test("A mark of Teams' or Jira's that a combining mark follows is escaped as any other, and a value stays whole")
  func combinedMarks() throws {
    let text = try Self.text([
      alert("a-1", user: "*\u{301}b*\u{301} [\u{301}x] {noformat}\u{301} {noformat:title=x} {NoFormat}", reason: "why")
    ])
    let teams = TeamsMessage.json(text).text
    #expect(
      teams.unicodeScalars.contains("\\") && Array(teams.utf8).contains(Array(#"\\*"#.utf8) + Array("\u{301}b".utf8)))
    let jira = JiraIssue.json(text, .init(url: "", token: .variable("T"), project: "SOC", issueType: "Task"))
    let description = jira["fields"]?["description"]?.stringValue ?? ""
    #expect(Array(description.lowercased().utf8).split(separator: Array("{noformat".utf8), maxSplits: 9).count == 2)
    let filled = try BodyTemplate.fill(#"{"t": "{{who}}"}"#, ["who": "\u{301}abc\u{600}"])
    #expect(try JSONValue(parsing: filled) == ["t": "\u{301}abc\u{600}"])
  }

  @Test(
    "However long an alert is, its message in Slack has the link, every line, and nothing cut in half",
    arguments: [1, 2, 25])
  func link(count: Int) throws {
    let long = String(repeating: "&<", count: 3000)
    let slack = SlackMessage.json(
      try Self.text((1...count).map { alert("a-\($0)&", rule: long, user: long, reason: long) }))
    let texts = (slack["blocks"]?.arrayValue ?? []).compactMap { $0["text"]?["text"]?.stringValue }
    let links = texts.filter { $0.hasPrefix("<https://martlet.example/alerts/a-") }
    #expect(links.count == min(count, 20) && links.allSatisfy { $0.hasSuffix("&amp;|Open the alert>") })
    for text in texts.dropFirst() where !text.hasPrefix("<https://") {
      #expect(text.utf16.count <= 3000 && text.contains("ATT&") && text.contains("T1098"))
    }
    // Nothing is left of what a mark is written as.
    let fallback = try #require(slack["text"]?.stringValue)
    #expect(fallback.contains("&amp;&lt;"))
    for (text, most) in [
      (long, 500), (long, 501), (long, 502), (long, 503), (String(repeating: "😀&", count: 300), 500),
    ] {
      let cut = SlackMessage.escaped(text, most: most)
      #expect(cut.utf16.count <= most && cut.hasSuffix("…"))
      let rest = cut.dropLast().replacing("&amp;", with: "").replacing("&lt;", with: "").replacing("😀", with: "")
      #expect(rest.isEmpty)
    }
  }

  @Test("A value with line breaks looks like no other line")
  func lines() throws {
    let text = try Self.text([alert("a-1", user: "eve\r\nSeverity: low\u{2028}Who: bob", reason: "a\nWhy: b")])
    let labels = text.body.split(whereSeparator: \.isNewline).dropFirst().map { $0.prefix { $0 != ":" } }
    #expect(labels.filter { $0 == "Severity" || $0 == "Who" || $0 == "Why" } == ["Severity", "Who", "Why"])
  }

  @Test("What nobody sees, and what turns the order of text round, is in no message; what scripts and emoji need is")
  func unseen() throws {
    let user = "\u{202E}nimda\u{202C} \u{2066}a\u{2069}\u{200B}b\u{AD}c\u{FEFF}\u{E0041}\u{200F}"
    let kept = "می\u{200C}خواهم 👩\u{200D}💻 \u{600}1"
    let text = try Self.text([alert("a-1", user: user, reason: kept)])
    #expect(text.body.contains("nimda abc"))
    #expect(text.body.contains(kept))
    let unseen: [Unicode.Scalar] = [
      "\u{202E}", "\u{202C}", "\u{2066}", "\u{2069}", "\u{200B}", "\u{AD}", "\u{FEFF}", "\u{E0041}", "\u{200F}",
    ]
    for scalar in unseen {
      #expect(!text.body.unicodeScalars.contains(scalar) && !text.title.unicodeScalars.contains(scalar))
    }
  }

  @Test("An incident of PagerDuty has the alert's id as its key, and its severity in PagerDuty's words")
  func pagerDuty() throws {
    let event = PagerDutyEvent.json(try Self.text([alert("a-1")]), key: "routing", source: "s")
    #expect(
      event["dedup_key"] == "martlet-a-1" && event["routing_key"] == "routing" && event["event_action"] == "trigger")
    #expect(event["payload"]?["severity"] == "error" && event["payload"]?["timestamp"] == "2026-01-31T09:58:00.000Z")
    #expect(event["links"]?[0]?["href"] == "https://martlet.example/alerts/a-1")
  }

  @Test("An issue of Jira may have further fields")
  func jira() throws {
    var jira = NotificationChannel.Jira(url: "", token: .variable("T"), project: "SOC", issueType: "Incident")
    jira.fields = ["priority": ["name": "High"], "summary": "own"]
    let issue = JiraIssue.json(try Self.text([alert("a-1")]), jira)
    #expect(issue["fields"]?["project"]?["key"] == "SOC" && issue["fields"]?["issuetype"]?["name"] == "Incident")
    #expect(issue["fields"]?["priority"]?["name"] == "High" && issue["fields"]?["summary"] == "own")
  }

  @Test("Values in a template change nothing but themselves, and unknown names and broken forms are refused")
  func template() throws {
    let template =
      #"{"t": "{{headline}} / {{ rule.name }}", "s": {{json risk_score}}, "tags": {{json tags}}, "none": {{json who}}}"#
    try BodyTemplate.check(template)
    let filled = try BodyTemplate.fill(
      template, ["headline": "a\",\"t\":\"b\\", "rule.name": "r", "risk_score": 7, "tags": ["x", "y"]])
    #expect(
      try JSONValue(parsing: filled)
        == ["t": "a\",\"t\":\"b\\ / r", "s": 7, "tags": ["x", "y"], "none": .null])
    for broken in [#"{"a": "{{unknown}}"}"#, #"{"a": "{{headline"}"#, #"{"a": {{headline}}}"#, "x"] {
      #expect(throws: BodyTemplate.Fault.self) { try BodyTemplate.check(broken) }
    }
  }

  @Test("Mail is sent with the headline as its subject")
  func mail() async throws {
    guard PythonServer.has("socketserver") else { return }
    let scratch = try Scratch()
    let server = try PythonServer("mail.py", [scratch.path])
    let email = NotificationChannel.Email(
      host: "127.0.0.1", port: server.port, security: .none, from: "martlet@example.com", to: ["soc@example.com"])
    let channel = NotificationChannel(name: "mail", kind: .email(email))
    var patient = TransferSettings()
    patient.leastTimeout = .seconds(3600)
    let sender = ChannelSender(client: HTTPClient(patient), variables: [:], link: nil)
    let now = Clock().now
    #expect(await sender.send([.init(document: alert("a-1"))], to: channel, id: "n-1", at: now) == .sent)
    let mail = try JSONValue(parsing: String(contentsOfFile: scratch.path + "/1.json", encoding: .utf8))
    let text = mail["text"]?.stringValue ?? ""
    #expect(text.contains("Message-ID: <n-1@martlet.invalid>"))
    #expect(text.contains("Date: Sat, 31 Jan 2026 10:00:00 +0000"))
    let refused = NotificationChannel(
      name: "mail",
      kind: .email(
        .init(host: "127.0.0.1", port: server.port, security: .none, from: "a@example.com", to: ["x@refused.example"])))
    guard case .refused = await sender.send([.init(document: alert("a-1"))], to: refused, id: "n", at: now) else {
      Issue.record("it was refused for good")
      return
    }
  }
}

@Suite("Quiet hours are those of a place")
struct QuietHoursTests {
  private func end(_ time: String, _ from: Int, _ to: Int, _ zone: String) throws -> String? {
    let hours = QuietHours(from: from, to: to, zone: try #require(TimeZone(identifier: zone)))
    return hours.end(at: Timestamp(iso8601: time)!)?.iso8601
  }

  @Test("They may go over midnight, and end when the clock there says so, also when it is put on or back")
  func ends() throws {
    #expect(try end("2026-01-31T23:00:00Z", 22 * 60, 7 * 60, "UTC") == "2026-02-01T07:00:00.000Z")
    #expect(try end("2026-01-31T06:59:59.999Z", 22 * 60, 7 * 60, "UTC") == "2026-01-31T07:00:00.000Z")
    #expect(try end("2026-01-31T07:00:00Z", 22 * 60, 7 * 60, "UTC") == nil)
    #expect(try end("2026-01-31T12:30:00Z", 12 * 60, 13 * 60, "UTC") == "2026-01-31T13:00:00.000Z")
    // Put on at 01:00Z: that night has an hour less.
    #expect(try end("2026-03-28T22:00:00Z", 22 * 60, 7 * 60, "Europe/Zurich") == "2026-03-29T05:00:00.000Z")
    // Put back at 01:00Z: an hour more.
    #expect(try end("2026-10-24T21:00:00Z", 22 * 60, 7 * 60, "Europe/Zurich") == "2026-10-25T06:00:00.000Z")
    // The minute at which they end is not there on that day.
    #expect(try end("2026-03-29T00:30:00Z", 60, 150, "Europe/Zurich") == "2026-03-29T01:00:00.000Z")
    #expect(try end("2026-01-31T18:00:00Z", 22 * 60, 7 * 60, "Asia/Kathmandu") == "2026-02-01T01:15:00.000Z")
  }
}

@Suite("Settings of notifications are read, and what is wrong is named")
struct NotificationSettingsTests {
  @Test("Every kind of channel with all its keys")
  func read() throws {
    let json: JSONValue = [
      "link": "https://m.example/{id}",
      "channels": [
        [
          "name": "hook", "type": "webhook", "url": "https://h.example/x", "secret_file": "/run/s", "token_env": "T",
          "document": true, "min_severity": "high", "rules": ["a*"], "except_rules": "b", "tags": ["AWS"],
          "digest": "15m",
          "quiet": ["from": "22:00", "to": "07:00", "zone": "Europe/Zurich", "except": "high"], "unanswered": "resend",
          "attempts": 3, "give_up": "2d",
        ],
        ["name": "slack", "type": "slack", "url_env": "SLACK"],
        ["name": "teams", "type": "teams", "url_file": "/run/t"],
        [
          "name": "mail", "type": "email", "host": "mail.example", "from": "a@example.com", "to": ["b@example.com"],
          "user": "u", "password_env": "P",
        ],
        [
          "name": "jira", "type": "jira", "url": "https://j.example", "token_env": "J", "project": "SOC",
          "fields": ["x": 1],
        ],
        ["name": "pager", "type": "pagerduty", "key_env": "K"],
        ["name": "file", "type": "file", "path": "/var/x.ndjson"],
        ["name": "es", "type": "elasticsearch", "url": "https://e.example", "index": "alerts", "api_key_env": "E"],
      ],
    ]
    let settings = try NotificationSettings(json)
    #expect(settings.channels.map(\.name) == ["hook", "slack", "teams", "mail", "jira", "pager", "file", "es"])
    let hook = settings.channels[0]
    #expect(hook.selection.leastSeverity == .high && hook.digest == .seconds(900) && hook.resendsUnanswered)
    #expect(hook.quiet?.from == 1320 && hook.quiet?.except == .high && hook.mostAttempts == 3)
    #expect(hook.longestAge == .seconds(172_800))
    #expect(!settings.channels[1].resendsUnanswered && settings.channels[5].resendsUnanswered)
    guard case .email(let email) = settings.channels[3].kind else { return }
    #expect(email.port == 587 && email.security == .startTLS)
  }

  static let wrong: [(String, JSONValue)] = [
    ("notifications", 1), ("notifications.x", ["x": 1]), ("notifications.link", ["link": "ftp://x"]),
    ("notifications.channels", ["channels": 1]), ("notifications.channels[0]", ["channels": [1]]),
    ("notifications.channels[0].name", ["channels": [["type": "slack"]]]),
    ("notifications.channels[0].type", ["channels": [["name": "a", "type": "fax"]]]),
    ("notifications.channels[0].url", ["channels": [["name": "a", "type": "slack", "url": "https://secret"]]]),
    ("notifications.channels[0].url", ["channels": [["name": "a", "type": "webhook", "url": "x"]]]),
    (
      "notifications.channels[0].secret",
      ["channels": [["name": "a", "type": "webhook", "url": "https://h", "secret": "s"]]]
    ),
    (
      "notifications.channels[0].digest",
      ["channels": [["name": "a", "type": "slack", "url_env": "A", "digest": "soon"]]]
    ),
    (
      "notifications.channels[0].digest",
      ["channels": [["name": "a", "type": "pagerduty", "key_env": "A", "digest": "5m"]]]
    ),
    (
      "notifications.channels[0].attempts",
      ["channels": [["name": "a", "type": "slack", "url_env": "A", "attempts": 0]]]
    ),
    (
      "notifications.channels[0].min_severity",
      ["channels": [["name": "a", "type": "slack", "url_env": "A", "min_severity": "urgent"]]]
    ),
    (
      "notifications.channels[0].quiet.zone",
      [
        "channels": [
          ["name": "a", "type": "slack", "url_env": "A", "quiet": ["from": "22:00", "to": "07:00", "zone": "Mars"]]
        ]
      ]
    ),
    (
      "notifications.channels[0].quiet.from",
      ["channels": [["name": "a", "type": "slack", "url_env": "A", "quiet": ["from": "25:00", "to": "07:00"]]]]
    ),
    ("notifications.channels[0].speed", ["channels": [["name": "a", "type": "slack", "url_env": "A", "speed": 1]]]),
    (
      "notifications.channels[1].name",
      ["channels": [["name": "a", "type": "slack", "url_env": "A"], ["name": "a", "type": "slack", "url_env": "A"]]]
    ),
    (
      "notifications.channels[0].to",
      ["channels": [["name": "a", "type": "email", "host": "h", "from": "a@b.c", "to": ["x"]]]]
    ),
    (
      "notifications.channels[0].to",
      ["channels": [["name": "a", "type": "email", "host": "h", "from": "a@b.c", "to": ["x@y.z", "v@y.z", "x@Y.z"]]]]
    ),
    (
      "notifications.channels[0].user",
      ["channels": [["name": "a", "type": "email", "host": "h", "from": "a@b.c", "to": ["x@y.z"], "user": "u"]]]
    ),
    (
      "notifications.channels[0].index",
      ["channels": [["name": "a", "type": "elasticsearch", "url": "https://h", "index": "A B"]]]
    ),
    ("notifications.channels[0].path", ["channels": [["name": "a", "type": "file", "path": "relative"]]]),
  ]

  @Test("An error names the key", arguments: wrong.indices)
  func named(place: Int) {
    let (key, json) = Self.wrong[place]
    #expect {
      _ = try NotificationSettings(json)
    } throws: {
      ($0 as? SettingsFault)?.key == key
    }
  }
}
