/// Alerts as Markdown: a summary table, then a section an alert. A rule is told of once, with the first alert of it.
public struct MarkdownWriter {
  private var number = 0
  /// The number of the alert with which a rule was told of.
  private var toldWith: [String: Int] = [:]
  private var linksOfRules: [String: Set<String>] = [:]

  public init() {}

  func begin() -> [UInt8] {
    Array(
      """
      # Alerts

      | # | Severity | Event time | Rule | Who | What | From |
      | ---: | --- | --- | --- | --- | --- | --- |

      """.utf8)
  }

  mutating func row(_ alert: AlertDocument) -> [UInt8] {
    number += 1
    let cells = [
      String(number), alert.severity.rawValue, MarkdownText.cell(alert.eventTime ?? ""),
      MarkdownText.cell(alert.ruleName),
      MarkdownText.cell(alert.who ?? ""),
      MarkdownText.cell((alert.action ?? "") + (alert.hasFailed ? " (failed)" : "")),
      MarkdownText.cell(alert.origin ?? ""),
    ]
    return Array(("| " + cells.map { $0.isEmpty ? "–" : $0 }.joined(separator: " | ") + " |\n").utf8)
  }

  mutating func beginSections() -> [UInt8] {
    let text = number == 0 ? "| – | – | – | no alerts | – | – | – |\n" : ""
    number = 0
    return Array(text.utf8)
  }

  /// One alert as a document of its own.
  public static func document(_ alert: AlertDocument) -> String {
    var writer = MarkdownWriter()
    return String(decoding: writer.section(alert, level: 1), as: UTF8.self)
  }

  mutating func section(_ alert: AlertDocument, level: Int = 2) -> [UInt8] {
    number += 1
    let title = level == 1 ? "" : "\(number)\\. "
    var text = level == 1 ? "" : "\n"
    text += String(repeating: "#", count: level) + " \(title)\(MarkdownText.text(alert.ruleName))\n\n"
    text += MarkdownText.text(AlertHeadline(alert).text) + "\n\n"
    if let reason = alert.reason { text += MarkdownText.code(reason) + "\n\n" }
    text += "- **Severity:** \(alert.severity.rawValue)"
    text += (alert.riskScore.map { ", risk score \(MarkdownText.code($0))" } ?? "") + "\n"
    for fact in alert.facts {
      text += "- **\(fact.label):** " + fact.values.map { MarkdownText.code($0) }.joined(separator: ", ") + "\n"
    }
    let heading = String(repeating: "#", count: level + 1) + " "
    text += evidence(alert, heading) + policies(alert, heading) + context(alert, heading)
    text += guide(alert, heading, level) + rule(alert, heading)
    return Array(text.utf8)
  }

  private func evidence(_ alert: AlertDocument, _ heading: String) -> String {
    guard let evidence = AlertEvidence(alert) else { return "" }
    var text = "\n\(heading)Evidence\n\n"
    text += evidence.sentences.map { MarkdownText.text($0) + "\n" }.joined()
    if !evidence.termLines.isEmpty { text += "\n" }
    for term in evidence.termLines {
      text +=
        "- " + (term.field.isEmpty ? "new: " : MarkdownText.code(term.field) + ": ") + MarkdownText.code(term.value)
      text += term.remark.isEmpty ? "\n" : " (\(MarkdownText.text(term.remark)))\n"
    }
    let events = evidence.events?.lines ?? []
    if !events.isEmpty { text += "\n" }
    for event in events { text += "- \(event.time) " + MarkdownText.code(event.text) + "\n" }
    return text + Self.query("To see the events", evidence.query)
  }

