import Dispatch
import Foundation
import Synchronization

/// Waits for the signals that ask a program to end, so that it ends in order.
final class StopSignal: Sendable {
  private final class Flag: Sendable {
    let hasCome = Atomic<Bool>(false)
  }

  private let flag = Flag()
  /// Only held on to; dispatch sources may be let go on any thread, which they do not say to the compiler.
  nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

  init() {
    sources = [SIGINT, SIGTERM].map { [flag] number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { flag.hasCome.store(true, ordering: .relaxed) }
      source.resume()
      return source
    }
  }

  var hasCome: Bool { flag.hasCome.load(ordering: .relaxed) }

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
    while !flag.hasCome.load(ordering: .relaxed), ContinuousClock.now < end {
      try? await Task.sleep(for: .milliseconds(50))
    }
    return flag.hasCome.load(ordering: .relaxed)
  }
}
