import Exceptions
import JSON
import Query
import Testing

@Suite("Exceptions that are written, and read from queries") struct ExceptionWritingTests {
  @Test("An exception that is written is read as it was")
  func roundTrip() throws {
    let entries = #"""
      [{"field":"user.name","operator":"included","type":"match","value":"a\"b"},
       {"field":"event.action","operator":"excluded","type":"match_any","value":["x","y"]},
       {"field":"user_agent.original","operator":"included","type":"wildcard","value":"a\\*b*"},
       {"field":"host.name","operator":"excluded","type":"exists"},
       {"field":"threat.enrichments","type":"nested","entries":[{"field":"matched.field","operator":"excluded","type":"match","value":"q"}]}]
      """#
    let text = Samples.item(
      try JSONValue(parsing: entries),
      more: [
        "expire_time": "2026-06-30T12:00:00.000Z", "os_types": ["linux"], "tags": ["t"],
        "comments": [["comment": "c"]],
      ])
    let first = try #require(ExceptionLoader.load(text: text, file: "x.ndjson").items.first)
    let written = first.item.json(list: "l", namespaceType: "single")
    let second = try #require(ExceptionLoader.load(text: written.text, file: "x.ndjson").items.first)
    #expect(second.item == first.item && second.predicate == first.predicate)
    #expect(written["entries"]?[4]?["entries"]?[0]?["field"] == "matched.field")
    #expect(written["entries"]?[4]?["operator"] == nil)
  }

  @Test(
    "A query becomes the entries that say the same",
    arguments: [
      ("user.name: a", [#"user.name is "a""#]),
      (#"user.name: "a b" and not event.action: x"#, [#"user.name is "a b""#, #"event.action is not "x""#]),
      ("user.name: (a or b or \"c d\")", [#"user.name is one of "a", "b", "c d""#]),
      ("not user.name: (a or b)", [#"user.name is not one of "a", "b""#]),
      ("not (user.name: a or event.action: b)", [#"user.name is not "a""#, #"event.action is not "b""#]),
      ("user.name: a*b and host.name: *", [#"user.name is like "a*b""#, "host.name has a value"]),
      ("not host.name: *", ["host.name is missing"]),
      ("source.ip: 10.0.0.0/8", [#"source.ip is "10.0.0.0/8""#]),
      (
        "threat.enrichments: { matched.field: a and not matched.type: b }",
        [
          #"an object of threat.enrichments has: threat.enrichments.matched.field is "a" and threat.enrichments.matched.type is not "b""#
        ]
      ),
    ])
  func queries(query: String, words: [String]) throws {
    #expect(try ExceptionQuery.entries(KQL.parse(query)).map(\.description) == words)
  }

  @Test(
    "A query that is no conjunction of conditions on fields is refused",
    arguments: [
      "user.name: a or event.action: b", "event.duration > 5", "*", "", "user.*: a", "a", "message: two words",
      "not (user.name: a and event.action: b)", "user.name: (a* or b)",
    ])
  func refused(query: String) throws {
    #expect(throws: ExceptionQuery.Refusal.self) { try ExceptionQuery.entries(KQL.parse(query)) }
  }
}
