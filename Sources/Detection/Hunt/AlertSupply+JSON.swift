import JSON

extension AlertSupply.Account {
  /// The account as a JSON object.
  public var json: JSONValue {
    func sources(_ sources: [AlertSupply.Source]) -> JSONValue {
      .array(
        sources.map {
          ["name": .string($0.ruleName), "rule_id": .string($0.ruleID), "alerts": .integer(Int64($0.alerts))]
        })
    }
    var members: [String: JSONValue] = [
      "raised": .integer(Int64(raisedCount)), "rules_run": sources(run), "left_out": .integer(Int64(left)),
      "settled": .bool(isSettled),
    ]
    if !notRun.isEmpty {
      members["rules_not_run"] = .array(
        notRun.map { ["name": .string($0.ruleName), "rule_id": .string($0.ruleID), "reason": .string($0.reason)] })
    }
    if let kept {
      members["kept"] = .integer(Int64(keptCount))
      members["rules_kept"] = sources(kept)
    }
    return .object(members)
  }
}
