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
  /// Counts by severity, `Severity.allCases` in order.
  private(set) var counts: [[Int]]

  /// Nil when no alert has a time.
  init?(_ times: [(time: Int64, severity: Severity)], from earliest: Int64?, to latest: Int64?) {
    guard let first = times.map(\.time).min(), let last = times.map(\.time).max() else { return nil }
    // The whole time that was searched is shown, so that quiet stretches are seen to be quiet.
    let start = min(first, earliest ?? first)
    let end = max(last, latest ?? last)
    length =
      Self.lengths.first { (end - start) / $0 < Int64(Self.most) - 1 } ?? (end - start) / Int64(Self.most - 2) + 1
    let length = length
    self.start = CivilTime.floor(start, length)
    counts = Array(
      repeating: Array(repeating: 0, count: Severity.allCases.count), count: Int((end - self.start) / length) + 1)
    for (time, severity) in times {
      counts[Int((time - self.start) / length)][Self.place(severity)] += 1
    }
  }

  static func place(_ severity: Severity) -> Int { Severity.allCases.firstIndex(of: severity) ?? 0 }

  func total(_ bin: Int) -> Int { counts[bin].reduce(0, +) }

  var highest: Int { counts.indices.map(total).max() ?? 0 }

  func time(_ bin: Int) -> Timestamp { Timestamp(milliseconds: start + Int64(bin) * length) }

  /// The length of a bin in words.
  var lengthText: String {
    for (unit, name) in [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1000, "second")]
    where length % Int64(unit) == 0 {
      let count = length / Int64(unit)
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
    + [1, 2, 7, 14, 28, 91, 182, 364].map { $0 * 86_400_000 }
}

extension CivilTime {
  fileprivate static func floor(_ time: Int64, _ length: Int64) -> Int64 {
    time - ((time % length) + length) % length
  }
}
