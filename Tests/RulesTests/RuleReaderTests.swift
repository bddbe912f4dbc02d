import Events
import JSON
import Rules
import Testing

@Suite("Reading rules")
struct RuleReaderTests {
  @Test("Every field of a rule file is read")
  func everyField() throws {
    let result = RuleLoader.load(text: Samples.everyField, file: "all.toml")
    #expect(result.diagnostics.isEmpty)
    let loaded = try #require(result.rules.first)
    let rule = loaded.rule
    var expected = Rule(
      ruleID: "2f1b8c7e-5d3a-4a52-9c3e-0f6d5b7a8c91", name: "Trust Policy Changed", type: .newTerms, severity: .low,
      riskScore: 21)
    expected.description = "A role's trust policy changed."
    expected.version = 7
    expected.authors = ["Martlet", "Somebody"]
    expected.license = "Apache-2.0"
    expected.tags = ["Domain: Cloud", "Use Case: Identity and Access Audit"]
    expected.references = ["https://example.org/a", "https://example.org/b"]
    expected.falsePositives = ["Deployments."]
    expected.buildingBlockType = "default"
    expected.severityMapping = [SeverityMapping(field: "event.severity", value: "99", severity: .critical)]
    expected.riskScoreMapping = [RiskScoreMapping(field: "event.risk_score")]
    expected.ruleNameOverride = "event.action"
    expected.timestampOverride = "event.ingested"
    expected.timestampOverrideFallbackDisabled = true
    expected.schedule = RuleSchedule(
      interval: try Interval("5m"), from: try DateMath("now-9m"), to: try DateMath("now-1s"), maxSignals: 50)
    expected.language = .kuery
    expected.query =
      "event.dataset: \"aws.cloudtrail\"\n    and event.provider: \"iam.amazonaws.com\"\n"
      + "    and not source.address: \"cloudformation.amazonaws.com\"\n"
    expected.index = ["filebeat-*", "logs-aws.cloudtrail-*", "-logs-test-*"]
    expected.dataViewID = "security-solution-default"
    expected.filters = [
      ["query": ["exists": ["field": "user.name"]], "meta": ["negate": false, "key": "user.name"]]
    ]
    expected.savedID = "saved-1"
    expected.newTerms = NewTermsParameters(
      fields: ["aws.cloudtrail.user_identity.arn", "aws.cloudtrail.flattened.request_parameters.roleName"],
      historyWindowStart: try DateMath("now-14d"))
    expected.note = "## Triage\n\nLook at `user.name`.\n"
    expected.setup = "Turn CloudTrail on."
    expected.investigationFields = ["user.name", "source.ip"]
    expected.timelineID = "t-1"
    expected.timelineTitle = "Cloud"
    expected.relatedIntegrations = [RelatedIntegration(package: "aws", version: "^2.0.0", integration: "cloudtrail")]
    expected.requiredFields = [RequiredField(name: "event.action", type: "keyword", isECS: true)]
    expected.threats = [
      Threat(
        tactic: ThreatTactic(
          id: "TA0004", name: "Privilege Escalation", reference: "https://attack.mitre.org/tactics/TA0004/"),
        techniques: [
          ThreatTechnique(
            id: "T1078", name: "Valid Accounts", reference: "https://attack.mitre.org/techniques/T1078/",
            subtechniques: [
              ThreatSubtechnique(
                id: "T1078.004", name: "Cloud Accounts", reference: "https://attack.mitre.org/techniques/T1078/004/")
            ])
        ]),
      Threat(
        tactic: ThreatTactic(id: "TA0003", name: "Persistence", reference: "https://attack.mitre.org/tactics/TA0003/")),
    ]
    expected.exceptionLists = [ExceptionListReference(id: "e-1", listID: "known-deployers", namespaceType: "agnostic")]
    expected.alertSuppression = AlertSuppression(
      groupBy: ["user.name"], duration: SuppressionDuration(value: 5, unit: .minute),
      missingFieldsStrategy: .doNotSuppress)
    expected.metadata = RuleMetadata(entries: [
      "creation_date": "2024/05/01", "integration": ["aws"], "maturity": "production", "min_stack_version": "8.13.0",
      "updated_date": "2024/08/01", "released": "2024-08-02",
    ])
    expected.otherTables = ["transform": ["osquery": [["label": "Osquery"]]]]
    #expect(rule == expected)
    #expect(rule.metadata.integrations == ["aws"] && rule.metadata.minimumStackVersion == "8.13.0")
    #expect(loaded.line == 10)
    #expect(rule.runnability == .runnable)
  }

  @Test("What a rule does not say has the format's defaults")
  func defaults() throws {
    let text = #"{"name":"n","rule_id":"r","type":"query","severity":"high","risk_score":73.0}"#
    let rule = try #require(RuleLoader.load(text: text, file: "a.ndjson").rules.first?.rule)
    #expect(rule.schedule.interval.milliseconds == 300_000 && rule.schedule.interval.text == "5m")
    #expect(rule.schedule.from.text == "now-6m" && rule.schedule.to.text == "now")
    #expect(rule.schedule.maxSignals == 100 && rule.isEnabled && rule.language == .kuery)
    #expect(rule.index == nil && rule.indexPattern == IndexPattern(Rule.defaultIndex))
    #expect(rule.indexPattern.matches("logs-aws.cloudtrail-default"))
    #expect(!rule.indexPattern.matches("logs-elastic-cloud-logs-8"))
    #expect(rule.riskScore == 73 && rule.version == 1)
  }

