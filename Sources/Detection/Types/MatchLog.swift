import CloudTrail
import Events

/// Every event that a new terms rule's query matched, in a few bytes each: what evidence is counted from. An event with
/// several combinations has an entry for each of them, one with none has one under combination 0.
struct MatchLog: Sendable {
  private(set) var times: [Int64] = []
  private(set) var ids: [EventID] = []
  private(set) var combinations: [UInt32] = []
  /// Which executions see the entry, numbers of `ExecutionConditions`; empty while all always do.
  private var conditions: [UInt32] = []

  var count: Int { times.count }

  mutating func append(_ sighting: Sighting, combination: UInt32) {
    append(sighting.time, sighting.id, combination, condition: sighting.condition)
  }

  private mutating func append(_ time: Int64, _ id: EventID, _ combination: UInt32, condition: UInt32) {
    let always = ExecutionConditions.always
    if condition != always, conditions.isEmpty { conditions = [UInt32](repeating: always, count: times.count) }
    times.append(time)
    ids.append(id)
    combinations.append(combination)
    if !conditions.isEmpty || condition != always { conditions.append(condition) }
  }

  /// Takes over another log, whose combinations have other numbers here.
  mutating func append(_ other: MatchLog, combination: (UInt32) -> UInt32) {
    for at in 0..<other.count {
      append(
        other.times[at], other.ids[at], combination(other.combinations[at]), condition: other.condition(at))
    }
  }

  func condition(_ at: Int) -> UInt32 { conditions.isEmpty ? ExecutionConditions.always : conditions[at] }

  /// The entries by time, then by id.
  func sorted() -> MatchLog {
    var log = MatchLog()
    let order = times.indices.sorted { (times[$0], ids[$0], combinations[$0]) < (times[$1], ids[$1], combinations[$1]) }
    for at in order { log.append(times[at], ids[at], combinations[at], condition: condition(at)) }
    return log
  }
}
