import Events

/// What a validator asks about the world beyond the rule; each part may be left out, and then goes unchecked.
public struct RuleKnowledge: Sendable {
  /// True for a field that events can have, and for a pattern that such a field may match.
  public var isKnownField: (@Sendable (String) -> Bool)?
  /// The known field, or the pattern, nearest to a misspelt one.
  public var suggestField: (@Sendable (String) -> String?)?
  /// What a field name stands for, its type above all.
  public var resolveField: (@Sendable (String) -> ResolvedField)?
  /// Tactics and techniques.
  public var attack: (any AttackKnowledge)?
  /// What the parser of its language says of a rule's query.
  public var inspectQuery: (@Sendable (Rule) -> QueryInspection)?

  public init(
    isKnownField: (@Sendable (String) -> Bool)? = nil, suggestField: (@Sendable (String) -> String?)? = nil,
    resolveField: (@Sendable (String) -> ResolvedField)? = nil, attack: (any AttackKnowledge)? = nil,
    inspectQuery: (@Sendable (Rule) -> QueryInspection)? = nil
  ) {
    self.isKnownField = isKnownField
    self.suggestField = suggestField
    self.resolveField = resolveField
    self.attack = attack
    self.inspectQuery = inspectQuery
  }
}
