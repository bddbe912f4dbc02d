import Query
import Rules
import TestSupport
import Testing

/// What becomes of Sigma files.
struct SigmaLoadingTests {
  private static let rule = """
    title: A key for another user
    id: 11111111-2222-3333-4444-555555555555
    status: test
    description: Somebody makes a key for somebody else.
    author: Ann Example, Bob
    date: 2026-01-05
    modified: 2026/02/01
    references: [ https://example.com ]
    falsepositives: [ Administrators ]
    tags: [ attack.persistence, attack.privilege-escalation, attack.t1098.001, attack.stealth, cve.2021-44228 ]
    logsource: { product: aws, service: cloudtrail }
    fields: [ userIdentity.arn ]
    detection:
      selection:
        eventName: CreateAccessKey
      condition: selection
    level: high
    """

  @Test("What a rule says of itself becomes what Elastic's rules say")
  func rule() throws {
    let loaded = RuleLoader.load(text: Self.rule, file: "r.yml")
    #expect(loaded.diagnostics == [])
    let rule = try #require(loaded.rules.first?.rule)
    #expect(rule.ruleID == "11111111-2222-3333-4444-555555555555")
    #expect(rule.authors == ["Ann Example", "Bob"])
    #expect(rule.severity == .high && rule.riskScore == 73)
    #expect(rule.tags.last == "Sigma: test" && rule.tags.count == 6)
    #expect(rule.threats.map(\.tactic.id) == ["TA0003", "TA0004", "TA0005"])
    #expect(rule.threats[0].techniques.first?.subtechniques.map(\.id) == ["T1098.001"])
    #expect(rule.metadata.creationDate == "2026/01/05" && rule.metadata.updatedDate == "2026/02/01")
    #expect(rule.metadata.maturity == "production")
    #expect(rule.falsePositives == ["Administrators"])
    #expect(rule.investigationFields == ["aws.cloudtrail.user_identity.arn"])
    #expect(rule.index == ["logs-aws.cloudtrail-*", "filebeat-*"])
    #expect(rule.language == .sigma && rule.type == .query)
  }

  @Test("A rule is written and read again with the same query")
  func written() throws {
    let rule = try #require(RuleLoader.load(text: Self.rule, file: "r.yml").rules.first?.rule)
    for (text, file) in [(try RuleWriter.toml(rule), "r.toml"), (try RuleWriter.ndjson(rule), "r.ndjson")] {
      let again = RuleLoader.load(text: text, file: file)
      #expect(again.diagnostics == [])
      #expect(again.rules.first?.rule.query == rule.query)
      #expect(again.rules.first?.rule.language == .sigma)
    }
  }

  @Test(
    "Wrong documents are told at their places, and the rest of a file loads",
    arguments: [
      ("level: odd", "is no level"), ("status: new", "is no status"), ("id: 12", "is no UUID"),
      ("date: yesterday", "must be a date"), ("references: https://example.com", "must be a list"),
    ])
  func wrong(line: String, words: String) {
    let good = "title: good\nlogsource: { product: aws }\ndetection:\n  s: { a: 1 }\n  condition: s\n"
    let loaded = RuleLoader.load(
      text: good + "---\n" + good.replacing("good", with: "bad") + line + "\n", file: "r.yml")
    #expect(loaded.rules.map(\.rule.name) == ["good"])
    let errors = loaded.diagnostics.filter { $0.severity == .error }
    #expect(errors.count == 1 && errors[0].message.contains(words) && errors[0].line == 12, "\(loaded.diagnostics)")
  }

