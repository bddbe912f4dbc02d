import Intake
import Parallel
import Synchronization

/// Whether events can be stored, as a service says it of its part `store`: from a failure on until that is known to be over.
final class StoreTrouble: Sendable {
  private let clock: any ServiceClock
  private let health: ServiceHealth
  private let metrics: Metrics
  private let log: ServiceLog?
  private let room: @Sendable () -> Int?
  /// Changed together with what `health` says: several tasks store at once, and one's failure is not to be told behind another's end of it.
  private let failure = Mutex<StoreFailure?>(nil)

  /// - Parameter room: how many bytes the disk has room for; where that is not known, a failure is one of a full disk only where the
  ///   system says so.
  init(
    _ clock: any ServiceClock, _ health: ServiceHealth, metrics: Metrics, log: ServiceLog?,
    room: @escaping @Sendable () -> Int?
  ) {
    self.clock = clock
    self.health = health
    self.metrics = metrics
    self.log = log
    self.room = room
  }

  /// Why something is not stored, for whoever has brought it: what is no refusal already is a failure of the store, of which health, metrics and
  /// log tell.
  ///
  /// - Parameter bytes: of content that was to be stored.
  func refusal(_ error: any Error, bytes: Int) -> IngestionRefusal {
    if let refusal = error as? IngestionRefusal { return refusal }
    // What fails within others is told in their words, in which those for want of room are the same.
    let isFull = "\(error)".contains(SystemError.noRoom)
    let next = StoreFailure(bytes: bytes, room: room(), saysFull: isFull, at: clock.now.milliseconds)
    let isNew = failure.withLock { failure in
      if failure == nil { failure = next } else { failure?.repeats(next) }
      return health.set("store", "\(error)")
    }
    if isNew { log?.fail("events cannot be stored, and roads are asked to wait: \(error)") }
    metrics.add(to: "martlet_store_failures_total")
    return IngestionRefusal(.failed, "\(error)")
  }

  /// A commit has come to its end.
  ///
  /// - Parameter events: bytes of what was stored by it and is no event of the service itself.
  func hasStored(_ events: @autoclosure () -> Int) {
    guard failure.withLock({ $0 != nil }) else { return }
    let (bytes, room, now) = (events(), self.room(), clock.now.milliseconds)
    end { $0.isOver(storing: bytes, room: room, at: now) }
  }

  /// Ends the trouble of a disk that was full once it has room, or storing has worked for a while, whether anything comes or not: a service
  /// that is said not to be ready may be sent nothing.
  func lookForRoom() {
    guard failure.withLock({ $0?.isFull ?? false }) else { return }
    let (room, now) = (self.room(), clock.now.milliseconds)
    end { $0.isOver(room, at: now) }
  }

  private func end(_ isOver: (inout StoreFailure) -> Bool) {
    let hasEnded = failure.withLock { failure in
      guard var former = failure else { return false }
      let hasEnded = isOver(&former)
      failure = hasEnded ? nil : former
      return hasEnded && health.set("store", nil)
    }
    if hasEnded { log?.tell(.notice, "events can be stored again", [:]) }
  }
}
