import Events
import Query
import Store
import TestSupport

/// Makes events and requests up from a seed: few values, so that requests meet something.
struct RandomRequests {
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
  mutating func any<Choice>(_ choices: [Choice]) -> Choice { choices.randomElement(using: &random)! }
  mutating func time() -> Int64 { Int64.random(in: -20...40, using: &random) * 500 }

  static let names = ["alice", "albert", "bob", "root", "a b"]
  static let teams = ["x", "y", "zz"]

  mutating func event() -> PlainEvent {
    let id = UInt64.random(in: 0...60, using: &random)
    func content() -> UInt32 {
      UInt32.random(in: 0...4, using: &random) | (chance(50) ? EventHead.originalBit : 0)
    }
    var event = PlainEvent(id, at: chance(90) ? time() : nil, content: content())
    event.text = "event \(id) \(Int.random(in: 0...9999, using: &random))"
    if chance(80) { event.values["user.name"] = values(Self.names) }
    if chance(50) { event.values["labels.team"] = values(Self.teams) }
    if chance(50) {
      var numbers = values((0...12).map(String.init))
      // Of numbers equal ones stay.
      if chance(30) { numbers += numbers.shuffled(using: &random).prefix(2) }
      event.values["event.severity"] = numbers
    }
    if chance(30) {
      event.values["event.ingested"] = values((0..<8).map { Timestamp(milliseconds: $0 * 2500).iso8601 } + ["no date"])
    }
    if chance(5) { event.values["labels.rare"] = ["\(id)"] }
    event.values = event.values.filter { !$0.value.isEmpty }
    return event
  }

  /// Distinct values of some.
  private mutating func values(_ choices: [String]) -> [String] {
    chance(75) ? [any(choices)] : Array(choices.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)))
  }

  /// Batches, each of one data stream.
  mutating func batches() -> [[PlainEvent]] {
    (0..<Int.random(in: 1...3, using: &random)).map { _ in
      let stream = any(["logs-a-default", "logs-a-default", "logs-b-default"])
      return (0..<Int.random(in: 1...9, using: &random)).map { _ in
        var event = event()
        event.stream = stream
        return event
      }
    }
  }

  mutating func fields() -> [String] {
    let all = ["user.name", "labels.team", "event.severity", "labels.rare", "labels.none"]
    return Array(all.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)))
  }

  mutating func sortKeys() -> [SortKey] {
    let all = ["user.name", "labels.team", "event.severity"].shuffled(using: &random)
    return all.prefix(Int.random(in: 1...2, using: &random)).map { SortKey(field: $0, isDescending: chance(50)) }
  }

  mutating func query(depth: Int) -> PlainQuery {
    switch Int.random(in: 0...(depth > 0 ? 9 : 5), using: &random) {
    case 0: return .all
    case 1: return .equals("user.name", any(Self.names))
    case 2: return .equals("labels.team", any(Self.teams + ["none"]))
    case 3: return .prefix("user.name", any(["al", "b", "zz"]))
    case 4: return .exists(any(["user.name", "labels.team", "event.severity", "labels.rare", "labels.none"]))
    case 5: return .atLeast(Int.random(in: 0...13, using: &random))
    case 6: return .not(query(depth: depth - 1))
    case 7: return .or(query(depth: depth - 1), query(depth: depth - 1))
    default: return .and(query(depth: depth - 1), query(depth: depth - 1))
    }
  }

  mutating func selection() -> PlainSelection {
    var selection = PlainSelection(query: query(depth: 3))
    if chance(30) { selection.stream = any(["logs-a-default", "logs-b-default", "logs-c-default"]) }
    if chance(50) {
      let (one, other) = (time(), time())
      selection.times = min(one, other)...max(one, other)
    }
    if chance(30) {
      selection.timeField = "event.ingested"
      selection.fallsBack = chance(60)
    }
    return selection
  }

  static func selection(_ plain: PlainSelection, now: Timestamp) throws -> EventSelection {
    EventSelection(
      try KQL.query(plain.query.text).predicate, index: plain.stream.map { IndexPattern($0) },
      times: plain.times.map { Timestamp(milliseconds: $0.lowerBound)...Timestamp(milliseconds: $0.upperBound) },
      timeField: plain.timeField.map { TimeField($0, fallsBack: plain.fallsBack) } ?? .timestamp, now: now)
  }
}
