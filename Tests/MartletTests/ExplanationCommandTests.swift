import Foundation
import JSON
import TestSupport
import Testing

/// What a user does after the first hunt: ask why, silence what is known, try another version.
struct ExplanationCommandTests {
  private let scratch: Scratch
  private let file: String

  init() throws {
    scratch = try Scratch()
    file = try scratch.write(Self.records.joined(separator: "\n"), "trail.json")
  }

  /// Two changes of one trust policy by one user, an hour apart, and a call of another kind before.
  private static let records = [
    record(1, "2026-01-01T00:02:00Z", "ListServerCertificates", "{}"),
    record(2, "2026-01-01T01:02:00Z", "UpdateAssumeRolePolicy", policy("444455556666")),
    record(3, "2026-01-01T02:02:00Z", "UpdateAssumeRolePolicy", policy("777788889999")),
  ]

  private static func record(_ number: Int, _ time: String, _ action: String, _ request: String) -> String {
    #"{"eventID":"\#(id(number))","eventTime":"\#(time)","eventName":"\#(action)","eventSource":"iam.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","sourceIPAddress":"192.0.2.7","userAgent":"Boto3","userIdentity":{"type":"IAMUser","userName":"eve","principalId":"AIDAEVE","arn":"arn:aws:iam::111122223333:user/eve"},"requestParameters":\#(request)}"#
  }

  private static func policy(_ account: String) -> String {
    let document =
      #"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"\#(account)\"},\"Action\":\"sts:AssumeRole\"}]}"#
    return #"{"roleName":"ops","policyDocument":"\#(document)"}"#
  }

  private static func id(_ number: Int) -> String { "00000000-0000-0000-0000-00000000000\(number)" }

  private static let rule = "AWS IAM Assume Role Policy Update"
  private let picked = ["--rule", rule]

  @Test("Every alert carries evidence, what changed in a policy, and with --context what its principal did before")
  func alert() throws {
    for input in [file, "-"] {
      let run = try Binary(
        ["hunt", "--context", "--format", "ndjson"] + picked + [input], input: Self.records.joined(separator: "\n"))
      #expect(run.status == 0, "\(run.errors)")
      let document = try #require(try run.documents.last)
      let evidence = document["martlet"]?["evidence"]
      #expect(evidence?["scheduled"] != nil && evidence?["window"]?["from"] != nil)
      #expect((evidence?["matched"]?["window"]?.integerValue ?? 0) >= 1)
      let query = try #require(evidence?["query"]?.stringValue)
      let shown = try Binary(["search", "--format", "count", query, file])
      #expect(shown.status == 0 && (Int(shown.output.dropLast()) ?? 0) >= 1, "\(query): \(shown.errors)")
      let policy = document["martlet"]?["policies"]?[0]
      #expect(policy?["who"]?.stringValue?.contains("account") == true)
      let activity = document["martlet"]?["context"]?["activity"]
      #expect((activity?["events"]?.integerValue ?? 0) >= 1)
      #expect(activity?["actions"]?[0]?["value"] != nil)
    }
  }

  @Test("An explanation names the earlier event that made the later one old, in words and in JSON")
  func explains() throws {
    let why = try Binary(["explain"] + picked + ["--event", Self.id(2), file])
    #expect(why.status == 0 && why.output.hasPrefix("Alert: "), "\(why.output)\(why.errors)")
    let whyNot = try Binary(["explain"] + picked + ["--event", Self.id(3), file])
    #expect(whyNot.status == 0 && whyNot.output.hasPrefix("No alert: the combination is not new."))
    #expect(whyNot.output.contains(Self.id(2)))
    let other = try Binary(["explain"] + picked + ["--event", Self.id(1), "--format", "json", file])
    let document = try #require(try other.documents.first)
    #expect(document["alert"] == false && document["query"]?["holds"] == false)
    let missing = try Binary(["explain"] + picked + ["--event", "nowhere", file])
    #expect(missing.status == 2 && missing.output.contains("no event with this id"))
  }

