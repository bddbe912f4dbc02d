import JSON

/// The `[metadata]` table of a rule file: what its keepers note about it, kept whole.
public struct RuleMetadata: Hashable, Sendable {
  /// Every entry of the table by its name.
  public var entries: [String: JSONValue]

  public init(entries: [String: JSONValue] = [:]) {
    self.entries = entries
  }

  /// The day the rule was written, as `2024/08/01`.
  public var creationDate: String? { entries["creation_date"]?.stringValue }
  /// The day the rule was last changed, as `2024/08/01`.
  public var updatedDate: String? { entries["updated_date"]?.stringValue }
  /// The day the rule was given up, as `2024/08/01`.
  public var deprecationDate: String? { entries["deprecation_date"]?.stringValue }
  /// How far the rule is, as `production`, `development` or `deprecated`.
  public var maturity: String? { entries["maturity"]?.stringValue }
  /// The first version of the Elastic stack that runs the rule.
  public var minimumStackVersion: String? { entries["min_stack_version"]?.stringValue }
  /// The integrations whose events the rule reads: one name or several.
  public var integrations: [String] {
    switch entries["integration"] {
    case .string(let name): [name]
    case .array(let names): names.compactMap(\.stringValue)
    default: []
    }
  }
}
