import JSON
import Outputs
import Testing

@testable import Reports

@Suite("What happened in one line")
struct AlertHeadlineTests {
  private func headline(_ outcome: String, _ code: String?) throws -> String {
    var cloudTrail: [String: JSONValue] = [:]
    if let code { cloudTrail["error_code"] = .string(code) }
    let alert = try Sample.changed([
      "event": ["action": "LeaveOrganization", "outcome": .string(outcome)], "user": ["name": "dana"],
      "aws": ["cloudtrail": .object(cloudTrail)], "kibana.alert.new_terms": [],
    ])
    return AlertHeadline(alert).text
  }

  @Test("An alarm of the service is told in its own words")
  func alarm() throws {
    let reason = "nothing of logs-aws.cloudtrail-default has come for 3 h, longer than 1 h"
    let alert = try Sample.changed([
      "event": ["action": "alarm-raised", "dataset": "martlet.health", "reason": .string(reason)], "user": .null,
      "kibana.alert.new_terms": [],
    ])
    #expect(AlertHeadline(alert).text == reason)
    #expect(AlertNotice(alert).headline == reason)
  }

  @Test(
    "Alike calls were refused when each was, and failed when not all ended in one way",
    arguments: [
      (["AccessDenied", "Client.UnauthorizedOperation"], AlertHeadline.Failure.refused),
      (["NoSuchKey", "NoSuchKey"], .error("NoSuchKey")), (["AccessDenied", "NoSuchKey"], .unknown),
      (["AccessDenied", nil], .unknown), ([nil, nil], .unknown),
    ])
  func folded(codes: [String?], failure: AlertHeadline.Failure) throws {
    var folding = AlertFolding()
    var rows: [AlertRow] = []
    for code in codes {
      let line = AlertLine { field in
        switch field {
        case "@timestamp": "2026-01-01T00:00:00Z"
        case "user.name": "dana"
        case "event.outcome": "failure"
        case "aws.cloudtrail.error_code": code
        default: nil
        }
      }
      rows += folding.add(line)
    }
    rows += folding.finish()
    try #require(rows.count == 1)
    #expect(AlertHeadline.Failure(rows[0]) == failure)
  }

