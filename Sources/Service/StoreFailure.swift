import Foundation

/// A failure to store something, for as long as it is not known to be over.
///
/// On a full disk what is small finds room long before what failed does, first of all what the service tells of the failure itself: that it
/// could be stored says nothing.
struct StoreFailure: Equatable {
  /// Bytes of content that could not be stored, of the longest that was tried.
  private(set) var bytes: Int
  /// There was no room for it.
  private(set) var isFull: Bool
  /// Bytes of events that were stored since, without another failure.
  private var stored = 0

  /// - Parameter room: bytes that the disk has for it; nil where that is not known.
  init(bytes: Int, room: Int?) {
    self.bytes = min(bytes, Self.most)
    isFull = Self.isShort(room, for: self.bytes)
  }

  /// Something could not be stored again.
  mutating func repeats(_ next: StoreFailure) {
    bytes = max(bytes, next.bytes)
    isFull = next.isFull
    stored = 0
  }

  /// Something was stored: whether that says that it is over.
  ///
  /// - Parameters:
  ///   - events: bytes of events of others than the service itself.
  ///   - room: bytes that the disk has now.
  mutating func isOver(storing events: Int, room: Int?) -> Bool {
    stored = min(bytes, stored + min(bytes, events))
    return !isFull || events > 0 && stored >= bytes || hasRoom(room)
  }

  /// Whether there is room now where there was none.
  func hasRoom(_ room: Int?) -> Bool { isFull && room != nil && !Self.isShort(room, for: bytes) }

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
