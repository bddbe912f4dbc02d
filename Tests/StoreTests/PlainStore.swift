import Events
import Store

/// The same promises over plain events, one after the other: slow, and obviously right.
struct PlainStore {
  /// In the order in which they were stored.
  private(set) var events: [PlainEvent] = []
  private var objects: [String: SourceObject] = [:]

  /// Appends batches, each of one data stream.
  mutating func append(
    _ batches: [[PlainEvent]], from object: SourceObject?, _ precedence: Precedence = .lowest
  ) -> AppendOutcome {
    // Of texts that came first only whether they are updates counts.
    func rank(_ event: PlainEvent) -> UInt32 {
      precedence == .lowest ? event.content : event.content < 1 << 31 ? 0 : 1
    }
    if let object, objects[object.origin] == object { return AppendOutcome(isRepeated: true) }
    if let object { objects[object.origin] = object }
    var outcome = AppendOutcome()
    for batch in batches {
      // Of one batch only the first of those with the lowest rank counts.
      var new: [PlainEvent] = []
      for (place, event) in batch.enumerated() {
        let rivals = batch.enumerated().filter { $0.element.identity == event.identity }
        let isBest = rivals.allSatisfy { (rank($0.element), $0.offset) >= (rank(event), place) }
        if isBest { new.append(event) } else { outcome.duplicates += 1 }
      }
      for event in new {
        if let at = events.firstIndex(where: { $0.identity == event.identity }) {
          guard rank(event) < rank(events[at]) else {
            outcome.duplicates += 1
            continue
          }
          outcome.replaced += 1
          events.remove(at: at)
        }
        outcome.stored += 1
        events.append(event)
      }
    }
    return outcome
  }

  mutating func delete(before time: Int64, of stream: String?) -> Int {
    let before = events.count
    events.removeAll { $0.time.map { $0 < time } ?? false && (stream == nil || stream == $0.stream) }
    return before - events.count
  }
}

/// A selection with what it means for one event.
struct PlainSelection {
  var query: PlainQuery
  var stream: String?
  var times: ClosedRange<Int64>?
  /// nil for `@timestamp`.
  var timeField: String?
  var fallsBack = true

  /// When an event was; nil where it has no time, or none that is meant.
  func time(_ event: PlainEvent) -> Int64? {
    guard let timeField else { return event.time }
    let dates = (event.values[timeField] ?? []).compactMap { Timestamp(iso8601: $0)?.milliseconds }
    let own = dates.isEmpty && fallsBack ? [event.time].compactMap { $0 } : dates
    return own.filter { times?.contains($0) ?? true }.min()
  }

  func isSearched(_ event: PlainEvent) -> Bool {
    (stream == nil || stream == event.stream) && (times.map { time(event).map($0.contains) ?? false } ?? true)
  }

  func matches(_ event: PlainEvent) -> Bool { isSearched(event) && query.matches(event) }
}

/// A query with what it means for one event.
indirect enum PlainQuery {
  case all
  case equals(String, String)
  case prefix(String, String)
  case exists(String)
  case atLeast(Int)
  case not(PlainQuery)
  case and(PlainQuery, PlainQuery)
  case or(PlainQuery, PlainQuery)

  func matches(_ event: PlainEvent) -> Bool {
    switch self {
    case .all: true
    case .equals(let field, let value): event.values[field]?.contains(value) ?? false
    case .prefix(let field, let start): event.values[field]?.contains { $0.hasPrefix(start) } ?? false
    case .exists(let field): !(event.values[field] ?? []).isEmpty
    case .atLeast(let number): event.values["event.severity"]?.contains { Int($0) ?? .min >= number } ?? false
    case .not(let query): !query.matches(event)
    case .and(let left, let right): left.matches(event) && right.matches(event)
    case .or(let left, let right): left.matches(event) || right.matches(event)
    }
  }

  /// As KQL.
  var text: String {
    switch self {
    case .all: "*"
    case .equals(let field, let value): "\(field): \"\(value)\""
    case .prefix(let field, let start): "\(field): \(start)*"
    case .exists(let field): "\(field): *"
    case .atLeast(let number): "event.severity >= \(number)"
    case .not(let query): "not (\(query.text))"
    case .and(let left, let right): "((\(left.text)) and (\(right.text)))"
    case .or(let left, let right): "((\(left.text)) or (\(right.text)))"
    }
  }
}
