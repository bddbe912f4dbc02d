import Alerts
import CloudTrail
import Detection
import Events
import Ingestion
import JSON
import Outputs
import Parallel
import Rules
import Store

/// A run made more alerts than can be kept together.
public struct TooManyAlerts: Error, CustomStringConvertible {
  public let count: Int
  public var description: String {
    "the run made \(count) alerts, more than find room at once; nothing of it was kept. Run shorter spans with --from and --to, "
      + "or switch off the rule that makes most of them (--dry-run shows which)"
  }
}

/// Bytes of alerts that become visible together.
private let mostBytes = min(2 << 30, ProcessMemory.available / 6)

extension RuleRun {
  /// Keeps the alerts and the log of what was run, in one transaction. Throws `AlertStoreError`; nothing is kept then.
  ///
  /// - Parameters:
  ///   - seconds: how long the run has taken.
  ///   - isAhead: executions before these are due yet and run later, and these with them.
  public func keep(
    _ made: MadeAlerts, _ span: RunSpan, seconds: Double, isAhead: Bool = false, _ notices: any RunNotices
  ) throws -> AlertStore.RunOutcome {
    let (result, summary) = (made.result, made.summary)
    let refused = Dictionary(result.refused.map { ($0.rule.ruleID, $0.reason) }) { one, _ in one }
    // What could not be read may hold what makes or unmakes an alert.
    let isWhole = summary.missing.isEmpty
    let warnings = warnings(result)
    let missing = summary.missing.map { ($0.dataStream, $0.sentence) }
    let searched = Dictionary(
      plan.rules.enumerated().map { ($1.rule.ruleID, summary.searchedByRule[$0]) }, uniquingKeysWith: max)
    let reach = try reach(of: span)
    let runs = result.outcomes.compactMap { outcome -> AlertStore.Run? in
      let id = outcome.rule.ruleID
      let count = span.executions(of: outcome.rule)
      guard count > 0 else { return nil }
      return AlertStore.Run(
        ruleID: id, first: span.begin(id), last: span.last, executions: count, startedAt: now,
        took: Int64(seconds * 1000), window: made.windows[id], searched: searched[id] ?? 0,
        matched: refused[id] == nil ? outcome.matched ?? 0 : nil, alerts: made.counts[id] ?? 0, cut: outcome.lost,
        outcome: refused[id] != nil || !isWhole ? .failed : .done,
        reason: refused[id] ?? (isWhole ? nil : "events are missing"),
        warnings: missing.filter { outcome.rule.readPattern.matches($0.0) }.map(\.1) + (warnings[id] ?? []),
        reach: reach[id] ?? .all)
    }
    let goingByIngestion = result.rulesByIngestion
    let contradictions = AlertContradictions(result)
    let off = skipped(span.off, result, reason: "due while the rule was switched off")
    tell(ofSkipped: off, "due while \(off.count == 1 ? "it was" : "they were") switched off", notices)
    let old = skipped(span.skipped, result, reason: "due more than \(catchUp.text) before the run")
    tell(ofSkipped: old, "due more than \(catchUp.text) ago", notices)
    return try alerts.commit(
      off + old + runs, made.documents, grown: try grown(made, span),
      lastSegment: isWhole ? snapshot.parts.map(\.number).max() : nil, isAhead: isAhead,
      at: now, partial: made.former.lacking, sight: sight,
      evidence: SuppressedAlert.figures, grows: SuppressedAlert.grows,
      contradiction: { stored in
        guard let document = try? JSONValue(parsing: stored.made[...]) else { return "later events" }
        // Made by the time of ingestion, or by a replay: the other kind of run could not have made it.
        let field = document["martlet"]?["evidence"]?["field"]?.stringValue
        if goingByIngestion.contains(stored.ruleID), (field != nil) != (view == .stored) { return nil }
        let own = field.flatMap { document["kibana.alert.original_\($0)"] } ?? document["kibana.alert.original_time"]
        let time = own?.stringValue.flatMap { Timestamp(iso8601: $0) } ?? stored.tick
        return contradictions.reason(document, byRule: stored.ruleID, madeAt: stored.tick, time: time)
      })
  }

