import Events
import GRDB

extension AlertStore {
  /// Switches a rule on or off in the folder, whatever its own text says; false where it was so already.
  ///
  /// - Parameter resuming: from when on executions of a rule that is switched on are due, where it has not come so far: what fell due
  ///   before is skipped. Nil where all of it stays due.
  public func setRule(
    _ ruleID: String, isEnabled: Bool, resuming: Timestamp? = nil, by who: String, at now: Timestamp
  ) throws -> Bool {
    try writing { database in
      let before = try Bool.fetchOne(
        database, sql: "SELECT is_enabled FROM rule_switches WHERE rule_id = ?", arguments: [ruleID])
      guard before != isEnabled else { return false }
      try database.execute(
        sql: "INSERT OR REPLACE INTO rule_switches VALUES (?, ?, ?, ?)",
        arguments: [ruleID, isEnabled, who, now.milliseconds])
      if isEnabled, let resuming { try Self.resume(ruleID, from: resuming, database) }
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

  /// Skips what of a rule fell due before a time; nothing of one that has come so far, or has never run.
  static func resume(_ ruleID: String, from begin: Timestamp, _ database: Database) throws {
    try database.execute(
      sql: "UPDATE rule_states SET since = ?1 WHERE rule_id = ?2 AND max(since, ifnull(last_tick, since)) < ?1",
      arguments: [begin.milliseconds, ruleID])
  }
}

extension AlertStore.DocumentChanges {
  /// Skips what of a rule fell due before a time, since it was off then and is on with these changes; nothing of one that has come so
  /// far, or has never run.
  public func resumeRule(_ ruleID: String, from begin: Timestamp) throws {
    try AlertStore.resume(ruleID, from: begin, database)
  }
}
