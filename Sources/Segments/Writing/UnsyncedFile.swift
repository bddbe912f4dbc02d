import Foundation
import Parallel
import Synchronization

/// The file of a segment that was written and need not be on the disk yet.
public final class UnsyncedFile: Sendable {
  private let descriptor: Int32
  private let path: String

  init(_ descriptor: Int32, _ path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// Waits until some files outlive a failure of the power; their names do once their folder is synced. Throws what the first of them met.
  ///
  /// Several are waited for at once: a file system writes its journal, and a disk empties its cache, once for all that wait at that
  /// moment.
  public static func sync(_ files: [UnsyncedFile]) throws(SegmentError) {
    let faults = Mutex<[Int: SegmentError]>([:])
    waitingTogether(files.count) { place in
      do throws(SegmentError) {
        try files[place].sync()
      } catch {
        faults.withLock { $0[place] = error }
      }
    }
    if let first = faults.withLock({ $0.min { $0.key < $1.key }?.value }) { throw first }
  }

  private func sync() throws(SegmentError) {
    guard fsync(descriptor) == 0 else {
      throw SegmentError(.system("it cannot be put on the disk"), doing: "writing the segment", path: path)
    }
  }
}
