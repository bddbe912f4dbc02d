import Intake
import Synchronization

/// Whether events can be stored, as a service says it of its part `store`: from a failure on until that is known to be over.
final class StoreTrouble: Sendable {
  private let health: ServiceHealth
  private let metrics: Metrics
  private let log: ServiceLog?
  private let room: @Sendable () -> Int?
  /// Changed together with what `health` says: several tasks store at once, and one's failure is not to be told behind another's end of it.
  private let failure = Mutex<StoreFailure?>(nil)

  /// - Parameter room: how many bytes the disk has room for; where that is not known, no failure is taken for one of a full disk.
  init(_ health: ServiceHealth, metrics: Metrics, log: ServiceLog?, room: @escaping @Sendable () -> Int?) {
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
    let next = StoreFailure(bytes: bytes, room: room())
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
    let (bytes, room) = (events(), self.room())
    end { $0.isOver(storing: bytes, room: room) }
  }

  /// Ends the trouble of a disk that was full once it has room, whether anything comes or not: a service that is said not to be ready may
  /// be sent nothing.
  func lookForRoom() {
    guard failure.withLock({ $0?.isFull ?? false }) else { return }
    let room = self.room()
    end { $0.hasRoom(room) }
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
