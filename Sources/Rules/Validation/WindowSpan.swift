import Events

/// How long the time between two times of date math is, over all times from which they may count.
///
/// Where nothing is rounded and no months are counted it is the same at any time. Else it is looked at around
/// every second, minute, hour and day at which a bound may jump, of spans that hold each kind of them: two minutes by
/// the second, two days by the minute, two months by the hour, and eight years by the day, whose Februaries differ.
struct WindowSpan {
  /// In milliseconds; below zero where the second time lies before the first.
  private(set) var shortest = Int64.max
  private(set) var longest = Int64.min

  /// - Parameter now: the time at which it is looked at where both ends are fixed, and around which else.
  init(_ from: DateMath, _ to: DateMath, now: Timestamp) {
    self.init([from, to], now: now) { time in
      to.resolve(now: time, roundingUp: false).milliseconds - from.resolve(now: time, roundingUp: false).milliseconds
    }
  }

  /// The time between a start that counts from an end, and another one: of a history before a window.
  init(_ start: DateMath, after end: DateMath, _ from: DateMath, now: Timestamp) {
    self.init([start, end, from], now: now) { time in
      let end = end.resolve(now: time, roundingUp: false)
      return from.resolve(now: time, roundingUp: false).milliseconds
        - start.resolve(now: end, roundingUp: false).milliseconds
    }
  }

  private init(_ bounds: [DateMath], now: Timestamp, _ length: (Timestamp) -> Int64) {
    note(length(now))
    guard bounds.contains(where: { $0.fixedOffset == nil }) else { return }
    if bounds.contains(where: \.isRelative), !bounds.allSatisfy(\.isRelative) {
      // Between a time that moves along and one that stays there is any time, sooner or later: that says nothing, and
      // what is so now counts.
      for end in [Timestamp.earliest, .latest] { longest = max(longest, length(end)) }
      return
    }
    let day: Int64 = 86_400_000
    let midnight = now.milliseconds - ((now.milliseconds % day) + day) % day
    for (step, count) in [(1_000, 120), (60_000, 2 * 1440), (3_600_000, 62 * 24), (day, 8 * 366)] as [(Int64, Int64)] {
      for place in 0...count {
        let time = midnight + place * step
        for around in [time - 1, time, time + 1] { note(length(Timestamp(milliseconds: around))) }
      }
    }
  }

  private mutating func note(_ length: Int64) {
    shortest = min(shortest, length)
    longest = max(longest, length)
  }
}
