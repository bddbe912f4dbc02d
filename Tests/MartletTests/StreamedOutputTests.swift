import Foundation
import JSON
import TestSupport
import Testing

/// What `search` and `normalize` print is right and whole, however much it is and wherever it goes.
struct StreamedOutputTests {
  private static func record(_ number: Int, _ name: String, padding: Int = 0, _ more: String = "") -> String {
    """
    {"eventVersion":"1.11","eventID":"e-\(number)","eventTime":"2026-01-01T00:03:00Z","eventSource":"s3.amazonaws.com",\
    "eventName":"\(name)","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","userName":"kim"},\
    "annotation":"\(String(repeating: "x", count: padding))"\(more)}
    """
  }

  private static func update(of number: Int) -> String {
    ",\"addendum\":{\"reason\":\"UPDATED_DATA\",\"originalEventID\":\"e-\(number)\"}"
  }

  /// Runs the tool in a shell, which puts its output where the line says.
  private static func shell(_ line: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test("More than 64 MiB of output is all there, each event once and as the last update says")
  func large() throws {
    let scratch = try Scratch()
    // 679 events of 100 kB; every hundredth is updated, by a file that comes last.
    let text = (0..<679).map { Self.record($0, "Before", padding: 100_000) }
    for part in 0..<7 {
      _ = try scratch.write(
        text[part * 97..<part * 97 + 97].joined(separator: "\n"), "in/\(part).json")
    }
    let updates = stride(from: 0, to: 679, by: 100).map { Self.record($0 + 5_000, "After", Self.update(of: $0)) }
    _ = try scratch.write(
      updates.joined(separator: "\n") + "\n" + Self.record(1, "Before", padding: 100_000), "in/z.json")
    let tool = try Tool.path()
    // What is counted of so much text is counted by the shell.
    let count =
      "wc -c < out; grep -c '\"action\":\"Before\"' out; grep -c '\"action\":\"After\"' out; sort -u out | wc -l"
    for command in ["normalize in > out"] {
      #expect(try Self.shell("cd '\(scratch.path)' && '\(tool)' \(command); { \(count); } > counts") == 0)
      let counts = try String(contentsOfFile: scratch.path + "/counts", encoding: .utf8).split { $0.isWhitespace }
        .compactMap { Int($0) }
      #expect(counts.dropFirst() == [672, 7, 679], "\(command)")
      #expect(counts[0] > 64 << 20)
    }
  }

  @Test("Of an input that is a pipe the first record counts, what comes is printed at once, and a late update is told")
  func piped() throws {
    let input =
      Self.record(1, "Before") + "\n" + Self.record(2, "Other") + "\n" + Self.record(3, "After", Self.update(of: 1))
    let scratch = try Scratch()
    let file = try scratch.write(input, "in.json")
    let tool = try Tool.path()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "cat '\(file)' | '\(tool)' normalize - > '\(scratch.path)/out' 2> '\(scratch.path)/err'",
    ]
    try process.run()
    process.waitUntilExit()
    let output = try String(contentsOfFile: scratch.path + "/out", encoding: .utf8)
    let errors = try String(contentsOfFile: scratch.path + "/err", encoding: .utf8)
    #expect(output.contains("Before") && output.contains("Other") && !output.contains("After"), "\(output)")
    #expect(errors.contains("the first that was read counts"), "\(errors)")
  }

  @Test("A reader that has seen enough ends the run without a word and with status 0")
  func enough() throws {
    let scratch = try Scratch()
    for part in 0..<20 {
      let text = (0..<200).map { Self.record(part * 200 + $0, "Any", padding: 2000) }
      _ = try scratch.write(text.joined(separator: "\n"), "in/\(part).json")
    }
    let tool = try Tool.path()
    let status = try Self.shell(
      "cd '\(scratch.path)' && { '\(tool)' normalize in 2> err; echo $? > status; } | head -n 1 > out")
    #expect(status == 0)
    #expect(try String(contentsOfFile: scratch.path + "/status", encoding: .utf8) == "0\n")
    #expect(try String(contentsOfFile: scratch.path + "/out", encoding: .utf8).split(separator: "\n").count == 1)
    #expect(try String(contentsOfFile: scratch.path + "/err", encoding: .utf8) == "")
  }
}
