import Alerts
import Events
import JSON
import TestSupport
import Testing

@Suite("Alerts and runs that are no longer kept") struct AlertRetentionTests {
  private static func time(_ minutes: Int64) -> Timestamp {
    Timestamp(milliseconds: 1_790_000_000_000 + minutes * 60_000)
  }

  private static func made(_ id: String, _ minute: Int64, stream: String = "logs-a-b")
    -> AlertStore.Made
  {
    AlertStore.Made(
      id: id, ruleID: "r", tick: time(minute),
      document: Array(
        #"{"kibana.alert.uuid":"\#(id)","kibana.alert.original_time":"\#(time(minute).iso8601)","kibana.alert.ancestors":[{"index":"\#(stream)","depth":0}]}"#
          .utf8))
  }

  private static func run(_ first: Int64, _ last: Int64, rule: String = "r") -> AlertStore.Run {
    AlertStore.Run(
      ruleID: rule, first: time(first), last: time(last), executions: 1, startedAt: time(last),
      took: 1, searched: 2,
      alerts: 1, cut: 0)
  }

  private static func commit(
    _ store: AlertStore, _ runs: [AlertStore.Run], _ alerts: [AlertStore.Made]
  ) throws
    -> AlertStore.RunOutcome
  {
    try store.commit(
      runs, alerts, lastSegment: nil, at: time(100), evidence: { _ in nil },
      contradiction: { _ in "that event" })
  }

  private static func ids(_ store: AlertStore) throws -> [String] {
    var ids: [String] = []
    _ = try store.forEachAlert { ids.append($0.id) }
    return ids
  }

  /// What the audit log has of what was deleted.
  private static func deletions(_ store: AlertStore) throws -> [JSONValue] {
    try store.auditToStore(limit: 100).compactMap(\.document).filter {
      $0["event"]?["action"]?.stringValue?.hasSuffix("-deleted") ?? false
    }
  }

