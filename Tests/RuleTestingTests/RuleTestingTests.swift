import Foundation
import Testing

@testable import RuleTesting

/// A folder of its own for the files of a test, gone when the test is over.
struct RuleFolder: ~Copyable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/martlet-rule-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
  }

  /// The report on the folder, its own path taken out of the lines.
  func lines(_ names: String...) -> [String] {
    let report = RuleTestRunner.run(paths: names.isEmpty ? [path] : names.map { path + "/" + $0 })
    return report.lines.map { $0.replacing(path + "/", with: "").replacing(path, with: ".") }
  }
}

/// A new terms rule on the caller and the role.
let rule = """
  [rule]
  rule_id = "3f1c1a52-0d5a-4a3c-9c4e-0f6a3a1d7b11"
  name = "Trust policy changed"
  description = "A trust policy changed."
  type = "new_terms"
  language = "kuery"
  severity = "low"
  risk_score = 21
  interval = "5m"
  from = "now-9m"
  index = ["logs-aws.cloudtrail-*"]
  query = '''
  event.provider: "iam.amazonaws.com" and event.action: "UpdateAssumeRolePolicy" and event.outcome: "success"
  '''
  [rule.new_terms]
  field = "new_terms_fields"
  value = ["aws.cloudtrail.user_identity.arn", "aws.cloudtrail.flattened.request_parameters.roleName"]
  [[rule.new_terms.history_window_start]]
  field = "history_window_start"
  value = "now-14d"
  """

let defaults = """
  defaults:
    eventSource: iam.amazonaws.com
    eventName: UpdateAssumeRolePolicy
    userIdentity: { type: IAMUser, userName: alice, arn: "arn:aws:iam::111122223333:user/alice" }
    requestParameters: { roleName: ops }

  """

@Suite struct ReportTests {
  @Test("the events of an indicator match rule are compared with the test file's indicators")
  func indicators() throws {
    let folder = try RuleFolder()
    let start = rule.prefix(upTo: rule.range(of: "[rule.new_terms]")!.lowerBound)
    try folder.write(
      "bad.toml",
      start.replacing("\"new_terms\"", with: "\"threat_match\"") + """
        threat_index = ["logs-ti_*"]
        threat_query = "threat.indicator.ip: *"
        [[rule.threat_mapping]]
        entries = [{ field = "source.ip", type = "mapping", value = "threat.indicator.ip" }]
        """)
    let indicators = """
      indicators:
        - threat: { indicator: { ip: 203.0.113.9 } }
        - threat.indicator.ip: 198.51.100.0/24

      """
    let tests = """
      tests:
        - name: known addresses alert
          events:
            - at: 2026-01-15T10:00:00Z
              set: { sourceIPAddress: 203.0.113.9 }
              alert: true
            - at: 2026-01-15T10:01:00Z
              set: { sourceIPAddress: 198.51.100.20 }
              alert: true
            - at: 2026-01-15T10:02:00Z
              set: { sourceIPAddress: 192.0.2.1 }
              alert: false
      """
    try folder.write("bad.test.yaml", defaults + indicators + tests)
    #expect(folder.lines() == ["ok       Trust policy changed (bad.toml): 1 test, 3 events", "1 passed, 0 failed"])
    try folder.write("bad.test.yaml", defaults + indicators + tests.replacing("alert: false", with: "alert: true"))
    #expect(folder.lines().contains { $0.contains("no indicator has all the values of the event") })
    try folder.write("bad.test.yaml", defaults + tests)
    #expect(folder.lines().contains { $0.contains("there are no indicators for logs-ti_*") })
  }

