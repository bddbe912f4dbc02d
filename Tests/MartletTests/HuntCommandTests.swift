import Foundation
import JSON
import TestSupport
import Testing

struct HuntCommandTests {
  private let scratch: Scratch
  private let file: String
  private let rule: String

  init() throws {
    scratch = try Scratch()
    file = try scratch.write(Sample.records, "trail.json")
    rule = try scratch.write(Sample.rule, "rules/rule.toml")
  }

  @Test("A session of root is told with who opened it, and what a request names is what it was done to")
  func rootSession() throws {
    let caller =
      #"{"type":"IAMUser","userName":"dana","arn":"arn:aws:iam::444455556666:user/dana","accountId":"444455556666","accessKeyId":"AKIAEXAMPLE"}"#
    let root =
      #"{"type":"Root","principalId":"111122223333","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333","accessKeyId":"ASIAROOT","sessionContext":{"attributes":{"creationDate":"2026-01-01T00:01:00Z"},"assumedRoot":"true"}}"#
    func record(
      _ id: Int, _ source: String, _ name: String, _ who: String, _ request: String, _ response: String = "null"
    )
      -> String
    {
      #"{"eventID":"\#(id)","eventTime":"2026-01-01T00:0\#(id):00Z","eventSource":"\#(source).amazonaws.com","eventName":"\#(name)","awsRegion":"us-east-1","userIdentity":\#(who),"requestParameters":\#(request),"responseElements":\#(response)}"#
    }
    let records = [
      record(
        1, "sts", "AssumeRoot", caller, #"{"targetPrincipal":"111122223333"}"#,
        #"{"credentials":{"accessKeyId":"ASIAROOT"}}"#),
      record(2, "cloudtrail", "PutEventSelectors", root, #"{"trailName":"main"}"#),
      record(
        3, "lambda", "UpdateFunctionCode20150331v2", root,
        #"{"functionName":"arn:aws:lambda:us-east-1:111122223333:function:pay"}"#),
      record(4, "iam", "CreateRole", root, #"{"roleName":"ops","assumeRolePolicyDocument":"{}"}"#),
      record(
        5, "sqs", "SetQueueAttributes", root, #"{"queueUrl":"https://sqs.us-east-1.amazonaws.com/111122223333/jobs"}"#),
    ].joined(separator: "\n")
    let file = try scratch.write(records, "root.json")
    let rule = try scratch.write(
      Sample.rule.replacing("event.action: GetObject", with: "event.action: * and not event.action: AssumeRoot"),
      "root.toml")
    let run = try Binary([
      "hunt", "--no-builtin", "--rules", rule, "--format", "csv", "--fields", "what,who,target", file,
    ])
    #expect(
      run.output.split(separator: "\r\n").dropFirst() == [
        "PutEventSelectors,root via dana,main", "UpdateFunctionCode20150331v2,root via dana,function:pay",
        "CreateRole,root via dana,ops", "SetQueueAttributes,root via dana,jobs",
      ], "\(run.output) \(run.errors)")
  }

  @Test("A hunt ends with status 0, alerts alone on standard output, one JSON object a line")
  func alertsOnly() throws {
    let hunt = try Binary(["hunt", "--format", "ndjson", file])
    #expect(hunt.status == 0)
    let documents = try hunt.documents
    #expect(documents.count == 1)
    #expect(documents.first?["kibana.alert.rule.name"] == "AWS IAM Assume Role Policy Update")
    #expect(documents.first?["kibana.alert.severity"] == "low")
    #expect(documents.first?["kibana.alert.new_terms"] == ["arn:aws:iam::111122223333:user/eve", "ops"])
    #expect(hunt.errors.contains("1 alert"))
    #expect(!hunt.errors.contains("\u{1B}"))
    let table = try Binary(["hunt", "--format", "table", file])
    #expect(table.status == 0)
    #expect(table.output.contains("AWS IAM Assume Role Policy Update"))
    #expect(table.output.contains("eve"))
    #expect(table.output.contains("192.0.2.7"))
    #expect(!table.output.contains("\u{1B}"))
  }

  @Test("A hunt that must fail on alerts ends with status 3 when there are any")
  func failOnAlert() throws {
    #expect(try Binary(["hunt", "--fail-on-alert", file]).status == 3)
    let quiet = try scratch.write(String(Sample.records.split(separator: "\n")[1]), "quiet.json")
    let hunt = try Binary(["hunt", "--fail-on-alert", quiet])
    #expect(hunt.status == 0)
    #expect(hunt.output.isEmpty)
  }

  @Test("Input that cannot be read gives status 1, the alerts of the rest, and a count by cause")
  func badInput() throws {
    let broken = try scratch.write(Sample.records + "{\"eventTime\": nonsense}\n", "broken.json")
    let numbers = try scratch.write("[1,2]", "numbers.json")
    let hunt = try Binary(["hunt", "--fail-on-alert", broken, numbers, scratch.path + "/nowhere"])
    #expect(hunt.status == 1)
    #expect(hunt.lines.count == 1)
    for word in ["broken.json", "byte", "record 3", "broken JSON", "not an object", "unreadable file", "nowhere"] {
      #expect(hunt.errors.contains(word), "\(word): \(hunt.errors)")
    }
  }

  @Test(
    "Wrong arguments give status 64 and words on standard error",
    arguments: [
      ["hunt"], ["hunt", "--format", "xml", "x"], ["hunt", "--from", "yesterday", "x"],
      ["hunt", "--threads", "0", "x"],
      ["hunt", "--rule", "no such rule", "x"], ["hunt", "--namespace", "", "x"],
      ["search", "--namespace", "a b", "*", "x"], ["hunt", "--nonsense", "x"], ["hunt", "--no-builtin", "x"],
      ["nonsense"],
      ["search", "event.action: (", "x"], ["rules", "show", "no such rule"], ["generate"], ["report"],
    ])
  func badArguments(arguments: [String]) throws {
    let run = try Binary(arguments)
    #expect(run.status == 64, "\(arguments): \(run.errors)")
    #expect(run.output.isEmpty)
    #expect(!run.errors.isEmpty)
  }

  @Test("Rules are added, left out and picked")
  func rules() throws {
    func names(_ arguments: [String]) throws -> Set<String> {
      let hunt = try Binary(["hunt", "--format", "ndjson", file] + arguments)
      #expect(hunt.status == 0, "\(hunt.errors)")
      return Set(try hunt.documents.compactMap { $0["kibana.alert.rule.name"]?.stringValue })
    }
    let builtIn = "AWS IAM Assume Role Policy Update"
    #expect(try names(["--rules", rule]) == [builtIn, "Objects read"])
    #expect(try names(["--rules", scratch.path + "/rules", "--no-builtin"]) == ["Objects read"])
    #expect(try names(["--rules", rule, "--rule", "test-rule"]) == ["Objects read"])
    #expect(try names(["--rules", rule, "--rule", "objects read", "--rule", builtIn]) == [builtIn, "Objects read"])
    let off = try scratch.write(Sample.rule + "\nenabled = false\n", "off.toml")
    #expect(try names(["--rules", off]) == [builtIn])
  }

  @Test("A rule that cannot be read is reported and gives status 1, the others still hunt")
  func brokenRule() throws {
    let broken = try scratch.write(Sample.rule + "\nseverity = \n", "broken.toml")
    let hunt = try Binary(["hunt", "--format", "ndjson", "--rules", broken, file])
    #expect(hunt.status == 1)
    #expect(hunt.lines.count == 1)
    #expect(hunt.errors.contains("broken.toml"))
  }

  @Test("The executions are bounded by --from and --to")
  func bounds() throws {
    func count(_ arguments: [String]) throws -> Int {
      let hunt = try Binary(["hunt", "--format", "ndjson", file] + arguments)
      // Where no execution lies between the bounds, nothing was hunted.
      #expect(hunt.status == (hunt.errors.contains("nothing was hunted") ? 2 : 0), "\(hunt.errors)")
      return hunt.lines.count
    }
    // The window of nine minutes holds the event at 00:05 and 00:10.
    #expect(try count(["--from", "2026-01-01T00:10:00Z"]) == 1)
    #expect(try count(["--from", "2026-01-01T00:10:01Z"]) == 0)
    #expect(try count(["--to", "2026-01-01T00:05:00Z"]) == 1)
    #expect(try count(["--to", "2026-01-01T00:04:59Z"]) == 0)
    #expect(try count(["--now", "2026-01-02T00:00:00Z", "--from", "now-1d", "--to", "now"]) == 1)
    #expect(try count(["--now", "2026-01-02T00:00:00Z", "--from", "now-1h"]) == 0)
  }

  @Test("Standard input is read as a file is")
  func standardInput() throws {
    let fixed = ["hunt", "--format", "ndjson", "--now", "2026-02-01T00:00:00Z"]
    let expected = try Binary(fixed + [file]).output
    #expect(!expected.isEmpty)
    #expect(try Binary(fixed + ["-"], input: Sample.records).output == expected)
    let wrapped = #"{"Records":["# + Sample.records.split(separator: "\n").joined(separator: ",") + "]}"
    let hunt = try Binary(fixed + ["-"], input: wrapped)
    #expect(hunt.output == expected)
    #expect(hunt.status == 0)
  }

  @Test("What lookup-events prints is read from standard input without complaint")
  func lookupEvents() throws {
    let events = Sample.records.split(separator: "\n").map { line in
      JSONValue.object(["EventId": "x", "CloudTrailEvent": .string(String(line))]).text
    }
    let text = #"{"Events":["# + events.joined(separator: ",") + #"],"NextToken":"abc"}"#
    let hunt = try Binary(["hunt", "--format", "ndjson", "-"], input: text)
    #expect(hunt.status == 0, "\(hunt.errors)")
    #expect(hunt.lines.count == 1)
  }

  @Test("The original record is in an alert only where it is asked for")
  func original() throws {
    let without = try Binary(["hunt", "--format", "ndjson", file]).documents
    #expect(without.first?["event"]?["original"] == nil)
    let with = try Binary(["hunt", "--format", "ndjson", "--keep-original", file]).documents
    #expect(
      with.first?["event"]?["original"]?.stringValue == Sample.records.split(separator: "\n").first.map(String.init))
  }

  @Test("The recording of a backdoored role alerts once on the trust-policy rule")
  func realAttack() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = root.path + "/shared/data/stratus/aws.persistence.iam-backdoor-role.json"
    guard FileManager.default.fileExists(atPath: file) else { return }
    let hunt = try Binary(["hunt", "--format", "ndjson", "--rule", "AWS IAM Assume Role Policy Update", file])
    #expect(hunt.status == 0)
    #expect(hunt.lines.count == 1)
  }

  @Test("Rules that cannot do what they say, and the second of one id, are left out with words and status 1")
  func wrongRules() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Sample.records, "trail.json")
    try scratch.write(Sample.rule, "rules/a.toml")
    try scratch.write(Sample.rule, "rules/b.toml")
    try scratch.write(
      Sample.rule.replacing("test-rule", with: "late").replacing(#"type = "query""#, with: #"type = "new_terms""#)
        + "\n[rule.new_terms]\nfield = \"new_terms_fields\"\nvalue = [\"user.name\"]\n"
        + "[[rule.new_terms.history_window_start]]\nfield = \"history_window_start\"\nvalue = \"now-1m\"\n",
      "rules/late.toml")
    let run = try Binary(
      ["hunt", "--no-builtin", "--rules", scratch.path + "/rules", "--format", "ndjson", file])
    #expect(run.status == 1)
    #expect(try run.documents.count == 1)
    #expect(
      run.errors.contains("b.toml") && run.errors.contains("late.toml") && run.errors.contains("does not take part"))
  }

