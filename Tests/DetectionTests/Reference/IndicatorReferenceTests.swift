import CloudTrail
import Events
import JSON
import Query
import Rules
import TestSupport
import Testing

@testable import Detection

/// Compares every event with every indicator by nested loops over JSON, execution by execution.
private struct ReferenceMatch {
  struct Created: Hashable, Comparable, CustomStringConvertible {
    var tick: Int64
    var event: String
    /// Of each enrichment the field, the indicator and what is called atomic.
    var enrichments: [String]

    var description: String { "\(tick) \(event) \(enrichments)" }
    static func < (left: Created, right: Created) -> Bool { left.description < right.description }
  }

  private(set) var created: [Created] = []

  init(_ rule: Rule, _ events: [IndicatorReferenceTests.Document], _ indicators: [IndicatorReferenceTests.Document]) {
    guard let match = rule.threatMatch, let earliest = events.map(\.time).min(), let latest = events.map(\.time).max()
    else { return }
    let interval = rule.schedule.interval.milliseconds
    var done: Set<String> = []
    var tick = (earliest + interval - 1) / interval * interval
    while true {
      defer { tick += interval }
      let now = Timestamp(milliseconds: tick)
      let from = rule.schedule.from.resolve(now: now, roundingUp: false).milliseconds
      let to = rule.schedule.to.resolve(now: now, roundingUp: false).milliseconds
      if from > latest { break }
      let chosen = indicators.filter { indicator in
        guard match.query.contains("now-") else { return true }
        return indicator.time >= tick - IndicatorReferenceTests.age
      }
      var made: [Created] = []
      for event in events where (from...to).contains(event.time) && !done.contains(event.id) {
        var told: [String] = []
        for group in match.mapping {
          let equal = chosen.filter { indicator in Self.holds(group, event, indicator) }
          guard group.entries.contains(where: { !$0.negate }) else { continue }
          for entry in group.entries where !entry.negate {
            for indicator in equal {
              let line = "\(entry.field) \(entry.value) \(indicator.id)"
              if !told.contains(line) { told.append(line) }
            }
          }
        }
        if !told.isEmpty { made.append(Created(tick: tick, event: event.id, enrichments: told.sorted())) }
      }
      made.sort { left, right in
        let times = [left, right].map { one in events.first { $0.id == one.event }?.time ?? 0 }
        return times[0] > times[1]
      }
      for one in made.prefix(rule.schedule.maxSignals) {
        done.insert(one.event)
        created.append(one)
      }
    }
    created.sort()
  }

  private static func holds(
    _ group: ThreatMapping, _ event: IndicatorReferenceTests.Document, _ indicator: IndicatorReferenceTests.Document
  ) -> Bool {
    group.entries.allSatisfy { entry in
      let ours = event.values(entry.field)
      let theirs = indicator.values(entry.value)
      let isEqual = theirs.contains { value in
        ours.contains { Self.equals($0, value, FieldCatalog.standard.resolve(entry.field).type) }
      }
      guard entry.negate else { return isEqual }
      if ours.isEmpty, theirs.isEmpty { return false }
      if ours.isEmpty || theirs.isEmpty || ours.count > 1 || theirs.count > 1 { return true }
      return !isEqual
    }
  }

  /// As a `match` query for the one finds the other.
  private static func equals(_ value: String, _ other: String, _ type: FieldType) -> Bool {
    ValueTest.match(other).holds(for: value, type: type, now: Timestamp(milliseconds: 0))
  }
}

struct IndicatorReferenceTests {
  static let age: Int64 = 3_600_000

  /// An event or an indicator as the reference sees it.
  struct Document {
    var id: String
    var index: String
    var time: Int64
    var fields: [String: [String]]

    /// The values that the field's type can read, each once.
    func values(_ path: String) -> [String] {
      let type = FieldCatalog.standard.resolve(path).type
      let isIndicator = path.hasPrefix("threat.")
      var seen: Set<String> = []
      return (fields[path] ?? []).filter { value in
        var value = value
        let isNetwork = type == .ip && isIndicator && IPAddress.range(cidr: value) != nil
        let term = value.withUTF8 { Scalar(.string, $0).withTerm(of: type) { $0.text } } ?? (isNetwork ? value : nil)
        guard let term else { return false }
        // Spellings of one value are one, save that a date of an indicator may mean a span.
        return seen.insert(isIndicator && type == .date(nil) ? value : term).inserted
      }
    }

    var json: String {
      var members: [String: JSONValue] = ["@timestamp": .string(TestEvent.iso(time))]
      for (field, values) in fields where !values.isEmpty {
        members[field] = values.count == 1 ? .string(values[0]) : .array(values.map { .string($0) })
      }
      let hit: JSONValue = ["_index": .string(index), "_id": .string(id), "_source": .object(members)]
      return hit.text
    }
  }

