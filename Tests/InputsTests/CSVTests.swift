import Foundation
import JSON
import TestSupport
import Testing

@testable import CloudTrail
@testable import Inputs

/// Tables of records: what Athena, CloudTrail Lake, Splunk and CloudWatch Logs give for download.
struct CSVTests {
  private static func quoted(_ cell: String) -> String { "\"" + cell.replacing("\"", with: "\"\"") + "\"" }

  private static func line(_ cells: [String]) -> String { cells.map(quoted).joined(separator: ",") }

  /// What a text is made to, line by line.
  private func converted(_ text: String, largest: Int = 1 << 20) throws -> (lines: [String], problems: [String]) {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBufferPointer { bytes in
      let layout = try #require(CSVLayout(bytes))
      let source = CSVSource(MemorySource(bytes), layout: layout)
      var output: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: largest)
      while true {
        let count = try buffer.withUnsafeMutableBufferPointer {
          try source.read(into: $0.baseAddress!, capacity: largest)
        }
        if count == 0 { break }
        output += buffer[..<count]
      }
      let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
      return (lines, source.takeProblems().map(\.detail))
    }
  }

  @Test("A column of whole records is read, whatever stands beside it")
  func records() async throws {
    let scratch = try Scratch()
    for (name, header) in [
      ("lake.csv", ["eventTime", "eventJson"]), ("splunk.csv", ["_time", "_raw"]),
      ("logs.csv", ["timestamp", "message"]),
      ("insights.csv", ["@timestamp", "@message"]), ("upper.CSV", ["EVENTTIME", "EVENTJSON"]),
    ] {
      let rows = (0..<5).map { Self.line(["2026-01-01 00:00:00", Record.text($0, padding: 2)]) }
      for text in [
        ([Self.line(header)] + rows).joined(separator: "\n"),
        ([header.joined(separator: ",")] + rows).joined(separator: "\r\n") + "\r\n",
        "\u{FEFF}" + ([header.joined(separator: ",")] + rows).joined(separator: "\n"),
        ([header.joined(separator: ";")] + rows.map { $0.replacing("00\",\"{", with: "00\";\"{") }).joined(
          separator: "\n"),
      ] {
        for (name, bytes) in [(name, Array(text.utf8)), (name + ".gz", gzip(Array(text.utf8)))] {
          let reading = try await Reading([try scratch.write(bytes, "d/\(name)")])
          #expect(reading.ids == Record.ids(0..<5), "\(name): \(text.prefix(40))")
          #expect(reading.summary.problems.isEmpty, "\(name)")
        }
      }
    }
  }

  private static let athenaHeader = [
    "eventversion", "useridentity", "eventtime", "eventsource", "eventname", "awsregion", "sourceipaddress",
    "useragent",
    "errorcode", "errormessage", "requestparameters", "responseelements", "requestid", "eventid", "readonly",
    "resources",
    "eventtype", "recipientaccountid", "tlsdetails", "account", "year",
  ]

  private static func athenaRow(_ number: Int) -> [String] {
    [
      "1.08",
      "{type=AssumedRole, principalid=AROAEXAMPLE:a=b,c@d, arn=arn:aws:sts::111122223333:assumed-role/ops/a=b,c@d, "
        + "accountid=111122223333, invokedby=null, accesskeyid=ASIAEXAMPLE, username=null, "
        + "sessioncontext={attributes={mfaauthenticated=false, creationdate=2026-01-01T00:00:00Z}, "
        + "sessionissuer={type=Role, principalid=AROAEXAMPLE, arn=arn:aws:iam::111122223333:role/ops, "
        + "accountid=111122223333, username=ops}, ec2roledelivery=null, webidfederationdata={}}}",
      "2026-01-01T00:00:00Z", "s3.amazonaws.com", "GetObject", "eu-west-1", "192.0.2.7", "[aws-cli/2, \"x\"]", "", "",
      "{\"bucketName\":\"b\",\"key\":\"a,\\\"b\"}", "null", "r-1", Record.id(number), "true",
      "[{arn=arn:aws:s3:::b/k, accountid=null, type=AWS::S3::Object}, {arn=arn:aws:s3:::b, accountid=111122223333, type=AWS::S3::Bucket}]",
      "AwsApiCall", "111122223333", "{tlsversion=TLSv1.3, ciphersuite=X, clientprovidedhostheader=b.s3.amazonaws.com}",
      "111122223333", "2026",
    ]
  }

  @Test("A row of Athena's is the record that it was made of")
  func athena() throws {
    let text = [Self.line(Self.athenaHeader), Self.line(Self.athenaRow(1))].joined(separator: "\n")
    let (lines, problems) = try converted(text)
    #expect(problems.isEmpty)
    let record = try JSONValue(parsing: try #require(lines.first))
    let expected = try JSONValue(
      parsing: """
        {"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:a=b,c@d",
        "arn":"arn:aws:sts::111122223333:assumed-role/ops/a=b,c@d","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE",
        "sessionContext":{"attributes":{"mfaAuthenticated":"false","creationDate":"2026-01-01T00:00:00Z"},
        "sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::111122223333:role/ops",
        "accountId":"111122223333","userName":"ops"},"webIdFederationData":{}}},
        "eventTime":"2026-01-01T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject",
        "awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.7","userAgent":"[aws-cli/2, \\"x\\"]",
        "requestParameters":{"bucketName":"b","key":"a,\\"b"},"responseElements":null,"requestID":"r-1",
        "eventID":"\(Record.id(1))","readOnly":true,
        "resources":[{"ARN":"arn:aws:s3:::b/k","type":"AWS::S3::Object"},
        {"ARN":"arn:aws:s3:::b","accountId":"111122223333","type":"AWS::S3::Bucket"}],
        "eventType":"AwsApiCall","recipientAccountId":"111122223333",
        "tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"X","clientProvidedHostHeader":"b.s3.amazonaws.com"}}
        """)
    #expect(record == expected)
  }

  @Test("Athena's tables are read, also in gzip, archives and pieces")
  func athenaFiles() async throws {
    let scratch = try Scratch()
    // Some 10 MB.
    let agent = Self.quoted(String(repeating: "agent \"x\", ", count: 900))
    let text =
      Self.line(Self.athenaHeader) + "\n"
      + (0..<900).map { Self.line(Self.athenaRow($0)).replacing(Self.quoted("[aws-cli/2, \"x\"]"), with: agent) }
      .joined(separator: "\n")
    let short = Array(([Self.athenaHeader] + (0..<20).map(Self.athenaRow)).map(Self.line).joined(separator: "\n").utf8)
    #expect(text.utf8.count > ReadingSizes().streamedBytes)
    let long = try await Reading([try scratch.write(text, "long.csv")], workers: 3)
    #expect(long.ids == Record.ids(0..<900) && long.summary.problems.isEmpty)
    for (name, bytes) in [
      ("a.csv", short), ("a.csv.gz", gzip(short)), ("a", short), ("a.zip", zip([Packed("r/a.csv", short)])),
      ("a.tgz", gzip(tar([Packed("r/a.csv.gz", gzip(short))]))),
    ] {
      let reading = try await Reading([try scratch.write(bytes, name)])
      #expect(reading.ids == Record.ids(0..<20) && reading.summary.problems.isEmpty, "\(name)")
    }
  }

  @Test("Of a record and what a table kept of it the record counts, whichever is met first")
  func precedence() async throws {
    let scratch = try Scratch()
    for number in 0..<40 {
      // An event is its id within an account, which both name.
      let record = Record.text(number).dropLast() + ",\"recipientAccountId\":\"111122223333\"}"
      try scratch.write(String(record), "b\(number).json")
      let table = [Self.line(Self.athenaHeader), Self.line(Self.athenaRow(number))].joined(separator: "\n")
      try scratch.write(table, "\(number % 2 == 0 ? "a" : "c")\(number).csv")
    }
    let registry = EventRegistry()
    let reader = InputReader(paths: [scratch.path], workers: 1)
    let (_, first) = try await reader.read(registry: registry) { NameCollector() }
    #expect(registry.needsAnotherReading && registry.conflictWinners.count == 40)
    #expect(first.flatMap { $0 }.count == 40)
    let (_, second) = try await reader.read(registry: EventRegistry(winners: registry.conflictWinners)) {
      NameCollector()
    }
    #expect(second.flatMap { $0 } == Array(repeating: "A", count: 40))
  }

  /// Collects the names of events.
  private final class NameCollector: RecordConsumer {
    let leanFields: [LeanField] = [.action]
    private var names: [String] = []

    func consume(_ batch: RecordBatch) throws {
      for row in batch.rows.indices {
        for code in batch.lean[0].codes(row: row) { names.append(batch.lean[0].dictionary.text(code)) }
      }
    }

    func finish() -> [String] { names }
  }

  @Test("Structures as Athena writes them become JSON; what is none stays text")
  func structures() {
    for (text, json) in [
      ("{}", "{}"), ("[]", "[]"), ("{a=1}", #"{"a":"1"}"#), ("{a=null}", "{}"), ("{a=, b=2}", #"{"a":"","b":"2"}"#),
      ("{a={b=[x, y]}, c=d}", #"{"a":{"b":["x","y"]},"c":"d"}"#), ("{\"a\": 1}", "{\"a\": 1}"), ("[1,2]", "[1,2]"),
      ("{username=a, accountid=b}", #"{"userName":"a","accountId":"b"}"#), ("{a=b, c}", #"{"a":"b, c"}"#),
      ("{a=b}c, d=[x]y]}", #"{"a":"b}c","d":["x]y"]}"#),
      ("[{a=1}, {b=2}]", #"[{"a":"1"},{"b":"2"}]"#),
    ] {
      let made = AthenaValues.json(of: Array(text.utf8), in: "x").map { String(decoding: $0.json, as: UTF8.self) }
      #expect(made == json, "\(text)")
    }
    for text in [
      "{", "{a", "{a=", "{a=1", "{a=1}x", "{a=1, a=2}", "{b={a=1, c=2, a=}}", "[", "[a", "{a=1}x", "x", "",
      String(repeating: "{a=", count: 100),
    ] {
      #expect(AthenaValues.json(of: Array(text.utf8), in: "x") == nil, "\(text)")
    }
  }

  /// The resources of rows, made of theirs, and what is told.
  private func resources(_ cells: [String]) throws -> (made: [JSONValue?], problems: [String]) {
    let header = ["eventtime", "eventname", "eventsource", "resources"]
    let rows = cells.map { Self.line(["2026-01-01T00:00:00Z", "GetObject", "s3.amazonaws.com", $0]) }
    let (lines, problems) = try converted(([Self.line(header)] + rows).joined(separator: "\n"))
    return (try lines.map { try JSONValue(parsing: $0)["resources"] }, problems)
  }

  @Test(
    "A value that holds what looks like a member is never read as one in silence: the row keeps it as text, and is told"
  )
  func ambiguousValues() throws {
    let plain = "[{arn=arn:aws:s3:::b/k, accountid=null, type=AWS::S3::Object}]"
    let read: JSONValue = [["ARN": "arn:aws:s3:::b/k", "type": "AWS::S3::Object"]]
    // The name of an object may be anything: a member of the table, or of none.
    for odd in [
      "[{arn=arn:aws:s3:::b/k, type=x, accountid=null, type=AWS::S3::Object}]",
      "[{arn=arn:aws:s3:::b/k, note=x, accountid=null, type=AWS::S3::Object}]",
      "[{arn=arn:aws:s3:::b/k, accountid=null, type=T}, {arn=a, accountid=null, x=y, type=T}]",
      "[{arn=arn:aws:s3:::b/k}, accountid=null, type=T}]", "[{arn=arn:aws:s3:::b/k}, {accountid=null, type=T}]",
      "[{arn=a, accountid=null, type=T}, b}]", "[{arn=a, accountid=null, type=T}, {}]",
    ] {
      let (made, problems) = try resources([plain, odd, plain])
      #expect(made == [read, .string(odd), read], "\(odd)")
      #expect(
        problems.count == 1 && problems[0].hasPrefix("line 3: ") && problems[0].hasSuffix("kept as text"), "\(problems)"
      )
    }
    // Where such a row comes first, the next one tells.
    let first = "[{arn=arn:aws:s3:::b/k, note=x, accountid=null, type=AWS::S3::Object}]"
    let (made, problems) = try resources([first, plain, first])
    #expect(made.dropFirst() == [read, .string(first)])
    #expect(
      problems.count == 1 && problems[0].hasPrefix("line 3: ") && problems[0].contains("of rows before"), "\(problems)")
    // What holds no name is read, whatever else it holds.
    let free = "[{arn=arn:aws:s3:::b/a, b}=]{c, accountid=1, type=T}]"
    #expect(
      try resources([plain, free]).made[1] == [["ARN": "arn:aws:s3:::b/a, b}=]{c", "accountId": "1", "type": "T"]])
    // Null structures and lists of other lengths are no other members.
    let (several, none) = try resources([
      plain, "null", "[]", "[\(plain.dropFirst().dropLast()), \(plain.dropFirst().dropLast())]",
    ])
    #expect(none.isEmpty && several.count == 4 && several[3]?.arrayValue?.count == 2)
  }

  @Test(
    "Whatever values hold, a structure is read as it was or is told",
    arguments: [UInt64.random(in: 0...UInt64.max), 23])
  func randomValues(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let pieces = [", ", "type=", "arn=", "note=", "}", "]", "{", "[", "=", "a", "b", "arn", ",", " "]
    func value() -> String {
      // Mostly plain, as in tables.
      guard Int.random(in: 0..<4, using: &random) == 0 else { return "v\(Int.random(in: 0..<9, using: &random))" }
      return (0..<Int.random(in: 1...6, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
    }
    var right = 0
    defer { #expect(!stands(seed) || right > 1000) }
    for _ in 0..<400 {
      var values = AthenaValues()
      var told = 0
      var wrong = 0
      for _ in 0..<12 {
        let (arn, account, type) = (value(), value(), value())
        let cell = "[{arn=\(arn), accountid=\(account), type=\(type)}]"
        let member = try #require(RecordColumn(column: "resources"))
        var output: [UInt8] = []
        let fault = values.append(Array(cell.utf8), as: member, to: &output)
        told += fault?.rows ?? 0
        let made = try JSONValue(parsing: String(decoding: output, as: UTF8.self))
        let isRight = made == [["ARN": .string(arn), "accountId": .string(account), "type": .string(type)]]
        if isRight { right += 1 } else if made != .string(cell) { wrong += 1 }
        #expect(made != .string(cell) || fault != nil, "seed \(seed): \(cell)")
      }
      // A row that was read wrongly was told, at the latest by the next plain one.
      var output: [UInt8] = []
      let member = try #require(RecordColumn(column: "resources"))
      told += values.append(Array("[{arn=x, accountid=y, type=z}]".utf8), as: member, to: &output)?.rows ?? 0
      #expect(told > 0 || wrong == 0, "seed \(seed)")
    }
  }

  @Test("A row whose structure cannot be told apart keeps its record, and costs a status")
  func ambiguousRows() async throws {
    var odd = Self.athenaRow(2)
    odd[1] = odd[1].replacing("username=ops}", with: "username=ops, type=Root}")
    let rows = [Self.athenaHeader, Self.athenaRow(1), odd, Self.athenaRow(3)].map(Self.line).joined(separator: "\n")
    let scratch = try Scratch()
    let reading = try await Reading([try scratch.write(rows, "a.csv")])
    #expect(reading.ids == Record.ids([1, 2, 3]))
    #expect(reading.causes == [.brokenCSV: 1])
  }

  @Test("A row that cannot be read costs itself alone, and is told with its line")
  func broken() throws {
    let header = "eventTime,eventJson"
    let rows = (0..<4).map { Self.line(["t", Record.text($0)]) }
    for (bad, part) in [
      ("\"t\",\"{unclosed", "line 3: a quote"), ("t", "line 3: 1 values, where the heading has 2"),
      ("a,b,c", "line 3: 3 values"), ("\"t\"x,y", "line 3: a quote stands in the middle"),
    ] {
      let text = ([header, rows[0], bad] + rows[1...]).joined(separator: "\n")
      for largest in [1, 7, 1 << 20] {
        let (lines, problems) = try converted(text, largest: largest)
        #expect(lines == (0..<4).map { Record.text($0) }, "\(bad)")
        #expect(problems.count == 1 && problems[0].hasPrefix(part), "\(bad): \(problems)")
      }
    }
    // At the end, over lines, and with line ends and quotes in values.
    let (lines, problems) = try converted("\(header)\n\n\"a\nb \"\"q\"\"\",\"{\n}\"\n\"x\",\"y\n")
    #expect(lines == ["{", "}"])
    #expect(problems == ["line 6: a quote is not closed"])
  }

  @Test("A cell that holds no record is told under its row's number, without an offset")
  func noRecord() async throws {
    let scratch = try Scratch()
    let text =
      "eventTime,eventJson\n"
      + [Self.line(["t", Record.text(0)]), "t,none", Self.line(["t", Record.text(1)])].joined(separator: "\n")
    let reading = try await Reading([try scratch.write(text, "a.csv")])
    #expect(reading.ids == ["0", "1"])
    #expect(
      reading.summary.problems.problems.map { "\($0.cause) \($0.record ?? 0) \($0.offset ?? -1)" } == [
        "notAnObject 2 -1"
      ])
  }

  @Test("Quotes without end are given up in time that grows with their length only")
  func hostile() throws {
    let good = Self.line(["t", Record.text(1)])
    for junk in ["\"\n", "\"", "\"\"\n", "\"x\",\"", ",\n", "\"a\" \n", "\r", "\"\r\n\"\"\""] {
      func text(_ size: Int) -> String {
        "eventTime,eventJson\n\(good)\n" + String(repeating: junk, count: size / junk.utf8.count)
      }
      let size = junk == "\"\n" ? 6 << 20 : 1 << 19
      let texts = [size / 16: text(size / 16), size: text(size)]
      #expect(growth(size / 16) { _ = try? converted(texts[$0] ?? "") } < linearGrowth, "\(junk)")
      let (lines, problems) = try converted(text(size))
      #expect(lines.first == Record.text(1), "\(junk)")
      // However many there are, one of each cause is kept.
      #expect(problems.count <= 2, "\(junk)")
    }
  }

  @Test("What is no table of records is none, and the console's event history says what to do")
  func otherTables() async throws {
    for text in ["name,colour\nx,red\n", "message,level\nhello,info\n", "a", "", "eventtime\nx\n", "\"", ",,,\n"] {
      let layout = Array(text.utf8).withUnsafeBufferPointer { CSVLayout($0) }
      #expect(layout == nil, "\(text)")
    }
    let scratch = try Scratch()
    try scratch.write(
      "Event name,Event time,User name,Event source,Read-only\nX,2026,u,s3.amazonaws.com,true\n", "history.csv")
    let reading = try await Reading([scratch.path])
    #expect(reading.causes == [.unopened: 1])
    #expect(reading.summary.problems.problems[0].detail.contains("download it as JSON"))
  }
}
