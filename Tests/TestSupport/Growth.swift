import Foundation

/// How many seconds of the processor the thread spends on some work.
///
/// What passes meanwhile says little: a machine that is busy with other work makes it longer.
public func processorTime(_ work: () throws -> Void) rethrows -> Double {
  func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
  let start = now()
  try work()
  return now() - start
}

/// How many times as long some work takes over an input of sixteen times the size: about 16 where it is linear, 256 where it
/// is quadratic.
///
/// By the processor's time, of up to five runs the shortest: another is only made where one took too long.
public func growth(_ size: Int, _ work: (Int) -> Void) -> Double {
  var least = Double.infinity
  // The small one is measured right before each time: what else runs slows both.
  for _ in 0..<5 where least >= linearGrowth {
    let small = (0..<3).map { _ in processorTime { work(size) } }.min() ?? 0
    least = min(least, processorTime { work(size * 16) } / max(small, 100e-6))
  }
  return least
}

/// What `growth` must stay below: time that grows with the input, and no faster.
public let linearGrowth = 90.0