  @Test("Alerts go from the oldest on, by age, and by size until the others find room")
  func alerts() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    let alerts = [
      Self.made("c", 3), Self.made("a", 1), Self.made("b", 2), Self.made("d", 4), Self.made("e", 4),
    ]
    _ = try Self.commit(store, [Self.run(0, 10)], alerts)
    var change = AlertStore.Change()
    change.status = .closed
    change.note = "x"
    _ = try store.apply(change, to: ["a", "d"], by: "eve", at: Self.time(20))
    #expect(try store.deleteAlerts(before: nil, beyond: nil, by: "retention", at: Self.time(90)) == (0, 0))
    #expect(try store.deleteAlerts(before: Self.time(1), beyond: nil, by: "retention", at: Self.time(90)) == (0, 0))
    #expect(try store.deleteAlerts(before: Self.time(2), beyond: nil, by: "retention", at: Self.time(90)) == (1, 0))
    #expect(try Self.ids(store) == ["b", "c", "d", "e"])
    #expect(try store.changes(of: "a").isEmpty && store.changes(of: "d").count == 2)
    let one = alerts[0].document.count
    #expect(try store.deleteAlerts(before: nil, beyond: one * 4, by: "retention", at: Self.time(90)) == (0, 0))
    #expect(try store.deleteAlerts(before: nil, beyond: one * 3 - 1, by: "retention", at: Self.time(90)) == (2, 2))
    #expect(try Self.ids(store) == ["d", "e"])
    #expect(try store.deleteAlerts(before: nil, beyond: one, by: "retention", at: Self.time(90)) == (1, 0))
    #expect(try Self.ids(store) == ["e"])
    #expect(try store.deleteAlerts(before: nil, beyond: 0, by: "retention", at: Self.time(90)) == (1, 1))
    let entries = try Self.deletions(store)
    #expect(entries.map { $0["martlet"]?["audit"]?["before"]?["alerts"]?.integerValue } == [1, 2, 1, 1])
    #expect(entries.allSatisfy { $0["event"]?["action"] == "alerts-deleted" && $0["user"]?["name"] == "retention" })
    #expect(entries.first?["martlet"]?["audit"]?["before"]?["up_to"]?.stringValue == Self.time(1).iso8601)
  }

  @Test("Of the log of runs the last of each rule, and the last that was done, stay")
  func runs() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    var failed = Self.run(30, 40)
    failed.outcome = .failed
    _ = try Self.commit(
      store,
      [Self.run(0, 10), Self.run(10, 20), Self.run(20, 30), failed, Self.run(0, 5, rule: "s")], [])
    #expect(try store.deleteRuns(before: Self.time(10), beyond: nil, by: "retention", at: Self.time(90)) == 0)
    #expect(try store.deleteRuns(before: Self.time(20), beyond: nil, by: "retention", at: Self.time(90)) == 1)
    #expect(try store.deleteRuns(before: nil, beyond: 1000, by: "retention", at: Self.time(90)) == 0)
    #expect(try store.deleteRuns(before: nil, beyond: 1, by: "retention", at: Self.time(90)) == 1)
    #expect(
      try Self.deletions(store).map { $0["martlet"]?["audit"]?["before"]?["runs"]?.integerValue } == [1, 1])
    #expect(
      try Set(store.runs(limit: 9).map(\.last)) == [Self.time(30), Self.time(40), Self.time(5)])
  }

  @Test("An alert on an event that may have been deleted is not contradicted, any other is")
  func contradictions() throws {
    let scratch = try Scratch()
    let store = try AlertStore(folder: scratch.path, isReadOnly: false)
    let alerts = [Self.made("a", 1), Self.made("b", 2, stream: "logs-c-d"), Self.made("c", 5)]
    _ = try Self.commit(store, [Self.run(0, 10)], alerts)
    try store.noteDeletion(of: "logs-a-b", upTo: Self.time(3), events: 7, by: "retention", at: Self.time(50))
    try store.noteDeletion(of: "logs-a-b", upTo: Self.time(2), events: 1, by: "retention", at: Self.time(60))
    let deleted = try store.deletions()["logs-a-b"]
    let entries = try Self.deletions(store)
    #expect(entries.map { $0["martlet"]?["audit"]?["before"]?["events"]?.integerValue } == [7, 1])
    #expect(entries.allSatisfy { $0["martlet"]?["audit"]?["target"] == "logs-a-b" })
    #expect(deleted?.upTo == Self.time(3) && deleted?.events == 8 && deleted?.lastAt == Self.time(60))
    #expect(try Self.commit(store, [Self.run(0, 10)], []).contradicted == 2)
    var contradicted: [String] = []
    _ = try store.forEachAlert { if $0.contradictedBy != nil { contradicted.append($0.id) } }
    #expect(contradicted == ["b", "c"])
  }

  @Test("Ages and sizes are numbers with a unit")
  func amounts() {
    #expect(
      RetentionPolicy.age("90d")?.value == 90 * 86_400_000
        && RetentionPolicy.age("36h")?.value == 129_600_000)
    #expect(
      RetentionPolicy.age("2w")?.value == 1_209_600_000
        && RetentionPolicy.age("5m")?.value == 300_000)
    #expect(
      RetentionPolicy.size("50GB")?.value == 50_000_000_000
        && RetentionPolicy.size("2TiB")?.value == 2 << 40)
    #expect(RetentionPolicy.size("7b")?.value == 7 && RetentionPolicy.size("1kB")?.value == 1000)
    for wrong in [
      "", "d", "1", "-1d", "0d", "1.5d", "1 d", "٣d", "99999999999999999999d", "366001d", "5x",
    ] {
      #expect(RetentionPolicy.age(wrong) == nil, "\(wrong)")
    }
    for wrong in ["", "GB", "0GB", "-5GB", "10", "99999999999TB", "5GBB"] {
      #expect(RetentionPolicy.size(wrong) == nil, "\(wrong)")
    }
  }
}
