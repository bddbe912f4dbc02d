import Events
import JSON
import Query
import Testing

struct QueryEvaluatorTests {
  private static let now = Timestamp(milliseconds: 1_714_600_800_000)

  private static func event(_ members: [String: JSONValue]) -> JSONValue {
    .object(members.merging(["@timestamp": "2024-05-01T10:20:30.500Z"]) { left, _ in left })
  }

  /// The rows on which each query holds, all queries in one set.
  private static func rows(_ queries: [String], _ events: [JSONValue]) throws -> [[Int]] {
    var set = QuerySet(now: now)
    let bound = try queries.map { set.add(try KQL.parse($0)) }
    let batches = EventBatches(events)
    let evaluator = QueryEvaluator(set)
    evaluator.begin(batches.batch(EventBatches.mapper(set.plan)))
    return bound.map { query in
      var rows: [Int] = []
      evaluator.rows(query).forEach(rowCount: batches.rowCount) { rows.append($0) }
      return rows
    }
  }

  @Test("A condition that two queries share is evaluated once")
  func sharing() throws {
    var set = QuerySet(now: Self.now)
    _ = set.add(try KQL.parse("user.name: alice and event.action: x"))
    #expect(set.conditionCount == 2)
    _ = set.add(try KQL.parse("not user.name: alice or event.action: y"))
    #expect(set.conditionCount == 3)
    _ = set.add(try KQL.parse("user.name: \"alice\" and threat.enrichments: { indicator.type: x }"))
    _ = set.add(try KQL.parse("threat.enrichments: { indicator.type: x }"))
    #expect(set.conditionCount == 5, "a quoted value is another condition, a nested one is shared")
  }

  @Test("With hundreds of conditions on one field each gives what it gives alone, numbers and booleans by their text")
  func manyEqualConditions() throws {
    let values: [JSONValue] = ["a0", "a1", 7, "7", true, "true", ["a2", "a1", 7], "other", .null]
    let events = values.map { Self.event(["event": ["action": $0], "user": ["name": "x"]]) }
    let wanted = (0..<300).map { "a\($0)" } + ["7", "true", "other"]
    let queries = wanted.map { "event.action: \"\($0)\"" } + wanted.map { "event.action: \($0) and user.name: x" }
    let together = try Self.rows(queries, events)
    for (query, rows) in zip(queries, together) { #expect(try Self.rows([query], events) == [rows], "\(query)") }
    #expect(together[1] == [1, 6] && together[300] == [2, 3, 6] && together[301] == [4, 5])
  }

  @Test("A field asked for keeps its column's place whatever is added later")
  func places() throws {
    var set = QuerySet(now: Self.now)
    let first = set.addField("user.name")
    _ = set.add(try KQL.parse("event.action: x and user.name.text: y and *: z"))
    let second = set.addField("source.ip")
    #expect(set.addField("user.name") == first)
    #expect(set.addField("user.name.text") == first, "a multi-field reads the column of its field")
    let batch = EventBatches([Self.event(["user.name": "al", "source.ip": "10.0.0.1"])])
      .batch(EventBatches.mapper(set.plan))
    #expect(batch.columns[first].dictionary.text(1) == "al")
    #expect(batch.columns[second].dictionary.text(1) == "10.0.0.1")
  }

  @Test("A batch without rows, and a batch without the field, give no row")
  func empty() throws {
    let queries = [
      "user.name: a", "not user.name: a", "*", "user.name: *", "threat.enrichments: { indicator.type: x }",
    ]
    #expect(try Self.rows(queries, []) == [[], [], [], [], []])
    #expect(try Self.rows(queries, [Self.event([:])]) == [[], [0], [0], [], []])
  }

  @Test("An evaluator goes from batch to batch and keeps nothing of the one before")
  func severalBatches() throws {
    var set = QuerySet(now: Self.now)
    let query = set.add(try KQL.parse("user.name: a* and not threat.enrichments: { indicator.type: x }"))
    let evaluator = QueryEvaluator(set)
    let mapper = EventBatches.mapper(set.plan)
    let events = [
      Self.event(["user.name": "al"]), Self.event(["user.name": "bo"]),
      Self.event(["user.name": "ann", "threat.enrichments": [["indicator.type": "x"]]]),
    ]
    for chosen in [[0, 1, 2], [2], [], [1, 0], [0, 0, 1, 2]] {
      let batches = EventBatches(events)
      evaluator.begin(batches.batch(mapper, rows: chosen))
      var found: [Int] = []
      evaluator.rows(query).forEach(rowCount: chosen.count) { found.append(chosen[$0]) }
      #expect(found == chosen.filter { $0 == 0 })
    }
  }

  @Test(
    "Rows beyond a word of bits, and more matching values than are looked up one by one", arguments: [63, 64, 65, 300])
  func manyRows(count: Int) throws {
    let events = (0..<count).map { row in
      Self.event(["event.id": .string("id-\(row)"), "tags": .array([.string("t\(row % 40)"), .string("u\(row % 3)")])])
    }
    let all = Array(0..<count)
    let found = try Self.rows(
      [
        "event.id: id-*", "event.id: id-7", "not event.id: id-7", "tags: t*", "tags: t1*", "tags: u1", "not tags: u*",
        "tags: *",
        "tags: (t1 or t2) and tags: u2",
      ], events)
    #expect(found[0] == all)
    #expect(found[1] == [7])
    #expect(found[2] == all.filter { $0 != 7 })
    #expect(found[3] == all)
    #expect(found[4] == all.filter { "\($0 % 40)".hasPrefix("1") })
    #expect(found[5] == all.filter { $0 % 3 == 1 })
    #expect(found[6] == [])
    #expect(found[7] == all)
    #expect(found[8] == all.filter { [1, 2].contains($0 % 40) && $0 % 3 == 2 })
  }

  @Test("Each row knows its data stream: by the index of a hit, by its fields, or none")
  func dataStreams() throws {
    let source = Self.event(["user.name": "al"])
    let events: [JSONValue] = [
      ["_index": ".ds-logs-x-1", "_id": "1", "_source": source],
      Self.event(["data_stream.dataset": "aws.cloudtrail", "user.name": "al"]),
      Self.event([
        "data_stream": ["dataset": "okta.system", "type": "metrics", "namespace": "prod"], "user.name": "bo",
      ]),
      source,
    ]
    var set = QuerySet(now: Self.now)
    let query = set.add(try KQL.parse("user.name: al"))
    let batch = EventBatches(events).batch(EventBatches.mapper(set.plan))
    let names = (0..<batch.rowCount).map { batch.dataStream.dictionary.text(batch.dataStream.codes(row: $0).first!) }
    #expect(
      names == [".ds-logs-x-1", "logs-aws.cloudtrail-default", "metrics-okta.system-prod", "filebeat-default"])
    let evaluator = QueryEvaluator(set)
    evaluator.begin(batch)
    #expect(evaluator.rows(query).bitmap(rowCount: 4).cardinality == 3)
  }

