import JSON

/// What an object of a file that Kibana exported is, told by its members.
package enum ExportedKind {
  case rule, savedRule, summary, exceptionList, exceptionItem, savedObject, unknown

  package init(_ members: [String: JSONValue]) {
    self = Self.kind(members)
  }

  private static func kind(_ members: [String: JSONValue]) -> ExportedKind {
    if members["rule_id"] != nil || members["risk_score"] != nil { return .rule }
    if members["exported_count"] != nil || members["exported_rules_count"] != nil
      || members["exported_exception_list_count"] != nil
    {
      return .summary
    }
    if members["list_id"] != nil {
      return members["item_id"] != nil || members["entries"] != nil ? .exceptionItem : .exceptionList
    }
    if members["attributes"]?.objectValue != nil, members["type"] != nil {
      return members["type"] == "security-rule" ? .savedRule : .savedObject
    }
    return members["type"] != nil && members["name"] != nil ? .rule : .unknown
  }
}
