import CloudTrail
import Foundation
import TestSupport
import Testing

@testable import Inputs

/// What is read and what is passed over is told by what files hold.
struct ContentFormTests {
  private func kinds(_ reading: Reading) -> String { reading.summary.passedOver.sentence ?? "none" }

  @Test("Suffixes are compared without case, and files without a known one are looked at")
  func suffixes() async throws {
    let scratch = try Scratch()
    for (number, name) in [
      "a.JSON", "b.Json.Gz", "delivery-stream-1-2026-01-05-10-00-00-0a1b", "c.txt", "d.2026-01-05", "e.NDJSON", "f.LOG",
      ".hidden",
    ].enumerated() {
      let bytes = Record.ndjson(number..<number + 1)
      try scratch.write(name.hasSuffix("Gz") ? gzip(bytes) : bytes, name)
    }
    let reading = try await Reading([scratch.path])
    #expect(reading.ids == Record.ids(0..<8))
    #expect(reading.summary.problems.isEmpty)
    #expect(kinds(reading) == "none")
  }

  @Test("What is no known form is passed over and counted, and is no bad input")
  func passedOver() async throws {
    let scratch = try Scratch()
    try scratch.write(Record.ndjson(0..<1), "a.json")
    let others: [(String, [UInt8])] = [
      ("x.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]),
      ("report.docx", zip([Packed("[Content_Types].xml", Array("<Types/>".utf8)), Packed("word/a.xml", [])])),
      ("README.md", Array("# A title\nFiles of CloudTrail's (`{\"Records\": […]}`) have `\"eventTime\"`.\n".utf8)),
      ("LICENSE", Array("words\n".utf8)), ("data.bin", [0, 1, 2, 3]),
      ("package.webmanifest", Array(#"{"name":"x","start_url":"/"}"#.utf8)), ("app.log", Array("12:00 started\n".utf8)),
      ("old.log.gz", gzip(Array("12:00 started\n".utf8))), ("big.iso", [UInt8](repeating: 7, count: 9 << 20)),
      ("middle.iso", [UInt8](repeating: 7, count: 1 << 20)), ("._a.json", [0, 5, 0x16, 7, 0, 2, 0, 0]),
      ("t.csv", Array("name,colour\nx,red\n".utf8)),
    ]
    for (name, bytes) in others { try scratch.write(bytes, name) }
    let reading = try await Reading([scratch.path])
    #expect(reading.ids == ["0"])
    #expect(reading.summary.problems.isEmpty, "\(reading.summary.problems.problems.map(\.description))")
    #expect(
      kinds(reading)
        == "12 files passed over (bin: 1, csv: 1, docx: 1, iso: 2, log: 2, macOS file attributes: 1, md: 1, no suffix: 2, "
        + "png: 1)")
    #expect(reading.summary.files == 1)
    #expect(reading.summary.passedOver.files.count == 12)
    #expect(reading.summary.passedOver.files.contains { $0.name == scratch.path + "/x.png" && $0.kind == "png" })
  }

  @Test("A file that is named is told of, whatever it is")
  func named() async throws {
    let scratch = try Scratch()
    for (name, bytes, part) in [
      ("x.png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "a PNG picture"),
      ("data.bin", [0, 1, 2, 3], "no known form"), ("LICENSE", Array("words\n".utf8), "no JSON object"),
    ] as [(String, [UInt8], String)] {
      let reading = try await Reading([try scratch.write(bytes, name)])
      #expect(reading.summary.problems.problems.map(\.description).joined().contains(part), "\(name)")
      #expect(reading.summary.passedOver.count == 0)
    }
    // Found, it is read where a line starts as a record does.
    try scratch.write("intro\n  \(Record.text(3))\n", "in/notes.txt")
    let found = try await Reading([scratch.path + "/in"])
    #expect(found.ids == ["3"] && found.causes == [.brokenJSON: 1])
    // Named, anything that holds records is read.
    let reading = try await Reading([try scratch.write("intro\n\(Record.text(1))\n", "notes")])
    #expect(reading.ids == ["1"])
    #expect(reading.causes == [.brokenJSON: 1])
  }

  @Test("A file that says it is JSON and is not is bad input")
  func strict() async throws {
    let scratch = try Scratch()
    for (name, bytes) in [
      ("a.json", Array("not json".utf8)), ("b.json.gz", gzip(Array("<html></html>".utf8))), ("c.ndjson", [0, 1, 2, 3]),
    ] {
      let reading = try await Reading([
        (try scratch.write(bytes, "\(name)-dir/\(name)") as NSString).deletingLastPathComponent
      ])
      #expect(reading.summary.problems.problems.count == 1, "\(name)")
      #expect(reading.summary.passedOver.count == 0, "\(name)")
    }
  }

  @Test("What other services write is passed over by its name in a directory, and told by it when it is named")
  func otherServices() async throws {
    let config =
      #"{"fileVersion":"1.0","configSnapshotId":"x","configurationItems":[{"resourceType":"AWS::S3::Bucket"}]}"#
    let flow = """
      version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status
      2 111122223333 eni-0a1b2c3d 10.0.0.1 10.0.0.2 443 5000 6 1 40 1772359200 1772359260 ACCEPT OK
      """
    let notification =
      #"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"2026-01-01T00:00:00Z","eventName":"ObjectCreated:Put","s3":{"bucket":{}}}]}"#
    let finding = #"{"class_uid":2004,"metadata":{"version":"1.1.0"},"time":1772359200000}"#
    for (name, bytes, kind, part) in [
      ("c.json.gz", gzip(Array(config.utf8)), "AWS Config", "AWS Config"),
      ("f.log.gz", gzip(Array(flow.utf8)), "VPC flow logs", "VPC flow logs"),
      (
        "g.log", Array("2 111122223333 eni-0a1b2c3d 10.0.0.1 10.0.0.2 443 5000 6 1 40 1 2 ACCEPT OK\n".utf8),
        "VPC flow logs", "VPC flow logs"
      ),
      ("n.json", Array(notification.utf8), "S3 notification", "notification of S3"),
      ("o.json", Array("\(finding)\n\(finding)".utf8), "OCSF", "OCSF"),
      ("p.parquet", Array("PAR1".utf8) + [1, 2, 3, 4], "Parquet", "Parquet"),
    ] as [(String, [UInt8], String, String)] {
      let scratch = try Scratch()
      let file = try scratch.write(bytes, "d/\(name)")
      let found = try await Reading([scratch.path])
      #expect(kinds(found) == "1 file passed over (\(kind): 1)", "\(name)")
      #expect(found.summary.problems.isEmpty && found.summary.files == 0, "\(name)")
      let named = try await Reading([file])
      #expect(named.causes.keys.map(\.self) == [.otherForm], "\(name): \(named.causes)")
      #expect(named.summary.problems.problems.first?.description.contains(part) == true, "\(name)")
      let packed = try await Reading([try scratch.write(zip([Packed(name, bytes)]), "z/a.zip")])
      #expect(kinds(packed) == "1 file passed over (\(kind): 1)", "\(name) in an archive")
    }
    // A large one is told by its start.
    let scratch = try Scratch()
    let items = String(repeating: #"{"resourceType":"AWS::S3::Bucket","configuration":"x"},"#, count: 200_000)
    try scratch.write(#"{"fileVersion":"1.0","configSnapshotId":"x","configurationItems":[\#(items){}]}"#, "c.json")
    #expect(kinds(try await Reading([scratch.path])) == "1 file passed over (AWS Config: 1)")
  }

  @Test(
    "Long files of other services are passed over by their names, and told by them where they are named",
    arguments: [1, 3])
  func longFiles(workers: Int) async throws {
    let item = #"{"ResourceType":"AWS::S3::Bucket","Configuration":{"text":"\#(String(repeating: "x", count: 9000))"}}"#
    let items = Array(repeating: item, count: 1_050).joined(separator: ",")
    let waf = #"{"timestamp":1,"webaclId":"arn","httpRequest":{"uri":"\#(String(repeating: "u", count: 9000))"}}"#
    let flow =
      #"{"timestamp":1,"message":"2 111122223333 eni-0a 10.0.0.1 10.0.0.2 443 5000 6 1 \#(String(repeating: "4", count: 9000)) ACCEPT OK"}"#
    for (name, text, kind, cause) in [
      // One object, longer than any record.
      ("c.json", #"{"a":[\#(items)],"configurationItems":[]}"#, "JSON without events", ProblemCause.noTime),
      ("d.json", #"{"Version":"1","Statement":[\#(items)]}"#, "AWS policy or state", .otherForm),
      (
        "e.json", #"{"fileVersion":"1.0","configSnapshotId":"x","configurationItems":[\#(items)]}"#, "AWS Config",
        .otherForm
      ),
      ("f.json", #"{"configurationItems":[\#(items)]}"#, "AWS Config", .otherForm),
      // Records of their own, in lines, lists and pages.
      ("w.json", Array(repeating: waf, count: 1_050).joined(separator: "\n"), "AWS WAF", .otherForm),
      ("l.json", "[" + Array(repeating: waf, count: 1_050).joined(separator: ",\n") + "]", "AWS WAF", .otherForm),
      (
        "v.json", #"{"events":[\#(Array(repeating: flow, count: 1_050).joined(separator: ","))]}"#, "VPC flow logs",
        .otherForm
      ),
    ] {
      let scratch = try Scratch()
      let file = try scratch.write(text, "d/\(name)")
      #expect(text.utf8.count > ReadingSizes().streamedBytes)
      let found = try await Reading([scratch.path], workers: workers)
      #expect(kinds(found) == "1 file passed over (\(kind): 1)", "\(name)")
      #expect(found.summary.problems.isEmpty && found.summary.files == 0, "\(name)")
      let named = try await Reading([file], workers: workers)
      #expect(named.causes.keys.map(\.self) == [cause], "\(name): \(named.causes)")
    }
    // One record among them is read, and the others are told.
    let scratch = try Scratch()
    let mixed = Array(repeating: waf, count: 1_050) + [Record.text(1)]
    try scratch.write(mixed.joined(separator: "\n"), "m.json")
    let reading = try await Reading([scratch.path], workers: workers)
    #expect(reading.ids == ["1"] && reading.causes == [.otherForm: 1_050])
    // Records behind much else are read.
    try scratch.write(
      #"{"note":"\#(String(repeating: "n", count: 100_000))","Records":[\#((0..<1000).map { Record.text($0, padding: 1300) }.joined(separator: ","))]}"#,
      "n/late.json")
    let late = try await Reading([scratch.path + "/n"], workers: workers)
    #expect(late.ids == Record.ids(0..<1000) && late.causes.isEmpty)
  }

  @Test("Archives and compression that are not opened are bad input wherever they lie, with what to do")
  func unopened() async throws {
    for (name, bytes, part) in [
      ("a.7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4], "7z x"),
      ("b.rar", Array("Rar!".utf8) + [0x1A, 7, 0], "unrar"),
      ("c.json.lz4", [0x04, 0x22, 0x4D, 0x18], "unlz4"), ("d.lzo", [0x89, 0x4C, 0x5A, 0x4F, 0], "lzop"),
      ("e.json", Array(#"<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>"#.utf8), "AccessDenied"),
    ] as [(String, [UInt8], String)] {
      let scratch = try Scratch()
      let file = try scratch.write(bytes, name)
      for path in [file, scratch.path] {
        let reading = try await Reading([path])
        #expect(reading.causes == [.unopened: 1], "\(name)")
        #expect(reading.summary.problems.problems[0].description.contains(part), "\(name)")
      }
    }
  }

  @Test("An address in S3 is told as that, with the command to copy what is there")
  func addresses() async throws {
    for (address, command) in [
      ("s3://trail/AWSLogs/", "aws s3 sync s3://trail/AWSLogs/ ./AWSLogs"),
      ("s3://trail", "aws s3 sync s3://trail ./trail"),
      ("s3://trail/a/b.json.gz", "aws s3 cp s3://trail/a/b.json.gz ."),
      ("s3://trail/it's here/", "aws s3 sync 's3://trail/it'\\''s here/' './it'\\''s here'"),
      ("S3://trail/x", "aws s3 sync S3://trail/x ./x"),
    ] {
      let reading = try await Reading([address])
      let problem = try #require(reading.summary.problems.problems.first)
      #expect(
        problem.cause == .unreadable && problem.detail.hasSuffix("copy it first: \(command)"), "\(problem.detail)")
    }
  }

  @Test("JSON that holds no event is passed over in a directory, and told where it is named or stands among records")
  func withoutEvents() async throws {
    let scratch = try Scratch()
    for (name, text) in [
      ("package.json", #"{"name":"x","version":"1"}"#), ("app.log", #"{"level":"info"}"# + "\n" + #"{"level":"warn"}"#),
      ("a.json.gz", #"[{"a":1},{"b":2}]"#),
    ] {
      let bytes = name.hasSuffix("gz") ? gzip(Array(text.utf8)) : Array(text.utf8)
      let file = try scratch.write(bytes, "\(name)-d/\(name)")
      let found = try await Reading([(file as NSString).deletingLastPathComponent])
      #expect(kinds(found) == "1 file passed over (JSON without events: 1)", "\(name)")
      #expect(found.summary.problems.isEmpty && found.summary.files == 0)
      #expect(try await Reading([file]).causes.keys.map(\.self) == [.noTime], "\(name)")
    }
    try scratch.write(#"{"a":1}"# + "\n" + Record.text(1), "mixed/a.json")
    let mixed = try await Reading([scratch.path + "/mixed"])
    #expect(mixed.ids == ["1"] && mixed.causes == [.noTime: 1])
    // A record that has lost its time is one all the same.
    try scratch.write(#"{"eventVersion":"1.08","eventName":"X"}"#, "lost/a.json")
    #expect(try await Reading([scratch.path + "/lost"]).causes == [.noTime: 1])
  }

  @Test("Records behind their times, one a line, are read as CloudWatch Logs exports them")
  func stamped() async throws {
    let scratch = try Scratch()
    let stamps = [
      "2026-01-31T10:00:00.000Z ", "2026-01-31T10:00:00.000000+00:00 111122223333_CloudTrail_us-east-1 ", "",
    ]
    let lines = (0..<300).map { (stamps[$0 == 0 ? 0 : $0 % 3]) + Record.text($0) }
    let text = lines.joined(separator: "\n") + "\n"
    for (name, bytes) in [
      ("000000.gz", gzip(Array(text.utf8))), ("export.log", Array(text.utf8)), ("000000", Array(text.utf8)),
    ] {
      let reading = try await Reading([
        (try scratch.write(bytes, "\(name)-d/\(name)") as NSString).deletingLastPathComponent
      ])
      #expect(reading.ids == Record.ids(0..<300), "\(name)")
      #expect(reading.summary.problems.isEmpty, "\(name)")
    }
    let broken = try await Reading([
      try scratch.write(lines[0] + "\n2026-01-31T10:00:00Z no record\n" + lines[1], "b.log")
    ])
    #expect(broken.ids == ["0", "1"] && broken.causes == [.brokenJSON: 1])
  }

  @Test("Text in UTF-16 is read, with a mark and without, however long")
  func utf16() async throws {
    let scratch = try Scratch()
    let text = Record.text(1).replacing("eventName\":\"A", with: "eventName\":\"Ä日😀") + "\r\n" + Record.text(2)
    func encoded(_ text: String, little: Bool, mark: Bool) -> [UInt8] {
      ((mark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit in
        little ? [UInt8(unit & 0xFF), UInt8(unit >> 8)] : [UInt8(unit >> 8), UInt8(unit & 0xFF)]
      }
    }
    for (little, mark) in [(true, true), (false, true), (true, false), (false, false)] {
      for text in [
        text, "{\"Records\":[\(Record.text(1)),\(Record.text(2))]}", "[\(Record.text(1)),\(Record.text(2))]",
      ] {
        let bytes = encoded(text, little: little, mark: mark)
        for (name, bytes) in [
          ("a.json", bytes), ("b.txt", bytes), ("c.gz", gzip(bytes)), ("d.zip", zip([Packed("a", bytes)])),
        ] {
          let reading = try await Reading([try scratch.write(bytes, name)])
          #expect(reading.ids == ["1", "2"], "\(name) \(little) \(mark)")
          #expect(reading.summary.problems.isEmpty)
        }
      }
    }
    let long = encoded(
      (0..<1000).map { Record.text($0, padding: 700) }.joined(separator: "\n"), little: true, mark: true)
    #expect(try await Reading([try scratch.write(long, "long.json")]).ids == Record.ids(0..<1000))
    // Half a character at the end, and half pairs.
    let odd = try await Reading([try scratch.write(encoded(text, little: true, mark: true) + [0x20], "odd.json")])
    #expect(odd.ids == ["1", "2"] && odd.causes == [.tornCompression: 1])
    let pieces: [UInt16] = [0xFEFF, 0xD83D] + Array("x".utf16) + [0xDE00, 0xD83D, 0xDE00, 0xD83D]
    let half = pieces.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(try decoded(half) == "\u{FFFD}x\u{FFFD}😀\u{FFFD}")
  }

  private func decoded(_ bytes: [UInt8]) throws -> String {
    try bytes.withUnsafeBufferPointer { bytes in
      let source = UTF16Source(MemorySource(bytes), isLittleEndian: true)
      var output = [UInt8](repeating: 0, count: 4096)
      var count = 0
      try output.withUnsafeMutableBufferPointer {
        while case let more = try source.read(into: $0.baseAddress! + count, capacity: 3), more > 0 { count += more }
      }
      return String(decoding: output[..<count], as: UTF8.self)
    }
  }

  @Test("A file that was compressed twice is read; more often, it is told")
  func packedTwice() async throws {
    let scratch = try Scratch()
    var bytes = Record.file(0..<3)
    for times in 1...5 {
      bytes = gzip(bytes)
      let reading = try await Reading([try scratch.write(bytes, "a.json.gz")])
      #expect(reading.ids == (times < 4 ? Record.ids(0..<3) : []), "\(times)")
      #expect(reading.causes == (times < 4 ? [:] : [.bomb: 1]), "\(times)")
    }
  }

  @Test("Any bytes under any name bring nothing down", arguments: [UInt64.random(in: 0...UInt64.max), 17])
  func anything(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let starts: [[UInt8]] = [
      [], [0x1F, 0x8B, 8], [0x28, 0xB5, 0x2F, 0xFD], [0x50, 0x4B, 3, 4], [0xFF, 0xFE], [0xFE, 0xFF], Array("{\"".utf8),
      Array("eventversion,eventtime,eventname,eventsource\n".utf8), Array("\"eventjson\"\n\"{".utf8), Array("[[".utf8),
    ]
    for _ in 0..<500 {
      let bytes =
        starts.randomElement(using: &random)!
        + (0..<Int.random(in: 0...900, using: &random)).map { _ in
          Bool.random(using: &random)
            ? UInt8.random(in: 0...255, using: &random) : Array("\"\\{}[],:\n".utf8).randomElement(using: &random)!
        }
      let name = ["a.json", "b.gz", "c.zip", "d", "e.csv"].randomElement(using: &random)!
      _ = try Reading(bytes, named: name, isNamed: Bool.random(using: &random))
    }
  }
}
