import Foundation
import JSON
import TestSupport
import Testing

/// ES|QL over a folder, where columns answer what they can, gives what it gives over the files.
struct ESQLFolderTests {
  private static let queries = [
    "FROM logs-* | STATS COUNT(*)",
    "FROM logs-* | STATS c = COUNT(*), a = COUNT_DISTINCT(source.ip) BY event.action, event.outcome | SORT c DESC, event.action",
    "FROM logs-* METADATA _id, _index, _version | WHERE event.outcome == \"failure\" | STATS n = COUNT(*), t = MIN(@timestamp), v = VALUES(cloud.region) BY user.name",
    "FROM logs-* METADATA _version, _index_mode | WHERE user.name LIKE \"*a*\" | KEEP @timestamp, event.action, source.ip, _version, _index_mode | LIMIT 40",
    "FROM logs-* METADATA _id, _index | WHERE event.action == \"AssumeRole\" | KEEP _id, _index, @timestamp | LIMIT 25",
    "FROM logs-* METADATA _source | WHERE event.action == \"ConsoleLogin\" | KEEP _source | LIMIT 3",
    "FROM logs-* | WHERE KQL(\"event.action: (Describe* or List*)\") | EVAL h = DATE_TRUNC(3 hours, @timestamp) | STATS n = COUNT(*), u = COUNT_DISTINCT(user.name) BY h | SORT h",
    "FROM logs-* | SORT event.action DESC, @timestamp | LIMIT 30 | KEEP event.action, @timestamp, related.user",
    "FROM logs-* | MV_EXPAND related.user | STATS n = COUNT(*) BY related.user | SORT n DESC, related.user | LIMIT 20",
    "FROM logs-* | INLINE STATS n = COUNT(*) BY user.name | WHERE n < 8 | KEEP @timestamp, user.name, n | SORT @timestamp, user.name | LIMIT 30",
    "FROM logs-* | WHERE user_agent.original : \"aws\" OR error.message IS NOT NULL | DISSECT event.provider \"%{service}.%{rest}\" | STATS n = COUNT(*) BY service, user.name | SORT n DESC, service, user.name | LIMIT 15",
    "FROM logs-* | WHERE user.name IN (FROM logs-aws* | WHERE event.outcome == \"failure\" | STATS n = COUNT(*) BY user.name | SORT n DESC, user.name | LIMIT 3 | KEEP user.name) | STATS n = COUNT(*) BY user.name | SORT user.name",
    "FROM logs-* | WHERE user.name NOT IN (FROM logs-gcp* | KEEP user.name) | STATS COUNT(*)",
    "FROM logs-gcp* | STATS COUNT(*)",
  ]

  @Test("Columns give what texts give, within times too")
  func equal() throws {
    let scratch = try Scratch()
    let files = scratch.path + "/in"
    #expect(try Binary(["generate", "--events", "3000", "--attack", "trust-policy", "--out", files]).status == 0)
    let data = scratch.path + "/data"
    #expect(try Binary(["ingest", "--data", data, "--segment-events", "700", files]).status == 0)
    for query in Self.queries {
      for times in [[], ["--from", "2026-01-01T06:00:00Z", "--to", "2026-01-01T12:00:00Z"]] {
        let options = ["search", "--language", "esql", "--format", "json", query] + times
        let (plain, stored) = (try Binary(options + [files]), try Binary(options + ["--data", data]))
        #expect(plain.output == stored.output, "\(query) \(times)")
        #expect(plain.status == stored.status, "\(query) \(times): \(stored.errors)")
        #expect(query.contains("gcp") || times.isEmpty == false || plain.output.contains("["), "\(query)")
      }
    }
    // Types that a mapping gives are not those of the columns.
    let mapping = try scratch.write(#"{"event.outcome": "text"}"#, "mapping.json")
    let options = [
      "search", "--language", "esql", "--format", "json", "--mapping", mapping,
      "FROM logs-* | WHERE event.outcome : \"SUCCESS\" | STATS COUNT(*)",
    ]
    let (plain, stored) = (try Binary(options + [files]), try Binary(options + ["--data", data]))
    #expect(plain.output == stored.output)
    #expect(!plain.output.contains("[[0]]"), "\(plain.output) \(plain.errors)")
  }

  @Test("Texts of fields that nothing is known of are the addresses and times that the query takes them for")
  func takenFor() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      #"{"_index":"logs-okta.system-default","_id":"x","_source":{"@timestamp":"2026-01-05T10:00:00Z","source":{"ip":"10.0.0.1"},"#
        + #""okta":{"at":"10.0.0.1","when":"2026-01-05T09:00:00Z","name":"10.0.0.1"}}}"# + "\n", "okta.ndjson")
    let run = try Binary([
      "search", "--language", "esql", "--format", "json",
      "FROM logs-* | EVAL a = COALESCE(okta.at, client.ip), t = GREATEST(okta.when, @timestamp) | WHERE a == source.ip "
        + "| KEEP a, t, okta.name",
      file,
    ])
    let answer = try #require(try run.documents.first, "\(run.errors)")
    #expect(answer["columns"]?.arrayValue?.map { $0["type"] } == ["ip", "date", "keyword"])
    #expect(answer["values"] == [["10.0.0.1", "2026-01-05T10:00:00.000Z", "10.0.0.1"]])
  }

