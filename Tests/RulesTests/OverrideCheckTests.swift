import Events
import Rules
import Testing

@Suite("Mapping entries that Elastic ignores")
struct OverrideCheckTests {
  private static func warnings(_ text: String) -> [String] {
    let result = RuleLoader.load(text: Samples.small(text), file: "f.toml")
    #expect(!result.hasErrors, "\(result.diagnostics)")
    let knowledge = RuleKnowledge(resolveField: { FieldCatalog.standard.resolve($0) })
    return RuleValidator(knowledge: knowledge).validate(result.rules, now: Timestamp(milliseconds: 0)).map(\.message)
      .filter { $0.contains("Elastic ignores") || $0.contains("holds no times") }
  }

  private static func severity(_ entries: (field: String, value: String, severity: String)...) -> String {
    "severity_mapping = ["
      + entries.map {
        "{field = \"\($0.field)\", operator = \"equals\", value = \"\($0.value)\", severity = \"\($0.severity)\"}"
      }.joined(separator: ", ") + "]"
  }

  @Test(
    "Each is told with its reason",
    arguments: [
      (severity(("aws.cloudtrail.read_only", "true", "high")), "true or false"),
      (severity(("event.severity", "abc", "high")), "holds numbers"),
      (severity(("user", "x", "high")), "holds objects"),
      (severity(("threat.enrichments.matched.atomic", "x", "high")), "list of objects"),
      (severity(("user.name", "x", "high"), ("user.name", "x", "medium")), "higher severity"),
      (severity(("user.name", "x", "high"), ("user.name", "x", "high")), "says the same"),
      ("risk_score_mapping = [{field = \"event.risk_score\"}, {field = \"event.severity\"}]", "only the first one"),
      ("risk_score_mapping = [{field = \"event.risk_score\", value = \"9\"}]", "ignores the value"),
      ("risk_score_mapping = [{field = \"event.risk_score\", risk_score = 9}]", "ignores the score"),
      ("risk_score_mapping = [{field = \"source.ip\"}]", "holds addresses"),
      ("rule_name_override = \"event.severity\"", "only a text gives a name"),
      ("rule_name_override = \"user\"", "only a text gives a name"),
      ("timestamp_override = \"user.name\"", "holds no times"),
    ])
  func ignored(text: String, reason: String) {
    let warnings = Self.warnings(text)
    #expect(warnings.count == 1 && warnings.first?.contains(reason) == true, "\(warnings)")
  }

  @Test(
    "What counts is not warned of, nor what nothing is known of",
    arguments: [
      severity(("user.name", "x", "high"), ("user.name", "y", "critical"), ("user.name", "", "medium")),
      severity(("event.severity", "7", "high"), ("event.severity", "7.9", "medium")),
      severity(("other.flag", "true", "high")),
      "risk_score_mapping = [{field = \"event.risk_score\", operator = \"equals\", value = \"\"}]",
      "risk_score_mapping = [{field = \"user.name\"}]", "risk_score_mapping = [{field = \"other.score\"}]",
      "rule_name_override = \"event.action\"", "rule_name_override = \"other.name\"",
      "timestamp_override = \"event.ingested\"", "timestamp_override = \"other.time\"",
    ])
  func counts(text: String) {
    #expect(Self.warnings(text).isEmpty)
  }
}
