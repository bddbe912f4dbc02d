import Events
import GRDB
import TestSupport
import Testing

@testable import Alerts

struct AlertIndexTests {
  @Test("Alerts of one rule are found by the index, however many others there are", arguments: [true, false])
  func ofRule(isOne: Bool) throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    let queue = try DatabaseQueue(path: scratch.path + "/alerts.sqlite")
    let arguments: StatementArguments = isOne ? ["r", 0, 1] : [0, 1]
    let plan = try queue.read { database in
      try Row.fetchAll(
        database, sql: "EXPLAIN QUERY PLAN " + AlertStore.alertsQuery(ofRule: isOne), arguments: arguments
      ).map { $0["detail"] as String }
    }
    #expect(plan.contains { $0.contains("alerts_by_tick (rule_id=? AND tick>? AND tick<?)") } == isOne, "\(plan)")
    // Where all are asked for, they are the same ones.
    let time = Timestamp(milliseconds: 1_790_000_000_000)
    let document = Array(#"{"@timestamp":"x"}"#.utf8)
    _ = try store.commit(
      [], ["r", "s"].map { AlertStore.Made(id: $0, ruleID: $0, tick: time, document: document) }, lastSegment: nil,
      at: time, evidence: { $0 }, contradiction: { _ in nil })
    let rule = isOne ? "r" : nil
    #expect(try store.alerts(ofRule: rule, from: time).sound.map(\.id) == (isOne ? ["r"] : ["r", "s"]))
    #expect(try store.alerts(ofRule: rule, from: time, before: time).sound.isEmpty)
  }
}