  @Test(
    "What integrations have as keywords is one in every data stream, whatever its values are, over files and over a folder"
  )
  func keywords() throws {
    let scratch = try Scratch()
    let lines = [#"{"Limit":20}"#, #"{"Limit":"none"}"#].enumerated().map { number, parameters in
      #"{"@timestamp":"2026-01-05T10:0\#(number):00Z","event":{"id":"e\#(number)"},"data_stream":{"type":"logs","dataset":"own\#(number)","#
        + #""namespace":"default"},"winlog":{"event_data":{"LogonType":3}},"o365":{"audit":{"Parameters":\#(parameters)}}}"#
    }
    let files = try scratch.write(lines.joined(separator: "\n") + "\n", "events.ndjson")
    let data = scratch.path + "/data"
    #expect(try Binary(["ingest", "--data", data, files]).status == 0)
    let query =
      "FROM logs-own* | WHERE winlog.event_data.LogonType == \"3\" | SORT @timestamp | KEEP winlog.event_data.LogonType, o365.audit.Parameters.Limit"
    for place in [[files], ["--data", data]] {
      let run = try Binary(["search", "--language", "esql", "--format", "json", query] + place)
      let answer = try #require(try run.documents.first, "\(run.errors)")
      #expect(answer["columns"]?.arrayValue?.map { $0["type"] } == ["keyword", "keyword"])
      #expect(answer["values"] == [["3", "20"], ["3", "none"]])
    }
  }

  @Test("Fields that no schema knows have the columns that they have as texts")
  func unknownFields() throws {
    let scratch = try Scratch()
    let lines = (0..<60).map { number in
      let extra =
        number % 3 == 0
        ? "" : #","custom":{"score":\#(number % 7),"tag":["a\#(number % 5)","b"],"ok":\#(number % 2 == 0)}"#
      return
        #"{"@timestamp":"2026-01-05T10:\#(10 + number % 50):00Z","event":{"id":"e\#(number)","action":"x\#(number % 4)"},"data_stream":{"type":"logs","dataset":"own","namespace":"default"}\#(extra)}"#
    }
    let files = try scratch.write(lines.joined(separator: "\n") + "\n", "events.ndjson")
    let data = scratch.path + "/data"
    #expect(try Binary(["ingest", "--data", data, files]).status == 0)
    for query in [
      "FROM logs-own-* | STATS s = SUM(custom.score), n = COUNT(custom.ok) BY custom.tag | SORT custom.tag",
      "FROM logs-own-* | WHERE custom.ok | EVAL custom.score = custom.score * 2 | KEEP event.id, custom.score | SORT event.id",
      "SET unmapped_fields = \"nullify\"; FROM logs-own-* | EVAL custom.score = custom.score * 2 | WHERE custom.score > 2 | KEEP event.id, custom.score | SORT event.id",
      "FROM logs-own-* | KEEP custom.*, event.id | SORT event.id | LIMIT 9",
      "FROM logs-own-* METADATA _id | WHERE custom.score > 4 | KEEP _id, custom.score | SORT custom.score, _id",
      "FROM logs-own-* | STATS n = COUNT(*) BY event.action | SORT n DESC, event.action",
    ] {
      let options = ["search", "--language", "esql", "--format", "json", query]
      let (plain, stored) = (try Binary(options + [files]), try Binary(options + ["--data", data]))
      #expect(plain.output == stored.output && plain.status == 0 && stored.status == 0, "\(query) \(stored.errors)")
      #expect(!plain.output.contains("\"values\":[]"), "\(query)")
    }
  }

