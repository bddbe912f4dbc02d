import Events
import Rules

/// Alerts counted by time and severity, in bins of a length that a person would choose.
struct TimelineBins {
  /// Bins at most.
  static let most = 72

  /// The length of every bin.
  let length: TimelineBinLength
  /// Where bins begin, in milliseconds since the epoch, and last where the last one ends.
  let edges: [Int64]
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
    length = TimelineBinLength.shortest(from: start, to: end, most: Self.most)
    edges = length.edges(from: start, to: end)
    counts = Array(
      repeating: Array(repeating: 0, count: Severity.allCases.count), count: max(1, edges.count - 1))
    for (time, severity) in times where time >= first && time <= last {
      counts[bin(of: time)][Self.place(severity)] += 1
    }
  }

  /// The bin that a time within the picture lies in.
  func bin(of time: Int64) -> Int {
    var low = 0
    var high = edges.count - 1
    while low + 1 < high {
      let middle = (low + high) / 2
      if edges[middle] <= time { low = middle } else { high = middle }
    }
    return low
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

  /// The length of a bin in words.
  var lengthText: String { length.text }

  /// A bin's start as its label: as much of it as tells bins apart.
  func label(_ bin: Int) -> String { length.label(edges[bin]) }

  /// How many alerts lie before the picture, and how many after it.
  var outsideCounts: (before: Int, after: Int) {
    let before = outside.count { $0 < edges[0] }
    return (before, outside.count - before)
  }
}
