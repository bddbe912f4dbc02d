import Databases
import Events
import Foundation
import GRDB
import JSON
import Parallel

/// The alerts of a folder of events, with what people did with them, and the log of the executions that made them.
///
/// What it promises, each held by a test of that name:
/// 1. **Once.** An alert has one row however often the execution that makes it is run.
/// 2. **Together.** The alerts of a run and the log of its executions become visible together, or not at all.
/// 3. **Kept.** No alert is deleted because its events are, or because it is contradicted.
/// 4. **Told.** Every change that a person makes is kept, with who made it and when.
public final class AlertStore: Sendable {
  let database: any DatabaseWriter
  let path: String

  /// Opens the alerts of a folder of events. A folder that was never run has none: `isReadOnly` then opens none at all.
  ///
  /// Several processes may read and write them at once. Throws `AlertStoreError`, also where the folder has had alerts and has them no
  /// longer, and, before anything is written, where they are damaged.
  ///
  /// - Parameter folder: one that is a folder of events.
  public convenience init(folder: String, isReadOnly: Bool) throws {
    try self.init(folder: folder, isReadOnly: isReadOnly, beginning: nil)
  }

  /// - Parameter beginning: what is written with the first tables; that there are none is then no reason to refuse, whatever there was
  ///   before.
  init(folder: String, isReadOnly: Bool, beginning: ((Database) throws -> Void)?) throws {
    path = Self.path(in: folder)
    if !isReadOnly, ReadOnlyMount.holds(folder) {
      throw AlertStoreError(description: ReadOnlyMount.refusal(of: folder))
    }
    let hadAlerts = beginning == nil && Self.hadAlerts(folder)
    if hadAlerts, access(path, F_OK) != 0 { throw AlertStoreError.gone(path, "is not there any more") }
    var configuration = Configuration.ordinary
    configuration.label = "alerts"
    configuration.busyMode = .timeout(10)
    configuration.maximumReaderCount = 2
    let isAbsent = isReadOnly && access(path, F_OK) != 0
    configuration.readonly = isReadOnly && !isAbsent
    configuration.prepareDatabase { database in
      if !isReadOnly { try database.execute(sql: "PRAGMA synchronous = FULL") }
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
      try database.execute(sql: "PRAGMA cell_size_check = ON")
      for function in AlertSchema.current.functions { database.add(function: function) }
    }
    if !isReadOnly { try Self.makeFile(path) }
    do {
      var database: any DatabaseWriter
      if isAbsent {
        database = try DatabaseQueue(configuration: configuration)
      } else if isReadOnly, ReadOnlyMount.holds(path) {
        database = try ReadOnlyMount.open(copyOf: path, configuration, upTo: AlertSchema.current)
      } else {
        if !isReadOnly { try Self.lookThrough(path) }
        try AlertSchema.current.migrate(path, lookingFirst: Self.lookThrough)
        database = try DatabasePool(path: path, configuration: configuration)
      }
      let wasNew = try database.read { try AlertSchema.current.isNew($0) }
      if wasNew {
        if hadAlerts { throw AlertStoreError.gone(path, "is empty") }
        if configuration.readonly {
          // Another process is about to make them.
          configuration.readonly = false
          database = try DatabaseQueue(configuration: configuration)
        }
        try database.write { database in
          try AlertSchema.current.make(database)
          try beginning?(database)
        }
      }
      try database.read { _ = try AlertSchema.current.check($0) }
      self.database = database
      // A file that another process has only just made is none yet, which that one may not live to fill.
      if !isReadOnly || !isAbsent && !wasNew { Self.mark(folder) }
    } catch let fault as DatabaseSchema.Fault {
      throw Self.error(fault, path)
    } catch let error as DatabaseError {
      throw Self.error(error, "opening", path)
    } catch let error as ReadOnlyMount.Failure {
      throw AlertStoreError(description: "\(error)")
    }
  }

  /// Makes an empty file for nobody but its owner where there is none; SQLite takes it for a new database.
  static func makeFile(_ path: String) throws {
    do {
      try DatabaseFile.make(path)
    } catch {
      throw AlertStoreError(description: error.description)
    }
  }

  private static func error(_ fault: DatabaseSchema.Fault, _ path: String) -> AlertStoreError {
    switch fault {
    case .foreign: AlertStoreError.damaged(path, "\(path) holds no alerts: it is damaged, or another file")
    case .later(let version):
      AlertStoreError(
        description: "\(path) was made by a later version of martlet (\(version), this program reads up to "
          + "\(AlertSchema.current.version)); use that version")
    case .uncopied(let cause):
      AlertStoreError(
        description:
          "\(path) is of an earlier version, and no copy of it could be made before it is brought up to date: "
          + cause)
    }
  }

