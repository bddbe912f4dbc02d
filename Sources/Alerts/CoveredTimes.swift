import Events
import GRDB

extension AlertStore {
  /// The executions that have been done before, of the rules that are asked for.
  struct CoveredTimes {
    /// By rule, the first execution that matters.
    private let firsts: [String: Timestamp]
    private var times: [String: [ClosedRange<Int64>]] = [:]

    init(_ alerts: [Made]) { firsts = Dictionary(alerts.lazy.map { ($0.ruleID, $0.tick) }, uniquingKeysWith: min) }

    /// Whether the execution of an alert has. The log of its rule, which may be long, is read once for all of them.
    mutating func contains(_ alert: Made, _ database: Database) throws -> Bool {
      let tick = alert.tick.milliseconds
      if let known = times[alert.ruleID] { return known.contains { $0.contains(tick) } }
      let rows = try Row.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT first_tick, last_tick FROM runs WHERE rule_id = ? AND last_tick >= ? AND outcome = 'done'
              ORDER BY first_tick
            """),
        arguments: [alert.ruleID, (firsts[alert.ruleID] ?? alert.tick).milliseconds])
      // Each run begins where the one before ended, so that little is left of many.
      var found: [ClosedRange<Int64>] = []
      for row in rows {
        let (first, last): (Int64, Int64) = (row[0], row[1])
        if let before = found.last, first <= before.upperBound {
          found[found.count - 1] = before.lowerBound...max(before.upperBound, last)
        } else {
          found.append(first...max(first, last))
        }
      }
      times[alert.ruleID] = found
      return found.contains { $0.contains(tick) }
    }
  }
}
