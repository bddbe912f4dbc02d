import Events

extension Explanation {
  /// The answer in a sentence or two.
  public var verdict: String {
    if let unrunnable { return "No alert: the rule does not run. \(unrunnable)" }
    guard let subject else { return "No alert: the input holds no event with this id." }
    if !readsStream {
      return "No alert: the rule does not read the event's data stream \(subject.dataStream); it reads "
        + indexPattern.joined(separator: ", ") + "."
    }
    if let condition, !condition.holds { return "No alert: the query does not match the event." }
    if let exception = exceptions.first(where: { $0.expires == nil && $0.condition.holds }) {
      return "No alert: the exception “\(exception.name)” takes the event out of the rule (\(exception.place))."
    }
    if subject.ruleTime == nil {
      return "No alert: the rule passes over events without its own timestamp field, and this one has none."
    }
    if !missingTerms.isEmpty {
      return "No alert: the event has no value in \(missingTerms.joined(separator: ", ")), so it takes no part."
    }
    return executions.isEmpty ? "No alert: no execution has the event in its window." : executionVerdict
  }

  private var executionVerdict: String {
    let created = executions.compactMap { execution -> String? in
      guard case .created(let id) = execution.result else { return nil }
      return "the execution of \(execution.scheduled.iso8601) created the alert \(id)"
    }
    if !created.isEmpty { return "Alert: " + created.joined(separator: "; ") + "." }
    // The last execution that sees the event had the last word.
    guard let last = executions.last else { return "No alert." }
    switch last.result {
    case .capped:
      return
        "No alert: each execution that sees the event had created \(maxSignals) alerts before it came to this one, "
        + "which is the rule's max_signals."
    case .excepted: return "No alert: an exception holds the event back from every execution that sees it."
    case .seenBefore(let sighting):
      return
        "No alert: the combination is not new. It was seen at \(sighting.time.iso8601) in the event \(sighting.id)."
    case .builtOn(let sighting):
      return "No alert on this event: the alert for its combination is built on the earlier event \(sighting.id) of "
        + "\(sighting.time.iso8601)."
    case .created, .createdBefore: return "No alert."
    }
  }
}
