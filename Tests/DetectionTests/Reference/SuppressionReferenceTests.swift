import Events
import JSON
import Rules
import TestSupport
import Testing

@testable import Detection

/// Runs a rule that folds alike alerts into one execution by execution, with a plain list of the alerts that there are.
private struct ReferenceSuppression {
  /// An alert, and what it stands for in the end.
  struct Made: Hashable, Comparable {
    var tick: Int64
    var event: String
    var newTerms: [String]
    /// Nil for one that stands for itself.
    var folded: Folded?

    static func < (left: Made, right: Made) -> Bool {
      (left.tick, left.event, left.newTerms.joined(separator: "\0"), left.folded?.group.description ?? "")
        < (right.tick, right.event, right.newTerms.joined(separator: "\0"), right.folded?.group.description ?? "")
    }
  }

  struct Folded: Hashable {
    /// Of each field its values; nil for none.
    var group: [[String]?]
    var start: Int64
    var end: Int64
    var count = 0
    var lastDetected: Int64
  }

  private struct Candidate {
    var made: Made
    var folded: Folded
  }

  private(set) var made: [Made] = []
  /// Of groups that alerts were made of.
  private var ids: Set<String> = []
  private let rule: Rule
  private let suppression: AlertSuppression

  init(_ test: HistoryMaker.Case) {
    rule = test.rule
    suppression = test.rule.alertSuppression ?? AlertSuppression(groupBy: [])
    let interval = rule.schedule.interval.milliseconds
    let times = test.events.filter(\.hasTime).map(\.time) + test.events.compactMap { ReferenceHunt.time($0, rule) }
    guard let earliest = times.min(), let latest = times.max() else { return }
    let matching = ReferenceHunt.distinct(test.events).filter { $0.action == "Match" }
    var history: [[[String]?]: Int64] = [:]
    var tick = (earliest + interval - 1) / interval * interval
    while ReferenceHunt.window(rule, tick).from <= latest {
      defer { tick += interval }
      if let first = test.earliestTick, tick < first { continue }
      if let last = test.latestTick, tick > last { break }
      let events = matching.filter { event in
        test.relative?.holds(for: event, at: tick) ?? true
          && !test.exceptions.contains { $0.holds(for: event, at: tick) }
      }
      let found = ReferenceHunt.execute(rule, events, tick).map { thing in
        (thing: thing, event: events.first { $0.id == thing.source }!)
      }
      if rule.type == .query { grouped(found.map(\.event), &history, tick) } else { inMemory(found, tick) }
    }
  }

  // MARK: Rules of type query

  private mutating func grouped(_ events: [TestEvent], _ history: inout [[[String]?]: Int64], _ tick: Int64) {
    let from = ReferenceHunt.window(rule, tick).from
    history = history.filter { $0.value >= from }
    var groups: [[[String]?]: [TestEvent]] = [:]
    var apart: [TestEvent] = []
    for event in events {
      let isMissing = suppression.groupBy.contains { event.values($0).isEmpty }
      if isMissing, suppression.missingFieldsStrategy == .doNotSuppress {
        apart.append(event)
        continue
      }
      let own = groupsOf(event)
      if own.contains(where: { group in history[group].map { time(event) <= $0 } ?? false }) { continue }
      for group in own { groups[group, default: []].append(event) }
    }
    let order = groups.keys.sorted { left, right in
      for (one, other) in zip(left, right) where one != other {
        guard let one else { return false }
        guard let other else { return true }
        return one.lexicographicallyPrecedes(other)
      }
      return false
    }.prefix(rule.schedule.maxSignals + 1)
    var left = rule.schedule.maxSignals - order.count
    for event in apart where left > 0 && !isThere(event.id, []) {
      left -= 1
      made.append(Made(tick: tick, event: event.id, newTerms: []))
    }
    let candidates = order.compactMap { group -> Candidate? in
      let members = groups[group] ?? []
      let (start, end) = (members.map(time).min() ?? 0, members.map(time).max() ?? 0)
      history[group] = end
      guard let oldest = members.first(where: { time($0) == start }) else { return nil }
      let id = "\(oldest.id) \(group) \(start) \(end)"
      if ids.contains(id) { return nil }
      return Candidate(
        made: Made(tick: tick, event: oldest.id, newTerms: []),
        folded: Folded(group: group, start: start, end: end, count: members.count - 1, lastDetected: tick))
    }
    fold(candidates, tick, most: .max)
  }

