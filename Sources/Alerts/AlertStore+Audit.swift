import Events
import Foundation
import GRDB
import Hashing
import JSON

// The audit log: an entry for each change, written in the transaction that makes it.
extension AlertStore {
  /// Writes an entry, in the transaction of the change.
  ///
  /// - Parameter former: the last entry of a log that was lost, behind which this one goes on.
  static func audit(
    _ change: AuditedChange, by who: String, at now: Timestamp, _ database: Database, behind former: Int64 = 0
  ) throws {
    let last = try Row.fetchOne(database, sql: "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
    let number = (last?["number"] as Int64? ?? former) + 1
    let text = change.text(number: number, by: who, at: now)
    let previous = last.map { Array($0["hash"] as Data) } ?? AuditEntry.origin(of: text)
    let hash = AuditEntry.hash(of: text, after: previous)
    try database.execute(
      sql: "INSERT INTO audit (number, entry, hash) VALUES (?, ?, ?)", arguments: [number, text, Data(hash.bytes)])
  }

  /// Notes that somebody has notifications sent again, before they are put into their queue, which is a file of its own.
  public func noteResending(_ count: Int, by channel: String, who: String, at now: Timestamp) throws {
    try writing { database in
      try Self.audit(
        AuditedChange(
          action: "notifications-resent", target: channel, after: ["notifications": .integer(Int64(count))]),
        by: who, at: now, database)
    }
  }

  /// Entries that are not among the stored events yet, the oldest first.
  public func auditToStore(limit: Int) throws -> [AuditEntry] {
    try reading { database in
      let stored = try Int64.fetchOne(database, sql: "SELECT stored FROM audit_progress") ?? 0
      return try Row.fetchAll(
        database, sql: "SELECT number, entry FROM audit WHERE number > ? ORDER BY number LIMIT ?",
        arguments: [stored, limit]
      ).map { row in
        let number: Int64 = row["number"]
        let before = try Data.fetchOne(
          database, sql: "SELECT hash FROM audit WHERE number = ?", arguments: [number - 1])
        return Self.entry(row, after: before.map { Array($0) } ?? AuditEntry.origin(of: row["entry"]))
      }
    }
  }

  /// Notes that all entries up to one are among the stored events.
  public func noteAuditStored(upTo number: Int64) throws {
    try writing { database in
      try database.execute(sql: "UPDATE audit_progress SET stored = max(stored, ?)", arguments: [number])
    }
  }

  /// Goes through the audit log from its first entry on, and looks whether each follows from the one before.
  ///
  /// - Parameters:
  ///   - stored: documents of the data stream of the audit log, as they are stored.
  /// - Returns: how many entries there are, the number of the first (where it is not 1, those before were lost and the log begun anew), the
  ///   hash of the last, and what is wrong, a sentence each.
  public func auditFaults(
    stored: [JSONValue]
  ) throws -> (entries: Int, first: Int64, last: String, faults: [String]) {
    try reading { database in
      var faults: [String] = []
      var copies: [Int64: [JSONValue]] = [:]
      for document in stored { copies[Self.number(of: document), default: []].append(document) }
      let noted = try Int64.fetchOne(database, sql: "SELECT stored FROM audit_progress") ?? 0
      var (first, count, hash): (Int64, Int64, [UInt8]) = (1, 0, AuditEntry.origin)
      let rows = try Row.fetchCursor(database, sql: "SELECT number, entry, hash FROM audit ORDER BY number")
      while let row = try rows.next() {
        let number: Int64 = row["number"]
        if count == 0, AuditEntry.isBeginning(row["entry"]) {
          (first, count, hash) = (number, number - 1, AuditEntry.origin(of: row["entry"]))
          // What is stored of the log before is all that is left of it.
          copies = copies.filter { $0.key >= number }
        }
        let entry = Self.entry(row, after: hash)
        let kept = Array(row["hash"] as Data)
        if number != count + 1 {
          faults.append("the audit log lacks what came between its entries \(count) and \(number)")
        } else if kept != entry.hash.bytes {
          faults.append("entry \(number) of the audit log is not what was written: its hash is not that of its text")
        }
        for copy in copies.removeValue(forKey: number) ?? [] where copy != entry.document {
          faults.append(
            "entry \(number) of the audit log is not the event of \(AuditEntry.dataStream) that was stored of it")
        }
        (count, hash) = (number, kept)
      }
      if noted > count {
        faults.append("the audit log ends with entry \(count), and had \(noted) when they were last stored as events")
      }
      for (number, _) in copies.sorted(by: { $0.key < $1.key }).prefix(20) {
        faults.append(
          "an event of \(AuditEntry.dataStream) says that it is entry \(number) of the audit log, which has none")
      }
      return (Int(count - first + 1), first, hash.map { String(format: "%02x", $0) }.joined(), faults)
    }
  }

  /// True where the alerts there were are lost, and what was known beside them.
  public func isBegunAnew() throws -> Bool {
    try reading { database in
      let first = try String.fetchOne(database, sql: "SELECT entry FROM audit ORDER BY number LIMIT 1")
      return first.map(AuditEntry.isBeginning) ?? false
    }
  }

  private static func entry(_ row: Row, after previous: [UInt8]) -> AuditEntry {
    let text: String = row["entry"]
    return AuditEntry(number: row["number"], text: text, hash: AuditEntry.hash(of: text, after: previous))
  }
}
