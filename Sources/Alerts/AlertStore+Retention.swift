import Events
import Foundation
import GRDB
import JSON

extension AlertStore {
  /// Stands for all bounds: another where one was set, changed or taken back.
  public func retentionMark() throws -> Int64 {
    try reading {
      try Int64.fetchOne(
        $0, sql: "SELECT max(number) FROM documents WHERE kind = ?", arguments: [KeptDocument.Kind.retention.rawValue])
        ?? 0
    }
  }

  /// Notes that events of a data stream up to a time are about to be deleted: from then on no run contradicts an alert on
  /// one of them, since what shows nothing any longer shows nothing against it. The audit log has it: twice where the process was killed
  /// before they were deleted, rather than not at all.
  ///
  /// - Parameter bytes: that they take on disk.
  public func noteDeletion(
    of dataStream: String, upTo time: Timestamp, events: Int, bytes: Int = 0, by who: String, at now: Timestamp
  ) throws {
    try writing { database in
      try Self.audit(
        AuditedChange(
          action: "events-deleted", target: dataStream,
          before: [
            "events": .integer(Int64(events)), "bytes": .integer(Int64(bytes)), "up_to": .string(time.iso8601),
          ]), by: who, at: now, database)
      try database.execute(
        sql: """
          INSERT INTO deletions VALUES (?, ?, ?, ?) ON CONFLICT (data_stream) DO UPDATE SET
            up_to = max(up_to, excluded.up_to), events = events + excluded.events, last_at = excluded.last_at
          """, arguments: [dataStream, time.milliseconds, events, now.milliseconds])
    }
  }

  /// Events that were deleted of a data stream.
  public struct Deletions: Equatable, Sendable {
    /// The time of the newest of them.
    public var upTo: Timestamp
    public var events: Int
    public var lastAt: Timestamp
  }

  /// What was deleted, by data stream.
  public func deletions() throws -> [String: Deletions] {
    try reading { database in
      try Dictionary(
        uniqueKeysWithValues: Row.fetchAll(database, sql: "SELECT * FROM deletions").map { row in
          (
            row["data_stream"],
            Deletions(
              upTo: Timestamp(milliseconds: row["up_to"]), events: row["events"],
              lastAt: Timestamp(milliseconds: row["last_at"]))
          )
        })
    }
  }

  /// Up to when events were deleted, by data stream.
  static func deleted(_ database: Database) throws -> [String: Int64] {
    try Dictionary(
      uniqueKeysWithValues: Row.fetchAll(database, sql: "SELECT data_stream, up_to FROM deletions").map {
        ($0[0], $0[1])
      })
  }

  /// True for an alert on an event that may have been deleted.
  static func isOnDeleted(_ alert: StoredAlert, _ deleted: [String: Int64]) -> Bool {
    guard !deleted.isEmpty, let document = try? JSONValue(parsing: alert.made[...]) else { return false }
    let ancestors = document["kibana.alert.ancestors"]?.arrayValue ?? []
    let time =
      document["kibana.alert.original_time"]?.stringValue.flatMap { Timestamp(iso8601: $0) } ?? alert.tick
    let streams = ancestors.compactMap { $0["index"]?.stringValue }
    return (streams.isEmpty ? Array(deleted.keys) : streams).contains { time.milliseconds <= deleted[$0] ?? .min }
  }

  /// True for an alert whose execution looked at events that may have been deleted, by its document.
  ///
  /// - Parameter withHistory: whether what it looked for in its history counts as well.
  static func reachesDeleted(
    _ document: [UInt8], _ ruleID: String, _ deleted: [String: Int64], _ sight: Sight, withHistory: Bool
  ) -> Bool {
    guard let upTo = deleted.lazy.filter({ sight.reads(ruleID, $0.key) }).map(\.value).max(),
      let evidence = try? JSONValue(parsing: document[...])["martlet"]?["evidence"]
    else { return false }
    // When events were taken in says nothing of how old they were.
    guard evidence["field"] == nil else { return true }
    let begins = [evidence["window"]?["from"], withHistory ? evidence["history"]?["from"] : nil]
    return begins.contains { begin in
      begin?.stringValue.flatMap { Timestamp(iso8601: $0) }.map { $0.milliseconds <= upTo } ?? false
    }
  }

