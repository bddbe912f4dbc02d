/// The order in which the tables and keys of a rule file stand.
enum RuleFieldOrder {
  /// The order of the keys in the table at a path, which names no indices.
  private static let order: [[String]: [String]] = [
    []: ["metadata", "rule"],
    ["rule"]: [
      "rule_id", "name", "description", "version", "author", "license", "enabled", "building_block_type", "tags",
      "references", "false_positives", "severity", "risk_score", "rule_name_override", "interval", "from", "to",
      "max_signals", "timestamp_override", "timestamp_override_fallback_disabled", "index", "data_view_id", "language",
      "saved_id", "anomaly_threshold", "machine_learning_job_id", "timestamp_field", "event_category_override",
      "tiebreaker_field", "timeline_id", "timeline_title", "note", "setup", "type", "query",
      "threat_index", "threat_language", "threat_query", "threat_indicator_path", "concurrent_searches",
      "items_per_search",
      // Tables.
      "severity_mapping", "risk_score_mapping", "filters", "threat", "related_integrations", "required_fields",
      "investigation_fields", "new_terms", "threshold", "threat_filters", "threat_mapping", "alert_suppression",
      "exceptions_list",
    ],
    ["rule", "threat"]: ["framework", "technique", "tactic"],
    ["rule", "threat", "technique"]: ["id", "name", "reference", "subtechnique"],
    ["rule", "threat", "technique", "subtechnique"]: ["id", "name", "reference"],
    ["rule", "threat", "tactic"]: ["id", "name", "reference"],
    ["rule", "new_terms"]: ["field", "value", "new_terms_fields", "history_window_start"],
    ["rule", "new_terms", "history_window_start"]: ["field", "value"],
    ["rule", "threshold"]: ["field", "value", "cardinality"],
    ["rule", "threshold", "cardinality"]: ["field", "value"],
    ["rule", "severity_mapping"]: ["field", "operator", "value", "severity"],
    ["rule", "risk_score_mapping"]: ["field", "operator", "value", "risk_score"],
    ["rule", "related_integrations"]: ["package", "integration", "version"],
    ["rule", "required_fields"]: ["name", "type", "ecs"],
    ["rule", "alert_suppression"]: ["group_by", "duration", "missing_fields_strategy"],
    ["rule", "alert_suppression", "duration"]: ["value", "unit"],
    ["rule", "exceptions_list"]: ["id", "list_id", "type", "namespace_type"],
    ["rule", "threat_mapping", "entries"]: ["field", "type", "value", "negate"],
  ]

  private static let places: [[String]: [String: Int]] = order.mapValues { keys in
    Dictionary(zip(keys, 0...), uniquingKeysWith: { first, _ in first })
  }

  /// Sorts the members of the table at a path; those that have no place keep their order behind the others, save that
  /// those of `[metadata]` are sorted by their names.
  static func sorted<Member>(_ members: [Member], in path: [String], name: (Member) -> String) -> [Member] {
    if path == ["metadata"] {
      return members.enumerated().sorted {
        let (left, right) = (name($0.element), name($1.element))
        return left == right ? $0.offset < $1.offset : left.utf8.lexicographicallyPrecedes(right.utf8)
      }.map(\.element)
    }
    guard let places = places[path] else { return members }
    return members.enumerated().map { at, member in (places[name(member)] ?? .max, at, member) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }
}
