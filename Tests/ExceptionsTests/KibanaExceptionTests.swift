import Events
import Exceptions
import JSON
import Rules
import TestSupport
import Testing

struct KibanaExceptionTests {
  static let entry: JSONValue = [["type": "match", "field": "user.name", "operator": "included", "value": "a"]]

  static let export = #"""
    {"_version":"WzE0XQ==","created_at":"2024-01-01T00:00:00.000Z","created_by":"elastic","description":"d","id":"b5","immutable":false,"list_id":"shared","name":"Shared","namespace_type":"agnostic","os_types":[],"tags":["t"],"tie_breaker_id":"x","type":"detection","updated_at":"2024-01-01T00:00:00.000Z","updated_by":"elastic","version":1}
    {"_version":"a","comments":[{"comment":"hi","created_by":"e","created_at":"2024-01-01T00:00:00.000Z","id":"c"}],"created_at":"2024-01-01T00:00:00.000Z","created_by":"elastic","description":"why","entries":[{"field":"user.name","operator":"included","type":"match","value":"a"}],"expire_time":"2026-01-02T03:04:05.006Z","id":"i","item_id":"it-1","list_id":"shared","name":"Item","namespace_type":"agnostic","os_types":[],"tags":["x"],"tie_breaker_id":"t","type":"simple","updated_at":"2024-01-01T00:00:00.000Z","updated_by":"elastic"}
    {"exported_exception_list_count":1,"exported_exception_list_item_count":1,"missing_exception_list_item_count":0,"missing_exception_list_items":[],"missing_exception_lists":[],"missing_exception_lists_count":0}
    """#

  @Test("Lists and items of an export are read with all that they say")
  func export() throws {
    let loaded = ExceptionLoader.load(text: Self.export, file: "e.ndjson")
    #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
    #expect(loaded.lists.map(\.listID) == ["shared"] && loaded.lists.map(\.namespaceType) == ["agnostic"])
    let item = try #require(loaded.items.first).item
    #expect(item.itemID == "it-1" && item.name == "Item" && item.description == "why" && item.tags == ["x"])
    #expect(item.scope == .list(id: "shared", namespaceType: "agnostic") && item.listID == "shared")
    #expect(item.expires == Timestamp(iso8601: "2026-01-02T03:04:05.006Z"))
    #expect(item.comments.first?["comment"] == "hi" && item.line == 2)
    #expect(item.entries == [ExceptionEntry(field: "user.name", .match("a"))])
  }

  @Test("Exceptions that come within an export of rules are found there")
  func ruleExport() throws {
    let rule =
      #"{"rule_id":"r","name":"R","type":"query","query":"*","severity":"low","risk_score":1,"exceptions_list":[{"id":"b5","list_id":"shared","namespace_type":"agnostic","type":"detection"}]}"#
    let rules = RuleLoader.load(text: rule + "\n" + Self.export, file: "rules.ndjson")
    let loaded = ExceptionLoader.load(paths: [], rules: rules)
    let set = ExceptionSet(loaded)
    let applied = set.items(for: try #require(rules.rules.first).rule)
    #expect(applied.map(\.itemID) == ["it-1"] && applied.map(\.place) == ["rules.ndjson:3"])
    #expect(set.diagnostics(for: rules.rules).isEmpty)
    // The same file as a file of exceptions gives the same.
    let again = ExceptionLoader.load(text: rule + "\n" + Self.export, file: "rules.ndjson")
    #expect(again.diagnostics.isEmpty && again.items.map(\.item) == loaded.items.map(\.item))
  }

  @Test(
    "What is wrong with an item is told with its place, and the item is left out",
    arguments: [
      (#"[]"#, "hold for every event"), (#"{}"#, "an array of objects"),
      (#"[{"field":"user.name","operator":"included","value":"a"}]"#, "`entries[0].type` is missing"),
      (#"[{"type":"match","operator":"included","value":"a"}]"#, "`entries[0].field` is missing"),
      (#"[{"type":"match","field":"user.name","operator":"incl","value":"a"}]"#, "is no operator"),
      (#"[{"type":"matches","field":"user.name","operator":"included","value":"a"}]"#, "did you mean `match`?"),
      (#"[{"type":"match","field":"user.name","operator":"included"}]"#, "`entries[0].value` is missing"),
      (#"[{"type":"match","field":"user.name","operator":"included","value":["a"]}]"#, "is an array"),
      (#"[{"type":"match_any","field":"user.name","operator":"included","value":"a"}]"#, "list of texts"),
      (#"[{"type":"list","field":"user.name","operator":"included"}]"#, "`entries[0].list` is missing"),
      (
        #"[{"type":"list","field":"user.name","operator":"included","list":{"id":"../x","type":"ip"}}]"#,
        "cannot be the name"
      ),
      (#"[{"type":"list","field":"user.name","operator":"included","list":{"id":"x","type":"date"}}]"#, "is no type"),
      (
        #"[{"type":"list","field":"user.name","operator":"included","list":{"id":"no-list","type":"ip"}}]"#,
        "--value-lists"
      ),
      (
        #"[{"type":"nested","field":"threat.enrichments","entries":[{"type":"nested","field":"a","entries":[]}]}]"#,
        "cannot hold another"
      ),
    ])
  func wrong(entries: String, message: String) throws {
    let text = Samples.item(try JSONValue(parsing: entries))
    let loaded = ExceptionLoader.load(text: "\n" + text, file: "x.ndjson")
    let errors = loaded.diagnostics.filter { $0.severity == .error }
    #expect(errors.count == 1 && errors[0].message.contains(message) && errors[0].line == 2, "\(errors)")
    #expect(loaded.items.isEmpty)
  }

  @Test("An item that is given twice counts once, and the later version of two counts")
  func twice() throws {
    let first = Samples.item(Self.entry)
    let other = Samples.item([["type": "exists", "field": "user.name", "operator": "included"]])
    let same = ExceptionLoader.load(text: first + "\n" + first, file: "x.ndjson")
    #expect(same.items.count == 1 && same.diagnostics.isEmpty)
    let changed = ExceptionLoader.load(text: first + "\n" + other, file: "x.ndjson")
    #expect(changed.items.map(\.item.entries) == [[ExceptionEntry(field: "user.name", .exists)]])
    #expect(changed.diagnostics.map(\.severity) == [.warning])
    let lists = ExceptionLoader.load(text: first + "\n" + Samples.item(Self.entry, list: "m"), file: "x.ndjson")
    #expect(lists.items.count == 2)
  }

  @Test("Of very many faults the first are told, and how many more there are")
  func manyFaults() {
    let lines = ExceptionLoader.load(text: String(repeating: "{}x\n", count: 5000), file: "x.ndjson").diagnostics
    #expect(lines.count == 101 && lines[100].message == "4900 more are not told." && lines[100].severity == .error)
    let tables = ExceptionLoader.load(
      text: String(repeating: Samples.toml(#"field = "usr.nam", match = "a""#), count: 1000), file: "x.toml")
    #expect(tables.items.count == 1000 && !tables.hasErrors && tables.diagnostics.count == 101)
  }

  @Test("Lists for Elastic's endpoint are passed over with a word")
  func endpoint() {
    let loaded = ExceptionLoader.load(
      text: Samples.item(Self.entry, list: "endpoint_list") + "\n"
        + Samples.item(Self.entry, list: "endpoint_list", id: "j"), file: "x.ndjson")
    #expect(loaded.items.isEmpty && loaded.diagnostics.map(\.severity) == [.warning])
  }

  @Test("Hostile files are refused or read, and never crash", arguments: [UInt64.random(in: 0...UInt64.max), 3])
  func hostile(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let samples = [
      (Self.export, "x.ndjson"), (Samples.toml(#"field = "user.name", match_any = ["a", "b"]"#), "x.toml"),
      (
        Samples.toml(#"nested = "threat.enrichments", entries = [{ field = "matched.atomic", wildcard = "a*" }]"#),
        "x.toml"
      ),
    ]
    for _ in 0..<600 {
      let (text, file) = samples.randomElement(using: &random)!
      var bytes = Array(text.utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(contentsOf: Array("[{\"\\\u{202E}".utf8), at: at)
        default: bytes.replaceSubrange(at..<bytes.count, with: bytes[at...].shuffled(using: &random).prefix(40))
        }
        if bytes.isEmpty { bytes = [0] }
      }
      let loaded = ExceptionLoader.load(text: String(decoding: bytes, as: UTF8.self), file: file)
      for diagnostic in loaded.diagnostics { #expect(diagnostic.line >= 1 && diagnostic.column >= 1, "seed \(seed)") }
    }
  }
}
