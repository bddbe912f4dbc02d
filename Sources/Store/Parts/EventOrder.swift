import Events

/// An event that is to be put in an order.
struct PlacedEvent: Sendable {
  /// Of each field of the order.
  var keys: [SortValue]
  var time: Timestamp
  var identity: EventIdentity
  /// The place of its part, and its row in that.
  var part: Int
  var row: Int
}

/// The order of a scan that is not that of storing. No two events are equal in it.
struct EventOrder: Sendable {
  private let isByTime: Bool
  private let isDescending: Bool
  let keys: [SortKey]

  init(_ order: ScanRequest.Order) {
    switch order {
    case .stored, .time(isDescending: false): (isByTime, isDescending, keys) = (true, false, [])
    case .time: (isByTime, isDescending, keys) = (true, true, [])
    case .fields(let fields): (isByTime, isDescending, keys) = (false, false, fields)
    }
  }

  func precedes(_ left: PlacedEvent, _ right: PlacedEvent) -> Bool {
    if isByTime {
      if left.time != right.time {
        if left.time == .missing || right.time == .missing { return right.time == .missing }
        return (left.time < right.time) != isDescending
      }
    } else if let answer = SortKey.precedes(left.keys, right.keys, keys) {
      return answer
    }
    // `missing` lies before all others, so that events without a time come first among equals.
    if left.time != right.time { return left.time < right.time }
    return left.identity.precedes(right.identity)
  }
}
