import Outputs

/// One alert in full as plain text for a person at a terminal.
public struct AlertSheet {
  private let alert: AlertDocument
  private var sheet: SheetWriter

  /// Lays an alert out for so many columns; nothing of it can reach the terminal as a control character.
  public init(_ alert: AlertDocument, width: Int = Terminal.width, usesColour: Bool) {
    self.alert = alert
    sheet = SheetWriter(width: width, usesColour: usesColour)
    head()
    evidence()
    policies()
    context()
    guide()
    rule()
  }

  public var text: String { sheet.text }

  /// Of an alert only what else its principal did.
  public static func context(_ alert: AlertDocument, width: Int = Terminal.width, usesColour: Bool) -> String {
    var sheet = AlertSheet(alert: alert, sheet: SheetWriter(width: width, usesColour: usesColour))
    sheet.context()
    return sheet.sheet.text
  }

  private init(alert: AlertDocument, sheet: SheetWriter) {
    self.alert = alert
    self.sheet = sheet
  }

  private mutating func head() {
    let severity = alert.severity
    sheet.line([
      (" \(severity.rawValue.uppercased()) ", AlertTable.colour(severity)),
      ("  " + alert.ruleName, SheetWriter.Style.bold.rawValue),
      (alert.riskScore.map { "   risk score \($0)" } ?? "", SheetWriter.Style.faint.rawValue),
    ])
    sheet.paragraph(AlertHeadline(alert).text, indent: 0)
    if let reason = alert.reason { sheet.paragraph(reason, indent: 0) }
    sheet.blank()
    for fact in alert.facts { sheet.fact(fact.label, fact.values) }
  }

  private mutating func evidence() {
    guard let evidence = AlertEvidence(alert) else { return }
    sheet.heading("Evidence")
    for sentence in evidence.sentences { sheet.paragraph(sentence) }
    for term in evidence.termLines {
      sheet.line(
        [
          (term.field.isEmpty ? "new: " : term.field + ": ", SheetWriter.Style.faint.rawValue),
          (term.value, SheetWriter.Style.bold.rawValue), (term.remark.isEmpty ? "" : "  (\(term.remark))", nil),
        ], indent: 4)
    }
    for event in evidence.events?.lines ?? [] {
      sheet.line([(event.time + "  ", SheetWriter.Style.faint.rawValue), (event.text, nil)], indent: 4)
    }
    query("To see the events:", evidence.query)
  }

  private mutating func query(_ title: String, _ query: String?) {
    guard let query else { return }
    sheet.paragraph(title, style: .faint)
    sheet.verbatim(query, style: .code)
  }

  private mutating func policies() {
    for policy in PolicyChange.all(in: alert) {
      sheet.heading(policy.title)
      sheet.paragraph(policy.formerSentence)
      for (sign, line) in policy.difference {
        let what = line.what.isEmpty ? "" : "\(line.what): "
        sheet.verbatim("\(sign) \(what)\(ShownText.line(line.text))", style: sign == "+" ? .added : .removed)
      }
      if policy.difference.isEmpty, policy.former == "known" { sheet.paragraph("Nothing changed.") }
      for flag in policy.flags { sheet.paragraph(flag.sentence, prefix: "! ", style: .flag) }
      if let who = policy.who { sheet.paragraph(who) }
      if policy.difference.isEmpty, let document = policy.document { sheet.verbatim(document) }
      query("To set the former policy again:", policy.restore)
    }
  }

  private mutating func context() {
    guard let context = AlertContext(alert) else { return }
    sheet.heading("What else this principal did")
    if let principal = context.principal { sheet.paragraph(principal) }
    for (when, activity) in context.activities {
      sheet.paragraph("\(when): \(activity.sentence)")
      for kind in activity.kinds {
        var values = kind.counts.map { "\($0.value) ×\($0.count.grouped)" }
        if kind.others > 0 { values.append("\(kind.others.grouped) others") }
        sheet.fact(kind.label, values)
      }
      if activity.events > 0 { query("To see them:", activity.query) }
    }
    guard !context.alerts.isEmpty else {
      if context.alertQuery != nil { sheet.paragraph("No other alerts within 48 hours.") }
      return
    }
    sheet.paragraph("Other alerts within 48 hours:")
    for other in context.alerts {
      sheet.line(
        [
          (ShownText.time(other.time) + "  ", nil), (other.severity, nil), ("  \(other.rule)", nil),
          ("  \(other.what)", nil),
        ], indent: 4)
    }
    if context.otherAlerts > 0 { sheet.paragraph("and \(context.otherAlerts.grouped) more", indent: 4) }
  }

  private mutating func guide() {
    guard let guide = alert.guide else { return }
    sheet.heading("Investigation guide")
    sheet.blank()
    TerminalMarkdown.write(MarkdownParser.blocks(guide), to: &sheet)
  }

  private mutating func rule() {
    let rule = RuleFacts(alert)
    sheet.heading("Rule")
    if let description = rule.description { sheet.paragraph(description) }
    sheet.blank()
    for fact in rule.facts { sheet.fact(fact.label, fact.values) }
    query("Query:", rule.query)
    if !rule.threats.isEmpty {
      sheet.heading("MITRE ATT&CK")
      for threat in rule.threats {
        sheet.paragraph("\(threat.tactic) (\(threat.tacticID))")
        for technique in threat.techniques {
          sheet.paragraph("\(technique.name) (\(technique.id))", indent: technique.id.contains(".") ? 6 : 4)
        }
      }
    }
    if !rule.falsePositives.isEmpty {
      sheet.heading("False positives")
      TerminalMarkdown.write([.list(start: nil, items: rule.falsePositives)], to: &sheet)
    }
    if !rule.references.isEmpty {
      sheet.heading("References")
      for reference in rule.references { sheet.verbatim(reference, indent: 2) }
    }
  }
}
