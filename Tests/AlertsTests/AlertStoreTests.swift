import Alerts
import Events
import Foundation
import JSON
import TestSupport
import Testing

@Suite("Alerts that are kept") struct AlertStoreTests {
  private static func time(_ minutes: Int64) -> Timestamp {
    Timestamp(milliseconds: 1_790_000_000_000 + minutes * 60_000)
  }

  private static func made(_ id: String, _ minute: Int64, rule: String = "r", count: Int = 1) -> AlertStore.Made {
    AlertStore.Made(
      id: id, ruleID: rule, tick: time(minute),
      document: Array(
        #"{"@timestamp":"x","kibana.alert.uuid":"\#(id)","martlet":{"evidence":{"count":\#(count)}}}"#.utf8))
  }

  private static func run(_ first: Int64, _ last: Int64, rule: String = "r") -> AlertStore.Run {
    AlertStore.Run(
      ruleID: rule, first: time(first), last: time(last), executions: 1, startedAt: time(last), took: 1, searched: 2,
      alerts: 1,
      cut: 0)
  }

  private static func commit(
    _ store: AlertStore, _ runs: [AlertStore.Run], _ alerts: [AlertStore.Made], at minute: Int64
  ) throws -> AlertStore.RunOutcome {
    try store.commit(
      runs, alerts, lastSegment: nil, at: time(minute), evidence: { $0["martlet"]?["evidence"] },
      contradiction: { _ in "that event" })
  }

  private static func all(_ store: AlertStore) throws -> [StoredAlert] {
    var all: [StoredAlert] = []
    _ = try store.forEachAlert { all.append($0) }
    return all
  }

  @Test("Once: an alert has one row however often the execution that makes it is run")
  func once() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    let first = try Self.commit(store, [Self.run(0, 10)], [Self.made("a", 5)], at: 10)
    #expect(first.new == 1 && first.late == 0)
    let again = try Self.commit(store, [Self.run(0, 10)], [Self.made("a", 5)], at: 11)
    #expect(again.new == 0 && again.known == 1 && again.revised == 0)
    #expect(try Self.all(store).map(\.id) == ["a"])
    #expect(try store.runs(limit: 10).count == 2)
    #expect(try AlertStore(folder: scratch.path, isReadOnly: true).count() == 1)
  }

  @Test(
    "A rule that was off for long goes on near where it is switched on, and one that was off for a moment where it was")
  func switchedOff() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    func state() throws -> AlertStore.RuleState { try #require(try store.knownStates(of: ["r"])["r"]) }
    _ = try Self.commit(store, [Self.run(0, 10)], [], at: 10)
    _ = try store.setRule("r", isEnabled: false, by: "dana", at: Self.time(11))
    _ = try store.setRule("r", isEnabled: true, catchingUp: 7 * 60_000, by: "dana", at: Self.time(12))
    #expect(try state().done == Self.time(10) && state().off == nil && state().since == Self.time(0))
    _ = try store.setRule("r", isEnabled: false, catchingUp: 60_000, by: "dana", at: Self.time(13))
    #expect(try state().done == Self.time(10))
    _ = try store.setRule("r", isEnabled: true, catchingUp: 20 * 60_000, by: "dana", at: Self.time(100))
    let off =
      Timestamp(
        milliseconds: Self.time(10).milliseconds + 1)...Timestamp(
        milliseconds: Self.time(80).milliseconds - 1)
    #expect(try state().done == Self.time(80) && state().off == off)
    #expect(try state().place == Self.time(10) && state().again(from: Self.time(5)) == Self.time(80))
    // Once it is in the log it is skipped, whatever becomes of the executions behind it.
    var skipped = Self.run(10, 79)
    (skipped.first, skipped.last, skipped.outcome) = (off.lowerBound, off.upperBound, .skipped)
    var failed = Self.run(80, 100)
    failed.outcome = .failed
    _ = try Self.commit(store, [skipped, failed], [], at: 100)
    #expect(try state().done == Self.time(80) && state().off == nil)
    _ = try Self.commit(store, [Self.run(80, 100)], [], at: 101)
    #expect(try state().done == Self.time(100) && state().off == nil)
    // What comes late for an execution that was run is run again, whether that lies before or behind, and for a skipped one nothing is.
    #expect(try state().again(from: Self.time(5)) == Self.time(5))
    #expect(try state().again(from: Self.time(-5)) == Self.time(0))
    #expect(try state().again(from: Self.time(50)) == Self.time(80))
    #expect(try state().again(from: Self.time(90)) == Self.time(90))
  }

  @Test("What fell due before a rule was switched off stays due, however far behind the rule was")
  func behindWhenSwitchedOff() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    func state() throws -> AlertStore.RuleState { try #require(try store.knownStates(of: ["r"])["r"]) }
    func turn(off: Int64, on: Int64) throws {
      _ = try store.setRule("r", isEnabled: false, by: "dana", at: Self.time(off))
      _ = try store.setRule("r", isEnabled: true, catchingUp: 20 * 60_000, by: "dana", at: Self.time(on))
    }
    _ = try Self.commit(store, [Self.run(0, 10)], [], at: 10)
    // A run a day: off for a moment, and for long.
    try turn(off: 600, on: 601)
    #expect(try state().done == Self.time(10) && state().off == nil)
    try turn(off: 602, on: 900)
    #expect(try state().done == Self.time(10) && state().off == nil)
    _ = try Self.commit(store, [Self.run(10, 900)], [], at: 900)
    try turn(off: 910, on: 1000)
    #expect(try state().done == Self.time(980))
    // A span that goes on where the rule was left takes it along.
    _ = try Self.commit(store, [Self.run(890, 950)], [], at: 1000)
    #expect(try state().done == Self.time(980) && state().place == Self.time(950))
    // Off once more before anything was run.
    try turn(off: 1000, on: 2000)
    #expect(try state().done == Self.time(1980) && state().place == Self.time(950))
  }

  @Test("A rule that was off in several versions was off from the first of them on")
  func offInVersions() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    func keep(_ text: String, _ minute: Int64, isOnAgain: Bool = false) throws {
      try store.changing(by: "dana", at: Self.time(minute)) { changes in
        if isOnAgain { try changes.resumeRule("r", catchingUp: 20 * 60_000) }
        _ = try changes.keep(.rule, "r", text)
      }
    }
    func done() throws -> Timestamp? { try store.knownStates(of: ["r"])["r"]?.done }
    try keep(#"{"rule_id":"r"}"#, 0)
    _ = try Self.commit(store, [Self.run(0, 10)], [], at: 10)
    try keep(#"{"rule_id":"r","enabled":false}"#, 11)
    try keep(#"{"rule_id":"r","enabled":false,"version":2}"#, 500)
    try keep(#"{"rule_id":"r","version":3}"#, 900, isOnAgain: true)
    #expect(try done() == Self.time(880))
  }

  @Test("A clock that was ahead when a rule was switched on skips nothing")
  func switchedOnAhead() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    _ = try Self.commit(store, [Self.run(0, 10)], [], at: 10)
    _ = try store.setRule("r", isEnabled: false, by: "dana", at: Self.time(10))
    _ = try store.setRule("r", isEnabled: true, catchingUp: 20 * 60_000, by: "dana", at: Self.time(90_000))
    let state = try #require(try store.states(of: ["r"], at: Self.time(100))["r"])
    #expect(state.isSetBack && state.off == nil && state.done == Self.time(10))
    #expect(try store.knownStates(of: ["r"])["r"]?.done == Self.time(10))
  }

  @Test("An alert of an execution that had run without it is late, by the time that has passed")
  func late() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    _ = try Self.commit(store, [Self.run(0, 10)], [], at: 10)
    let outcome = try Self.commit(
      store, [Self.run(0, 20), Self.run(0, 20, rule: "new")],
      [Self.made("a", 5), Self.made("b", 15), Self.made("c", 5, rule: "new")],
      at: 25)
    #expect(outcome.new == 3 && outcome.late == 1)
    let documents = try Dictionary(
      uniqueKeysWithValues: Self.all(store).map { ($0.id, try JSONValue(parsing: try $0.document()[...])) })
    #expect(documents["a"]?["martlet"]?["late"]?.integerValue == 1_200_000)
    #expect(documents["b"]?["martlet"]?["late"] == nil && documents["c"]?["martlet"]?["late"] == nil)
  }

  @Test("Executions had run that lie in any of the runs before, however these overlap")
  func lateInOverlappingRuns() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    _ = try Self.commit(
      store, [Self.run(100, 110), Self.run(20, 30), Self.run(0, 60), Self.run(60, 70), Self.run(70, 80)], [], at: 110)
    let minutes: [Int64] = [0, 40, 70, 80, 90, 99, 100, 110]
    let outcome = try Self.commit(
      store, [Self.run(0, 110)], minutes.map { Self.made("\($0)", $0) }, at: 120)
    #expect(outcome.new == 8 && outcome.late == 6)
  }

  @Test("However often an alert is revised, it keeps its first figures, the latest, and how many lay between them")
  func revisedOften() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    for count in 1...121 {
      _ = try Self.commit(store, [Self.run(0, 10)], [Self.made("a", 5, count: count)], at: 10 + Int64(count))
    }
    let alert = try #require(try Self.all(store).first)
    let former = alert.revised.map { $0["evidence"]?["count"]?.integerValue }
    #expect(former == [1, nil] + (73...120).map { $0 })
    #expect(alert.revised[1]["left_out"] == 71)
  }

