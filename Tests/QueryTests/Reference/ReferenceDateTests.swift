import Foundation
import TestSupport
import Testing

struct ReferenceDateTests {
  @Test("The calendar agrees with Foundation's")
  func calendar() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    var random = SeededRandom(seed: 5)
    for _ in 0..<3000 {
      let seconds = Int64.random(in: -11_000_000_000...200_000_000_000, using: &random)
      let parts = calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: Double(seconds)))
      let (year, month, day) = ReferenceDate.date(seconds * 1000)
      #expect([year, month, day] == [parts.year, parts.month, parts.day])
      #expect(Double(ReferenceDate.days(year, month, day)) == (Double(seconds) / 86_400).rounded(.down))
    }
  }
}
