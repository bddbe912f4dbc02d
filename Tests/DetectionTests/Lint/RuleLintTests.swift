import Detection
import JSON
import Rules
import Testing

@Suite("Looking rules over")
struct RuleLintTests {
  /// A rule that nothing is to be said of.
  static let good = #"""
    [rule]
    rule_id = "6f0f0b0e-1d3b-4c59-9a55-0d0a7d9b8a11"
    name = "AWS IAM User Created"
    description = "Somebody created a user."
    tags = ["Resources: Investigation Guide", "Tactic: Persistence"]
    references = ["https://example.org/"]
    false_positives = ["Onboarding."]
    severity = "low"
    risk_score = 21
    index = ["filebeat-*", "logs-aws.cloudtrail-*"]
    note = """
    ## Triage and analysis
    #### Possible investigation steps
    ### False positive analysis
    ### Response and remediation
    """
    setup = "Log it."
    type = "query"
    query = '''
    event.dataset: "aws.cloudtrail" and event.provider: "iam.amazonaws.com"
      and event.action: "CreateUser"
    '''
    [[rule.threat]]
    tactic = { id = "TA0003", name = "Persistence" }
    technique = [{ id = "T1136", name = "Create Account" }]
    """#

  private func lint(_ text: String, _ file: String = "aws/iam_user_created.toml") -> [LintFinding] {
    RuleLint(RuleLoader.load(text: text, file: file), testEnding: ".test.yaml").findings
  }

  private func checks(_ old: String, _ new: String) -> [String] {
    let text = Self.good.replacing(old, with: new)
    #expect(text != Self.good, "\(old) was not found")
    return lint(text).map(\.check)
  }

  @Test("Of a rule that is as it should be, nothing is said")
  func quiet() {
    #expect(lint(Self.good) == [])
  }

  @Test("A query that cannot be read is an error, with its place, in every language")
  func unreadableQuery() {
    func errors(_ language: String, _ query: String) -> [LintFinding] {
      let start = Self.good.replacing("type = \"query\"", with: "type = \"\(language)\"\nlanguage = \"\(language)\"")
      let text = start.replacing("type = \"kuery\"", with: "type = \"query\"")
        .replacing("type = \"lucene\"", with: "type = \"query\"")
        .replacing("event.dataset: \"aws.cloudtrail\" and event.provider: \"iam.amazonaws.com\"", with: query)
        .replacing("  and event.action: \"CreateUser\"\n", with: "")
      return lint(text).filter { $0.check == "query-unreadable" }
    }
    for (language, query) in [
      ("kuery", "event.action: (a"), ("lucene", "event.action: (a"), ("eql", "any where (event.action == \"a\""),
      ("esql", "FROM logs-* METADATA _id | WHERE (event.action == \"a\""),
      ("esql", "FROM logs-* METADATA _id | WHERE event.action > 5"),
    ] {
      let found = errors(language, query)
      #expect(found.map(\.diagnostic.severity) == [.error], "\(language): \(found)")
      #expect(found.allSatisfy { $0.diagnostic.line > 20 }, "\(language): \(found)")
    }
    for (language, query) in [
      ("kuery", "event.action: a"), ("esql", "FROM logs-* METADATA _id | LOOKUP JOIN t ON user.name"),
    ] {
      #expect(errors(language, query).isEmpty, "\(language)")
    }
  }

  @Test("Of a Sigma rule nothing is asked for which its format has no place")
  func sigma() {
    let text = """
      title: AWS User Created
      description: Somebody created a user.
      references: [ https://example.org/ ]
      falsepositives: [ Onboarding ]
      tags: [ attack.persistence, attack.t1136 ]
      logsource: { product: aws, service: cloudtrail }
      detection:
        s: { eventName: CreateUser }
        condition: s
      """
    #expect(lint(text, "user.yml") == [])
    func checks(_ item: String) -> [String] {
      lint(text.replacing("eventName: CreateUser", with: item), "user.yml").map(\.check)
    }
    #expect(checks("eventTime|hour: 25") == ["time-part"])
    #expect(checks("eventTime|hour|gte: 0") == ["time-part"])
    #expect(checks("eventTime|hour: 23").isEmpty && checks("eventTime|hour|lt: 5").isEmpty)
    #expect(
      lint(text.replacing("description: Somebody created a user.\n", with: ""), "user.yml").map(\.check)
        == ["description-missing"])
  }

  @Test("A correlation of Sigma with `not` is told to wait for nothing")
  func absence() {
    func checks(_ condition: String) -> [String] {
      let rules = ["a", "b"].map { name in
        "title: \(name)\nname: \(name)\nlogsource: { product: aws, service: cloudtrail }\n"
          + "detection: { s: { eventName: Call\(name) }, condition: s }\n---\n"
      }
      let correlation = "title: c\ncorrelation: { type: temporal, timespan: 5m, condition: \(condition) }\n"
      return lint(rules.joined() + correlation, "c.yml").map(\.check)
    }
    #expect(checks("a and not b").contains("correlation-absence"))
    #expect(!checks("a and b").contains("correlation-absence"))
  }

  @Test("Numbers over what they can come to are told: alerts of an execution, different values among too few events")
  func bounds() {
    func checks(_ signals: Int, _ value: Int, _ different: Int, _ type: String = "threshold") -> [String] {
      let text = Self.good.replacing("type = \"query\"", with: "type = \"\(type)\"\nmax_signals = \(signals)")
      let threshold = """
        [rule.threshold]
        field = ["user.name"]
        value = \(value)
        cardinality = [{ field = "source.ip", value = \(different) }]
        """
      return lint(type == "threshold" ? text + "\n" + threshold : text).map(\.check)
    }
    #expect(checks(100, 20, 15) == [])
    #expect(checks(1000, 20, 20) == [])
    #expect(checks(1001, 20, 20) == ["max-signals"])
    #expect(checks(1001, 20, 20, "query") == ["max-signals"])
    #expect(checks(100, 5, 20) == ["threshold-bound"])
    #expect(checks(100, 5000, 4000) == ["threshold-bound"])
    #expect(checks(100, 2_000_000, 10) == ["threshold-bound"])
  }

  @Test("Indicators of unknown fields, and all documents as indicators, are told")
  func indicators() {
    func checks(_ query: String, _ field: String) -> [String] {
      let text = Self.good.replacing(
        "type = \"query\"",
        with: "type = \"threat_match\"\nthreat_index = [\"logs-ti_*\"]\nthreat_query = '\(query)'")
      let mapping = """
        [[rule.threat_mapping]]
        entries = [{ field = "source.ip", type = "mapping", value = "\(field)" }]
        """
      return lint(text + "\n" + mapping).map(\.check)
    }
    #expect(checks("threat.indicator.ip: *", "threat.indicator.ip") == [])
    #expect(checks("*:*", "threat.indicator.ip") == ["all-indicators"])
    #expect(checks("threat.indicator.ip: *", "threat.indicator.adress") == ["indicator-field"])
  }

  @Test("Names of files and rules follow one style")
  func names() {
    for file in ["IAM_user.toml", "iam-user-created.toml", "iam.toml", "iam__user.toml", "iam_.toml"] {
      #expect(lint(Self.good, file).map(\.check) == ["file-name"], "\(file)")
    }
    #expect(lint(Self.good, "built-in/aws/ec2_rds_snapshot.toml") == [])
    for name in ["aws IAM User", "AWS IAM User Created.", "AWS IAM user created again", " AWS", "AWS  IAM"] {
      #expect(checks("AWS IAM User Created", name).contains("rule-name"), "\(name)")
    }
    for name in [
      "AWS STS Token Used With iam:PassRole", "AWS User Created from the Internet", "Access by kali-2024",
      "Suspicious pbpaste High Volume Activity", "Sensitive File Access followed by Compression",
      "Azure AD Graph ROADrecon aiohttp Enumeration", "dMSA Account Creation by an Unusual User",
      "rc.local Created by a Shell",
    ] {
      #expect(checks("AWS IAM User Created", name) == [], "\(name)")
    }
  }

  @Test("What a reader of an alert needs is asked for")
  func guidance() {
    #expect(checks("description = \"Somebody created a user.\"", "") == ["description-missing"])
    #expect(checks("false_positives = [\"Onboarding.\"]", "") == ["false-positives-missing"])
    #expect(checks("setup = \"Log it.\"", "") == ["setup-missing"])
    #expect(checks("references = [\"https://example.org/\"]", "references = []") == ["references-missing"])
    #expect(checks("### Response and remediation", "") == ["guide-section"])
    #expect(checks("note =", "timeline_title =").sorted() == ["guide-missing", "guide-tag"])
    #expect(checks("\"Resources: Investigation Guide\", ", "") == ["guide-tag"])
  }

  @Test("A key of a flattened field in EQL is told of, once")
  func flattenedKeys() {
    let text = Self.good.replacing("type = \"query\"", with: "type = \"eql\"\nlanguage = \"eql\"")
    func checks(_ condition: String) -> [String] {
      lint(
        text.replacing(
          #/query = '''[\s\S]*?'''/#, with: "query = '''\nany where event.action == \"A\" and \(condition)\n'''")
      )
      .map(\.check).filter { $0 == "flattened-key" }
    }
    let key = "aws.cloudtrail.flattened.request_parameters.policyArn"
    #expect(checks("\(key) == \"a\" or \(key) == null") == ["flattened-key"])
    #expect(checks("aws.cloudtrail.request_parameters like \"*policyArn=a*\"").isEmpty)
  }

  @Test("A sequence that no window holds, or that is judged too early, is told of")
  func sequences() {
    func checks(_ query: String, _ schedule: String) -> [String] {
      let text = Self.good.replacing("type = \"query\"", with: "type = \"eql\"\nlanguage = \"eql\"\n\(schedule)")
        .replacing(#/query = '''[\s\S]*?'''/#, with: "query = '''\n\(query)\n'''")
      return lint(text).map(\.check).filter { $0 == "sequence-span" || $0 == "missing-early" }
    }
    let (one, other) = ["CreateUser", "DeleteUser"].map { "[any where event.action == \"\($0)\"]" }.pair
    let quarter = "interval = \"5m\"\nfrom = \"now-15m\""
    #expect(checks("sequence with maxspan=10m \(one) \(other)", quarter) == [])
    #expect(checks("sequence with maxspan=11m \(one) \(other)", quarter) == ["sequence-span"])
    #expect(checks("sequence \(one) \(other)", quarter) == ["sequence-span"])
    #expect(checks("sequence with maxspan=5m \(one) !\(other)", quarter) == ["missing-early"])
    #expect(checks("sequence with maxspan=5m \(one) !\(other)", quarter + "\nto = \"now-5m\"") == [])
    #expect(checks("sequence with maxspan=5m !\(one) \(other)", quarter) == [])
    #expect(checks("any where event.action == \"CreateUser\"", quarter) == [])
  }

  @Test("ATT&CK and its tags agree")
  func attack() {
    #expect(checks("\"Tactic: Persistence\"", "\"Tactic: Impact\"") == ["attack-tags", "attack-tags"])
    #expect(checks(", \"Tactic: Persistence\"", "") == ["attack-tags"])
    #expect(checks("technique = [{ id = \"T1136\", name = \"Create Account\" }]", "") == ["attack-missing"])
    let text = Self.good.split(separator: "\n").prefix { !$0.contains("[[") }.joined(separator: "\n")
    #expect(lint(text).map(\.check).sorted() == ["attack-missing", "attack-tags"])
  }

  @Test("A query that is true of no event is an error, one that is true of all too, and the place is told")
  func truth() throws {
    let never = lint(Self.good.replacing("event.action: \"CreateUser\"", with: "event.action: (a and b)"))
    #expect(never.map(\.check) == ["query-never"])
    let found = try #require(never.first).diagnostic
    #expect(found.severity == .error && found.line == 21 && found.column == 7 && found.message.contains("event.action"))
    let all =
      "event.dataset: \"aws.cloudtrail\" and event.provider: \"iam.amazonaws.com\"\n  and event.action: \"CreateUser\""
    #expect(checks(all, "*") == ["query-always"])
    #expect(checks("event.action: \"CreateUser\"", "(user.name: x or source.ip: x)") == ["query-part-never"])
    #expect(checks("event.action: \"CreateUser\"", "event.action: (a or b) and not event.action: c*") == [])
    let filter = "[[rule.filters]]\nquery = { match_phrase = { \"event.action\" = \"Other\" } }\n[[rule.threat]]"
    #expect(checks("[[rule.threat]]", filter) == ["query-never"])
  }

  @Test("Wildcards that look through everything are told from those beside an exact value")
  func wildcards() {
    let action = "event.action: \"CreateUser\""
    let provider = "event.provider: \"iam.amazonaws.com\"\n  and event.action: \"CreateUser\""
    #expect(checks(action, "aws.cloudtrail.request_parameters: *admin*") == ["pushed-out"])
    #expect(checks(provider, "aws.cloudtrail.request_parameters: *admin*") == ["costly-wildcard", "pushed-out"])
    #expect(
      checks(provider, "aws.cloudtrail.request_parameters: (*admin* or *root*)") == ["costly-wildcard", "pushed-out"])
    #expect(checks(provider, "not aws.cloudtrail.request_parameters: *admin*") == ["costly-wildcard"])
    #expect(checks(provider, "event.action: Create* and user.name: *admin") == [])
    #expect(checks(action, "*: admin") == ["costly-wildcard"])
    #expect(checks(action, "admin") == ["costly-wildcard"])
    #expect(checks(action, "user.name: *") == [])
    let flattened = "aws.cloudtrail.flattened.request_parameters.userName"
    #expect(checks(action, "\(flattened): *admin*") == ["flattened-wildcard", "pushed-out"])
    #expect(checks(action, "\(flattened): admin*") == ["pushed-out"])
  }

  @Test("A condition that an attacker can push out of reach is told")
  func reach() {
    let action = "event.action: \"CreateUser\""
    func all(_ condition: String) -> [String] { checks(action, action + " and " + condition) }
    let (text, leaf) = ("aws.cloudtrail.request_parameters", "aws.cloudtrail.flattened.request_parameters")
    #expect(all("\(text): *userName=admin*") == ["pushed-out"])
    #expect(all("\(leaf).userName: \"admin\"") == ["pushed-out"])
    #expect(all("\(leaf).userName: *") == ["pushed-out"])
    #expect(all("\(leaf): \"admin\"") == ["pushed-out"])
    #expect(all("aws.cloudtrail.response_elements: *admin*") == ["pushed-out"])
    // Words of the text are always there, when they are about the same.
    #expect(all("\(text).text: \"userName admin\"") == [])
    #expect(all("(\(leaf).userName: \"admin\" or \(text).text: \"userName admin\")") == [])
    #expect(all("(\(text): *userName=admin* or \(text).text: \"userName admin\")") == [])
    #expect(all("(\(leaf).userName: \"admin\" or (not \(leaf): * and \(text).text: \"userName admin\"))") == [])
    #expect(all("(\(leaf).userName: \"admin\" or \(text).text: \"path ops\")") == ["pushed-out"])
    #expect(
      all("(\(leaf).userName: \"admin\" or user.name: \"kim\" and \(text).text: \"userName admin\")") == ["pushed-out"])
    // What is worked out from the request itself is there as well.
    #expect(all("(\(leaf).path: \"x\" or martlet.policy.anyone: \"open\")") == [])
    #expect(all("martlet.policy.anyone: \"open\"") == [])
    // Pushing an exclusion out of reach gives alerts rather than takes them.
    #expect(all("not \(leaf).userName: \"admin\"") == [])
    #expect(all("not \(text): *admin*") == [])
    // Data that the caller does not write.
    #expect(all("aws.cloudtrail.flattened.additional_eventdata.MFAUsed: \"No\"") == [])
  }

  @Test("So are new terms that a long request lacks, of calls whose requests can be long")
  func reachOfTerms() {
    func terms(_ action: String, _ field: String) -> [String] {
      let text = Self.good.replacing("type = \"query\"", with: "type = \"new_terms\"")
        .replacing("CreateUser\"", with: action + "\"")
        .replacing(
          "[[rule.threat]]",
          with: "[rule.new_terms]\nnew_terms_fields = [\"user.name\", \"\(field)\"]\n"
            + "history_window_start = \"now-14d\"\n[[rule.threat]]")
      return lint(text).map(\.check)
    }
    let leaf = "aws.cloudtrail.flattened.request_parameters.roleName"
    #expect(terms("UpdateAssumeRolePolicy", leaf) == ["pushed-out"])
    #expect(terms("UpdateAssumeRolePolicy", "entity.target.id") == [])
    #expect(terms("DeleteAccessKey", leaf) == [])
  }

  @Test("Leaves of requests that have no room for more are out of nobody's reach, their texts are not")
  func shortRequests() {
    func all(_ action: String, _ condition: String) -> [String] {
      checks("event.action: \"CreateUser\"", "event.action: \(action) and " + condition)
    }
    let (text, leaf) = ("aws.cloudtrail.request_parameters", "aws.cloudtrail.flattened.request_parameters")
    #expect(all("(\"PutObject\" or \"CopyObject\")", "\(leaf).key: \"a\"") == [])
    #expect(all("(\"PutObject\" or \"PutBucketPolicy\")", "\(leaf).key: \"a\"") == ["pushed-out"])
    #expect(all("UpdateFunctionConfiguration*", "\(leaf).layers: *") == [])
    #expect(all("\"PutObject\"", "\(text): *key=a*") == ["pushed-out"])
  }

  @Test("A comment at the head of the file allows what a check finds, and says why")
  func allowances() {
    func report(_ head: String, _ text: String = Self.good) -> RuleLint {
      RuleLint(RuleLoader.load(text: head + text, file: "aws/iam_user_created.toml"), testEnding: ".test.yaml")
    }
    let costly = Self.good.replacing("event.provider: \"iam.amazonaws.com\"", with: "user.name: *admin")
      .replacing("event.action: \"CreateUser\"", with: "user.id: *")
    #expect(report("", costly).findings.map(\.check) == ["costly-wildcard"])
    let allowed = report("# Ours.\n\n# lint-allow costly-wildcard: there are few users\n", costly)
    #expect(allowed.findings == [])
    #expect(allowed.allowed.map(\.reason) == ["there are few users"])
    #expect(allowed.json["allowed"]?[0]?["check"] == "costly-wildcard")
    #expect(allowed.json["allowed"]?[0]?["reason"] == "there are few users")
    // An allowance without reason, and one of nothing, are told.
    #expect(report("# lint-allow costly-wildcard\n", costly).findings.map(\.check) == ["allowance", "costly-wildcard"])
    #expect(
      report("# lint-allow costly-wildcard: few users\n").findings.map(\.line) == [
        "aws/iam_user_created.toml:1:1: warning: Nothing is found by `costly-wildcard` that would have to be allowed: delete the "
          + "comment. [allowance]"
      ])
    // Elsewhere in the file it is prose.
    #expect(
      report("", costly + "\n# lint-allow costly-wildcard: few users\n").findings.map(\.check) == ["costly-wildcard"])
    // Errors cannot be allowed.
    let never = Self.good.replacing("event.action: \"CreateUser\"", with: "event.action: (\"A\" and \"B\")")
    #expect(report("# lint-allow query-never: so be it\n", never).findings.map(\.check).contains("query-never"))
  }

  @Test("Fields that no CloudTrail record fills are named, in rules that read nothing else")
  func fields() {
    #expect(checks("event.action: \"CreateUser\"", "process.name: x") == ["field-unfilled"])
    #expect(checks("event.action: \"CreateUser\"", "user_agent.original.text: x") == [])
    #expect(checks("event.action: \"CreateUser\"", "source.geo.country_name: Peru") == [])
    #expect(
      checks("event.action: \"CreateUser\"", "aws.cloudtrail.flattened.response_elements.user.arn: x") == ["pushed-out"]
    )
    #expect(checks("event.dataset: \"aws.cloudtrail\" and ", "process.name: x and ") == [])
    let index = Self.good.replacing("\"filebeat-*\", ", with: "").replacing(
      "event.dataset: \"aws.cloudtrail\"", with: "process.name: x")
    #expect(lint(index).map(\.check) == ["field-unfilled"])
    let terms = Self.good.replacing("type = \"query\"", with: "type = \"new_terms\"")
      .replacing(
        "[[rule.threat]]",
        with:
          "[rule.new_terms]\nnew_terms_fields = [\"user.name\", \"host.name\"]\nhistory_window_start = \"now-14d\"\n[[rule.threat]]"
      )
    #expect(lint(terms).map(\.check) == ["field-unfilled"])
  }

  @Test("Ids and names that two rules bear are found; a rule that cannot be read is an error")
  func duplicates() {
    var loaded = RuleLoader.load(text: Self.good, file: "a_b.toml")
    loaded.rules += RuleLoader.load(text: Self.good, file: "c_d.toml").rules
    let findings = RuleLint(loaded, testEnding: ".test.yaml").findings
    #expect(findings.map(\.check) == ["duplicate-id", "duplicate-name"])
    #expect(findings.allSatisfy { $0.diagnostic.file == "c_d.toml" && $0.diagnostic.message.contains("a_b.toml") })
    #expect(checks("severity = \"low\"", "severity = \"hgih\"") == ["unreadable"])
  }

  @Test("A new rule says what is still to be filled in, and nothing else is wrong with it")
  func scaffold() throws {
    for type in [RuleType.query, .newTerms] {
      let scaffold = RuleScaffold(
        name: "AWS IAM User Created", id: "6f0f0b0e-1d3b-4c59-9a55-0d0a7d9b8a11", type: type, provider: nil,
        action: nil, day: "2026/01/01")
      let text = try RuleWriter.toml(scaffold.rule)
      let findings = lint(text)
      #expect(Set(findings.map(\.check)) == ["unfinished", "attack-missing"], "\(findings)")
      let check = RuleCheck(RuleLoader.load(text: text, file: "a_b.toml"), now: TestHunt.readAt)
      #expect(check.errorCount == 0 && check.runnable == 1)
      #expect(check.diagnostics.contains { $0.message.contains("`query` still holds the word TODO") })
    }
  }
}

extension [String] {
  fileprivate var pair: (String, String) { (self[0], self[1]) }
}
