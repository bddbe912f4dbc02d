import Events
import Rules
import TestSupport
import Testing

@testable import Detection

/// A sequence as the tests ask for it: actions that follow one another, of one user or of anybody.
private struct Asked {
  /// True for an action that must be missing between, before or behind the others.
  var items: [(action: String, isMissing: Bool)]
  var byUser: Bool
  var maxspan: Int64?
  var until: String?
  var isSample = false

  /// The items that an event is for, `until` behind the others.
  func places(_ event: TestEvent) -> [Int] {
    (items.map(\.action) + (until.map { [$0] } ?? [])).enumerated().filter { $0.element == event.action }.map(\.offset)
  }

  var query: String {
    func item(_ action: String) -> String { "[any where event.action == \"\(action)\"]" }
    var text = isSample ? "sample" : "sequence"
    if byUser { text += " by \(TestEvent.user)" }
    if let maxspan { text += " with maxspan=\(maxspan / 1000)s" }
    for (action, isMissing) in items { text += " " + (isMissing ? "!" : "") + item(action) }
    if let until { text += " until " + item(until) }
    return text
  }
}

/// Runs a sequence rule execution by execution over a plain array of events; each execution goes over each key by itself.
private struct ReferenceSequence {
  struct Created: Hashable, Comparable {
    var tick: Int64
    var events: [String]

    static func < (left: Created, right: Created) -> Bool {
      left.tick != right.tick ? left.tick < right.tick : left.events.lexicographicallyPrecedes(right.events)
    }
  }

  private(set) var created: [Created] = []

  init(_ rule: Rule, _ asked: Asked, _ given: [TestEvent]) {
    let interval = rule.schedule.interval.milliseconds
    func time(_ event: TestEvent) -> Int64? {
      guard rule.timestampOverride == "event.ingested" else { return event.hasTime ? event.time : nil }
      if let stored = event.stored { return stored }
      return rule.timestampOverrideFallbackDisabled || !event.hasTime ? nil : event.time
    }
    let times = given.filter(\.hasTime).map(\.time) + given.compactMap(time)
    guard let earliest = times.min(), let latest = times.max() else { return }
    var known: Set<String> = []
    let events = given.filter { known.insert($0.id).inserted }
    var done: Set<[String]> = []
    var tick = (earliest + interval - 1) / interval * interval
    while true {
      defer { tick += interval }
      let now = Timestamp(milliseconds: tick)
      let from = rule.schedule.from.resolve(now: now, roundingUp: false).milliseconds
      let to = rule.schedule.to.resolve(now: now, roundingUp: false).milliseconds
      if from > latest { break }
      // Of events of one time those for earlier items come first, then those with the smaller id.
      let seen = events.filter { time($0).map { from <= $0 && $0 <= to } ?? false && ($0.hasTime || asked.isSample) }
        .sorted { left, right in
          let one = left.hasTime ? left.time : .max
          let other = right.hasTime ? right.time : .max
          let (mine, others) = (asked.places(left), asked.places(right))
          return (one, mine.last ?? 0, mine.first ?? 0) == (other, others.last ?? 0, others.first ?? 0)
            ? left.identity < right.identity
            : (one, mine.last ?? 0, mine.first ?? 0) < (other, others.last ?? 0, others.first ?? 0)
        }
      var hits: [(last: Int, events: [String])] = []
      for key in Set(seen.map { asked.byUser ? $0.user : "" }) {
        guard let key else { continue }
        let mine = seen.enumerated().filter { !asked.byUser || $0.element.user == key }.map { ($0.offset, $0.element) }
        hits += Self.hits(asked, mine)
      }
      let found = hits.sorted { $0.last < $1.last }.suffix(rule.schedule.maxSignals)
      for hit in found where done.insert(hit.events).inserted {
        created.append(Created(tick: tick, events: hit.events))
      }
    }
    created.sort()
  }

  /// The sequences among the events of one key: the latest begun one of each length goes on.
  private static func hits(_ asked: Asked, _ events: [(place: Int, event: TestEvent)]) -> [(
    last: Int, events: [String]
  )] {
    let positive = asked.items.filter { !$0.isMissing }.map(\.action)
    var begun: [Int: [(place: Int, event: TestEvent)]] = [:]
    var complete: [[(place: Int, event: TestEvent)]] = []
    var stop: Int?
    for now in events {
      for stage in positive.indices.reversed() where now.event.action == positive[stage] {
        var chain = [now]
        if stage > 0 {
          guard let former = begun.removeValue(forKey: stage - 1) else { continue }
          if let span = asked.maxspan, now.event.time - former[0].event.time > span { continue }
          if let stop, let last = former.last, stop >= last.place { continue }
          chain = former + chain
        }
        if stage == positive.count - 1 { complete.append(chain) } else { begun[stage] = chain }
      }
      if now.event.action == asked.until { stop = now.place }
    }
    return complete.filter { chain in isAllowed(asked, chain.map(\.event), events.map(\.event)) }.map { chain in
      (chain.last?.place ?? 0, chain.map(\.event.id))
    }
  }

