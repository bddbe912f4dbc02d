import Foundation
import JSON
import Rules

/// What an alert says of its rule.
struct RuleFacts: Sendable {
  let id: String
  let name: String
  let severity: Severity
  let description: String?
  let threats: [AlertThreat]
  let references: [String]
  /// Markdown, as guides are.
  let falsePositives: [[MarkdownBlock]]
  let guide: String?
  let query: String?
  /// A label and a value each.
  let facts: [AlertFact]

  init(_ alert: AlertDocument) {
    id = alert.ruleID
    name = alert.ruleName
    severity = alert.first("kibana.alert.rule.severity").flatMap(Severity.init(rawValue:)) ?? alert.severity
    description = alert.first("kibana.alert.rule.description")
    threats = alert.threats
    references = Array(alert.values("kibana.alert.rule.references").prefix(100))
    falsePositives = alert.values("kibana.alert.rule.false_positives").prefix(100).map(MarkdownParser.blocks)
    guide = alert.ruleGuide
    query = alert.first("kibana.alert.rule.parameters.query")?.trimmingCharacters(in: .whitespacesAndNewlines)
    var facts: [AlertFact] = []
    func add(_ label: String, _ values: [String]) {
      if !values.isEmpty { facts.append(AlertFact(label: label, values: values)) }
    }
    add("Rule id", [id])
    add("Type", alert.values("kibana.alert.rule.type"))
    let risk = alert.first("kibana.alert.rule.risk_score").map { ["risk score \($0)"] } ?? []
    add("Severity", [severity.rawValue] + risk)
    add("Runs every", alert.values("kibana.alert.rule.interval"))
    add("Looks back to", alert.values("kibana.alert.rule.from"))
    add("New terms", alert.values("kibana.alert.rule.parameters.new_terms_fields"))
    add("History from", alert.values("kibana.alert.rule.parameters.history_window_start"))
    add("Reads", alert.values("kibana.alert.rule.parameters.index"))
    add("Version", alert.values("kibana.alert.rule.version"))
    add("Authors", alert.values("kibana.alert.rule.author"))
    add("Licence", alert.values("kibana.alert.rule.license"))
    add("Tags", alert.values("kibana.alert.rule.tags"))
    self.facts = facts
  }
}
