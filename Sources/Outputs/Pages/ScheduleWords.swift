import Events
import Rules

/// A rule's schedule in words.
struct ScheduleWords {
  let schedule: RuleSchedule

  /// What an execution searches, and by how much neighbouring ones overlap.
  var lookBack: String {
    let from = Markup.code(schedule.from.text)
    let to = Markup.code(schedule.to.text)
    guard let start = schedule.from.fixedOffset, let end = schedule.to.fixedOffset, end >= start else {
      return "from \(from) to \(to), resolved at each execution's own time."
    }
    let length = end - start
    let interval = schedule.interval.milliseconds
    let span = "from \(from) to \(to): \(Self.duration(length))"
    if length > interval {
      return span + ", of which \(Self.duration(length - interval)) are additional look-back. "
        + "Neighbouring searches overlap by as much, so that an event that arrives late is still found, "
        + "and an event that is found twice gives one alert."
    }
    if length == interval {
      return span + ", without additional look-back: an event that arrives after its search is not found."
    }
    return span + ", which is less than the time between executions: "
      + "\(Self.duration(interval - length)) of every \(Self.duration(interval)) are not searched."
  }

  /// A span of time in words, in the largest units that fit without rest.
  static func duration(_ milliseconds: Int64) -> String {
    let units: [(Int64, String)] = [
      (86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second"), (1, "millisecond"),
    ]
    var rest = milliseconds
    var words: [String] = []
    for (length, name) in units {
      let count = rest / length
      rest %= length
      if count > 0 { words.append("\(count) \(name)\(count == 1 ? "" : "s")") }
    }
    return words.isEmpty ? "no time" : words.joined(separator: " ")
  }
}
