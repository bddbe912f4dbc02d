import Events
import GRDB

extension AlertStore {
  /// A rule that somebody put into the folder, in one of its versions.
  public struct KeptRule: Equatable, Sendable {
    public var ruleID: String
    /// Counted from 1 for each rule.
    public var version: Int
    /// The rule as a line of an export of Kibana.
    public var text: String
    public var keptAt: Timestamp
    public var who: String
  }

  /// What keeping a rule came to.
  public enum Keeping: Sendable {
    /// There was none of its id.
    case new
    /// Another version was there, which is kept.
    case changed
    /// It was there as it is.
    case same
  }

  /// Keeps a rule as the one of its id; earlier versions stay.
  public func keep(rule ruleID: String, _ text: String, by who: String, at now: Timestamp) throws -> Keeping {
    try writing { database in
      let row = try Row.fetchOne(
        database, sql: "SELECT version, text, is_current FROM rules WHERE rule_id = ? ORDER BY version DESC LIMIT 1",
        arguments: [ruleID])
      let isCurrent: Bool = row?["is_current"] ?? false
      if let row, isCurrent, row["text"] == text { return .same }
      let version: Int = (row?["version"] ?? 0) + 1
      try database.execute(sql: "UPDATE rules SET is_current = 0 WHERE rule_id = ?", arguments: [ruleID])
      try database.execute(
        sql: "INSERT INTO rules (rule_id, version, text, kept_at, who, is_current) VALUES (?, ?, ?, ?, ?, 1)",
        arguments: [ruleID, version, text, now.milliseconds, who])
      return isCurrent ? .changed : .new
    }
  }

  /// The rules of the folder in their current versions, by id.
  public func keptRules() throws -> [KeptRule] {
    try reading { database in
      try Row.fetchAll(database, sql: "SELECT * FROM rules WHERE is_current ORDER BY rule_id").map(Self.rule)
    }
  }

  /// All versions of a rule, the oldest first.
  public func versions(of ruleID: String) throws -> [KeptRule] {
    try reading { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM rules WHERE rule_id = ? ORDER BY version", arguments: [ruleID]
      ).map(Self.rule)
    }
  }

  private static func rule(_ row: Row) -> KeptRule {
    KeptRule(
      ruleID: row["rule_id"], version: row["version"], text: row["text"],
      keptAt: Timestamp(milliseconds: row["kept_at"]), who: row["who"])
  }

  /// Takes a rule out of the folder; its versions and alerts stay. False where there is none.
  public func remove(rule ruleID: String) throws -> Bool {
    try writing { database in
      try database.execute(
        sql: "UPDATE rules SET is_current = 0 WHERE rule_id = ? AND is_current", arguments: [ruleID])
      return database.changesCount > 0
    }
  }

  /// Switches a rule on or off in the folder, whatever its own text says; false where it was so already.
  public func setRule(_ ruleID: String, isEnabled: Bool, by who: String, at now: Timestamp) throws -> Bool {
    try writing { database in
      let before = try Bool.fetchOne(
        database, sql: "SELECT is_enabled FROM rule_switches WHERE rule_id = ?", arguments: [ruleID])
      guard before != isEnabled else { return false }
      try database.execute(
        sql: "INSERT OR REPLACE INTO rule_switches VALUES (?, ?, ?, ?)",
        arguments: [ruleID, isEnabled, who, now.milliseconds])
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
}
