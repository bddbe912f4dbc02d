import Events
import JSON
import Query
import Rules

/// Replays the schedule of rules over what was found, as if the engine had been running all along.
public struct Replay: Sendable {
  /// The times of the first and the last event; no ticks lie outside what they need.
  public var events: ClosedRange<Timestamp>
  /// Bounds on the scheduled times, where the user gives any.
  public var earliestTick: Timestamp?
  public var latestTick: Timestamp?
  /// The scheduled times from which on single rules run, by their ids; others run from `earliestTick` on.
  public var firstTicks: [String: Timestamp] = [:]
  /// What executions before the first one counted for alerts of rules, by their ids: it does not count again.
  public var counted: [String: [Evidence.Counted]] = [:]
  /// The alerts of rules that fold alike ones into one, by their ids: of executions before the first one those that may take in
  /// more, and of the others those that were closed.
  public var suppressed: [String: [SuppressedAlert]] = [:]
  /// Hands over the documents of alerts that executions of a rule made which lie before those of the replay, from one on. It is asked
  /// where a cap makes them matter: what has an alert takes no other's place.
  public var earlier: (@Sendable (_ ruleID: String, _ first: Timestamp, _ body: (JSONValue) -> Void) throws -> Void)?
  /// The times of the first and the last alert, which rules over alerts read as events; nil where they read none.
  var alerts: ClosedRange<Timestamp>?
  /// How many alerts one execution creates at most, whatever its rule's `max_signals`: in Kibana the setting
  /// `xpack.alerting.rules.run.alerts.max`. Rules of new terms and of indicators follow `max_signals` alone.
  public var mostAlerts = 1000

  public init(events: ClosedRange<Timestamp>, earliestTick: Timestamp? = nil, latestTick: Timestamp? = nil) {
    self.events = events
    self.earliestTick = earliestTick
    self.latestTick = latestTick
  }

  /// An execution of a rule that found more than it may create.
  public struct Cut: Sendable {
    public var tick: Timestamp
    /// How many alerts the execution left uncreated.
    public var count: Int
  }

  /// The ticks of a rule: from the first at or after the earliest event to the last whose window holds the latest.
  func ticks(_ windows: TickWindows, overridden: ClosedRange<Int64>?) -> ClosedRange<Int64>? {
    var span = events
    if let overridden {
      span =
        min(
          span.lowerBound, Timestamp(milliseconds: overridden.lowerBound))...max(
          span.upperBound, Timestamp(milliseconds: overridden.upperBound))
    }
    var first = windows.firstTick(atOrAfter: span.lowerBound)
    // Windows reach back a bounded time; the search needs some end, and a year is the longest interval.
    let far = windows.lastTick(atOrBefore: span.upperBound) + (400 * 366 * 86_400_000) / windows.interval
    guard var last = windows.lastTick(holding: span.upperBound.milliseconds, in: first...max(first, far)) else {
      return nil
    }
    if let earliestTick { first = max(first, windows.firstTick(atOrAfter: earliestTick)) }
    if let latestTick { last = min(last, windows.lastTick(atOrBefore: latestTick)) }
    return first <= last ? first...last : nil
  }

  /// The ticks of a rule, by the times of what it reads: of alerts too, where it reads these.
  ///
  /// - Parameter overridden: the times of events by timestamp fields of rules' own.
  func ticks(of rule: HuntRule, overridden: ClosedRange<Int64>?) -> ClosedRange<Int64>? {
    var replay = self
    if let alerts, rule.readsAlerts {
      replay.events =
        min(events.lowerBound, alerts.lowerBound)...max(events.upperBound, alerts.upperBound)
    }
    return replay.ticks(rule.windows, overridden: rule.overrideColumn == nil ? nil : overridden)
  }

  /// The most alerts that one execution of a rule creates.
  func maxSignals(_ rule: Rule) -> Int {
    switch rule.type {
    case .newTerms, .threatMatch: rule.schedule.maxSignals
    default: min(rule.schedule.maxSignals, mostAlerts)
    }
  }

  /// Runs all executions of a rule.
  ///
  /// - Parameters:
  ///   - reader: reads the events by whose values alerts are folded.
  ///   - metadata: reads of a kept event what no column has.
  func run(
    _ findings: any RuleFindings, _ rule: HuntRule, overridden: ClosedRange<Int64>?, _ reader: FindingReader,
    metadata: @escaping (KeptReference, String) -> Cell
  ) -> Outcome {
    guard let ticks = ticks(of: rule, overridden: overridden) else { return Outcome() }
    var executions = Executions(
      windows: rule.windows, ticks: ticks, maxSignals: maxSignals(rule.rule),
      counted: counted[rule.rule.ruleID] ?? [],
      suppression: reader.suppression(of: rule.rule, suppressed[rule.rule.ruleID] ?? []), metadata: metadata)
    var outcome = findings.run(executions)
    if let alerts = earlierAlerts(outcome, rule, executions, reader) {
      executions.earlier = alerts
      outcome = findings.run(executions)
    }
    // An execution that finds what no alert can be made of fails, as does every other that sees it; what else they saw, later ones find.
    while let failing = failing(outcome, rule, executions, reader) {
      executions.failing.merge(failing) { first, _ in first }
      outcome = findings.run(executions)
    }
    outcome.executions = Int(ticks.upperBound - ticks.lowerBound) + 1
    return outcome
  }

  /// What executions before made, where what these find again of it may have taken the place of something else; else nil.
  private func earlierAlerts(
    _ outcome: Outcome, _ rule: HuntRule, _ executions: Executions, _ reader: FindingReader
  ) -> EarlierAlerts? {
    guard let earlier, executions.suppression == nil else { return nil }
    let (windows, first) = (rule.windows, executions.ticks.lowerBound)
    // What no execution left is taken by the first one that sees it, and then out of the way.
    let end = windows.end(before: first)
    guard outcome.cuts.contains(where: { windows.from(windows.lastTick(atOrBefore: $0.tick)) <= end }) else {
      return nil
    }
    do {
      var alerts = EarlierAlerts()
      try earlier(rule.rule.ruleID, windows.time(windows.firstTick(sharingWith: first))) { alerts.add($0) }
      return alerts.isEmpty ? nil : alerts
    } catch {
      reader.fail(error)
      return nil
    }
  }

  /// The executions that fail beside those that are known to, by what was found; nil where none does.
  private func failing(
    _ outcome: Outcome, _ rule: HuntRule, _ executions: Executions, _ reader: FindingReader
  ) -> [Int64: String]? {
    var failing: [Int64: String] = [:]
    for finding in outcome.found {
      guard let fault = reader.fault(of: finding, rule.rule) else { continue }
      let own = finding.tick.milliseconds / rule.rule.schedule.interval.milliseconds
      for tick in [own] + rule.windows.runs(seeing: finding.sighting, in: executions.ticks).joined()
      where executions.failing[tick] == nil && failing[tick] == nil {
        failing[tick] = fault
      }
    }
    return failing.isEmpty ? nil : failing
  }
}
