import Events
import Foundation
import Testing

@Suite("Civil time")
struct CivilTimeTests {
  @Test("Every day of eight centuries follows the one before, by Foundation's calendar too")
  func everyDay() throws {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    var year = 1600
    var month = 1
    var day = 1
    let first = CivilTime.day(year: 1600, month: 1, day: 1)
    for offset in 0..<292_194 {
      let number = first + Int64(offset)
      #expect(CivilTime.day(year: year, month: month, day: day) == number)
      #expect(CivilTime.date(day: number) == (year, month, day))
      if offset % 97 == 0 {
        let parts = calendar.dateComponents(
          [.year, .month, .day], from: Date(timeIntervalSince1970: Double(number) * 86_400))
        #expect(parts.year == year && parts.month == month && parts.day == day)
      }
      day += 1
      if day > CivilTime.daysInMonth(month, of: year) {
        day = 1
        month += 1
      }
      if month > 12 {
        month = 1
        year += 1
      }
    }
    #expect(year == 2400 && month == 1 && day == 1)
  }

  @Test("Months have the days that they have")
  func monthLengths() {
    #expect((1...12).map { CivilTime.daysInMonth($0, of: 2023) } == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    #expect([1900, 2000, 2023, 2024].map { CivilTime.daysInMonth(2, of: $0) } == [28, 29, 28, 29])
  }

  @Test("The ends of the range of instants have a date")
  func extremes() {
    #expect(CivilTime(Timestamp(milliseconds: .max)).year == 292_278_994)
    #expect(CivilTime(Timestamp(milliseconds: .min)).year == -292_275_055)
    #expect(CivilTime(year: 1).timestamp == .earliest)
    #expect(
      CivilTime(year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59, millisecond: 999).timestamp == .latest
    )
  }

  @Test(
    "Fields out of range name no instant",
    arguments: [
      CivilTime(year: 0), CivilTime(year: 10_000), CivilTime(year: 2023, month: 0), CivilTime(year: 2023, month: 13),
      CivilTime(year: 2023, month: 2, day: 29), CivilTime(year: 2023, day: 0), CivilTime(year: 2023, hour: 24),
      CivilTime(year: 2023, minute: 60), CivilTime(year: 2023, second: 60), CivilTime(year: 2023, millisecond: 1000),
      CivilTime(year: .max, month: .max, day: .max),
    ])
  func outOfRange(_ civil: CivilTime) {
    #expect(civil.timestamp == nil)
  }
}
