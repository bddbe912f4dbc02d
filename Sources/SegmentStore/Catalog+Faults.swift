import Events
import GRDB
import Store

extension Catalog {
  /// What stands in the catalog without a segment having it.
  struct Strays: Sendable {
    /// Hidden rows beyond those of their segment, by its number.
    var hidden: [Int64: Int] = [:]
    /// Rows of tables that belong to no segment, by table.
    var orphans: [String: Int] = [:]
    /// Segments of which spans are there, though it is said that they are not known.
    var spans: Set<Int64> = []

    var isEmpty: Bool { hidden.isEmpty && orphans.isEmpty }
  }

  /// The tables that say something of segments.
  private static let tables = ["hidden_rows", "set_aside", "answers", "field_spans"]

  /// Faults of the catalog's own structure, as SQLite finds them.
  func faults() throws -> [String] {
    try database.read { database in
      var faults = try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
      if try Int.fetchOne(database, sql: "SELECT count(*) FROM folder") != 1 {
        faults.append("what it says of the folder is gone: put back a backup of the folder")
      }
      return faults
    }
  }

  func strays() throws -> Strays {
    try database.read { database in
      var strays = Strays()
      let hidden = try Row.fetchCursor(
        database,
        sql: """
          SELECT segment, count(*) FROM hidden_rows JOIN segments ON number = segment
          WHERE row < 0 OR row >= rows GROUP BY segment
          """)
      while let row = try hidden.next() { strays.hidden[row[0]] = row[1] }
      for table in Self.tables where try database.tableExists(table) {
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table) WHERE \(Self.isOrphan(table))") ?? 0
        if count > 0 { strays.orphans[table] = count }
      }
      if try database.tableExists("field_spans") {
        strays.spans = try Set(
          Int64.fetchAll(
            database,
            sql: "SELECT DISTINCT segment FROM field_spans JOIN segments ON number = segment WHERE has_spans <> 1"))
      }
      return strays
    }
  }

  private static func isOrphan(_ table: String) -> String {
    "segment NOT IN (SELECT \(table == "answers" ? "name" : "number") FROM segments)"
  }

  /// Writes what segments turned out to say of themselves.
  static func correct(_ change: Change, in database: Database) throws {
    for (segment, times) in change.times {
      try database.execute(
        sql: "UPDATE segments SET earliest = ?, latest = ? WHERE number = ?",
        arguments: [times?.lowerBound.milliseconds, times?.upperBound.milliseconds, segment])
    }
    for (segment, spans) in change.spans {
      try database.execute(sql: "DELETE FROM field_spans WHERE segment = ?", arguments: [segment])
      try keep(spans, of: segment, in: database)
      try database.execute(sql: "UPDATE segments SET has_spans = 1 WHERE number = ?", arguments: [segment])
    }
    for (segment, row) in change.counted {
      try database.execute(sql: "DELETE FROM hidden_rows WHERE segment = ? AND row = ?", arguments: [segment, row])
    }
    guard change.clearsStrays else { return }
    try database.execute(
      sql: """
        DELETE FROM hidden_rows
        WHERE row < 0 OR row >= (SELECT rows FROM segments WHERE number = segment)
        """)
    for table in tables { try database.execute(sql: "DELETE FROM \(table) WHERE \(isOrphan(table))") }
  }
}
