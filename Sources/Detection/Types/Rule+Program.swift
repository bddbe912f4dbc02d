import Rules

extension Rule {
  /// The fields of which a rule's type wants to know the values in the events that match.
  var notedFields: [String] {
    switch type {
    case .newTerms: newTerms?.fields ?? []
    case .threshold: threshold.map { $0.fields + $0.cardinality.prefix(1).map(\.field) } ?? []
    case .threatMatch:
      threatMatch.map { IndicatorMapping($0.mapping, catalog: .standard).eventFields.map(\.path) } ?? []
    default: []
    }
  }

  /// The program of the rule's type.
  ///
  /// - Parameters:
  ///   - bound: what the rule asks of events; its `terms` are those of `notedFields`.
  ///   - alwaysOldWithin: sightings of one combination this close are never both first; nil when all have to be kept.
  ///   - conditions: of the rule's windows.
  func program(
    _ bound: HuntRule.FullQueries, alwaysOldWithin: Int64?, _ conditions: ExecutionConditions
  ) -> any RuleProgram {
    switch type {
    case .newTerms: return NewTermsRule(fields: bound.terms, alwaysOldWithin: alwaysOldWithin)
    case .threshold: return ThresholdRule(self, bound.terms)
    case .correlation:
      guard let sequence = bound.sequence, let plan = bound.correlation else { return QueryRule() }
      return CorrelationRule(self, sequence, plan)
    case .eql:
      if let sequence = bound.sequence { return SequenceRule(self, sequence) }
      return QueryRule(keepsLatest: true)
    case .esql:
      guard let rows = bound.rows else { preconditionFailure("a rule in ES|QL has its query bound") }
      return ESQLRule(self, rows)
    case .threatMatch:
      guard let indicators = bound.indicators else { preconditionFailure("a rule that compares has its indicators") }
      return IndicatorRule(fields: bound.terms, set: indicators, conditions: conditions)
    default: return QueryRule()
    }
  }
}
