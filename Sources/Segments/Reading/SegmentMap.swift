import Foundation

/// The bytes of a segment's file, mapped into memory for as long as somebody has this.
///
/// A file that is made shorter while it is mapped ends the process where what is gone is read: segments are replaced and
/// removed, which a map outlives, and never cut.
final class SegmentMap: Sendable {
  /// Safe to share, though a pointer does not say so: the map is for reading alone, and ends with this.
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  init(path: String) throws(SegmentFault) {
    // What is no file, a pipe say, must not be waited for.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system("it cannot be opened") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("it cannot be looked at") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw SegmentFault(cause: "it is no file") }
    let count = Int(status.st_size)
    guard count > 0 else { throw SegmentFault(cause: "the file is empty") }
    let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let start, start != MAP_FAILED else { throw .system("it cannot be mapped") }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
    isMapped = true
  }

  /// A copy of bytes that are in memory.
  init(copying source: [UInt8]) {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 16)
    room.copyBytes(from: source)
    bytes = UnsafeRawBufferPointer(room)
    isMapped = false
  }

  /// Gives back the memory that pages took which were read; whoever reads them again finds them in the system's cache.
  func letGo() {
    guard isMapped else { return }
    madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count, MADV_DONTNEED)
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    } else {
      bytes.deallocate()
    }
  }
}
