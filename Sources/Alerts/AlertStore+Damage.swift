import Events
import Foundation
import GRDB
import JSON

/// Documents that are not what was written: SQLite looks after the structure of its file alone.
extension AlertStore {
  /// The folder of the alerts.
  public var folder: String { String(path.dropLast("/alerts.sqlite".count)) }

  /// What is known of an alert whose document is damaged; nil for one that is sound.
  static func damage(_ row: Row) -> DamagedAlert? {
    let document: Data = row["document"]
    guard (row["checksum"] as Int64?) != DocumentChecksum.of(document) else { return nil }
    return DamagedAlert(id: row["id"], ruleID: row["rule_id"], tick: Timestamp(milliseconds: row["tick"]))
  }

  /// What is damaged, after all of it has been read: alerts in the order of their executions, and versions of rules, exceptions and
  /// the like.
  public func damage() throws -> (alerts: [DamagedAlert], documents: [DamagedDocument]) {
    try reading { (try Self.damagedAlerts($0), try Self.damagedDocuments($0)) }
  }

  private static func damagedAlerts(_ database: Database) throws -> [DamagedAlert] {
    var damaged: [DamagedAlert] = []
    let rows = try Row.fetchCursor(
      database, sql: "SELECT id, rule_id, tick, document, checksum FROM alerts ORDER BY tick, number")
    while let row = try rows.next() { if let damage = damage(row) { damaged.append(damage) } }
    return damaged
  }

  private static func damagedDocuments(_ database: Database) throws -> [DamagedDocument] {
    try Row.fetchAll(
      database,
      sql: "SELECT kind, key, version, is_current FROM documents WHERE \(damagedDocument) ORDER BY kind, key, version"
    ).compactMap { row in
      KeptDocument.Kind(rawValue: row["kind"]).map {
        DamagedDocument(kind: $0, key: row["key"], version: row["version"], isCurrent: row["is_current"])
      }
    }
  }

  /// Sets aside what is damaged, in the table `set_aside`: alerts, which a run may make anew then, and the texts of versions that do
  /// not count any longer. Of what counts, the text stays until there is another version. The audit log has it.
  ///
  /// - Returns: what was set aside.
  public func setDamagedAside(
    by who: String, at now: Timestamp
  ) throws -> (alerts: [DamagedAlert], documents: [DamagedDocument]) {
    try writing { database in
      let alerts = try Self.damagedAlerts(database)
      for alert in alerts {
        try database.execute(
          sql: """
            INSERT INTO set_aside (kind, key, tick, content, others, at, who)
              SELECT 'alert', id, tick, document, json_object('rule_id', rule_id, 'made_at', made_at, 'late', late,
                'contradicted_by', contradicted_by, 'revised', revised, 'status', status, 'reason', reason, 'tags', tags,
                'assignees', assignees, 'status_changed_at', status_changed_at, 'checksum', checksum), ?, ?
              FROM alerts WHERE id = ?
            """, arguments: [now.milliseconds, who, alert.id])
        try database.execute(sql: "DELETE FROM alerts WHERE id = ?", arguments: [alert.id])
        try Self.audit(
          AuditedChange(
            action: "alert-set-aside", target: alert.id,
            before: ["rule_id": .string(alert.ruleID), "execution": .string(alert.tick.iso8601)]),
          by: who, at: now, database)
      }
      let documents = try Self.damagedDocuments(database).filter { !$0.isCurrent }
      for document in documents {
        let place: StatementArguments = [document.kind.rawValue, document.key, document.version]
        try database.execute(
          sql: """
            INSERT INTO set_aside (kind, key, version, content, others, at, who)
              SELECT kind, key, version, CAST(text AS BLOB), json_object('checksum', checksum), ?, ?
              FROM documents WHERE kind = ? AND key = ? AND version = ?
            """, arguments: [now.milliseconds, who] + place)
        try database.execute(
          sql: "UPDATE documents SET text = NULL, checksum = NULL WHERE kind = ? AND key = ? AND version = ?",
          arguments: place)
        try Self.audit(
          AuditedChange(
            action: "\(document.kind.rawValue.replacing("_", with: "-"))-text-set-aside", target: document.key,
            before: ["version": .integer(Int64(document.version))]), by: who, at: now, database)
      }
      return (alerts, documents)
    }
  }
}
