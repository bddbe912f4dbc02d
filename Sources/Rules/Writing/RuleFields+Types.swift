import JSON

extension RuleFields {
  mutating func putType(_ rule: Rule) {
    if let terms = rule.newTerms {
      let fields = JSONValue.array(terms.fields.map(JSONValue.string))
      let start = JSONValue.string(terms.historyWindowStart.text)
      switch form {
      case .export:
        put("new_terms_fields", fields)
        put("history_window_start", start)
      case .file:
        put(
          "new_terms",
          [
            "field": "new_terms_fields", "value": fields,
            "history_window_start": [["field": "history_window_start", "value": start]],
          ])
      }
    }
    if let threshold = rule.threshold {
      var object: [String: JSONValue] = [
        "field": .array(threshold.fields.map(JSONValue.string)), "value": Self.number(threshold.value),
      ]
      if form == .export || !threshold.cardinality.isEmpty {
        object["cardinality"] = .array(
          threshold.cardinality.map { ["field": .string($0.field), "value": Self.number($0.value)] })
      }
      put("threshold", .object(object))
    }
    putThreatMatch(rule)
    put("timestamp_field", rule.eql?.timestampField)
    put("event_category_override", rule.eql?.eventCategoryOverride)
    put("tiebreaker_field", rule.eql?.tiebreakerField)
    if let learning = rule.machineLearning {
      put("anomaly_threshold", Self.number(learning.anomalyThreshold))
      put("machine_learning_job_id", .array(learning.jobIDs.map(JSONValue.string)))
    }
  }

  private mutating func putThreatMatch(_ rule: Rule) {
    guard let match = rule.threatMatch else { return }
    put("threat_index", .array(match.index.map(JSONValue.string)))
    put("threat_query", match.query)
    put("threat_language", match.language.rawValue)
    if !match.filters.isEmpty { put("threat_filters", match.filters) }
    put("threat_indicator_path", match.indicatorPath)
    put("concurrent_searches", match.concurrentSearches.map(Self.number))
    put("items_per_search", match.itemsPerSearch.map(Self.number))
    put(
      "threat_mapping",
      .array(
        match.mapping.map { mapping in
          [
            "entries": .array(
              mapping.entries.map {
                var entry: [String: JSONValue] = [
                  "field": .string($0.field), "type": .string($0.type), "value": .string($0.value),
                ]
                if $0.negate { entry["negate"] = true }
                return .object(entry)
              })
          ]
        }))
  }
}