  @Test("a test of a rule in ES|QL brings its tables, and says after which command nothing is left of an event")
  func tables() throws {
    let folder = try RuleFolder()
    let start = rule.prefix(upTo: rule.range(of: "index = ")!.lowerBound)
    func write(_ end: String) throws {
      try folder.write(
        "bad.toml",
        start.replacing("\"new_terms\"", with: "\"esql\"").replacing("kuery", with: "esql") + """
          query = \"\"\"
          FROM logs-aws.cloudtrail-* METADATA _id, _index, _version
          | WHERE event.outcome == "success"
          | LOOKUP JOIN owners ON user.name
          | WHERE owner.team == "payments"
          \(end)
          \"\"\"
          """)
    }
    let tables = """
      tables:
        owners:
          - user.name: alice
            owner: { team: payments }
          - { user.name: bob, owner.team: web }

      """
    let tests = """
      tests:
        - name: changes by the team alert
          events:
            - at: 2026-01-15T10:00:00Z
              alert: true
            - at: 2026-01-15T10:01:00Z
              set: { userIdentity.userName: bob }
              alert: false
            - at: 2026-01-15T10:02:00Z
              set: { userIdentity.userName: alice, errorCode: AccessDenied }
              alert: false
      """
    try write("")
    try folder.write("bad.test.yaml", defaults + tables + tests)
    #expect(folder.lines() == ["ok       Trust policy changed (bad.toml): 1 test, 3 events", "1 passed, 0 failed"])
    try folder.write("bad.test.yaml", defaults + tables + tests.replacing("alert: false", with: "alert: true"))
    let lines = folder.lines()
    #expect(lines.contains { $0.contains("nothing is left of it after `WHERE owner.team == \"payments\"`") })
    #expect(lines.contains { $0.contains("nothing is left of it after `WHERE event.outcome == \"success\"`") })
    try write("| STATS changes = COUNT(*) BY user.name | WHERE changes > 5")
    try folder.write("bad.test.yaml", defaults + tables + tests)
    #expect(folder.lines().contains { $0.contains("its group does not come through what follows `STATS`") })
    try folder.write("bad.test.yaml", defaults + tests)
    #expect(folder.lines().contains { $0.contains("owners") })
    try folder.write("bad.test.yaml", defaults + "tables:\n  owners: [3]\n" + tests)
    #expect(folder.lines().contains { $0.contains("The table “owners” must be a list of maps") })
  }

  @Test("a rule whose tests hold is ok")
  func passing() throws {
    let folder = try RuleFolder()
    try folder.write("trust.toml", rule)
    try folder.write(
      "trust.test.yaml",
      defaults + """
        tests:
          - name: the first change alerts, the next does not, another role does
            events:
              - at: 2026-01-15T10:00:00Z
                alert: true
                new_terms: ["arn:aws:iam::111122223333:user/alice", ops]
              - at: 2026-01-15T10:01:00Z
                alert: false
              - at: 2026-01-15T10:02:00Z
                set: { requestParameters.roleName: billing }
                alert: true
          - name: tests know nothing of each other
            events:
              - at: 2026-01-15T10:05:00Z
                alert: true
        """)
    let expected = ["ok       Trust policy changed (trust.toml): 2 tests, 4 events", "2 passed, 0 failed"]
    #expect(folder.lines() == expected)
    #expect(folder.lines("trust.toml") == expected)
    #expect(folder.lines("trust.test.yaml") == expected)
    #expect(folder.lines("trust.test.yaml", "trust.toml", ".") == expected)
  }

