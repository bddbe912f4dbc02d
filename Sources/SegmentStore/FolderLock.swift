import Foundation
import Parallel

/// The right to write to a folder, which one process has at a time. It ends with the process, however that ends.
final class FolderLock: Sendable {
  private let descriptor: Int32
  /// The file that is locked.
  private let path: String
  /// How often it is asked for again before it is called taken, and microseconds in between.
  static let tries = 40
  private static let pause: UInt32 = 50_000

  /// - Parameter holder: what this process is, for the one that finds the lock taken: `martlet ingest`.
  convenience init(_ folder: StoreFolder, holder: String, tries most: Int = FolderLock.tries) throws(StoreError) {
    let descriptor = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw StoreError(.io, "\(folder.path) cannot be locked for writing: \(folder.lock): \(SystemError.words())")
    }
    try self.init(folder, file: folder.lock, descriptor, holder: holder, tries: most)
  }

  /// - Parameters:
  ///   - file: the file that is locked.
  ///   - descriptor: of that file, open for writing; it is closed with the lock, and where it is taken.
  init(
    _ folder: StoreFolder, file: String, _ descriptor: Int32, holder: String, tries most: Int = FolderLock.tries
  ) throws(StoreError) {
    // A command that only tidies up at its end is done in a moment.
    var tries = most
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let cause = errno
      if cause == EINTR { continue }
      if cause == EWOULDBLOCK, tries > 0 {
        tries -= 1
        usleep(Self.pause)
        continue
      }
      let other = Self.holder(descriptor)
      close(descriptor)
      if cause == EWOULDBLOCK {
        throw StoreError(
          .busy,
          "\(folder.path) is being written by \(other); one process writes at a time, so wait for it to end, or stop it"
        )
      }
      throw StoreError(.io, "\(folder.path) cannot be locked for writing: \(SystemError.words(cause))")
    }
    // Not before: what throws has closed it, and must not have it closed once more when there may be another of its number.
    self.descriptor = descriptor
    path = file
    let text = Array("\(holder), process \(getpid())\n".utf8)
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else { return }
  }

  deinit { close(descriptor) }

  /// True while the file that is locked lies where it was opened.
  var isInPlace: Bool {
    var (own, there) = (stat(), stat())
    return fstat(descriptor, &own) == 0 && lstat(path, &there) == 0 && own.st_dev == there.st_dev
      && own.st_ino == there.st_ino
  }

  /// True for a file of a lock that no process holds.
  static func isLeft(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) == 0
  }

  /// Who holds the lock, as it says itself.
  private static func holder(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 200)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let text = String(decoding: bytes.prefix(max(0, count)).prefix { $0 >= 0x20 && $0 < 0x7F }, as: UTF8.self)
    return text.isEmpty ? "another process" : text
  }
}