  @Test("Hits from the backing indices of a data stream belong to the data stream")
  func backingIndices() throws {
    let source =
      #""_source":{"@timestamp":"2026-01-01T00:03:00Z","event":{"action":"GetObject","dataset":"aws.cloudtrail"}}"#
    let indices = [
      ".ds-logs-aws.cloudtrail-default-2026.01.01-000001", "partial-.ds-logs-aws.cloudtrail-prod-2026.01.01-000012",
      "logs-aws.cloudtrail-default", ".ds-other-2026.01.01-000001", ".ds-logs-aws.cloudtrail-default",
    ]
    let lines = indices.enumerated().map { #"{"_index":"\#($1)","_id":"\#($0)",\#(source)}"# }
    let scratch = try Scratch()
    let rule = try scratch.write(Sample.rule, "rule.toml")
    let run = try Binary(
      ["hunt", "--no-builtin", "--rules", rule, "--format", "ndjson", "-"], input: lines.joined(separator: "\n"))
    #expect(
      try run.documents.compactMap { $0["kibana.alert.ancestors"]?[0]?["index"]?.stringValue }.sorted() == [
        ".ds-logs-aws.cloudtrail-default-2026.01.01-000001",
        "logs-aws.cloudtrail-default", "partial-.ds-logs-aws.cloudtrail-prod-2026.01.01-000012",
      ])
  }

  @Test("A time span without an inside, and a place without files, are told")
  func nothingToDo() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Sample.records, "trail.json")
    #expect(try Binary(["hunt", "--from", "2026-02-01", "--to", "2026-01-01", file]).status == 64)
    let empty = try Scratch()
    let hunt = try Binary(["hunt", empty.path])
    #expect(hunt.status == 2 && hunt.errors.contains("there are no files to read"))
  }
}
