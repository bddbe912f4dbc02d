/// Which tactics and techniques of ATT&CK rules name, and how many rules name each.
public struct AttackCoverage: Sendable {
  /// A technique or sub-technique under a tactic.
  public struct Technique: Hashable, Sendable {
    public var id: String
    public var name: String
    /// The names of the rules that name it or one of its sub-techniques, sorted.
    public var rules: [String]
    public var subtechniques: [Technique] = []
  }

  /// A tactic with what of it is covered.
  public struct Tactic: Hashable, Sendable {
    public var id: String
    public var name: String
    /// The name in lower case with hyphens, as layers of the ATT&CK Navigator have it.
    public var shortName: String
    /// The names of the rules that name the tactic, sorted.
    public var rules: [String]
    /// The techniques that rules name, by their ids.
    public var techniques: [Technique]
    /// How many techniques ATT&CK has for the tactic, without sub-techniques and those that were taken out.
    public var techniqueCount: Int
  }

  /// The version of ATT&CK.
  public let version: String
  /// All tactics in the order of ATT&CK's matrix.
  public let tactics: [Tactic]
  /// How many rules were looked at, and how many of them name a tactic of ATT&CK.
  public let ruleCount: Int
  public let mappedRuleCount: Int
  /// Tactics that rules name and ATT&CK does not have: they are in none of the counts.
  public let unknownTactics: [String]

  public init(_ rules: [Rule], catalog: AttackCatalog = .enterprise) {
    var found = Dictionary(uniqueKeysWithValues: catalog.tactics.map { ($0.id, Counter()) })
    var unknown: Set<String> = []
    var mapped = 0
    for (at, rule) in rules.enumerated() {
      var isMapped = false
      for threat in rule.threats where threat.framework.uppercased().contains("ATT&CK") {
        guard found[threat.tactic.id] != nil else {
          unknown.insert(threat.tactic.id)
          continue
        }
        isMapped = true
        found[threat.tactic.id]?.add(threat, at)
      }
      mapped += isMapped ? 1 : 0
    }
    version = catalog.version
    ruleCount = rules.count
    mappedRuleCount = mapped
    unknownTactics = unknown.sorted()
    tactics = catalog.tactics.map { tactic in
      (found[tactic.id] ?? Counter()).tactic(tactic, rules, catalog)
    }
  }

  /// The rules of one tactic, by their places.
  private struct Counter {
    var rules: Set<Int> = []
    var techniques: [String: (name: String, rules: Set<Int>)] = [:]
    var parts: [String: [String: (name: String, rules: Set<Int>)]] = [:]

    mutating func add(_ threat: Threat, _ rule: Int) {
      rules.insert(rule)
      for technique in threat.techniques {
        techniques[technique.id, default: (technique.name, [])].rules.insert(rule)
        for part in technique.subtechniques {
          parts[technique.id, default: [:]][part.id, default: (part.name, [])].rules.insert(rule)
        }
      }
    }

    func tactic(_ tactic: AttackTactic, _ all: [Rule], _ catalog: AttackCatalog) -> Tactic {
      func names(_ places: Set<Int>) -> [String] { places.sorted().map { all[$0].name }.sorted() }
      // ATT&CK's own name, and the rule's where ATT&CK does not know the id.
      func technique(_ id: String, _ name: String, _ rules: Set<Int>) -> Technique {
        Technique(id: id, name: catalog.technique(id)?.name ?? name, rules: names(rules))
      }
      let covered = techniques.sorted { $0.key < $1.key }.map { id, found in
        var one = technique(id, found.name, found.rules)
        one.subtechniques = (parts[id] ?? [:]).sorted { $0.key < $1.key }.map { technique($0, $1.name, $1.rules) }
        return one
      }
      let count = catalog.techniques.count {
        !$0.isSubtechnique && $0.status == .current && $0.tacticIDs.contains(tactic.id)
      }
      return Tactic(
        id: tactic.id, name: tactic.name, shortName: tactic.shortName, rules: names(rules), techniques: covered,
        techniqueCount: count)
    }
  }
}
