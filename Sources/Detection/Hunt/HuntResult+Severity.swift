import Rules

extension HuntResult {
  /// Leaves out the alerts below a severity. Before the context of alerts is looked up; alerts whose severity a field of
  /// their event decides are made for it.
  public mutating func leaveOut(below least: Severity) throws {
    let severities = try severities()
    var left: [Int: Int] = [:]
    var kept: [PlannedAlert] = []
    for (alert, severity) in zip(planned, severities) {
      if severity >= least { kept.append(alert) } else { left[alert.rule, default: 0] += 1 }
    }
    planned = kept
    for (rule, count) in left { outcomes[rule].alerts -= count }
  }

  private func severities() throws -> [Severity] {
    let open = planned.indices.filter { !plan.rules[planned[$0].rule].rule.severityMapping.isEmpty }
    var mapped: [Int: Severity] = [:]
    var next = 0
    try forEachAlert(in: open) { alert in
      mapped[open[next]] = alert.severity
      next += 1
    }
    return planned.indices.map { mapped[$0] ?? plan.rules[planned[$0].rule].rule.severity }
  }
}
