import Foundation
import Synchronization

/// Looks until something holds; false where it still does not after ten minutes and two thousand looks.
///
/// A machine that is busy makes each look later, and the end with it: a test fails for what never comes, and not for what comes late.
public func eventually(_ holds: () async throws -> Bool) async throws -> Bool {
  let end = ContinuousClock.now + .seconds(600)
  var looks = 0
  while true {
    if try await holds() { return true }
    looks += 1
    if looks >= 2000, ContinuousClock.now > end { return false }
    // What is looked at may take much of the machine itself.
    try await Task.sleep(for: .milliseconds(min(250, 10 + 5 * looks)))
  }
}

/// How many hundredths of a second some work takes, by a task beside it that sleeps so long and then waits for its turn on a thread.
///
/// Where tasks wait long for a thread, as they do while hundreds of tests run at once, both are late, and little is counted.
public func beats(_ work: () async throws -> Void) async throws -> Int {
  let count = Tally()
  let heart = Task {
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(10))
      count.value.withLock { $0 += 1 }
    }
  }
  defer { heart.cancel() }
  try await work()
  return count.value.withLock { $0 }
}

private final class Tally: Sendable {
  let value = Mutex(0)
}
