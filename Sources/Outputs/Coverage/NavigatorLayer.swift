import JSON
import Rules

/// The coverage of ATT&CK as a layer that the ATT&CK Navigator opens (layer file format 4.5).
public struct NavigatorLayer {
  private let coverage: AttackCoverage
  private let name: String

  /// - Parameter name: what the layer is called in its tab.
  public init(_ coverage: AttackCoverage, name: String = "Detection rules") {
    self.coverage = coverage
    self.name = name
  }

  /// The layer; a technique's score is how many rules name it or one of its sub-techniques.
  public var json: JSONValue {
    var techniques: [JSONValue] = []
    var most = 1
    for tactic in coverage.tactics {
      for technique in tactic.techniques {
        most = max(most, technique.rules.count)
        techniques.append(entry(technique, tactic, showsParts: !technique.subtechniques.isEmpty))
        for part in technique.subtechniques { techniques.append(entry(part, tactic, showsParts: false)) }
      }
    }
    let major = coverage.version.split(separator: ".").first.map(String.init) ?? coverage.version
    return [
      "name": .string(name),
      "versions": ["attack": .string(major), "navigator": "5.1.0", "layer": "4.5"],
      "domain": "enterprise-attack",
      "description": .string(
        "\(coverage.mappedRuleCount) of \(coverage.ruleCount) rules name techniques. The score is the number of rules."),
      "sorting": 3,
      "layout": [
        "layout": "side", "showID": true, "showName": true, "showAggregateScores": false,
        "expandedSubtechniques": "annotated",
      ],
      "hideDisabled": false,
      "techniques": .array(techniques),
      "gradient": ["colors": ["#d6e8f5", "#0b5394"], "minValue": 0, "maxValue": .integer(Int64(most))],
      "legendItems": [["label": "one rule or more", "color": "#0b5394"]],
    ]
  }

  private func entry(
    _ technique: AttackCoverage.Technique, _ tactic: AttackCoverage.Tactic, showsParts: Bool
  ) -> JSONValue {
    [
      "techniqueID": .string(technique.id), "tactic": .string(tactic.shortName),
      "score": .integer(Int64(technique.rules.count)), "comment": .string(technique.rules.joined(separator: "\n")),
      "enabled": true, "showSubtechniques": .bool(showsParts),
    ]
  }
}
