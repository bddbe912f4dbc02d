import Events
import Foundation
import Rules

/// Hours of the day in which nobody is told, but of what is grave enough; what came then is told together when they end.
public struct QuietHours: Sendable, Equatable {
  /// Minutes of the day; an end before the beginning is one of the next day.
  public var from: Int
  public var to: Int
  /// A zone by its name, such as `Europe/Zurich`.
  public var zone: TimeZone
  /// Alerts of this severity and above are told all the same; nil for none.
  public var except: Severity?

  public init(from: Int, to: Int, zone: TimeZone, except: Severity? = .critical) {
    self.from = from
    self.to = to
    self.zone = zone
    self.except = except
  }

  /// When the quiet ends that is at a time; nil where there is none then.
  public func end(at time: Timestamp) -> Timestamp? {
    guard isQuiet(time) else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    // Clocks that are put on may leave no such minute, those that are put back have two: the first minute that is not quiet is looked for.
    let start = time.milliseconds / 60_000
    for minute in start + 1...start + 2 * 24 * 60 {
      let candidate = Timestamp(milliseconds: minute * 60_000)
      if !isQuiet(candidate, calendar) { return candidate }
    }
    return nil
  }

  public func isQuiet(_ time: Timestamp) -> Bool {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    return isQuiet(time, calendar)
  }

  private func isQuiet(_ time: Timestamp, _ calendar: Calendar) -> Bool {
    let seconds =
      Int(time.milliseconds / 1000)
      + calendar.timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000))
    let minute = (seconds / 60) % (24 * 60)
    return from <= to ? minute >= from && minute < to : minute >= from || minute < to
  }
}
