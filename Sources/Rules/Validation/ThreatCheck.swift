/// Checks a rule's tactics and techniques.
enum ThreatCheck {
  static func check(_ report: inout RuleReport, _ catalog: (any AttackKnowledge)?) {
    for (at, threat) in report.rule.threats.enumerated() {
      // Other frameworks have ids of their own.
      guard threat.framework.uppercased().contains("ATT&CK") else { continue }
      let path = RuleKeyPath("threat").appending(at)
      check(threat.tactic, path.appending("tactic"), catalog, &report)
      for (at, technique) in threat.techniques.enumerated() {
        let path = path.appending("technique").appending(at)
        check(technique, of: threat.tactic, path, catalog, &report)
        for (at, subtechnique) in technique.subtechniques.enumerated() {
          check(subtechnique, of: technique, path.appending("subtechnique").appending(at), catalog, &report)
        }
      }
    }
  }

  private static func check(
    _ tactic: ThreatTactic, _ path: RuleKeyPath, _ catalog: (any AttackKnowledge)?, _ report: inout RuleReport
  ) {
    guard hasDigits(tactic.id, after: "TA", 4) else {
      report.warning(path.appending("id"), "“\(tactic.id)” is no tactic's id: TA and four digits, as TA0004.")
      return
    }
    guard let catalog else { return }
    guard let name = catalog.tacticName(tactic.id) else {
      report.warning(path.appending("id"), "ATT&CK has no tactic \(tactic.id).")
      return
    }
    compare(tactic.name, name, tactic.id, path, &report)
  }

  private static func check(
    _ technique: ThreatTechnique, of tactic: ThreatTactic, _ path: RuleKeyPath, _ catalog: (any AttackKnowledge)?,
    _ report: inout RuleReport
  ) {
    guard hasDigits(technique.id, after: "T", 4) else {
      let isSub = technique.id.split(separator: ".").count == 2 && technique.id.hasPrefix("T")
      report.warning(
        path.appending("id"),
        "“\(technique.id)” is no technique's id: T and four digits, as T1078"
          + (isSub ? "; a subtechnique belongs under its technique." : "."))
      return
    }
    guard let catalog else { return }
    guard let name = catalog.techniqueName(technique.id) else {
      report.warning(path.appending("id"), "ATT&CK has no technique \(technique.id).")
      return
    }
    compare(technique.name, name, technique.id, path, &report)
    if let tactics = catalog.tactics(ofTechnique: technique.id), !tactics.contains(tactic.id),
      catalog.tacticName(tactic.id) != nil
    {
      report.warning(
        path.appending("id"),
        "\(technique.id) does not serve the tactic \(tactic.id), but \(tactics.sorted().joined(separator: ", ")).")
    }
  }

  private static func check(
    _ subtechnique: ThreatSubtechnique, of technique: ThreatTechnique, _ path: RuleKeyPath,
    _ catalog: (any AttackKnowledge)?, _ report: inout RuleReport
  ) {
    let id = subtechnique.id
    let parts = id.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, hasDigits(String(parts[0]), after: "T", 4), hasDigits(String(parts[1]), after: "", 3) else {
      report.warning(
        path.appending("id"),
        "“\(id)” is no subtechnique's id: its technique's, a point and three digits, as T1078.004.")
      return
    }
    guard parts[0] == technique.id else {
      report.warning(path.appending("id"), "\(id) belongs under \(parts[0]), and stands under \(technique.id).")
      return
    }
    guard let catalog else { return }
    guard let name = catalog.techniqueName(id) else {
      report.warning(path.appending("id"), "ATT&CK has no subtechnique \(id).")
      return
    }
    compare(subtechnique.name, name, id, path, &report)
  }

  private static func compare(
    _ given: String, _ name: String, _ id: String, _ path: RuleKeyPath, _ report: inout RuleReport
  ) {
    guard given != name else { return }
    report.warning(
      path.appending("name"),
      given.isEmpty ? "\(id) lacks its name, “\(name)”." : "\(id) is called “\(name)”, and the rule says “\(given)”.")
  }

  private static func hasDigits(_ id: String, after prefix: String, _ count: Int) -> Bool {
    id.hasPrefix(prefix) && id.utf8.count == prefix.utf8.count + count
      && id.utf8.dropFirst(prefix.utf8.count).allSatisfy { $0 &- 0x30 <= 9 }
  }
}
