import Foundation
import JSON
import TestSupport
import Testing

/// Kills processes at random moments. `MARTLET_KILLS` says how many; `make torture` takes thousands.
@Suite("A folder of events under kills") struct TortureTests {
  private static let kills = ProcessInfo.processInfo.environment["MARTLET_KILLS"].flatMap(Int.init) ?? 50

  /// Events of a data stream of their own.
  private static func noise(_ round: Int) -> String {
    (0..<60).map { number in
      #"{"@timestamp":"2026-01-02T00:00:00Z","data_stream":{"type":"logs","dataset":"noise","namespace":"default"},"event":{"id":"\#(round)-\#(number)","action":"x"}}"#
        + "\n"
    }.joined()
  }

  @Test("Whatever is killed in between, every event is there once and the alerts are those of a hunt over the files")
  func kills() throws {
    let seed = ProcessInfo.processInfo.environment["MARTLET_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...99_999)
    var random = SeededRandom(seed: seed)
    let scratch = try Scratch()
    let made = scratch.path + "/made"
    try #require(
      try Binary([
        "generate", "--events", "\(max(4000, Self.kills * 100))", "--days", "4", "--seed", "3", "--attack",
        "trust-policy",
        "--attack", "cloudtrail-stop", "--attack", "secrets-sweep", "--events-per-file", "150", "--out", made,
      ]).status == 0)
    let found = FileManager.default.enumerator(atPath: made)?.compactMap { $0 as? String } ?? []
    var files = found.filter { $0.hasSuffix(".gz") }.shuffled(using: &random)
    let input = scratch.path + "/in"
    try FileManager.default.createDirectory(atPath: input, withIntermediateDirectories: true)
    let folder = scratch.path + "/events"
    let span = ["--from", "2026-01-01", "--to", "2026-01-06", "--now", "2026-02-01T00:00:00Z"]
    var (killed, backups) = (0, [String]())
    // Another data stream, of which nothing is kept, so that processes are killed while they delete.
    let noise = scratch.path + "/noise"
    try FileManager.default.createDirectory(atPath: noise, withIntermediateDirectories: true)
    #expect(try Binary(["ingest", "--data", folder, try scratch.write(Self.noise(0), "noise.ndjson")]).status == 0)
    #expect(try Binary(["retention", "set", "--data", folder, "--stream", "logs-noise-*", "--size", "1B"]).status == 0)
    for round in 0..<Self.kills {
      for _ in 0..<max(1, found.count / Self.kills) {
        guard let file = files.popLast() else { break }
        try FileManager.default.copyItem(atPath: made + "/" + file, toPath: input + "/\(files.count).json.gz")
      }
      _ = try scratch.write(Self.noise(round + 1), "noise/\(round).ndjson")
      // Several to a name: one that is killed keeps the next from nothing.
      let backup = scratch.path + "/backup\(round / 5)"
      let commands = [
        ["ingest", "--data", folder, "--segment-events", "40", input],
        ["ingest", "--data", folder, "--segment-events", "40", noise, input],
        ["ingest", "--data", folder, "--segment-events", "40", "--follow", input],
        ["retention", "apply", "--data", folder], ["run", "--data", folder] + span,
        ["backup", "--data", folder, "--to", backup],
      ]
      let process = Process()
      process.executableURL = URL(fileURLWithPath: try Tool.path())
      // The first follows its input, and so is there to be killed, however late that is.
      process.arguments = round == 0 ? commands[2] : commands.randomElement(using: &random) ?? []
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      // No task's sleep: other tests may hold all threads of the pool meanwhile.
      usleep(UInt32.random(in: 5_000...500_000, using: &random))
      if process.isRunning {
        kill(process.processIdentifier, SIGKILL)
        killed += 1
      }
      process.waitUntilExit()
      if process.arguments?.first == "backup", process.terminationReason == .exit, process.terminationStatus == 0 {
        backups.append(backup)
      }
    }
    for file in files {
      try FileManager.default.copyItem(atPath: made + "/" + file, toPath: input + "/" + UUID().uuidString + ".gz")
    }
    #expect(try Binary(["ingest", "--data", folder, input]).status == 0, "seed \(seed)")
    let run = try Binary(["run", "--data", folder] + span)
    #expect(run.status == 0, "seed \(seed): \(run.errors)")
    let hunt = try Binary(["hunt", "--format", "ndjson"] + span + [made])
    func ids(_ documents: [JSONValue]) -> [String] {
      documents.filter { $0["martlet"]?["contradicted_by"] == nil }
        .compactMap { $0["kibana.alert.uuid"]?.stringValue }.sorted()
    }
    let expected = ids(try hunt.documents)
    #expect(expected.count > 5 && killed > 0, "seed \(seed)")
    #expect(ids(try Binary(["alerts", "export", "--data", folder]).documents) == expected, "seed \(seed)")
    #expect(try Binary(["search", "--data", folder, "--index", "logs-noise-*", "*"]).lines.isEmpty, "seed \(seed)")
    let count = ["search", "--format", "count", "--index", "logs-aws*", "*"]
    #expect(try Binary(count + ["--data", folder]).output == Binary(count + [made]).output, "seed \(seed)")
    #expect(try Binary(["backup", "--data", folder, "--to", scratch.path + "/last"]).status == 0, "seed \(seed)")
    for copy in [folder, scratch.path + "/last"] + backups {
      let verify = try Binary(["verify", "--data", copy])
      #expect(verify.status == 0, "seed \(seed), \(copy): \(verify.errors)")
    }
  }
}
