import Rules

extension Rule {
  /// The fields of which a rule's type wants to know the values in the events that match.
  var notedFields: [String] {
    switch type {
    case .newTerms: newTerms?.fields ?? []
    case .threshold: threshold.map { $0.fields + $0.cardinality.prefix(1).map(\.field) } ?? []
    default: []
    }
  }

  /// The program of the rule's type.
  ///
  /// - Parameters:
  ///   - fields: `notedFields`, bound to columns.
  ///   - alwaysOldWithin: sightings of one combination this close are never both first; nil when all have to be kept.
  func program(noting fields: [HuntRule.TermField], alwaysOldWithin: Int64?) -> any RuleProgram {
    switch type {
    case .newTerms: NewTermsRule(fields: fields, alwaysOldWithin: alwaysOldWithin)
    case .threshold: ThresholdRule(self, fields)
    case .eql: QueryRule(keepsLatest: true)
    default: QueryRule()
    }
  }
}
