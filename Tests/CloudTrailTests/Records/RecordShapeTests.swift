import CloudTrail
import JSON
import Testing

/// The shapes that files come in.
struct RecordShapeTests {
  private static let one = SampleRecord.text(1)
  private static let two = SampleRecord.text(2)
  private static let ecs = "{\"@timestamp\":\"2024-05-01T10:00:03Z\",\"event\":{\"action\":\"x\"}}"

  static func quoted(_ text: String) -> String {
    var output: [UInt8] = []
    JSONString.appendQuoted(text, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  struct Shape: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var text: String
    var records: [String]

    init(_ name: String, _ text: String, _ records: [String]) {
      (testDescription, self.text, self.records) = (name, text, records)
    }
  }

  @Test(
    "Every shape gives its records, in order and byte for byte",
    arguments: [
      Shape("a file of CloudTrail's", "{\"Records\":[\(one),\(two)]}", [one, two]),
      Shape("with white space", " {\n \"Records\" : [ \(one)\r\n,\t\(two) ]\n} \n", [one, two]),
      Shape("with members around the records", "{\"a\":{\"b\":[1]},\"Records\":[\(one)],\"z\":\"x\"}", [one]),
      Shape("no records in it", "{\"Records\":[]}", []),
      Shape("a bare array", "[\(one),\(two)]", [one, two]),
      Shape("an empty array", " [ ] ", []),
      Shape("a line each", "\(one)\n\(two)\n", [one, two]),
      Shape("a line each, ended as Windows does", "\(one)\r\n\(two)", [one, two]),
      Shape("one record", one, [one]),
      Shape(
        "one record over several lines", one.replacing(",\"", with: ",\n  \""), [one.replacing(",\"", with: ",\n  \"")]),
      Shape(
        "what lookup-events prints",
        """
        {"Events":[{"EventId":"x","Username":"u","CloudTrailEvent":\(quoted(one))},{"CloudTrailEvent":\(quoted(two))}],\
        "NextToken":"t"}
        """,
        [one, two]),
      Shape(
        "an EventBridge envelope",
        """
        {"version":"0","detail-type":"AWS API Call via CloudTrail","time":"2024-05-01T10:00:01Z",\
        "detail":\(one)}\n{"detail":\(two)}
        """,
        [one, two]),
      Shape("events in ECS", "\(ecs)\n\(ecs)", [ecs, ecs]),
      Shape(
        "hits of Elasticsearch", "{\"_index\":\"i\",\"_id\":\"1\",\"_source\":\(ecs)}",
        ["{\"_index\":\"i\",\"_id\":\"1\",\"_source\":\(ecs)}"]),
      Shape("a byte order mark", "\u{FEFF}{\"Records\":[\(one)]}", [one]),
      Shape("documents one after another", "{\"Records\":[\(one)]}{\"Records\":[\(two)]}", [one, two]),
      Shape("shapes mixed", "[\(one)]\n{\"Records\":[\(two)]}\n\(ecs)", [one, two, ecs]),
      Shape("nothing", "", []), Shape("white space alone", " \n\t", []), Shape("a mark alone", "\u{FEFF}", []),
      Shape(
        "one escaped at its limit", one.replacing("us-east-1", with: "\\ud83d\\ude00\\/"),
        [one.replacing("us-east-1", with: "\\ud83d\\ude00\\/")]),
    ])
  func shapes(shape: Shape) {
    let scanned = Scanned(shape.text)
    #expect(scanned.texts == shape.records)
    #expect(scanned.told == [])
    #expect(scanned.count == shape.records.count)
    #expect(scanned.recordsRead == shape.records.count)
  }

  @Test("A record's kind and time come from its own members")
  func kindsAndTimes() {
    let digest =
      """
      {"awsAccountId":"1","digestStartTime":"2024-05-01T09:00:00Z","digestEndTime":"2024-05-01T10:00:04Z",\
      "logFiles":[]}
      """
    let scanned = Scanned(
      """
      \(Self.one)\n\(Self.ecs)\n\(digest)\n{"_source":\(Self.ecs)}\n{"@timestamp":1714557605000}\n{\
      "@timestamp":"2024-05-01T12:00:06.5+02:00"}
      """
    )
    #expect(scanned.rows.map(\.kind) == [.cloudTrail, .ecs, .digest, .ecs, .ecs, .ecs])
    #expect(
      scanned.rows.map(\.milliseconds)
        == [1, 3, 4, 3, 5].map { SampleRecord.time($0) } + [SampleRecord.time(6) + 500])
    #expect(scanned.told == [])
  }

  @Test("A piece cut out of a file is a run of records; numbers and places go on from the piece before")
  func framed() {
    let region = TextRegion(file: "f", offset: 1000, recordsBefore: 10, isFramed: true)
    let text = "\(Self.one),\n\(Self.two) , 5"
    let scanned = Scanned(text, region: region)
    #expect(scanned.texts == [Self.one, Self.two])
    #expect(scanned.told == ["notAnObject record 13 byte \(1000 + text.utf8.count - 1) × 1"])
  }

  @Test("A member that looks like a wrapper inside a record wraps nothing")
  func innerRecords() {
    let record = SampleRecord.text(
      1, extra: ",\"responseElements\":{\"Records\":[{\"eventTime\":\"2020-01-01T00:00:00Z\"}]}")
    #expect(Scanned("{\"Records\":[\(record)]}").texts == [record])
    #expect(Scanned(record).texts == [record])
  }
}
