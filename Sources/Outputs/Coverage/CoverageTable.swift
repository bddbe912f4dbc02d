import Rules

/// The coverage of ATT&CK as text: tactics in the matrix's order, under each what rules name and how many do.
public struct CoverageTable {
  private let coverage: AttackCoverage
  private let usesColour: Bool

  public init(_ coverage: AttackCoverage, usesColour: Bool) {
    self.coverage = coverage
    self.usesColour = usesColour
  }

  public var lines: [String] {
    var lines: [String] = []
    for tactic in coverage.tactics {
      let covered =
        tactic.techniques.isEmpty ? "" : ", \(tactic.techniques.count) of \(tactic.techniqueCount) techniques"
      let title = "\(tactic.name) (\(tactic.id))"
      let count = tactic.rules.isEmpty ? "no rule" : Self.rules(tactic.rules.count) + covered
      lines.append(bold(title) + Self.space(after: title, 44) + count)
      for technique in tactic.techniques {
        lines.append(row(technique, indent: "  "))
        for part in technique.subtechniques { lines.append(row(part, indent: "    ")) }
      }
    }
    lines.append("")
    lines.append(
      "\(coverage.mappedRuleCount) of \(Self.rules(coverage.ruleCount)) name a tactic of ATT&CK for Enterprise "
        + coverage.version)
    if !coverage.unknownTactics.isEmpty {
      lines.append("not in ATT&CK, and not counted: " + Terminal.safe(coverage.unknownTactics.joined(separator: ", ")))
    }
    return lines
  }

  private func row(_ technique: AttackCoverage.Technique, indent: String) -> String {
    let id = Terminal.safe(technique.id)
    let text = indent + id + Self.space(after: id, 11) + Terminal.safe(technique.name)
    let bar = String(repeating: "■", count: min(technique.rules.count, 20))
    return text + Self.space(after: text, 60) + String(technique.rules.count) + " " + bar
  }

  private func bold(_ text: String) -> String { usesColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  static func rules(_ count: Int) -> String { "\(count) rule\(count == 1 ? "" : "s")" }

  private static func space(after text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(2, width - Terminal.columns(text)))
  }
}
