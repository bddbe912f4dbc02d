import Events
import Rules
import TestSupport
import Testing

@testable import Detection

/// Runs a threshold rule execution by execution over a plain array of events, as the description of one reads.
private struct ReferenceThreshold {
  struct Created: Hashable {
    var tick: Int64
    var terms: [String]
    var events: [String]
    var distinct: Int?
    var matched: Int
  }

  private(set) var created: [Created] = []
  private(set) var cuts: [ReferenceHunt.Cut] = []

  init(_ made: HistoryMaker.Case) {
    let rule = made.rule
    guard let threshold = rule.threshold else { return }
    let interval = rule.schedule.interval.milliseconds
    func time(_ event: TestEvent) -> Int64? {
      guard rule.timestampOverride == "event.ingested" else { return event.hasTime ? event.time : nil }
      if let stored = event.stored { return stored }
      return rule.timestampOverrideFallbackDisabled || !event.hasTime ? nil : event.time
    }
    let times = made.events.filter(\.hasTime).map(\.time) + made.events.compactMap(time)
    guard let earliest = times.min(), let latest = times.max() else { return }
    var known: Set<String> = []
    let events = made.events.filter { known.insert($0.id).inserted && $0.action == "Match" }
    // The keys of groups, and when the last event was counted for each.
    var counted: [[String]: Int64] = [:]
    var tick = (earliest + interval - 1) / interval * interval
    while true {
      defer { tick += interval }
      let now = Timestamp(milliseconds: tick)
      let from = rule.schedule.from.resolve(now: now, roundingUp: false).milliseconds
      let to = rule.schedule.to.resolve(now: now, roundingUp: false).milliseconds
      if from > latest { break }
      if let first = made.earliestTick, tick < first { continue }
      if let last = made.latestTick, tick > last { break }
      counted = counted.filter { $0.value >= from }
      let seen = events.filter { event in
        guard let at = time(event), from <= at, at <= to else { return false }
        return made.relative?.holds(for: event, at: tick) ?? true
          && !made.exceptions.contains { $0.holds(for: event, at: tick) }
      }
      var groups: [[String]: [TestEvent]] = [:]
      for event in seen {
        let keys = Self.keys(event, threshold.fields)
        if keys.contains(where: { key in counted[key].map { (time(event) ?? 0) <= $0 } ?? false }) { continue }
        for key in keys { groups[key, default: []].append(event) }
      }
      let large = groups.filter { _, members in
        guard members.count >= threshold.value else { return false }
        guard let cardinality = threshold.cardinality.first else { return true }
        return Set(members.flatMap { $0.values(cardinality.field) }).count >= cardinality.value
      }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      for (key, members) in large.prefix(rule.schedule.maxSignals) {
        let ordered = members.sorted { left, right in
          (time(left) ?? 0, left.identity) < (time(right) ?? 0, right.identity)
        }
        counted[key] = ordered.compactMap(time).max()
        let distinct = threshold.cardinality.first.map { one in Set(members.flatMap { $0.values(one.field) }).count }
        created.append(
          Created(tick: tick, terms: key, events: ordered.map(\.id), distinct: distinct, matched: seen.count))
      }
      let left = large.count - rule.schedule.maxSignals
      if left > 0 { cuts.append(.init(tick: tick, count: left)) }
    }
  }

  private static func keys(_ event: TestEvent, _ fields: [String]) -> Set<[String]> {
    var keys: Set<[String]> = [[]]
    for field in fields {
      var longer: Set<[String]> = []
      for key in keys { for value in event.values(field) { longer.insert(key + [value]) } }
      keys = longer
    }
    return keys
  }
}

struct ThresholdReferenceTests {
  @Test(
    "Groups alert when a plain run of every execution counts enough of them, and no event counts twice",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func equalsReference(seed: UInt64) throws {
    var maker = HistoryMaker(seed: seed)
    var (alerts, cuts, several) = (0, 0, 0)
    for number in 0..<400 {
      var made = try maker.next()
      made.rule = Self.threshold(made.rule, &maker)
      let expected = ReferenceThreshold(made)
      let hunt = TestHunt([made.rule], exceptions: made.exceptions.map(ReferenceHuntTests.exception))
      let result = try hunt.run(
        ReferenceHuntTests.deal(made.events, workers: Int.random(in: 1...3, using: &maker.random)),
        replay: (
          made.earliestTick.map(Timestamp.init(milliseconds:)), made.latestTick.map(Timestamp.init(milliseconds:))
        ))
      let got = try TestHunt.alerts(result).map(Self.created)
      let place = Comment(
        rawValue: "seed \(seed), case \(number)\n\(ReferenceHuntTests.describe(made))\n\(made.rule.threshold!)")
      try #require(got == expected.created, place)
      let outcome = result.outcomes[0]
      try #require(
        outcome.cuts.map { ReferenceHunt.Cut(tick: $0.tick.milliseconds, count: $0.count) } == expected.cuts, place)
      alerts += got.count
      cuts += expected.cuts.count
      several += got.count { $0.events.count > 1 }
    }
    #expect(
      !stands(seed) || alerts > 150 && cuts > 5 && several > 50,
      "alerts \(alerts), cuts \(cuts), of several events \(several)")
  }

  private static func threshold(_ rule: Rule, _ maker: inout HistoryMaker) -> Rule {
    var made = Rule(ruleID: "threshold-rule", name: "A threshold rule", type: .threshold, severity: .low, riskScore: 21)
    made.query = rule.query
    made.index = rule.index
    made.schedule = rule.schedule
    made.timestampOverride = rule.timestampOverride
    made.timestampOverrideFallbackDisabled = rule.timestampOverrideFallbackDisabled
    let fields = TestEvent.fields.shuffled(using: &maker.random)
    let count = maker.pick([0, 1, 1, 1, 2])
    made.threshold = ThresholdParameters(fields: Array(fields.prefix(count)), value: maker.pick([1, 1, 2, 2, 3]))
    if Int.random(in: 0..<3, using: &maker.random) == 0 {
      made.threshold?.cardinality = [ThresholdCardinality(field: fields[count], value: maker.pick([1, 2, 2]))]
    }
    return made
  }

  private static func created(_ alert: Alert) throws -> ReferenceThreshold.Created {
    let document = try alert.document
    let result = document["kibana.alert.threshold_result"]
    let ancestors = document["kibana.alert.ancestors"]?.arrayValue ?? []
    #expect(result?["count"]?.integerValue == Int64(ancestors.count))
    return ReferenceThreshold.Created(
      tick: alert.tick.milliseconds,
      terms: (result?["terms"]?.arrayValue ?? []).map { $0["value"]?.stringValue ?? "?" },
      events: ancestors.map { $0["id"]?.stringValue ?? "?" },
      distinct: result?["cardinality"]?[0]?["value"]?.integerValue.map { Int($0) },
      matched: Int(document["martlet"]?["evidence"]?["matched"]?["window"]?.integerValue ?? -1))
  }
}