  @Test("Alerts of a folder are read where they are named")
  func alerts() throws {
    let scratch = try Scratch()
    let files = scratch.path + "/in"
    #expect(try Binary(["generate", "--events", "2000", "--attack", "cloudtrail-stop", "--out", files]).status == 0)
    let data = scratch.path + "/data"
    #expect(try Binary(["ingest", "--data", data, files]).status == 0)
    let run = try Binary(["run", "--data", data, "--from", "2026-01-01", "--to", "2026-01-02"])
    #expect(run.status == 0 || run.status == 1, "\(run.errors)")
    let counted = try Binary([
      "search", "--language", "esql", "--format", "csv",
      "FROM .alerts-security.alerts-* | STATS n = COUNT(*) BY kibana.alert.rule.name", "--data", data,
    ])
    let listed = try Binary(["alerts", "list", "--data", data, "--by", "kibana.alert.rule.name", "--format", "csv"])
    let rows = [counted, listed].map { $0.output.split(whereSeparator: \.isNewline).count }
    #expect(counted.status == 0 && rows[0] > 1, "\(counted.errors)")
    #expect(rows[0] == rows[1])
  }

  @Test("Documents that name their index need no time")
  func timeless() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      #"{"_index":"plain","a":1}"# + "\n" + #"{"_index":"plain","_source":{"a":4}}"# + "\n", "plain.ndjson")
    let options = ["search", "--language", "esql", "--format", "csv"]
    for (query, lines) in [
      ("FROM plain | STATS s = SUM(a), n = COUNT(*)", ["s,n", "5,2"]), ("FROM plain", ["a", "1", "4"]),
    ] {
      let run = try Binary(options + [query, file])
      let rows = run.output.split(whereSeparator: \.isNewline).map(String.init)
      #expect(run.status == 0 && rows.count == lines.count && Set(rows) == Set(lines), "\(run.output) \(run.errors)")
    }
    #expect(try Binary(["search", "--format", "count", "a: 4", file]).output == "1\n")
  }

  @Test("Fields whose values are not indexed are named, over files and over a folder")
  func ignored() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      #"{"@timestamp":"2026-01-05T10:00:00Z","event":{"id":"a","action":"x"},"own":{"code":"LONGLONG","size":"big"},"data_stream":{"type":"logs","dataset":"own","namespace":"default"}}"#
        + "\n"
        + #"{"@timestamp":"2026-01-05T10:00:01Z","event":{"id":"b","action":"x"},"own":{"code":"abc","size":"7"},"data_stream":{"type":"logs","dataset":"own","namespace":"default"}}"#
        + "\n", "own.ndjson")
    let mapping = try scratch.write(
      #"{"properties":{"own":{"properties":{"code":{"type":"keyword","ignore_above":3},"size":{"type":"long"}}}}}"#,
      "mapping.json")
    let data = scratch.path + "/data"
    #expect(try Binary(["ingest", "--data", data, file]).status == 0)
    let options = [
      "search", "--language", "esql", "--format", "json", "--mapping", mapping,
      "FROM logs-own-* METADATA _ignored | SORT event.id | KEEP event.id, own.code, _ignored",
    ]
    for input in [[file], ["--data", data]] {
      let run = try Binary(options + input)
      let rows = #"["a",null,["own.code","own.size"]],["b","abc",null]"#
      #expect(run.status == 0 && run.output.filter { !$0.isWhitespace }.contains(rows), "\(run.output) \(run.errors)")
    }
  }

  @Test("A query whose rows are its own needs no events, and one that reads events says that none are given")
  func ownRows() throws {
    let options = ["search", "--language", "esql", "--format", "csv"]
    let own = try Binary(options + ["ROW a = 1 | EVAL b = a + 1"])
    #expect(own.status == 0 && own.output.split(whereSeparator: \.isNewline) == ["a,b", "1,2"], "\(own.errors)")
    let events = try Binary(options + ["FROM logs-* | LIMIT 1"])
    #expect(events.status == 64 && events.errors.contains("Missing expected argument '<paths> ...'"))
    #expect(try Binary(["search", "*"]).status == 64)
    #expect(try Binary(["hunt"]).status == 64)
  }

  @Test(
    "Of fields that nothing is known of, so many data streams are told from each other, and the others count as one")
  func manyStreams() throws {
    let scratch = try Scratch()
    let events = (0..<3000).map { number in
      let value = number < 2000 ? "1" : #""x""#
      return #"{"@timestamp":"2026-01-01T00:00:00Z","own":\#(value),"data_stream":{"type":"logs","#
        + #""dataset":"d\#(10_000 + number)","namespace":"default"}}"#
    }
    let file = try scratch.write(events.joined(separator: "\n") + "\n", "a.ndjson")
    let run = try Binary(["search", "--language", "esql", "FROM logs-* | SORT own", "--threads", "1", file])
    let words =
      "[keyword] in […], [long] in [logs-d10000-default, logs-d10001-default, logs-d10002-default] and [997] other"
    #expect(run.status == 64 && run.errors.contains(words), "\(run.errors)")
  }
}
