import Foundation
import JSON
import TestSupport
import Testing

struct OrderIndependenceTests {
  private static let fixed = ["hunt", "--format", "ndjson", "--now", "2026-02-01T00:00:00Z"]

  private static func shell(_ line: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(line)")
  }

  @Test("The alerts are the same bytes whatever the files, their order, shapes and the number of workers")
  func sameBytes() throws {
    let scratch = try Scratch()
    let made = try Binary([
      "generate", "--events", "2500", "--days", "2", "--seed", "9", "--attack", "trust-policy", "--attack",
      "cloudtrail-stop", "--attack", "secrets-sweep", "--out", scratch.path + "/made",
    ])
    try #require(made.status == 0, "\(made.errors)")
    let rule = try scratch.write(
      Sample.rule.replacing("event.action: GetObject", with: "event.action: *").appending("\nmax_signals = 3\n"),
      "rule.toml")
    let options = Self.fixed + ["--rules", rule]
    let expected = try Binary(options + [scratch.path + "/made"]).output
    #expect(expected.split(separator: "\n").count > 100)

    try Self.shell("cd '\(scratch.path)' && find made -name '*.gz' -exec gzip -dc {} + > all.txt")
    let text = try String(contentsOfFile: scratch.path + "/all.txt", encoding: .utf8)
    // Files follow each other without anything between them.
    var records: [String] = []
    for piece in text.replacing(#"]}{"Records""#, with: "]}\n{\"Records\"").split(separator: "\n") {
      records += (try JSONValue(parsing: String(piece))["Records"]?.arrayValue ?? []).map(\.text)
    }
    #expect(records.count >= 2500)
    records.shuffle()
    var files: [String] = []
    for (number, start) in stride(from: 0, to: records.count, by: 301).enumerated() {
      let part = records[start..<min(records.count, start + 301)]
      let text =
        switch number % 3 {
        case 0: part.joined(separator: "\n")
        case 1: "[" + part.joined(separator: ",") + "]"
        default: #"{"Records": [ "# + part.joined(separator: " ,\n") + " ] }"
        }
      let name = try scratch.write(text, "parts/\(number).json")
      if number % 2 == 0 { try Self.shell("gzip '\(name)'") }
      files.append(number % 2 == 0 ? name + ".gz" : name)
    }
    let reshaped = try Binary(options + [scratch.path + "/parts"]).output
    let again = try [1, 2, 5].map { workers in
      try Binary(options + ["--threads", "\(workers)"] + files.shuffled() + files.shuffled().prefix(3)).output
    }
    // The records were written anew, so that all readings of them agree with each other and, but for the order of
    // members, with the first.
    for output in again { #expect(output == reshaped) }
    func facts(_ output: String) throws -> [JSONValue] {
      try output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }.map { document in
        [document["kibana.alert.uuid"] ?? .null, document["@timestamp"] ?? .null]
      }
    }
    #expect(try facts(reshaped) == facts(expected))
  }

  @Test("Of two texts under one eventID the same one counts, whichever comes first")
  func conflictingTexts() throws {
    let scratch = try Scratch()
    let one =
      #"{"eventID":"00000000-0000-0000-0000-000000000009","eventTime":"2026-01-01T00:00:00Z","eventName":"GetObject","awsRegion":"a"}"#
    let other = one.replacing(#""a""#, with: #""b""#).replacing("00:00:00Z", with: "00:07:00Z")
    let rule = try scratch.write(Sample.rule, "rule.toml")
    let files = try [scratch.write(one, "1.json"), scratch.write(other, "2.json"), scratch.write(one, "3.json")]
    var outputs: Set<String> = []
    for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0], [1, 2]] {
      for workers in [1, 3] {
        let run = try Binary(
          Self.fixed + ["--rules", rule, "--threads", "\(workers)"] + order.map { files[$0] })
        #expect(run.status == 0)
        #expect(run.lines.count == 1)
        outputs.insert(run.output)
      }
    }
    #expect(outputs.count == 1)
  }
}
