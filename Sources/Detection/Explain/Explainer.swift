import CloudTrail
import Events
import JSON
import Query
import Rules

/// Finds out why a rule alerts on an event or does not, from what the engine itself found.
public struct Explainer {
  let plan: HuntPlan
  let rule: Rule
  private let predicate: Predicate?
  private let exceptions: [RuleException]
  private let now: Timestamp

  /// `plan` holds the rule, with all that it matches kept; `predicate` is its query without exceptions, nil where that
  /// cannot be read.
  public init(_ plan: HuntPlan, _ rule: Rule, predicate: Predicate?, exceptions: [RuleException], now: Timestamp) {
    self.plan = plan
    self.rule = rule
    self.predicate = predicate
    self.exceptions = exceptions
    self.now = now
  }

  /// - Parameters:
  ///   - found: of the plan.
  ///   - deliveries: how often the input holds the event.
  public func explain(_ found: ExplainFindings, deliveries: Int) throws -> Explanation {
    let (records, findings, replay) = (found.records, found.findings, found.replay)
    var explanation = Explanation(ruleName: rule.name, ruleID: rule.ruleID)
    explanation.maxSignals = replay?.maxSignals(rule) ?? rule.schedule.maxSignals
    explanation.indexPattern = rule.readPatterns
    if !rule.isEnabled {
      explanation.unrunnable = "It is not enabled."
    } else if let unrunnable = plan.unrunnable.first(where: { $0.rule.ruleID == rule.ruleID }) {
      explanation.unrunnable = unrunnable.reason
    }
    guard let record = records.first else { return explanation }
    if explanation.unrunnable == nil, let place = plan.rules.firstIndex(where: { $0.rule.ruleID == rule.ruleID }) {
      explanation.unrunnable = RuleQuery.refusal(rule, plan.catalog, findings.kinds[place] ?? [:])?.sentence
    }
    try record.withRow { row in
      var conditions = ConditionExplainer(row, context: plan.context, catalog: plan.catalog, now: now)
      let stream = try EventJSON(plan.context).dataStream(row)
      let time = ruleTime(row, conditions)
      explanation.subject = Explanation.Subject(
        row, records, ruleTime: time, dataStream: stream, deliveries: deliveries
      ) {
        conditions.values($0).first?.text
      }
      if let time, let moment = moment(row, time, replay, findings) {
        conditions = ConditionExplainer(row, context: plan.context, catalog: plan.catalog, now: moment)
      }
      explanation.readsStream = rule.readPattern.matches(stream)
      explanation.condition = predicate.map(conditions.explain)
      // That a rule passes over its own alerts is of interest for these alone.
      let own = rule.readsAlerts && row.isAlert ? [RuleException.own(rule)] : []
      let held = own.filter { conditions.explain($0.predicate).holds }
      explanation.exceptions = (exceptions + held).map { exception in
        Explanation.ExceptionOutcome(
          name: exception.name, place: exception.place, expires: exception.expires,
          condition: conditions.explain(exception.predicate))
      }
      explanation.missingTerms = (rule.newTerms?.fields ?? rule.threshold?.fields ?? []).filter { field in
        !conditions.explain(.exists(.named(field))).holds
      }
      if explanation.unrunnable == nil { explanation.indicators = try indicators(row, conditions) }
      if let replay, let time, explanation.unrunnable == nil {
        let sighting = Sighting(time: time.milliseconds, id: row.id)
        explanation.executions = try executions(sighting, row, found, replay)
      }
      if rule.readsAlerts, !row.isAlert { explanation.alertsOnEvent = try alerts(among: records) }
    }
    return explanation
  }

