import Foundation
import Synchronization

/// A temporary file without a name, for what finds no room in memory. It is gone with whoever holds it, or with the process.
public final class SpillFile: Sendable {
  private let descriptor: Int32
  private let length = Atomic<Int>(0)
  private let room: SpillRoom

  /// Throws `SpillError`.
  public init(_ room: SpillRoom = .shared) throws {
    self.room = room
    var template = Array((room.directory + "/martlet-XXXXXX").utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      throw SpillError(doing: "making a temporary file in \(room.directory)", cause: SystemError.words())
    }
    unlink(template)
  }

  deinit {
    close(descriptor)
    room.giveBack(length.load(ordering: .relaxed))
  }

  /// Appends bytes and returns where they start. Called by the one worker that owns the file. Throws `SpillError`, after which the
  /// file is as it was.
  public func append(_ bytes: UnsafeBufferPointer<UInt8>) throws -> Int {
    let start = length.load(ordering: .relaxed)
    guard let from = bytes.baseAddress, !bytes.isEmpty else { return start }
    try room.take(bytes.count)
    var written = 0
    while written < bytes.count {
      let count = pwrite(descriptor, from + written, bytes.count - written, off_t(start + written))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let error = SpillError(doing: "writing to a temporary file", cause: SystemError.words())
        room.giveBack(bytes.count)
        throw error
      }
      written += count
    }
    length.store(start + bytes.count, ordering: .relaxed)
    return start
  }

  /// Bytes of the file. Throws `SpillError`.
  public func read(_ offset: Int, _ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count + 64) { buffer, filled in
      while filled < count {
        let taken = pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
        if taken < 0, errno == EINTR { continue }
        guard taken > 0 else {
          throw SpillError(doing: "reading a temporary file", cause: SystemError.words())
        }
        filled += taken
      }
    }
  }

  /// A descriptor of its own for the file, whoever closes it.
  public func duplicate() -> Int32 { dup(descriptor) }
}

/// The room on disk that all temporary files of a process may take together, so that what comes from outside fills no disk.
public final class SpillRoom: Sendable {
  /// In `TMPDIR`, or in `/tmp`: half of what was free there when it was first asked for.
  public static let shared = SpillRoom(
    directory: ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp")

  public let directory: String
  /// In bytes.
  public let limit: Int
  private let used = Atomic<Int>(0)

  /// - Parameter limit: in bytes; half of what is free in the directory unless given.
  public init(directory: String, limit: Int? = nil) {
    self.directory = directory
    var status = statvfs()
    // Where nothing can be told, the system says when there is no room left.
    let isKnown = statvfs(directory, &status) == 0
    let (free, isBeyond) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    self.limit = limit ?? (isKnown && !isBeyond ? Int(clamping: free / 2) : .max)
  }

  /// Takes room; throws `SpillError` where there is none left.
  func take(_ bytes: Int) throws {
    guard used.add(bytes, ordering: .relaxed).newValue > limit else { return }
    giveBack(bytes)
    throw SpillError(
      doing: "writing to temporary files in \(directory)",
      cause: "they would take more than \(limit >> 20) MiB, half of what was free there")
  }

  func giveBack(_ bytes: Int) { used.subtract(bytes, ordering: .relaxed) }
}

/// Why something cannot be kept on disk for a while, in words for a person.
public struct SpillError: Error, CustomStringConvertible, Sendable {
  var doing: String
  var cause: String
  public var description: String { "\(doing): \(cause); set TMPDIR to a directory with room" }
}
