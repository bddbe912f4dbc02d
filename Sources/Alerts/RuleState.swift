import Events
import GRDB

extension AlertStore {
  /// How far a rule has come.
  public struct RuleState: Sendable {
    /// From when on its executions are due: when it was first known.
    public var since: Timestamp
    /// The last execution that was run or skipped.
    public var lastTick: Timestamp?
    /// The last segment of events that its executions have seen; 0 before the first.
    public var lastSegment: Int64 = 0
    /// Of a rule that was off: up to when it had run by then, and behind which time its executions are due again. The last time counts.
    public var pause: (left: Timestamp, resumed: Timestamp)?
    /// True where executions of a time to come had been run, and what was due before is due again.
    public var isSetBack = false

    public init(since: Timestamp, lastTick: Timestamp? = nil, lastSegment: Int64 = 0) {
      self.since = since
      self.lastTick = lastTick
      self.lastSegment = lastSegment
    }

    /// Up to when nothing is due.
    public var done: Timestamp { max(lastTick ?? since, since, pause?.resumed ?? since) }
    /// Up to when all has been run or skipped.
    public var place: Timestamp { off == nil ? done : lastTick ?? done }
    /// The times whose executions fell due while it was off, and have not been skipped yet; nil where there are none.
    public var off: ClosedRange<Timestamp>? {
      guard let lastTick, let resumed = pause?.resumed, lastTick.milliseconds < resumed.milliseconds - 1 else {
        return nil
      }
      return Timestamp(milliseconds: lastTick.milliseconds + 1)...Timestamp(milliseconds: resumed.milliseconds - 1)
    }

    /// From when on executions run again, where the first of what has come lies at a time.
    ///
    /// What came while the rule was off has none of before run again. What came since has those that were run before that, and then
    /// all behind them; for what no execution could have seen that was run, none that was skipped is.
    public func again(from time: Timestamp) -> Timestamp {
      if let pause, off != nil || time > pause.left { return max(time, pause.resumed) }
      return max(time, since)
    }
  }

  /// How far rules have come that have run or waited before.
  public func knownStates(of ruleIDs: [String]) throws -> [String: RuleState] {
    try reading { try Self.states(of: ruleIDs, $0) }
  }

  /// So many rules are asked for one by one; for more all are read.
  private static let fewRules = 16

  static func states(of ruleIDs: [String], _ database: Database) throws -> [String: RuleState] {
    let columns = "SELECT rule_id, since, last_tick, last_segment, left_at, resumed_at FROM rule_states"
    var states: [String: RuleState] = [:]
    if ruleIDs.count > fewRules {
      let wanted = Set(ruleIDs)
      let rows = try Row.fetchCursor(database.cachedStatement(sql: columns))
      while let row = try rows.next() {
        let id: String = row[0]
        if wanted.contains(id) { states[id] = state(row) }
      }
    } else {
      let statement = try database.cachedStatement(sql: columns + " WHERE rule_id = ?")
      for id in ruleIDs { states[id] = try Row.fetchOne(statement, arguments: [id]).map(state) }
    }
    return states
  }

  private static func state(_ row: Row) -> RuleState {
    let (last, left, resumed): (Int64?, Int64?, Int64?) = (row[2], row[4], row[5])
    var state = RuleState(
      since: Timestamp(milliseconds: row[1]), lastTick: last.map { Timestamp(milliseconds: $0) }, lastSegment: row[3])
    if let left, let resumed {
      state.pause = (Timestamp(milliseconds: left), Timestamp(milliseconds: resumed))
    }
    return state
  }

  /// How far rules have come; a rule that is not known yet begins now. One that has come farther than `now`, which only a clock
  /// that was ahead can bring about, is taken back to its last execution before.
  public func states(of ruleIDs: [String], at now: Timestamp) throws -> [String: RuleState] {
    try writing { database in
      var states = try Self.states(of: ruleIDs, database)
      for id in ruleIDs {
        guard var state = states[id] else {
          try database.cachedStatement(sql: "INSERT INTO rule_states (rule_id, since) VALUES (?, ?)")
            .execute(arguments: [id, now.milliseconds])
          states[id] = RuleState(since: now)
          continue
        }
        if state.done > now {
          // Once the clock was ahead. What it skipped then is due yet, and what came before it may not have been seen.
          state.lastTick = try Int64.fetchOne(
            database,
            sql: "SELECT max(last_tick) FROM runs WHERE rule_id = ? AND outcome <> 'skipped' AND last_tick <= ?",
            arguments: [id, now.milliseconds]
          ).map { Timestamp(milliseconds: $0) }
          state.since = min(state.since, now)
          state.lastSegment = 0
          if let pause = state.pause, pause.resumed > now { state.pause = nil }
          try database.execute(
            sql: """
              UPDATE rule_states SET since = ?, last_tick = ?, last_segment = 0, left_at = ?, resumed_at = ?
                WHERE rule_id = ?
              """,
            arguments: [
              state.since.milliseconds, state.lastTick?.milliseconds, state.pause?.left.milliseconds,
              state.pause?.resumed.milliseconds, id,
            ])
          // What they found then says nothing of their time: an alert of it is new, and not late.
          try database.execute(
            sql:
              "UPDATE runs SET outcome = 'failed', reason = ? WHERE rule_id = ? AND outcome = 'done' AND last_tick > ?",
            arguments: ["the clock was ahead; these executions are run again at their time", id, now.milliseconds])
          state.isSetBack = true
        }
        states[id] = state
      }
      return states
    }
  }
}