  /// The alerts among records, which stand on the event that the others tell of, as far as the rule reads them.
  private func alerts(among records: [FoundRecord]) throws -> [Explanation.AlertOnEvent] {
    try records.filter(\.isAlert).compactMap { record in
      try record.withRow { row -> Explanation.AlertOnEvent? in
        let conditions = ConditionExplainer(row, context: plan.context, catalog: plan.catalog, now: now)
        guard rule.readPattern.matches(try EventJSON(plan.context).dataStream(row)),
          !conditions.explain(RuleException.own(rule).predicate).holds
        else { return nil }
        func first(_ path: String) -> String? { conditions.values(path).first?.text }
        return Explanation.AlertOnEvent(
          id: first("kibana.alert.uuid") ?? row.id.text, ruleName: first("kibana.alert.rule.name") ?? "")
      }
    }.sorted { ($0.ruleName, $0.id) < ($1.ruleName, $1.id) }
  }

  private func ruleTime(_ row: RecordRow, _ conditions: ConditionExplainer) -> Timestamp? {
    guard let override = rule.timestampOverride, override != "@timestamp" else { return row.ownTime }
    let format = plan.catalog.timeFormat(of: override)
    for value in conditions.values(override) {
      let time = Array(value.text.utf8).withUnsafeBufferPointer { Scalar(value.kind, $0).timestamp(format) }
      if let time { return time }
    }
    return rule.timestampOverrideFallbackDisabled ? nil : row.ownTime
  }

  /// Whether the rule's query, exceptions aside, matches an event in an execution at a time.
  func queryHolds(_ row: RecordRow, _ now: Timestamp) -> Bool {
    guard let predicate, predicate.dependsOnNow(plan.catalog) else { return true }
    return ConditionExplainer(row, context: plan.context, catalog: plan.catalog, now: now).explain(predicate).holds
  }

  /// Where the query names times relative to now: the time of the first execution with the event in its window whose query
  /// matches it, else that of the first one.
  private func moment(
    _ row: RecordRow, _ time: Timestamp, _ replay: Replay?, _ findings: HuntFindings
  ) -> Timestamp? {
    guard let replay, predicate?.dependsOnNow(plan.catalog) == true,
      let place = plan.rules.firstIndex(where: { $0.rule.ruleID == rule.ruleID })
    else { return nil }
    let huntRule = plan.rules[place]
    guard let ticks = replay.ticks(of: huntRule, overridden: findings.overriddenTimes) else { return nil }
    let seeing = huntRule.windows.ticks(holding: time.milliseconds, forgetting: nil, in: ticks)
    let times = seeing.lazy.joined().prefix(Self.mostMoments).map(huntRule.windows.time)
    return times.first { queryHolds(row, $0) } ?? times.first
  }

  private static let mostMoments = 1000

  // MARK: Executions

  /// What each execution that has the event in its window made of it, a line a combination.
  private func executions(
    _ sighting: Sighting, _ row: RecordRow, _ found: ExplainFindings, _ replay: Replay
  ) throws -> [Explanation.ExecutionOutcome] {
    let findings = found.findings
    guard let place = plan.rules.firstIndex(where: { $0.rule.ruleID == rule.ruleID }), place < findings.rules.count
    else { return [] }
    let huntRule = plan.rules[place]
    let own = findings.rules[place]
    let windows = huntRule.windows
    guard let ticks = replay.ticks(of: huntRule, overridden: findings.overriddenTimes) else { return [] }
    let seeing = windows.ticks(holding: sighting.time, forgetting: nil, in: ticks)
    let outcome = replay.run(
      own, huntRule, overridden: findings.overriddenTimes, FindingReader(plan, findings),
      metadata: findings.metadata(plan.context))
    if let rows = own as? ESQLMatches {
      return try executions(sighting, row, rows, outcome, huntRule, seeing, found)
    }
    let ids = try alertIDs(of: place, found.result)
    if let told = try executionsOfSeveral(sighting, row, own, outcome, huntRule, seeing, ids, findings) { return told }
    var outcomes: [Explanation.ExecutionOutcome] = []
    for (terms, sightings) in own.sightings(with: sighting) {
      guard let mine = sightings.first(where: { $0 == sighting }) else { continue }
      let created = outcome.found.first { $0.sighting == sighting && $0.terms == terms }
      for tick in seeing.joined() {
        let now = windows.time(tick)
        var result = try self.result(
          row, mine, terms, among: sightings, tick: tick, windows, created: created?.tick, ids: ids, findings)
        if let failure = outcome.failures.first(where: { $0.tick == now }) { result = .failed(failure.message) }
        if case .capped = result, let folded = folded(sighting, outcome, ids) { result = folded }
        outcomes.append(
          Explanation.ExecutionOutcome(
            scheduled: now, from: Timestamp(milliseconds: windows.from(tick)),
            to: Timestamp(milliseconds: windows.to(tick)),
            historyFrom: rule.newTerms == nil ? nil : Timestamp(milliseconds: windows.history(tick)), terms: terms,
            result: result))
      }
    }
    return outcomes
  }

