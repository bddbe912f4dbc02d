import Detection
import Events
import Foundation
import Query
import Rules
import Testing

@testable import RuleTesting

struct MutantTests {
  private func changes(_ query: String, limit: Int = 100) throws -> [String] {
    QueryMutants.of(try KQL.parse(query), catalog: .standard, limit: limit).map(\.text)
  }

  @Test("Each condition is left out, turned round and met by any value; `and` and `or` change places")
  func conditions() throws {
    #expect(
      try changes("event.action: \"A\" and not user.name: \"u\"") == [
        "without `event.action: \"A\"`",
        "`not event.action: \"A\"` in place of `event.action: \"A\"`",
        "`event.action: *` in place of `event.action: \"A\"`",
        "without `not user.name: \"u\"`",
        "`user.name: \"u\"` in place of `not user.name: \"u\"`",
        "`user.name: *` in place of `user.name: \"u\"`",
        "`or` in place of `and` in `event.action: \"A\" and not user.name: \"u\"`",
      ])
    #expect(
      try changes("event.action: (\"A\" or B*)") == [
        "without `event.action: (\"A\" or B*)`",
        "without `event.action: \"A\"`",
        "`not event.action: \"A\"` in place of `event.action: \"A\"`",
        "`event.action: *` in place of `event.action: \"A\"`",
        "without `event.action: B*`",
        "`not event.action: B*` in place of `event.action: B*`",
        "`event.action: *` in place of `event.action: B*`",
        "`event.action: B` in place of `event.action: B*`",
        "`and` in place of `or` in `event.action: (\"A\" or B*)`",
      ])
    #expect(
      try changes("event.risk_score >= 5").contains(
        "`event.risk_score > \"5\"` in place of `event.risk_score >= \"5\"`"))
    #expect(try changes("event.action: (\"A\" or \"B\" or \"C\")", limit: 4).count == 4)
  }

  @Test("What KQL cannot say is quoted in words")
  func words() throws {
    let sigma = "logsource: { product: other }\ndetection:\n  s: { user.name: bob }\n  condition: s\n"
    let texts = QueryMutants.of(try SigmaQuery(sigma).predicate, catalog: .standard, limit: 100).map(\.text)
    #expect(texts.contains("`user.name: *` in place of `user.name is “bob”`"), "\(texts)")
    let eql = try EQL.parse("any where user.name : \"bo?\"").plan(.standard, categoryField: "event.category")
    let patterns = QueryMutants.of(eql.anyItem, catalog: .standard, limit: 100).map(\.text)
    #expect(!patterns.isEmpty && !patterns.contains { $0.contains("WildcardPattern") }, "\(patterns)")
  }

  @Test("No mutant says the same as the query, or as another")
  func distinct() throws {
    let query = try KQL.parse("event.action: \"A\" and (user.name: * or not (user.name: * and event.action: \"A\"))")
    let made = QueryMutants.of(query, catalog: .standard, limit: 1000).map(\.predicate)
    #expect(Set(made).count == made.count && !made.contains(query.simplified()))
  }

  /// A query rule, and a test that leaves its exclusion and its second action aside.
  private static let weakRule = """
    [rule]
    rule_id = "3f1c1a52-0d5a-4a3c-9c4e-0f6a3a1d7b12"
    name = "Trail stopped"
    description = "A trail was stopped."
    type = "query"
    language = "kuery"
    severity = "low"
    risk_score = 21
    from = "now-9m"
    index = ["logs-aws.cloudtrail-*"]
    query = '''
    event.action: ("StopLogging" or "DeleteTrail") and not user.name: "deploy"
    '''
    [[rule.severity_mapping]]
    field = "user.name"
    operator = "equals"
    value = "kim"
    severity = "high"
    """
  private static let weakTests = """
    defaults:
      eventSource: cloudtrail.amazonaws.com
      eventName: StopLogging
      userIdentity: { type: IAMUser, userName: alice }
    tests:
      - name: stopping alerts, starting does not
        events:
          - at: 2026-01-15T10:00:00Z
            alert: true
          - at: 2026-01-15T10:01:00Z
            set: { eventName: StartLogging }
            alert: false

    """

  @Test("What no test notices is told, and fails the run; what the test file names with a reason does not")
  func survivors() throws {
    let folder = try RuleFolder()
    try folder.write("trail.toml", Self.weakRule)
    try folder.write("trail.test.yaml", Self.weakTests)
    let report = RuleTestRunner.run(paths: [folder.path], mutants: true)
    #expect(!report.isPassed)
    #expect(
      report.outcomes.first?.mutants?.unnoticed == [
        "without `event.action: \"DeleteTrail\"`", "without `not user.name: \"deploy\"`",
        "without the severity high where `user.name` is `kim`",
      ])
    #expect(report.lines.first?.hasPrefix("weak     Trail stopped") == true)
    #expect(report.lines.last == "1 passed, 0 failed; 13 mutants, 3 not noticed")
    #expect(RuleTestRunner.run(paths: [folder.path]).lines.last == "1 passed, 0 failed")

    let more = """
        - name: the rest
          events:
            - at: 2026-01-15T10:00:00Z
              set: { eventName: DeleteTrail, userIdentity.userName: kim }
              alert: true
              severity: high
      survivors:
        - mutant: 'without `not user.name: "deploy"`'
          reason: nobody is called so

      """
    try folder.write("trail.test.yaml", Self.weakTests + more)
    let mended = RuleTestRunner.run(paths: [folder.path], mutants: true)
    #expect(mended.isPassed)
    #expect(mended.lines.last == "2 passed, 0 failed; 13 mutants, 0 not noticed, 1 named as a survivor")
    try folder.write("trail.test.yaml", Self.weakTests + more.replacing("\"deploy\"", with: "\"gone\""))
    let stale = RuleTestRunner.run(paths: [folder.path], mutants: true)
    #expect(!stale.isPassed && stale.outcomes.first?.mutants?.stale == ["without `not user.name: \"gone\"`"])
  }

  @Test(
    "Of a query in ES|QL conditions, lists, bounds and keys are changed, each change once, and all of them still run")
  func rows() throws {
    let query = """
      FROM logs-*
      | WHERE event.provider == "a" AND (user.name IS NOT NULL OR NOT user.id LIKE ("x*", "y*"))
      | EVAL n = 1
      | STATS c = COUNT(*), m = MAX(n) BY user.name, k = event.action
      | WHERE c >= 8
      """
    let changes = try ESQLQuery(query).changes(limit: 100)
    #expect(
      changes.map(\.text) == [
        "without `event.provider == \"a\"`", "`NOT event.provider == \"a\"` in place of `event.provider == \"a\"`",
        "without `(user.name IS NOT NULL OR NOT user.id LIKE (\"x*\", \"y*\"))`",
        "without `user.name IS NOT NULL`", "`NOT user.name IS NOT NULL` in place of `user.name IS NOT NULL`",
        "without `NOT user.id LIKE (\"x*\", \"y*\")`",
        "`user.id LIKE (\"x*\", \"y*\")` in place of `NOT user.id LIKE (\"x*\", \"y*\")`",
        "without `\"x*\"` in `user.id LIKE (\"x*\", \"y*\")`", "without `\"y*\"` in `user.id LIKE (\"x*\", \"y*\")`",
        "`and` in place of `or` in `(user.name IS NOT NULL OR NOT user.id LIKE (\"x*\", \"y*\"))`",
        "`or` in place of `and` in `event.provider == \"a\" AND (user.name IS NOT NULL OR NOT user.id LIKE (\"x*\", \"y*\"))`",
        "groups without `user.name`", "groups without `k = event.action`", "without `c >= 8`",
        "`NOT c >= 8` in place of `c >= 8`", "`c > 8` in place of `c >= 8`", "`c >= 7` in place of `c >= 8`",
        "`c >= 9` in place of `c >= 8`",
      ])
    for change in changes {
      #expect(throws: Never.self, "\(change)") {
        try ESQLRuleQuery(ESQLQuery(change.query), .standard, tables: [:])
      }
    }
    #expect(try ESQLQuery(query).changes(limit: 3).count == 3)
    let denied = try ESQLQuery("FROM logs-* | WHERE event.action NOT IN (\"a\", \"b\")").changes(limit: 100).map(
      \.query)
    #expect(
      denied.map { $0.dropFirst("FROM logs-* | WHERE ".count) } == [
        "true", "NOT (event.action NOT IN (\"a\", \"b\"))", "event.action NOT IN (\"b\")",
        "event.action NOT IN (\"a\")",
      ])
    let single = try ESQLQuery("FROM logs-* | STATS c = COUNT(*) BY user.name | LIMIT 5").changes(limit: 100)
    #expect(single.map(\.query) == ["FROM logs-* | STATS c = COUNT(*) | LIMIT 5"])
  }

  @Test("A rule in ES|QL whose tests leave a condition aside is told")
  func weakRows() throws {
    let folder = try RuleFolder()
    var rule = Self.weakRule.replacing("type = \"query\"", with: "type = \"esql\"")
      .replacing("language = \"kuery\"", with: "language = \"esql\"")
      .replacing("index = [\"logs-aws.cloudtrail-*\"]\n", with: "")
      .replacing(
        "event.action: (\"StopLogging\" or \"DeleteTrail\") and not user.name: \"deploy\"",
        with: "FROM logs-aws.cloudtrail-* METADATA _id | WHERE event.action IN (\"StopLogging\", \"DeleteTrail\")")
    rule = String(rule[..<(try #require(rule.range(of: "[[rule.severity_mapping]]")).lowerBound)])
    try folder.write("trail.toml", rule)
    try folder.write("trail.test.yaml", Self.weakTests)
    let report = RuleTestRunner.run(paths: [folder.path], mutants: true)
    #expect(!report.isPassed)
    #expect(
      report.outcomes.first?.mutants?.unnoticed == [
        "without `\"DeleteTrail\"` in `event.action IN (\"StopLogging\", \"DeleteTrail\")`"
      ])
  }

  @Test("New terms fields and the start of the history are changed too")
  func newTerms() throws {
    let loaded = RuleLoader.load(text: rule, file: "trust.toml")
    let changes = try RuleMutants.of(try #require(loaded.rules.first).rule, catalog: .standard).map(\.change)
    #expect(
      changes.suffix(4) == [
        "new terms without `aws.cloudtrail.user_identity.arn`",
        "new terms without `aws.cloudtrail.flattened.request_parameters.roleName`",
        "a history from `now-13d` in place of `now-14d`", "a history from `now-15d` in place of `now-14d`",
      ])
    let single = RuleLoader.load(
      text: rule.replacing(", \"aws.cloudtrail.flattened.request_parameters.roleName\"", with: ""), file: "t.toml")
    let others = try RuleMutants.of(try #require(single.rules.first).rule, catalog: .standard).map(\.change)
    #expect(others.contains("new terms of `@timestamp` in place of `aws.cloudtrail.user_identity.arn`"))
  }

  @Test("Each step of a sequence is changed by itself, and the numbers of a threshold")
  func steps() throws {
    func changes(_ name: String) throws -> [String] {
      let shipped = try #require(ShippedRuleTests.all.first { $0.name == name })
      return try RuleMutants.of(shipped.rule.rule, catalog: .standard).map(\.change)
    }
    let ofSteps = try changes("iam_role_trust_widened_then_assumed")
    #expect(ofSteps.contains("step 1: without `event.action: \"UpdateAssumeRolePolicy\"`"))
    #expect(ofSteps.contains("step 2: `event.action: *` in place of `event.action: \"AssumeRole\"`"))
    // A step that asks for several events is changed as a person would change it: once for all of them.
    let ofRuns = try changes("signin_console_login_guessed_then_account_explored")
    #expect(Set(ofRuns.filter { $0.hasPrefix("step ") }.map { $0.prefix(6) }) == ["step 1", "step 2", "step 3"])
    #expect(
      try changes("signin_console_logins_sprayed").suffix(5) == [
        "groups without `source.ip`", "a threshold of 7 in place of 8", "a threshold of 9 in place of 8",
        "3 in place of 4 values of `user.name`", "5 in place of 4 values of `user.name`",
      ])
  }

  /// Runs every test against every mutant, and takes no short cut.
  private func slowlyUnnoticed(_ rule: LoadedRule, _ file: RuleTestFile) throws -> [String] {
    try RuleMutants.of(rule.rule, catalog: .standard).filter { mutant in
      !file.tests.enumerated().contains { number, test in
        MutantTrial.notices(
          test.history + test.events, RuleTestRunner.records(test, file, number), mutant, .standard)
      }
    }.map(\.change)
  }

  @Test(
    "The short cuts notice what running everything notices",
    arguments: [
      "cloudtrail_logging_impaired", "iam_assume_role_policy_update", "iam_user_created_by_new_principal",
      "s3_bucket_versioning_suspended", "iam_role_trust_widened_then_assumed", "signin_console_logins_sprayed",
    ])
  func shortCuts(name: String) throws {
    let shipped = try #require(ShippedRuleTests.all.first { $0.name == name })
    var file = try shipped.file()
    // Fewer tests, so that there is something that goes unnoticed.
    file.tests = file.tests.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    let unnoticed = MutantTrial.run(shipped.rule, file, .standard).unnoticed
    #expect(!unnoticed.isEmpty)
    #expect(unnoticed == (try slowlyUnnoticed(shipped.rule, file)))
  }
}
