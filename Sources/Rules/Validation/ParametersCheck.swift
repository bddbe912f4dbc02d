/// Checks what belongs to a rule's type.
enum ParametersCheck {
  static func check(_ report: inout RuleReport) {
    checkLanguage(&report)
    checkQuery(&report)
    checkNewTerms(&report)
    checkThreshold(&report)
    checkThreatMatch(&report)
    checkSuppression(&report)
    let rule = report.rule
    if rule.type == .savedQuery, rule.savedID == nil {
      report.error("saved_id", "A saved query rule needs `saved_id`, the query that it runs.", part: .key)
    }
    if let machineLearning = rule.machineLearning {
      if !(0...100 ~= machineLearning.anomalyThreshold) {
        report.error(
          "anomaly_threshold", "The threshold is \(machineLearning.anomalyThreshold); scores lie between 0 and 100.")
      }
      if machineLearning.jobIDs.isEmpty {
        report.error("machine_learning_job_id", "The list of jobs is empty: name one.")
      }
    }
  }

  private static func checkLanguage(_ report: inout RuleReport) {
    let rule = report.rule
    guard let language = rule.language, !rule.type.languages.contains(language),
      rule.type != .query || language != .sigma
    else { return }
    let allowed = rule.type.languages.map(\.rawValue)
    report.error(
      "language",
      allowed.isEmpty
        ? "A rule of type \(rule.type.rawValue) has no query, so no language."
        : "A rule of type \(rule.type.rawValue) is written in \(ObjectReader.list(allowed)), not `\(language.rawValue)`."
    )
  }

  private static func checkQuery(_ report: inout RuleReport) {
    let rule = report.rule
    guard rule.type != .machineLearning, rule.type != .savedQuery else { return }
    guard let query = rule.query else {
      // Filters alone can tell what a query rule looks for.
      if rule.type != .query || rule.filters.isEmpty {
        report.error("query", "A rule of type \(rule.type.rawValue) needs a `query`.", part: .key)
      }
      return
    }
    guard IdentityCheck.isBlank(query) else { return }
    if rule.type == .eql || rule.type == .esql {
      report.error("query", "The query is empty.")
    } else if rule.filters.isEmpty {
      report.warning("query", "The query is empty, so every event of the indices matches.")
    }
  }

  private static func checkNewTerms(_ report: inout RuleReport) {
    guard let fields = report.rule.newTerms?.fields else { return }
    if fields.isEmpty || fields.count > 3 {
      report.error("new_terms_fields", "A new terms rule watches one to three fields, and this one \(fields.count).")
    }
    var seen: Set<String> = []
    for (at, field) in fields.enumerated() {
      if IdentityCheck.isBlank(field) {
        report.error(RuleKeyPath("new_terms_fields").appending(at), "The field's name is empty.")
      } else if !seen.insert(field).inserted {
        report.error(RuleKeyPath("new_terms_fields").appending(at), "`\(field)` is named twice; name each field once.")
      }
    }
  }

  private static func checkThreshold(_ report: inout RuleReport) {
    guard report.rule.type == .threshold, let threshold = report.rule.threshold else { return }
    if threshold.value < 1 {
      report.error("threshold.value", "The threshold is \(threshold.value); it must be at least 1.")
    }
    if threshold.fields.count > 5 {
      report.error(
        "threshold.field", "A threshold rule groups by at most 5 fields, and this one by \(threshold.fields.count).")
    }
    for (at, cardinality) in threshold.cardinality.enumerated() where cardinality.value < 1 {
      report.error(
        RuleKeyPath("threshold.cardinality").appending(at).appending("value"),
        "The number of distinct values is \(cardinality.value); it must be at least 1.")
    }
  }

  private static func checkThreatMatch(_ report: inout RuleReport) {
    guard let threatMatch = report.rule.threatMatch else { return }
    if threatMatch.index.isEmpty {
      report.error("threat_index", "The list of indicator indices is empty: name one.")
    }
    if threatMatch.mapping.isEmpty || threatMatch.mapping.contains(where: \.entries.isEmpty) {
      report.error("threat_mapping", "A mapping without entries compares nothing: name a field of each side.")
    }
    for (at, group) in threatMatch.mapping.enumerated() where !group.entries.isEmpty {
      let path = RuleKeyPath("threat_mapping").appending(at)
      if group.entries.allSatisfy(\.negate) {
        report.error(
          path,
          "The group has negated entries alone, which would find all that no indicator speaks of: add one that must be equal."
        )
      }
      for (place, entry) in group.entries.enumerated()
      where entry.negate
        && group.entries.contains(where: { !$0.negate && $0.field == entry.field && $0.value == entry.value })
      {
        report.error(
          path.appending("entries").appending(place),
          "`\(entry.field)` is to be equal to `\(entry.value)` and to differ from it, which nothing does.")
      }
    }
    if threatMatch.language != .kuery, threatMatch.language != .lucene {
      report.error(
        "threat_language", "Indicators are queried in `kuery` or `lucene`, not `\(threatMatch.language.rawValue)`.")
    }
  }

  private static func checkSuppression(_ report: inout RuleReport) {
    guard let suppression = report.rule.alertSuppression else { return }
    if suppression.groupBy.isEmpty, report.rule.type != .threshold {
      report.error("alert_suppression.group_by", "Alert suppression needs the fields to group by.", part: .key)
    }
    if suppression.groupBy.count > 3 {
      report.error(
        "alert_suppression.group_by",
        "Alert suppression groups by at most 3 fields, and this one by \(suppression.groupBy.count).")
    }
    if let duration = suppression.duration, duration.value < 1 {
      report.error("alert_suppression.duration.value", "The duration is \(duration.value); it must be at least 1.")
    }
  }
}
