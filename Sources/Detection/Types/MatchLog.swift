import CloudTrail
import Events

/// Every event that a new terms rule's query matched, in a few bytes each: what evidence is counted from. An event with
/// several combinations has an entry for each of them, one with none has one under combination 0.
struct MatchLog: Sendable {
  private(set) var times: [Int64] = []
  private(set) var ids: [EventID] = []
  private(set) var combinations: [UInt32] = []
  /// From when on executions see the entry; empty while all are always seen.
  private var visibleFrom: [Int64] = []

  var count: Int { times.count }

  mutating func append(_ sighting: Sighting, combination: UInt32) {
    append(sighting.time, sighting.id, combination, visibleFrom: sighting.visibleFrom)
  }

  private mutating func append(_ time: Int64, _ id: EventID, _ combination: UInt32, visibleFrom from: Int64) {
    if from != .min, visibleFrom.isEmpty { visibleFrom = [Int64](repeating: .min, count: times.count) }
    times.append(time)
    ids.append(id)
    combinations.append(combination)
    if !visibleFrom.isEmpty || from != .min { visibleFrom.append(from) }
  }

  /// Takes over another log, whose combinations have other numbers here.
  mutating func append(_ other: MatchLog, combination: (UInt32) -> UInt32) {
    for at in 0..<other.count {
      append(
        other.times[at], other.ids[at], combination(other.combinations[at]), visibleFrom: other.visibleFrom(at))
    }
  }

  func visibleFrom(_ at: Int) -> Int64 { visibleFrom.isEmpty ? .min : visibleFrom[at] }

  /// The entries by time, then by id.
  func sorted() -> MatchLog {
    var log = MatchLog()
    let order = times.indices.sorted { (times[$0], ids[$0], combinations[$0]) < (times[$1], ids[$1], combinations[$1]) }
    for at in order { log.append(times[at], ids[at], combinations[at], visibleFrom: visibleFrom(at)) }
    return log
  }
}
