import CProcess

/// Waits for the signals that ask a program to end, so that it ends in order. All of a process are one.
final class StopSignal: Sendable {
  // A handler is there from the first moment on. Dispatch would have the signals ignored until its source is ready, and one that comes
  // meanwhile would be lost.
  init() { martlet_note_stop_signals() }

  var hasCome: Bool { martlet_stop_signal_has_come() != 0 }

  /// Runs `body`, and cancels it as soon as a signal has come; nil where it was.
  func cancelling<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result? {
    try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        while !Task.isCancelled, !self.hasCome { try? await Task.sleep(for: .milliseconds(50)) }
        return nil
      }
      defer { group.cancelAll() }
      if let first = try await group.next(), let result = first { return result }
      group.cancelAll()
      do {
        // It may have come to its end all the same.
        return try await group.next() ?? nil
      } catch is CancellationError {
        return nil
      }
    }
  }

  /// Waits so long; true as soon as a signal has come.
  func comes(within time: Duration) async -> Bool {
    let end = ContinuousClock.now + time
    while !hasCome, ContinuousClock.now < end {
      try? await Task.sleep(for: .milliseconds(50))
    }
    return hasCome
  }
}
