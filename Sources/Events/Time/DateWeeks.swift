extension DatePattern {
  /// How weeks are counted.
  ///
  /// Letters of a pattern count them as Java's locales en-US and ROOT do, formats by name as ISO 8601 does. Source:
  /// Elasticsearch's documentation, "format (mapping parameter)", and Java's `WeekFields` with the locale data of CLDR.
  enum Weeks: Hashable, Sendable {
    /// From Monday; the first of a year has four days of it.
    case iso
    /// From Sunday; the first of a year has its first of January.
    case american

    private var leastDays: Int64 { self == .iso ? 4 : 1 }

    /// Where a day of the week stands in it, from 1 to 7; `weekday` is 1 for Monday to 7 for Sunday, as what `weekday(at:)` gives.
    func place(of weekday: Int64) -> Int64 { self == .iso ? weekday : weekday % 7 + 1 }

    func weekday(at place: Int64) -> Int64 { self == .iso ? place : (place + 5) % 7 + 1 }

    /// The week of the day so many days after 1970-01-01, and the year that it belongs to.
    func week(of day: Int64) -> (year: Int64, week: Int64) {
      // The year that the last of the days lies in that a first week has at least.
      let decisive = day - place(of: CivilTime.weekday(day: day)) + 8 - leastDays
      let year = CivilTime.date(day: decisive).year
      return (Int64(year), (decisive - CivilTime.day(year: year, month: 1, day: 1)) / 7 + 1)
    }

    /// The week of its month of a day, which is so many days after 1970-01-01 and the `date`-th of its month.
    func weekOfMonth(_ day: Int64, date: Int64) -> Int64 {
      let before = place(of: CivilTime.weekday(day: day - date + 1)) - 1
      return (date - 1 + before) / 7 + (7 - before >= leastDays ? 1 : 0)
    }

    /// The first day of the first week of a year within ±1,000,000,000, in days after 1970-01-01.
    func start(of year: Int) -> Int64 {
      let day = CivilTime.day(year: year, month: 1, day: Int(leastDays))
      return day - place(of: CivilTime.weekday(day: day)) + 1
    }
  }
}
