import Foundation
import Notifications
import Synchronization

/// The queue of notifications of a folder, opened when it is first needed and kept from then on: however often settings are read again,
/// and whoever looks into it, a process has it once.
public final class TellingQueue: Sendable {
  private let path: String
  private let queue = Mutex<DeliveryQueue?>(nil)

  /// - Parameter data: the folder of events.
  public init(data: String) { path = data + "/notifications.sqlite" }

  /// The same, and nil where there is none, which is not made.
  func openedIfThere() throws -> DeliveryQueue? {
    let isOpen = queue.withLock { $0 != nil }
    return isOpen || access(path, F_OK) == 0 ? try opened() : nil
  }

  /// Makes it where there is none. Throws `SettingsFault` where it cannot be opened; the next time it is tried again.
  func opened() throws -> DeliveryQueue {
    try queue.withLock { queue in
      if let queue { return queue }
      let opened = try DeliveryQueue(path)
      queue = opened
      return opened
    }
  }
}
