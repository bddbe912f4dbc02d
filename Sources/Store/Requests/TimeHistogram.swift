import Events

/// How many events or alerts there are in each span of time. Spans widen while a longer time comes in, so that any input
/// takes the same room.
public struct TimeHistogram: Sendable {
  /// Widths in seconds, each a multiple of the one before it.
  public static let widths: [Int64] = [
    1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_419_200, 31_449_600,
  ]
  /// Bars that are shown at most where the width is chosen here.
  static let mostBars = 60
  /// Spans that are kept while counting.
  static let mostKept = 20_000

  /// The width that is asked for, in seconds; nil where one is to be chosen.
  private let fixed: Int64?
  private var step: Int
  private var counts: [Int64: Int] = [:]
  /// True when more spans than can be kept have something in them, and so the width is not the one asked for.
  public private(set) var isWidened = false

  public init(width seconds: Int64? = nil) {
    fixed = seconds.map { max(1, $0) }
    step = 0
  }

  private var unit: Int64 {
    let base = fixed ?? Self.widths[min(step, Self.widths.count - 1)]
    guard fixed != nil || step >= Self.widths.count else { return base }
    // Beyond the list, and from a width that was asked for, spans double.
    let doublings = fixed != nil ? step : step - Self.widths.count + 1
    return base << Int64(min(doublings, 24))
  }

  public mutating func add(_ time: Timestamp, count: Int = 1) {
    counts[Self.floor(time.milliseconds, unit * 1000), default: 0] += count
    while counts.count > Self.mostKept { widen() }
  }

  private mutating func widen() {
    let old = unit
    step += 1
    if fixed != nil { isWidened = true }
    var wider: [Int64: Int] = [:]
    for (span, count) in counts { wider[Self.floor(span * old, unit), default: 0] += count }
    counts = wider
  }

  public mutating func merge(_ other: TimeHistogram) {
    var other = other
    while step < other.step { widen() }
    while other.step < step { other.widen() }
    for (span, count) in other.counts { counts[span, default: 0] += count }
    while counts.count > Self.mostKept { widen() }
  }

  /// A span of time with what is in it.
  public struct Bar: Sendable, Equatable {
    public var start: Timestamp
    public var count: Int
  }

  /// The spans that have something in them, by time, and their width in seconds.
  public func bars() -> (width: Int64, bars: [Bar]) {
    var chosen = self
    while chosen.fixed == nil, let first = chosen.counts.keys.min(), let last = chosen.counts.keys.max(),
      last - first >= Int64(Self.mostBars), chosen.step < Self.widths.count - 1
    {
      chosen.widen()
    }
    return (
      chosen.unit,
      chosen.counts.sorted { $0.key < $1.key }.map {
        Bar(start: Timestamp(milliseconds: $0.key * chosen.unit * 1000), count: $0.value)
      }
    )
  }

  /// What is to be said where spans are wider than was asked for.
  public var notices: [String] {
    isWidened ? ["the time is too long for spans as short as asked for; they are \(unit) s"] : []
  }

  private static func floor(_ value: Int64, _ unit: Int64) -> Int64 {
    value >= 0 ? value / unit : (value - unit + 1) / unit
  }
}