  /// Whether the events that must be missing are missing: there is a span as long as allowed around the chain without them.
  private static func isAllowed(_ asked: Asked, _ chain: [TestEvent], _ events: [TestEvent]) -> Bool {
    let (first, last) = (chain[0].time, chain[chain.count - 1].time)
    let span = asked.maxspan ?? .max
    var next = 0
    var (leading, trailing): ([Int64], [Int64]) = ([], [])
    for (action, isMissing) in asked.items {
      guard isMissing else {
        next += 1
        continue
      }
      let times = events.filter { $0.action == action }.map(\.time)
      if next == 0 {
        leading += times.filter { $0 < first }
      } else if next == chain.count {
        trailing += times.filter { $0 > last }
      } else if times.contains(where: { chain[next - 1].time < $0 && $0 < chain[next].time }) {
        return false
      }
    }
    let begins = asked.items.first?.isMissing == true
    let ends = asked.items.last?.isMissing == true
    switch (begins, ends) {
    case (false, false): return true
    case (true, false): return leading.max().map { last - $0 > span } ?? true
    case (false, true): return trailing.min().map { $0 - first > span } ?? true
    case (true, true):
      guard let before = leading.max(), let after = trailing.min() else { return true }
      return after - before > span
    }
  }
}

struct SequenceReferenceTests {
  @Test("Events of one moment are a sequence whichever was stored first, and an until of that moment ends none")
  func ties() throws {
    var rule = Rule(ruleID: "sequence-rule", name: "A sequence rule", type: .eql, severity: .low, riskScore: 21)
    rule.language = .eql
    rule.schedule.from = try DateMath("now-9m")
    let time: Int64 = 1_767_225_660_000
    for query in [
      "sequence [any where event.action == \"A\"] [any where event.action == \"B\"]",
      "sequence [any where event.action == \"A\"] [any where event.action == \"B\"] until [any where event.action == \"C\"]",
      "sequence [any where event.action in (\"A\", \"B\")] [any where event.action == \"B\"]",
    ] {
      rule.query = query
      for number in 0..<20 {
        let events = ["A", "B", "C"].map { action in
          TestEvent(id: "\(number)-\(action)", time: time, action: action)
        }
        for given in [events, events.reversed()] {
          let alerts = try TestHunt.alerts(try TestHunt([rule]).run(ReferenceHuntTests.deal(given, workers: 1)))
          #expect(alerts.count == 1, "\(query), \(given.map(\.id))")
        }
      }
    }
  }

  @Test(
    "Sequences alert once, when a plain run of every execution finds them first",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func equalsReference(seed: UInt64) throws {
    var maker = HistoryMaker(seed: seed)
    var (alerts, missing) = (0, 0)
    for number in 0..<400 {
      var made = try maker.next()
      let asked = Self.asked(&maker, made.rule.schedule.interval.milliseconds)
      var rule = Self.rule(made.rule, asked)
      // Most windows of the maker are too short for two events.
      if number % 3 > 0 { rule.schedule.from = try DateMath("now-\(rule.schedule.interval.milliseconds / 250)s") }
      for at in made.events.indices {
        // An event that is delivered again stays the same.
        made.events[at].action = ["A", "B", "C"][made.events[at].id.utf8.reduce(0) { $0 + Int($1) } % 3]
      }
      let expected = ReferenceSequence(rule, asked, made.events)
      let result = try TestHunt([rule]).run(
        ReferenceHuntTests.deal(made.events, workers: Int.random(in: 1...3, using: &maker.random)))
      let got = try TestHunt.alerts(result).map { alert in
        let parents = try alert.document["kibana.alert.ancestors"]?.arrayValue ?? []
        return ReferenceSequence.Created(
          tick: alert.tick.milliseconds,
          events: parents.filter { $0["type"] == "event" }.map { $0["id"]?.stringValue ?? "?" })
      }.sorted()
      made.rule = rule
      let place = Comment(rawValue: "seed \(seed), case \(number)\n\(ReferenceHuntTests.describe(made))")
      try #require(got == expected.created, place)
      alerts += got.count
      missing += asked.items.contains(where: \.isMissing) ? got.count : 0
    }
    #expect(!stands(seed) || alerts > 30 && missing > 4, "alerts \(alerts), with missing events \(missing)")
  }

  private static func asked(_ maker: inout HistoryMaker, _ interval: Int64) -> Asked {
    let spans = [1000, interval / 2, interval, interval * 4].map { $0 / 1000 * 1000 }
    var asked = Asked(
      items: (0..<maker.pick([2, 2, 2, 3])).map { _ in (maker.pick(["A", "B", "C"]), false) },
      byUser: Bool.random(using: &maker.random), maxspan: maker.pick([nil] + spans.map { $0 as Int64? }))
    if Int.random(in: 0..<3, using: &maker.random) == 0 { asked.until = maker.pick(["A", "B", "C"]) }
    if asked.maxspan != nil, Bool.random(using: &maker.random) {
      let place = Int.random(in: 0...asked.items.count, using: &maker.random)
      asked.items.insert((maker.pick(["A", "B", "C"]), true), at: place)
    }
    return asked
  }

  private static func rule(_ rule: Rule, _ asked: Asked) -> Rule {
    var made = Rule(ruleID: "sequence-rule", name: "A sequence rule", type: .eql, severity: .low, riskScore: 21)
    made.query = asked.query
    made.language = .eql
    made.index = rule.index
    made.schedule = rule.schedule
    made.timestampOverride = rule.timestampOverride
    made.timestampOverrideFallbackDisabled = rule.timestampOverrideFallbackDisabled
    return made
  }
}
