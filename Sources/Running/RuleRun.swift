import Alerts
import CloudTrail
import Detection
import Events
import Ingestion
import Inputs
import JSON
import SegmentStore

/// One run of rules over what is stored at a moment: what is due, its alerts, and what is kept of it.
///
/// ```swift
/// var run = RuleRun(store, try store.snapshot(), alerts, plan, now: now)
/// if let span = try run.due(notices) {
///   let made = try await run.run(span)
///   let changed = try run.keep(made, span, seconds: 1.5, notices)
/// }
/// ```
public struct RuleRun: Sendable {
  let store: SegmentStore
  let snapshot: StoreSnapshot
  let alerts: AlertStore
  let plan: HuntPlan
  let now: Timestamp
  /// When events count as taken in for rules that go by that.
  public var view = IngestionView.stored
  /// False where fields have other types than those that are stored.
  public var asksColumns = true
  /// Whether new answers of rules are kept beside segments.
  public var keepsAnswers = true
  /// False where alerts are only looked at: there may be more of them than can be kept together.
  public var keepsAlerts = true
  /// All cores unless set.
  public var workers: Int?
  /// The most alerts that one execution of a query rule creates, whatever its `max_signals`.
  public var mostAlerts = 1000
  /// Executions that were due longer ago and have not run are skipped.
  public var catchUp = RetentionPolicy.Amount(text: "30d", value: 30 * 86_400_000)

  /// How far back executions are run again for events that came late, before the newest execution that was run.
  static let lateBound: Int64 = 14 * 86_400_000

  /// - Parameters:
  ///   - store: open for `.answering` or for writing, where answers are kept.
  ///   - now: the time up to which executions are due.
  public init(_ store: SegmentStore, _ snapshot: StoreSnapshot, _ alerts: AlertStore, _ plan: HuntPlan, now: Timestamp)
  {
    self.store = store
    self.snapshot = snapshot
    self.alerts = alerts
    self.plan = plan
    self.now = now
  }

  /// What executions came to, before anything of it is kept.
  public struct Made: Sendable {
    public var result: HuntResult
    public var summary: StoreHunt.Summary
    /// Segments that could not be read, of those that alerts tell of as well.
    public var missing: [StoreSnapshot.Missing]
    /// Events that set policies and could not be read.
    public var leftPolicies: Int
    /// The alerts as they are kept, with how many of them each rule made.
    public var documents: [AlertStore.Made]
    var counts: [String: Int]
    /// Alerts that executions would have looked at, and that are damaged.
    public var damaged: [DamagedAlert]
    /// The alerts of earlier executions, as far as they are sound.
    var former: FormerAlerts
    /// The times of the events that the executions of each rule searched.
    var windows: [String: ClosedRange<Timestamp>]
  }

  /// Runs the executions of a span. What turns out to be damaged is left out and told, and the rest is run over. Throws `TooManyAlerts`,
  /// `StoreError` and `AlertStoreError`.
  public func run(_ span: RunSpan, progress: ReadingProgress = ReadingProgress()) async throws -> Made {
    var unread = UnreadParts()
    while true {
      do {
        return try await run(span, without: unread, progress)
      } catch {
        // A text that an alert tells of cannot be read: without its event there are other alerts.
        guard unread.note(error, in: snapshot) else { throw error }
      }
    }
  }

  private func run(_ span: RunSpan, without unread: UnreadParts, _ progress: ReadingProgress) async throws -> Made {
    var plan = plan
    plan.countedTimes = plan.windows(from: { span.begin($0) }, to: span.last)
    var hunt = StoreHunt(store, snapshot, plan)
    if let workers { hunt.workers = workers }
    hunt.reach = plan.reach { span.begin($0) }
    hunt.view = view
    hunt.asksColumns = asksColumns
    hunt.keepsAnswers = keepsAnswers
    hunt.unread = unread
    let (summary, findings) = try await hunt.run(progress: progress)
    let former = try former(span)
    var result = try replay(plan, findings, summary, span, former)
    let background = try await hunt.addBackground(to: &result)
    let missing =
      summary.missing + background.missing.filter { part in !summary.missing.contains { $0.summary == part.summary } }
    let (documents, counts) = try documents(result, span, former)
    return Made(
      result: result, summary: summary, missing: missing, leftPolicies: background.left, documents: documents,
      counts: counts, damaged: former.damaged.sorted { ($0.tick, $0.id) < ($1.tick, $1.id) }, former: former,
      windows: plan.countedTimes)
  }

  private func replay(
    _ plan: HuntPlan, _ findings: HuntFindings, _ summary: StoreHunt.Summary, _ span: RunSpan, _ former: FormerAlerts
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
    let result = HuntResult(plan, findings, replay: replay, view)
    return try result.overAlerts(replay, view, known: former.known)
  }
}
