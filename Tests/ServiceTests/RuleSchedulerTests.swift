import Alerts
import Events
import Foundation
import Rules
import TestSupport
import Testing

@testable import Service

@Suite("Rules run in time") struct RuleSchedulerTests {
  private func expectAllTold(_ folder: ServedFolder, from first: Timestamp, to last: Timestamp) throws {
    for rule in ServedFolder.rules.values where folder.progress.states[rule.ruleID] != nil {
      let interval = rule.schedule.interval.milliseconds
      let missing = try folder.untold(rule.ruleID, interval: interval, from: first, to: last)
      #expect(missing.isEmpty, "\(rule.name): \(missing.prefix(3).map(\.iso8601))")
    }
  }

  @Test("An event that is accepted is part of the next execution, and its alert is there within an interval")
  func accepted() async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock("2026-01-10T12:00:07Z")
    let folder = try ServedFolder(scratch.path + "/events", clock)
    try await folder.runDue()
    let start = clock.now
    let receipt = try await folder.changeTrust(1, at: clock.now)
    #expect(receipt.stored == 1 && receipt.duplicates == 0)
    let again = try await folder.changeTrust(1, at: start)
    #expect(again.stored == 0 && again.duplicates == 1)
    var found: Timestamp?
    for _ in 0..<130 {
      clock.move(by: 5)
      try await folder.runDue()
      if found == nil, try !folder.alertIDs().isEmpty { found = clock.now }
    }
    let ids = try folder.alertIDs()
    #expect(!ids.isEmpty && Set(ids).count == ids.count)
    // The interval is five minutes, and the rule begins up to half of it after its time.
    #expect((found?.milliseconds ?? .max) - start.milliseconds <= 455_000)
    await folder.end()
  }

  @Test("That rules cannot be run is told once for as long as they cannot, however often it is tried")
  func failing() async throws {
    struct Failure: Error {}
    let scratch = try Scratch()
    let folder = try ServedFolder(scratch.path + "/events", SimulatedClock("2026-01-10T12:00:07Z"))
    func told() -> Int { folder.lines.all.withLock { lines in lines.count { $0.contains("rules cannot be run now") } } }
    for _ in 0..<100 { folder.scheduler.note(failed: Failure(), &folder.progress) }
    #expect(told() == 1 && folder.health.troubles.map(\.part) == ["rules"])
    folder.health.set("rules", nil)
    folder.scheduler.note(failed: Failure(), &folder.progress)
    #expect(told() == 2)
    await folder.end()
  }

  @Test("Events are compared with the indicators of lists, which are read again when a file has changed")
  func lists() async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock("2026-01-10T12:00:07Z")
    let rule = try #require(ServedFolder.rules.values.first { $0.type == .threatMatch })
    let list = try scratch.write("threat.indicator.ip\n198.51.100.1\n", "list.csv")
    let folder = try ServedFolder(
      scratch.path + "/events", clock, also: [rule.ruleID],
      indicators: ["logs-ti_*=\(list)", "logs-ti_other=\(scratch.path)/none.csv"])
    func found() throws -> Int {
      var count = 0
      _ = try folder.alerts.forEachAlert { if $0.ruleID == rule.ruleID { count += 1 } }
      return count
    }
    func pass(_ id: Int) async throws {
      _ = try await folder.changeTrust(id, at: clock.now)
      for _ in 0..<130 {
        clock.move(by: 5)
        try await folder.runDue()
      }
    }
    try await folder.runDue()
    try await pass(1)
    #expect(try found() == 0)
    let lines = folder.lines.all.withLock { $0 }
    #expect(lines.contains { $0.contains("indicators logs-ti_other=") && $0.contains("no such file") }, "\(lines)")
    try scratch.write("threat.indicator.ip,threat.feed.name\n192.0.2.0/28,ours\n", "list.csv")
    try await pass(2)
    #expect(try found() >= 1)
    await folder.end()
  }

  @Test(
    "No execution is left out, and none makes an alert twice, whatever the clock does",
    arguments: ["2026-03-29T00:30:00Z", "2028-02-28T23:30:00Z", "2026-10-25T00:30:00Z", "2026-12-31T23:30:00Z"])
  func clocks(_ begin: String) async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock(begin)
    let folder = try ServedFolder(scratch.path + "/events", clock)
    try await folder.runDue()
    let start = clock.now
    var id = 0
    func go(_ minutes: Int) async throws {
      for _ in 0..<minutes {
        clock.move(by: 60)
        id += 1
        if id % 20 == 0 { _ = try await folder.changeTrust(id, at: clock.now) }
        try await folder.runDue()
      }
    }
    try await go(40)
    // The machine sleeps.
    clock.move(by: 3 * 3600)
    try await go(5)
    let newest = clock.now
    // Somebody sets the clock back, and later it is right again.
    clock.move(by: -1800)
    try await go(10)
    clock.move(by: 1800)
    try await go(30)
    let end = clock.now
    #expect(end > newest)
    // A rule begins up to five minutes after its time.
    try expectAllTold(folder, from: start, to: Timestamp(milliseconds: end.milliseconds - 600_000))
    let ids = try folder.alertIDs()
    #expect(Set(ids).count == ids.count && !ids.isEmpty)
    await folder.end()
  }

  @Test("What was missed longer ago than is set is recorded as skipped, and what was missed since then is run")
  func missed() async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock("2026-02-01T00:00:00Z")
    let folder = try ServedFolder(scratch.path + "/events", clock, catchUp: "6h")
    try await folder.runDue()
    clock.move(by: 600)
    try await folder.runDue()
    let start = clock.now
    clock.move(by: 24 * 3600)
    _ = try await folder.changeTrust(1, at: Timestamp(milliseconds: clock.now.milliseconds - 3 * 3_600_000))
    try await folder.runDue()
    let runs = try folder.alerts.runs(limit: 100_000)
    #expect(runs.contains { $0.outcome == .skipped && $0.first > start && $0.reason?.contains("6h") == true })
    try expectAllTold(folder, from: start, to: Timestamp(milliseconds: clock.now.milliseconds - 3_600_000))
    #expect(try !folder.alertIDs().isEmpty)
    await folder.end()
  }

  @Test("The newest execution of a rule that missed many is run before those")
  func liveFirst() async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock("2026-02-01T00:00:00Z")
    let folder = try ServedFolder(scratch.path + "/events", clock)
    try await folder.runDue()
    clock.move(by: 12 * 3600)
    _ = try await folder.scheduler.round(&folder.progress)
    let first = try folder.alerts.runs(limit: 1000)
    #expect(!first.isEmpty && first.allSatisfy { $0.executions <= 2 })
    // It is no secret to a process that is killed now that all the others are due.
    let states = try folder.alerts.states(of: first.map(\.ruleID), at: clock.now)
    #expect(states.values.allSatisfy { $0.lastTick == nil })
    try await folder.runDue()
    let later = try folder.alerts.states(of: first.map(\.ruleID), at: clock.now)
    #expect(later.values.allSatisfy { ($0.lastTick?.milliseconds ?? 0) > clock.now.milliseconds - 3_600_000 })
    await folder.end()
  }

  @Test("Executions that begin late are a trouble until some begin in time")
  func late() async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock("2026-02-01T00:00:00Z")
    let folder = try ServedFolder(scratch.path + "/events", clock)
    /// Runs what is due; gives in how many seconds something is due next.
    func settle() async throws -> Double {
      while true {
        if let next = try await folder.scheduler.round(&folder.progress) {
          return Double(next.milliseconds - clock.now.milliseconds) / 1000
        }
      }
    }
    var next = try await settle()
    // Until each rule has had its turn in time.
    for _ in 0..<12 {
      clock.move(by: next + 1)
      next = try await settle()
    }
    #expect(!folder.health.troubles.contains { $0.part == "lag" })
    clock.move(by: next + 150)
    next = try await settle()
    #expect(
      folder.health.troubles.first { $0.part == "lag" }?.reason == "rules begin 2 minutes after their time",
      "\(folder.health.troubles)")
    for _ in 0..<12 {
      clock.move(by: next + 1)
      next = try await settle()
    }
    #expect(!folder.health.troubles.contains { $0.part == "lag" })
    await folder.end()
  }
}
