import JSON
import TestSupport
import Testing

/// The id and the index of documents, as the command line asks for them over files and over a folder.
struct DocumentNameTests {
  private static let lines = """
    {"_index":".ds-logs-net-default-2026.01.01-000001","_id":"d1","_source":{"@timestamp":"2026-01-01T00:03:10Z","event":{"id":"one","action":"x"},"user":{"name":"ann"}}}
    {"_index":"own","_id":"d2","_source":{"@timestamp":"2026-01-01T00:03:20Z","event":{"id":"two","action":"x"},"user":{"name":"ben"}}}
    {"@timestamp":"2026-01-01T00:03:30Z","event":{"id":"three","action":"x"},"user":{"name":"cem"},"data_stream":{"type":"logs","dataset":"net","namespace":"prod"}}

    """
  private static let record = "00000000-0000-0000-0000-000000000002"

  private struct Sources {
    let scratch: Scratch
    /// The same events in files and in a folder.
    let options: [[String]]

    init() throws {
      scratch = try Scratch()
      let files = [try scratch.write(Sample.records, "a.json"), try scratch.write(DocumentNameTests.lines, "b.ndjson")]
      let data = scratch.path + "/data"
      #expect(try Binary(["ingest", "--data", data] + files).status == 0)
      options = [files, ["--data", data]]
    }
  }

  @Test("Events are found by their ids and indices in every language, over files and over a folder")
  func found() throws {
    let sources = try Sources()
    let searches: [(language: String, query: String, users: Set<String>)] = [
      ("kuery", "_id: (d1 or three or \"\(Self.record)\")", ["ann", "cem", "bob"]), ("kuery", "_id: one", []),
      ("kuery", "not _id: (d1 or \"\(Self.record)\")", ["eve", "ben", "cem"]),
      ("kuery", "_index: logs-net-*", ["ann", "cem"]), ("kuery", "_index: .ds-* or _index: own", ["ann", "ben"]),
      ("kuery", "_index: * and not _index: logs-*", ["ben"]),
      ("kuery", "_index: logs-aws.cloudtrail-default", ["eve", "bob"]),
      ("lucene", "_id:d2 OR (_index:logs-* AND user.name:cem)", ["ben", "cem"]),
      ("lucene", "_exists_:_id AND -_index:logs-*", ["ben"]),
      ("dsl", #"{"ids": {"values": ["d2", "three"]}}"#, ["ben", "cem"]),
      ("dsl", #"{"bool": {"must_not": {"prefix": {"_index": "logs-"}}}}"#, ["ben"]),
    ]
    for (language, query, users) in searches {
      for source in sources.options {
        let search = try Binary(["search", "--language", language, "--fields", "user.name", query] + source)
        let found = try search.documents.compactMap { $0["user.name"]?.stringValue }
        #expect(search.status == 0 && Set(found) == users && found.count == users.count, "\(query): \(search.errors)")
        #expect(!search.errors.contains("No event is known"), "\(search.errors)")
      }
    }
  }

  @Test("What a list, ES|QL and alerts say that an event is called is what finds it")
  func alike() throws {
    let sources = try Sources()
    let expected: [String: [String]] = [
      "ann": ["d1", ".ds-logs-net-default-2026.01.01-000001"], "ben": ["d2", "own"], "cem": ["three", "logs-net-prod"],
      "bob": [Self.record, "logs-aws.cloudtrail-default"],
    ]
    let rule = try sources.scratch.write(
      Sample.rule.replacing("event.action: GetObject", with: "user.name: (ann or ben or cem or bob)")
        .replacing("logs-aws.cloudtrail-*", with: "*"), "rule.toml")
    let alerts = try Binary(
      ["hunt", "--format", "ndjson", "--no-builtin", "--rules", rule] + sources.options[0])
    for alert in try alerts.documents {
      let user = try #require(alert["user"]?["name"]?.stringValue)
      let ancestor = alert["kibana.alert.ancestors"]?[0]
      let names = ["id", "index"].compactMap { ancestor?[$0]?.stringValue }
      #expect(names == expected[user], "\(user)")
    }
    #expect(try alerts.documents.count == expected.count, "\(alerts.errors)")
    for source in sources.options {
      let listed = try Binary(
        ["search", "--fields", "user.name,_id,_index", "--sort", "_id", "not user.name: eve"] + source)
      let rows = try Binary(
        [
          "search", "--language", "esql", "--format", "ndjson",
          "FROM * METADATA _id, _index | WHERE user.name != \"eve\" | SORT _id | KEEP user.name, _id, _index",
        ] + source)
      #expect(try listed.documents == rows.documents, "\(listed.errors) \(rows.errors)")
      for row in try listed.documents {
        let user = try #require(row["user.name"]?.stringValue)
        let names = try #require(expected[user])
        #expect(["_id", "_index"].compactMap { row[$0]?.stringValue } == names)
        let query = "_id: \"\(names[0])\" and _index: \"\(names[1])\""
        let found = try Binary(["search", "--fields", "user.name", query] + source)
        #expect(try found.documents == [["user.name": .string(user)]], "\(query)")
      }
      #expect(try listed.documents.count == expected.count)
      let counted = try Binary(["search", "--by", "_index", "--format", "ndjson", "*"] + source)
      #expect(try counted.documents.contains { $0["_index"] == "own" && $0["count"] == 1 }, "\(counted.output)")
    }
  }

  @Test("Rules ask for them in queries, filters and exceptions, and a part of an id is refused as in Elasticsearch")
  func rules() throws {
    let sources = try Sources()
    let filter =
      #"filters = [{ query = { terms = { _index = ["logs-*", "own"] } } }, { query = { match_phrase = { _id = "d1" } }, meta = { negate = true } }]"#
    let rule = Sample.rule.replacing("event.action: GetObject", with: "event.action: x and _id: *")
      .replacing("index = [\"logs-aws.cloudtrail-*\"]", with: "index = [\"*\"]\n" + filter)
    let file = try sources.scratch.write(rule, "rules/rule.toml")
    let exception = try sources.scratch.write(
      "[[exception]]\nname = \"known\"\nrules = \"all\"\nentries = [{ field = \"_id\", match = \"three\" }]\n",
      "known.toml")
    let options = ["--format", "ndjson", "--no-builtin", "--rules", file]
    func users(_ hunt: Binary) throws -> Set<String> {
      Set(try hunt.documents.compactMap { $0["user"]?["name"]?.stringValue })
    }
    let hunt = try Binary(["hunt"] + options + sources.options[0])
    #expect(try users(hunt) == ["ben", "cem"], "\(hunt.errors)")
    let excepted = try Binary(["hunt", "--exceptions", exception] + options + sources.options[0])
    #expect(try users(excepted) == ["ben"], "\(excepted.errors)")
    let refused = try Binary(["search", "_id: d*"] + sources.options[0])
    #expect(refused.status == 64 && refused.errors.contains("`_id` knows no wildcards"), "\(refused.errors)")
    let eql = try Binary(["search", "--language", "eql", "any where _id == \"d1\""] + sources.options[0])
    #expect(eql.status == 64 && eql.errors.contains("Unknown column [_id]"), "\(eql.errors)")
  }
}
