import Events
import Testing

@Suite("Intervals")
struct IntervalTests {
  @Test(
    "An interval is a number and a unit",
    arguments: [
      ("30s", 30_000), ("5m", 300_000), ("1h", 3_600_000), ("1d", 86_400_000), ("2w", 1_209_600_000),
      ("005m", 300_000), ("366d", 31_622_400_000),
    ] as [(String, Int64)])
  func reads(_ text: String, _ milliseconds: Int64) throws {
    let interval = try Interval(text)
    #expect(interval.milliseconds == milliseconds)
    #expect(interval.text == text)
  }

  @Test(
    "Anything else is refused in plain words",
    arguments: [
      "", "5", "m", "0m", "-5m", "5 m", "5mm", "5M", "5H", "5y", "1.5h", "367d", "99999999999999999999999999999999s",
      "5m ", "５m", "now-5m",
    ])
  func refuses(_ text: String) {
    #expect(throws: TimeSyntaxError.self) { try Interval(text) }
  }
}