  @Test("An explanation says what was called, by whom, and that it failed, in words and in JSON")
  func failure() throws {
    let refused = Self.records[1].replacing(
      #""eventName""#, with: #""errorCode":"AccessDenied","eventName""#)
    let file = try scratch.write(refused, "refused.json")
    let call = "UpdateAssumeRolePolicy by arn:aws:iam::111122223333:user/eve"
    for rule in [picked, []] {
      let words = try Binary(["explain"] + rule + ["--event", Self.id(2), file])
      #expect(words.output.contains(call + ", failed with AccessDenied\n"), "\(words.output)")
      let json = try Binary(["explain"] + rule + ["--event", Self.id(2), "--format", "json", file])
      let event = try #require(json.documents.first)["event"]
      #expect(event?["outcome"] == "failure" && event?["error_code"] == "AccessDenied")
      let granted = try Binary(["explain"] + rule + ["--event", Self.id(2), self.file])
      #expect(granted.output.contains(call + "\n"), "\(granted.output)")
    }
  }

  @Test("Without a rule, an explanation tells which rules match, what came of it, and which nearly do")
  func survey() throws {
    let matched = try Binary(["explain", "--event", Self.id(2), "--format", "json", file])
    #expect(matched.status == 0, "\(matched.errors)")
    let document = try #require(try matched.documents.first)
    let matching = document["matching"]?.arrayValue ?? []
    let own = try #require(matching.first { $0["rule"]?["name"]?.stringValue == Self.rule })
    #expect(own["alert"] == true)
    // What one rule makes of the event is the same whether it is asked alone or among all.
    let alone = try Binary(["explain"] + picked + ["--event", Self.id(2), "--format", "json", file])
    #expect(try alone.documents.first == own)
    for other in matching { #expect(other["query"]?["holds"] == true) }
    let counts = try #require(document["rules"])
    let others = counts["not_matching"]?.integerValue ?? 0
    #expect(Int64((document["near"]?.arrayValue ?? []).count) + (document["near_others"]?.integerValue ?? 0) == others)

    let missed = try Binary(["explain", "--event", Self.id(1), file])
    #expect(missed.status == 0)
    #expect(missed.output.contains("No rule matches it"))
    #expect(missed.output.contains("event.action is “UpdateAssumeRolePolicy”   — the event has ListServerCertificates"))
    let absent = try Binary(["explain", "--event", "nowhere", file])
    #expect(absent.status == 2 && absent.output.contains("no event with this id"))
    let piped = try Binary(["explain", "--event", Self.id(3), "-"], input: Self.records.joined(separator: "\n"))
    #expect(piped.status == 0 && piped.output.contains("No alert: the combination is not new."))
  }

  @Test("What a rule asks for in vain is told with and without --rule, and nothing looked at is status 2")
  func neverSilent() throws {
    let rules = try scratch.write(
      """
      [rule]
      author = ["t"]
      description = "d"
      name = "Asks in vain"
      risk_score = 21
      rule_id = "3f3f2f1c-1111-4222-8333-944445555666"
      severity = "low"
      type = "query"
      index = ["logs-aws.cloudtrail-*"]
      language = "kuery"
      license = "x"
      query = 'eventName: ListRoles and event.action: (A or B or C or D or E or F or G or H or I)'
      """, "vain.toml")
    let own = ["--rules", rules, "--no-builtin"]
    let warning = "No event is known to have the field `eventName`; did you mean `event.action`?"
    for rule in [[], ["--rule", "Asks in vain"]] {
      let run = try Binary(["explain"] + own + rule + ["--event", Self.id(1), file])
      #expect(run.status == 0 && run.errors.contains(warning), "\(run.errors)")
      #expect(run.output.contains("event.action is one of “A”, “B”, “C”, “D”, “E”, “F”, “G”, “H”, … (9 in all)"))
      #expect(run.output.contains("eventName is “ListRoles”   — the event has no value there"))
      let absent = try Binary(["explain"] + own + rule + ["--event", "nowhere", "--format", "json", file])
      #expect(absent.status == 2)
      #expect(absent.errors.contains("nothing was explained: the input holds no event with the id “nowhere”"))
      let empty = try scratch.write("{\"Records\":[]}", "empty.json")
      let none = try Binary(["explain"] + own + rule + ["--event", Self.id(1), empty])
      #expect(
        none.status == 2 && none.errors.contains("nothing was explained: 1 file holds no event"), "\(none.errors)")
    }
    let other = try scratch.write(
      String(contentsOfFile: rules, encoding: .utf8).replacing("logs-aws.cloudtrail-*", with: "logs-other-*"), "o.toml")
    let unasked = try Binary(["explain", "--rules", other, "--no-builtin", "--event", Self.id(1), file])
    #expect(unasked.status == 2 && unasked.errors.contains("nothing was explained: no rule reads the event"))
  }

  @Test("An exception silences what it names, says so in the explanation, and lapses at its end")
  func exceptions() throws {
    func exceptions(_ expires: String) throws -> String {
      try scratch.write(
        """
        [[exception]]
        name = "eve's own tool"
        rules = ["\(Self.rule)"]
        reason = "agreed"
        \(expires)
        entries = [
          { field = "user_agent.original", match = "Boto3" },
          { field = "user.id", match = "AIDAEVE" },
        ]
        """, "noise.toml")
    }
    func alerts() throws -> [JSONValue] {
      let run = try Binary(
        ["hunt", "--format", "ndjson", "--exceptions", scratch.path + "/noise.toml"] + picked + [file])
      #expect(run.status == 0, "\(run.errors)")
      return try run.documents
    }
    _ = try exceptions("")
    #expect(try alerts().isEmpty)
    let why = try Binary(
      ["explain", "--exceptions", scratch.path + "/noise.toml"] + picked + ["--event", Self.id(2), file])
    #expect(why.output.contains("the exception “eve's own tool” takes the event out"), "\(why.output)")
    // It lapses before the next execution, which sees the first change in its window.
    _ = try exceptions(#"expires = "2026-01-01T01:04:00Z""#)
    #expect(try alerts().map { $0["event"]?["id"]?.stringValue } == [Self.id(2)])
    // By the execution that sees the second change it has lapsed, and so the first is history.
    _ = try exceptions(#"expires = "2026-01-01T01:30:00Z""#)
    #expect(try alerts().isEmpty)
    _ = try exceptions("match = 3")
    let wrong = try Binary(["hunt", "--exceptions", scratch.path + "/noise.toml"] + picked + [file])
    #expect(wrong.errors.contains("noise.toml:"))
  }

  @Test("A back-test counts alerts per day and says what another version changes")
  func backtest() throws {
    let run = try Binary(["backtest"] + picked + [file])
    #expect(run.status == 0 && run.output.contains("1 alert on 1 of 1 day"), "\(run.output)\(run.errors)")
    #expect(run.output.contains("2026-01-01  █ 1"))
    let draft = try scratch.write(Sample.rule.replacing("GetObject", with: "ListServerCertificates"), "draft.toml")
    let compared = try Binary(["backtest", "--format", "json", "--against", draft] + picked + [file])
    let document = try #require(try compared.documents.first, "\(compared.errors)")
    #expect(document["appearing"]?.arrayValue?.count == 1 && document["disappearing"]?.arrayValue?.count == 1)
    #expect(document["rule"]?["alerts"] == 1 && document["rule"]?["cost"]?["matched"] == 2)
    #expect(try Binary(["backtest"] + picked + ["--against", "nowhere", file]).status == 64)
  }

  @Test("A pipe that is named like a file is read once: a second reading is refused, and a conflict warned of")
  func pipes() throws {
    let conflict = Self.records + [Self.record(2, "2026-01-01T01:02:00Z", "Other", "{}")]
    let text = try scratch.write(conflict.joined(separator: "\n"), "conflict.json")
    let pipe = scratch.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(try Binary(["hunt", "--context", pipe]).status == 64)
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = ["-c", "cat \"$1\" > \"$2\"", "sh", text, pipe]
    try writer.run()
    let run = try Binary(["hunt", "--format", "ndjson"] + picked + [pipe])
    writer.waitUntilExit()
    #expect(run.status == 0 && run.errors.contains("different records stand under one eventID"))
    #expect(try !run.documents.isEmpty)
  }

  @Test("Two rules of one name have to be told apart by their ids")
  func sameName() throws {
    let mine = try scratch.write(Sample.rule.replacing("Objects read", with: Self.rule), "mine.toml")
    let run = try Binary(["explain", "--rules", mine, "--rule", Self.rule, "--event", Self.id(2), file])
    #expect(run.status == 64 && run.errors.contains("test-rule"))
    #expect(try Binary(["backtest", "--rules", mine, "--rule", "test-rule", file]).status == 0)
  }
}
