import Foundation
import JSON
import TestSupport
import Testing

@Suite("A folder whose alerts, rules and exceptions were lost") struct LostAlertsCommandTests {
  private static let span = ["--from", "2026-01-01", "--to", "2026-01-02"]
  private static let now = ["--now", "2026-02-01T00:00:00Z"]

  /// A folder with an alert, a rule and an exception of its own, and a backup of it.
  private struct Folder {
    let scratch: Scratch
    var path: String { scratch.path + "/events" }
    var backup: String { scratch.path + "/backup" }
    var alerts: String { path + "/alerts.sqlite" }
    let more: String
    let mapping: String

    init() throws {
      scratch = try Scratch()
      more = try scratch.write(Sample.records.replacing("00000000000", with: "00000000001"), "b.json")
      mapping = try scratch.write(#"{"properties":{"a":{"type":"long"}}}"#, "mapping.json")
      let file = try scratch.write(Sample.records, "a.json")
      let rule = try scratch.write(Sample.rule, "rule.toml")
      for command in [
        ["ingest", file] + now, ["rules", "import", rule],
        ["exceptions", "add", "--rule", "test-rule", "--name", "Eve", "--reason", "agreed", "user.name: eve"],
        ["run"] + span + now,
      ] {
        let done = try Binary(command + ["--data", path])
        try #require(done.status == 0, "\(command): \(done.errors)")
      }
      let copied = try Binary(["backup", "--data", path, "--to", backup])
      try #require(copied.status == 0, "\(copied.errors)")
    }

    func overwrite(_ offset: Int, _ count: Int) throws {
      let file = try #require(FileHandle(forWritingAtPath: alerts))
      try file.seek(toOffset: UInt64(offset))
      try file.write(contentsOf: Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 41) }))
      try file.close()
    }

    func delete() { for ending in ["", "-wal", "-shm"] { unlink(alerts + ending) } }

    func alertBytes() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: alerts)) }

    /// As somebody does it who has a backup.
    func putBack() throws {
      delete()
      try FileManager.default.copyItem(atPath: backup + "/alerts.sqlite", toPath: alerts)
    }

    /// Runs a command, and counts how often it says what is wrong.
    func run(_ arguments: [String]) throws -> (run: Binary, told: Int) {
      let run = try Binary(arguments + ["--data", path])
      return (run, run.errors.components(separatedBy: "--forget-alerts").count - 1)
    }
  }

  private static let refusing: [[String]] = [
    ["run"] + span + now, ["run", "--dry-run"] + span + now, ["alerts", "list"], ["alerts", "export"],
    ["alerts", "set", "--to", "closed", "--status", "open"], ["rules", "list"], ["rules", "enable", "test-rule"],
    ["exceptions", "list"], ["value-lists", "list"], ["retention", "list"], ["keys", "list"], ["report"],
  ]

  /// What needs events alone goes on, and says once what it goes without.
  private func checkThatEventsAreServed(_ folder: Folder, _ words: String) async throws {
    let before = try? folder.alertBytes()
    for arguments in Self.refusing {
      let (run, told) = try folder.run(arguments)
      #expect(run.status == 1 && told == 1 && run.output.isEmpty, "\(arguments): \(run.status) \(run.errors)")
      #expect(run.errors.contains(words), "\(arguments): \(run.errors)")
    }
    let served = await #expect(throws: ServedProcess.Failure.self) { try await ServedProcess(data: folder.path) }
    #expect(served?.log.contains(words) ?? false, "\(served?.log ?? "")")
    for query in [
      ["search", "*"] + Self.now, ["search", "--language", "eql", "any where true"],
      ["search", "--language", "esql", "FROM logs-*"],
      ["search", "--format", "count", "*"], ["search", "--mapping", folder.mapping, "*"],
      ["search", "--index", ".alerts-*,logs-*", "*"],
    ] {
      let (run, told) = try folder.run(query)
      #expect(run.status == 1 && told == 1 && run.errors.contains("alerts are not"), "\(query): \(run.errors)")
      #expect(run.output.contains(query.contains("count") ? "2" : "GetObject"), "\(query): \(run.output)")
    }
    let (normalized, _) = try folder.run(["normalize"])
    #expect(normalized.status == 1 && normalized.lines.count == 2, "\(normalized.errors)")
    let (hunt, told) = try folder.run(["hunt", "--format", "ndjson"] + Self.now)
    #expect(hunt.status == 1 && told == 1 && hunt.errors.contains("Rules that ship"), "\(hunt.errors)")
    #expect(hunt.lines.count > 0 && !hunt.output.contains("test-rule"), "\(hunt.output.prefix(300))")
    let (ingest, ingestTold) = try folder.run(["ingest", "--format", "json", folder.more] + Self.now)
    #expect(ingest.status == 1 && ingestTold == 1 && ingest.errors.contains("Events are stored"), "\(ingest.errors)")
    #expect(try JSONValue(parsing: ingest.output)["stored"] == 2)
    #expect(try folder.run(["search", "--format", "count", "*"]).run.output == "4\n")
    let (status, _) = try folder.run(["status", "--format", "json"])
    #expect(status.status == 1, "\(status.errors)")
    let json = try JSONValue(parsing: status.output)
    #expect(
      json["events"] == 4 && json["alerts"] == .null && json["alerts_fault"]?.stringValue?.contains(words) ?? false)
    #expect(try folder.run(["status"]).run.output.contains("logs-aws.cloudtrail-default"))
    let (verify, faults) = try folder.run(["verify"])
    #expect(verify.status == 1 && faults == 1 && verify.errors.contains("1 fault in"), "\(verify.errors)")
    // A copy is no better than what it is made of, and knows it.
    let copy = folder.scratch.path + "/copy"
    let (backup, _) = try folder.run(["backup", "--to", copy])
    #expect(backup.status == 1 && backup.errors.contains(words), "\(backup.errors)")
    #expect(try Binary(["search", "--format", "count", "--data", copy, "*"]).output == "4\n")
    let copied = try Binary(["alerts", "list", "--data", copy])
    #expect(copied.status == 1 && copied.errors.contains("--forget-alerts"), "\(copied.errors)")
    #expect((try? folder.alertBytes()) == before)
  }

  /// Whatever was wrong, a copy from another moment mends it, and the events that came meanwhile are seen.
  private func checkThatBackupMends(_ folder: Folder) throws {
    try folder.putBack()
    for arguments in [["verify"], ["rules", "list"], ["search", "*"], ["status"], ["alerts", "list"]] {
      let (run, told) = try folder.run(arguments)
      #expect(run.status == 0 && told == 0, "\(arguments): \(run.errors)")
    }
    let (run, _) = try folder.run(["run", "--format", "json"] + Self.span + Self.now)
    #expect(run.status == 0, "\(run.errors)")
    let made = try #require(try JSONValue(parsing: run.output)["new"]?.integerValue)
    #expect(made > 0, "\(run.output)")
    #expect(try folder.run(["rules", "list"]).run.output.contains("test-rule"))
  }

  /// Without a backup the folder begins anew, when somebody says so.
  private func checkThatItBeginsAnew(_ folder: Folder) throws {
    let (repair, _) = try folder.run(["verify", "--repair"])
    #expect(repair.status == 1, "\(repair.errors)")
    let (anew, _) = try folder.run(["verify", "--repair", "--forget-alerts"])
    #expect(anew.status == 0 && anew.errors.contains("begins with none"), "\(anew.errors)")
    let (run, _) = try folder.run(["run"] + Self.span + Self.now)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try !folder.run(["rules", "list"]).run.output.contains("test-rule"))
    #expect(try folder.run(["verify"]).run.status == 0)
    let (again, _) = try folder.run(["verify", "--repair", "--forget-alerts"])
    #expect(again.status == 0 && again.errors.contains("there and whole"), "\(again.errors)")
    #expect(try folder.run(["alerts", "list"]).run.status == 0)
  }

  @Test("Is told by whatever needs them, and events are kept and searched all the same; a backup mends it")
  func gone() async throws {
    let folder = try Folder()
    folder.delete()
    try await checkThatEventsAreServed(folder, "alerts.sqlite is not there any more")
    #expect(!FileManager.default.fileExists(atPath: folder.alerts))
    try checkThatBackupMends(folder)
    folder.delete()
    // As a disk that was full leaves it.
    _ = FileManager.default.createFile(atPath: folder.alerts, contents: nil)
    let (run, told) = try folder.run(["run"])
    #expect(run.status == 1 && told == 1 && run.errors.contains("is empty"), "\(run.errors)")
    folder.delete()
    try checkThatItBeginsAnew(folder)
  }

  @Test("Is told where the file is damaged at its start, which is neither overwritten nor the end of all else")
  func damagedHeader() async throws {
    let folder = try Folder()
    try folder.overwrite(0, 100)
    try await checkThatEventsAreServed(folder, "damaged")
    let damaged = try folder.alertBytes()
    try checkThatBackupMends(folder)
    try damaged.write(to: URL(fileURLWithPath: folder.alerts))
    try checkThatItBeginsAnew(folder)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.alerts + ".damaged")) == damaged)
  }

  @Test("Is told where all that lies behind the file's first page is damaged")
  func damagedPages() async throws {
    let folder = try Folder()
    try folder.overwrite(4096, try folder.alertBytes().count - 4096)
    try await checkThatEventsAreServed(folder, "damaged")
    try checkThatBackupMends(folder)
  }

  @Test("Where one page is damaged, nothing is written into the file, and it is found whoever needs the page")
  func damagedPage() throws {
    let folder = try Folder()
    let count = try folder.alertBytes().count / 4096
    for page in 1..<count {
      try folder.putBack()
      try folder.overwrite(page * 4096, 4096)
      let damaged = try folder.alertBytes()
      for arguments in [["run"] + Self.span + Self.now, ["rules", "disable", "test-rule"], ["verify"]] {
        let (run, told) = try folder.run(arguments)
        // A page that nothing stands on any longer is no damage.
        guard run.status != 0 else { continue }
        #expect(
          run.status == 1 && told == 1 && run.errors.contains("damaged"), "page \(page), \(arguments): \(run.errors)")
        #expect(try folder.alertBytes() == damaged, "page \(page), \(arguments)")
      }
      let (search, _) = try folder.run(["search", "--format", "count", "*"])
      #expect(search.output == "2\n", "page \(page): \(search.errors)")
      guard page == count / 2 else { continue }
      #expect(try folder.run(["verify"]).run.status == 1)
      let (backup, _) = try folder.run(["backup", "--to", folder.scratch.path + "/copy"])
      #expect(backup.status == 1 && backup.errors.contains("keep the backup before it"), "\(backup.errors)")
    }
  }

  @Test("Is no folder that never had any, nor one whose catalog was put back from an earlier time")
  func never() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let file = try scratch.write(Sample.records, "a.json")
    #expect(try Binary(["ingest", "--data", folder, file]).status == 0)
    #expect(!FileManager.default.fileExists(atPath: folder + "/alerts.sqlite"))
    for arguments in [
      ["search", "*"], ["verify"], ["status"], ["alerts", "list"], ["rules", "list"],
      ["backup", "--to", scratch.path + "/a"], ["hunt", "--format", "ndjson"],
    ] {
      let run = try Binary(arguments + ["--data", folder])
      #expect(run.status == 0, "\(arguments): \(run.errors)")
    }
    let catalog = try Data(contentsOf: URL(fileURLWithPath: folder + "/catalog.sqlite"))
    let runs = ["run", "--data", folder] + Self.span + Self.now
    #expect(try Binary(runs).status == 0)
    try catalog.write(to: URL(fileURLWithPath: folder + "/catalog.sqlite"))
    #expect(try Binary(runs).status == 0)
    #expect(try Binary(["verify", "--data", folder]).status == 0)
    // The copy knows of alerts of its own as well.
    unlink(scratch.path + "/a/alerts.sqlite")
    #expect(try Binary(["alerts", "list", "--data", scratch.path + "/a"]).status == 1)
  }

  @Test("Is noticed in a folder of an earlier version once a process has written to it, or by what a migration left")
  func earlier() throws {
    let folder = try Folder()
    unlink(folder.path + "/kept")
    #expect(try folder.run(["search", "*"]).run.status == 0)
    #expect(try folder.run(["ingest", folder.more]).run.status == 0)
    folder.delete()
    #expect(try folder.run(["alerts", "list"]).run.status == 1)
    unlink(folder.path + "/kept")
    #expect(try folder.run(["alerts", "list"]).run.status == 0)
    _ = try folder.scratch.write("", "events/alerts.sqlite.v6")
    #expect(try folder.run(["alerts", "list"]).run.status == 1)
  }

  @Test("Takes no mapping that it could not remember, and is told before any event is stored")
  func mapping() throws {
    let folder = try Folder()
    folder.delete()
    let (ingest, _) = try folder.run(["ingest", "--mapping", folder.mapping, folder.more])
    #expect(ingest.status == 1 && ingest.errors.contains("alerts.sqlite"), "\(ingest.errors)")
    #expect(try folder.run(["search", "--format", "count", "*"]).run.output == "2\n")
    #expect(try Binary(["verify", "--data", folder.path, "--forget-alerts"]).status == 64)
  }

  @Test("A folder whose first alerts were being made when the process was killed has lost none", arguments: [0, 4096])
  func neverMade(bytes: Int) throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let file = try scratch.write(Sample.records, "a.json")
    try #require(try Binary(["ingest", "--data", folder, file] + Self.now).status == 0)
    // What stands behind the first write to a new file: nothing, or a page that says how it is logged.
    if bytes > 0 {
      try #require(try Process.sqlite(folder + "/alerts.sqlite", "PRAGMA journal_mode = WAL"))
      try #require(try Data(contentsOf: URL(fileURLWithPath: folder + "/alerts.sqlite")).count == bytes)
    } else {
      _ = try scratch.write("", "events/alerts.sqlite")
    }
    for command in [
      ["ingest", file], ["status"], ["ingest", file] + Self.now, ["verify"], ["run"] + Self.span + Self.now,
    ] {
      let run = try Binary(command + ["--data", folder])
      #expect(run.status == 0 && !run.errors.contains("--forget-alerts"), "\(command): \(run.errors)")
    }
  }
}