  @Test("The parameters of every type are read")
  func types() throws {
    let text = #"""
      {"rule_id":"1","name":"a","type":"threshold","severity":"low","risk_score":1,"query":"*","threshold":{"field":["user.name"],"value":5,"cardinality":[{"field":"source.ip","value":3}]}}
      {"rule_id":"2","name":"a","type":"threshold","severity":"low","risk_score":1,"query":"*","threshold":{"field":"user.name","value":5}}
      {"rule_id":"3","name":"a","type":"eql","language":"eql","severity":"low","risk_score":1,"query":"any where true","timestamp_field":"t","event_category_override":"c","tiebreaker_field":"b"}
      {"rule_id":"4","name":"a","type":"esql","language":"esql","severity":"low","risk_score":1,"query":"from x"}
      {"rule_id":"5","name":"a","type":"threat_match","severity":"low","risk_score":1,"query":"*","threat_index":["ti-*"],"threat_query":"*","threat_filters":[{}],"threat_mapping":[{"entries":[{"field":"a","type":"mapping","value":"b"},{"field":"c","type":"mapping","value":"d","negate":true}]}],"threat_indicator_path":"threat.indicator","threat_language":"lucene","concurrent_searches":2,"items_per_search":10}
      {"rule_id":"6","name":"a","type":"machine_learning","severity":"low","risk_score":1,"anomaly_threshold":50,"machine_learning_job_id":"job"}
      {"rule_id":"7","name":"a","type":"saved_query","severity":"low","risk_score":1,"saved_id":"s"}
      {"rule_id":"8","name":"a","type":"new_terms","severity":"low","risk_score":1,"query":"*","new_terms_fields":["a","b"],"history_window_start":"now-7d","data_view_id":"v"}
      {"rule_id":"9","name":"a","type":"query","language":"lucene","severity":"low","risk_score":1,"query":"*"}
      """#
    let result = RuleLoader.load(text: text, file: "types.ndjson")
    #expect(result.diagnostics.isEmpty)
    let rules = result.rules.map(\.rule)
    try #require(rules.count == 9)
    #expect(
      rules[0].threshold
        == ThresholdParameters(
          fields: ["user.name"], value: 5, cardinality: [ThresholdCardinality(field: "source.ip", value: 3)]))
    #expect(rules[1].threshold?.fields == ["user.name"])
    #expect(rules[2].eql == EQLParameters(timestampField: "t", eventCategoryOverride: "c", tiebreakerField: "b"))
    #expect(rules[3].language == .esql && rules[3].indexPattern.patterns.isEmpty)
    #expect(
      rules[4].threatMatch
        == ThreatMatchParameters(
          index: ["ti-*"], query: "*", language: .lucene, filters: [[:]],
          mapping: [
            ThreatMapping(entries: [
              ThreatMappingEntry(field: "a", value: "b"), ThreatMappingEntry(field: "c", value: "d", negate: true),
            ])
          ], indicatorPath: "threat.indicator", concurrentSearches: 2, itemsPerSearch: 10))
    #expect(rules[5].machineLearning == MachineLearningParameters(anomalyThreshold: 50, jobIDs: ["job"]))
    #expect(rules[6].savedID == "s")
    #expect(rules[7].newTerms?.fields == ["a", "b"])
    // As far as the rule by itself tells.
    #expect(rules.indices.filter { rules[$0].runnability.reason == nil } == [0, 1, 2, 3, 4, 8])
    #expect(rules.allSatisfy { $0.runnability.reason?.hasSuffix(".") ?? true })
  }

  @Test("A rule file may hold the rule's fields at the top")
  func flatFile() throws {
    let text = Samples.small("[metadata]\nmaturity = \"development\"").replacing("[rule]\n", with: "")
    let result = RuleLoader.load(text: text, file: "flat.toml")
    #expect(result.diagnostics.isEmpty)
    let loaded = try #require(result.rules.first)
    #expect(loaded.rule.name == "Small" && loaded.rule.metadata.maturity == "development")
    #expect(loaded.source.position(of: "severity") == SourcePosition(line: 5, column: 1))
  }

  @Test("New terms settings may also stand under their own names in the table, or at the top")
  func newTermsSpellings() throws {
    let top = Samples.small(
      "type", "\"new_terms\"", more: "new_terms_fields = [\"a\"]\nhistory_window_start = \"now-7d\"")
    let nested = Samples.small(
      "type", "\"new_terms\"", more: "[rule.new_terms]\nnew_terms_fields = [\"a\"]\nhistory_window_start = \"now-7d\"")
    for text in [top, nested] {
      let result = RuleLoader.load(text: text, file: "n.toml")
      #expect(result.diagnostics.isEmpty)
      let rule = try #require(result.rules.first)
      #expect(rule.rule.newTerms == NewTermsParameters(fields: ["a"], historyWindowStart: try DateMath("now-7d")))
      let line = text == top ? 10 : 11
      #expect(rule.source.position(of: "new_terms_fields[0]")?.line == line)
      #expect(rule.source.position(of: "history_window_start")?.line == line + 1)
    }
  }

  @Test("Text that holds no character at all, a zero within a string, and times become what they are")
  func textEdges() throws {
    let text = Samples.small("name", #""a\u0000b\t\u00e9\\""#, more: "setup = \"\"\"a\r\nb\"\"\"")
    let rule = try #require(RuleLoader.load(text: text, file: "x.toml").rules.first?.rule)
    #expect(rule.name == "a\0b\té\\")
    #expect(rule.setup == "a\nb" || rule.setup == "a\r\nb")
    #expect(RuleLoader.load(text: "", file: "x.toml").diagnostics.map(\.severity) == [.error])
    #expect(RuleLoader.load(text: "", file: "x.ndjson").diagnostics.map(\.severity) == [.error])
    #expect(RuleLoader.load(text: "", file: "x.yaml").diagnostics.map(\.severity) == [.error])
  }
}
