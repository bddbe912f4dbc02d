import Detection
import Foundation
import Rules

/// One rule as plain text for a person.
public struct RuleSheet {
  private let rule: Rule

  public init(_ rule: Rule) { self.rule = rule }

  public var text: String {
    var lines = [rule.name, String(repeating: "=", count: rule.name.count), "", rule.description.trimmed, ""]
    let indent = String(repeating: " ", count: 22)
    func add(_ label: String, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      lines.append((label + ":").padding(toLength: 22, withPad: " ", startingAt: 0) + value)
    }
    add("Rule id", rule.ruleID)
    add("Type", rule.type.rawValue)
    add("Severity", "\(rule.severity.rawValue), risk score \(rule.riskScore)")
    add("Reads", (rule.index ?? Rule.defaultIndex).joined(separator: ", "))
    add("Runs every", rule.schedule.interval.text)
    add("Looks back to", rule.schedule.from.text)
    add("Alerts per execution", "at most \(rule.schedule.maxSignals)")
    if let terms = rule.newTerms {
      add("New terms", terms.fields.joined(separator: " × "))
      add("History from", terms.historyWindowStart.text)
    }
    if let match = rule.threatMatch {
      add("Indicators from", match.index.joined(separator: ", "))
      add("Indicator query", match.query)
      let groups = match.mapping.map { group in
        group.entries.map { "\($0.field) \($0.negate ? "differs from" : "is") \($0.value)" }.joined(separator: " and ")
      }
      add("Matches where", groups.joined(separator: ",\n\(indent)or "))
    }
    add("Enabled", rule.isEnabled ? "yes" : "no")
    add("Runs here", RuleQuery.obstacle(rule) ?? "yes")
    add("Tags", rule.tags.joined(separator: ", "))
    add("Version", String(rule.version))
    add("Authors", rule.authors.joined(separator: ", "))
    add("Licence", rule.license)
    for threat in rule.threats {
      add(threat.framework, "\(threat.tactic.name) (\(threat.tactic.id))")
      for technique in threat.techniques {
        lines.append(indent + "\(technique.name) (\(technique.id))")
        for part in technique.subtechniques { lines.append(indent + "  \(part.name) (\(part.id))") }
      }
    }
    add("References", rule.references.joined(separator: "\n" + indent))
    section("Query", rule.query, &lines)
    section("Setup", rule.setup, &lines)
    section("False positives", rule.falsePositives.joined(separator: "\n"), &lines)
    section("Investigation guide", rule.note, &lines)
    return lines.map(Terminal.safeLines).joined(separator: "\n")
  }

  private func section(_ title: String, _ text: String?, _ lines: inout [String]) {
    guard let text = text?.trimmed, !text.isEmpty else { return }
    lines += ["", title, String(repeating: "-", count: title.count), "", text]
  }
}

extension String {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

extension Terminal {
  /// Text of several lines, each made safe.
  public static func safeLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { safe(String($0)) }.joined(separator: "\n")
  }
}
