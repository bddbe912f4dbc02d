import Events
import Query
import Rules

extension Rule {
  /// The patterns of the data streams that the rule reads: those that it names, those that a query in ES|QL does, or what Kibana
  /// reads where neither does.
  public var readPatterns: [String] {
    if type == .esql { return (try? ESQLQuery(query ?? ""))?.sources ?? [] }
    return index ?? Rule.defaultIndex
  }

  /// The data streams that the rule reads.
  public var readPattern: IndexPattern { type == .esql ? IndexPattern(readPatterns) : indexPattern }

  /// True when the rule reads alerts, those of other rules among them.
  public var readsAlerts: Bool { readPattern.matches(AlertBuilder.index) }
}
