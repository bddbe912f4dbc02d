import NIOCore
import Synchronization

/// Whether the client of a connection is still there, for answers that are only worth their cost where somebody reads them.
final class ClientPresence: Sendable {
  private struct State {
    var isGone = false
    var waiting: [Int: AsyncStream<Never>.Continuation] = [:]
    var next = 0
  }

  private let state = Mutex(State())

  /// The one of a connection that `ServerConnection` has set up; nil where it has ended meanwhile.
  static func of(_ channel: any Channel) async -> ClientPresence? {
    try? await channel.eventLoop.submit {
      try channel.pipeline.syncOperations.handler(type: RequestGuard.self).presence
    }.get()
  }

  /// The connection has ended, or its client has closed its side.
  func end() {
    let waiting = state.withLock { state in
      state.isGone = true
      defer { state.waiting = [:] }
      return state.waiting
    }
    waiting.values.forEach { $0.finish() }
  }

  /// Does what is cancelled once the client has gone.
  func during<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) async -> Result {
    await withTaskGroup(of: Result?.self) { group in
      let (gone, number) = watch()
      group.addTask {
        for await _ in gone {}
        return nil
      }
      group.addTask { await work() }
      var result: Result?
      while let ended = await group.next() {
        // Either the client has gone, or nobody needs to watch any more.
        group.cancelAll()
        if let ended { result = ended }
      }
      state.withLock { _ = $0.waiting.removeValue(forKey: number) }
      // The group ends when both have, of which the work gives a result.
      guard let result else { preconditionFailure("a task group lost the result of its task") }
      return result
    }
  }

  /// A stream that ends when the connection does.
  private func watch() -> (AsyncStream<Never>, Int) {
    let (stream, continuation) = AsyncStream<Never>.makeStream()
    let number = state.withLock { state -> Int? in
      guard !state.isGone else { return nil }
      state.next += 1
      state.waiting[state.next] = continuation
      return state.next
    }
    if number == nil { continuation.finish() }
    return (stream, number ?? 0)
  }
}