  private func policies(_ alert: AlertDocument, _ heading: String) -> String {
    var text = ""
    for policy in PolicyChange.all(in: alert) {
      text += "\n\(heading)\(MarkdownText.text(policy.title))\n\n\(MarkdownText.text(policy.formerSentence))\n"
      if !policy.difference.isEmpty {
        let lines = policy.difference.map { sign, line in
          "\(sign) \(line.what): \(ShownText.line(ShownText.cut(line.text)))"
        }
        text += "\n" + MarkdownText.block(lines.joined(separator: "\n"), language: "diff")
      }
      if !policy.flags.isEmpty { text += "\n" }
      for flag in policy.flags { text += "- **\(MarkdownText.text(flag.sentence))**\n" }
      if let who = policy.who { text += "\n\(MarkdownText.text(who))\n" }
      text += Self.query("To set the former policy again", policy.restore)
    }
    return text
  }

  private func context(_ alert: AlertDocument, _ heading: String) -> String {
    guard let context = AlertContext(alert) else { return "" }
    var text = "\n\(heading)What else this principal did\n\n"
    for (place, (when, activity)) in context.activities.enumerated() {
      text += "\(place == 0 ? "" : "\n")\(when): \(MarkdownText.text(activity.sentence))\n\n"
      for kind in activity.kinds {
        var values = kind.counts.map { "\(MarkdownText.code($0.value)) ×\($0.count.grouped)" }
        if kind.others > 0 { values.append("\(kind.others.grouped) others") }
        text += "- **\(kind.label):** " + values.joined(separator: ", ") + "\n"
      }
      if activity.events > 0 { text += Self.query("To see them", activity.query) }
    }
    if !context.alerts.isEmpty { text += "\nOther alerts within 48 hours:\n\n" }
    for other in context.alerts {
      let parts = [ShownText.time(other.time), other.severity, other.rule, other.what].filter { !$0.isEmpty }
      text += "- " + parts.map { MarkdownText.code($0) }.joined(separator: " ") + "\n"
    }
    if context.otherAlerts > 0 { text += "- and \(context.otherAlerts.grouped) more\n" }
    return text
  }

  private mutating func guide(_ alert: AlertDocument, _ heading: String, _ level: Int) -> String {
    guard let guide = alert.guide else { return "" }
    let links = linksOfRules[alert.ruleID] ?? WebLink.links(in: MarkdownParser.blocks(alert.ruleGuide ?? ""))
    linksOfRules[alert.ruleID] = links
    return "\n\(heading)Investigation guide\n\n"
      + MarkdownGuide(links: links, headingShift: level).text(MarkdownParser.blocks(guide))
  }

  private mutating func rule(_ alert: AlertDocument, _ heading: String) -> String {
    if let told = toldWith[alert.ruleID] { return "\n\(heading)Rule\n\nAs with alert \(told).\n" }
    toldWith[alert.ruleID] = number
    let rule = RuleFacts(alert)
    var text = "\n\(heading)Rule\n\n"
    if let description = rule.description { text += MarkdownText.text(description) + "\n\n" }
    for fact in rule.facts {
      text += "- **\(fact.label):** " + fact.values.map { MarkdownText.code($0) }.joined(separator: ", ") + "\n"
    }
    for threat in rule.threats {
      let names = [(threat.tacticID, threat.tactic)] + threat.techniques.map { ($0.id, $0.name) }
      let parts = names.map { "\(MarkdownText.text($0.1)) (\(MarkdownText.text($0.0)))" }
      text += "- **MITRE ATT&CK:** " + parts.joined(separator: ", ") + "\n"
    }
    if !rule.falsePositives.isEmpty {
      text += "\nFalse positives:\n\n"
      text += MarkdownGuide(links: [], headingShift: 0).text([.list(start: nil, items: rule.falsePositives)])
    }
    if !rule.references.isEmpty { text += "\nReferences:\n\n" }
    for reference in rule.references {
      text += "- " + (WebLink.isWeb(reference) ? "<\(reference)>" : MarkdownText.code(reference)) + "\n"
    }
    return text
  }

  private static func query(_ title: String, _ query: String?) -> String {
    query.map { "\n\(title):\n\n" + MarkdownText.block($0) } ?? ""
  }
}
