import Events
import GRDB

// What the log of runs says.
extension AlertStore {
  /// What the log comes to for one rule.
  public struct RuleLog: Sendable {
    /// The latest run, whatever span it was of.
    public var latest: Run
    /// How often the rule failed since it was last done.
    public var failures: Int
    /// How far the rule has come; nil where that is not known.
    public var state: RuleState?
  }

  /// What the log comes to for each rule that has run.
  public func ruleLogs() throws -> [RuleLog] {
    try reading { database in
      let logs = try Row.fetchAll(
        database,
        sql: """
          SELECT runs.*, (SELECT count(*) FROM runs later WHERE later.rule_id = runs.rule_id AND later.outcome = 'failed'
            AND later.number > ifnull((SELECT max(number) FROM runs done WHERE done.rule_id = runs.rule_id
              AND done.outcome = 'done'), 0)) AS failures
          FROM runs WHERE runs.number IN (SELECT max(number) FROM runs GROUP BY rule_id) ORDER BY runs.rule_id
          """
      ).map { RuleLog(latest: Self.run($0), failures: $0["failures"]) }
      let states = try Self.states(of: logs.map(\.latest.ruleID), database)
      return logs.map { RuleLog(latest: $0.latest, failures: $0.failures, state: states[$0.latest.ruleID]) }
    }
  }

  /// The log of runs, the latest first.
  ///
  /// - Parameter ruleID: only those of this rule; all unless given.
  public func runs(ofRule ruleID: String? = nil, limit: Int) throws -> [Run] {
    try reading { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM runs WHERE ?1 IS NULL OR rule_id = ?1 ORDER BY number DESC LIMIT ?2",
        arguments: [ruleID, limit]
      ).map(Self.run)
    }
  }

  /// The times between which executions were skipped and have not been run since, by rule, both ends included, in order.
  public func gaps() throws -> [String: [ClosedRange<Timestamp>]] {
    try reading { database in
      var gaps: [String: [ClosedRange<Int64>]] = [:]
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT rule_id, first_tick, last_tick, outcome FROM runs WHERE outcome IN ('skipped', 'done')
            AND rule_id IN (SELECT rule_id FROM runs WHERE outcome = 'skipped') ORDER BY number
          """)
      while let row = try rows.next() {
        let (rule, first, last, outcome): (String, Int64, Int64, String) = (row[0], row[1], row[2], row[3])
        guard first <= last else { continue }
        let others = (gaps[rule] ?? []).flatMap { Self.without(first...last, $0) }
        gaps[rule] = outcome == "skipped" ? others + [first...last] : others
      }
      return gaps.compactMapValues { spans in
        spans.isEmpty
          ? nil
          : spans.sorted { $0.lowerBound < $1.lowerBound }.map {
            Timestamp(milliseconds: $0.lowerBound)...Timestamp(milliseconds: $0.upperBound)
          }
      }
    }
  }

  /// What is left of a span.
  private static func without(_ part: ClosedRange<Int64>, _ span: ClosedRange<Int64>) -> [ClosedRange<Int64>] {
    guard span.overlaps(part) else { return [span] }
    var left: [ClosedRange<Int64>] = []
    if span.lowerBound < part.lowerBound { left.append(span.lowerBound...(part.lowerBound - 1)) }
    if part.upperBound < span.upperBound { left.append((part.upperBound + 1)...span.upperBound) }
    return left
  }

  private static func run(_ row: Row) -> Run {
    let (from, to): (Int64?, Int64?) = (row["window_from"], row["window_to"])
    var run = Run(
      ruleID: row["rule_id"], first: Timestamp(milliseconds: row["first_tick"]),
      last: Timestamp(milliseconds: row["last_tick"]), executions: row["executions"],
      startedAt: Timestamp(milliseconds: row["started_at"]), took: row["took"], searched: row["searched"],
      matched: row["matched"], alerts: row["alerts"], cut: row["cut"],
      outcome: Run.Outcome(rawValue: row["outcome"]) ?? .failed, reason: row["reason"],
      warnings: Run.warnings(row["warnings"]))
    if let from, let to, from <= to { run.window = Timestamp(milliseconds: from)...Timestamp(milliseconds: to) }
    return run
  }
}
