import Alerts
import CloudTrail
import Detection
import Events
import Ingestion
import Inputs
import JSON
import Store

/// One run of rules over what is stored at a moment: what is due, its alerts, and what is kept of it.
///
/// ```swift
/// var run = RuleRun(store, try store.snapshot(), alerts, plan, now: now)
/// if let span = try run.due(notices) {
///   let made = try await run.run(span)
///   let changed = try run.keep(made, span, seconds: 1.5, notices)
/// }
/// ```
public struct RuleRun<Store: AnswerKeeper>: Sendable {
  let store: Store
  let snapshot: PartedSnapshot<Store.Part>
  let alerts: AlertStore
  let plan: HuntPlan
  let now: Timestamp
  /// When events count as taken in for rules that go by that.
  public var view = IngestionView.stored
  /// False where fields have other types than those that are stored.
  public var asksColumns = true
  /// Whether new answers of rules are kept, where the store keeps any.
  public var keepsAnswers = true
  /// False where alerts are only looked at: there may be more of them than can be kept together.
  public var keepsAlerts = true
  /// All cores unless set.
  public var workers: Int?
  /// The most alerts that one execution of a query rule creates, whatever its `max_signals`.
  public var mostAlerts = 1000
  /// What `mostAlerts` is called where it is set.
  public var boundName = "--max-alerts"
  /// Executions that were due longer ago and have not run are skipped.
  public var catchUp = RetentionPolicy.Amount(text: "30d", value: 30 * 86_400_000)

  /// How far back executions are run again for events that came late, before the newest execution that was run.
  public var lateBound = RetentionPolicy.Amount(text: "14d", value: 14 * 86_400_000)

  /// - Parameters:
  ///   - store: open for keeping answers, where they are kept.
  ///   - now: the time up to which executions are due.
  public init(
    _ store: Store, _ snapshot: PartedSnapshot<Store.Part>, _ alerts: AlertStore, _ plan: HuntPlan, now: Timestamp
  ) {
    self.store = store
    self.snapshot = snapshot
    self.alerts = alerts
    self.plan = plan
    self.now = now
  }

  /// Runs the executions of a span. What turns out to be damaged is left out and told, and the rest is run over. Throws `TooManyAlerts`,
  /// `EventTextFault`, `AlertStoreError`, and what the store throws.
  public func run(_ span: RunSpan, progress: ReadingProgress = ReadingProgress()) async throws -> MadeAlerts {
    var unread = UnreadParts()
    while true {
      do {
        return try await run(span, without: unread, progress)
      } catch let error as EventTextFault {
        // A text that an alert tells of cannot be read: without its event there are other alerts.
        guard unread.note(error, in: snapshot) else { throw error }
      }
    }
  }

  private func run(_ span: RunSpan, without unread: UnreadParts, _ progress: ReadingProgress) async throws -> MadeAlerts
  {
    var plan = plan
    plan.countedTimes = plan.windows(from: { span.begin($0) }, to: span.last)
    var hunt = StoreHunt(store, snapshot, plan)
    if let workers { hunt.workers = workers }
    hunt.reach = plan.reach { span.begin($0) }
    hunt.view = view
    hunt.asksColumns = asksColumns
    hunt.keepsAnswers = keepsAnswers
    hunt.unread = unread
    var (summary, findings) = try await hunt.run(progress: progress)
    var former = try former(span)
    let earlier = EarlierDamage()
    var result = try replay(plan, findings, summary, span, former, earlier)
    earlier.leaveOut(of: &former)
    summary.problems.merge(result.alertProblems)
    let background = try await hunt.addBackground(to: &result)
    let missing =
      summary.missing + background.missing.filter { part in !summary.missing.contains { $0.number == part.number } }
    let (documents, counts) = try documents(result, span, former)
    return MadeAlerts(
      result: result, summary: summary, missing: missing, leftPolicies: background.left, documents: documents,
      counts: counts, damaged: former.damaged.sorted { ($0.tick, $0.id) < ($1.tick, $1.id) }, former: former,
      windows: plan.countedTimes)
  }

  private func replay(
    _ plan: HuntPlan, _ findings: HuntFindings, _ summary: StoreHuntSummary, _ span: RunSpan, _ former: FormerAlerts,
    _ damage: EarlierDamage
  ) throws -> HuntResult {
    // Rules over alerts read what is no event.
    let ofAlerts = plan.rulesOverAlerts.isEmpty ? nil : span.first...max(span.first, span.last)
    guard let times = summary.times ?? findings.overriddenSpan ?? ofAlerts else {
      return HuntResult(plan, findings, replay: nil, view)
    }
    var replay = Replay(events: times, earliestTick: span.first, latestTick: span.last)
    replay.mostAlerts = mostAlerts
    replay.firstTicks = span.since
    replay.counted = former.counted
    replay.suppressed = former.folded.mapValues { $0.map(\.alert) }
    replay.earlier = { [alerts] ruleID, first, body in
      // One by one: of a rule that has little room there may be many.
      let damaged = try alerts.forEachAlert(ofRule: ruleID, from: first, before: span.begin(ruleID)) { alert in
        if let document = try? JSONValue(parsing: alert.made[...]) { body(document) }
      }
      damage.note(damaged, of: ruleID)
    }
    let result = HuntResult(plan, findings, replay: replay, view)
    return try result.overAlerts(replay, view, known: former.known)
  }
}
