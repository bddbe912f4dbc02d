import Rules

/// Why a rule does not take part in a hunt.
public struct UnrunnableRule: Error, Sendable {
  public let rule: Rule
  private let refusal: RuleQuery.Refusal
  /// True when the rule is wrong, rather than of a kind that does not run yet.
  public let isWrong: Bool
  /// True when all that the rule lacks are indicators to compare with.
  public let lacksIndicators: Bool

  init(rule: Rule, cause: String, isWrong: Bool = false, lacksIndicators: Bool = false) {
    self.rule = rule
    self.lacksIndicators = lacksIndicators
    refusal = RuleQuery.Refusal(fault: cause)
    self.isWrong = isWrong
  }

  init(rule: Rule, _ refusal: RuleQuery.Refusal) {
    self.rule = rule
    self.refusal = refusal
    isWrong = false
    lacksIndicators = false
  }

  /// True when Elasticsearch would not run the rule either.
  var isRefused: Bool { refusal.isOfElasticsearch }

  /// A sentence that says the same of every rule with the same fault.
  public var cause: String { refusal.cause }

  /// Where in the rule's query or filters it is, such as `line 3, column 7`; nil where it is nowhere in particular.
  public var place: String? { refusal.place }

  /// The cause with its place.
  public var reason: String { refusal.sentence }
}
