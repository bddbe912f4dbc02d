import Synchronization

/// Lets so much be in hand at once and no more: who wants some waits until there is room, in the order of asking.
public final class MemoryBudget: Sendable {
  public let limit: Int

  private struct State {
    var used = 0
    var last: UInt64 = 0
    var waiting: [(id: UInt64, bytes: Int, waiter: CheckedContinuation<Void, any Error>)] = []
    var cancelled: Set<UInt64> = []
  }

  private let state = Mutex(State())

  /// - Parameter limit: bytes.
  public init(_ limit: Int) { self.limit = max(1, limit) }

  /// Does something while so many bytes are taken; what is larger than the whole takes the whole. Throws `CancellationError` while
  /// it waits, and what `body` throws.
  public func taking<Value: Sendable>(_ bytes: Int, _ body: () async throws -> Value) async throws -> Value {
    let bytes = min(max(bytes, 0), limit)
    try await take(bytes)
    defer { give(bytes) }
    return try await body()
  }

  private func take(_ bytes: Int) async throws {
    let id = state.withLock { state in
      state.last += 1
      return state.last
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
        let result: Result<Void, any Error>? = state.withLock { state in
          if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
          if state.waiting.isEmpty, state.used + bytes <= limit {
            state.used += bytes
            return .success(())
          }
          state.waiting.append((id, bytes, waiter))
          return nil
        }
        if let result { waiter.resume(with: result) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
        guard let place = state.waiting.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return nil
        }
        return state.waiting.remove(at: place).waiter
      }
      waiter?.resume(throwing: CancellationError())
      // The one that went may have been in the way of others.
      give(0)
    }
    state.withLock { _ = $0.cancelled.remove(id) }
  }

  private func give(_ bytes: Int) {
    let next = state.withLock { state in
      state.used -= bytes
      var next: [CheckedContinuation<Void, any Error>] = []
      while let first = state.waiting.first, state.used + first.bytes <= limit {
        state.used += first.bytes
        next.append(state.waiting.removeFirst().waiter)
      }
      return next
    }
    for waiter in next { waiter.resume() }
  }
}
