import Events
import Foundation
import TestSupport
import Testing

@Suite("The folder of a service, as others leave it", .timeLimit(.minutes(hang))) struct FolderOfOthersTests {
  /// A folder of events with one event; gives its path.
  private func folder(_ scratch: Scratch) throws -> String {
    let data = scratch.path + "/events"
    let time = Timestamp(iso8601: "2026-01-01T00:00:00Z") ?? .earliest
    let file = try scratch.write(ServedFolder.trustRecord(1, at: time) + "\n", "one.ndjson")
    try #require(ServedProcess.run(["ingest", "--data", data, file]).status == 0)
    return data
  }

  @Test("Stored events that cannot be read when the service starts are told in its log, with the cause")
  func missing() async throws {
    let scratch = try Scratch()
    let data = try folder(scratch)
    let segments = try FileManager.default.contentsOfDirectory(atPath: data + "/segments").filter {
      $0.hasSuffix(".segment")
    }
    try #require(!segments.isEmpty)
    for name in segments { #expect(unlink(data + "/segments/" + name) == 0) }
    let service = try await ServedProcess(data: data)
    #expect(service.log.contains(": 1 event of logs-aws.cloudtrail-default of 2026-01-01T00:00:00.000Z"))
    #expect(service.log.contains("1 event in 1 segment cannot be read; martlet verify"))
    #expect(try await service.stop() == 0)
  }

  @Test(
    "Root writes nothing into a folder that is another user's, which could not read it",
    .enabled(if: geteuid() == 0, "only root may"),
    arguments: [
      ["ingest", "one.ndjson"], ["run"], ["rules", "disable", "AWS IAM Assume Role Policy Update"],
      ["keys", "create", "--name", "n", "--role", "read"], ["retention", "set", "--stream", "logs-*", "--age", "9d"],
    ])
  func root(command: [String]) throws {
    let scratch = try Scratch()
    let data = try folder(scratch)
    let user: uid_t = 54321
    for path in try [data] + FileManager.default.subpathsOfDirectory(atPath: data).map({ data + "/" + $0 }) {
      try #require(chown(path, user, user) == 0)
    }
    let words = command.count > 1 && !["ingest", "run"].contains(command[0]) ? 2 : 1
    let arguments =
      command[..<words] + ["--data", data] + command[words...].map { $0 == "one.ndjson" ? scratch.path + "/" + $0 : $0 }
    let refused = ServedProcess.run(Array(arguments))
    #expect(refused.status == 1 && refused.output.isEmpty)
    for path in try FileManager.default.subpathsOfDirectory(atPath: data) {
      var status = stat()
      #expect(stat(data + "/" + path, &status) == 0 && status.st_uid == user, "\(path)")
    }
    // Whoever only reads may be anybody who is let.
    #expect(ServedProcess.run(["status", "--data", data]).status == 0)
  }

  @Test("serve --check says of a folder that cannot be used that it cannot, and makes none")
  func check() throws {
    let scratch = try Scratch()
    func check(_ data: String) -> Int32 { ServedProcess.run(["serve", "--check", "--data", data]).status }
    let file = try scratch.write("x", "file")
    try scratch.write("x", "foreign/some.txt")
    for wrong in [
      file, file + "/events", scratch.path + "/foreign", scratch.path + "/no/events", "", "/proc/events", "/proc",
    ] {
      #expect(check(wrong) == 1, "\(wrong)")
    }
    #expect(check(scratch.path + "/events") == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() == ["file", "foreign"])
    try FileManager.default.createDirectory(atPath: scratch.path + "/empty", withIntermediateDirectories: false)
    #expect(check(scratch.path + "/empty") == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/empty").isEmpty)
    let data = try folder(scratch)
    // What SQLite keeps beside a database that somebody reads is none of what is stored.
    func files() throws -> [String] {
      try FileManager.default.subpathsOfDirectory(atPath: data).filter {
        !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm")
      }
      .sorted()
    }
    let before = try files()
    #expect(check(data) == 0)
    #expect(try files() == before)
  }
}
