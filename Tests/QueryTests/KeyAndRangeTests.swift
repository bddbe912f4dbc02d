import Events
import JSON
import Query
import Testing

/// What Elasticsearch knows of keys of flattened fields, of numbers beyond 64 bits, of constants and of nulls.
struct KeyAndRangeTests {
  private static let key = "aws.cloudtrail.flattened.request_parameters.name"

  private static func refusal(_ clause: JSONValue) throws -> String? {
    QueryJudge(.standard).refusal(of: try RuleFilters.predicate([["query": clause]])).map(\.description)
  }

  @Test("A wildcard query on a key of a flattened field is refused, whatever it says; a prefix and a term are not")
  func keys() throws {
    for pattern in ["a*", "*a", "a", "*"] {
      #expect(
        try Self.refusal(["wildcard": [Self.key: ["value": .string(pattern)]]])?.contains("no wildcard query") == true)
    }
    #expect(try Self.refusal(["prefix": [Self.key: "a"]]) == nil)
    #expect(try Self.refusal(["prefix": [Self.key: ["value": "a", "case_insensitive": true]]]) == nil)
    #expect(try Self.refusal(["term": [Self.key: ["value": "a", "case_insensitive": true]]]) == nil)
    #expect(try Self.refusal(["wildcard": ["aws.cloudtrail.flattened.request_parameters": "*a*"]]) == nil)
    #expect(try Self.refusal(["wildcard": ["user.name": "a*"]]) == nil)
  }

  private static func rows(
    _ queries: [String], _ events: [String], _ catalog: FieldCatalog = .standard
  ) throws -> [[Int]] {
    var set = QuerySet(catalog: catalog, now: Timestamp(milliseconds: 0))
    let bound = try queries.map { set.add(try KQL.parse($0)) }
    let batches = EventBatches(texts: events.map { #"{"@timestamp":"2026-01-01T00:00:00Z",\#($0)}"# })
    let evaluator = QueryEvaluator(set)
    evaluator.begin(batches.batch(EventBatches.mapper(set.plan)))
    return bound.map { query in (0..<batches.rowCount).filter { evaluator.rows(query).contains($0) } }
  }

  @Test("A value beyond 64 bits is none in a field of whole numbers, and finds nothing; such a bound is refused")
  func beyondLong() throws {
    let events = ["9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e30", "\"1e300\""]
      .map { #""event":{"severity":\#($0)}"# }
    let found = try Self.rows(
      [
        "event.severity: *", "event.severity: 9223372036854775807", "event.severity: 9223372036854775808",
        "event.severity: -9223372036854775808", "event.severity > 9223372036854775806", "event.severity: 1e30",
      ], events)
    #expect(found == [[0, 1], [0], [], [1], [0], []])
    let judge = QueryJudge(.standard)
    for (query, isRefused) in [
      ("event.severity > 9223372036854775808", true), ("event.severity <= -1e19", true),
      ("event.severity: 99999999999999999999", false), ("event.severity < 9223372036854775807", false),
      ("event.risk_score > 1e30", false),
    ] {
      #expect((judge.refusal(of: try KQL.parse(query)) != nil) == isRefused, "\(query)")
    }
  }

  @Test("A range on a constant keyword compares its text")
  func constants() throws {
    let events = ["aws.cloudtrail", "okta.system"].map { #""data_stream":{"dataset":"\#($0)"}"# }
    let found = try Self.rows(
      [
        "data_stream.dataset >= b", "data_stream.dataset < \"aws.cloudtrail\"",
        "data_stream.dataset <= \"aws.cloudtrail\"",
      ],
      events)
    #expect(found == [[1], [], [0]])
  }

  @Test("An explicit null counts as what the mapping says, in lists and nested objects too; without that it is missing")
  func nullValues() throws {
    let mapping = try FieldMapping([
      "properties": [
        "app": [
          "properties": [
            "name": ["type": "keyword", "null_value": "NONE"], "port": ["type": "long", "null_value": 0],
            "on": ["type": "boolean", "null_value": false], "other": ["type": "keyword"],
            "items": ["type": "nested", "properties": ["id": ["type": "keyword", "null_value": "-"]]],
          ]
        ]
      ]
    ])
    let catalog = FieldCatalog.standard.applying(mapping)
    let events = [
      #""app":{"name":null,"port":[null,7],"on":null,"other":null,"items":[{"id":null}]}"#, #""app":{"name":"x"}"#,
      #""app.name":null"#,
    ]
    let found = try Self.rows(
      [
        "app.name: NONE", "app.port: 0", "app.on: false", "app.other: *", "app.items: { id: \"-\" }", "not app.name: *",
      ], events, catalog)
    #expect(found == [[0, 2], [0], [0], [], [0], []])
    #expect(try Self.rows(["app.name: *"], events)[0] == [1])
  }
}
