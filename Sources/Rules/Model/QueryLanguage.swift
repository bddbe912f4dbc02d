/// The language of a rule's query.
public enum QueryLanguage: String, CaseIterable, Hashable, Sendable {
  case kuery
  case lucene
  case eql
  case esql
  case sigma

  /// The name that people use.
  public var displayName: String {
    switch self {
    case .kuery: "KQL"
    case .lucene: "Lucene"
    case .eql: "EQL"
    case .esql: "ES|QL"
    case .sigma: "Sigma"
    }
  }
}
