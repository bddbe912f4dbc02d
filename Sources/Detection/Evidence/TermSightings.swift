import CloudTrail
import Events

/// When each single value of alerting combinations was seen before: by a user known on other roles, say.
struct TermSightings {
  /// A value in one of the rule's fields.
  private struct Value: Hashable {
    var field: Int
    var term: NewTerm
  }

  /// Matching events that hold each value of interest, in order.
  private var sightings: [Value: [Place]] = [:]

  private struct Place {
    var time: Int64
    var id: EventID
    var condition: UInt32
  }

  private let conditions: ExecutionConditions

  /// `log` is sorted; `wanted` are the combinations that alert.
  init(_ log: MatchLog, _ history: NewTermsHistory, _ conditions: ExecutionConditions, wanted: [[NewTerm]]) {
    self.conditions = conditions
    for terms in wanted {
      for (field, term) in terms.enumerated() { sightings[Value(field: field, term: term)] = [] }
    }
    // What each combination holds of them.
    var held: [[Value]?] = Array(repeating: nil, count: history.sightings.count)
    for at in 0..<log.count where log.combinations[at] != 0 {
      let code = Int(log.combinations[at])
      let values =
        held[code]
        ?? history.terms(UInt32(code)).enumerated().map { Value(field: $0, term: $1) }.filter { sightings[$0] != nil }
      held[code] = values
      let place = Place(time: log.times[at], id: log.ids[at], condition: log.condition(at))
      for value in values { sightings[value]?.append(place) }
    }
  }

  /// When a value was last seen before an event, in what an execution sees since `start`; nil when it was not.
  func lastSeen(_ term: NewTerm, field: Int, before sighting: Sighting, since start: Int64, at tick: Timestamp)
    -> Timestamp?
  {
    let places = sightings[Value(field: field, term: term)] ?? []
    var low = 0
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if (places[middle].time, places[middle].id) < (sighting.time, sighting.id) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    while low > 0, places[low - 1].time >= start {
      low -= 1
      if conditions.holds(places[low].condition, at: tick) { return Timestamp(milliseconds: places[low].time) }
    }
    return nil
  }
}
