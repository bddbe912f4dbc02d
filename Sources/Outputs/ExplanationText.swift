import Detection
import Events
import Foundation

/// An explanation as plain text for a person.
public struct ExplanationText {
  private let explanation: Explanation
  private let usesColour: Bool

  public init(_ explanation: Explanation, usesColour: Bool) {
    self.explanation = explanation
    self.usesColour = usesColour
  }

  public var text: String {
    var lines = [coloured(explanation.verdict, explanation.isAlert ? "1;31" : "1"), ""]
    lines.append(Terminal.safe("Rule   \(explanation.ruleName) (\(explanation.ruleID))"))
    if let subject = explanation.subject {
      lines.append(
        Terminal.safe(
          "\(Self.label(subject))  \(subject.id), \(subject.time?.iso8601 ?? "without @timestamp"), in \(subject.dataStream)"
        ))
      if let raiser = subject.raisedBy { lines.append(Terminal.safe("       raised by \(raiser)")) }
      if let call = Self.call(subject) { lines.append(Terminal.safe("       \(call)")) }
      if subject.others > 0 { lines.append("       \(subject.others) other events of the input have this id") }
      if let deliveries = subject.deliveries, deliveries > 1 {
        lines.append("       delivered \(deliveries) times; it counts once")
      }
      if let time = subject.ruleTime, time != subject.time {
        lines.append("       the rule takes \(time.iso8601) for its time")
      }
      if !explanation.readsStream { lines.append("       the rule does not read this data stream") }
    }
    if !explanation.alertsOnEvent.isEmpty { lines += section("Alerts that stand on the event") + alertsOnEvent }
    if let condition = explanation.condition { lines += section("Query") + tree(condition, "") }
    for exception in explanation.exceptions {
      let end = exception.expires.map { ", until \($0.iso8601)" } ?? ""
      lines += section("Exception “\(exception.name)”, \(exception.place)\(end)") + tree(exception.condition, "")
    }
    if !explanation.missingTerms.isEmpty {
      lines +=
        section("New terms") + explanation.missingTerms.map { Terminal.safe("  the event has no value in \($0)") }
    }
    if let indicators = explanation.indicators { lines += section("Indicators") + tell(indicators) }
    if !explanation.executions.isEmpty { lines += section("Executions that see the event") + executions }
    if let account = explanation.alertSupply {
      let told = AlertSupplyText.lines(account)
      lines += section(told[0]) + told.dropFirst().map(Terminal.safe)
    }
    return lines.joined(separator: "\n")
  }

  /// What the event is called.
  static func label(_ subject: Explanation.Subject) -> String { subject.raisedBy == nil ? "Event" : "Alert" }

  /// Alerts on the event that are listed.
  private static let mostAlerts = 20

  private var alertsOnEvent: [String] {
    let all = explanation.alertsOnEvent
    let lines = all.prefix(Self.mostAlerts).map { Terminal.safe("  \($0.id)  \($0.ruleName)") }
    return lines + (all.count > lines.count ? ["  … (\(all.count - lines.count) more)"] : [])
  }

