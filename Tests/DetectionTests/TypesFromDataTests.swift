import Events
import JSON
import Query
import Rules
import TestSupport
import Testing

@testable import Detection

/// Fields of which only the values say what they are.
struct TypesFromDataTests {
  private static func result(_ query: String, _ values: [String]) throws -> HuntResult {
    let lines = values.enumerated().map { second, value in
      #"{"@timestamp":"2026-01-01T00:00:0\#(second)Z","event":{"action":"x","id":"\#(second)"},"okta":{"v":\#(value)}}"#
    }
    return try TestHunt([Rule.query(query)]).run([[lines.joined(separator: "\n")]])
  }

  @Test(
    "A rule that Elasticsearch refuses for the type that the values gave a field does not run, and says why",
    arguments: [
      ("not okta.v: 4*", ["44", "5"], "no wildcards"), ("okta.v: abc", ["44", "5.5"], "holds numbers"),
      ("okta.v > x", ["1"], "holds numbers"), ("okta.v: yes", ["true"], "true or false"),
      ("okta.v > 99999999999999999999", ["1"], "64 bits"),
    ])
  func refused(query: String, values: [String], reason: String) throws {
    let result = try Self.result(query, values)
    #expect(result.alertCount == 0 && result.outcomes.map(\.executions) == [0])
    #expect(result.refused.count == 1 && result.refused[0].reason.contains(reason), "\(result.refused)")
  }

  @Test(
    "It runs where the values are texts, of several kinds, or not there, and where every value can be read",
    arguments: [
      ("okta.v: 4*", ["\"44\""], 1), ("okta.v: 4*", ["44", "\"45\""], 1), ("not okta.v: 4*", ["null"], 1),
      ("okta.v > 4", ["44", "5"], 2), ("okta.v: true", ["true", "false"], 1),
    ])
  func runs(query: String, values: [String], alerts: Int) throws {
    let result = try Self.result(query, values)
    #expect(result.refused.isEmpty && result.alertCount == alerts)
  }

  @Test("Alerts have fields of integrations as they came, whatever their types")
  func integrations() throws {
    let line =
      #"{"@timestamp":"2026-01-01T00:00:00Z","event":{"action":"x","id":"1"},"okta":{"client":{"ip":"none"},"security_context":{"as":7}}}"#
    let result = try TestHunt([Rule.query("event.action: x")]).run([[line]])
    let alert = try #require(try TestHunt.alerts(result).first)
    #expect(try alert.document["okta"]?["client"]?["ip"] == "none")
    #expect(try alert.document["okta"]?["security_context"]?["as"] == 7)
  }

  @Test("The time that it takes to find fields in doubt grows with the query", arguments: [" or ", " and "])
  func doubtfulTime(join: String) throws {
    let queries = try Dictionary(
      uniqueKeysWithValues: [50, 800].map { count in
        (count, try KQL.parse((0..<count).map { "okta.v\($0): abc" }.joined(separator: join)))
      })
    let judge = QueryJudge(.standard)
    #expect(judge.doubtfulFields(queries[800] ?? .all).count == 800)
    #expect(growth(50) { _ = judge.doubtfulFields(queries[$0] ?? .all) } < linearGrowth)
  }

  @Test("Only fields whose values can make a difference are looked at")
  func doubtful() throws {
    let judge = QueryJudge(.standard)
    for (query, fields) in [
      ("okta.v: 4* and user.name: a* and okta.x: *", ["okta.v"]), ("okta.v: abc or okta.w > 4", ["okta.v", "okta.w"]),
      ("event.action: x and not source.ip: 10.0.0.1", []), ("okta.v: *", []),
    ] {
      #expect(judge.doubtfulFields(try KQL.parse(query)) == fields, "\(query)")
    }
  }
}
