import Events
import Rules
import TestSupport
import Testing

@testable import Reports

@Suite("The timeline of a report")
struct TimelineTests {
  @Test(
    "Every alert is in exactly one bin, and there are no more bins than a picture holds",
    arguments: [1, 2, 3] as [UInt64])
  func random(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      // Half of the spans lie about where the number of bins reaches its bound.
      let span =
        Bool.random(using: &random)
        ? Int64(1) << Int64.random(in: 0...45, using: &random)
        : [1000, 60_000, 3_600_000, 86_400_000].randomElement(using: &random)!
          * Int64.random(in: 68...75, using: &random)
      let start = Int64.random(in: -1_000_000_000_000...2_000_000_000_000, using: &random)
      let times = (0..<Int.random(in: 1...50, using: &random)).map { _ in
        (
          time: start + Int64.random(in: 0...span, using: &random),
          severity: Severity.allCases.randomElement(using: &random) ?? .low
        )
      }
      let bins = try #require(TimelineBins(times, from: start - 5, to: start + span + 5))
      #expect(bins.counts.count <= TimelineBins.most, "seed \(seed)")
      #expect(bins.counts.indices.reduce(0) { $0 + bins.total($1) } + bins.outside.count == times.count, "seed \(seed)")
      for (time, severity) in times where !bins.outside.contains(time) {
        // The obvious way to the bin, beside the halving.
        let bin = try #require(bins.edges.lastIndex { $0 <= time })
        #expect(bins.bin(of: time) == bin, "seed \(seed)")
        #expect(bins.counts[bin][TimelineBins.place(severity)] > 0, "seed \(seed)")
      }
    }
  }

  @Test("Bins are as long as a person would choose, and start on their multiples")
  func lengths() throws {
    let day = try #require(Timestamp(iso8601: "2026-01-01T00:00:00Z")).milliseconds
    func bins(_ milliseconds: Int64) -> TimelineBins? {
      TimelineBins([(time: day + 61_000, severity: .low)], from: day, to: day + milliseconds)
    }
    #expect(bins(60_000)?.lengthText == "second")
    #expect(bins(3_600_000)?.lengthText == "minute")
    #expect(bins(86_400_000)?.lengthText == "30 minutes")
    #expect(bins(30 * 86_400_000)?.lengthText == "12 hours")
    #expect(bins(365 * 86_400_000)?.lengthText == "week")
    #expect(bins(365 * 86_400_000)?.label(0) == "2025-12-29", "weeks begin on Mondays")
    #expect(bins(86_400_000)?.label(1) == "2026-01-01 00:30")
    #expect(TimelineBins([], from: day, to: day + 1) == nil)
  }

  @Test("Months and years are those of the calendar, leap years too")
  func calendar() throws {
    func bins(_ first: String, _ last: String) throws -> TimelineBins {
      let times = try [first, last].map { text in
        (time: try #require(Timestamp(iso8601: text)).milliseconds, severity: Severity.low)
      }
      return try #require(TimelineBins(times, from: nil, to: nil))
    }
    func labels(_ bins: TimelineBins) -> [String] { bins.counts.indices.map(bins.label) }
    let months = try bins("2021-11-30T00:00:00Z", "2026-03-01T00:00:00Z")
    #expect(months.lengthText == "month" && labels(months).first == "2021-11" && labels(months).last == "2026-03")
    #expect(Set(labels(months)).count == months.counts.count)
    let february = try #require(labels(months).firstIndex(of: "2024-02"))
    #expect((months.edges[february + 1] - months.edges[february]) / 86_400_000 == 29)
    let quarters = try bins("2012-05-01T00:00:00Z", "2026-05-01T00:00:00Z")
    #expect(quarters.lengthText == "3 months" && labels(quarters).prefix(2) == ["2012-04", "2012-07"])
    let years = try bins("1980-06-01T00:00:00Z", "2026-06-01T00:00:00Z")
    #expect(years.lengthText == "year" && labels(years) == (1980...2026).map(String.init))
    #expect((years.edges[45] - years.edges[44]) / 86_400_000 == 366)
    let decades = try bins("1605-06-01T00:00:00Z", "2026-06-01T00:00:00Z")
    #expect(decades.lengthText == "10 years" && labels(decades).prefix(2) == ["1600", "1610"])
  }

  @Test("Alerts far from all others are told and do not flatten the picture")
  func outliers() throws {
    let day = try #require(Timestamp(iso8601: "2026-01-01T00:00:00Z")).milliseconds
    let far = try #require(Timestamp(iso8601: "2099-05-01T00:00:00Z")).milliseconds
    let times = (0..<12).map { (time: day + Int64($0) * 3_600_000, severity: Severity.low) }
    let bins = try #require(TimelineBins(times + [(time: far, severity: .high)], from: day, to: far))
    #expect(bins.outside == [far] && bins.length == .span(900_000))
    #expect(bins.outsideText == " 1 alert far off, on 2099-05-01, is not in the picture.")
    var html = HTMLWriter()
    TimelinePicture(bins: bins, width: 400, height: 100, labels: 3).write(to: &html, description: "")
    #expect(String(decoding: html.bytes, as: UTF8.self).contains(">1 far after ▸</text>"))
    #expect(TimelineBins(times, from: day, to: nil)?.outsideText == "")
  }

  @Test("Times at the edges of what a time can be do no harm")
  func edges() throws {
    let bins = try #require(
      TimelineBins(
        [
          (time: Timestamp.earliest.milliseconds, severity: .low),
          (time: Timestamp.latest.milliseconds, severity: .high),
        ],
        from: nil, to: nil))
    #expect(bins.counts.count <= TimelineBins.most)
    var html = HTMLWriter()
    TimelinePicture(bins: bins, width: 400, height: 100, labels: 3).write(to: &html, description: "")
    #expect(html.bytes.count > 100)
  }
}
