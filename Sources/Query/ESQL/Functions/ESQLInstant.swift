import Events

/// A time of ES|QL to the nanosecond, of whichever precision its type has.
struct ESQLInstant: Comparable {
  /// Milliseconds since the epoch.
  var milliseconds: Int64
  /// Nanoseconds beyond them, from 0 to 999,999.
  var nanoseconds: Int64

  static let nanosecondsPerDay = CivilTime.millisecondsPerDay * 1_000_000

  init(milliseconds: Int64, nanoseconds: Int64 = 0) {
    (self.milliseconds, self.nanoseconds) = (milliseconds, nanoseconds)
  }

  /// A value of one of the two types of times; anything else is the epoch.
  init(_ value: Value, _ type: DataType) {
    let time = value.wholeValue ?? 0
    guard type == .dateNanos else {
      self.init(milliseconds: time)
      return
    }
    // The quotient first: near the first instant the next lower million does not fit.
    let rest = DateSpans.floorModulo(time, 1_000_000)
    self.init(milliseconds: time / 1_000_000 - (time < 0 && rest != 0 ? 1 : 0), nanoseconds: rest)
  }

  /// Days since 1970-01-01.
  var day: Int64 {
    // From the remainder: near the first instant, the day's start lies beyond what fits.
    let quotient = milliseconds / CivilTime.millisecondsPerDay
    return milliseconds % CivilTime.millisecondsPerDay < 0 ? quotient - 1 : quotient
  }

  var nanosecondOfDay: Int64 {
    DateSpans.floorModulo(milliseconds, CivilTime.millisecondsPerDay) * 1_000_000 + nanoseconds
  }

  static func < (left: ESQLInstant, right: ESQLInstant) -> Bool {
    (left.milliseconds, left.nanoseconds) < (right.milliseconds, right.nanoseconds)
  }
}
