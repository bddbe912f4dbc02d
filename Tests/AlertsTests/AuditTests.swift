import Alerts
import Events
import Foundation
import GRDB
import JSON
import TestSupport
import Testing

@Suite("The audit log tells of every change, and whether it was changed itself")
struct AuditTests {
  private let now = Timestamp(milliseconds: 1_767_225_600_000)

  private func changed(_ scratch: Scratch) throws -> AlertStore {
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    _ = try store.setRule("r1", isEnabled: false, by: "dana", at: now)
    _ = try store.setRule("r1", isEnabled: true, by: "dana", at: now)
    try store.changing(by: "eve", at: now) { changes in
      _ = try changes.keep(.exception, "e1", "{}")
      _ = try changes.keep(.exception, "e1", #"{"a":1}"#)
      _ = try changes.keep(.exception, "e1", #"{"a":1}"#)
      _ = try changes.remove(.exception, "e1")
    }
    try store.add(keyID: "k1", name: "web", role: "ingest", code: [1], expiresAt: nil, by: "root", at: now)
    _ = try store.revoke(keyID: "k1", by: "root", at: now)
    return store
  }

  private func tamper(_ scratch: Scratch, _ sql: String) throws {
    try DatabaseQueue(path: scratch.path + "/alerts.sqlite").write { try $0.execute(sql: sql) }
  }

  @Test("Each change has an entry with who, what and of what, and what changes nothing has none")
  func entries() throws {
    let scratch = try Scratch()
    let store = try changed(scratch)
    let documents = try store.auditToStore(limit: 100).compactMap(\.document)
    #expect(
      documents.map { $0["event"]?["action"]?.stringValue } == [
        "rule-disabled", "rule-enabled", "exception-added", "exception-changed", "exception-removed", "key-created",
        "key-revoked",
      ])
    #expect(documents.map { $0["event"]?["sequence"]?.integerValue } == Array(1...7))
    #expect(documents[2]["user"]?["name"]?.stringValue == "eve")
    #expect(documents[3]["martlet"]?["audit"]?["before"]?["version"]?.integerValue == 1)
    #expect(documents[5]["martlet"]?["audit"]?["after"] == ["name": "web", "role": "ingest"])
    #expect(Set(documents.compactMap { $0["martlet"]?["audit"]?["hash"]?.stringValue }).count == 7)
    #expect(try store.auditFaults(stored: documents).faults.isEmpty)
    try store.noteAuditStored(upTo: 5)
    #expect(try store.auditToStore(limit: 100).map(\.number) == [6, 7])
    #expect(try store.auditToStore(limit: 100).compactMap(\.document) == Array(documents[5...]))
  }

  @Test("Who shows a key is known in an entry by the key's name, and by its id beside it")
  func keys() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    let names = ["dana (key kLn2)", "a (key b) (key kX9)", "dana", "(key kX9)", "x (key )", "x (key a b)", " (key k)"]
    for (number, who) in names.enumerated() { _ = try store.setRule("r\(number)", isEnabled: false, by: who, at: now) }
    let documents = try store.auditToStore(limit: 100).compactMap(\.document)
    #expect(
      documents.map { $0["user"]?["name"]?.stringValue } == [
        "dana", "a (key b)", "dana", "(key kX9)", "x (key )", "x (key a b)", " (key k)",
      ])
    #expect(
      documents.map { $0["martlet"]?["audit"]?["key"]?.stringValue } == ["kLn2", "kX9", nil, nil, nil, nil, nil])
    #expect(try store.auditFaults(stored: documents).faults.isEmpty)
  }

  @Test(
    "An entry that was changed, taken out, put in or made anew is found",
    arguments: [
      ("UPDATE audit SET entry = replace(entry, 'dana', 'nobody') WHERE number = 2", "entry 2"),
      ("DELETE FROM audit WHERE number = 3", "between its entries 2 and 4"),
      ("DELETE FROM audit WHERE number > 4", "ends with entry 4, and had 7"),
      ("UPDATE audit SET hash = x'00' WHERE number = 4", "entry 4"),
    ])
  func tampered(_ sql: String, _ words: String) throws {
    let scratch = try Scratch()
    let store = try changed(scratch)
    try store.noteAuditStored(upTo: 7)
    try tamper(scratch, sql)
    let faults = try store.auditFaults(stored: []).faults
    #expect(faults.contains { $0.contains(words) }, "\(faults)")
  }

  @Test("A log that was written anew, with hashes that fit, is not what was stored of it")
  func rewritten() throws {
    let (honest, forged) = (try Scratch(), try Scratch())
    let stored = try changed(honest).auditToStore(limit: 100).compactMap(\.document)
    let store = try AlertStore(folder: forged.path, isReadOnly: false)
    for number in 0..<7 { _ = try store.setRule("r\(number)", isEnabled: false, by: "mallory", at: now) }
    #expect(try store.auditFaults(stored: []).faults.isEmpty)
    #expect(try store.auditFaults(stored: stored).faults.count == 7)
    // An event that only says so.
    #expect(try store.auditFaults(stored: [["event": ["sequence": 99]]]).faults.count == 1)
  }

  @Test("A log that was lost with its alerts goes on behind the last entry that is stored, with one that tells of it")
  func begunAnew() throws {
    let scratch = try Scratch()
    let stored = try changed(scratch).auditToStore(limit: 100).compactMap(\.document)
    let path = scratch.path + "/alerts.sqlite"
    for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    for isReadOnly in [true, false] {
      let error = #expect(throws: AlertStoreError.self) { try AlertStore(folder: scratch.path, isReadOnly: isReadOnly) }
      #expect(error?.kind == .gone)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try AlertStore.beginAnew(in: scratch.path, stored: stored, by: "dana", at: now) == nil)
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    _ = try store.setRule("r1", isEnabled: false, by: "dana", at: now)
    let entries = try store.auditToStore(limit: 100)
    #expect(entries.map(\.number) == [8, 9])
    let more = entries.compactMap(\.document)
    #expect(more.first?["event"]?["action"] == "alerts-begun-anew" && more.first?["user"]?["name"] == "dana")
    let audit = try store.auditFaults(stored: stored + more)
    #expect(audit.faults.isEmpty && audit.first == 8 && audit.entries == 2, "\(audit.faults)")
    // It says which entry it follows, so that no other can be put in its place.
    #expect(more.first?["martlet"]?["audit"]?["before"] == stored.last?["martlet"]?["audit"]?["hash"])
    try tamper(scratch, "DELETE FROM audit WHERE number = 8")
    #expect(try store.auditFaults(stored: stored + more).faults.contains { $0.contains("between its entries 0 and 9") })
  }

  @Test("A damaged file is moved away and not overwritten, however often that happens")
  func movedAway() throws {
    let scratch = try Scratch()
    for (number, place) in [
      (1, "alerts.sqlite.damaged"), (2, "alerts.sqlite.damaged.2"), (3, "alerts.sqlite.damaged.3"),
    ] {
      let text = String(repeating: "no database, \(number) ", count: 300)
      _ = try scratch.write(text, "alerts.sqlite")
      for ending in ["-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: scratch.path + "/alerts.sqlite" + ending)
      }
      #expect(try AlertStore.loss(in: scratch.path)?.kind == .damaged)
      let moved = try AlertStore.beginAnew(in: scratch.path, stored: [], by: "dana", at: now)
      #expect(moved == scratch.path + "/" + place)
      #expect(try String(contentsOfFile: scratch.path + "/" + place, encoding: .utf8) == text)
      #expect(try AlertStore.loss(in: scratch.path) == nil)
    }
  }
}
