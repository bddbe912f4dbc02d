import Foundation
import TestSupport
import Testing

/// Files of any size and make are read with 600 MB of address space: what is beyond a bound is told, and the good event
/// beside it is found.
@Suite("Files of any size with 600 MB of memory")
struct InputLimitTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    try scratch.write(MemoryLimitTests.Input.good + "\n", "in/good.json")
  }

  /// Searches, and hunts in, all that is in `in`: the good event is found each time, and what is told is returned.
  @discardableResult
  private func told(_ statuses: ClosedRange<Int32> = 1...1, _ sourceLocation: SourceLocation = #_sourceLocation) throws
    -> String
  {
    let rule = try scratch.write(
      Sample.rule.replacing("GetObject", with: "GoodOne").replacing("logs-aws.cloudtrail-*", with: "*"), "rule.toml")
    let folder = scratch.path + "/in"
    var told = ""
    for arguments in [
      ["search", "event.action: GoodOne", "--format", "ndjson", folder],
      ["hunt", "--no-builtin", "--rules", rule, "--context", "--format", "ndjson", folder],
    ] {
      let run = try Binary(arguments, megabytes: 600)
      #expect(
        statuses.contains(run.status) && run.output.contains("GoodOne"),
        "\(arguments[0]): \(run.status): \(run.errors.prefix(600))", sourceLocation: sourceLocation)
      told = run.errors
    }
    return told
  }

  private static let blanks = gzip([UInt8](repeating: 0x20, count: 32 << 20))

  @Test("A gzip file of two gigabytes of blanks is refused")
  func gzipBomb() throws {
    try scratch.write(Array(repeatElement(Self.blanks, count: 64).joined()), "in/bomb.json.gz")
    #expect(try told().contains("decompression beyond the limit"))
  }

  @Test("A quarter of a gigabyte of padding in requests hides no record behind it")
  func padding() throws {
    func record(_ name: String, _ padding: Int) -> String {
      #"{"eventVersion":"1.08","eventID":"\#(name)","eventTime":"2026-01-01T00:03:00Z","eventSource":"s3.amazonaws.com","#
        + #""eventName":"\#(name)","requestParameters":{"x":"\#(String(repeating: "x", count: padding))"}}"# + "\n"
    }
    let padded = gzip(Array((0..<32).map { record("A\($0)", 1_000_000) }.joined().utf8))
    let last = gzip(Array(record("LastOne", 0).utf8))
    try scratch.write(Array(repeatElement(padded, count: 8).joined()) + last, "in/padded.json.gz")
    let run = try Binary(
      ["search", "event.action: LastOne", "--format", "count", scratch.path + "/in"], megabytes: 600)
    #expect(run.status == 0 && run.output == "1\n", "\(run.status): \(run.output) \(run.errors.prefix(600))")
  }

  @Test("A tar.gz file that unpacks to two gigabytes is refused")
  func tarBomb() throws {
    let member = gzip(tar([Packed("a.json", [UInt8](repeating: 0x20, count: 32 << 20))], isEnded: false))
    try scratch.write(Array(repeatElement(member, count: 64).joined()), "in/bomb.tar.gz")
    #expect(try told().contains("decompression beyond the limit"))
  }

  @Test("A zip file that unpacks to 400 megabytes of blanks is refused, alone and in another one")
  func zipBomb() throws {
    let blanks = [UInt8](repeating: 0x20, count: 48 << 20)
    let bomb = zip((0..<8).map { Packed("\($0).json", blanks) })
    try scratch.write(bomb, "in/bomb.zip")
    try scratch.write(zip([Packed("inner.zip", bomb)], deflates: false), "in/outer.zip")
    let told = try told()
    #expect(told.contains("bomb.zip: ") && told.contains("outer.zip: "), "\(told)")
  }

  @Test("Of an archive with two thousand members those that are nothing are counted")
  func members() throws {
    let empty = tar([Packed("x.png", [1, 2, 3])], isEnded: false)
    var archive: [UInt8] = []
    archive.reserveCapacity(empty.count * 2000 + 1024)
    for _ in 0..<2000 { archive += empty }
    try scratch.write(archive + tar([]), "in/many.tar")
    #expect(try told(0...1).contains("2000 files passed over"))
  }

  enum Table: String, CaseIterable {
    case cell, endlessCell, columns, rows, shortRows, columnName, structure

    var text: String {
      switch self {
      case .cell: "eventJson\n\"" + String(repeating: "x", count: 5 << 20) + "\"\n"
      case .endlessCell: "eventJson\n\"" + String(repeating: String(repeating: "x", count: 255) + "\n", count: 20_000)
      case .columns: "eventjson," + (0..<100_000).map { "c\($0)" }.joined(separator: ",") + "\n1\n"
      case .rows: "eventjson,other\n" + String(repeating: "x,y\n", count: 20_000)
      case .shortRows: "eventjson,other\n" + String(repeating: "x\n", count: 20_000)
      case .columnName: "eventjson," + String(repeating: "n", count: 6 << 20) + "\nx,y\n"
      case .structure:
        "eventversion,eventid,eventtime,eventname,useridentity\n1.08,1,2026-01-01T00:00:00Z,A,\""
          + String(repeating: "{type=", count: 500_000) + "\"\n"
      }
    }
  }

  @Test("Tables of any make", arguments: Table.allCases)
  func tables(table: Table) throws {
    try scratch.write(table.text, "in/table.csv")
    // A table whose columns say nothing is passed over.
    try told(0...1)
  }

  @Test(
    "A compressed text much longer than what is held is read to its end, with less memory too", arguments: [600, 400])
  func longText(megabytes: Int) throws {
    // Padding in which the compression finds little.
    var random = SeededRandom(seed: 7)
    let pool = (0..<100_000).map { _ in UInt8(97 + random.next() % 26) }
    let text = (0..<4000).map { event in
      let padding = String(decoding: pool[(event * 7919 % 90_000)...].prefix(10_000), as: UTF8.self)
      return
        #"{"eventVersion":"1.08","eventID":"id-\#(event)","eventTime":"2026-01-01T00:03:00Z","eventSource":"s3.amazonaws.com","eventName":"A","requestParameters":{"key":"\#(event)\#(padding)"}}"#
    }.joined(separator: "\n")
    let file = try scratch.write(gzip(Array(text.utf8)), "long.json.gz")
    let printed = try Binary(["normalize", file], megabytes: megabytes)
    #expect(
      printed.status == 0 && printed.output.utf8.count { $0 == 0x0A } == 4000,
      "\(printed.status): \(printed.errors.prefix(600))")
    let counted = try Binary(["search", "--format", "count", "*", file], megabytes: megabytes)
    #expect(counted.status == 0 && counted.output == "4000\n", "\(counted.errors.prefix(600))")
  }

  @Test("Thousands of long sessions are joined within bounds")
  func sessions() throws {
    let name = String(repeating: "s", count: 8000)
    let text = (0..<6000).map { event in
      #"{"eventVersion":"1.08","eventID":"id-\#(event)","eventTime":"2026-01-01T00:03:00Z","eventSource":"sts.amazonaws.com","eventName":"AssumeRole","awsRegion":"us-east-1","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","userName":"u\#(event)","arn":"arn:aws:iam::111122223333:user/u\#(event)","accountId":"111122223333"},"requestParameters":{"roleArn":"arn:aws:iam::111122223333:role/r","roleSessionName":"\#(name)\#(event)"},"responseElements":{"credentials":{"accessKeyId":"ASIA\#(event)"},"assumedRoleUser":{"arn":"arn:aws:sts::111122223333:assumed-role/r/\#(name)\#(event)","assumedRoleId":"AROA:\#(name)\#(event)"}}}"#
    }.joined(separator: "\n")
    try scratch.write(text, "in/sessions.json")
    try told(0...1)
  }

  @Test("A limit under which nothing can run is told, and nothing hangs")
  func tooLow() throws {
    let file = try scratch.write(MemoryLimitTests.Input.good + "\n", "good.json")
    // Somewhere below, the loader cannot even map the libraries; where the program runs, it ends with its own status.
    for megabytes in stride(from: 400, through: 100, by: -20) {
      let run = try Binary(["search", "*", file], megabytes: megabytes)
      switch run.status {
      case 0: #expect(run.output.contains("GoodOne"))
      case 71:
        #expect(
          run.errors.hasPrefix("martlet: ") && run.errors.contains("ulimit -v"),
          "\(megabytes): \(run.errors.prefix(600))")
      default:
        #expect(
          run.errors.contains("error while loading shared libraries"), "\(megabytes): \(run.status): \(run.errors)")
        return
      }
    }
  }
}
