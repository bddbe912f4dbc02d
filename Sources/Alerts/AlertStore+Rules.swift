import Events
import GRDB
import JSON

extension AlertStore {
  /// Switches a rule on or off in the folder, whatever its own text says; false where it was so already.
  ///
  /// - Parameter catchingUp: of what fell due while a rule was off that is switched on so many of the last milliseconds are run, and
  ///   what is before them is skipped. Nil where all of it stays due.
  public func setRule(
    _ ruleID: String, isEnabled: Bool, catchingUp: Int64? = nil, by who: String, at now: Timestamp
  ) throws -> Bool {
    try writing { database in
      let before = try Row.fetchOne(
        database, sql: "SELECT is_enabled, at FROM rule_switches WHERE rule_id = ?", arguments: [ruleID])
      guard before?["is_enabled"] != isEnabled else { return false }
      try database.execute(
        sql: "INSERT OR REPLACE INTO rule_switches VALUES (?, ?, ?, ?)",
        arguments: [ruleID, isEnabled, who, now.milliseconds])
      if isEnabled, let catchingUp {
        try Self.resume(ruleID, at: now, catchingUp: catchingUp, offSince: before?["at"], database)
      }
      try Self.audit(
        AuditedChange(action: isEnabled ? "rule-enabled" : "rule-disabled", target: ruleID), by: who, at: now, database)
      return true
    }
  }

  /// Which rules were switched on or off.
  public func switches() throws -> [String: Bool] {
    try reading { database in
      try Dictionary(
        uniqueKeysWithValues: Row.fetchAll(database, sql: "SELECT rule_id, is_enabled FROM rule_switches").map {
          ($0[0], $0[1])
        })
    }
  }

  /// Skips what of a rule fell due while it was off, but for the last milliseconds before now; nothing of one that has come so far.
  ///
  /// What fell due before it was off has its turn: of a rule that was behind by then, as where runs are made once a day, nothing is
  /// skipped, since a run covers all executions between two times.
  ///
  /// - Parameter offSince: when it was switched off, in milliseconds since the epoch; nil where that is not by a switch, but by
  ///   what the folder has of the rule.
  static func resume(
    _ ruleID: String, at now: Timestamp, catchingUp: Int64, offSince: Int64?, _ database: Database
  ) throws {
    let off = try offSince ?? Self.offSince(ruleID, database)
    let begin = now.milliseconds - catchingUp
    if let off, off >= begin { return }
    try database.execute(
      sql: """
        UPDATE rule_states SET
          since = CASE WHEN last_tick IS NULL THEN ?1 ELSE since END,
          left_at = last_tick, resumed_at = CASE WHEN last_tick IS NULL THEN NULL ELSE ?1 END
        WHERE rule_id = ?2 AND max(since, ifnull(last_tick, since), ifnull(resumed_at, since)) < ?1
          AND (?3 IS NULL OR max(since, ifnull(last_tick, since), ifnull(resumed_at, since)) >= ?3)
        """, arguments: [begin, ruleID, off.map { $0 - catchingUp }])
  }

  /// Since when a rule is off by what the folder has of it, in milliseconds since the epoch: the first of the versions up to the last
  /// that are off, or that it was taken out. Nil where it is on, or where the folder has nothing of it.
  private static func offSince(_ ruleID: String, _ database: Database) throws -> Int64? {
    var since: Int64?
    let rows = try Row.fetchCursor(
      database, sql: "SELECT text, kept_at FROM documents WHERE kind = ? AND key = ? ORDER BY version DESC",
      arguments: [KeptDocument.Kind.rule.rawValue, ruleID])
    while let row = try rows.next() {
      let text: String? = row[0]
      if let text, (try? JSONValue(parsing: text))?["enabled"] != .bool(false) { break }
      since = row[1]
    }
    return since
  }
}

extension AlertStore.DocumentChanges {
  /// Skips what of a rule fell due while it was off that is on with these changes, but for the last milliseconds before them; nothing of
  /// one that has come so far. To be called before the changes of the rule itself.
  public func resumeRule(_ ruleID: String, catchingUp: Int64) throws {
    try AlertStore.resume(ruleID, at: now, catchingUp: catchingUp, offSince: nil, database)
  }
}
