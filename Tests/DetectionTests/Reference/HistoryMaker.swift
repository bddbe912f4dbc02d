import Events
import Rules
import TestSupport

/// Makes random rules and histories of events whose times lie on and around the edges of the rules' windows.
struct HistoryMaker {
  struct Case {
    var rule: Rule
    var events: [TestEvent]
    var relative: ReferenceHunt.RelativeTime?
    var exceptions: [ReferenceHunt.Exception] = []
    var earliestTick: Int64?
    var latestTick: Int64?
  }

  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func next() throws -> Case {
    let intervals: [(String, Int64)] = [("1m", 60_000), ("5m", 300_000), ("7m", 420_000), ("1h", 3_600_000)]
    let (intervalText, interval) = pick(intervals)
    var schedule = RuleSchedule(interval: try Interval(intervalText))
    let behind = pick([0, 0, 0, interval, 90_000 as Int64, interval * 3])
    let length = pick([interval, interval, interval + 240_000, interval * 3, interval / 2, interval - 1000, 1000])
    schedule.to = try DateMath(behind == 0 ? "now" : "now-\(behind / 1000)s")
    schedule.from = try DateMath("now-\((behind + length) / 1000)s")
    var back = behind + length
    switch Int.random(in: 0..<12, using: &random) {
    case 0:
      // A window that is rounded to the hour.
      schedule.from = try DateMath("now-2h/h")
      schedule.to = try DateMath(pick(["now", "now-1h/h", "now/m"]))
      back = 10_800_000
    default: break
    }
    schedule.maxSignals = pick([1, 2, 3, 100, 100, 100])
    var history: Int64 = 0
    var rule: Rule
    var typed = ""
    if Int.random(in: 0..<4, using: &random) == 0 {
      rule = Rule.query("event.action: Match")
    } else {
      let text: String
      (text, history) = historyStart(interval, back)
      var fields = Array(TestEvent.fields.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)))
      if Int.random(in: 0..<3, using: &random) == 0 {
        typed = pick(TestEvent.spellings.keys.sorted())
        fields[0] = typed
      }
      rule = try Rule.newTerms("event.action: Match", fields, history: text)
    }
    rule.schedule = schedule
    if Int.random(in: 0..<3, using: &random) == 0 {
      rule.timestampOverride = "event.ingested"
      rule.timestampOverrideFallbackDisabled = Int.random(in: 0..<3, using: &random) == 0
    }
    let events = events(interval: interval, edges: [0, behind, behind + length, history, back], typed: typed)
    var made = Case(rule: rule, events: events)
    for _ in 0..<pick([0, 0, 0, 1, 2]) {
      let expires = pick(events).time + pick([0, 1, interval, -interval, interval / 2])
      made.exceptions.append(.init(provider: pick(["iam", "sts"]), expires: pick([expires, expires, nil])))
      if Int.random(in: 0..<4, using: &random) == 0 {
        made.exceptions[made.exceptions.count - 1].time = relativeTime(
          interval, edges: [behind, behind + length, history])
      }
    }
    if Int.random(in: 0..<3, using: &random) == 0 {
      let relative = relativeTime(interval, edges: [behind, behind + length, history])
      made.relative = relative
      made.rule.query = "event.action: Match and " + relative.query
    }
    if let some = events.randomElement(using: &random), Int.random(in: 0..<5, using: &random) == 0 {
      made.earliestTick = some.time + pick([0, 1, -1, interval])
      made.latestTick = (made.earliestTick ?? 0) + interval * Int64.random(in: 0...60, using: &random)
      if Bool.random(using: &random) { made.earliestTick = nil }
    }
    return made
  }

  /// A condition whose bound lies in or about the windows of the rule.
  private mutating func relativeTime(_ interval: Int64, edges: [Int64]) -> ReferenceHunt.RelativeTime {
    let back = max(0, pick(edges + [interval, interval / 2]) + pick([0, 0, 1000, -1000, interval]))
    return ReferenceHunt.RelativeTime(
      field: pick(["@timestamp", "event.ingested"]), sign: pick([">", ">=", "<", "<="]),
      math: pick(["now-\(back / 1000)s", "now-\(back / 1000)s", "now-1h", "now/h", "now-1h/h", "now/d", "now-1M"]),
      isNegated: Int.random(in: 0..<4, using: &random) == 0, provider: pick([nil, nil, "iam"]))
  }

  /// The start of a history that lies before the window, and about how far back that is.
  private mutating func historyStart(_ interval: Int64, _ back: Int64) -> (String, Int64) {
    let minute: Int64 = 60_000
    let hour = 60 * minute
    var choices: [(String, Int64)] = [
      ("now-\(back / 1000 + 1)s", back + 1000), ("now-\(back / 1000 + 1800)s", back + 30 * minute),
    ]
    if back < 2 * hour { choices.append(("now-2h", 2 * hour)) }
    if back < 12 * hour { choices.append(("now-12h", 12 * hour)) }
    if interval >= 5 * minute || Int.random(in: 0..<10, using: &random) == 0 {
      choices += [("now-1d/d", 24 * hour), ("now-2d", 48 * hour), ("now-1d/h", 24 * hour)]
    }
    if interval >= 60 * minute || Int.random(in: 0..<20, using: &random) == 0 {
      choices += [
        ("now-14d", 14 * 24 * hour), ("now-1M/d", 30 * 24 * hour), ("now-1w/w", 7 * 24 * hour),
        ("now-1M", 30 * 24 * hour),
      ]
    }
    return pick(choices)
  }

  /// - Parameter typed: a field whose values are to be written in several ways; empty for none.
  private mutating func events(interval: Int64, edges: [Int64], typed: String) -> [TestEvent] {
    // Days around the ends of months, where calendars are odd, and another one.
    let day: Int64 = pick([1_774_656_000_000, 1_774_828_800_000, 1_772_236_800_000, 1_768_000_000_000])
    let base = day / interval * interval
    var events: [TestEvent] = []
    let spread: Int64 = pick([4, 20, 100])
    for _ in 0..<Int.random(in: 1...24, using: &random) {
      var time = base + interval * Int64.random(in: 0...spread, using: &random)
      if let other = events.randomElement(using: &random), Int.random(in: 0..<3, using: &random) == 0 {
        time = other.time
      }
      time += pick([1, -1, -1] as [Int64]) * pick(edges)
      time += pick([0, 0, 1, -1, interval / 2, interval, Int64.random(in: 0..<interval, using: &random)])
      var event = TestEvent(id: TestEvent.uuid(&random), time: time)
      if Int.random(in: 0..<6, using: &random) == 0 { event.action = "Other" }
      event.isECS = Int.random(in: 0..<4, using: &random) == 0
      if let spellings = TestEvent.spellings[typed], Int.random(in: 0..<6, using: &random) > 0 {
        event.isECS = true
        event.further[typed] = (0..<pick([1, 1, 2])).map { _ in pick(spellings) }
      }
      if event.isECS, Bool.random(using: &random) {
        event.ingested = time + pick([0, 1, -1, interval, interval * 5, -interval * 2, 1234])
        event.hasTime = Int.random(in: 0..<4, using: &random) > 0
      }
      if Int.random(in: 0..<10, using: &random) > 0 { event.user = pick(["alice", "bob", "eve"]) }
      event.roles = (0..<pick([0, 1, 1, 1, 2, 3])).map { _ in pick(["admin", "audit", "ops"]) }
      if Int.random(in: 0..<10, using: &random) > 0 { event.provider = pick(["iam", "sts"]) }
      events.append(event)
      if Int.random(in: 0..<8, using: &random) == 0 { events.append(event) }
    }
    return events.shuffled(using: &random)
  }

  mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: values.indices, using: &random)]
  }
}
