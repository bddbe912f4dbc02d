/// What kind of detection a rule makes.
public enum RuleType: String, CaseIterable, Hashable, Sendable {
  case query
  case savedQuery = "saved_query"
  case newTerms = "new_terms"
  case threshold
  case threatMatch = "threat_match"
  case eql
  case esql
  case machineLearning = "machine_learning"
  /// What must come together of the events that rules in Sigma match; Elastic has no such type.
  case correlation

  /// The languages that a rule of this type may be written in, the default first; none for machine learning.
  public var languages: [QueryLanguage] {
    switch self {
    case .query, .savedQuery, .newTerms, .threshold, .threatMatch: [.kuery, .lucene]
    case .eql: [.eql]
    case .esql: [.esql]
    case .machineLearning: []
    case .correlation: [.sigma]
    }
  }

  /// True when the rule names the indices that it reads outside its query.
  public var readsIndices: Bool { self != .esql && self != .machineLearning }
}
