import Alerts
import Events

/// Takes alerts that were made into the queue of what is to be told.
public struct AlertFeed: Sendable {
  private let store: AlertStore
  private let queue: DeliveryQueue
  private let channels: [NotificationChannel]

  public init(_ store: AlertStore, _ queue: DeliveryQueue, _ channels: [NotificationChannel]) {
    self.store = store
    self.queue = queue
    self.channels = channels
  }

  private static let bytes = 8 << 20

  /// Has the channels that were not set before tell what is made from now on, and a new queue begin there: of what is made behind this all of
  /// them tell, whenever `takeNew` comes to it. To be called before `takeNew` with other channels.
  public func begin(at now: Timestamp) async throws {
    try await queue.begin(channels.map(\.name), behind: try store.lastNumber() ?? 0, at: now)
  }

  /// Takes all alerts that were made since the last time; those that were there the first time are told to nobody.
  ///
  /// To be called at the start and after every execution of rules that made alerts; once is enough for all of them, and once too often does
  /// nothing. Gives the number of deliveries that are new.
  ///
  /// - Parameter leavingOut: is given alerts that are damaged, of which nobody is told; the same ones again until later ones are there.
  public func takeNew(
    at now: Timestamp, leavingOut: ([DamagedAlert]) -> Void = { _ in }
  ) async throws -> Int {
    let last = try store.lastNumber() ?? 0
    guard let place = try await queue.place() else {
      try await queue.begin(behind: last, at: now)
      return 0
    }
    var number = place
    var since = Timestamp.earliest
    if last < place {
      // All alerts were deleted and numbers began anew, or the alerts are those of an older copy, which have been told.
      since = try await queue.restart()
      number = 0
    }
    var added = 0
    while true {
      let (made, damaged) = try store.made(behind: number, since: since, bytes: Self.bytes)
      leavingOut(damaged)
      guard let end = made.last else { return added }
      let alerts = made.map { DeliveryQueue.Alert(number: $0.number, document: $0.document) }
      // There is no room for more until some are sent, or they are for those that know a channel which this does not.
      guard let new = try await queue.take(alerts, for: channels, at: now) else { return added }
      added += new
      number = end.number
    }
  }
}
