import Events
import JSON

/// Answers whole queries of EQL over a plain array of events: key by key, and step by step within each.
struct ReferenceEQLSearch {
  typealias Value = ReferenceEQLValue
  typealias Key = [Value?]

  struct Hit: Hashable {
    /// What `string` makes of the join keys.
    var keys: [String?]
    /// Places in the array; nil for a missing event.
    var events: [Int?]
  }

  private struct Event {
    var place: Int
    var json: JSONValue
    var time: Int64?
    var tiebreaker: Int64?
  }

  /// In the order of the search: by time, then by tiebreaker, those without one last, then as they were given.
  private let events: [Event]
  private let categoryField: String

  init(_ events: [JSONValue], categoryField: String) {
    self.categoryField = categoryField
    let read = events.enumerated().map { place, json in
      Event(
        place: place, json: json, time: Self.whole("@timestamp", json), tiebreaker: Self.whole("event.sequence", json))
    }
    self.events = read.sorted { left, right in
      let (one, other) = (left.time ?? .max, right.time ?? .max)
      if one != other { return one < other }
      if (left.tiebreaker == nil) != (right.tiebreaker == nil) { return right.tiebreaker == nil }
      if let one = left.tiebreaker, let other = right.tiebreaker, one != other { return one < other }
      return left.place < right.place
    }
  }

  private static func whole(_ path: String, _ event: JSONValue) -> Int64? {
    switch Value.values(of: path, in: event).first {
    case .date(let number), .whole(let number): number
    default: nil
    }
  }

  func hits(_ asked: EQLAsked) -> [Hit] {
    var hits: [Hit]
    switch asked.form {
    case .event: hits = events.filter { takes(asked.items[0], $0) }.map { Hit(keys: [], events: [$0.place]) }
    case .sequence: hits = sequences(asked)
    case .sample: hits = samples(asked)
    }
    for pipe in asked.pipes {
      switch pipe {
      case .head(let count): hits = Array(hits.prefix(count))
      case .tail(let count): hits = Array(hits.suffix(count))
      }
    }
    return hits
  }

  // MARK: Items

  private func takes(_ item: EQLAsked.Item, _ event: Event) -> Bool {
    if let category = item.category, !Value.values(of: categoryField, in: event.json).contains(.text(category)) {
      return false
    }
    return ReferenceEQL(event: event.json).holds(item.test)
  }

  /// Under which keys an event is; none where one that must be there has no value.
  private func keys(_ asked: EQLAsked, _ item: EQLAsked.Item, _ event: Event) -> [Key] {
    var keys: [Key] = [[]]
    for key in asked.keys + item.keys {
      var values: [Value?] = []
      for value in Value.values(of: key.field, in: event.json) where !values.contains(value) { values.append(value) }
      if values.isEmpty, key.isOptional { values = [nil] }
      keys = keys.flatMap { key in values.map { key + [$0] } }
    }
    return keys
  }

  /// The events, by their places in the order of the search, that an item takes, and under which keys.
  private struct Taken {
    var all: [(place: Int, keys: [Key])]

    func places(_ key: Key) -> [Int] { all.filter { $0.keys.contains(key) }.map(\.place) }
  }

  private func taken(_ asked: EQLAsked, _ item: EQLAsked.Item, _ events: [Event], _ others: [EQLTest] = []) -> Taken {
    let rows = events.indices.filter { place in
      takes(item, events[place]) && others.allSatisfy { ReferenceEQL(event: events[place].json).holds($0) }
    }
    return Taken(all: rows.map { ($0, keys(asked, item, events[$0])) })
  }

  private func taken(_ asked: EQLAsked, at place: Int, _ events: [Event]) -> Taken {
    taken(asked, asked.items[place], events, asked.testsOfOthers(at: place))
  }

  private static func shown(_ key: Key) -> [String?] { key.map { $0?.written } }

  // MARK: Sequences

