import Events
import Exceptions
import JSON
import Query
import Testing

/// What entries mean, in both formats.
struct EntrySemanticsTests {
  struct Case: Sendable {
    var toml: String
    var kibana: JSONValue
    var holds: [JSONValue]
    var fails: [JSONValue]
  }

  static let cases: [Case] = [
    // Events are called so by their places.
    Case(
      toml: #"field = "_id", match = "event-0""#,
      kibana: ["type": "match", "field": "_id", "operator": "included", "value": "event-0"], holds: [[:]],
      fails: [[:], ["_id": "event-0", "event": ["id": "event-0"]]]),
    Case(
      toml: #"field = "_index", wildcard = "file*", excluded = true"#,
      kibana: ["type": "wildcard", "field": "_index", "operator": "excluded", "value": "file*"],
      holds: [["data_stream": ["dataset": "a"]]], fails: [[:]]),
    Case(
      toml: #"field = "user.name", match = "alice""#,
      kibana: ["type": "match", "field": "user.name", "operator": "included", "value": "alice"],
      holds: [["user": ["name": "alice"]], ["user.name": ["bob", "alice"]]],
      fails: [["user": ["name": "Alice"]], ["user": ["name": "alice smith"]], [:]]),
    Case(
      toml: #"field = "user.name", match = "alice", excluded = true"#,
      kibana: ["type": "match", "field": "user.name", "operator": "excluded", "value": "alice"],
      holds: [["user": ["name": "bob"]], [:]], fails: [["user": ["name": "alice"]], ["user.name": ["bob", "alice"]]]),
    Case(
      toml: #"field = "source.ip", match = "10.0.0.0/8""#,
      kibana: ["type": "match", "field": "source.ip", "operator": "included", "value": "10.0.0.0/8"],
      holds: [["source": ["ip": "10.9.9.9"]], ["source": ["ip": "::ffff:10.0.0.1"]]],
      fails: [["source": ["ip": "11.0.0.0"]]]),
    Case(
      toml: #"field = "source.as.number", match = 64500"#,
      kibana: ["type": "match", "field": "source.as.number", "operator": "included", "value": "64500"],
      holds: [["source": ["as": ["number": 64500]]], ["source": ["as": ["number": "64500"]]]],
      fails: [["source": ["as": ["number": 64501]]]]),
    Case(
      toml: #"field = "event.start", match = "2026-01-02""#,
      kibana: ["type": "match", "field": "event.start", "operator": "included", "value": "2026-01-02"],
      holds: [["event": ["start": "2026-01-02T23:59:59.999Z"]]], fails: [["event": ["start": "2026-01-03T00:00:00Z"]]]),
    Case(
      toml: #"field = "message", match = "quick brown""#,
      kibana: ["type": "match", "field": "message", "operator": "included", "value": "quick brown"],
      holds: [["message": "The Quick, brown fox"]], fails: [["message": "brown quick"]]),
    Case(
      toml: #"field = "user.name", match_any = ["alice", "bob"]"#,
      kibana: ["type": "match_any", "field": "user.name", "operator": "included", "value": ["alice", "bob"]],
      holds: [["user": ["name": "bob"]]], fails: [["user": ["name": "carol"]], [:]]),
    Case(
      toml: #"field = "user.name", match_any = ["alice", "bob"], excluded = true"#,
      kibana: ["type": "match_any", "field": "user.name", "operator": "excluded", "value": ["alice", "bob"]],
      holds: [["user": ["name": "carol"]], [:]], fails: [["user": ["name": "bob"]]]),
    Case(
      toml: #"field = "user.name", exists = true"#,
      kibana: ["type": "exists", "field": "user.name", "operator": "included"], holds: [["user": ["name": ""]]],
      fails: [[:], ["user": ["name": .null]]]),
    Case(
      toml: #"field = "user.name", exists = false"#,
      kibana: ["type": "exists", "field": "user.name", "operator": "excluded"], holds: [[:]],
      fails: [["user": ["name": "a"]]]),
    Case(
      toml: #"field = "user.name", exists = false, excluded = true"#,
      kibana: ["type": "exists", "field": "user.name", "operator": "included"], holds: [["user": ["name": "a"]]],
      fails: [[:]]),
    Case(
      toml: #"field = "user.name", wildcard = "ci-?-*""#,
      kibana: ["type": "wildcard", "field": "user.name", "operator": "included", "value": "ci-?-*"],
      holds: [["user": ["name": "ci-7-deploy"]], ["user": ["name": "ci-é-"]]],
      fails: [["user": ["name": "ci--deploy"]], ["user": ["name": "CI-7-deploy"]], ["user": ["name": "xci-7-"]]]),
    Case(
      toml: #"field = "user.name", wildcard = 'a\*b'"#,
      kibana: ["type": "wildcard", "field": "user.name", "operator": "included", "value": #"a\*b"#],
      holds: [["user": ["name": "a*b"]]], fails: [["user": ["name": "axb"]]]),
    Case(
      toml:
        #"nested = "threat.enrichments", entries = [{ field = "matched.atomic", match = "a" }, { field = "matched.field", match = "b" }]"#,
      kibana: [
        "type": "nested", "field": "threat.enrichments",
        "entries": [
          ["type": "match", "field": "matched.atomic", "operator": "included", "value": "a"],
          ["type": "match", "field": "matched.field", "operator": "included", "value": "b"],
        ],
      ],
      holds: [
        ["threat": ["enrichments": [["matched": ["atomic": "x"]], ["matched": ["atomic": "a", "field": "b"]]]]]
      ],
      fails: [["threat": ["enrichments": [["matched": ["atomic": "a"]], ["matched": ["field": "b"]]]]], [:]]),
    Case(
      toml: #"nested = "threat.enrichments", entries = [{ field = "matched.atomic", match = "a", excluded = true }]"#,
      kibana: [
        "type": "nested", "field": "threat.enrichments",
        "entries": [["type": "match", "field": "matched.atomic", "operator": "excluded", "value": "a"]],
      ],
      holds: [["threat": ["enrichments": [["matched": ["atomic": "a"]], ["matched": ["atomic": "b"]]]]]],
      fails: [["threat": ["enrichments": [["matched": ["atomic": "a"]]]]], [:]]),
  ]

  @Test("An entry holds for the same events in TOML as in an export of Kibana", arguments: cases.indices)
  func entries(at: Int) throws {
    let example = Self.cases[at]
    let expected = example.holds.map { _ in true } + example.fails.map { _ in false }
    let events = example.holds + example.fails
    #expect(EventBatches.matching(try Samples.predicate(Samples.toml(example.toml)), events) == expected)
    let item = Samples.item([example.kibana])
    #expect(EventBatches.matching(try Samples.predicate(item, "x.ndjson"), events) == expected)
  }

  @Test("A pattern on a key of a flattened field is an error in an export of Kibana, whose rule would fail on it")
  func keyPattern() throws {
    let key = "aws.cloudtrail.flattened.request_parameters.roleName"
    let errors = Samples.errors(
      Samples.item([["type": "wildcard", "field": .string(key), "operator": "included", "value": "ci-*"]]), "x.ndjson")
    #expect(errors.count == 1 && errors[0].contains("Elasticsearch refuses"), "\(errors)")
    let predicate = try Samples.predicate(Samples.toml("field = \"\(key)\", wildcard = \"ci-*\""))
    let events: [JSONValue] = [[key: "ci-1"], [key: "x"]]
    #expect(EventBatches.matching(predicate, events) == [true, false])
  }

  @Test("Many values of a text field are phrases as few are")
  func manyPhrases() throws {
    for count in [2, 40] {
      let listed = (["\"quick brown\""] + (1..<count).map { "\"no \($0)\"" }).joined(separator: ", ")
      let predicate = try Samples.predicate(Samples.toml("field = \"message\", match_any = [\(listed)]"))
      let events: [JSONValue] = [["message": "The Quick, brown fox"], ["message": "brown quick"]]
      #expect(EventBatches.matching(predicate, events) == [true, false])
    }
  }

  @Test("Types of a mapping are those of entries")
  func mapping() throws {
    let mapping = try FieldMapping(["properties": ["office.address": ["type": "ip"], "office.port": ["type": "long"]]])
    let loaded = ExceptionLoader.load(
      text: Samples.toml(#"field = "office.address", match = "10.0.0.0/8""#, #"field = "office.port", match = "443""#),
      file: "x.toml", catalog: FieldCatalog.standard.applying(mapping))
    #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
    let wrong = ExceptionLoader.load(
      text: Samples.toml(#"field = "office.address", match = "headquarters""#), file: "x.toml",
      catalog: FieldCatalog.standard.applying(mapping))
    #expect(wrong.hasErrors)
  }

  @Test("All entries of an exception must hold of one event")
  func all() throws {
    let predicate = try Samples.predicate(
      Samples.toml(#"field = "user.name", match = "a""#, #"field = "event.action", match = "b""#))
    let events: [JSONValue] = [
      ["user": ["name": "a"], "event": ["action": "b"]], ["user": ["name": "a"]], ["event": ["action": "b"]],
    ]
    #expect(EventBatches.matching(predicate, events) == [true, false, false])
  }

  @Test("Many values of a match_any mean what few mean")
  func many() throws {
    let values = (0..<5000).map { "u\($0)" }
    let events: [JSONValue] = [["user": ["name": "u4999"]], ["user": ["name": "u5000"]], ["user": ["name": "U1"]]]
    for count in [3, 5000] {
      let listed = (values.suffix(count).map { "\"\($0)\"" }).joined(separator: ", ")
      let predicate = try Samples.predicate(Samples.toml("field = \"user.name\", match_any = [\(listed)]"))
      #expect(EventBatches.matching(predicate, events) == [true, false, false])
    }
  }

  @Test("An item with operating systems holds only for hosts that run one of them")
  func systems() throws {
    let item = Samples.item(
      [["type": "match", "field": "user.name", "operator": "included", "value": "a"]],
      more: ["os_types": ["linux", "macos"]])
    let events: [JSONValue] = [
      ["user": ["name": "a"], "host": ["os": ["type": "linux"]]],
      ["user": ["name": "a"], "host": ["os": ["type": "windows"]]], ["user": ["name": "a"]],
    ]
    let loaded = ExceptionLoader.load(text: item, file: "x.ndjson")
    #expect(!loaded.hasErrors)
    #expect(EventBatches.matching(try #require(loaded.items.first).predicate, events) == [true, false, false])
  }
}
