import Foundation
import JSON
import TestSupport
import Testing

@Suite("Commands that write settings of a folder of events make it") struct FolderMakingTests {
  @Test(
    "Where there is no folder, or an empty one, it is made, and that is said once",
    arguments: [
      ["rules import", "rule.toml"], ["rules disable", "AWS IAM Assume Role Policy Update"],
      ["exceptions add", "--rule", "AWS IAM Assume Role Policy Update", "--name", "known", "user.name: ops"],
      ["value-lists add", "--type", "keyword", "people", "dana"],
      ["value-lists import", "--type", "keyword", "people.txt"],
      ["retention set", "--stream", "logs-*", "--age", "400d"], ["keys create", "--name", "n", "--role", "read"],
    ], [false, true])
  func made(command: [String], isThere: Bool) throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    try scratch.write(Sample.rule, "rule.toml")
    try scratch.write("dana\n", "people.txt")
    if isThere { try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false) }
    let arguments = command[0].split(separator: " ").map(String.init) + ["--data", data] + command.dropFirst()
    let first = try Binary(arguments, directory: scratch.path)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.errors.contains("the folder of events \(data) was made"))
    #expect(try Binary(["rules", "list", "--data", data]).status == 0)
    let again = try Binary(["keys", "create", "--data", data, "--name", "m", "--role", "read"])
    #expect(again.status == 0 && !again.errors.contains("was made"))
  }

  @Test("One whose parent is not there, or that holds something else, is refused", arguments: ["no/events", "foreign"])
  func refused(name: String) throws {
    let scratch = try Scratch()
    try scratch.write("x", "foreign/some.txt")
    let set = try Binary(["retention", "set", "--data", scratch.path + "/" + name, "--stream", "logs-*", "--age", "9d"])
    #expect(set.status == 1 && set.errors.contains(name) && !set.errors.contains("was made"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["foreign"])
  }

  @Test("An ingestion of what is not there makes no folder, and says what is not there", arguments: ["text", "json"])
  func nothingToIngest(format: String) throws {
    let scratch = try Scratch()
    let arguments = ["ingest", "--data", scratch.path + "/events", "--format", format, scratch.path + "/nofile"]
    let ingest = try Binary(arguments + ["s3://bucket/key"])
    #expect(ingest.status == 1 && ingest.errors.contains("nofile: ") && ingest.errors.contains("s3://bucket/key"))
    #expect(ingest.errors.contains("nothing was stored"), "\(ingest.errors)")
    if format == "json" { #expect(try JSONValue(parsing: ingest.output)["stored"] == 0, "\(ingest.output)") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    // Of several paths one is enough.
    #expect(try Binary(arguments + [scratch.write(Sample.records, "a.json")]).status == 1)
    #expect(try Binary(["search", "--data", scratch.path + "/events", "*"]).lines.count == 2)
  }
}