  private func groupsOf(_ event: TestEvent) -> Set<[[String]?]> {
    var groups: Set<[[String]?]> = [[]]
    for field in suppression.groupBy {
      let values = event.values(field)
      var longer: Set<[[String]?]> = []
      for group in groups {
        if values.isEmpty { longer.insert(group + [nil]) }
        for value in values { longer.insert(group + [[value]]) }
      }
      groups = longer
    }
    return groups
  }

  // MARK: All others

  private mutating func inMemory(_ found: [(thing: ReferenceHunt.Thing, event: TestEvent)], _ tick: Int64) {
    // A search in EQL gives the latest.
    let looked = rule.type == .eql ? Array(found.suffix(rule.schedule.maxSignals)) : found
    var left = rule.schedule.maxSignals
    var candidates: [Candidate] = []
    for (thing, event) in looked {
      let group = suppression.groupBy.map { field in
        event.values(field).isEmpty ? nil : event.values(field).sorted()
      }
      if group.contains(nil), suppression.missingFieldsStrategy == .doNotSuppress {
        guard !isThere(event.id, thing.terms), left > 0 else { continue }
        left -= 1
        made.append(Made(tick: tick, event: event.id, newTerms: thing.terms))
        continue
      }
      if isThere(event.id, thing.terms) { continue }
      candidates.append(
        Candidate(
          made: Made(tick: tick, event: event.id, newTerms: thing.terms),
          folded: Folded(group: group, start: time(event), end: time(event), lastDetected: tick)))
    }
    fold(candidates, tick, most: left)
  }

  private mutating func fold(_ candidates: [Candidate], _ tick: Int64, most: Int) {
    let from = ReferenceHunt.window(rule, tick).from
    let window = suppression.duration.map { tick - $0.milliseconds } ?? from
    let before = made.count
    func latest(_ group: [[String]?], _ made: [Made]) -> Int? {
      made.indices.prefix(before).last { made[$0].folded?.group == group && made[$0].tick >= window }
    }
    var left: [Candidate] = []
    for candidate in candidates {
      if let there = latest(candidate.folded.group, made), let known = made[there].folded,
        candidate.folded.end <= known.end
      {
        continue
      }
      left.append(candidate)
    }
    let sorted = left.enumerated().sorted {
      ($0.element.folded.start, $0.offset) < ($1.element.folded.start, $1.offset)
    }
    var folded: [Candidate] = []
    for candidate in sorted.map(\.element) {
      if let at = folded.firstIndex(where: { $0.folded.group == candidate.folded.group }) {
        folded[at].folded.count += 1 + candidate.folded.count
        folded[at].folded.end = max(folded[at].folded.end, candidate.folded.end)
      } else {
        folded.append(candidate)
      }
    }
    var new = 0
    for candidate in folded {
      if suppression.duration != nil, let there = latest(candidate.folded.group, made) {
        made[there].folded?.count += 1 + candidate.folded.count
        let end = max(made[there].folded?.end ?? 0, candidate.folded.end)
        made[there].folded?.end = end
        made[there].folded?.lastDetected = tick
      } else if new < most {
        new += 1
        var alert = candidate.made
        alert.folded = candidate.folded
        made.append(alert)
        ids.insert("\(alert.event) \(candidate.folded.group) \(candidate.folded.start) \(candidate.folded.end)")
      }
    }
  }

  private func isThere(_ event: String, _ terms: [String]) -> Bool {
    made.contains { $0.event == event && $0.newTerms == terms }
  }

  private func time(_ event: TestEvent) -> Int64 { ReferenceHunt.time(event, rule) ?? 0 }
}

