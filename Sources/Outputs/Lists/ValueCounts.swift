import Events
import Store

/// How often values, or combinations of values, were met, and when first and last. Held in bounds.
public struct ValueCounts: Sendable {
  /// Combinations that are counted one by one; what others have is counted together.
  public static let mostGroups = 200_000
  /// Bytes of values that are kept at most, and of one value.
  static let mostBytes = 64 << 20
  static let longestValue = 4096
  /// Combinations that one event adds to at most.
  public static let mostOfOneEvent = CombinationCounter.mostOfOneEvent

  /// What one combination came to.
  public struct Group: Sendable, Equatable {
    public var count: Int
    public var first: Timestamp?
    public var last: Timestamp?

    public init(count: Int = 0, first: Timestamp? = nil, last: Timestamp? = nil) {
      self.count = count
      self.first = first
      self.last = last
    }

    mutating func merge(_ other: Group) {
      count += other.count
      if let time = other.first { first = min(first ?? time, time) }
      if let time = other.last { last = max(last ?? time, time) }
    }
  }

  public let fields: [String]
  private var groups: [[String?]: Group] = [:]
  private var bytes = 0
  /// What was met of combinations for which there was no room.
  public private(set) var others = 0
  /// Events of which not all combinations were counted.
  public private(set) var cutEvents = 0

  public init(_ fields: [String]) { self.fields = fields }

  /// What a store has counted.
  public init(_ groups: EventGroups) {
    self.init(groups.fields)
    for (values, group) in groups.all {
      add(values, Group(count: group.count, first: group.first?.time, last: group.last?.time))
    }
    others += groups.others
    cutEvents = groups.cutEvents
  }

  /// How many combinations are counted one by one.
  public var count: Int { groups.count }

  /// Adds to a combination: a value for each field, nil where there is none.
  public mutating func add(_ values: [String?], _ group: Group) {
    let values = values.map { $0.map(Self.bounded) }
    if groups[values] != nil { return groups[values]!.merge(group) }
    let size = values.reduce(64) { $0 + ($1?.utf8.count ?? 0) + 16 }
    guard groups.count < Self.mostGroups, bytes + size <= Self.mostBytes else { return others += group.count }
    bytes += size
    groups[values] = group
  }

  /// Adds one event or alert with any number of values in each field: each combination counts.
  public mutating func add(each values: [[String]], at time: Timestamp?) {
    var combinations: [[String?]] = [[]]
    for field in values {
      let choices: [String?] = field.isEmpty ? [nil] : unique(field)
      if combinations.count * choices.count > Self.mostOfOneEvent {
        cutEvents += 1
        let room = max(1, Self.mostOfOneEvent / combinations.count)
        combinations = combinations.flatMap { start in choices.prefix(room).map { start + [$0] } }
      } else {
        combinations = combinations.flatMap { start in choices.map { start + [$0] } }
      }
    }
    for combination in combinations { add(combination, Group(count: 1, first: time, last: time)) }
  }

  /// Adds what was counted over the rows of a batch.
  mutating func add(_ counter: CombinationCounter) {
    for tally in counter.tallies {
      add(
        counter.values(tally),
        Group(count: tally.count, first: tally.first?.time, last: tally.last?.time))
    }
    cutEvents += counter.cutEvents
  }

  /// Adds what another worker has counted.
  public mutating func merge(_ other: ValueCounts) {
    for (values, group) in other.groups { add(values, group) }
    others += other.others
    cutEvents += other.cutEvents
  }

  /// The combinations: the most frequent first unless other keys are given, equal ones by their values.
  public func sorted(by keys: [SortKey] = []) -> [(values: [String?], group: Group)] {
    let keys = keys.isEmpty ? [SortKey(field: "count", isDescending: true)] : keys
    func value(_ entry: (values: [String?], group: Group), _ key: SortKey) -> SortValue {
      if let place = fields.firstIndex(of: key.field) { return SortValue(entry.values[place]) }
      switch key.field {
      case "first": return SortValue(entry.group.first?.iso8601)
      case "last": return SortValue(entry.group.last?.iso8601)
      default: return .number(Double(entry.group.count))
      }
    }
    let entries: [(values: [String?], group: Group)] = groups.map { ($0.key, $0.value) }
    let ranked = entries.map { entry in
      (entry, keys.map { value(entry, $0) }, entry.values.map { SortValue($0) })
    }
    return ranked.sorted { left, right in
      SortKey.precedes(left.1, right.1, keys) ?? SortKey.precedes(left.2, right.2, []) ?? false
    }.map(\.0)
  }

  /// The names that `sorted` takes beside the fields.
  public static let ownKeys = ["count", "first", "last"]

  /// What is to be said of the counts, where fewer rows were shown than there are or not everything was counted.
  public func notices(shown: Int) -> [String] {
    var notices = [
      (others > 0 ? "more than " : "")
        + "\(CountText.count(count, fields.count == 1 ? "distinct value" : "distinct combination")) of "
        + fields.joined(separator: ", ") + (shown < count ? ", the first \(shown) are shown" : "")
    ]
    if others > 0 {
      notices.append(
        "no more than \(count) are counted one by one; \(others) occurrences of others are in no row: narrow the query, or "
          + "name other fields")
    }
    if cutEvents > 0 {
      notices.append(
        "\(CountText.count(cutEvents, "event")) had more than \(Self.mostOfOneEvent) combinations; the others were left out"
      )
    }
    return notices
  }

  private static func bounded(_ value: String) -> String {
    guard value.utf8.count > longestValue else { return value }
    return String(value.unicodeScalars.prefix(longestValue / 4)) + "…"
  }

  private func unique(_ values: [String]) -> [String] {
    guard values.count > 1 else { return values }
    var seen: Set<String> = []
    return values.filter { seen.insert($0).inserted }
  }
}
