import Events

/// The events that take part in an EQL query, packed: values that join them are held once, and an event costs some 40 bytes beside.
///
/// Events are told by their places, in the order in which they were added.
public struct EQLCandidates: Sendable {
  /// What an event takes part in: an item, with the place of a join key that it has there.
  struct Entry: Sendable {
    var item: UInt32
    var key: UInt32
  }

  /// As `EQLCandidate` has them.
  public private(set) var times: [Int64] = []
  /// The places of events in the input, by which ties are broken last.
  public private(set) var orders: [Int] = []
  /// Empty as long as no event has one.
  private var tiebreakers: [Value?] = []
  /// Where the entries of an event begin, and behind the last event where they end.
  private var starts: [Int] = [0]
  private var entries: [Entry] = []
  private var keys = JoinKeys()

  public init() {}

  public var count: Int { times.count }
  /// About how much memory all takes.
  var bytes: Int { count * 40 + entries.count * 8 + tiebreakers.count * 40 + keys.bytes }

  func entries(_ place: Int) -> ArraySlice<Entry> { entries[starts[place]..<starts[place + 1]] }
  func key(_ place: UInt32) -> JoinKey { keys[place] }

  // MARK: Adding

  public mutating func append(_ candidate: EQLCandidate) {
    for (item, keys) in candidate.items {
      for key in keys { add(item: item, key: place(of: key)) }
    }
    end(time: candidate.time, tiebreaker: candidate.tiebreaker, order: candidate.order)
  }

  /// Adds events that another worker found.
  public mutating func append(contentsOf other: EQLCandidates) {
    let places = other.keys.all.map { keys.place(of: $0) }
    let (base, former) = (entries.count, count)
    entries += other.entries.map { Entry(item: $0.item, key: places[Int($0.key)]) }
    starts += other.starts.dropFirst().map { $0 + base }
    times += other.times
    orders += other.orders
    guard !tiebreakers.isEmpty || !other.tiebreakers.isEmpty else { return }
    tiebreakers += [Value?](repeating: nil, count: former - tiebreakers.count)
    tiebreakers += other.tiebreakers
    tiebreakers += [Value?](repeating: nil, count: count - tiebreakers.count)
  }

  mutating func place(of key: JoinKey) -> UInt32 { keys.place(of: key) }

  /// Adds an entry of the event that `end` adds. Entries come by item, ascending.
  mutating func add(item: Int, key: UInt32) { entries.append(Entry(item: UInt32(item), key: key)) }

  /// True when the event that `end` would add has an entry.
  var hasEntries: Bool { entries.count > starts[count] }

  /// Adds the event whose entries were added before.
  mutating func end(time: Int64, tiebreaker: Value?, order: Int) {
    if let tiebreaker {
      tiebreakers += [Value?](repeating: nil, count: count - tiebreakers.count)
      tiebreakers.append(tiebreaker)
    } else if !tiebreakers.isEmpty {
      tiebreakers.append(nil)
    }
    starts.append(entries.count)
    times.append(time)
    orders.append(order)
  }

  /// Gives up the event whose entries were added before.
  mutating func leaveOut() { entries.removeSubrange(starts[count]...) }

  /// Moves the events from a place on to later places of the input.
  public mutating func moveOrders(from place: Int, by distance: Int) {
    for at in place..<count { orders[at] += distance }
  }

  // MARK: Order

  /// How much later a time is than another; the most there can be where that is more: any whole number may be a time.
  static func distance(from one: Int64, to other: Int64) -> Int64 {
    let (distance, isOver) = other.subtractingReportingOverflow(one)
    return isOver ? (other > one ? .max : .min) : distance
  }

  /// The places of all events in the order in which they follow one another: by time, then by tiebreaker, events without one
  /// after those with one, then by the input.
  public func ordered() -> [Int] {
    guard tiebreakers.isEmpty else { return ordered(times.indices) }
    // The usual case, in which what is compared lies side by side.
    struct Key {
      var time: Int64
      var order: Int
      var place: Int
    }
    var list = times.indices.map { Key(time: times[$0], order: orders[$0], place: $0) }
    list.sort { $0.time != $1.time ? $0.time < $1.time : $0.order < $1.order }
    return list.map(\.place)
  }

  /// Some places, in that order.
  public func ordered(_ places: some Sequence<Int>) -> [Int] { places.sorted(by: precedes) }

  private func precedes(_ left: Int, _ right: Int) -> Bool {
    if times[left] != times[right] { return times[left] < times[right] }
    if !tiebreakers.isEmpty {
      switch (tiebreakers[left], tiebreakers[right]) {
      case (let mine?, let other?): if let order = mine.order(other), order != 0 { return order < 0 }
      case (nil, _?): return false
      case (_?, nil): return true
      case (nil, nil): break
      }
    }
    return orders[left] < orders[right]
  }
}

/// Join keys, each once.
private struct JoinKeys: Sendable {
  private(set) var all: [JoinKey] = []
  private var places: [JoinKey: UInt32] = [:]
  private(set) var bytes = 0

  subscript(place: UInt32) -> JoinKey { all[Int(place)] }

  mutating func place(of key: JoinKey) -> UInt32 {
    if let known = places[key] { return known }
    let place = UInt32(all.count)
    all.append(key)
    places[key] = place
    // Its values once in the list, and its name and place in the table, which has room for as many again.
    bytes += 120 + key.values.reduce(0) { $0 + 48 + ($1?.textValue?.utf8.count ?? 0) }
    return place
  }
}
