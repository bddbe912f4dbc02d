import TestSupport
import Testing

@testable import Events

@Suite("Date math")
struct DateMathTests {
  /// A Wednesday in a leap year.
  static let now = "2024-02-28T13:29:57.123Z"

  @Test(
    "Date math names the instant that Elasticsearch reads in it, with parts filled down and up",
    arguments: [
      // text, rounded down, rounded up
      ("now", "2024-02-28T13:29:57.123Z", "2024-02-28T13:29:57.123Z"),
      ("now-9m", "2024-02-28T13:20:57.123Z", "2024-02-28T13:20:57.123Z"),
      ("now+1h", "2024-02-28T14:29:57.123Z", "2024-02-28T14:29:57.123Z"),
      ("now-1H", "2024-02-28T12:29:57.123Z", "2024-02-28T12:29:57.123Z"),
      ("now-30s", "2024-02-28T13:29:27.123Z", "2024-02-28T13:29:27.123Z"),
      ("now-14d", "2024-02-14T13:29:57.123Z", "2024-02-14T13:29:57.123Z"),
      ("now-2w", "2024-02-14T13:29:57.123Z", "2024-02-14T13:29:57.123Z"),
      ("now-d", "2024-02-27T13:29:57.123Z", "2024-02-27T13:29:57.123Z"),
      ("now+2d", "2024-03-01T13:29:57.123Z", "2024-03-01T13:29:57.123Z"),
      ("now/s", "2024-02-28T13:29:57.000Z", "2024-02-28T13:29:57.999Z"),
      ("now/m", "2024-02-28T13:29:00.000Z", "2024-02-28T13:29:59.999Z"),
      ("now/h", "2024-02-28T13:00:00.000Z", "2024-02-28T13:59:59.999Z"),
      ("now/d", "2024-02-28T00:00:00.000Z", "2024-02-28T23:59:59.999Z"),
      ("now/w", "2024-02-26T00:00:00.000Z", "2024-03-03T23:59:59.999Z"),
      ("now/M", "2024-02-01T00:00:00.000Z", "2024-02-29T23:59:59.999Z"),
      ("now/y", "2024-01-01T00:00:00.000Z", "2024-12-31T23:59:59.999Z"),
      ("now-1d/d", "2024-02-27T00:00:00.000Z", "2024-02-27T23:59:59.999Z"),
      ("now/d-1h", "2024-02-27T23:00:00.000Z", "2024-02-28T22:59:59.999Z"),
      ("now-1M/M+1d", "2024-01-02T00:00:00.000Z", "2024-02-01T23:59:59.999Z"),
      ("now+1y", "2025-02-28T13:29:57.123Z", "2025-02-28T13:29:57.123Z"),
      ("2026-01-01||/d", "2026-01-01T00:00:00.000Z", "2026-01-01T23:59:59.999Z"),
      ("2026-01-01||", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"),
      ("2026-01-31||+1M", "2026-02-28T00:00:00.000Z", "2026-02-28T00:00:00.000Z"),
      ("2024-01-31||+1M", "2024-02-29T00:00:00.000Z", "2024-02-29T00:00:00.000Z"),
      ("2024-03-31||-1M", "2024-02-29T00:00:00.000Z", "2024-02-29T00:00:00.000Z"),
      ("2024-02-29||+1y", "2025-02-28T00:00:00.000Z", "2025-02-28T00:00:00.000Z"),
      ("2024-02-29||-4y", "2020-02-29T00:00:00.000Z", "2020-02-29T00:00:00.000Z"),
      ("2024-01-31||+1M+1M", "2024-03-29T00:00:00.000Z", "2024-03-29T00:00:00.000Z"),
      ("2024-01-31||-13M", "2022-12-31T00:00:00.000Z", "2022-12-31T00:00:00.000Z"),
      ("2026-01-01||+1M/d", "2026-02-01T00:00:00.000Z", "2026-02-01T23:59:59.999Z"),
      ("2024-03-03||/w", "2024-02-26T00:00:00.000Z", "2024-03-03T23:59:59.999Z"),
      ("2024-03-04||/w", "2024-03-04T00:00:00.000Z", "2024-03-10T23:59:59.999Z"),
      ("1969-12-31T23:00:00||/w", "1969-12-29T00:00:00.000Z", "1970-01-04T23:59:59.999Z"),
      ("1969-12-31T23:59:59.5||/d", "1969-12-31T00:00:00.000Z", "1969-12-31T23:59:59.999Z"),
      ("2026", "2026-01-01T00:00:00.000Z", "2026-01-01T23:59:59.999Z"),
      ("2026-02", "2026-02-01T00:00:00.000Z", "2026-02-01T23:59:59.999Z"),
      ("2024-02", "2024-02-01T00:00:00.000Z", "2024-02-01T23:59:59.999Z"),
      ("2026-12-31", "2026-12-31T00:00:00.000Z", "2026-12-31T23:59:59.999Z"),
      ("2026-01-01T", "2026-01-01T00:00:00.000Z", "2026-01-01T23:59:59.999Z"),
      ("2026-01-01T10", "2026-01-01T10:00:00.000Z", "2026-01-01T10:59:59.999Z"),
      ("2026-01-01T10:30", "2026-01-01T10:30:00.000Z", "2026-01-01T10:30:59.999Z"),
      ("2026-01-01T10:30:15", "2026-01-01T10:30:15.000Z", "2026-01-01T10:30:15.999Z"),
      ("2026-01-01T10:30:15.5", "2026-01-01T10:30:15.500Z", "2026-01-01T10:30:15.500Z"),
      ("2026-01-01T10:30:15.123456789Z", "2026-01-01T10:30:15.123Z", "2026-01-01T10:30:15.123Z"),
      ("2026-01-01T10:30+02:00", "2026-01-01T08:30:00.000Z", "2026-01-01T08:30:59.999Z"),
      ("2026-01-01T10:30Z||+1h", "2026-01-01T11:30:00.000Z", "2026-01-01T11:30:00.000Z"),
      ("1709127000123", "2024-02-28T13:30:00.123Z", "2024-02-28T13:30:00.123Z"),
      ("1709127000123||/h", "2024-02-28T13:00:00.000Z", "2024-02-28T13:59:59.999Z"),
      ("0", "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"),
      ("-1", "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
      ("9999", "9999-01-01T00:00:00.000Z", "9999-01-01T23:59:59.999Z"),
      ("9999-12-31T23:59:59", "9999-12-31T23:59:59.000Z", "9999-12-31T23:59:59.999Z"),
      // Beyond the calendar's ends the ends are meant.
      ("now+1000000000000y", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
      ("now-1000000000000w", "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"),
      ("now+1000000000000s", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
      ("now-30000M", "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"),
      ("9999-12-31||/w", "9999-12-27T00:00:00.000Z", "9999-12-31T23:59:59.999Z"),
      ("0001-01-01||/w", "0001-01-01T00:00:00.000Z", "0001-01-07T23:59:59.999Z"),
      ("0001-01-01||-1M/y", "0001-01-01T00:00:00.000Z", "0001-12-31T23:59:59.999Z"),
      ("0001-01-01T00:00:00+02:00", "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"),
    ])
  func resolves(_ text: String, _ down: String, _ up: String) throws {
    let now = try #require(Timestamp(iso8601: Self.now))
    let math = try DateMath(text)
    #expect(math.text == text)
    #expect(math.resolve(now: now, roundingUp: false).iso8601 == down)
    let roundedUp = math.resolve(now: now, roundingUp: true).iso8601
    // The start of a zone's first day lies before the calendar: its end is what is left of it.
    #expect(roundedUp == up || text == "0001-01-01T00:00:00+02:00" && roundedUp <= "0001-01-01T00:00:00.999Z")
  }

  @Test("What now says makes no difference to a date, and a clock beyond the calendar counts as its end")
  func relativity() throws {
    #expect(try !DateMath("2026-01-01||+1d").isRelative)
    #expect(try DateMath("now/d").isRelative)
    let far = Timestamp(milliseconds: .max)
    #expect(try DateMath("now+1d").resolve(now: far, roundingUp: false) == .latest)
    #expect(try DateMath("now/y").resolve(now: Timestamp(milliseconds: .min), roundingUp: false) == .earliest)
  }

  @Test(
    "Text that is no date math is refused with its place",
    arguments: [
      ("", 1), ("nows", 4), ("now-", 5), ("now-9", 6), ("now-9x", 6), ("now-9mm", 7), ("now 9m", 4), ("now/", 5),
      ("now/2d", 6), ("now-9q/d", 6), ("tomorrow", 1), ("2026-13", 6), ("2026-02-30", 9), ("2026-01-01T25", 12),
      ("2026-01-01T10:61", 15), ("2026-01-01T10:30:61", 18), ("2026-01-01T10:30:15.", 21), ("2026-01-01x", 11),
      ("2026-1-1", 6), ("2026-01-01|/d", 11), ("2026-01-01||d", 13), ("99999999999999999999", 1), ("0000", 1),
      ("2026-01-01T10:30X", 17), ("now-99999999999999999999d", 17), ("-", 1), ("||", 1), ("now-é", 5),
      (String(repeating: "x", count: 1000), 1), ("now" + String(repeating: "+1d", count: 40), 100),
    ])
  func refuses(_ text: String, _ column: Int) {
    #expect { try DateMath(text) } throws: { error in
      guard let error = error as? TimeSyntaxError else { return false }
      #expect(error.column == column, "\(error.message)")
      return !error.message.isEmpty
    }
  }

  @Test("Random mutations never crash, and resolve within the calendar")
  func hostile() {
    let seed = UInt64.random(in: .min ... .max)
    print("random mutations, seed \(seed)")
    var random = SeededRandom(seed: seed)
    let seeds = ["now-1d/d+3M", "2026-01-31T10:30:15.5+02:00||+1M/w", "1709127000123||-99999999999y"].map {
      Array($0.utf8)
    }
    let letters = Array("0123456789+-/|:.TZyMwdhHmsnow \u{FF}".utf8)
    for _ in 0..<100_000 {
      var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
      for _ in 0...Int.random(in: 0...4, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        if Bool.random(using: &random) {
          bytes[at] = letters[Int.random(in: 0..<letters.count, using: &random)]
        } else {
          bytes.insert(letters[Int.random(in: 0..<letters.count, using: &random)], at: at)
        }
      }
      guard let math = try? DateMath(String(decoding: bytes, as: UTF8.self)) else { continue }
      let now = Timestamp(
        milliseconds: Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...40, using: &random))
      let down = math.resolve(now: now, roundingUp: false)
      let up = math.resolve(now: now, roundingUp: true)
      #expect(down >= .earliest && up <= .latest, "seed \(seed), \(math.text)")
      #expect(down <= up || Self.addsMonths(math), "seed \(seed), \(math.text)")
    }
  }

  private static func addsMonths(_ math: DateMath) -> Bool {
    math.steps.contains { step in
      if case .add(_, let unit) = step { unit.milliseconds == nil } else { false }
    }
  }

  @Test("A rounded span that lies across two days can be turned around by months, whose ends are cut off")
  func monthsTurnASpan() throws {
    let math = try DateMath("2026-03-30||/d-6h-1M")
    let now = Timestamp(milliseconds: 0)
    // 29 March 18:00 and 30 March 17:59:59.999: February has neither day.
    #expect(math.resolve(now: now, roundingUp: false).iso8601 == "2026-02-28T18:00:00.000Z")
    #expect(math.resolve(now: now, roundingUp: true).iso8601 == "2026-02-28T17:59:59.999Z")
  }
}
