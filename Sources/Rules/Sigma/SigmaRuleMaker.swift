import Events
import Hashing
import JSON
import Query

/// How grave what a Sigma rule finds is.
enum SigmaLevel: String, CaseIterable {
  case informational, low, medium, high, critical

  var severity: Severity {
    switch self {
    case .informational, .low: .low
    case .medium: .medium
    case .high: .high
    case .critical: .critical
    }
  }

  var riskScore: Int {
    switch self {
    case .informational: 5
    case .low: 21
    case .medium: 47
    case .high: 73
    case .critical: 99
    }
  }
}

/// Makes of what a Sigma document says of itself what rules say of themselves.
enum SigmaRuleMaker {
  static let statuses = ["stable", "test", "experimental", "deprecated", "unsupported"]

  static func rule(_ document: SigmaDocument, type: RuleType) -> Rule {
    let node = document.node
    func text(_ key: String) -> String? { node[key]?.scalarText }
    let level = text("level").flatMap { SigmaLevel(rawValue: $0.lowercased()) }
    var rule = Rule(
      ruleID: text("id") ?? identity(document), name: text("title") ?? "", type: type,
      severity: (level ?? .medium).severity, riskScore: (level ?? .medium).riskScore)
    rule.language = .sigma
    // Kibana takes no rule without a description.
    let description = text("description")?.trimmed ?? ""
    rule.description = description.isEmpty ? rule.name : description
    rule.authors = (text("author") ?? "").split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
    rule.license = text("license")
    rule.references = node["references"]?.texts ?? []
    rule.falsePositives = node["falsepositives"]?.texts ?? []
    if level == .informational { rule.buildingBlockType = "default" }
    let status = text("status")?.lowercased()
    rule.isEnabled = status != "deprecated" && status != "unsupported"
    rule.tags = (node["tags"]?.texts ?? []) + (status.map { ["Sigma: \($0)"] } ?? [])
    rule.threats = SigmaThreats.threats(node["tags"]?.texts ?? [])
    var entries: [String: JSONValue] = [:]
    if let created = text("date").flatMap(date) { entries["creation_date"] = .string(created) }
    if let updated = (text("modified") ?? text("date")).flatMap(date) { entries["updated_date"] = .string(updated) }
    switch status {
    case "stable", "test": entries["maturity"] = "production"
    case "experimental": entries["maturity"] = "development"
    case "deprecated", "unsupported": entries["maturity"] = "deprecated"
    default: break
    }
    if let related = node["related"]?.list {
      let ids = related.compactMap { one in
        one["id"]?.scalarText.map { "\($0)\(one["type"]?.scalarText.map { " (\($0))" } ?? "")" }
      }
      if !ids.isEmpty { entries["related"] = .array(ids.map { .string($0) }) }
    }
    rule.metadata = RuleMetadata(entries: entries)
    return rule
  }

  /// A day as rule files write it; nil for what is none.
  static func date(_ text: String) -> String? {
    let parts = text.split { $0 == "-" || $0 == "/" }
    guard parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      parts[0].count == 4, (1...12).contains(month), (1970...9999).contains(year)
    else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    guard (1...days).contains(day) else { return nil }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(year)/\(two(month))/\(two(day))"
  }

  /// An id for a document that has none, of what it says.
  private static func identity(_ document: SigmaDocument) -> String {
    let text = Array(SigmaText.yaml(document.node).utf8)
    let digits = text.withUnsafeBytes(SHA256.digest).withUnsafeBytes { bytes in
      bytes.prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
    var id = ""
    for (at, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(at) { id.append("-") }
      id.append(digit)
    }
    return id
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

/// Tactics and techniques of a Sigma rule's tags.
enum SigmaThreats {
  /// Names of tactics that ATT&CK's table does not have under that name.
  private static let renamed = ["stealth": "TA0005", "defense-impairment": "TA0005"]

  static func threats(_ tags: [String]) -> [Threat] {
    let catalog = AttackCatalog.enterprise
    var tactics: [AttackTactic] = []
    var techniques: [AttackTechnique] = []
    for tag in tags {
      let parts = tag.lowercased().split(separator: ".", maxSplits: 1)
      guard parts.count == 2, parts[0] == "attack" else { continue }
      let name = String(parts[1]).replacing("_", with: "-")
      if let tactic = catalog.tactics.first(where: { $0.shortName == name }) ?? renamed[name].flatMap(catalog.tactic) {
        if !tactics.contains(where: { $0.id == tactic.id }) { tactics.append(tactic) }
      } else if name.hasPrefix("t"), let technique = catalog.technique(name.uppercased()) {
        if !techniques.contains(where: { $0.id == technique.id }) { techniques.append(technique) }
      }
    }
    var found: [Threat] = tactics.map {
      Threat(tactic: ThreatTactic(id: $0.id, name: $0.name, reference: $0.reference))
    }
    for technique in techniques {
      var ids = technique.tacticIDs.filter { id in found.contains { $0.tactic.id == id } }
      if ids.isEmpty, let id = technique.tacticIDs.first, let tactic = catalog.tactic(id) {
        found.append(Threat(tactic: ThreatTactic(id: tactic.id, name: tactic.name, reference: tactic.reference)))
        ids = [id]
      }
      for at in found.indices where ids.contains(found[at].tactic.id) { add(technique, to: &found[at], catalog) }
    }
    return found
  }

  private static func add(_ technique: AttackTechnique, to threat: inout Threat, _ catalog: AttackCatalog) {
    let above = technique.parentID.flatMap(catalog.technique) ?? technique
    var place = threat.techniques.firstIndex { $0.id == above.id }
    if place == nil {
      threat.techniques.append(
        ThreatTechnique(id: above.id, name: above.name, reference: above.reference, subtechniques: []))
      place = threat.techniques.count - 1
    }
    guard let place, technique.isSubtechnique else { return }
    let one = ThreatSubtechnique(id: technique.id, name: technique.name, reference: technique.reference)
    if !threat.techniques[place].subtechniques.contains(one) { threat.techniques[place].subtechniques.append(one) }
  }
}