  // MARK: Alerts and runs

  /// Deletes the alerts of executions before a time, and of those that are left the oldest until the documents of the others
  /// have so many bytes at most, with what people did with them. What is nil has no bound. The audit log has how many.
  ///
  /// - Returns: how many, and how many of them were open.
  public func deleteAlerts(
    before time: Timestamp?, beyond bytes: Int?, by who: String, at now: Timestamp
  ) throws -> (alerts: Int, open: Int) {
    try writing { database in
      var bound: (tick: Int64, number: Int64)?
      if let bytes {
        // The oldest that still finds room, from the newest on.
        var left = bytes
        let rows = try Row.fetchCursor(
          database, sql: "SELECT tick, number, length(document) FROM alerts ORDER BY tick DESC, number DESC")
        while let row = try rows.next() {
          left -= row[2]
          if left < 0 {
            bound = (row[0], row[1])
            break
          }
        }
      }
      let condition = "tick < ?1 OR tick < ?2 OR (tick = ?2 AND number <= ?3)"
      let arguments: StatementArguments = [
        time?.milliseconds ?? .min, bound?.tick ?? .min, bound?.number ?? .min,
      ]
      let counts = try Row.fetchOne(
        database, sql: "SELECT count(*), ifnull(sum(status = 'open'), 0), max(tick) FROM alerts WHERE \(condition)",
        arguments: arguments)
      let (count, open): (Int, Int) = (counts?[0] ?? 0, counts?[1] ?? 0)
      guard count > 0 else { return (0, 0) }
      let last: Int64? = counts?[2]
      try Self.audit(
        AuditedChange(
          action: "alerts-deleted", target: "alerts",
          before: [
            "alerts": .integer(Int64(count)), "open": .integer(Int64(open)),
            "up_to": last.map { .string(Timestamp(milliseconds: $0).iso8601) } ?? .null,
          ]), by: who, at: now, database)
      for table in ["notes", "changes"] {
        try database.execute(
          sql: "DELETE FROM \(table) WHERE alert IN (SELECT id FROM alerts WHERE \(condition))", arguments: arguments)
      }
      try database.execute(sql: "DELETE FROM alerts WHERE \(condition)", arguments: arguments)
      return (count, open)
    }
  }

  /// Bytes that an entry of the log of runs counts for.
  private static let runBytes = 200

  /// Deletes what the log says of runs before a time, and of those that are left the oldest until the others count for so many
  /// bytes at most. Of each rule the last run and the last that was done stay. The audit log has how many. Returns how many were deleted.
  public func deleteRuns(
    before time: Timestamp?, beyond bytes: Int?, by who: String, at now: Timestamp
  ) throws -> Int {
    try writing { database in
      let least =
        try bytes.flatMap { bytes in
          try Int64.fetchOne(
            database, sql: "SELECT number FROM runs ORDER BY number DESC LIMIT 1 OFFSET ?",
            arguments: [bytes / Self.runBytes])
        } ?? -1
      try database.execute(
        sql: """
          DELETE FROM runs WHERE (started_at < ? OR number <= ?)
            AND number NOT IN (SELECT max(number) FROM runs GROUP BY rule_id)
            AND number NOT IN (SELECT max(number) FROM runs WHERE outcome = 'done' GROUP BY rule_id)
          """, arguments: [time?.milliseconds ?? .min, least])
      let count = database.changesCount
      if count > 0 {
        try Self.audit(
          AuditedChange(action: "runs-deleted", target: "runs", before: ["runs": .integer(Int64(count))]), by: who,
          at: now,
          database)
      }
      return count
    }
  }
}
