import Foundation

/// A failure to store something, for as long as it is not known to be over.
///
/// On a full disk what is small finds room long before what failed does, first of all what the service tells of the failure itself: that it
/// could be stored says little. But it says that storing works, and whoever looks only at what failed waits for ever where nobody sends as
/// much again, and the disk is too small for the room that is asked for, or its room cannot be seen, as that of a quota: so it is over
/// as well where something could be stored and nothing has failed for a while.
struct StoreFailure: Equatable {
  /// Bytes of content that could not be stored, of the longest that was tried.
  private(set) var bytes: Int
  /// There was no room for it.
  private(set) var isFull: Bool
  /// What there is of room says whether it is over; otherwise there is a bound that cannot be seen there, such as a quota.
  private var showsRoom: Bool
  /// Bytes of events that were stored since, without another failure.
  private var stored = 0
  /// Something was stored since, be it the service's own.
  private var hasStored = false
  /// When it failed last, in the clock's milliseconds.
  private var failed: Int64

  /// How long nothing has failed, in milliseconds, where what was stored meanwhile ends it, however little that was. Whoever sends again does
  /// so within minutes.
  static let patience: Int64 = 600_000

  /// - Parameters:
  ///   - room: bytes that the disk has for it; nil where that is not known.
  ///   - saysFull: the system has said that there is no room.
  init(bytes: Int, room: Int?, saysFull: Bool, at now: Int64) {
    self.bytes = min(bytes, Self.most)
    showsRoom = Self.isShort(room, for: self.bytes)
    isFull = showsRoom || saysFull
    failed = now
  }

  /// Something could not be stored again.
  mutating func repeats(_ next: StoreFailure) {
    let bytes = max(bytes, next.bytes)
    self = next
    self.bytes = bytes
  }

  /// Something was stored: whether that says that it is over.
  ///
  /// - Parameters:
  ///   - events: bytes of events of others than the service itself.
  ///   - room: bytes that the disk has now.
  mutating func isOver(storing events: Int, room: Int?, at now: Int64) -> Bool {
    stored = min(bytes, stored + min(bytes, events))
    hasStored = true
    return !isFull || events > 0 && stored >= bytes || isOver(room, at: now)
  }

  /// Whether there is room now where there was none, or something was stored and nothing has failed for a while.
  mutating func isOver(_ room: Int?, at now: Int64) -> Bool {
    // A clock that was set back begins anew.
    failed = min(failed, now)
    guard isFull else { return false }
    return showsRoom && room != nil && !Self.isShort(room, for: bytes) || hasStored && now - failed >= Self.patience
  }

  private static func isShort(_ room: Int?, for bytes: Int) -> Bool { room.map { $0 < 2 * bytes + margin } ?? false }

  /// What is longer is stored in pieces.
  private static let most = 64 << 20
  /// What the catalog and its log may take beside the events.
  private static let margin = 8 << 20

  /// Bytes that whoever runs this may still write where a folder is; nil where that cannot be told.
  static func room(in folder: String) -> Int? {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return nil }
    let (bytes, isTooMuch) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
      by: Int(clamping: status.f_frsize))
    return isTooMuch ? .max : bytes
  }
}