  static func error(_ error: DatabaseError, _ doing: String, _ path: String) -> AlertStoreError {
    let cause = error.cause
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      return .damaged(path, "\(doing) \(path): it is damaged (\(cause))")
    case .SQLITE_FULL: return AlertStoreError(description: "\(doing) \(path): there is no room left on the disk")
    default: return AlertStoreError(description: "\(doing) \(path): \(cause)")
    }
  }

  func reading<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do {
      return try database.read(body)
    } catch let error as DatabaseError {
      throw Self.error(error, "reading", path)
    }
  }

  func writing<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do {
      return try database.write(body)
    } catch let error as DatabaseError {
      throw Self.error(error, "writing", path)
    }
  }

  // MARK: Alerts

  /// How many alerts there are.
  public func count() throws -> Int { try reading { try Int.fetchOne($0, sql: "SELECT count(*) FROM alerts") ?? 0 } }

  /// How many alerts there are of each status.
  public func counts() throws -> [AlertWorkflow.Status: Int] {
    try reading { database in
      var counts: [AlertWorkflow.Status: Int] = [:]
      for row in try Row.fetchAll(database, sql: "SELECT status, count(*) FROM alerts GROUP BY status") {
        let status: String = row[0]
        counts[AlertWorkflow.Status(rawValue: status) ?? .open, default: 0] += row[1]
      }
      return counts
    }
  }

  /// Hands over alerts in the order of their executions' times, as of one moment.
  ///
  /// - Parameters:
  ///   - statuses: only these; all when it is empty.
  ///   - prefix: only those whose ids begin so.
  /// - Returns: those of them that are damaged, and were not handed over.
  public func forEachAlert(
    statuses: Set<AlertWorkflow.Status> = [], idPrefix prefix: String = "", _ body: (StoredAlert) throws -> Void
  ) throws -> [DamagedAlert] {
    try reading { database in
      var damaged: [DamagedAlert] = []
      var notes: [String: [AlertWorkflow.Note]] = [:]
      for row in try Row.fetchAll(database, sql: "SELECT alert, at, who, text FROM notes ORDER BY number") {
        notes[row[0], default: []].append(
          AlertWorkflow.Note(at: Timestamp(milliseconds: row[1]), who: row[2], text: row[3]))
      }
      let rows = try Row.fetchCursor(
        database,
        sql: "SELECT * FROM alerts WHERE substr(id, 1, ?) = ? ORDER BY tick, number",
        arguments: [prefix.count, prefix])
      while let row = try rows.next() {
        guard statuses.isEmpty || statuses.contains(Self.status(row)) else { continue }
        if let damage = Self.damage(row) { damaged.append(damage) } else { try body(Self.alert(row, notes: notes)) }
      }
      return damaged
    }
  }

  /// The alerts of executions between two times, of one rule or of all, without notes; without those that are contradicted.
  ///
  /// - Parameters:
  ///   - first: the first execution that matters.
  ///   - end: those before it alone; all later ones where it is nil.
  public func alerts(
    ofRule ruleID: String? = nil, from first: Timestamp, before end: Timestamp? = nil
  ) throws -> (sound: [StoredAlert], damaged: [DamagedAlert]) {
    var sound: [StoredAlert] = []
    let damaged = try forEachAlert(ofRule: ruleID, from: first, before: end) { sound.append($0) }
    return (sound, damaged)
  }

  /// Hands over the same alerts one by one, as of one moment.
  ///
  /// - Returns: those of them that are damaged, and were not handed over.
  public func forEachAlert(
    ofRule ruleID: String? = nil, from first: Timestamp, before end: Timestamp? = nil,
    _ body: (StoredAlert) throws -> Void
  ) throws -> [DamagedAlert] {
    try reading { database in
      var damaged: [DamagedAlert] = []
      let rows = try Row.fetchCursor(
        database.cachedStatement(sql: Self.alertsQuery(ofRule: ruleID != nil)),
        arguments: (ruleID.map { [$0] } ?? []) + [first.milliseconds, end?.milliseconds ?? .max])
      while let row = try rows.next() {
        if let damage = Self.damage(row) { damaged.append(damage) } else { try body(Self.alert(row)) }
      }
      return damaged
    }
  }

  /// Alerts in the order of their executions: of a rule, which is the first argument then, from one time to before another.
  static func alertsQuery(ofRule: Bool) -> String {
    // Every rule that counts asks at every execution, and has an index to itself; "or all" in SQL would pass over it.
    """
    SELECT * FROM alerts WHERE \(ofRule ? "rule_id = ? AND " : "")tick >= ? AND tick < ? AND contradicted_by IS NULL
      ORDER BY tick, number
    """
  }

  private static func status(_ row: Row) -> AlertWorkflow.Status {
    AlertWorkflow.Status(rawValue: row["status"]) ?? .open
  }

  /// An alert as it is kept; its document must be one that is not damaged.
  static func alert(_ row: Row, notes: [String: [AlertWorkflow.Note]] = [:]) -> StoredAlert {
    let id: String = row["id"]
    var workflow = AlertWorkflow()
    workflow.status = status(row)
    workflow.reason = row["reason"]
    workflow.tags = list(row["tags"])
    workflow.assignees = list(row["assignees"])
    let changed: Int64? = row["status_changed_at"]
    workflow.changedAt = changed.map { Timestamp(milliseconds: $0) }
    workflow.notes = notes[id] ?? []
    let revised: String? = row["revised"]
    let document: Data = row["document"]
    return StoredAlert(
      id: id, ruleID: row["rule_id"], tick: Timestamp(milliseconds: row["tick"]), made: [UInt8](document),
      workflow: workflow, late: row["late"], contradictedBy: row["contradicted_by"],
      revised: revised.flatMap { try? JSONValue(parsing: $0) }?.arrayValue ?? [])
  }

  static func text(_ list: [String]) -> String { JSONValue.array(list.map(JSONValue.string)).text }

  static func list(_ text: String) -> [String] {
    (try? JSONValue(parsing: text))?.arrayValue?.compactMap(\.stringValue) ?? []
  }
}