  @Test("A log source of which nothing is known is told, and a mapping makes it known")
  func mapping() throws {
    let text =
      "title: t\nlogsource: { product: zeek, service: dns }\ndetection:\n  s: { query: x, other: 1 }\n  condition: s\n"
    let unknown = try #require(RuleLoader.load(text: text, file: "r.yml").rules.first?.rule)
    #expect(unknown.runnability.reason?.contains("No data source for zeek/dns") == true)
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      mappings:
        - logsource: { product: zeek, service: dns }
          index: [ logs-zeek.dns-* ]
          conditions: { event.dataset: zeek.dns }
          fields: { query: dns.question.name }
          prefix: zeek.dns.
      placeholders:
        Admins: [ ann ]
      """, "mapping.yml")
    let settings = try SigmaSettings.standard.adding(files: [file])
    let rule = try #require(RuleLoader.load(text: text, file: "r.yml", sigma: settings).rules.first?.rule)
    #expect(rule.runnability.reason == nil)
    #expect(rule.index == ["logs-zeek.dns-*"])
    let query = rule.query ?? ""
    #expect(
      query.contains("dns.question.name: x") && query.contains("zeek.dns.other: 1")
        && query.contains("event.dataset: zeek.dns"))
    let placed = "title: t\nlogsource: { product: aws }\ndetection:\n  s: { a|expand: '%Admins%' }\n  condition: s\n"
    #expect(
      RuleLoader.load(text: placed, file: "r.yml").rules.first?.rule.runnability.reason?.contains("%Admins%") == true)
    #expect(RuleLoader.load(text: placed, file: "r.yml", sigma: settings).rules.first?.rule.runnability.reason == nil)
  }

  @Test("Fields that no record is known to have, identifiers that nothing names and idle modifiers are told")
  func warnings() {
    let text =
      "title: t\nlogsource: { product: aws, service: cloudtrail }\ndetection:\n  s: { evntName|contains|all: x }\n  t: { eventName: y }\n  condition: s\n"
    let messages = RuleLoader.load(text: text, file: "r.yml").diagnostics.map(\.message).joined(separator: "\n")
    #expect(messages.contains("`evntName`") && messages.contains("“t”") && messages.contains("nothing to join"))
  }

  @Test("Documents of a template, of a reset and of a repetition")
  func actions() {
    let text = """
      action: global
      title: G
      logsource: { product: aws }
      ---
      detection: { s: { eventName: A }, condition: s }
      ---
      action: repeat
      title: R
      detection: { s: { eventName: B } }
      ---
      action: reset
      ---
      title: Z
      logsource: { product: aws }
      detection: { s: { eventName: C }, condition: s }
      """
    let loaded = RuleLoader.load(text: text, file: "r.yml")
    #expect(loaded.diagnostics == [])
    #expect(loaded.rules.map(\.rule.name) == ["G", "R", "Z"])
    #expect(loaded.rules[1].rule.query?.contains("eventName: B") == true)
  }

  @Test("Filters without a `not`, of other log sources and for unknown rules")
  func filters() {
    func load(_ filter: String, source: String = "product: aws") -> RuleLoadResult {
      RuleLoader.load(
        text:
          "title: r\nname: r1\nlogsource: { product: aws }\ndetection: { s: { eventName: A }, condition: s }\n---\n"
          + "title: f\nlogsource: { \(source) }\nfilter:\n\(filter)", file: "r.yml")
    }
    let plain = load("  rules: [ r1 ]\n  sel: { awsRegion: x }\n  condition: not sel\n")
    #expect(plain.diagnostics == [] && plain.rules[0].rule.query?.contains("awsRegion") == true)
    let other = load("  rules: any\n  sel: { awsRegion: x }\n  condition: not sel\n", source: "product: windows")
    #expect(other.rules[0].rule.query?.contains("awsRegion") == false)
    let odd = load("  rules: [ r2 ]\n  sel: { awsRegion: x }\n  condition: sel\n")
    #expect(odd.diagnostics.map(\.message).joined().contains("no `not`"))
    #expect(odd.diagnostics.map(\.message).joined().contains("“r2”"))
    #expect(load("  sel: { awsRegion: x }\n  condition: not sel\n").hasErrors)
  }

  @Test("A correlation that refers to nothing, or to itself, is wrong")
  func references() {
    func load(_ rules: String) -> RuleLoadResult {
      RuleLoader.load(
        text:
          "title: c\nname: c\ncorrelation:\n  type: event_count\n  rules: \(rules)\n  timespan: 5m\n  condition: { gte: 2 }\n",
        file: "r.yml")
    }
    #expect(load("[ none ]").diagnostics.map(\.message).joined().contains("no such rule"))
    #expect(load("[ c ]").diagnostics.map(\.message).joined().contains("refers to itself"))
  }
}