  /// The same for a rule whose alerts stand on several events; nil for others.
  private func executionsOfSeveral(
    _ sighting: Sighting, _ row: RecordRow, _ own: any RuleFindings, _ outcome: Outcome, _ huntRule: HuntRule,
    _ seeing: [ClosedRange<Int64>], _ ids: [AlertKey: String], _ findings: HuntFindings
  ) throws -> [Explanation.ExecutionOutcome]? {
    guard own is ThresholdCounts || own is SequenceMatches || own is CorrelationMatches else { return nil }
    let windows = huntRule.windows
    func told(_ tick: Int64, _ terms: [NewTerm], _ result: Explanation.ExecutionOutcome.Result)
      -> Explanation.ExecutionOutcome
    {
      Explanation.ExecutionOutcome(
        scheduled: windows.time(tick), from: Timestamp(milliseconds: windows.from(tick)),
        to: Timestamp(milliseconds: windows.to(tick)), historyFrom: nil, terms: terms, result: result)
    }
    let gathered = (own as? SequenceMatches)?.gathered()
    let candidates = (own as? CorrelationMatches)?.candidates()
    let alerts = outcome.found.filter { found in found.events.contains { $0 == sighting } }
    var outcomes: [Explanation.ExecutionOutcome] = []
    for (terms, sightings) in own.sightings(with: sighting) {
      guard let mine = sightings.first(where: { $0 == sighting }) else { continue }
      for tick in seeing.joined() {
        let now = windows.time(tick)
        if !windows.sees(mine.condition, tick) {
          outcomes.append(told(tick, terms, queryHolds(row, now) ? .excepted : .unmatched))
          continue
        }
        // A correlation groups what it found, not what it keeps.
        let ofGroup = own is CorrelationMatches ? alerts : alerts.filter { $0.groupTerms == terms }
        if let alert = ofGroup.first(where: { $0.tick == now }) {
          let key = AlertKey(tick: now, time: alert.sighting.time, id: alert.sighting.id, terms: alert.groupTerms)
          outcomes.append(told(tick, alert.groupTerms, .partOf(id: ids[key] ?? "", now)))
        } else if let before = ofGroup.first(where: { $0.tick < now }) {
          outcomes.append(told(tick, terms, .createdBefore(before.tick)))
        } else if let folded = folded(sighting, outcome, ids) {
          outcomes.append(told(tick, terms, folded))
        } else if let threshold = rule.threshold, own is ThresholdCounts {
          let (from, to) = (windows.from(tick), windows.to(tick))
          let seen = sightings.count { (from...max(from, to)).contains($0.time) && windows.sees($0.condition, tick) }
          let isCut = outcome.cuts.contains { $0.tick == now }
          outcomes.append(
            told(tick, terms, seen >= threshold.value && isCut ? .capped : .counted(seen, of: threshold.value)))
        } else {
          if let correlation = own as? CorrelationMatches, let candidates {
            let reasons =
              correlation.reasons(of: sighting, alerts: outcome.found, candidates, windows, tick)
              + correlation.lackedKeys(holding(row, now))
            outcomes.append(told(tick, terms, .incomplete(reasons)))
            continue
          }
          guard let sequences = own as? SequenceMatches, let gathered else {
            outcomes.append(told(tick, terms, .incomplete([])))
            continue
          }
          let fates = try sequences.fates(of: sighting, gathered, windows, tick) { try named($0, findings).id }
          let reasons = fates.sentences + sequences.lackedKeys(holding(row, now))
          outcomes.append(told(tick, terms, fates.areOfOpponent ? .opposed(reasons) : .incomplete(reasons)))
        }
      }
    }
    return outcomes
  }

