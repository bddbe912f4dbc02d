import Events

extension Explanation {
  /// The answer in a sentence or two.
  public var verdict: String {
    if let unrunnable { return "No alert: the rule does not run. \(unrunnable)" }
    guard let subject else {
      return alertSupply == nil
        ? "No alert: the input holds no event with this id."
        : "No alert: the input holds no event with this id, and none of the alerts that the rule reads has it."
    }
    if !readsStream {
      let others =
        alertsOnEvent.isEmpty
        ? ""
        : " Of the alerts that it reads \(alertsOnEvent.count == 1 ? "1 stands" : "\(alertsOnEvent.count) stand") on the event: "
          + "ask for its id."
      return "No alert: the rule does not read the event's data stream \(subject.dataStream); it reads "
        + indexPattern.joined(separator: ", ") + "." + others
    }
    if let condition, !condition.holds { return "No alert: the query does not match the event." }
    if let exception = exceptions.first(where: { $0.expires == nil && $0.condition.holds }) {
      return "No alert: the exception “\(exception.name)” takes the event out of the rule (\(exception.place))."
    }
    if subject.ruleTime == nil {
      return subject.time == nil
        ? "No alert: the event has no @timestamp, nor a timestamp field of the rule's own."
        : "No alert: the rule passes over events without its own timestamp field, and this one has none."
    }
    if !missingTerms.isEmpty {
      return "No alert: the event has no value in \(missingTerms.joined(separator: ", ")), so it takes no part."
    }
    if let indicators, !indicators.isMatched {
      return "No alert: none of \(indicators.count) indicators matches the event: \(indicators.reason)."
    }
    return executions.isEmpty ? "No alert: no execution has the event in its window." : executionVerdict
  }

  private var executionVerdict: String {
    let created = executions.compactMap { execution -> String? in
      guard case .created(let id) = execution.result else { return nil }
      return "the execution of \(execution.scheduled.iso8601) created the alert \(id)"
    }
    let parts = executions.compactMap { execution -> String? in
      guard case .partOf(let id, let time) = execution.result else { return nil }
      return "the event is one of those that the alert \(id) stands on, which the execution of \(time.iso8601) created"
    }
    let folded = executions.compactMap { execution -> String? in
      guard case .foldedInto(let id, let time) = execution.result else { return nil }
      return
        "it is folded into the alert \(id), which stands for others like it and was created by the execution of \(time.iso8601)"
    }
    if created.isEmpty, parts.isEmpty, let first = folded.first { return "Alert: " + first + "." }
    if created.isEmpty, let first = parts.first { return "Alert: " + first + "." }
    if !created.isEmpty { return "Alert: " + created.joined(separator: "; ") + "." }
    // Of each combination the last execution that sees the event has the last word.
    var last: [[NewTerm]: ExecutionOutcome] = [:]
    var order: [[NewTerm]] = []
    for execution in executions {
      if last.updateValue(execution, forKey: execution.terms) == nil { order.append(execution.terms) }
    }
    let sentences = order.prefix(5).compactMap { terms in last[terms].map { reason($0, isOne: order.count == 1) } }
    let more = order.count > sentences.count ? " And \(order.count - sentences.count) more combinations." : ""
    return "No alert" + (order.count == 1 ? ": " : ". ") + sentences.joined(separator: " ") + more
  }

  /// Why an execution made no alert of a combination, in a sentence.
  private func reason(_ execution: ExecutionOutcome, isOne: Bool) -> String {
    let what = isOne ? "the combination" : execution.terms.map(\.text).joined(separator: " · ")
    switch execution.result {
    case .capped:
      return "each execution that sees the event had created \(maxSignals) alerts before it came to this one, "
        + "which is the rule's max_signals."
    case .excepted: return "an exception holds the event back from every execution that sees it."
    case .unmatched where indicators != nil:
      return
        "at the time of no execution that sees the event do both the query match it and the rule's threat_query choose an "
        + "indicator that does."
    case .unmatched:
      return "the query counts from the time of each execution, and matches the event in none that sees it."
    case .seenBefore(let sighting):
      return "\(what) is not new. It was seen at \(sighting.time.iso8601) in the event \(sighting.id)."
    case .builtOn(let sighting):
      return "the alert for \(what) is built on the earlier event \(sighting.id) of \(sighting.time.iso8601)."
    case .counted(let count, let least):
      let group = execution.terms.isEmpty ? "" : " of \(execution.terms.map(\.text).joined(separator: " · "))"
      return
        "\(count == 1 ? "1 event" : "\(count) events")\(group) \(count == 1 ? "was" : "were") counted with it at most, and the "
        + "rule asks for \(least), or for more different values than there were."
    case .incomplete(let reasons):
      return "the event matches a part of the query, and no execution found the events that are to go with it"
        + (reasons.first.map { ": \($0)." } ?? ".")
    case .opposed(let reasons):
      return "the event meets only what ends or forbids sequences" + (reasons.first.map { ": \($0)." } ?? ".")
    case .leftOut(let line, let command):
      return "the query leaves the event out in line \(line): \(command)."
    case .failed(let message): return "the execution failed: \(message)."
    case .created, .createdBefore, .partOf, .foldedInto: return "an alert was created before."
    }
  }
}