  @Test("A call that was refused or failed was tried, and the line says how it ended")
  func failure() throws {
    #expect(try headline("success", nil) == "dana left the organization")
    #expect(try headline("failure", "AccessDenied") == "dana tried to leave the organization and was refused")
    #expect(
      try headline("failure", "Client.UnauthorizedOperation") == "dana tried to leave the organization and was refused")
    #expect(
      try headline("failure", "MasterCannotLeaveOrganizationException")
        == "dana tried to leave the organization and failed with MasterCannotLeaveOrganizationException")
    #expect(try headline("failure", nil) == "dana tried to leave the organization and failed")
  }

  @Test(
    "An error code says that a call failed, whatever its outcome says or does not say",
    arguments: [nil, "success", "unknown"])
  func codeAlone(outcome: String?) throws {
    func alert(_ code: String) throws -> AlertDocument {
      var event: [String: JSONValue] = ["action": "LeaveOrganization"]
      if let outcome { event["outcome"] = .string(outcome) }
      return try Sample.changed([
        "event": .object(event), "user": ["name": "dana"],
        "aws": ["cloudtrail": ["error_code": .string(code)]], "kibana.alert.new_terms": [],
      ])
    }
    let refused = try alert("AccessDenied")
    #expect(AlertHeadline(refused).text == "dana tried to leave the organization and was refused")
    #expect(refused.line.outcome == "failure")
    var table = MarkdownWriter()
    #expect(String(decoding: table.row(refused), as: UTF8.self).contains("LeaveOrganization (failed)"))
    let empty = try alert("")
    #expect(AlertHeadline(empty).text == "dana left the organization")
    #expect(empty.line.outcome == outcome)
  }

  @Test("The line stands in the page, in one alert in full and in Markdown")
  func everywhere() throws {
    let alert = try Sample.changed([
      "event": ["action": "LeaveOrganization", "outcome": "failure"], "user": ["name": "dana"],
      "aws": ["cloudtrail": ["error_code": "AccessDenied"]], "kibana.alert.new_terms": [],
    ])
    let line = "dana tried to leave the organization and was refused"
    #expect(AlertSheet(alert, width: 100, usesColour: false).text.contains("LeaveOrganization · "))
    #expect(MarkdownWriter.document(alert).contains("`LeaveOrganization`"))
    #expect(AlertSheet(alert, width: 100, usesColour: false).text.contains(line))
    #expect(MarkdownWriter.document(alert).contains(line))
    let page = try Page([alert]).text.replacing(/<[^>]*>/, with: "")
    #expect(page.contains(line))
  }

  @Test("An alert on several events says what they come to, and lists them")
  func several() throws {
    func event(_ action: String, _ user: String, _ minute: Int, error: String? = nil) -> String {
      let end = error.map { #","outcome":"failure","error_code":"\#($0)""# } ?? ""
      return
        #"{"id":"\#(minute)","time":"2026-01-01T00:0\#(minute):00.000Z","user":"\#(user)","action":"\#(action)","source":"203.0.113.9"\#(end)}"#
    }
    func alert(_ members: String) throws -> AlertDocument {
      let text = #"{"kibana.alert.uuid":"a","kibana.alert.rule.name":"r","martlet":{\#(members)}}"#
      return try AlertDocument(json: Array(text.utf8)[...])
    }
    let steps = [event("CreateUser", "ops", 1), event("CreateAccessKey", "ops", 2, error: "AccessDenied")]
    let sequence = try alert(
      #""sequence":{"events":[\#(steps.joined(separator: ",")),null],"join_keys":[{"field":"user.name","value":"ops"}]}"#
    )
    #expect(AlertHeadline(sequence).text == "ops created a user and then tried to create an access key and was refused")
    let counted = try alert(
      #""events":{"count":7,"first":[\#((steps + steps).joined(separator: ","))]}"#)
    #expect(
      AlertHeadline(counted).text
        == "ops and perhaps others made 7 calls of at least 2 kinds (CreateUser, CreateAccessKey)")
    let alike = try alert(#""events":{"count":2,"first":[\#(steps[0]),\#(steps[0])]}"#)
    #expect(AlertHeadline(alike).text == "ops created a user twice")
    let sheet = AlertSheet(sequence, width: 120, usesColour: false).text
    #expect(sheet.contains("2026-01-01 00:01:00  CreateUser by ops from 203.0.113.9"))
    #expect(sheet.contains("CreateAccessKey by ops from 203.0.113.9 (AccessDenied)"))
    #expect(sheet.contains("no such event, as the rule asks"))
    #expect(sheet.contains("The events belong together by user.name ops."))
    // What a rule asks for several times is one line, until something else comes.
    let tries = (1...5).map { event("ConsoleLogin", "ops", $0, error: "Failed") } + [event("CreateUser", "ops", 6)]
    let runs = try alert(
      #""sequence":{"events":[\#((tries + [event("CreateUser", "ops", 7), event("CreateUser", "amy", 8)]).joined(separator: ","))]}"#
    )
    let lines = try #require(AlertEvents(runs)).lines
    #expect(
      lines.map(\.text) == [
        "ConsoleLogin by ops from 203.0.113.9 (Failed), 5 times until 2026-01-01 00:05:00",
        "CreateUser by ops from 203.0.113.9, twice until 2026-01-01 00:07:00", "CreateUser by amy from 203.0.113.9",
      ])
    #expect(lines.map(\.time) == ["2026-01-01 00:01:00", "2026-01-01 00:06:00", "2026-01-01 00:08:00"])
    #expect(AlertEvents(alike)?.lines.count == 2)
  }

  private func counted(_ members: String, more: String = "") throws -> AlertDocument {
    let text = #"{"kibana.alert.uuid":"a","kibana.alert.rule.name":"r"\#(more),"martlet":{\#(members)}}"#
    return try AlertDocument(json: Array(text.utf8)[...])
  }

  private func call(_ action: String, _ user: String?, _ second: Int, code: String? = nil) -> String {
    let who = user.map { #","user":"\#($0)""# } ?? ""
    let end = code.map { #","outcome":"failure","error_code":"\#($0)""# } ?? #","outcome":"success""#
    return
      #"{"id":"\#(second)","time":"2026-01-01T00:00:\#(10 + second).000Z","action":"\#(action)","source":"203.0.113.\#(second)"\#(who)\#(end)}"#
  }

  @Test(
    "What several did is told with their names, and how it ended",
    arguments: [
      (["a", "b", "a", "b"], "LeaveOrganization", nil, "2 users (a, b) left the organization 4 times"),
      (
        ["a", "b", "c", "d", "e"], "LeaveOrganization", "AccessDenied",
        "5 users (a, b, c and 2 more) tried to leave the organization 5 times and were refused"
      ),
      (
        ["a", "a"], "LeaveOrganization", "NoSuchThing",
        "a tried to leave the organization twice and failed with NoSuchThing"
      ),
      ([nil, nil], "LeaveOrganization", nil, "Somebody left the organization twice"),
      (["a", nil], "LeaveOrganization", nil, "a and others left the organization twice"),
    ] as [([String?], String, String?, String)])
  func group(users: [String?], action: String, code: String?, line: String) throws {
    let events = users.enumerated().map { call(action, $0.element, $0.offset, code: code) }.joined(separator: ",")
    let alert = try counted(#""events":{"count":\#(users.count),"first":[\#(events)]}"#)
    #expect(AlertHeadline(alert).text == line)
  }

  @Test("Of calls that were counted it is told how many failed, and of several kinds which there are most of")
  func kinds() throws {
    func line(_ calls: [String]) throws -> String {
      let alert = try counted(#""events":{"count":\#(calls.count),"first":[\#(calls.joined(separator: ","))]}"#)
      return AlertHeadline(alert).text
    }
    let some = [call("LeaveOrganization", "a", 1), call("LeaveOrganization", "a", 2, code: "AccessDenied")]
    #expect(try line(some + [call("LeaveOrganization", "a", 3)]) == "a left the organization twice and failed once")
    let many = [
      call("A", "a", 1), call("B", "a", 2), call("C", "a", 3), call("D", "a", 4), call("D", "a", 5), call("D", "a", 6),
    ]
    #expect(try line(many) == "a made 6 calls of 4 kinds (D 3 times, A, B, …)")
    let refused = ["A", "B"].enumerated().map { call($0.element, "a", $0.offset, code: "AccessDenied") }
    #expect(try line(refused) == "a made 2 calls of 2 kinds (A, B) and was refused")
  }

  @Test("Steps of one after another's are told with whoever took each, and alike ones together")
  func steps() throws {
    func line(_ calls: [String]) throws -> String {
      AlertHeadline(try counted(#""sequence":{"events":[\#(calls.joined(separator: ","))]}"#)).text
    }
    #expect(
      try line([
        call("CreateUser", "a", 1, code: "AccessDenied"), call("CreateUser", "a", 2, code: "AccessDenied"),
        call("CreateUser", "a", 3), call("LeaveOrganization", "b", 4),
      ]) == "a tried to create a user twice and then created a user and then b left the organization")
    #expect(
      try line([call("CreateUser", nil, 1), call("LeaveOrganization", "b", 2)])
        == "Somebody created a user and then b left the organization")
  }

  @Test("A sequence on hosts is told in order by what was started, written, asked and signed in to, and where")
  func hosts() throws {
    func event(_ number: Int, _ members: String, user: String? = "kim", host: String? = "web-1") -> String {
      let who = user.map { #","user":"\#($0)""# } ?? ""
      let place = host.map { #","host":"\#($0)""# } ?? ""
      return #"{"id":"\#(number)","time":"2026-01-01T00:00:\#(10 + number).000Z",\#(members)\#(who)\#(place)}"#
    }
    let start = #""action":"exec","category":"process","type":"start","object":"curl""#
    let connect = #""action":"connection_attempted","category":"network","type":"start","object":"203.0.113.9""#
    let delete = #""category":"file","type":"deletion","object":"/var/log/auth.log""#
    let fail = #""category":"authentication","type":"start","outcome":"failure""#
    func line(_ events: [String]) throws -> String {
      AlertHeadline(try counted(#""sequence":{"events":[\#(events.joined(separator: ","))]}"#)).text
    }
    #expect(
      try line([event(1, start), event(2, connect), event(3, delete)])
        == "kim started curl and then connected to 203.0.113.9 and then deleted the file /var/log/auth.log on web-1")
    #expect(
      try line([event(1, start, user: nil), event(2, connect, user: "root", host: "web-2")])
        == "Somebody started curl on web-1 and then root connected to 203.0.113.9 on web-2")
    #expect(
      try line([event(1, fail), event(2, fail), event(3, #""category":"process""#, user: "kim")])
        == "kim tried to sign in twice and then ran a process on web-1")
    #expect(try line([event(1, fail), event(2, fail)]) == "kim tried to sign in twice on web-1 and failed")
    // What is no event of these goes by its action.
    #expect(
      try line([event(1, #""action":"odd""#, host: nil), event(2, connect, host: nil)])
        == "kim called odd and then connected to 203.0.113.9")
    let alert = try counted(#""sequence":{"events":[\#(event(1, delete)),\#(event(2, start))]}"#)
    let sheet = AlertSheet(alert, width: 120, usesColour: false).text
    #expect(sheet.contains("2026-01-01 00:00:11  file deletion /var/log/auth.log by kim"))
  }

  @Test("A line of a table says of an alert on several events what these have: several values, and the last one's time")
  func tableLine() throws {
    let calls = [call("CreateUser", "a", 1), call("LeaveOrganization", "b", 2), call("LeaveOrganization", "b", 2)]
    let events = calls.joined(separator: ",")
    let more = #","kibana.alert.original_time":"2026-01-01T00:05:00.000Z""#
    let sequence = try counted(#""sequence":{"events":[\#(events)]}"#, more: more)
    #expect(sequence.line.time?.iso8601 == "2026-01-01T00:00:12.000Z")
    let group = try counted(#""events":{"count":3,"first":[\#(events)]}"#, more: more)
    #expect(group.line.time?.iso8601 == "2026-01-01T00:05:00.000Z")
    for alert in [sequence, group] {
      #expect(alert.line.who == "a +1")
      #expect(alert.line.outcome == "success")
      let row = AlertFolding.rows([alert.line])[0]
      #expect(row.actions.text == "CreateUser +1")
      #expect(row.origins.text == "203.0.113.1 +1")
      let sheet = AlertSheet(alert, width: 120, usesColour: false).text
      #expect(sheet.contains("Who           a · b"))
      #expect(sheet.contains("What          CreateUser · LeaveOrganization · success"))
    }
    // What the alert itself says counts before what its events do; where only some are told, nothing is common to all.
    let own = try counted(
      #""events":{"count":300,"first":[\#(call("CreateUser", "a", 1))]}"#, more: #","user":{"name":"c"}"#)
    #expect(own.line.who == "c")
    #expect(own.line.outcome == nil)
    #expect(own.line.action == "CreateUser")
  }
}
