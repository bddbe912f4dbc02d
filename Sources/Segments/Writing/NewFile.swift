import Foundation

/// A file that is being written, and that is gone again unless it is finished.
struct NewFile: ~Copyable {
  private let path: String
  private var descriptor: Int32
  private(set) var count = 0

  /// Creates a file that nobody else may read; where there is one already that is an error.
  init(_ path: String) throws(SegmentFault) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .system("it cannot be created") }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(path)
  }

  mutating func write(_ room: borrowing ByteRoom) throws(SegmentFault) { try write(room.bytes) }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(SegmentFault) {
    var done = 0
    while done < bytes.count {
      let written = Foundation.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw .system("it cannot be written") }
      done += written
    }
    count += done
  }

  /// Hands the file over to whoever sees to it that it outlives a failure of the power; from now on it stays where it is.
  mutating func release() -> Int32 {
    defer { descriptor = -1 }
    return descriptor
  }

  /// Sees to it that the file, and its name in its directory, outlive a failure of the power.
  mutating func finish() throws(SegmentFault) {
    guard fsync(descriptor) == 0 else { throw .system("it cannot be put on the disk") }
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw .system("its directory \(folder) cannot be opened") }
    defer { close(directory) }
    // Some file systems have nothing to do for a directory, and say so.
    guard fsync(directory) == 0 || errno == EINVAL else {
      throw .system("its directory \(folder) cannot be put on the disk")
    }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0 || errno == EINTR else {
      let fault = SegmentFault.system("it cannot be closed")
      unlink(path)
      throw fault
    }
  }
}
