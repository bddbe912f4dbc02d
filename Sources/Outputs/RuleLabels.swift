import Rules

/// What tells rules apart whose name others have too: a mark, such as their file, that stands behind the name.
public struct RuleLabels: Sendable {
  /// Marks by the ids of rules.
  private var marks: [String: String] = [:]

  public init() {}

  /// Marks the rules whose names several ids have.
  public init(_ rules: [(id: String, name: String, mark: String)]) {
    for same in Dictionary(grouping: rules, by: \.name).values where Set(same.map(\.id)).count > 1 {
      for rule in same where marks[rule.id] == nil { marks[rule.id] = rule.mark }
    }
  }

  public var isEmpty: Bool { marks.isEmpty }

  /// A rule's name, which an override may have changed, with its mark.
  public func name(_ name: String, id: String) -> String { marks[id].map { "\(name) (\($0))" } ?? name }

  /// A rule's own name with its mark.
  public func name(_ rule: Rule) -> String { name(rule.name, id: rule.ruleID) }
}
