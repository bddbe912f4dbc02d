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
    let hunt = try Binary(["hunt", "--from", "2026-01-15", "--format", "ndjson", scratch.path + "/sample"])
    #expect(hunt.status == 0, "\(hunt.errors)")
    let names = try hunt.documents.compactMap { $0["kibana.alert.rule.name"]?.stringValue }
    #expect(names == [])
  }
}
