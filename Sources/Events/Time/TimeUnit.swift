/// A unit of date math.
public enum TimeUnit: Hashable, Sendable {
  case year, month, week, day, hour, minute, second

  /// The unit that a letter stands for: `y M w d h H m s`.
  public init?(letter: UInt8) {
    switch letter {
    case UInt8(ascii: "y"): self = .year
    case UInt8(ascii: "M"): self = .month
    case UInt8(ascii: "w"): self = .week
    case UInt8(ascii: "d"): self = .day
    case UInt8(ascii: "h"), UInt8(ascii: "H"): self = .hour
    case UInt8(ascii: "m"): self = .minute
    case UInt8(ascii: "s"): self = .second
    default: return nil
    }
  }

  /// The unit's length in milliseconds; nil for months and years, whose length varies.
  public var milliseconds: Int64? {
    switch self {
    case .year, .month: nil
    case .week: 604_800_000
    case .day: 86_400_000
    case .hour: 3_600_000
    case .minute: 60_000
    case .second: 1000
    }
  }

  /// The start of the unit that holds the instant; weeks start on Monday.
  func floor(_ timestamp: Timestamp) -> Timestamp {
    if let length = milliseconds {
      // 1970-01-01 was a Thursday: weeks are counted from the Monday before it.
      let shift: Int64 = self == .week ? 3 * CivilTime.millisecondsPerDay : 0
      let units = CivilTime.floorDivide(timestamp.milliseconds + shift, length)
      return Timestamp(milliseconds: units * length - shift)
    }
    let civil = CivilTime(timestamp)
    let day = CivilTime.day(year: civil.year, month: self == .year ? 1 : civil.month, day: 1)
    return Timestamp(milliseconds: day * CivilTime.millisecondsPerDay)
  }

  /// The instant `count` units later; a day that the month lacks becomes its last; stays within `earliest...latest`.
  func add(_ count: Int64, to timestamp: Timestamp) -> Timestamp {
    let bound = count < 0 ? Timestamp.earliest : Timestamp.latest
    if let length = milliseconds {
      let (span, tooLong) = count.multipliedReportingOverflow(by: length)
      let (sum, tooFar) = timestamp.milliseconds.addingReportingOverflow(span)
      return tooLong || tooFar ? bound : Timestamp(milliseconds: sum).clamped
    }
    // Beyond this the result lies outside the years that exist, and smaller numbers cannot overflow below.
    guard abs(count.clamped(to: -200_000...200_000)) < 200_000 else { return bound }
    let civil = CivilTime(timestamp)
    let months = civil.year * 12 + civil.month - 1 + Int(count) * (self == .year ? 12 : 1)
    let year = Int(CivilTime.floorDivide(Int64(months), 12))
    let month = months - year * 12 + 1
    let day = min(civil.day, CivilTime.daysInMonth(month, of: year))
    let moved =
      CivilTime.day(year: year, month: month, day: day)
      - CivilTime.day(year: civil.year, month: civil.month, day: civil.day)
    return Timestamp(milliseconds: timestamp.milliseconds + moved * CivilTime.millisecondsPerDay).clamped
  }
}

extension Timestamp {
  /// The nearest instant within `earliest...latest`.
  var clamped: Timestamp {
    Timestamp(milliseconds: milliseconds.clamped(to: Self.earliest.milliseconds...Self.latest.milliseconds))
  }
}

extension Int64 {
  func clamped(to range: ClosedRange<Int64>) -> Int64 { Swift.min(Swift.max(self, range.lowerBound), range.upperBound) }
}
