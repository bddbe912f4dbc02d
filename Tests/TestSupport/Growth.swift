import Foundation

/// How many times as long some work takes over an input of sixteen times the size: about 16 where it is linear, 256 where it
/// is quadratic.
///
/// The processor's time of the thread counts, since a machine that is busy with other work makes what passes meanwhile longer, and
/// of three runs the shortest.
public func growth(_ size: Int, _ work: (Int) -> Void) -> Double {
  func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
  func shortest(_ size: Int) -> Double {
    (0..<3).map { _ in
      let start = now()
      work(size)
      return now() - start
    }.min() ?? 0
  }
  return shortest(size * 16) / max(shortest(size), 100e-6)
}

/// What `growth` must stay below: time that grows with the input, and no faster.
public let linearGrowth = 90.0
