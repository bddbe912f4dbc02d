import Rules

/// Which tactics and techniques of MITRE ATT&CK fired, and how often.
struct AttackMatrix {
  struct Cell {
    var alerts = 0
    var severity = Severity.low
    var rules: Set<String> = []
    var name: String
  }

  private(set) var tactics: [String: Cell] = [:]
  /// By tactic, then technique.
  private(set) var techniques: [String: [String: Cell]] = [:]

  var isEmpty: Bool { tactics.isEmpty }

  mutating func add(_ threats: [AlertThreat], severity: Severity, rule: String) {
    func count(_ cell: inout Cell) {
      cell.alerts += 1
      cell.severity = max(cell.severity, severity)
      cell.rules.insert(rule)
    }
    for threat in threats {
      count(&tactics[threat.tacticID, default: Cell(name: threat.tactic)])
      for technique in threat.techniques {
        count(&techniques[threat.tacticID, default: [:]][technique.id, default: Cell(name: technique.name)])
      }
    }
  }

  /// Tactics that fired, in the matrix's order, those that ATT&CK does not know last.
  var firedTactics: [String] {
    let known = AttackCatalog.enterprise.tactics.map(\.id)
    return known.filter { tactics[$0] != nil } + tactics.keys.filter { !known.contains($0) }.sorted()
  }

  var quietTactics: [String] {
    AttackCatalog.enterprise.tactics.filter { tactics[$0.id] == nil }.map(\.name)
  }

  func write(to html: inout HTMLWriter) {
    html.open("div", ("class", "matrix"))
    for id in firedTactics {
      guard let tactic = tactics[id] else { continue }
      html.open("section", ("class", "tactic"))
      html.element("h3") { html in
        html.element("span", ("class", "id tq"), text: id)
        html.text(AttackCatalog.enterprise.tactic(id)?.name ?? tactic.name)
      }
      html.open("ul")
      for (technique, cell) in (techniques[id] ?? [:]).sorted(by: { $0.key < $1.key }) {
        let known = AttackCatalog.enterprise.technique(technique)
        html.open("li", ("class", "m-\(cell.severity.rawValue)" + (technique.contains(".") ? " part" : "")))
        html.element("span", ("class", "id tq"), text: technique)
        html.element("b", text: known?.name ?? cell.name)
        let rules = cell.rules.count == 1 ? "1 rule" : "\(cell.rules.count) rules"
        let alerts = cell.alerts == 1 ? "1 alert" : "\(cell.alerts.grouped) alerts"
        html.element("small", text: "\(alerts), \(rules), \(cell.severity.rawValue)")
        html.close("li")
      }
      if techniques[id] == nil {
        html.element(
          "li", ("class", "m-\(tactic.severity.rawValue)"),
          text: "\(tactic.alerts == 1 ? "1 alert" : "\(tactic.alerts.grouped) alerts"), no technique")
      }
      html.close("ul")
      html.close("section")
    }
    html.close("div")
    let quiet = quietTactics
    if !quiet.isEmpty, quiet.count < AttackCatalog.enterprise.tactics.count {
      html.element("p", ("class", "soft"), text: "Nothing fired for: " + quiet.joined(separator: ", ") + ".")
    }
  }
}
