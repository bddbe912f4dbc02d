/// Spans of time in a few words.
public enum DurationText {
  /// `14 days`, `3 hours`, `5 minutes`: rounded down to the largest unit of which there is one, hours up to three days.
  public static func text(_ milliseconds: Int64) -> String {
    let units: [(Int64, Int64, String)] = [(86_400_000, 3, "day"), (3_600_000, 1, "hour"), (60_000, 1, "minute")]
    for (length, least, name) in units where milliseconds >= length * least {
      let count = milliseconds / length
      return "\(count) \(name)\(count == 1 ? "" : "s")"
    }
    let seconds = max(0, milliseconds / 1000)
    return "\(seconds) second\(seconds == 1 ? "" : "s")"
  }
}
