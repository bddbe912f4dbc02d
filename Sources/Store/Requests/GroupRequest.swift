import Events

/// Asks how many events there are by values of fields.
public struct GroupRequest: Sendable {
  public var selection: EventSelection
  /// An event counts for each combination of its values in these; a field without one counts as having none.
  public var fields: [String]
  /// Fields whose distinct values are counted in each group.
  public var distinct: [String]

  public init(_ selection: EventSelection, by fields: [String], distinct: [String] = []) {
    self.selection = selection
    self.fields = fields
    self.distinct = distinct
  }
}

/// An event of a group, and when it was.
public struct Sighting: Hashable, Sendable {
  public var time: Timestamp
  public var event: EventReference

  public init(_ time: Timestamp, _ event: EventReference) {
    self.time = time
    self.event = event
  }

  /// By time, then by identity: which of two is first does not depend on where they lie.
  func isBefore(_ other: Sighting) -> Bool {
    time != other.time ? time < other.time : event.identity.precedes(other.event.identity)
  }
}

extension EventIdentity {
  /// By id, then by scope.
  func precedes(_ other: EventIdentity) -> Bool { id != other.id ? id < other.id : scope < other.scope }
}

/// How many events there are by values of fields. Answers about different events are put together with `merge`.
public struct EventGroups: Sendable {
  /// Combinations that are counted one by one; what others have is counted together.
  public static let mostGroups = 200_000
  /// Bytes of values that are kept at most, those of distinct values among them.
  public static let mostBytes = 64 << 20

  /// What one combination came to. Values are written as the terms that their fields keep.
  public struct Group: Sendable {
    public fileprivate(set) var count = 0
    /// The first and the last event; nil where none has a time.
    public fileprivate(set) var first: Sighting?
    public fileprivate(set) var last: Sighting?
    fileprivate var values: [Set<String>] = []

    init() {}

    /// How many distinct values each of the request's `distinct` fields has.
    public var distinct: [Int] { values.map(\.count) }
  }

  public let fields: [String]
  public let distinctFields: [String]
  private var groups: [[String?]: Group] = [:]
  private var bytes = 0
  /// What was counted of combinations for which there was no room.
  public private(set) var others = 0
  /// Events of which not all combinations were counted.
  public internal(set) var cutEvents = 0
  /// True where distinct values found no room: then there are at least as many as are counted.
  public private(set) var isDistinctCut = false

  public init(fields: [String], distinct: [String] = []) {
    self.fields = fields
    distinctFields = distinct
  }

  /// How many combinations are counted one by one.
  public var count: Int { groups.count }

  public subscript(_ values: [String?]) -> Group? { groups[values] }

  /// The combinations, in no order.
  public var all: some Sequence<(values: [String?], group: Group)> { groups.lazy.map { ($0.key, $0.value) } }

  /// Adds what was counted of a combination.
  ///
  /// - Parameter distinct: values that the `distinctFields` had.
  mutating func add(_ values: [String?], count: Int, first: Sighting?, last: Sighting?, distinct: [Set<String>]) {
    if groups[values] == nil {
      let size = values.reduce(64) { $0 + ($1?.utf8.count ?? 0) + 16 }
      guard groups.count < Self.mostGroups, bytes + size <= Self.mostBytes else { return others += count }
      bytes += size
      var group = Group()
      group.values = distinctFields.map { _ in [] }
      groups[values] = group
    }
    var group = groups.removeValue(forKey: values) ?? Group()
    group.count += count
    if let first, group.first.map({ first.isBefore($0) }) ?? true { group.first = first }
    if let last, group.last.map({ $0.isBefore(last) }) ?? true { group.last = last }
    for (place, more) in distinct.enumerated() {
      for value in more where !group.values[place].contains(value) {
        guard bytes + value.utf8.count + 32 <= Self.mostBytes else {
          isDistinctCut = true
          break
        }
        bytes += value.utf8.count + 32
        group.values[place].insert(value)
      }
    }
    groups[values] = group
  }

  /// Adds what was counted of other events.
  public mutating func merge(_ other: EventGroups) {
    for (values, group) in other.groups {
      add(values, count: group.count, first: group.first, last: group.last, distinct: group.values)
    }
    others += other.others
    cutEvents += other.cutEvents
    isDistinctCut = isDistinctCut || other.isDistinctCut
  }
}
