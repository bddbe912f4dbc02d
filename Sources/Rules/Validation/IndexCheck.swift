import Events

/// Checks what a rule reads.
enum IndexCheck {
  static func check(_ report: inout RuleReport) {
    let rule = report.rule
    guard rule.type.readsIndices, let index = rule.index, rule.hindrance == nil else { return }
    if index.isEmpty {
      report.error("index", "The list of index patterns is empty, so the rule reads nothing: name one, as logs-*.")
      return
    }
    for (at, pattern) in index.enumerated() where IdentityCheck.isBlank(pattern) {
      report.warning(RuleKeyPath("index").appending(at), "An empty index pattern matches nothing.")
    }
    if IndexPattern(index).patterns.allSatisfy({ $0.hasPrefix("-") }) {
      report.error("index", "The index patterns only exclude, so the rule reads nothing: name one to start from.")
    }
  }
}