  @Test(
    "Indicators match events as nested loops over all of both find, at the time of each execution",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func equalsReference(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }
    let pairs = [
      ("source.ip", "threat.indicator.ip"), ("destination.ip", "threat.indicator.ip"),
      ("source.port", "threat.indicator.port"), ("user.name", "threat.indicator.name"),
      ("message", "threat.indicator.name"), ("user.name", "threat.indicator.description"),
      ("file.created", "threat.indicator.first_seen"), ("custom.free", "threat.indicator.name"),
      ("network.protocol", "threat.indicator.provider"),
    ]
    let values: [String: [String]] = [
      "ip": ["10.0.0.1", "10.0.0.2", "::ffff:10.0.0.1", "2001:db8::1", "2001:DB8:0::1", "no address"],
      "net": ["10.0.0.0/30", "2001:db8::/32", "10.0.0.1/32", "0.0.0.0/0"], "port": ["80", "443", "080", "443.0", "x"],
      "name": ["ops", "Ops", "bad actor", "the bad one", "5", "true"],
      "time": ["2026-01-01T00:00:00.000Z", "2026-01-01", "1767225600000", "2026-01-02T10:00:00Z"],
    ]
    func made(_ path: String, ofIndicator: Bool) -> [String] {
      let kind =
        path.hasSuffix(".ip")
        ? (ofIndicator && pick([true, false, false, false]) ? "net" : "ip")
        : path.hasSuffix("port") ? "port" : path.contains("created") || path.contains("seen") ? "time" : "name"
      return (0..<pick([0, 1, 1, 1, 1, 2])).map { _ in pick(values[kind] ?? []) }
    }
    let base: Int64 = 1_767_600_000_000
    var (alerts, cuts, negated, moved) = (0, 0, 0, 0)
    for number in 0..<300 {
      let mapping = (0..<pick([1, 1, 2, 3])).map { _ in
        (0..<pick([1, 1, 2, 3])).map { place in
          let (field, value) = pick(pairs)
          return ThreatMappingEntry(field: field, value: value, negate: place > 0 && pick([true, false, false]))
        }
      }
      var rule = Rule.threatMatch(mapping)
      rule.schedule.interval = try Interval("5m")
      rule.schedule.from = try DateMath(pick(["now-5m", "now-9m", "now-20m"]))
      rule.schedule.maxSignals = pick([1, 2, 100, 100])
      if pick([true, false]) { rule.threatMatch?.query = "@timestamp >= \"now-1h\"" }
      let events = (0..<Int.random(in: 1...12, using: &random)).map { place in
        Document(
          id: "e\(place)", index: "logs-net-default", time: base + Int64(place) * 240_000 + pick([0, 1, 59_000]),
          fields: Dictionary(
            Set(pairs.map(\.0)).sorted().map { ($0, made($0, ofIndicator: false)) }, uniquingKeysWith: { $1 }))
      }
      let indicators = (0..<Int.random(in: 1...15, using: &random)).map { place in
        Document(
          id: "i\(place)", index: "logs-ti_feed-default",
          time: base - pick([0, 600_000, Self.age, Self.age - 900_000, 2 * Self.age]),
          fields: Dictionary(
            Set(pairs.map(\.1)).sorted().map { ($0, made($0, ofIndicator: true)) }, uniquingKeysWith: { $1 }))
      }
      let place = Comment(
        rawValue: "seed \(seed), case \(number)\n\(rule.threatMatch!)\n\(rule.schedule.from.text)\n"
          + (events + indicators).map(\.json).joined(separator: "\n"))
      let workers = Int.random(in: 1...3, using: &random)
      func deal(_ documents: [Document]) -> [[String]] {
        (0..<workers).map { worker in
          [documents.indices.filter { $0 % workers == worker }.map { documents[$0].json }.joined(separator: "\n")]
        }
      }
      let expected = ReferenceMatch(rule, events, indicators).created
      // Another rule that compares the same fields with other indicators changes nothing.
      let other = Rule.threatMatch(
        [[ThreatMappingEntry(field: pick(pairs).0, value: pick(pairs).1)]], query: "threat.indicator.name: ops",
        id: "other")
      let sought = pick([[rule], [rule, other], [other, rule]])
      let hunt = TestHunt([rule], indicators: try TestHunt.indicators(sought, deal(indicators)))
      guard !hunt.plan.rules.isEmpty else {
        try #require(expected.isEmpty, "\(hunt.plan.unrunnable.map(\.reason)) \(place)")
        continue
      }
      let result = try hunt.run(deal(events))
      let got = try TestHunt.alerts(result).map { alert in
        let told = try alert.document["threat"]?["enrichments"]?.arrayValue ?? []
        let fields = told.map { one in
          let path = one["matched"]?["field"]?.stringValue ?? "?"
          return "\(path) \(one["matched"]?["id"]?.stringValue ?? "?")"
        }
        return ReferenceMatch.Created(
          tick: alert.tick.milliseconds, event: alert.sourceID, enrichments: fields.sorted())
      }.sorted()
      // An alert does not say which field of the indicator it was.
      let wanted = expected.map { one in
        var one = one
        one.enrichments = one.enrichments.map { line in
          let parts = line.split(separator: " ")
          return "\(parts[0]) \(parts[2])"
        }.sorted()
        return one
      }.sorted()
      try #require(got == wanted, place)
      alerts += got.count
      cuts += result.outcomes[0].cuts.count
      if mapping.joined().contains(where: \.negate) { negated += got.count }
      if rule.threatMatch?.query.contains("now") == true { moved += got.count }
    }
    #expect(
      !stands(seed) || alerts > 300 && cuts > 5 && negated > 20 && moved > 50, "\(alerts) \(cuts) \(negated) \(moved)")
  }
}
