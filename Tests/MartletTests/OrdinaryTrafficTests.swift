import JSON
import TestSupport
import Testing

struct OrdinaryTrafficTests {
  @Test("No rule that ships alerts on ordinary traffic, once the new terms rules know it", arguments: [5, 11])
  func quiet(seed: Int) throws {
    let scratch = try Scratch()
    let made = try Binary([
      "generate", "--events", "60000", "--days", "17", "--accounts", "1", "--seed", "\(seed)", "--start", "2026-01-01",
      "--out", scratch.path + "/sample",
    ])
    #expect(made.status == 0, "\(made.errors)")
    func names(_ options: [String]) throws -> [String] {
      let hunt = try Binary(["hunt", "--format", "ndjson"] + options + [scratch.path + "/sample"])
      #expect(hunt.status == 0, "\(hunt.errors)")
      // All rules take part.
      let count = try #require(hunt.errors.firstMatch(of: /([0-9]+) rules, [0-9]+ executions/)).1
      #expect(try #require(Int(count)) >= 130, "\(hunt.errors)")
      return try hunt.documents.compactMap { $0["kibana.alert.rule.name"]?.stringValue }
    }
    #expect(try names(["--from", "2026-01-15"]) == [])
    // The silence is that of rules that know the traffic, not of traffic that says nothing to them.
    #expect(try Set(names(["--to", "2026-01-02"])).count >= 3)
  }
}
