import Events
import Rules

/// Alerts counted by time and severity, in bins of a length that a person would choose.
struct TimelineBins {
  /// Bins at most.
  static let most = 72

  /// The start of the first bin, in milliseconds since the epoch.
  let start: Int64
  /// The length of a bin in milliseconds.
  let length: Int64
  /// Times of alerts that lie so far off that a picture of all would show nothing, in order.
  let outside: [Int64]
  /// Counts by severity, `Severity.allCases` in order.
  private(set) var counts: [[Int]]

  /// Nil when no alert has a time.
  init?(_ times: [(time: Int64, severity: Severity)], from earliest: Int64?, to latest: Int64?) {
    guard let (first, last) = Self.core(times.map(\.time)) else { return nil }
    // The whole time that was searched is shown, so that quiet stretches are seen to be quiet; not where it reaches so far
    // that nothing else could be made out.
    let reach = max((last - first) * Self.farOff, Self.tenYears)
    var start = min(first, earliest ?? first)
    var end = max(last, latest ?? last)
    if first - start > reach { start = first }
    if end - last > reach { end = last }
    outside = times.map(\.time).filter { $0 < first || $0 > last }.sorted()
    length =
      Self.lengths.first { (end - start) / $0 < Int64(Self.most) - 1 } ?? (end - start) / Int64(Self.most - 2) + 1
    let length = length
    self.start = CivilTime.floor(start, length)
    counts = Array(
      repeating: Array(repeating: 0, count: Severity.allCases.count), count: Int((end - self.start) / length) + 1)
    for (time, severity) in times where time >= first && time <= last {
      counts[Int((time - self.start) / length)][Self.place(severity)] += 1
    }
  }

  /// A gap so many times as long as all the rest, with few alerts beyond it, parts outliers from it.
  private static let farOff: Int64 = 20
  /// What counts as the length of the rest at least: a day, in milliseconds.
  private static let leastReach: Int64 = 86_400_000

  private static let tenYears: Int64 = 3650 * 86_400_000

  /// From when to when the times lie that the picture is of: all but a few that lie far off.
  private static func core(_ times: [Int64]) -> (first: Int64, last: Int64)? {
    let times = times.sorted()
    guard !times.isEmpty else { return nil }
    var low = 0
    var high = times.count - 1
    func gapAfter(_ place: Int) -> Int64 { times[place + 1] - times[place] }
    while low < high, let gap = (low..<high).max(by: { gapAfter($0) < gapAfter($1) }) {
      let early = gap - low + 1
      let late = high - gap
      let rest: Int64 = early > late ? times[gap] - times[low] : times[high] - times[gap + 1]
      let few = min(early, late)
      let many = max(early, late)
      let isFew = few * 10 <= many || (few == 1 && many > 2)
      guard isFew, gapAfter(gap) > max(rest, leastReach) * farOff else { break }
      if early > late { high = gap } else { low = gap + 1 }
    }
    return (times[low], times[high])
  }

  /// What is not in the picture, in a sentence; empty when all is.
  var outsideText: String {
    guard let first = outside.first, let last = outside.last else { return "" }
    let days = [first, last].map { String(Timestamp(milliseconds: $0).iso8601.prefix(10)) }
    let when = days[0] == days[1] ? "on \(days[0])" : "between \(days[0]) and \(days[1])"
    return outside.count == 1
      ? " 1 alert far off, \(when), is not in the picture."
      : " \(outside.count.grouped) alerts far off, \(when), are not in the picture."
  }

  static func place(_ severity: Severity) -> Int { Severity.allCases.firstIndex(of: severity) ?? 0 }

  func total(_ bin: Int) -> Int { counts[bin].reduce(0, +) }

  var highest: Int { counts.indices.map(total).max() ?? 0 }

  func time(_ bin: Int) -> Timestamp { Timestamp(milliseconds: start + Int64(bin) * length) }

  /// The length of a bin in words.
  var lengthText: String {
    for (unit, name) in [
      (365 * 86_400_000, "365 days"), (7 * 86_400_000, "week"), (86_400_000, "day"), (3_600_000, "hour"),
      (60_000, "minute"), (1000, "second"),
    ]
    where length % Int64(unit) == 0 {
      let count = length / Int64(unit)
      if name == "365 days" { return count == 1 ? name : "\(count) years of 365 days" }
      return count == 1 ? name : "\(count) \(name)s"
    }
    return "\(length) ms"
  }

  /// A bin's start as its label: the day where bins are days, else day and time.
  func label(_ bin: Int) -> String {
    let text = time(bin).iso8601
    return length % 86_400_000 == 0 ? String(text.prefix(10)) : text.prefix(10) + " " + text.dropFirst(11).prefix(5)
  }

  private static let lengths: [Int64] =
    [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600].map { $0 * 1000 }
    + [1, 2, 7, 14, 28, 91, 182, 365, 730, 1825, 3650].map { $0 * 86_400_000 }
}

extension CivilTime {
  fileprivate static func floor(_ time: Int64, _ length: Int64) -> Int64 {
    time - ((time % length) + length) % length
  }
}