  /// What the executions of the rules looked at: of CloudTrail one namespace.
  private var sight: AlertStore.Sight {
    let own = plan.context.dataStream
    func isElsewhere(_ dataStream: String) -> Bool { EventContext.isOfTrail(dataStream) && dataStream != own }
    let elsewhere = Set(snapshot.parts.map(\.dataStream).filter(isElsewhere))
    let patterns = Dictionary(plan.rules.map { ($0.rule.ruleID, $0.rule.readPattern) }) { first, _ in first }
    let overAlerts = Set(plan.rulesOverAlerts)
    let narrowed = plan.rules.filter { rule in
      !elsewhere.isEmpty
        && (overAlerts.contains(rule.rule.ruleID) || elsewhere.contains { rule.rule.readPattern.matches($0) })
    }
    return AlertStore.Sight(
      reads: { ruleID, dataStream in patterns[ruleID]?.matches(dataStream) ?? true },
      narrowed: Set(narrowed.map(\.rule.ruleID)),
      shows: { document in
        // Another namespace's alerts stand on its events, and on what else rules read they may stand together with these.
        let streams = (document["kibana.alert.ancestors"]?.arrayValue ?? []).compactMap { $0["index"]?.stringValue }
        return streams.contains(own) && !streams.contains(where: isElsewhere)
      })
  }

  /// The alerts as they are kept, and how many of them each rule made.
  func documents(
    _ result: HuntResult, _ span: RunSpan, _ former: FormerAlerts
  ) throws -> (documents: [AlertStore.Made], counts: [String: Int]) {
    var documents: [AlertStore.Made] = []
    var counts: [String: Int] = [:]
    var bytes = 0
    let grown = former.grown(behind: span.last)
    try result.forEachAlert { alert in
      guard span.holds(alert.ruleID, alert.tick) else { return }
      bytes += alert.json.count + alert.buildingBlocks.reduce(0) { $0 + $1.json.count }
      guard !keepsAlerts || bytes <= mostBytes else { throw TooManyAlerts(count: result.alertCount) }
      counts[alert.ruleID, default: 0] += 1
      documents += alert.buildingBlocks.map {
        AlertStore.Made(id: $0.id, ruleID: $0.ruleID, tick: $0.tick, document: $0.json, isBuildingBlock: true)
      }
      documents.append(
        AlertStore.Made(
          id: alert.id, ruleID: alert.ruleID, tick: alert.tick, document: try document(of: alert, grown, span)))
    }
    return (documents, counts)
  }

  /// What is to be known of each rule's executions beside their alerts, by the rules' ids; nothing of those that have nothing.
  public func warnings(_ result: HuntResult) -> [String: [String]] {
    let blind = Set(result.blindRules.map(\.ruleID))
    let unknown = Dictionary(grouping: result.unknownFields.filter { !blind.contains($0.rule.ruleID) }) {
      $0.rule.ruleID
    }
    var warnings: [String: [String]] = [:]
    for outcome in result.outcomes {
      let id = outcome.rule.ruleID
      let lines = RuleWarnings.all(outcome, unknown: unknown[id]?.map(\.field) ?? [], plan.catalog, bound: boundName)
      if !lines.isEmpty { warnings[id] = lines }
    }
    return warnings
  }

  /// Says how many executions are not run any more, where some are not.
  private func tell(ofSkipped skipped: [AlertStore.Run], _ cause: String, _ notices: any RunNotices) {
    guard !skipped.isEmpty else { return }
    let count = skipped.reduce(0) { $0 + $1.executions }
    notices.warn(
      "\(CountText.count(count, "execution")) of \(CountText.count(skipped.count, "rule")) \(count == 1 ? "was" : "were") \(cause) "
        + "and \(count == 1 ? "is" : "are") skipped; --from runs a span of the past")
  }

  /// The executions that are not run any more, for the log.
  ///
  /// - Parameter times: those between which they were due, by rule id.
  private func skipped(
    _ times: [String: ClosedRange<Timestamp>], _ result: HuntResult, reason: String
  ) -> [AlertStore.Run] {
    result.outcomes.compactMap { outcome in
      guard let times = times[outcome.rule.ruleID] else { return nil }
      let count = RunSpan.executions(outcome.rule, times.lowerBound, times.upperBound)
      guard count > 0 else { return nil }
      return AlertStore.Run(
        ruleID: outcome.rule.ruleID, first: times.lowerBound, last: times.upperBound, executions: count, startedAt: now,
        took: 0, window: nil, searched: 0, matched: nil, alerts: 0, cut: 0, outcome: .skipped,
        reason: reason)
    }
  }
}

extension MissingPart {
  /// What is missing, and why, for a person; without a full stop where the reason has none.
  public var sentence: String {
    let span = times.map { " of \($0.lowerBound.iso8601) to \($0.upperBound.iso8601)" } ?? ""
    let what = CountText.count(count, "event")
    // Of some not even that is known how many events they have.
    let part = count < eventCount ? "\(what) among the \(eventCount)" : what
    return "\(part) of \(streamName)\(span) cannot be read: \(reason)"
  }
}
