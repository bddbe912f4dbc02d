import CloudTrail
import Events
import Policies
import Query

/// What alerts tell of other events than those they stand on: what a policy was before, and who opened a session.
///
/// A hunt notes it as it reads. Over stored data it is read once there are alerts that need it.
public struct AlertBackground: Sendable {
  var policies = PolicyLog()
  var sessions = SessionLog()

  public init() {}

  /// Hashes of the keys and sessions with which the sessions were opened that were read.
  public var openers: Set<UInt64> { sessions.openers(from: 0) }

  /// Which events may tell it; none where no alert asks.
  public struct Need: Sendable {
    /// Policies are set by events up to that time.
    public var policiesUntil: Timestamp?
    /// The times of the alerts' events that were made in sessions.
    public var sessionUses: ClosedRange<Timestamp>?
    /// Hashes of the keys and sessions that the alerts' events were made with.
    public var keys: Set<UInt64> = []

    /// When the sessions were opened that the alerts' events were made in, at depth 1; when those that these were opened from, at
    /// depth 2, and so on. Nil where no event was made in any.
    func openings(depth: Int) -> ClosedRange<Timestamp>? {
      sessionUses.map { uses in
        let before = Int64(depth) * SessionIndex.longestSession
        return Timestamp(
          milliseconds: uses.lowerBound.milliseconds - before)...Timestamp(
            milliseconds: uses.upperBound.milliseconds + SessionIndex.creationSlack)
      }
    }
  }
}

/// Reads the background of alerts out of stored events. One worker's own.
public final class BackgroundReader {
  private let sessionReader: SessionReader
  private let policyReader = PolicyReader()
  private let evaluator: QueryEvaluator
  private let query: BoundQuery
  private var background: AlertBackground
  private var left = 0

  /// The columns that policies and sessions are told by.
  public let policyFields: FieldPlan
  public static var sessionFields: FieldPlan { SessionReader.fields }

  public init(_ plan: HuntPlan) {
    var queries = QuerySet(catalog: plan.catalog, now: nil)
    query = queries.add(PolicyReader.query)
    evaluator = QueryEvaluator(queries)
    policyFields = queries.plan
    sessionReader = SessionReader(plan.context, catalog: plan.catalog)
    background = AlertBackground()
    background.sessions = SessionLog(plan.sessionMemory)
  }

  /// The rows of a batch with the columns of `policyFields` whose texts `readPolicy` is to be given.
  public func rowsSettingPolicies(in events: EventBatch) -> [Int] {
    evaluator.begin(events)
    defer { evaluator.end() }
    var rows: [Int] = []
    evaluator.rows(query).forEach(rowCount: events.rowCount) { rows.append($0) }
    return rows
  }

  /// Notes what an event did to policies.
  public func readPolicy(_ row: RecordRow) {
    do {
      guard let reading = try policyReader.read(row) else { return }
      background.policies.add(reading.settings, at: reading.event)
    } catch {
      noteUnread()
    }
  }

  /// An event that sets a policy could not be read.
  public func noteUnread() { left += 1 }

  /// The rows of a batch with the columns of `sessionFields` that `readSessions` is to be given.
  ///
  /// - Parameter wanted: hashes of the keys and sessions of which it matters who opened them.
  public func rowsOpeningSessions(in events: EventBatch, wanted: Set<UInt64>) -> [Int] {
    SessionReader.rows(of: events, opening: wanted)
  }

  /// Notes the sessions that rows of a batch opened, which has heads and the columns of `sessionFields`.
  public func readSessions(_ events: EventBatch, rows: [Int]) {
    sessionReader.read(events, rows: rows, into: &background.sessions)
  }

  /// What was read, and how many events that set policies could not be.
  public func finish() -> (background: AlertBackground, left: Int) { (background, left) }
}

extension HuntResult {
  /// Which events the alerts tell of beside their own.
  public func backgroundNeed() throws -> AlertBackground.Need {
    var need = AlertBackground.Need()
    let policies = PolicyReader()
    let sessions = SessionReader(plan.context, catalog: plan.catalog)
    for alert in planned {
      guard let kept = alert.kept else { continue }
      try findings.withRow(kept) { row in
        guard let time = row.ownTime else { return }
        if need.policiesUntil.map({ $0 < time }) ?? true, try policies.read(row) != nil { need.policiesUntil = time }
        let keys = sessions.uses(of: row)
        guard !keys.isEmpty else { return }
        need.keys.formUnion(keys)
        let uses = need.sessionUses ?? time...time
        need.sessionUses = min(uses.lowerBound, time)...max(uses.upperBound, time)
      }
    }
    return need
  }

  /// Takes over what was read for the alerts.
  public mutating func take(_ background: [AlertBackground]) {
    findings.policies += background.map(\.policies)
    for part in background { findings.sessions.merge(part.sessions) }
  }
}