  /// Whether an event satisfies conditions in an execution at a time.
  private func holding(_ row: RecordRow, _ now: Timestamp) -> (Predicate) -> Bool {
    let conditions = ConditionExplainer(row, context: plan.context, catalog: plan.catalog, now: now)
    return { conditions.explain($0).holds }
  }

  /// The alert that one of an event was folded into.
  private func folded(
    _ sighting: Sighting, _ outcome: Outcome, _ ids: [AlertKey: String]
  ) -> Explanation.ExecutionOutcome.Result? {
    guard let alert = outcome.found.first(where: { $0.suppressed?.events.contains(sighting) ?? false }) else {
      return nil
    }
    let key = AlertKey(tick: alert.tick, time: alert.sighting.time, id: alert.sighting.id, terms: alert.groupTerms)
    return ids[key].map { .foldedInto(id: $0, alert.tick) }
  }

  private func result(
    _ row: RecordRow, _ mine: Sighting, _ terms: [NewTerm], among sightings: [Sighting], tick: Int64,
    _ windows: TickWindows,
    created: Timestamp?, ids: [AlertKey: String], _ findings: HuntFindings
  ) throws -> Explanation.ExecutionOutcome.Result {
    let now = windows.time(tick)
    if !windows.sees(mine.condition, tick) {
      let isExcepted = rule.type != .threatMatch || exceptions.contains { $0.expires.map { now <= $0 } ?? true }
      return queryHolds(row, now) && isExcepted ? .excepted : .unmatched
    }
    if rule.newTerms != nil {
      let start = windows.history(tick)
      let before = sightings.filter { $0 < mine && $0.time >= start && windows.sees($0.condition, tick) }
      if let old = before.last(where: { $0.time <= windows.from(tick) }) {
        return .seenBefore(try named(old, findings))
      }
      if let first = before.first { return .builtOn(try named(first, findings)) }
    }
    if let created, created == now {
      return .created(id: ids[AlertKey(tick: now, time: mine.time, id: mine.id, terms: terms)] ?? "")
    }
    if let created, created < now { return .createdBefore(created) }
    return .capped
  }

  private struct AlertKey: Hashable {
    var tick: Timestamp
    var time: Int64
    var id: EventID
    var terms: [NewTerm]
  }

  /// The ids of the rule's alerts.
  private func alertIDs(of rule: Int, _ result: HuntResult) throws -> [AlertKey: String] {
    var ids: [AlertKey: String] = [:]
    try result.forEachAlert(ofRule: rule) { alert, made in
      let terms = alert.finding.groupTerms
      ids[AlertKey(tick: alert.tick, time: alert.sighting.time, id: alert.sighting.id, terms: terms)] = made.id
    }
    return ids
  }

  /// An event of the history by the id that it names.
  private func named(_ sighting: Sighting, _ findings: HuntFindings) throws -> Explanation.Sighting {
    var id = sighting.id.text
    if let kept = sighting.kept {
      try findings.withRow(kept) { row in
        let conditions = ConditionExplainer(row, context: plan.context, catalog: plan.catalog, now: now)
        id =
          conditions.values("kibana.alert.uuid").first?.text ?? conditions.values(EventField.eventID.path).first?.text
          ?? id
      }
    }
    return Explanation.Sighting(id: id, time: Timestamp(milliseconds: sighting.time))
  }
}
