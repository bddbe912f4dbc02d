import Alerts
import Events
import Foundation
import GRDB
import TestSupport
import Testing

@Suite("Files of alerts of earlier versions") struct AlertMigrationTests {
  /// The tables of the first version, as that version made them.
  private static let firstVersion = """
    CREATE TABLE alerts (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      rule_id TEXT NOT NULL,
      tick INTEGER NOT NULL,
      document BLOB NOT NULL,
      made_at INTEGER NOT NULL,
      late INTEGER,
      contradicted_by TEXT,
      revised TEXT,
      status TEXT NOT NULL DEFAULT 'open',
      reason TEXT,
      tags TEXT NOT NULL DEFAULT '[]',
      assignees TEXT NOT NULL DEFAULT '[]',
      status_changed_at INTEGER
    ) STRICT;
    CREATE INDEX alerts_by_tick ON alerts (rule_id, tick);
    CREATE TABLE notes (
      number INTEGER PRIMARY KEY,
      alert TEXT NOT NULL,
      at INTEGER NOT NULL,
      who TEXT NOT NULL,
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX notes_by_alert ON notes (alert);
    CREATE TABLE changes (
      number INTEGER PRIMARY KEY,
      alert TEXT NOT NULL,
      at INTEGER NOT NULL,
      who TEXT NOT NULL,
      what TEXT NOT NULL,
      before TEXT,
      after TEXT
    ) STRICT;
    CREATE INDEX changes_by_alert ON changes (alert);
    CREATE TABLE runs (
      number INTEGER PRIMARY KEY,
      rule_id TEXT NOT NULL,
      first_tick INTEGER NOT NULL,
      last_tick INTEGER NOT NULL,
      executions INTEGER NOT NULL,
      started_at INTEGER NOT NULL,
      took INTEGER NOT NULL,
      searched INTEGER NOT NULL,
      alerts INTEGER NOT NULL,
      cut INTEGER NOT NULL,
      outcome TEXT NOT NULL,
      reason TEXT
    ) STRICT;
    CREATE INDEX runs_by_rule ON runs (rule_id, first_tick);
    CREATE TABLE rules (
      rule_id TEXT NOT NULL,
      version INTEGER NOT NULL,
      text TEXT NOT NULL,
      kept_at INTEGER NOT NULL,
      who TEXT NOT NULL,
      is_current INTEGER NOT NULL,
      PRIMARY KEY (rule_id, version)
    ) STRICT;
    CREATE TABLE rule_switches (
      rule_id TEXT PRIMARY KEY,
      is_enabled INTEGER NOT NULL,
      who TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE rule_states (
      rule_id TEXT PRIMARY KEY,
      since INTEGER NOT NULL,
      last_tick INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE progress (only INTEGER PRIMARY KEY CHECK (only = 1), last_segment INTEGER NOT NULL) STRICT;
    INSERT INTO progress VALUES (1, 0);
    PRAGMA application_id = \(0x4D72_746C);
    PRAGMA user_version = 1;
    """

  /// Makes a file of the first version with an alert, a note and a rule in two versions.
  private static func make(_ folder: String) throws {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    let pool = try DatabasePool(path: folder + "/alerts.sqlite", configuration: configuration)
    try pool.write { database in
      try database.execute(sql: firstVersion)
      try database.execute(
        sql: """
          INSERT INTO alerts (id, rule_id, tick, document, made_at, status) VALUES
            ('a', 'r', 1000, CAST('{"kibana.alert.uuid":"a"}' AS BLOB), 2000, 'closed');
          INSERT INTO notes (alert, at, who, text) VALUES ('a', 3000, 'eve', 'asked');
          INSERT INTO rules VALUES ('r', 1, 'old', 10, 'dana', 0), ('r', 2, 'new', 20, 'eve', 1), ('s', 1, 'gone', 5, 'eve', 0);
          INSERT INTO rule_switches VALUES ('r', 0, 'eve', 30);
          """)
    }
    try pool.close()
  }

