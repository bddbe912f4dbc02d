/// Checks a rule's severity and risk score against each other.
enum RiskCheck {
  static func check(_ report: inout RuleReport) {
    let rule = report.rule
    if !(0...100 ~= rule.riskScore) {
      report.error("risk_score", "The risk score is \(rule.riskScore); it must lie between 0 and 100.")
    } else if !rule.severity.riskScores.contains(rule.riskScore),
      let fitting = Severity.allCases.first(where: { $0.riskScores.contains(rule.riskScore) })
    {
      let usual = rule.severity.riskScores
      report.warning(
        "risk_score",
        "A risk score of \(rule.riskScore) goes with the severity \(fitting.rawValue), and the rule says "
          + "\(rule.severity.rawValue) (\(usual.lowerBound)–\(usual.upperBound)): one of the two is probably not meant."
      )
    }
    for (at, mapping) in rule.riskScoreMapping.enumerated() {
      guard let score = mapping.riskScore, !(0...100 ~= score) else { continue }
      report.error(
        RuleKeyPath(steps: [.key("risk_score_mapping"), .index(at), .key("risk_score")]),
        "The risk score is \(score); it must lie between 0 and 100.")
    }
  }
}
