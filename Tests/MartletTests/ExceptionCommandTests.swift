import Foundation
import JSON
import TestSupport
import Testing

struct ExceptionCommandTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private static let exception = """
    [[exception]]
    name = "Terraform by deploy"
    rule = "AWS IAM Assume Role Policy Update"
    reason = "The pipeline does that."
    expires = 2026-06-30
    entries = [
      { field = "user_agent.original", wildcard = "*Terraform*" },
      { field = "user.id", match = "AIDA" },
    ]
    """

  @Test("A check says which rules an exception is for and until when")
  func check() throws {
    let file = try scratch.write(Self.exception, "x.toml")
    let before = try Binary(["exceptions", "check", "--now", "2026-01-01T00:00:00Z", file])
    #expect(before.status == 0 && before.output.contains("  for: AWS IAM Assume Role Policy Update\n"))
    #expect(before.output.contains("  until: 2026-06-30T23:59:59.999Z\n"))
    let after = try Binary(["exceptions", "check", "--now", "2026-07-01T00:00:00Z", "--format", "json", file])
    #expect(after.status == 0)
    #expect(try after.documents[0]["expired"] == 1)
    let none = try Binary(["exceptions", "check", "--no-builtin", file])
    #expect(none.output.contains("warning: “Terraform by deploy” is for the rule"))
  }

  @Test("A check of a wrong file names the place, and ends with status 1")
  func wrong() throws {
    let file = try scratch.write(Self.exception.replacing("user.id", with: "source.ip"), "x.toml")
    let run = try Binary(["exceptions", "check", file])
    #expect(run.status == 1 && run.output.contains("x.toml:8:34: error: no value of `source.ip` can be that"))
    #expect(try Binary(["exceptions", "check", scratch.path + "/none.toml"]).status == 1)
    #expect(try Binary(["exceptions", "check"]).status == 64)
  }

  @Test("Exceptions compare as the types of --mapping say, and count from the time of each execution")
  func mapping() throws {
    let event =
      #"{"@timestamp":"2026-01-01T00:00:00Z","event":{"id":"1","action":"GetObject","dataset":"aws.cloudtrail"},"office":{"address":"10.1.2.3"}}"#
    let events = try scratch.write(event, "ecs.ndjson")
    let rule = try scratch.write(
      Sample.rule.replacing("index = [\"logs-aws.cloudtrail-*\"]", with: "index = [\"*\"]"), "rule.toml")
    let mapping = try scratch.write(#"{"properties":{"office":{"properties":{"address":{"type":"ip"}}}}}"#, "m.json")
    func alerts(_ entry: String, _ more: [String] = []) throws -> Int {
      let file = try scratch.write("[[exception]]\nname = \"x\"\nrules = \"all\"\nentries = [{ \(entry) }]\n", "x.toml")
      let run = try Binary(
        ["hunt", "--no-builtin", "--rules", rule, "--exceptions", file, "--format", "ndjson"] + more + [events])
      #expect(run.status == 0, "\(run.errors)")
      return try run.documents.count
    }
    let office = #"field = "office.address", match = "10.0.0.0/8""#
    #expect(try alerts(office) == 1)
    #expect(try alerts(office, ["--mapping", mapping]) == 0)
    #expect(try alerts(#"field = "@timestamp", match = "now/d""#) == 0)
    #expect(try alerts(#"field = "@timestamp", match = "now-1d/d""#) == 1)
  }

  private static func record(_ at: Int) -> String {
    let day = at < 10 ? "0\(at)" : "\(at)"
    let policy = #"{\"Statement\":[]}"#
    return
      #"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDA","arn":"arn:aws:iam::111122223333:user/deploy","accountId":"111122223333","userName":"deploy"},"eventTime":"2026-01-\#(day)T10:00:00Z","eventSource":"iam.amazonaws.com","eventName":"UpdateAssumeRolePolicy","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","userAgent":"HashiCorp Terraform/1.5 \"x\"","requestParameters":{"roleName":"role-\#(at)","policyDocument":"\#(policy)"},"eventID":"00000000-0000-0000-0000-0000000000\#(day)","eventType":"AwsApiCall","recipientAccountId":"111122223333"}"#
  }

  @Test("What is suggested for the alerts of a hunt passes the check, in the formats of people and of Kibana")
  func suggest() throws {
    let trail = try scratch.write((1...12).map(Self.record).joined(separator: "\n"), "trail.json")
    let hunt = try Binary(["hunt", "--format", "ndjson", "--rule", "AWS IAM Assume Role Policy Update", trail])
    #expect(hunt.lines.count == 12)
    let alerts = try scratch.write(hunt.output, "alerts.ndjson")
    let toml = try Binary(["exceptions", "suggest", alerts])
    #expect(toml.status == 0 && toml.errors == "1 exception would have removed 12 of 12 alerts\n")
    let file = try scratch.write(toml.output, "x.toml")
    let check = try Binary(["exceptions", "check", file])
    #expect(check.status == 0 && check.output.contains("1 exception (0 expired), for 1 of"))
    #expect(check.output.contains(#"  when: user_agent.original is "HashiCorp Terraform/1.5 "x"""#))
    #expect(check.output.contains(#"  and: source.address is "198.51.100.7""#))
    let kibana = try Binary(["exceptions", "suggest", "--format", "ndjson", "-"], input: hunt.output)
    #expect(try kibana.documents.map { $0["item_id"] != nil } == [false, true, false])
    let table = try Binary(["exceptions", "suggest", "--format", "table", alerts])
    #expect(table.lines.count == 2 && table.lines[1].hasPrefix("12 of 12") && table.lines[1].contains("Terraform"))
    let none = try Binary(["exceptions", "suggest", "--min-alerts", "13", alerts])
    #expect(none.status == 0 && !none.output.contains("[[exception]]"))
  }

  @Test("Lines that are no alerts are told, and the others are used")
  func badLines() throws {
    let run = try Binary(["exceptions", "suggest", "-"], input: "{\"a\":1}\nnot json\n")
    #expect(run.status == 1)
    #expect(run.errors.contains("standard input:1: this is no alert of a hunt (and 1 more such lines)"))
    #expect(try Binary(["exceptions", "suggest", scratch.path + "/none"]).status == 1)
  }
}
