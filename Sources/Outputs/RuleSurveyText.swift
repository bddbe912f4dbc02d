import Detection
import Events

/// What all rules make of one event, as plain text for a person.
public struct RuleSurveyText {
  /// Of the rules that do not match, this many are shown.
  public static let mostNear = 10

  public let text: String

  /// - Parameters:
  ///   - explanations: those of the matching rules, in their order.
  ///   - labels: what tells rules apart whose names do not.
  public init(
    _ survey: RuleSurvey, _ explanations: [Explanation], labels: RuleLabels = RuleLabels(), usesColour: Bool
  ) {
    guard let subject = survey.subject else {
      text =
        survey.alertSupply.map { account in
          (["Neither the input nor the alerts that rules read hold an event with this id.", ""]
            + AlertSupplyText.lines(account)).map(Terminal.safe).joined(separator: "\n")
        } ?? "The input holds no event with this id."
      return
    }
    func coloured(_ text: String, _ code: String) -> String {
      usesColour ? "\u{1B}[\(code)m\(Terminal.safe(text))\u{1B}[0m" : Terminal.safe(text)
    }
    var lines = [
      Terminal.safe(
        "\(ExplanationText.label(subject))  \(subject.id), \(subject.time?.iso8601 ?? "without @timestamp"), in \(subject.dataStream)"
      )
    ]
    if let raiser = subject.raisedBy { lines.append(Terminal.safe("       raised by \(raiser)")) }
    if let call = ExplanationText.call(subject) { lines.append(Terminal.safe("       \(call)")) }
    if subject.others > 0 {
      lines.append(
        "       \(Self.count(subject.others, "other event")) of the input \(subject.others == 1 ? "has" : "have") this id"
      )
    }
    if let deliveries = subject.deliveries, deliveries > 1 {
      lines.append("       delivered \(deliveries) times; it counts once")
    }
    lines += ["", coloured(survey.matching.isEmpty ? "No rule matches it" : "Rules that match it", "1")]
    for explanation in explanations {
      lines.append(
        "  " + coloured(labels.name(explanation.ruleName, id: explanation.ruleID), explanation.isAlert ? "1;31" : "1"))
      lines.append("    " + Terminal.safe(explanation.verdict))
    }
    if !survey.near.isEmpty {
      lines += ["", coloured("Rules that nearly match it, with the conditions that they miss", "1")]
      for near in survey.near.prefix(Self.mostNear) {
        lines.append(
          "  " + coloured(labels.name(near.ruleName, id: near.ruleID), "1")
            + "  misses \(near.missed.count) of \(near.size)")
        for missed in near.missed.prefix(Self.mostMissed) {
          let condition = ExplanationText.condition(
            missed.condition, negated: !missed.wanted, usesColour: usesColour)
          let others =
            missed.alternatives == 0 ? "" : ", or \(Self.count(missed.alternatives, "other condition")) in its place"
          lines.append("    \(condition)\(others)")
        }
        if near.missed.count > Self.mostMissed { lines.append("    … (\(near.missed.count - Self.mostMissed) more)") }
      }
      let others = survey.near.dropFirst(Self.mostNear)
      if let next = others.first {
        lines.append("  \(Self.count(others.count, "other rule")) miss \(next.missed.count) or more")
      }
    }
    if let account = survey.alertSupply {
      let told = AlertSupplyText.lines(account)
      lines += ["", coloured(told[0], "1")] + told.dropFirst().map(Terminal.safe)
    }
    let asked = survey.matching.count + survey.near.count
    var closing = "\(Self.count(asked, "rule")) asked"
    if survey.otherStreams > 0 { closing += "; \(Self.count(survey.otherStreams, "rule")) of other data streams" }
    if survey.disabled > 0 { closing += "; \(survey.disabled) switched off" }
    if survey.unrunnable > 0 { closing += "; \(survey.unrunnable) unable to run" }
    lines += ["", closing + ".", "With --rule it is told in full what one of them makes of the event."]
    text = lines.joined(separator: "\n")
  }

  private static let mostMissed = 6

  private static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