  private static func schema(_ folder: String) throws -> [String] {
    let queue = try DatabaseQueue(path: folder + "/alerts.sqlite")
    defer { try? queue.close() }
    return try queue.read { database in
      try String.fetchAll(database, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        + [String(try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0)]
    }
  }

  @Test("An earlier version is brought up to date, and nothing of it is lost", arguments: [true, false])
  func migrated(isReadOnly: Bool) throws {
    let scratch = try Scratch()
    try Self.make(scratch.path)
    let store = try AlertStore(folder: scratch.path, isReadOnly: isReadOnly)
    var alerts: [StoredAlert] = []
    _ = try store.forEachAlert { alerts.append($0) }
    #expect(alerts.map(\.id) == ["a"] && alerts[0].workflow.status == .closed)
    #expect(alerts[0].workflow.notes.map(\.text) == ["asked"])
    #expect(try store.current(.rule).map(\.text) == ["new"])
    #expect(try store.versions(.rule, "r").map(\.text) == ["old", "new"])
    #expect(try store.versions(.rule, "r").map(\.who) == ["dana", "eve"])
    #expect(try store.versions(.rule).count == 3)
    #expect(try store.switches() == ["r": false])
    let new = try Scratch()
    _ = try AlertStore(folder: new.path, isReadOnly: false)
    #expect(try Self.schema(scratch.path) == Self.schema(new.path))
  }

  @Test("What an earlier version had counts as what was written, unless it is none that can have been")
  func checksums() throws {
    let scratch = try Scratch()
    try Self.make(scratch.path)
    let queue = try DatabaseQueue(path: scratch.path + "/alerts.sqlite")
    try queue.write {
      try $0.execute(
        sql: "INSERT INTO alerts (id, rule_id, tick, document, made_at) VALUES ('b', 'r', 1, x'7b2261223a22ff227d', 2)")
    }
    try queue.close()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    var alerts: [String] = []
    #expect(try store.forEachAlert { alerts.append($0.id) }.map(\.id) == ["b"])
    let damage = try store.damage()
    #expect(alerts == ["a"] && damage.alerts.map(\.id) == ["b"] && damage.documents.isEmpty)
  }

  @Test("Before that a copy is made, which is the file as it was")
  func copied() throws {
    let scratch = try Scratch()
    try Self.make(scratch.path)
    let before = try Self.schema(scratch.path)
    _ = try AlertStore(folder: scratch.path, isReadOnly: false)
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    #expect(names.contains("alerts.sqlite.v1") && !names.contains { $0.contains(".new") }, "\(names)")
    let copy = try Scratch()
    try FileManager.default.copyItem(
      atPath: scratch.path + "/alerts.sqlite.v1", toPath: copy.path + "/alerts.sqlite")
    #expect(try Self.schema(copy.path) == before)
    #expect(try AlertStore(folder: copy.path, isReadOnly: false).versions(.rule).count == 3)
    let mode = try FileManager.default.attributesOfItem(atPath: scratch.path + "/alerts.sqlite.v1")[.posixPermissions]
    #expect((mode as? NSNumber)?.intValue == 0o600)
    // What is up to date is left alone.
    try FileManager.default.removeItem(atPath: scratch.path + "/alerts.sqlite.v1")
    _ = try AlertStore(folder: scratch.path, isReadOnly: false)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/alerts.sqlite.v1"))
  }

  @Test("One that is damaged is left as it is by whoever reads or writes", arguments: [true, false])
  func damaged(isReadOnly: Bool) throws {
    let scratch = try Scratch()
    try Self.make(scratch.path)
    let path = scratch.path + "/alerts.sqlite"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    // Every page but the first, which says what the file is.
    for place in 4096..<bytes.count { bytes[place] = UInt8(truncatingIfNeeded: place &* 167 &+ 41) }
    try #require(bytes.count > 8192)
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(throws: AlertStoreError.self) { try AlertStore(folder: scratch.path, isReadOnly: isReadOnly) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    #expect(!FileManager.default.fileExists(atPath: path + ".v1"))
  }

  @Test("Several that come at once migrate it once")
  func together() async throws {
    let scratch = try Scratch()
    try Self.make(scratch.path)
    let path = scratch.path
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<6 { group.addTask { try AlertStore(folder: path, isReadOnly: false).versions(.rule).count } }
      for try await count in group { #expect(count == 3) }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).contains("alerts.sqlite.v1"))
  }

  @Test("A later version is refused, and left as it is")
  func later() throws {
    let scratch = try Scratch()
    _ = try AlertStore(folder: scratch.path, isReadOnly: false)
    let queue = try DatabaseQueue(path: scratch.path + "/alerts.sqlite")
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
    try queue.close()
    for isReadOnly in [true, false] {
      let error = #expect(throws: AlertStoreError.self) { try AlertStore(folder: scratch.path, isReadOnly: isReadOnly) }
      #expect(error?.description.contains("later version") == true)
    }
    #expect(try Self.schema(scratch.path).last == "99")
  }

  @Test("Documents are kept in versions with who put them there, and taking one out is a version too")
  func documents() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    func at(_ time: Int64) -> Timestamp { Timestamp(milliseconds: time) }
    #expect(try store.changing(by: "dana", at: at(1)) { try $0.keep(.valueList, "a", "1") } == .new)
    #expect(try store.changing(by: "dana", at: at(2)) { try $0.keep(.valueList, "a", "1") } == .same)
    #expect(try store.changing(by: "eve", at: at(3)) { try $0.keep(.valueList, "a", "2") } == .changed)
    #expect(try store.changing(by: "bob", at: at(4)) { try $0.remove(.valueList, "a") })
    #expect(try !store.changing(by: "bob", at: at(5)) { try $0.remove(.valueList, "a") })
    #expect(try store.current(.valueList).isEmpty)
    #expect(try store.changing(by: "dana", at: at(6)) { try $0.keep(.valueList, "a", "2") } == .new)
    let versions = try store.versions(.valueList, "a")
    #expect(versions.map(\.text) == ["1", "2", nil, "2"] && versions.map(\.who) == ["dana", "eve", "bob", "dana"])
    #expect(versions.map(\.isCurrent) == [false, false, false, true])
    struct Refusal: Error {}
    #expect(throws: Refusal.self) {
      try store.changing(by: "x", at: at(7)) { changes in
        _ = try changes.keep(.valueList, "b", "1")
        throw Refusal()
      }
    }
    #expect(try store.current(.valueList).map(\.key) == ["a"])
    try store.changing(by: "x", at: at(8)) { try $0.forgetContents(.valueList, "a", but: 2) }
    #expect(try store.versions(.valueList, "a").map(\.text) == [nil, nil, nil, "2"])
  }
}
