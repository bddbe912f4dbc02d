import Alerts
import Detection
import Events
import Outputs
import Rules

extension RuleRun {
  /// The executions that have come due since the last run, and those before that events have come for since; nil where there are
  /// none.
  public func due(_ notices: any RunNotices) throws -> RunSpan? {
    // A rule that waits for indicators begins now as well: once they come it runs over what it has waited for.
    let waiting = plan.unrunnable.filter(\.lacksIndicators).map(\.rule.ruleID)
    let states = try alerts.states(of: plan.rules.map(\.rule.ruleID) + waiting, at: now)
    notices.tell(ofSetBack: states, now)
    return try due(states, until: now, notices)
  }

  /// The executions that are due up to a time, of rules that have come so far.
  public func due(
    _ states: [String: AlertStore.RuleState], until last: Timestamp, _ notices: any RunNotices
  ) throws -> RunSpan? {
    var (skipped, off): ([String: ClosedRange<Timestamp>], [String: ClosedRange<Timestamp>]) = ([:], [:])
    var since: [String: Timestamp] = [:]
    // What was missed too long ago is skipped.
    let oldest = Timestamp(milliseconds: now.milliseconds - catchUp.value)
    var arrivals = arrivals(since: states.values.compactMap(\.lastTick).max())
    var isDue = false
    for rule in plan.rules.map(\.rule) {
      guard let state = states[rule.ruleID] else { continue }
      let done = state.done
      off[rule.ruleID] = state.off
      if done < oldest {
        skipped[rule.ruleID] =
          Timestamp(milliseconds: done.milliseconds + 1)...Timestamp(milliseconds: oldest.milliseconds - 1)
      }
      // What is due lies behind the last execution; what may see events that have come since runs again.
      var first = max(done, oldest)
      let late = arrivals.begin(for: rule, behind: state.lastSegment)
      if state.lastTick != nil, let late, late < first {
        first = done < oldest ? max(late, oldest) : state.again(from: late)
        isDue = isDue || first < done
      }
      let interval = rule.schedule.interval.milliseconds
      isDue = isDue || last.milliseconds / interval > done.milliseconds / interval
      since[rule.ruleID] = first
    }
    // What other rules run again may give other alerts.
    let overAlerts = plan.rulesOverAlerts
    let again = plan.rules.map(\.rule.ruleID).compactMap { id -> Timestamp? in
      guard !overAlerts.contains(id), let state = states[id], let last = state.lastTick, let first = since[id],
        first < last
      else { return nil }
      return first
    }.min()
    if let again {
      for id in overAlerts {
        guard let state = states[id], let first = since[id], again < first else { continue }
        since[id] = min(first, state.again(from: again))
      }
    }
    // Rules whose clock was set back look at all events again, of which none has come since for that.
    let seen = max(states.values.map(\.lastSegment).max() ?? 0, try alerts.lastSegment())
    let beyond = plan.rules.contains { $0.rule.timestampOverride == nil } ? arrivals.countBeyond(behind: seen) : 0
    if beyond > 0 {
      notices.warn(
        "\(CountText.count(beyond, "event")) came more than \(lateBound.text) late, for which nothing is run again; "
          + "--from runs a span of the past")
    }
    guard isDue, let first = since.values.min() else { return nil }
    var span = RunSpan(first: first, last: last)
    span.since = since
    span.skipped = skipped
    span.off = off
    span.isDue = true
    return span
  }

  /// How executions over a span stand to what of each rule is due, by rule id.
  ///
  /// A span of the past does not show what came late for executions outside it, and one further on leaves out what lies between.
  func reach(of span: RunSpan) throws -> [String: AlertStore.Run.Reach] {
    guard !span.isDue else { return [:] }
    let rules = plan.rules.map(\.rule)
    let states = try alerts.knownStates(of: rules.map(\.ruleID))
    let newest = states.values.compactMap(\.lastTick).max()
    var arrivals = arrivals(since: newest)
    var reach: [String: AlertStore.Run.Reach] = [:]
    for rule in rules {
      // One that has never run begins with the span.
      guard let state = states[rule.ruleID] else { continue }
      let (first, done) = (span.begin(rule.ruleID), state.done)
      func leavesOut(_ from: Timestamp, _ to: Timestamp) -> Bool { RunSpan.executions(rule, from, to) > 0 }
      let goesOn = !leavesOut(
        Timestamp(milliseconds: state.place.milliseconds + 1), Timestamp(milliseconds: first.milliseconds - 1))
      let late = arrivals.begin(for: rule, behind: state.lastSegment).map { state.again(from: $0) }
      let seesAll =
        goesOn && !leavesOut(Timestamp(milliseconds: span.last.milliseconds + 1), done)
        && (late.map { !leavesOut($0, Timestamp(milliseconds: first.milliseconds - 1)) } ?? true)
      reach[rule.ruleID] = AlertStore.Run.Reach(goesOn: goesOn, seesAll: seesAll)
    }
    return reach
  }

  /// What has come for the rules since their last executions.
  ///
  /// - Parameter newest: the newest execution that was run.
  private func arrivals(since newest: Timestamp?) -> NotedArrivals<Store.Part> {
    NotedArrivals(
      snapshot, plan.catalog, bound: newest.map { Timestamp(milliseconds: $0.milliseconds - lateBound.value) })
  }
}