  private func sequences(_ asked: EQLAsked) -> [Hit] {
    let timed = events.filter { $0.time != nil }
    let items = asked.items.indices.flatMap { place in
      let item = asked.items[place]
      let taken = taken(asked, at: place, timed)
      return (0..<item.runs).map { _ in (isMissing: item.isMissing, taken: taken) }
    }
    let positive = items.filter { !$0.isMissing }.map(\.taken)
    let until = asked.until.map { taken(asked, $0, timed) }
    var found: [(chain: [Int], rank: Int, hit: Hit)] = []
    for key in Set(positive.flatMap { $0.all.flatMap(\.keys) }) {
      let stops = until?.places(key) ?? []
      var chains = positive[0].places(key).map { [$0] }
      for item in positive.dropFirst() {
        var longer: [[Int]] = []
        for place in item.places(key) {
          // The latest that ended before goes on; those before it do not any more.
          let before = chains.filter { $0[$0.count - 1] < place }
          chains.removeAll { $0[$0.count - 1] < place }
          guard let chain = before.last else { continue }
          if let span = asked.maxspan, time(timed, place) - time(timed, chain[0]) > span { continue }
          if stops.contains(where: { chain[chain.count - 1] <= $0 && $0 < place }) { continue }
          longer.append(chain + [place])
        }
        chains = longer
      }
      for chain in chains where isAllowed(asked.maxspan, items, key, chain, timed) {
        var rest = chain[...]
        let events = items.map { item in item.isMissing ? nil : rest.popFirst().map { timed[$0].place } }
        let last = positive[positive.count - 1].all.first { $0.place == chain[chain.count - 1] }
        let rank = last?.keys.firstIndex(of: key) ?? 0
        found.append((chain, rank, Hit(keys: Self.shown(key), events: events)))
      }
    }
    // By their last event; of one event in the order of its keys.
    return found.sorted { left, right in
      let (one, other) = (left.chain[left.chain.count - 1], right.chain[right.chain.count - 1])
      return one != other ? one < other : left.rank < right.rank
    }.map(\.hit)
  }

  private func time(_ events: [Event], _ place: Int) -> Int64 { events[place].time ?? 0 }

  /// Whether the events that must be missing are: none between two, and around all a span without them as long as allowed.
  private func isAllowed(
    _ maxspan: Int64?, _ items: [(isMissing: Bool, taken: Taken)], _ key: Key, _ chain: [Int], _ events: [Event]
  ) -> Bool {
    let times = chain.map { time(events, $0) }
    let (first, last) = (times[0], times[times.count - 1])
    let span = maxspan ?? .max
    var before: [Int64] = []
    var after: [Int64] = []
    var passed = 0
    for item in items {
      guard item.isMissing else {
        passed += 1
        continue
      }
      let found = item.taken.places(key).map { time(events, $0) }
      if passed == 0 {
        before += found.filter { $0 < first }
      } else if passed == times.count {
        after += found.filter { $0 > last }
      } else if found.contains(where: { times[passed - 1] < $0 && $0 < times[passed] }) {
        return false
      }
    }
    let begins = items[0].isMissing
    let ends = items[items.count - 1].isMissing
    if (begins && before.isEmpty) || (ends && after.isEmpty) { return true }
    if !begins, !ends { return true }
    return (ends ? after.min() ?? last : last) - (begins ? before.max() ?? first : first) > span
  }

  // MARK: Samples

  private func samples(_ asked: EQLAsked) -> [Hit] {
    let items = asked.items.indices.map { taken(asked, at: $0, events) }
    let all = Set(items.flatMap { $0.all.flatMap(\.keys) })
    let sorted = all.sorted { left, right in
      for (one, other) in zip(left, right) where one != other {
        guard let one else { return true }
        guard let other else { return false }
        return (Value.order(one, other) ?? 0) < 0
      }
      return false
    }
    return sorted.compactMap { key in
      Self.distinct(items.map { $0.places(key) }[...], []).map { chosen in
        Hit(keys: Self.shown(key), events: chosen.map { events[$0].place })
      }
    }
  }

  /// The first way to take an event from each list, none twice.
  private static func distinct(_ lists: ArraySlice<[Int]>, _ chosen: [Int]) -> [Int]? {
    guard let list = lists.first else { return chosen }
    for place in list where !chosen.contains(place) {
      if let found = distinct(lists.dropFirst(), chosen + [place]) { return found }
    }
    return nil
  }
}
