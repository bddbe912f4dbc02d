import Events

/// Events that a rule matched, each with what its type noted of it: what types keep whose alerts stand on several events.
struct NotedMatches: Sendable {
  struct Match: Sendable {
    var sighting: Sighting
    /// Numbers of notes.
    var notes: [UInt32]
  }

  /// What was noted, equal notes once.
  private(set) var notes = ValueDictionary()
  private(set) var all: [Match] = []
  /// Events of which more was to be noted than counts.
  private(set) var cutEvents = 0

  /// Adds a match; its event is kept where something is noted of it, or in any case. False when there was no room for all of it.
  mutating func add(
    _ sighting: Sighting, _ source: some NoteSource, _ room: MatchRoom, keepsAll: Bool = false
  ) throws -> Bool {
    var match = Match(sighting: sighting, notes: [])
    var (isWhole, isCut) = (true, source.isCut)
    source.forEach { note in
      guard match.notes.count < FindingsBuilder.mostNotes else {
        isCut = true
        return false
      }
      let known = notes.count
      match.notes.append(notes.insert(Scalar(.string, note)))
      isWhole = room.take(notes.count > known ? 200 + 2 * note.count : 4)
      return isWhole
    }
    if isCut, isWhole { cutEvents += 1 }
    match.sighting.kept = match.notes.isEmpty && !keepsAll ? nil : try room.keep()
    all.append(match)
    return isWhole
  }

  mutating func merge(_ other: NotedMatches) {
    cutEvents += other.cutEvents
    let codes = (0..<other.notes.count).map { place in
      other.notes.withValue(UInt32(place + 1)) { notes.insert($0) }
    }
    for var match in other.all {
      match.notes = match.notes.map { codes[Int($0) - 1] }
      all.append(match)
    }
  }

  /// Puts matches in order; an event that names no id is met as often as it is delivered, and stays once.
  mutating func finish() {
    all.sort { $0.sighting < $1.sighting }
    var last: Sighting?
    all.removeAll { match in
      defer { last = match.sighting }
      return match.sighting == last
    }
  }

  mutating func moveSources(by count: UInt32) {
    for at in all.indices { all[at].sighting.kept?.source += count }
  }
}
