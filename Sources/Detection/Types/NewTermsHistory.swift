import Events

/// What a new terms rule has seen: for each combination of values the events that matter, however many there were.
///
/// An alert is built on an event before which, back to the start of the history, there is none of the same combination.
/// So an event close behind another one never gives an alert, and an event between two that are close to each other
/// decides nothing: it is forgotten at once. What is left grows with the combinations and the time span, not the events.
struct NewTermsHistory: Sendable {
  /// Encoded combinations; a code is an index to `sightings`.
  private(set) var combinations = ValueDictionary()
  /// The sightings of each combination in order; entry 0 is unused.
  private(set) var sightings: [[Sighting]] = [[]]
  /// All events that the query matched.
  private(set) var log = MatchLog()
  /// Sightings this close are never both first; nil keeps all.
  private let alwaysOldWithin: Int64?

  init(alwaysOldWithin: Int64?) {
    self.alwaysOldWithin = alwaysOldWithin
  }

  /// Events with more combinations than count.
  private(set) var cutEvents = 0

  mutating func noteCutEvent() { cutEvents += 1 }

  /// Takes note of an event that matches and has no combination.
  mutating func addWithout(_ sighting: Sighting) { log.append(sighting, combination: 0) }

  /// The values of a combination in the order of the fields.
  func terms(_ code: UInt32) -> [NewTerm] {
    combinations.withValue(code) {
      TermCombination.terms($0.bytes)
    }
  }

  /// Adds a sighting of a combination; `keep` is asked for the record when the event may give an alert.
  mutating func add(
    _ combination: UnsafeBufferPointer<UInt8>, sighting: Sighting, keep: () throws -> KeptReference
  ) rethrows {
    let code = Int(combinations.insert(Scalar(.string, combination)))
    if code == sightings.count { sightings.append([]) }
    log.append(sighting, combination: UInt32(code))
    try Self.insert(sighting, into: &sightings[code], within: alwaysOldWithin, keep: keep)
  }

  /// Takes over what another worker has seen.
  mutating func merge(_ other: NewTermsHistory) {
    cutEvents += other.cutEvents
    var numbers: [UInt32] = [0]
    for code in 1..<max(1, other.sightings.count) {
      let mine = Int(other.combinations.withValue(UInt32(code)) { combinations.insert($0) })
      numbers.append(UInt32(mine))
      if mine == sightings.count { sightings.append([]) }
      if sightings[mine].isEmpty {
        sightings[mine] = other.sightings[code]
      } else {
        for sighting in other.sightings[code] {
          Self.insert(sighting, into: &sightings[mine], within: alwaysOldWithin) { nil }
        }
      }
    }
    log.append(other.log) { numbers[Int($0)] }
  }

  /// Puts the sightings in order once all workers' have been put together.
  mutating func finish() {
    guard alwaysOldWithin == nil else { return }
    for code in sightings.indices {
      sightings[code].sort()
      // An event that names no id is met as often as it is delivered.
      var last: Sighting?
      sightings[code].removeAll { sighting in
        defer { last = sighting }
        return sighting == last
      }
    }
  }

  mutating func mapSightings(_ change: (inout Sighting) -> Void) {
    for code in sightings.indices {
      for at in sightings[code].indices { change(&sightings[code][at]) }
    }
  }

  private static func insert(
    _ sighting: Sighting, into list: inout [Sighting], within span: Int64?, keep: () throws -> KeptReference?
  ) rethrows {
    var sighting = sighting
    guard span != nil else {
      // Everything is kept; `finish` puts it in order.
      if sighting.kept == nil { sighting.kept = try keep() }
      return list.append(sighting)
    }
    var place = list.count
    while place > 0, sighting < list[place - 1] { place -= 1 }
    let before = place > 0 ? list[place - 1] : nil
    if let before, before == sighting { return }
    let isOld: Bool
    if let span, let before {
      if place < list.count, list[place].time - before.time <= span { return }
      isOld = sighting.time - before.time <= span
    } else {
      isOld = false
    }
    if !isOld, sighting.kept == nil { sighting.kept = try keep() }
    list.insert(sighting, at: place)
    guard let span else { return }
    // The neighbours may have become such as decide nothing.
    if place + 2 < list.count, list[place + 2].time - sighting.time <= span { list.remove(at: place + 1) }
    if place >= 2, sighting.time - list[place - 2].time <= span { list.remove(at: place - 1) }
  }
}
