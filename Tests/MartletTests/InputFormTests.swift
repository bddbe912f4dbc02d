import Foundation
import TestSupport
import Testing

/// What commands say of the forms of their input.
struct InputFormTests {
  @Test("Files that are passed over are counted by kind, named with -v, and cost no status")
  func passedOver() throws {
    let scratch = try Scratch()
    try scratch.write(Sample.records, "a.json")
    try scratch.write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "p.png")
    try scratch.write("# words\n", "b.MD")
    let counted = try Binary(["search", "event.action: *", scratch.path])
    #expect(counted.status == 0)
    #expect(counted.errors.contains("2 files passed over (md: 1, png: 1); -v names them\n"))
    let named = try Binary(["search", "-v", "event.action: *", scratch.path])
    #expect(named.errors.contains("2 files passed over (md: 1, png: 1):\n  \(scratch.path)/b.MD: md\n"))
    #expect(named.errors.contains("  \(scratch.path)/p.png: png\n"))
    let quiet = try Binary(["search", "-q", "event.action: *", scratch.path])
    #expect(!quiet.errors.contains("passed over"))
    for run in [counted, named, quiet] { #expect(run.lines.count == 2) }
  }

  @Test("An event in ECS whose time has a blank in it is found by its time")
  func spacedTime() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "{\"@timestamp\":\"2026-03-01 10:00:00.5\",\"event\":{\"action\":\"x\"}}", "a.ndjson")
    for (query, count) in [
      ("@timestamp >= \"2026-03-01T10:00:00.500Z\"", 1), ("@timestamp < \"2026-03-01T10:00:00.500Z\"", 0),
    ] {
      #expect(try Binary(["search", query, file]).lines.count == count)
    }
  }

  @Test("An address in S3 is told with the command to copy what is there")
  func address() throws {
    let run = try Binary(["hunt", "s3://trail/AWSLogs/"])
    #expect(run.status != 0)
    #expect(run.errors.contains("copy it first: aws s3 sync s3://trail/AWSLogs/ ./AWSLogs"))
  }

  private static let archive = "../shared/data/sans-s3-ransomware.tar.gz"

  @Test(
    "A real incident in its archive gives exactly the alerts of its files",
    .enabled(if: FileManager.default.fileExists(atPath: archive), "there is no \(archive)"))
  func incident() throws {
    let scratch = try Scratch()
    let unpacking = Process()
    unpacking.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    unpacking.arguments = ["tar", "-xzf", Self.archive, "-C", scratch.path]
    try unpacking.run()
    unpacking.waitUntilExit()
    try #require(unpacking.terminationStatus == 0)
    let options = ["hunt", "--format", "ndjson", "--now", "2026-01-01T00:00:00Z"]
    let files = try Binary(options + [scratch.path])
    for run in [try Binary(options + [Self.archive]), try Binary(options + ["--threads", "7", Self.archive])] {
      #expect(run.output == files.output)
      #expect(run.status == files.status)
    }
    #expect(!files.lines.isEmpty)
  }
}
