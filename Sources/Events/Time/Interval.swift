/// A span of time as schedules write it: `30s`, `5m`, `1h`, `1d`.
public struct Interval: Hashable, Sendable {
  /// The text as it was written.
  public let text: String
  /// The length in milliseconds, from one second to `Interval.longest`.
  public let milliseconds: Int64

  /// The longest span: 366 days.
  public static let longest: Int64 = 366 * CivilTime.millisecondsPerDay

  /// Five minutes.
  public static let fiveMinutes = Interval(text: "5m", milliseconds: 300_000)

  private init(text: String, milliseconds: Int64) {
    self.text = text
    self.milliseconds = milliseconds
  }

  /// Parses a whole number and a unit, one of `s m h d w`; throws `TimeSyntaxError` for anything else.
  public init(_ text: String) throws(TimeSyntaxError) {
    let bytes = Array(text.utf8.prefix(32))
    let count = bytes.prefix { $0 &- 0x30 <= 9 }
    guard !count.isEmpty else {
      throw TimeSyntaxError("“\(text.prefix(40))” is no interval: write a number and a unit, as 5m", column: 1)
    }
    guard bytes.count == count.count + 1, bytes[count.count] != UInt8(ascii: "H"),
      let length = TimeUnit(letter: bytes[count.count])?.milliseconds
    else {
      throw TimeSyntaxError(
        "“\(text.prefix(40))” is no interval: one unit must follow the number, s m h d or w", column: count.count + 1)
    }
    var value: Int64 = 0
    for digit in count {
      value = value * 10 + Int64(digit - 0x30)
      guard value <= Self.longest / length else {
        throw TimeSyntaxError("the interval is longer than 366 days", column: 1)
      }
    }
    guard value > 0 else { throw TimeSyntaxError("the interval must be longer than nothing", column: 1) }
    self.init(text: text, milliseconds: value * length)
  }
}
