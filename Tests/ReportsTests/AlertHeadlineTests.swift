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
    #expect(AlertHeadline(sequence).text == "ops created a user and then tried to create an access key")
    let counted = try alert(
      #""events":{"count":7,"first":[\#((steps + steps).joined(separator: ","))]}"#)
    #expect(AlertHeadline(counted).text == "Somebody made 7 calls of at least 2 kinds")
    let alike = try alert(#""events":{"count":2,"first":[\#(steps[0]),\#(steps[0])]}"#)
    #expect(AlertHeadline(alike).text == "ops created a user 2 times")
    let sheet = AlertSheet(sequence, width: 120, usesColour: false).text
    #expect(sheet.contains("2026-01-01 00:01:00  CreateUser by ops from 203.0.113.9"))
    #expect(sheet.contains("CreateAccessKey by ops from 203.0.113.9 (AccessDenied)"))
    #expect(sheet.contains("no such event, as the rule asks"))
    #expect(sheet.contains("The events belong together by user.name ops."))
  }
}
