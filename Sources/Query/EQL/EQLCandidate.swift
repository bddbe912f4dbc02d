import Events

/// An event that takes part in an EQL query: which items it matches, and what joins and orders it.
public struct EQLCandidate: Sendable {
  /// Since the epoch, in milliseconds or where the field of times keeps them in nanoseconds; `Int64.max` for an event without a
  /// time.
  public var time: Int64
  public var tiebreaker: Value?
  /// The order of the input, from which ties are broken last.
  public var order: Int
  /// The items that it matches, ascending, each with the combinations of key values that it has there.
  public var items: [(item: Int, keys: [JoinKey])]

  public init(time: Int64, tiebreaker: Value?, order: Int, items: [(item: Int, keys: [JoinKey])]) {
    self.time = time
    self.tiebreaker = tiebreaker
    self.order = order
    self.items = items
  }
}

/// The values that join events; null where an optional key has none.
public struct JoinKey: Hashable, Sendable {
  public var values: [Value?]

  public init(_ values: [Value?]) { self.values = values }

  /// Keys that one event has at most.
  static let most = 10_000

  /// The combinations of the values of some cells; none where a key that is not optional has no value.
  public static func all(_ cells: [Cell], areOptional: [Bool]) -> [JoinKey] {
    var keys: [[Value?]] = [[]]
    for (cell, isOptional) in zip(cells, areOptional) {
      var values: [Value?] = []
      for value in cell.values where !values.contains(value) { values.append(value) }
      if values.isEmpty {
        guard isOptional else { return [] }
        values = [nil]
      }
      guard keys.count * values.count <= most else { return keys.prefix(most).map { JoinKey($0 + [values[0]]) } }
      keys = keys.flatMap { key in values.map { key + [$0] } }
    }
    return keys.map { JoinKey($0) }
  }

  /// Ascending by values, null first.
  static func precedes(_ left: JoinKey, _ right: JoinKey) -> Bool {
    for (mine, other) in zip(left.values, right.values) where mine != other {
      guard let mine else { return true }
      guard let other else { return false }
      return mine.order(other).map { $0 < 0 } ?? (mine.rank < other.rank)
    }
    return false
  }
}

extension Value {
  /// The place of its kind where values of several kinds are sorted.
  fileprivate var rank: Int {
    switch self {
    case .boolean: 0
    case .whole, .unsigned, .double: 1
    case .text: 2
    case .address: 3
    case .version: 4
    case .point, .span: 5
    }
  }
}

/// A hit: its events by their places among the candidates, nil for the place of a missing event.
public struct EQLHit: Hashable, Sendable {
  public var joinKey: JoinKey
  public var events: [Int?]

  public init(joinKey: JoinKey, events: [Int?]) {
    self.joinKey = joinKey
    self.events = events
  }
}
