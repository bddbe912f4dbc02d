/// How much longer work takes with input that is sixteen times as long: near 16 where time is linear, near 256 where it
/// is quadratic.
///
/// The shortest of three runs counts, since other work on the machine only makes one longer.
public func growth(_ size: Int, _ work: (Int) -> Void) -> Double {
  func shortest(_ size: Int) -> Duration {
    (0..<3).map { _ in ContinuousClock().measure { work(size) } }.min() ?? .zero
  }
  return shortest(size * 16) / max(shortest(size), .microseconds(100))
}

/// What `growth` must stay below: time that grows with the input, and no faster.
public let linearGrowth = 90.0
