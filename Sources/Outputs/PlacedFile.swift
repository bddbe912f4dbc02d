import Foundation
import Parallel

/// A file that is written beside its place and moved there in one step when it is complete.
public struct PlacedFile: Sendable {
  /// Why a file cannot be written to a place.
  public struct Failure: Error, Hashable, Sendable {
    public let reason: String

    /// Why the system would not write.
    fileprivate static func ofWriting() -> Failure {
      Failure(reason: "it cannot be written: \(SystemError.words())")
    }
  }

  /// Where the file comes to stand, links followed.
  public let path: String

  /// Checks that a file can be written to a path; throws `Failure`.
  ///
  /// - Parameters:
  ///   - objection: says of a place, with a file or without, why none may be written there.
  ///   - refusal: says of a file that stands there, and is not empty, why it may not be replaced.
  public init(
    path: String, objection: (_ path: String) -> String? = { _ in nil },
    refusal: (_ path: String) -> String? = { _ in nil }
  ) throws(Failure) {
    // A link stays a link: the file behind it is replaced.
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    self.path = target
    let folder = URL(fileURLWithPath: target).deletingLastPathComponent().path
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw Failure(reason: "there is no folder \(folder)")
    }
    guard access(folder, W_OK) == 0 else { throw Failure(reason: "its folder cannot be written to") }
    guard !path.hasSuffix("/") else { throw Failure(reason: "it names a folder") }
    if let reason = objection(target) { throw Failure(reason: reason) }
    guard stat(target, &status) == 0 else { return }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw Failure(reason: "it is a folder")
    default: throw Failure(reason: "it is no regular file")
    }
    if status.st_size > 0, let reason = refusal(target) { throw Failure(reason: reason) }
  }

  /// A file that is being written beside its place: it is put there or discarded.
  public struct Draft: Sendable {
    fileprivate let handle: FileHandle
    fileprivate let temporary: String
    fileprivate let path: String

    /// Where to write.
    public var descriptor: Int32 { handle.fileDescriptor }

    /// Puts the file in its place; throws `Failure`, and then it is discarded.
    public func place() throws(Failure) {
      guard fsync(descriptor) == 0 || errno == EINVAL else {
        let failure = Failure.ofWriting()
        discard()
        throw failure
      }
      guard rename(temporary, path) == 0 else {
        let failure = Failure.ofWriting()
        discard()
        throw failure
      }
    }

    fileprivate func write(_ bytes: [UInt8]) throws(Failure) {
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw Failure.ofWriting() }
        rest = rest.dropFirst(count)
      }
    }

    /// Leaves nothing behind.
    public func discard() { unlink(temporary) }
  }

  /// Begins to write the file.
  public func draft() throws(Failure) -> Draft {
    let temporary = path + ".\(UUID().uuidString.prefix(8)).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Failure(reason: "it cannot be made: \(SystemError.words())") }
    return Draft(
      handle: FileHandle(fileDescriptor: descriptor, closeOnDealloc: true), temporary: temporary, path: path)
  }

  /// Writes the text in pieces and puts it in its place; nothing is left behind when that fails. Throws `Failure`, and
  /// what `body` throws.
  public func write<Result>(_ body: (_ output: ([UInt8]) throws -> Void) throws -> Result) throws -> Result {
    let draft = try draft()
    let result: Result
    do {
      result = try body { try draft.write($0) }
    } catch {
      draft.discard()
      throw error
    }
    try draft.place()
    return result
  }
}