  @Test("A keyword holds numbers and booleans by their text, as they were written")
  func writtenNumbers() throws {
    #expect(
      try Self.rows(
        ["user.name: 10", "user.name: 10.0", "user.name: true"],
        [
          Self.event(["user.name": 10]), Self.event(["user.name": "10"]), Self.event(["user.name": true]),
        ]) == [[0, 1], [], [2]])
  }

  @Test(
    "What queries see: nested objects, points, words, booleans, long values",
    arguments: [
      // The objects of a nested field are documents of their own.
      ("threat.enrichments: *", "{\"threat.enrichments\":[{\"indicator.type\":\"x\"}]}", false),
      ("threat: *", "{\"threat.enrichments\":[{\"indicator.type\":\"x\"}]}", false),
      ("xyz", "{\"threat.enrichments\":[{\"indicator.type\":\"xyz\"}]}", false),
      ("threat.*: x", "{\"threat.enrichments\":[{\"indicator.type\":\"x\"}]}", true),
      ("user: { name: x }", "{\"user\":[{\"name\":\"x\"}]}", false),
      (
        "threat.enrichments: { indicator.file.elf.sections: { name: x } }",
        "{\"threat.enrichments\":[{\"indicator.file.elf.sections\":[{\"name\":\"x\"}]}]}", true
      ),
      (
        "threat.enrichments: { indicator.file.elf.sections.name: x }",
        "{\"threat.enrichments\":[{\"indicator.file.elf.sections\":[{\"name\":\"x\"}]}]}", false
      ),
      (
        "threat.enrichments: { indicator.file.elf.exports: x }",
        "{\"threat.enrichments\":[{\"indicator.file.elf.exports\":{\"a\":\"x\"}}]}", true
      ),
      // A point is there by its parts, which are no fields.
      ("source.geo.location: *", "{\"source.geo.location\":{\"lat\":1.5,\"lon\":10}}", true),
      ("source.geo.location.lat: 1.5", "{\"source.geo.location\":{\"lat\":1.5,\"lon\":10}}", false),
      ("*.location: *", "{\"source.geo.location\":{\"lat\":1.5,\"lon\":10}}", true),
      ("1.5", "{\"source.geo.location\":{\"lat\":1.5,\"lon\":10}}", false),
      // Words compare byte by byte, as they were written; a text without words is there.
      ("message: *", "{\"message\":\"---\"}", true), ("message: *", "{\"message\":\"\"}", true),
      ("message: \\u00e9cole", "{\"message\":\"e\u{301}cole\"}", false),
      ("message: \\u0130st*", "{\"message\":\"\u{130}stanbul\"}", true),
      ("message > QUICK", "{\"message\":\"brown\"}", true), ("message > quick", "{\"message\":\"brown\"}", false),
      // False stands before true.
      ("file.code_signature.trusted > false", "{\"file.code_signature.trusted\":true}", true),
      ("file.code_signature.trusted < true", "{\"file.code_signature.trusted\":true}", false),
      // Dates given as numbers: four digits are a year.
      ("event.start: 2024", "{\"event.start\":2024}", true), ("event.start > \"-1.9\"", "{\"event.start\":2024}", true),
    ])
  func facts(query: String, event: String, holds: Bool) throws {
    let event = try JSONValue(json: "{\"@timestamp\":\"2024-05-01T10:20:30.500Z\"," + event.dropFirst())
    #expect(try Self.rows([query], [event]) == [holds ? [0] : []])
    #expect(ReferenceEvaluator.standard(now: Self.now).matches(try KQL.parse(query), event) == holds)
  }

  @Test("A value of a wildcard field may be of any length")
  func longValues() throws {
    let long = String(repeating: "x", count: 40_000)
    let event = Self.event(["process.command_line": .string(long), "user.name": .string(long)])
    let queries = [
      "process.command_line: x*", "process.command_line: *", "process.command_line: \(long)", "user.name: *",
    ]
    #expect(try Self.rows(queries, [event]) == [[0], [0], [0], []])
  }
}
