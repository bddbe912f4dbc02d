import Databases
import Events
import Foundation
import GRDB
import Parallel
import Segments
import Store

/// What a folder holds, in SQLite: which segments count, which of their rows do not, and what was ingested.
///
/// Whatever becomes visible together is written in one transaction. It is durable when the transaction returns
/// (write-ahead log, full synchronization).
final class Catalog: Sendable {
  let database: any DatabaseWriter
  /// False where a folder of an earlier version is only read.
  let hasAnswers: Bool

  /// Opens the catalog of a folder; `creates` makes a new one where there is none.
  init(_ folder: StoreFolder, creates: Bool, isReadOnly: Bool) throws {
    var configuration = Configuration.ordinary
    configuration.readonly = isReadOnly
    configuration.label = "catalog"
    configuration.maximumReaderCount = 2
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      if !isReadOnly {
        try database.execute(sql: "PRAGMA synchronous = FULL")
        try database.execute(sql: "PRAGMA foreign_keys = ON")
      }
      // Nothing in the file is trusted to call functions or to have sound structures.
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
      try database.execute(sql: "PRAGMA cell_size_check = ON")
    }
    do {
      if creates { try OwnFile.make(folder.catalog) }
      // Only who writes brings it up to date: whoever reads beside another program that writes needs none of it.
      if !isReadOnly { try CatalogSchema.current.migrate(folder.catalog) }
      let database: any DatabaseWriter =
        isReadOnly && ReadOnlyMount.holds(folder.catalog)
        ? try ReadOnlyMount.open(copyOf: folder.catalog, configuration)
        : try DatabasePool(path: folder.catalog, configuration: configuration)
      self.database = database
      if creates, try database.read({ try CatalogSchema.current.isNew($0) }) {
        try database.write { try CatalogSchema.current.make($0) }
      }
      hasAnswers = try database.read { try CatalogSchema.current.check($0) } >= CatalogSchema.versionWithAnswers
    } catch let fault as DatabaseSchema.Fault {
      throw Self.error(fault, folder)
    } catch let error as DatabaseError {
      throw Self.error(error, "opening", folder)
    } catch let error as ReadOnlyMount.Failure {
      throw StoreError(.io, "\(error)")
    }
  }

  private static func error(_ fault: DatabaseSchema.Fault, _ folder: StoreFolder) -> StoreError {
    switch fault {
    case .foreign: StoreError(.foreign, "\(folder.catalog) is no catalog of events")
    case .later(let version):
      StoreError(
        .newer,
        "\(folder.path) was made by a later version of martlet (its folder is of version \(version), this program reads "
          + "up to \(CatalogSchema.current.version)); use that version")
    case .uncopied(let cause):
      StoreError(
        .io,
        "\(folder.catalog) is of an earlier version, and no copy of it could be made before it is brought up to date: \(cause)"
      )
    }
  }

  static func error(_ error: DatabaseError, _ doing: String, _ folder: StoreFolder) -> StoreError {
    let cause = error.cause
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      return StoreError(
        .damaged, "\(doing) \(folder.catalog): it is damaged (\(cause)); put back a backup of the folder")
    case .SQLITE_FULL:
      return StoreError(.io, "\(doing) \(folder.catalog): \(SystemError.noRoom)")
    default: return StoreError(.io, "\(doing) \(folder.catalog): \(cause)")
    }
  }

  // MARK: What there is

  /// A segment that counts.
  struct Entry: Sendable {
    var number: Int64
    var name: String
    var summary: SegmentSummary
    var committedAt: Timestamp
    /// Nil where they are not known.
    var spans: FieldSpans?
    /// Rows that no longer count, ascending.
    var hidden: [Int]
    /// When and why the segment was set aside; nil for one that counts.
    var setAside: (at: Timestamp, reason: String)?
  }

  /// All segments, in the order in which they were committed, as of one moment.
  func entries() throws -> [Entry] { try database.read { try Self.entries($0) } }

  private static func entries(_ database: Database) throws -> [Entry] {
    var hidden: [Int64: [Int]] = [:]
    for row in try Row.fetchAll(database, sql: "SELECT segment, row FROM hidden_rows ORDER BY segment, row") {
      hidden[row[0], default: []].append(row[1])
    }
    var setAside: [Int64: (at: Timestamp, reason: String)] = [:]
    if try database.tableExists("set_aside") {
      for row in try Row.fetchAll(database, sql: "SELECT segment, set_aside_at, reason FROM set_aside") {
        setAside[row[0]] = (Timestamp(milliseconds: row[1]), row[2])
      }
    }
    var spans: [Int64: FieldSpans] = [:]
    let hasSpans = try database.tableExists("field_spans")
    if hasSpans {
      let rows = try Row.fetchCursor(
        database, sql: "SELECT segment, field, earliest, latest, is_whole FROM field_spans")
      while let row = try rows.next() {
        let (earliest, latest): (Int64, Int64) = (row[2], row[3])
        guard earliest <= latest else { continue }
        spans[row[0], default: FieldSpans()].add(
          FieldSpans.Span(
            times: Timestamp(milliseconds: earliest)...Timestamp(milliseconds: latest), isWhole: row[4]), of: row[1])
      }
    }
    return try Row.fetchAll(database, sql: "SELECT * FROM segments ORDER BY number").map { row in
      let number: Int64 = row["number"]
      let earliest: Int64? = row["earliest"]
      let latest: Int64? = row["latest"]
      var times: ClosedRange<Timestamp>?
      if let earliest, let latest, earliest <= latest {
        times = Timestamp(milliseconds: earliest)...Timestamp(milliseconds: latest)
      }
      return Entry(
        number: number, name: row["name"],
        summary: SegmentSummary(
          dataStream: row["data_stream"], rowCount: row["rows"], times: times, fileBytes: row["file_bytes"],
          sourceBytes: row["source_bytes"]),
        committedAt: Timestamp(milliseconds: row["committed_at"]),
        spans: hasSpans && row["has_spans"] == 1 ? spans[number] ?? FieldSpans() : nil, hidden: hidden[number] ?? [],
        setAside: setAside[number])
    }
  }

  func identitySeed() throws -> UInt64 {
    try database.read {
      UInt64(bitPattern: try Int64.fetchOne($0, sql: "SELECT identity_seed FROM folder") ?? 0)
    }
  }

  /// The highest number and the highest name that a segment has had, of those that were deleted since; none of them comes
  /// again, so that whoever has looked at segments up to some number is told of all that come later.
  func highest() throws -> (number: Int64, name: String) {
    try database.read { database in
      // A folder of the first version is only read: it does not know.
      guard try database.columns(in: "folder").contains(where: { $0.name == "last_number" }) else { return (0, "") }
      let row = try Row.fetchOne(database, sql: "SELECT last_number, last_name FROM folder")
      return (row?["last_number"] ?? 0, row?["last_name"] ?? "")
    }
  }

  func knows(_ object: SourceObject) throws -> Bool {
    try database.read { database in
      try Bool.fetchOne(
        database, sql: "SELECT size = ? AND modified = ? FROM objects WHERE origin = ?",
        arguments: [object.size, object.modified, object.origin]) ?? false
    }
  }

  func objectCount() throws -> Int {
    try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM objects") ?? 0 }
  }

  // MARK: Changes

  /// What becomes visible together.
  struct Change: Sendable {
    /// Segments that no longer count, by number.
    var removed: [Int64] = []
    var segments: [Entry] = []
    /// Rows of segments that no longer count.
    var hidden: [(segment: Int64, row: Int)] = []
    var objects: [SourceObject] = []
    /// Segments that do not count until they are taken back, and why. What was read before they were committed is forgotten with
    /// them: it may be read again.
    var setAside: [(segment: Int64, reason: String)] = []
    /// Segments that count again.
    var takenBack: [Int64] = []
    /// What segments turned out to say of themselves: the times of their events, and the spans of their dates.
    var times: [(segment: Int64, times: ClosedRange<Timestamp>?)] = []
    var spans: [(segment: Int64, spans: FieldSpans)] = []
    /// Rows that count again.
    var counted: [(segment: Int64, row: Int)] = []
    /// Deletes what no segment has.
    var clearsStrays = false
    /// What was worked out of the segments, by their names.
    var answers: [(segment: String, content: KeptAnswers)] = []
  }

  /// Makes a change visible and durable.
  func commit(_ change: Change, at now: Timestamp) throws {
    try database.write { database in
      if !change.removed.isEmpty {
        try database.execute(
          sql: """
            UPDATE folder SET last_number = max(last_number, ifnull((SELECT max(number) FROM segments), 0)),
              last_name = max(last_name, ifnull((SELECT max(name) FROM segments), ''))
            """)
      }
      for number in change.removed {
        try database.execute(sql: "DELETE FROM segments WHERE number = ?", arguments: [number])
      }
      for segment in change.segments {
        let summary = segment.summary
        try database.execute(
          sql: "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          arguments: [
            segment.number, segment.name, summary.dataStream, summary.rowCount,
            summary.times?.lowerBound.milliseconds, summary.times?.upperBound.milliseconds, summary.fileBytes,
            summary.sourceBytes, segment.committedAt.milliseconds, segment.spans == nil ? 0 : 1,
          ])
        try Self.keep(segment.spans, of: segment.number, in: database)
        for row in segment.hidden {
          try database.execute(sql: "INSERT INTO hidden_rows VALUES (?, ?)", arguments: [segment.number, row])
        }
      }
      for (segment, row) in change.hidden {
        try database.execute(sql: "INSERT OR IGNORE INTO hidden_rows VALUES (?, ?)", arguments: [segment, row])
      }
      try Self.correct(change, in: database)
      try Self.setAside(change.setAside, at: now, in: database)
      for segment in change.takenBack {
        try database.execute(sql: "DELETE FROM set_aside WHERE segment = ?", arguments: [segment])
      }
      for (segment, content) in change.answers { try Self.keep(content, of: segment, in: database) }
      for object in change.objects {
        try database.execute(
          sql: "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)",
          arguments: [object.origin, object.size, object.modified, now.milliseconds])
      }
    }
  }

  static func keep(_ spans: FieldSpans?, of segment: Int64, in database: Database) throws {
    for (field, span) in spans?.spans ?? [:] {
      try database.execute(
        sql: "INSERT INTO field_spans VALUES (?, ?, ?, ?, ?)",
        arguments: [
          segment, field, span.times.lowerBound.milliseconds, span.times.upperBound.milliseconds, span.isWhole,
        ])
    }
  }

  /// Copies the catalog, as of one moment, into a new file, and tells which segments it names.
  func copy(to path: String) throws -> [Entry] {
    try OwnFile.make(path)
    let copy = try DatabaseQueue(path: path, configuration: .ordinary)
    try database.backup(to: copy)
    let entries = try copy.read { try Self.entries($0) }
    try copy.close()
    return entries
  }

  private static func setAside(
    _ segments: [(segment: Int64, reason: String)], at now: Timestamp, in database: Database
  ) throws {
    for (segment, reason) in segments {
      try database.execute(
        sql: "INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?)", arguments: [segment, reason, now.milliseconds])
      try database.execute(
        sql: "DELETE FROM objects WHERE ingested_at <= (SELECT committed_at FROM segments WHERE number = ?)",
        arguments: [segment])
    }
  }

  /// Sets segments aside in a copy that nobody has open. In one of an earlier version, which knows nothing of that, they are missed without a
  /// reason.
  static func setAside(
    _ segments: [(segment: Int64, reason: String)], inCopy path: String, at now: Timestamp
  ) throws {
    let copy = try DatabaseQueue(path: path, configuration: .ordinary)
    try copy.write { database in
      if try database.tableExists("set_aside") { try setAside(segments, at: now, in: database) }
    }
    try copy.close()
  }
}