@Suite("Alike alerts are folded into one") struct SuppressionReferenceTests {
  @Test(
    "Alerts stand for what a plain run of every execution folds into them, also when the executions run in two pieces",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func equalsReference(seed: UInt64) throws {
    var maker = HistoryMaker(seed: seed)
    let catalog = FieldCatalog.standard.applying(try FieldMapping(TestEvent.mapping))
    var (folded, grown, apart, continued) = (0, 0, 0, 0)
    for number in 0..<120 {
      var test = try maker.next()
      Self.fold(&test, &maker)
      let expected = ReferenceSuppression(test).made.sorted()
      var hunt = TestHunt(
        [test.rule], catalog: catalog, exceptions: test.exceptions.map(ReferenceHuntTests.exception))
      let texts = ReferenceHuntTests.deal(test.events, workers: Int.random(in: 1...3, using: &maker.random))
      let (first, last) = (
        test.earliestTick.map(Timestamp.init(milliseconds:)), test.latestTick.map(Timestamp.init(milliseconds:))
      )
      let result = try hunt.run(texts, replay: (first, last))
      let alerts = try TestHunt.alerts(result)
      let place = Comment(
        rawValue: "seed \(seed), case \(number)\n\(ReferenceHuntTests.describe(test))\n\(test.rule.alertSuppression!)")
      let got = try alerts.map(Self.made).sorted()
      try #require(
        got == expected, "\(place)\ngot \(Set(got).subtracting(expected))\nexpected \(Set(expected).subtracting(got))")
      folded += expected.count { $0.folded.map { $0.count > 0 } ?? false }
      grown += expected.count { $0.folded.map { $0.lastDetected > $0.start && $0.count > 0 } ?? false }
      apart += expected.count { $0.folded == nil }
      // The same in two runs, of which the second knows the alerts of the first.
      let ticks = Set(alerts.map(\.tick)).sorted()
      guard ticks.count > 1, let border = ticks.dropFirst().randomElement(using: &maker.random) else { continue }
      hunt.comparesAnswers = false
      let before = Timestamp(milliseconds: border.milliseconds - 1)
      let earlier = try TestHunt.alerts(hunt.run(texts, replay: (first, before)))
      var later = hunt
      later.suppressed = try [test.rule.ruleID: earlier.compactMap { SuppressedAlert(alert: try $0.document) }]
      let second = try later.run(texts, replay: (border, last))
      var documents = Dictionary(uniqueKeysWithValues: earlier.map { ($0.id, $0.json) })
      for grown in second.grown {
        let known = try #require(documents[grown.alert.id])
        documents[grown.alert.id] = try grown.alert.document(known, grownBy: grown.alert.growth + grown.growth)
      }
      for alert in try TestHunt.alerts(second) where documents[alert.id] == nil { documents[alert.id] = alert.json }
      let whole = Dictionary(uniqueKeysWithValues: alerts.map { ($0.id, $0.json) })
      try #require(Set(documents.keys) == Set(whole.keys), place)
      for (id, document) in whole {
        let (one, other) = (String(decoding: document, as: UTF8.self), String(decoding: documents[id]!, as: UTF8.self))
        try #require(one == other, place)
      }
      continued += second.grown.count
    }
    #expect(
      !stands(seed) || folded > 30 && grown > 8 && apart > 4 && continued > 2,
      "folded \(folded), grown \(grown), apart \(apart), grown in a second run \(continued)")
  }

  private static func line(_ id: String, _ action: String, _ minute: Int, user: String = "ops") -> String {
    let time = "2026-01-01T0\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60):00Z"
    return
      #"{"eventID":"\#(id)","eventTime":"\#(time)","eventName":"\#(action)","userIdentity":{"type":"IAMUser","userName":"\#(user)"}}"#
  }

  private static func counts(_ rule: Rule, _ lines: [String]) throws -> [String] {
    try TestHunt([rule]).alerts(lines.joined(separator: "\n")).map { alert in
      let document = try alert.document
      let more = document["kibana.alert.suppression.docs_count"]?.integerValue.map(String.init) ?? "none"
      return "\(alert.tick.iso8601.dropFirst(11).prefix(5)) +\(more)"
    }
  }

  @Test("A threshold that is met again while an alert of its group takes in others grows that alert")
  func threshold() throws {
    var rule = Rule.query("event.action: A", id: "threshold")
    rule.type = .threshold
    rule.threshold = ThresholdParameters(fields: ["user.name"], value: 2)
    let lines = [1, 2, 8, 9, 21, 22].map { Self.line(String($0), "A", $0) } + [Self.line("x", "B", 40)]
    #expect(try Self.counts(rule, lines) == ["00:05 +none", "00:10 +none", "00:25 +none"])
    rule.alertSuppression = AlertSuppression(groupBy: [], duration: SuppressionDuration(value: 10, unit: .minute))
    #expect(try Self.counts(rule, lines) == ["00:05 +1", "00:25 +0"])
  }

  @Test("A sequence counts once for the alert that it is folded into, however many executions find it")
  func sequence() throws {
    var rule = Rule.query("", id: "sequence")
    (rule.type, rule.language) = (.eql, .eql)
    rule.query = #"sequence by user.name [any where event.action == "A"] [any where event.action == "B"]"#
    rule.schedule = RuleSchedule(from: try DateMath("now-16m"))
    rule.alertSuppression = AlertSuppression(
      groupBy: ["user.name"], duration: SuppressionDuration(value: 1, unit: .hour))
    var lines: [String] = []
    for minute in [1, 11, 21, 81] {
      lines += [Self.line("a\(minute)", "A", minute), Self.line("b\(minute)", "B", minute + 1)]
    }
    #expect(try Self.counts(rule, lines) == ["00:05 +2", "01:25 +0"])
    let alerts = try TestHunt([rule]).alerts(lines.joined(separator: "\n"))
    #expect(alerts.map(\.buildingBlocks.count) == [2, 2])
    // A second run that knows the alert does not count again what the first had counted.
    var hunt = TestHunt([rule])
    let text = lines.joined(separator: "\n")
    let border = try #require(Timestamp(iso8601: "2026-01-01T00:15:00Z"))
    let first = try TestHunt.alerts(
      hunt.run([[text]], replay: (nil, Timestamp(milliseconds: border.milliseconds - 1))))
    hunt.suppressed = try ["sequence": first.compactMap { SuppressedAlert(alert: try $0.document) }]
    let second = try hunt.run([[text]], replay: (border, nil))
    #expect(second.grown.map { $0.growth.map(\.count) } == [[1, 1]])
    #expect(try TestHunt.alerts(second).map(\.id) == [alerts[1].id])
  }

  @Test("A closed alert takes in no more: what comes next opens another one")
  func closed() throws {
    var rule = Rule.query("event.action: A")
    rule.alertSuppression = AlertSuppression(
      groupBy: ["user.name"], duration: SuppressionDuration(value: 3, unit: .hour))
    let lines = [1, 11, 21].map { Self.line(String($0), "A", $0) }
    #expect(try Self.counts(rule, lines) == ["00:05 +2"])
    var hunt = TestHunt([rule])
    let made = try hunt.alerts(lines.joined(separator: "\n"))
    var alert = try #require(SuppressedAlert(alert: try made[0].document))
    alert.closedAt = Timestamp(iso8601: "2026-01-01T00:16:00Z")
    hunt.suppressed = [rule.ruleID: [alert]]
    #expect(
      try hunt.alerts(lines.joined(separator: "\n")).map { try $0.document["kibana.alert.suppression.docs_count"] } == [
        1, 0,
      ])
  }

  private static func fold(_ test: inout HistoryMaker.Case, _ maker: inout HistoryMaker) {
    if test.rule.newTerms == nil, Bool.random(using: &maker.random) {
      test.rule.type = .eql
      test.rule.language = .eql
      test.rule.query = #"any where event.action == "Match""#
      test.relative = nil
    }
    let fields = TestEvent.fields.shuffled(using: &maker.random)
    test.rule.alertSuppression = AlertSuppression(
      groupBy: Array(fields.prefix(maker.pick([1, 1, 2]))),
      duration: maker.pick([
        nil, SuppressionDuration(value: 1, unit: .minute), SuppressionDuration(value: 30, unit: .minute),
        SuppressionDuration(value: 5, unit: .hour),
      ]),
      missingFieldsStrategy: maker.pick([.suppress, .suppress, .doNotSuppress]))
  }

  private static func made(_ alert: Alert) throws -> ReferenceSuppression.Made {
    let document = try alert.document
    func time(_ field: String) -> Int64? {
      document[field]?.stringValue.flatMap { Timestamp(iso8601: $0) }?.milliseconds
    }
    var folded: ReferenceSuppression.Folded?
    if let terms = document["kibana.alert.suppression.terms"]?.arrayValue {
      folded = ReferenceSuppression.Folded(
        group: terms.map { term in
          switch term["value"] {
          case .array(let values): values.compactMap(\.stringValue)
          case .string(let value): [value]
          default: nil
          }
        },
        start: try #require(time("kibana.alert.suppression.start")),
        end: try #require(time("kibana.alert.suppression.end")),
        count: Int(document["kibana.alert.suppression.docs_count"]?.integerValue ?? -1),
        lastDetected: try #require(time("kibana.alert.last_detected")))
      #expect(document["kibana.alert.instance.id"]?.stringValue?.count == 64)
    }
    return ReferenceSuppression.Made(
      tick: alert.tick.milliseconds, event: alert.sourceID, newTerms: alert.newTerms.map(\.text), folded: folded)
  }
}