  /// What the event was, by whom, and that it failed: `DeleteTrail by arn:…, failed with AccessDenied`; nil where it says
  /// neither.
  static func call(_ subject: Explanation.Subject) -> String? {
    let what = [subject.action, subject.actor.map { "by \($0)" }].compactMap(\.self).joined(separator: " ")
    let end =
      subject.outcome == "failure" ? subject.errorCode.map { "failed with \($0)" } ?? "failed" : nil
    let parts = [what, end ?? ""].filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private func section(_ title: String) -> [String] { ["", coloured(title, "1")] }

  /// A single condition with the values that the event has there.
  static func condition(_ condition: Explanation.Condition, negated: Bool = false, usesColour: Bool) -> String {
    let values = values(condition)
    return Terminal.safe(negated ? condition.negation : condition.words)
      + (usesColour ? "\u{1B}[2m\(Terminal.safe(values))\u{1B}[0m" : Terminal.safe(values))
  }

  private func coloured(_ text: String, _ code: String) -> String {
    usesColour ? "\u{1B}[\(code)m\(Terminal.safe(text))\u{1B}[0m" : Terminal.safe(text)
  }

  // MARK: Conditions

  private func tree(_ condition: Explanation.Condition, _ indent: String) -> [String] {
    let mark = condition.holds ? coloured("true ", "32") : coloured("false", "31")
    let line = "  \(mark)  \(indent)"
    switch condition.kind {
    case .condition: return [line + Self.condition(condition, usesColour: usesColour)]
    case .all: return [line + "all of"] + condition.parts.flatMap { tree($0, indent + "  ") }
    case .any: return [line + "any of"] + condition.parts.flatMap { tree($0, indent + "  ") }
    case .not where condition.parts.first?.kind == .condition:
      return condition.parts.map { line + Self.condition($0, negated: true, usesColour: usesColour) }
    case .not: return [line + "not"] + condition.parts.flatMap { tree($0, indent + "  ") }
    }
  }

  /// At most this much of one value, and this many values of a field, are shown.
  private static let longestValue = 200
  private static let mostValues = 5

  private static func values(_ condition: Explanation.Condition) -> String {
    guard condition.field != nil else { return "" }
    guard !condition.values.isEmpty else { return "   — the event has no value there" }
    var shown = condition.values.prefix(mostValues).map { value in
      excerpt(value, around: condition.sought)
    }
    if condition.values.count > shown.count { shown.append("… (\(condition.values.count - shown.count) more)") }
    return "   — the event has " + shown.joined(separator: ", ")
  }

  /// As much of a long value as is shown: what is sought in it, with what stands around, else its beginning.
  private static func excerpt(_ value: String, around sought: String?) -> String {
    guard value.count > longestValue else { return value }
    guard let sought, let place = value.range(of: sought, options: .caseInsensitive) else {
      return value.prefix(longestValue) + "…"
    }
    let start = value.index(place.lowerBound, offsetBy: -60, limitedBy: value.startIndex) ?? value.startIndex
    let end = value.index(start, offsetBy: longestValue, limitedBy: value.endIndex) ?? value.endIndex
    return (start > value.startIndex ? "…" : "") + value[start..<end] + (end < value.endIndex ? "…" : "")
  }

  // MARK: Indicators

  private func tell(_ indicators: Explanation.Indicators) -> [String] {
    var lines = ["  compared with \(CountText.count(indicators.count, "indicator"))"]
    for (number, group) in indicators.groups.enumerated() {
      let mark = group.isMatched ? coloured("true ", "32") : coloured("false", "31")
      if indicators.groups.count > 1 { lines.append("  \(mark)  group \(number + 1)") }
      for entry in group.entries {
        let values = entry.values.prefix(Self.mostValues).map { $0.prefix(Self.longestValue) }.joined(separator: ", ")
        let what = "\(entry.field) \(entry.isNegated ? "differs from" : "is") an indicator's \(entry.value)"
        let had =
          entry.values.isEmpty
          ? "the event has no value there"
          : "the event has \(values), as \(CountText.count(entry.equal, "indicator")) \(entry.equal == 1 ? "does" : "do")"
        lines.append(
          "  \(indicators.groups.count > 1 ? "         " : "\(mark)  ")\(Terminal.safe(what))   — \(Terminal.safe(had))"
        )
      }
    }
    for match in indicators.matches {
      lines.append(
        Terminal.safe("  matched by \(match.id) of \(match.index)\(match.time.map { ", \($0.iso8601)" } ?? "")"))
    }
    return lines
  }

  // MARK: Executions

  private var executions: [String] {
    explanation.executions.map { execution in
      let terms = execution.terms.isEmpty ? "" : "  " + execution.terms.map(\.text).joined(separator: " · ")
      return "  \(execution.scheduled.iso8601)\(Terminal.safe(terms))  \(result(execution))"
    }
  }

  private func result(_ execution: Explanation.ExecutionOutcome) -> String {
    switch execution.result {
    case .created(let id): coloured("created the alert \(id)", "31")
    case .createdBefore(let time): "the execution of \(time.iso8601) had created the alert"
    case .capped: "had created \(explanation.maxSignals) alerts before, which is the rule's max_signals"
    case .partOf(let id, let time):
      coloured("is one of the events of the alert \(id), created at \(time.iso8601)", "31")
    case .foldedInto(let id, let time):
      coloured("was folded into the alert \(id), created at \(time.iso8601)", "31")
    case .counted(let count, let least): "counted \(count) of the \(least) events that the rule asks for"
    case .leftOut(let line, let command): "left the event out in line \(line) of the query: \(command)"
    case .failed(let message): "failed: \(message)"
    case .incomplete(let reasons):
      (["found no other events that are to go with it"] + reasons.map { "    " + Terminal.safe($0) }).joined(
        separator: "\n")
    case .opposed(let reasons):
      (["it meets only what ends or forbids sequences"] + reasons.map { "    " + Terminal.safe($0) }).joined(
        separator: "\n")
    case .excepted: "an exception held the event back"
    case .unmatched: "the query, counted from its time, did not match the event"
    case .seenBefore(let sighting): "old: seen at \(sighting.time.iso8601) in the event \(Terminal.safe(sighting.id))"
    case .builtOn(let sighting):
      "new, but first in the event \(Terminal.safe(sighting.id)) of \(sighting.time.iso8601)"
    }
  }
}
