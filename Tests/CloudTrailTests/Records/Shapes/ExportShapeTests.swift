import CloudTrail
import Events
import JSON
import Testing

/// What consoles, command lines and other tools make of records.
struct ExportShapeTests {
  private static let one = SampleRecord.text(1, id: "00000000-0000-4000-8000-000000000001")
  private static let two = SampleRecord.text(2, id: "00000000-0000-4000-8000-000000000002")
  private static let ecs = "{\"@timestamp\":\"2024-05-01T10:00:03Z\",\"event\":{\"action\":\"x\"}}"

  private static func quoted(_ text: String) -> String { RecordShapeTests.quoted(text) }

  private static func logEvent(_ message: String) -> String {
    "{\"id\":\"1\",\"timestamp\":1714557601000,\"message\":\(quoted(message))}"
  }

  @Test(
    "Every export gives its records, in order and byte for byte",
    arguments: [
      ("a list of records as text", "[\(quoted(one)),\(quoted(two))]", [one, two]),
      ("a text a line", "\(quoted(one))\n\(quoted(two))\n", [one, two]),
      ("records as text in a file of CloudTrail's", "{\"Records\":[\(quoted(one)),\(two)]}", [one, two]),
      ("a text that holds a file", quoted("{\"Records\":[\(one),\(two)]}"), [one, two]),
      ("pages of files", "[{\"Records\":[\(one)]},{\"Records\":[]},{\"Records\":[\(two)]}]", [one, two]),
      (
        "pages of lookup-events",
        "[{\"Events\":[{\"CloudTrailEvent\":\(quoted(one))}],\"NextToken\":\"t\"},{\"Events\":[{\"EventId\":\"x\",\"CloudTrailEvent\":\(quoted(two))}]}]",
        [one, two]
      ),
      ("lists in a list", "[[\(one)],[\(two)]]", [one, two]),
      (
        "rows of CloudTrail Lake",
        "{\"eventJson\":\(quoted(one))}\n{\"eventTime\":\"2024-05-01 10:00:02.000\",\"eventJson\":\(quoted(two))}",
        [one, two]
      ),
      (
        "what get-query-results prints for CloudTrail Lake",
        "{\"QueryStatus\":\"FINISHED\",\"QueryStatistics\":{\"ResultsCount\":2},\"QueryResultRows\":[[{\"eventJson\":\(quoted(one))}],[{\"eventTime\":\"x\"},{\"eventJson\":\(quoted(two))}]]}",
        [one, two]
      ),
      ("rows by themselves", "[[{\"eventJson\":\(quoted(one))}],[{\"eventJson\":\(quoted(two))}]]", [one, two]),
      (
        "a subscription of CloudWatch Logs",
        "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"1\",\"logEvents\":[\(logEvent(one)),\(logEvent(two))]}",
        [one, two]
      ),
      (
        "its control message",
        "{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":[\(logEvent("CWL CONTROL MESSAGE: Checking health of destination Firehose."))]}",
        []
      ),
      (
        "filter-log-events",
        "{\"events\":[\(logEvent(one))],\"searchedLogStreams\":[]}{\"searchedLogStreams\":[],\"events\":[\(logEvent(two))]}",
        [one, two]
      ),
      (
        "what Logs Insights exports",
        "[{\"@timestamp\":\"2024-05-01 10:00:01.000\",\"@message\":\(quoted(one))},{\"@message\":\(two)}]", [one, two]
      ),
      (
        "what get-query-results prints for Logs Insights",
        "{\"results\":[[{\"field\":\"@timestamp\",\"value\":\"x\"},{\"field\":\"@message\",\"value\":\(quoted(one))},{\"field\":\"@ptr\",\"value\":\"y\"}]],\"status\":\"Complete\"}",
        [one]
      ),
      (
        "a Splunk export",
        "{\"preview\":false,\"offset\":0,\"result\":{\"_time\":\"t\",\"_raw\":\(quoted(one))}}\n{\"preview\":false,\"lastrow\":true,\"result\":{\"_raw\":\(quoted(two))}}",
        [one, two]
      ),
      (
        "Splunk's results",
        "{\"preview\":false,\"fields\":[{\"name\":\"_raw\"}],\"results\":[{\"_raw\":\(quoted(one))}]}", [one]
      ),
      (
        "an answer of a search",
        "{\"took\":1,\"_shards\":{\"total\":1},\"hits\":{\"total\":{\"value\":1},\"hits\":[{\"_index\":\"i\",\"_id\":\"1\",\"_source\":\(ecs)}]}}",
        ["{\"_index\":\"i\",\"_id\":\"1\",\"_source\":\(ecs)}"]
      ),
      (
        "an answer of a search for records kept as they are",
        "{\"hits\":{\"hits\":[{\"_index\":\"i\",\"_id\":\"1\",\"_source\":\(one)}]}}", [one]
      ),
      ("a notification that holds a record as text", "{\"detail-type\":\"x\",\"detail\":\(one)}", [one]),
    ] as [(String, String, [String])])
  func exports(name: String, text: String, records: [String]) {
    let scanned = Scanned(text)
    #expect(scanned.texts == records)
    #expect(scanned.told == [])
    #expect(scanned.count == records.count)
  }

  @Test("A member that is called as a wrapper's is leaves a record or event what it is")
  func innerNames() {
    let record = SampleRecord.text(1, id: "a", extra: ",\"events\":[{\"message\":\"x\"}],\"hits\":{\"hits\":[1]}")
    #expect(Scanned(record).texts == [record])
    let event = "{\"@timestamp\":\"2024-05-01T10:00:03Z\",\"message\":\"{}\",\"results\":[1],\"result\":{\"a\":1}}"
    #expect(Scanned(event).texts == [event])
    #expect(Scanned(event).told == [])
  }

  @Test("A record that came in two wrappings counts once")
  func duplicates() {
    let scanned = Scanned(
      "{\"Records\":[\(Self.one)]}\n{\"logEvents\":[\(Self.logEvent(Self.one))]}\n\(Self.quoted(Self.one))")
    #expect(scanned.texts == [Self.one])
    #expect(scanned.duplicates == 2)
  }

  @Test("Times with a blank between date and time are read")
  func spacedTimes() {
    for time in [
      "2024-05-01 10:00:01", "2024-05-01 10:00:01.000", "2024-05-01 10:00:01.000 UTC", "2024-05-01 12:00:01+02:00",
      "2024-05-01 10:00:01Z", "2024-05-01 10:00:01 Z",
    ] {
      let scanned = Scanned("{\"eventID\":\"a\",\"eventTime\":\"\(time)\"}")
      #expect(scanned.rows.map(\.milliseconds) == [SampleRecord.time(1)], "\(time)")
    }
    for time in ["2024-05-01 ", "2024-05-01 25:00:00", "2024-05-01  10:00:01", "2024-05-01 10:00:01 CET"] {
      #expect(Scanned("{\"eventID\":\"a\",\"eventTime\":\"\(time)\"}").problems.map(\.cause) == [.noTime], "\(time)")
    }
  }

  @Test("The time of an event in ECS may stop after any part, or be milliseconds as a text")
  func partialTimes() {
    for (time, milliseconds) in [
      ("1767607200123", 1_767_607_200_123), ("2026-01-05", 1_767_571_200_000), ("2026-01", 1_767_225_600_000),
      ("2026-01-05T10", 1_767_607_200_000), ("2026-01-05T10:00Z", 1_767_607_200_000),
    ] as [(String, Int64)] {
      for event in [
        #"{"@timestamp":"\#(time)","event":{"action":"a"}}"#, #"{"_id":"1","_source":{"@timestamp":["\#(time)"]}}"#,
      ] {
        #expect(Scanned(event).rows.map(\.milliseconds) == [milliseconds], "\(event)")
      }
    }
    for time in ["now", "2026-01-05||/d", "2026-13", "5th of May"] {
      #expect(Scanned(#"{"@timestamp":"\#(time)"}"#).problems.map(\.cause) == [.noTime], "\(time)")
    }
  }

  @Test(
    "A document that names its index needs no time, and no fields of the Elastic Common Schema",
    arguments: [#"{"_index":"plain","a":1}"#, #"{"_index":"plain","_id":"1","_source":{"a":1}}"#])
  func untimedDocuments(document: String) {
    let scanned = Scanned(document)
    #expect(scanned.texts == [document] && scanned.problems.isEmpty, "\(scanned.problems)")
    // What says nothing of an index may be anything.
    let other = Scanned(document.replacing(#""_index":"plain","#, with: ""))
    #expect(other.rows.isEmpty && other.problems.map(\.cause) == [.noTime], "\(other.problems)")
  }

  @Test("A document without a time is told so, and one whose time cannot be read that it is none")
  func timeFaults() {
    for text in [#"{"@timestamp":null,"a":1}"#, #"{"_source":{"a":1}}"#, #"{"_source":{"@timestamp":[null]}}"#] {
      #expect(Scanned(text).problems.map(\.detail) == ["it has no @timestamp"], "\(text)")
    }
    for text in [#"{"@timestamp":"soon"}"#, #"{"_source":{"@timestamp":"soon"}}"#] {
      #expect(Scanned(text).problems.first?.detail.contains("no ISO 8601 date") == true, "\(text)")
    }
  }

  @Test("A broken text costs its own record, and is told with its number and the place of the text around it")
  func brokenTexts() {
    let bad = "{\\\"eventTime\\\":"
    let text = "[\(Self.quoted(Self.one)),\"\(bad)\",\(Self.quoted(Self.two))]"
    let scanned = Scanned(text)
    #expect(scanned.texts == [Self.one, Self.two])
    #expect(scanned.told == ["brokenJSON record 2 byte \(Self.quoted(Self.one).utf8.count + 2) × 1"])
    #expect(scanned.count == 3)
    for text in ["[\"x\"]", "\"5\"", "\"\"", "{\"eventJson\":\"[]\"}", "{\"result\":{\"_raw\":\"plain\"}}"] {
      #expect(Scanned(text).problems.count == 1, "\(text)")
      #expect(Scanned(text).rows.isEmpty, "\(text)")
    }
  }

  @Test("Texts within texts are read to a bound")
  func nestedTexts() {
    var inner = Self.one
    for level in 1...4 {
      inner = "{\"message\":\(Self.quoted(inner))}"
      let scanned = Scanned(inner)
      #expect(scanned.texts == (level <= 3 ? [Self.one] : []), "\(level)")
      #expect(scanned.problems.map(\.cause) == (level <= 3 ? [] : [.tooDeep]), "\(level)")
    }
  }

  @Test("A row that holds an event by its columns is put together again, and says what of it cannot be told apart")
  func columns() throws {
    func row(_ id: String, _ more: String = "") -> String {
      #"[{"eventTime":"2024-05-01 10:00:01.000"},{"eventName":"CreateUser"},{"eventSource":"iam.amazonaws.com"},{"errorCode":""},"#
        + #"{"readOnly":"false"},{"requestParameters":"{userName=eve, path=/a=b/}"},{"eventID":"\#(id)"}\#(more)]"#
    }
    let identity = #"{"userIdentity":"{type=IAMUser, arn=arn:aws:iam::111122223333:user/kim, username=kim}"}"#
    let ids = (1...3).map { "00000000-0000-4000-8000-00000000000\($0)" }
    let rows = [
      row(ids[0], "," + identity), row(ids[1]), row(ids[2], #",{"userIdentity":"{type=IAMUser, type=Root}"}"#),
    ]
    for text in ["{\"QueryResultRows\":[\(rows.joined(separator: ","))]}", "[\(rows.joined(separator: ","))]"] {
      let scanned = Scanned(text)
      let records = try scanned.texts.map { try JSONValue(parsing: $0) }
      #expect(records.map { $0["eventID"]?.stringValue } == ids)
      #expect(records[0]["userIdentity"]?["userName"] == "kim" && records[1]["userIdentity"] == nil)
      #expect(records[1]["requestParameters"]?["path"] == "/a=b/" && records[1]["readOnly"] == false)
      #expect(records[0]["errorCode"] == nil)
      #expect(records[2]["userIdentity"]?.stringValue?.hasPrefix("{type=") == true)
      #expect(scanned.problems.map(\.cause) == [.brokenColumns] && scanned.problems.first?.record == 3)
    }
  }

  @Test("A row or result without the whole event says what to ask for")
  func withoutEvent() {
    for text in [
      "{\"QueryResultRows\":[[{\"eventTime\":\"2024-05-01 10:00:01\"},{\"eventName\":\"x\"}]]}",
      "{\"results\":[[{\"field\":\"@timestamp\",\"value\":\"x\"}]]}", "{\"result\":{\"_time\":\"x\"}}",
    ] {
      let scanned = Scanned(text)
      #expect(scanned.rows.isEmpty && scanned.problems.map(\.cause) == [.noTime], "\(text)")
      #expect(scanned.problems.first?.detail.contains(/ask for|export it/) == true, "\(text)")
    }
  }

  @Test(
    "What other services write is called by its name",
    arguments: [
      (
        "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"eventTime\":\"2024-05-01T10:00:01.000Z\",\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"b\"}}}]}",
        "notification of S3"
      ),
      ("{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\",\"Bucket\":\"b\"}", "notification of S3"),
      ("{\"s3Bucket\":\"b\",\"s3ObjectKey\":[\"k\"]}", "notice"),
      ("{\"fileVersion\":\"1.0\",\"configSnapshotId\":\"x\",\"configurationItems\":[]}", "AWS Config"),
      ("{\"class_uid\":6003,\"metadata\":{\"product\":{\"name\":\"CloudTrail\"}},\"time\":1}", "OCSF"),
      ("{\"detail-type\":\"Object Created\",\"source\":\"aws.s3\",\"detail\":{\"bucket\":{}}}", "Object Created"),
    ])
  func foreign(text: String, name: String) {
    let scanned = Scanned("\(text)\n\(Self.one)")
    #expect(scanned.texts == [Self.one])
    #expect(scanned.problems.map(\.cause) == [.otherForm])
    #expect(scanned.problems.first?.record == 1)
    #expect(scanned.problems.first?.detail.contains(name) == true, "\(scanned.problems.map(\.description))")
  }

  @Test("Broken records in an export leave those around them")
  func brokenExport() {
    let events = [Self.logEvent(Self.one), "{\"id\":\"2\",\"message\":tru}", Self.logEvent(Self.two)]
    for text in [
      "{\"events\":[\(events.joined(separator: ",\n"))],\"searchedLogStreams\":[]}",
      "{\"logEvents\":[\(events.joined(separator: ",\n"))]}",
      "[{\"events\":[\(events.joined(separator: ",\n"))]}]",
    ] {
      let scanned = Scanned(text)
      #expect(scanned.texts == [Self.one, Self.two], "\(text)")
      #expect(scanned.problems.map(\.cause) == [.brokenJSON], "\(scanned.told)")
    }
  }

  @Test("Where records as text are broken or cut off, those around are kept, and it is told")
  func cutTexts() {
    let texts = [Self.one, Self.two].map(Self.quoted)
    for (text, records) in [
      ("[\(texts[0]),\(texts[1])", [Self.one, Self.two]), ("[\(texts[0]),\(texts[1].dropLast(9))", [Self.one]),
      ("\(texts[0])\ngarbage\n\(texts[1])", [Self.one, Self.two]),
      ("\(texts[0].dropLast())\n\(texts[1])", [Self.two]),
      ("[[{\"eventJson\":\(texts[0])}", [Self.one]), ("[\(Self.one),\(Self.two)", [Self.one, Self.two]),
    ] {
      let scanned = Scanned(text)
      #expect(scanned.texts == records, "\(text)")
      #expect(scanned.problems.map(\.cause) == [.brokenJSON], "\(text)")
    }
  }
}
