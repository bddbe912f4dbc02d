extension Rule {
  /// Whether this version of Martlet runs the rule; the query itself is not looked at.
  public var runnability: Runnability {
    if let hindrance { return .unsupported(reason: hindrance) }
    switch type {
    case .query, .newTerms, .eql, .threshold, .correlation, .esql, .threatMatch: break
    case .savedQuery:
      // As where the saved query is gone: what the rule itself has is run.
      guard !(query ?? "").isEmpty || !filters.isEmpty else {
        return .unsupported(
          reason: "The rule's query is saved in Kibana, which Martlet does not read, and the rule has none of its own.")
      }
    case .machineLearning:
      return .unsupported(reason: "Machine learning rules need anomaly detection jobs, which do not run yet.")
    }
    switch language {
    case .kuery, .lucene, .eql, .sigma: break
    case .esql where type == .esql: break
    case .esql, nil:
      return .unsupported(reason: "Queries in \(language?.displayName ?? "no language") do not run yet.")
    }
    if index == nil, let dataViewID {
      return .unsupported(
        reason:
          "The rule reads the data view “\(dataViewID)”, which Kibana keeps; name its patterns in `index` instead.")
    }
    return .runnable
  }
}
