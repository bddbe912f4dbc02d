import Events
import JSON

extension Explanation {
  /// The explanation as one JSON object.
  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "rule": ["name": .string(ruleName), "rule_id": .string(ruleID)], "alert": .bool(isAlert),
      "verdict": .string(verdict),
    ]
    if let unrunnable { members["does_not_run"] = .string(unrunnable) }
    if let subject {
      var event = subject.members
      event["read_by_rule"] = .bool(readsStream)
      if let time = subject.ruleTime { event["rule_time"] = .string(time.iso8601) }
      members["event"] = .object(event)
    }
    if let condition { members["query"] = condition.json }
    members["exceptions"] = .array(
      exceptions.map { exception in
        var members: [String: JSONValue] = [
          "name": .string(exception.name), "place": .string(exception.place), "holds": .bool(exception.condition.holds),
          "condition": exception.condition.json,
        ]
        if let expires = exception.expires { members["expires"] = .string(expires.iso8601) }
        return .object(members)
      })
    members["missing_terms"] = .strings(missingTerms)
    if let indicators { members["indicators"] = indicators.json }
    members["executions"] = .array(executions.map(\.json))
    if !alertsOnEvent.isEmpty {
      members["alerts_on_event"] = .array(
        alertsOnEvent.map { ["id": .string($0.id), "rule": .string($0.ruleName)] })
    }
    if let alertSupply { members["alerts_read"] = alertSupply.json }
    return .object(members)
  }
}

extension Explanation.Subject {
  /// What JSON says of the event.
  var members: [String: JSONValue] {
    var event: [String: JSONValue] = [
      "id": .string(id), "time": time.map { .string($0.iso8601) } ?? .null, "data_stream": .string(dataStream),
    ]
    if others > 0 { event["others_of_this_id"] = .integer(Int64(others)) }
    if let deliveries { event["deliveries"] = .integer(Int64(deliveries)) }
    let texts = [
      ("action", action), ("actor", actor), ("outcome", outcome), ("error_code", errorCode), ("raised_by", raisedBy),
    ]
    for (name, text) in texts { if let text { event[name] = .string(text) } }
    return event
  }
}

extension Explanation.Condition {
  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = ["kind": .string(kind.rawValue), "holds": .bool(holds)]
    if !text.isEmpty { members["condition"] = .string(text) }
    if !words.isEmpty { members["words"] = .string(words) }
    if let field {
      members["field"] = .string(field)
      members["values"] = .strings(values)
    }
    if !parts.isEmpty { members["parts"] = .array(parts.map(\.json)) }
    return .object(members)
  }
}

extension Explanation.ExecutionOutcome {
  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [
      "scheduled": .string(scheduled.iso8601),
      "window": ["from": .string(from.iso8601), "to": .string(to.iso8601)],
    ]
    if let historyFrom { members["history_from"] = .string(historyFrom.iso8601) }
    if !terms.isEmpty { members["terms"] = .array(terms.map(\.json)) }
    func sighting(_ sighting: Explanation.Sighting) -> JSONValue {
      ["id": .string(sighting.id), "time": .string(sighting.time.iso8601)]
    }
    switch result {
    case .created(let id): members["created"] = .string(id)
    case .createdBefore(let time): members["created_before"] = .string(time.iso8601)
    case .capped: members["capped"] = true
    case .excepted: members["excepted"] = true
    case .unmatched: members["unmatched"] = true
    case .partOf(let id, let time):
      members["part_of"] = .string(id)
      members["created_at"] = .string(time.iso8601)
    case .foldedInto(let id, let time):
      members["folded_into"] = .string(id)
      members["created_at"] = .string(time.iso8601)
    case .counted(let count, let least):
      members["counted"] = .integer(Int64(count))
      members["asked"] = .integer(Int64(least))
    case .incomplete(let reasons):
      members["incomplete"] = true
      if !reasons.isEmpty { members["reasons"] = .array(reasons.map { .string($0) }) }
    case .opposed(let reasons):
      members["opposed"] = true
      if !reasons.isEmpty { members["reasons"] = .array(reasons.map { .string($0) }) }
    case .leftOut(let line, let command):
      members["left_out"] = ["line": .integer(Int64(line)), "command": .string(command)]
    case .failed(let message): members["failed"] = .string(message)
    case .seenBefore(let before): members["seen_before"] = sighting(before)
    case .builtOn(let before): members["built_on"] = sighting(before)
    }
    return .object(members)
  }
}
