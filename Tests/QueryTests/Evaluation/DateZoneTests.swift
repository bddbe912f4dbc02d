import Events
import Testing

@testable import Query

struct DateZoneTests {
  private static let now = Timestamp(milliseconds: 1_774_771_200_000)

  private static func shown(_ text: String, _ zone: String, up: Bool = false) throws -> String? {
    try #require(DateZone(zone)).resolve(text, now: now, roundingUp: up).map { DateZone.text($0) }
  }

  @Test(
    "Dates without a zone are what clocks in the zone show",
    arguments: [
      ("2026-03-28", "Europe/Berlin", "2026-03-27T23:00:00.000Z"),
      ("2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00.000Z"),
      // Skipped by the clocks, and shown by them twice.
      ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"),
      ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"),
      ("2026-03-29T01:30||+1h", "Europe/Berlin", "2026-03-29T01:30:00.000Z"),
      ("2026-03-28T12:00||+1d", "Europe/Berlin", "2026-03-29T10:00:00.000Z"),
      ("now/d", "Asia/Kolkata", "2026-03-28T18:30:00.000Z"), ("now", "Asia/Kolkata", "2026-03-29T08:00:00.000Z"),
      ("2026", "+0530", "2025-12-31T18:30:00.000Z"), ("2026-01-01T00:00+01:00", "-08:00", "2025-12-31T23:00:00.000Z"),
      ("1767225600000", "-08:00", "2026-01-01T00:00:00.000Z"), ("2026-01-01", "-8", "2026-01-01T08:00:00.000Z"),
      ("2026-01-01", "UTC+01:00", "2025-12-31T23:00:00.000Z"),
    ])
  func local(text: String, zone: String, time: String) throws {
    #expect(try Self.shown(text, zone) == time)
  }

  @Test("What is left out is filled up to the end of the day in the zone")
  func filled() throws {
    #expect(try Self.shown("2026-03-29", "Europe/Berlin", up: true) == "2026-03-29T21:59:59.999Z")
    #expect(try Self.shown("now/d", "Asia/Kolkata", up: true) == "2026-03-29T18:29:59.999Z")
    #expect(try Self.shown("2026-03-29||+1d", "Europe/Berlin", up: true) == "2026-03-29T22:00:00.000Z")
  }

  @Test(
    "What is no zone is refused",
    arguments: ["", "Nowhere", "+1:00", "+19:00", "+01:60", "01:00", "berlin", "+", "UTC+"])
  func refused(zone: String) {
    #expect(DateZone(zone) == nil)
  }
}