  @Test("a failure tells the file, the test, the event, what was expected, what came, and why the rule was silent")
  func failing() throws {
    let folder = try RuleFolder()
    try folder.write("trust.toml", rule)
    try folder.write(
      "trust.test.yaml",
      defaults + """
        tests:
          - name: silence for each reason
            history:
              - at: 2026-01-10T10:00:00Z
            events:
              - at: 2026-01-15T10:00:00Z
                alert: true
              - at: 2026-01-15T10:01:00Z
                set: { errorCode: AccessDenied }
                alert: true
              - at: 2026-01-15T10:02:00Z
                set: { requestParameters: null }
                alert: true
              - at: 2026-01-15T10:03:00Z
                ecs: { event: { action: UpdateAssumeRolePolicy, provider: iam.amazonaws.com, outcome: success } }
                alert: true
          - name: another value than named, and noise
            events:
              - at: 2026-01-15T10:00:00Z
                alert: true
                new_terms: ["arn:aws:iam::111122223333:user/alice", billing]
              - at: 2026-01-15T10:01:00Z
                set: { requestParameters.roleName: billing }
                alert: false
          - name: this one holds
            events:
              - at: 2026-01-15T10:05:00Z
                alert: true
        """)
    #expect(
      folder.lines()
        == """
        failed   Trust policy changed (trust.toml): 3 tests, 7 events, 2 tests failed
          trust.test.yaml:7: silence for each reason
            line 11: 2026-01-15T10:00:00.000Z UpdateAssumeRolePolicy
              expected  an alert
              got       no alert: its new terms were seen before, in the event of `history` at 2026-01-10T10:00:00.000Z (line 9)
            line 13: 2026-01-15T10:01:00.000Z UpdateAssumeRolePolicy
              expected  an alert
              got       no alert: the query does not match it: see its condition on `event.outcome`
            line 16: 2026-01-15T10:02:00.000Z UpdateAssumeRolePolicy
              expected  an alert
              got       no alert: the event has no value in `aws.cloudtrail.flattened.request_parameters.roleName`
            line 19: 2026-01-15T10:03:00.000Z UpdateAssumeRolePolicy
              expected  an alert
              got       no alert: the rule does not read the event's data stream
          trust.test.yaml:22: another value than named, and noise
            line 24: 2026-01-15T10:00:00.000Z UpdateAssumeRolePolicy
              expected  an alert, new terms ["arn:aws:iam::111122223333:user/alice", "billing"]
              got       an alert, new terms ["arn:aws:iam::111122223333:user/alice", "ops"], by the execution at 2026-01-15T10:00:00.000Z
            line 27: 2026-01-15T10:01:00.000Z UpdateAssumeRolePolicy
              expected  no alert
              got       an alert, new terms ["arn:aws:iam::111122223333:user/alice", "billing"], by the execution at 2026-01-15T10:05:00.000Z
        1 passed, 2 failed
        """.split(separator: "\n").map(String.init))
  }

  @Test("the alert of a rule that counts, or of a sequence, is expected at the event that completes it")
  func severalEvents() throws {
    let start = rule.range(of: "[rule.new_terms]")!.lowerBound
    let head = String(rule[..<start]).replacing("3f1c1a52", with: "4f1c1a52")
    let counting =
      head.replacing("type = \"new_terms\"", with: "type = \"threshold\"")
      + "[rule.threshold]\nfield = [\"user.name\"]\nvalue = 2\n"
    let query = head.range(of: "query = ")!.lowerBound
    let following =
      String(head[..<query]).replacing("\"new_terms\"", with: "\"eql\"").replacing("\"kuery\"", with: "\"eql\"")
      + "query = 'sequence by user.name [any where true] [any where true]'\n"
    let tests =
      defaults + """
        tests:
          - name: the second event completes it
            events:
              - at: 2026-01-15T10:00:10Z
                alert: false
              - at: 2026-01-15T10:00:20Z
                alert: true
        """
    for (name, text) in [("counting", counting), ("following", following)] {
      let folder = try RuleFolder()
      try folder.write("\(name).toml", text)
      try folder.write("\(name).test.yaml", tests)
      #expect(folder.lines().last == "1 passed, 0 failed", "\(folder.lines())")
    }
  }

  @Test("a test file without a rule is an error, a rule without a test file a warning")
  func pairs() throws {
    let folder = try RuleFolder()
    try folder.write("trust.toml", rule)
    try folder.write("other.test.yaml", defaults + "tests: []\n")
    #expect(
      folder.lines() == [
        "other.test.yaml:1:1: error: There is no rule beside this test file; it was looked for in other.toml.",
        "trust.toml:1:1: warning: The rule “Trust policy changed” has no tests; write them in trust.test.yaml beside it.",
        "0 passed, 0 failed, 1 error, 1 warning",
      ])
    #expect(folder.lines("trust.toml").last == "0 passed, 0 failed, 1 warning")
    #expect(folder.lines("other.test.yaml").last == "0 passed, 0 failed, 1 error")
    #expect(folder.lines("none.toml").last == "0 passed, 0 failed, 1 error")
    #expect(folder.lines("none.test.yaml").last == "0 passed, 0 failed, 1 error")
  }

  @Test("a rule that cannot run fails when it has tests, and is told when it has none")
  func unrunnable() throws {
    let folder = try RuleFolder()
    let other = rule.replacing("\"kuery\"", with: "\"esql\"").replacing("type = \"query\"", with: "type = \"esql\"")
    try folder.write("trust.toml", other)
    #expect(
      folder.lines().first
        == "skipped  Trust policy changed (trust.toml): no tests. "
        + "The rule cannot run: Queries in ES|QL do not run yet.")
    #expect(folder.lines().last == "0 passed, 0 failed, 1 warning")
    try folder.write(
      "trust.test.yaml",
      "tests: [ { name: any, events: [ { at: \"2026-01-15T10:00:00Z\", alert: false } ] } ]\n")
    #expect(
      folder.lines() == [
        "failed   Trust policy changed (trust.toml): 1 test, 1 event, none could be run. "
          + "Queries in ES|QL do not run yet.", "0 passed, 1 failed",
      ])
  }
}