  @Test("Kept: an alert that no execution makes any longer is marked, and unmarked when one does again")
  func contradicted() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    _ = try Self.commit(store, [Self.run(0, 10)], [Self.made("a", 5), Self.made("b", 9)], at: 10)
    // Executions elsewhere, and of other rules, say nothing of it.
    #expect(try Self.commit(store, [Self.run(6, 10)], [Self.made("b", 9)], at: 11).contradicted == 0)
    #expect(try Self.commit(store, [Self.run(0, 10, rule: "s")], [], at: 11).contradicted == 0)
    #expect(try Self.commit(store, [Self.run(0, 10)], [Self.made("b", 9)], at: 12).contradicted == 1)
    #expect(try Self.all(store).map(\.contradictedBy) == ["that event", nil])
    #expect(try Self.commit(store, [Self.run(0, 10)], [Self.made("b", 9)], at: 13).contradicted == 0)
    _ = try Self.commit(store, [Self.run(0, 10)], [Self.made("a", 5), Self.made("b", 9)], at: 14)
    #expect(try Self.all(store).map(\.contradictedBy) == [nil, nil])
    var failed = Self.run(0, 10)
    failed.outcome = .failed
    #expect(try Self.commit(store, [failed], [], at: 15).contradicted == 0)
  }

  @Test(
    "An alert that an earlier execution makes now is that one's: what a later one makes of the same counts no longer")
  func moved() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    _ = try Self.commit(store, [Self.run(0, 10)], [Self.made("a", 8)], at: 10)
    _ = try Self.commit(store, [Self.run(0, 10)], [Self.made("a", 3, count: 3)], at: 11)
    #expect(try Self.all(store).map(\.tick) == [Self.time(3)])
    // Those that run anew see less of it.
    let change = try Self.commit(store, [Self.run(6, 10)], [Self.made("a", 8)], at: 12)
    #expect(change.revised == 0 && change.contradicted == 0)
    let document = try JSONValue(parsing: try #require(try Self.all(store).first).document()[...])
    #expect(document["martlet"]?["evidence"]?["count"]?.integerValue == 3)
    // With the same figures it moves without a word.
    #expect(try Self.commit(store, [Self.run(0, 10)], [Self.made("a", 2, count: 3)], at: 13).revised == 0)
  }

  @Test("An alert with other figures keeps its id, takes them, and lists the former ones")
  func revised() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    _ = try Self.commit(store, [Self.run(0, 10)], [Self.made("a", 5)], at: 10)
    let change = try Self.commit(store, [Self.run(0, 10)], [Self.made("a", 5, count: 3)], at: 11)
    #expect(change.revised == 1)
    let alert = try #require(try Self.all(store).first)
    let document = try JSONValue(parsing: try alert.document()[...])
    #expect(document["martlet"]?["evidence"]?["count"]?.integerValue == 3)
    #expect(document["martlet"]?["revised"]?[0]?["evidence"]?["count"]?.integerValue == 1)
  }

  @Test("Told: every change that a person makes is kept, with who made it and when")
  func workflow() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    _ = try Self.commit(store, [Self.run(0, 10)], [Self.made("a", 5), Self.made("b", 6)], at: 10)
    let untouched = try Self.all(store)[1]
    #expect(try untouched.document() == untouched.made)
    var change = AlertStore.Change()
    change.status = .closed
    change.reason = "benign"
    change.addedTags = ["x", "y", "x"]
    change.note = "“asked”, ok"
    #expect(try store.apply(change, to: ["a", "nosuch"], by: "dana", at: Self.time(20)) == ["a"])
    let document = try JSONValue(parsing: try Self.all(store)[0].document()[...])
    #expect(document["kibana.alert.workflow_status"] == "closed")
    #expect(document["kibana.alert.workflow_reason"] == "benign")
    #expect(document["kibana.alert.workflow_tags"] == ["x", "y"])
    #expect(document["martlet"]?["notes"]?[0]?["text"]?.stringValue == "“asked”, ok")
    #expect(document["martlet"]?["evidence"] != nil)
    #expect(try store.changes(of: "a").map(\.what) == ["status", "reason", "tags", "note"])
    var again = AlertStore.Change()
    again.status = .closed
    #expect(try store.apply(again, to: ["a"], by: "dana", at: Self.time(21)) == [])
    again.status = .open
    again.removedTags = ["x"]
    #expect(try store.apply(again, to: ["a"], by: "eve", at: Self.time(22)) == ["a"])
    let workflow = try Self.all(store)[0].workflow
    #expect(workflow.status == .open && workflow.reason == nil && workflow.tags == ["y"])
    #expect(try store.changes(of: "a").last?.who == "eve")
  }

  @Test("Together: alerts and the log of their executions become visible together, or not at all")
  func together() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    struct Refusal: Error {}
    _ = try Self.commit(store, [Self.run(0, 10)], [Self.made("a", 5)], at: 10)
    // What is asked last fails: nothing of the run may be there.
    #expect(throws: (any Error).self) {
      try store.commit(
        [Self.run(0, 20)], [Self.made("a", 5, count: 2), Self.made("b", 6)], lastSegment: 7, at: Self.time(20),
        evidence: { document in
          if document["martlet"]?["evidence"]?["count"]?.integerValue == 2 { throw Refusal() }
          return nil
        }, contradiction: { _ in "" })
    }
    #expect(try store.count() == 1)
    #expect(try store.runs(limit: 9).count == 1)
    #expect(try store.lastSegment() == 0)
  }

  @Test("A file of a later version, or of something else, is refused with the reason")
  func refusals() throws {
    let scratch = try Scratch()
    _ = try scratch.write(
      "no database at all, and longer than a header of one is: " + String(repeating: "x", count: 200), "alerts.sqlite")
    #expect(throws: AlertStoreError.self) { try AlertStore(folder: scratch.path, isReadOnly: false) }
    #expect(throws: AlertStoreError.self) { try AlertStore(folder: scratch.path, isReadOnly: true) }
  }
}
