import Foundation
import Parallel

/// Writes files whole or not at all.
public enum FileWriter {
  /// Why a file was not written, a sentence.
  public struct Failure: Error, Hashable, Sendable {
    public let message: String
    /// True when there is a file of that name already, which was left as it is.
    public var exists = false
  }

  /// Puts a text in place of a file at once: whoever reads meanwhile sees the old text or the new one. Links stay links,
  /// and the file keeps its mode.
  public static func replace(_ path: String, with text: String) throws(Failure) {
    guard let resolved = realpath(path, nil) else { throw failure(path) }
    defer { free(resolved) }
    try swap(String(cString: resolved), with: text)
  }

  /// Puts a new file in the place of one, or of nothing: a link that has come there meanwhile is replaced, not followed.
  private static func swap(_ target: String, with text: String) throws(Failure) {
    var status = stat()
    guard lstat(target, &status) == 0 else { throw failure(target) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(message: "\(target) is a link or no plain file; it is left as it is.")
    }
    let temporary = target + ".\(getpid()).new"
    do {
      try create(temporary, text, mode: status.st_mode & 0o7777)
    } catch {
      throw Failure(message: error.message)
    }
    guard rename(temporary, target) == 0 else {
      let failure = failure(target)
      unlink(temporary)
      throw failure
    }
  }

  /// Makes a new file; where there is one of that name, or a link, nothing is done.
  public static func create(_ path: String, _ text: String) throws(Failure) {
    try create(path, text, mode: 0o644)
  }

  /// Makes a file, or puts the text in place of one that is there where that is allowed. A link is never followed: it
  /// could lead out of the folder that was named.
  public static func write(_ path: String, _ text: String, overwrites: Bool) throws(Failure) {
    do {
      try create(path, text)
    } catch {
      guard error.exists, overwrites else { throw error }
      try swap(path, with: text)
    }
  }

  /// Takes a file away that was just made.
  static func remove(_ path: String) { unlink(path) }

  /// Makes the folder, and those above it, where they are missing.
  public static func makeFolder(_ path: String) throws(Failure) {
    // Each folder on the way down: what stands in the way is named by itself.
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += part
      if mkdir(made, 0o777) != 0 {
        let code = errno
        var status = stat()
        guard stat(made, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
          let cause = code == EEXIST ? "a file of that name is in the way" : SystemError.words(code)
          throw Failure(message: "The folder \(made) cannot be made: \(cause).")
        }
      }
      made += "/"
    }
  }

  private static func create(_ path: String, _ text: String, mode: mode_t) throws(Failure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      throw errno == EEXIST ? Failure(message: "\(path) exists already.", exists: true) : failure(path)
    }
    var isWhole = false
    defer {
      close(descriptor)
      if !isWhole { unlink(path) }
    }
    // What the mask took from a mode that is to be kept.
    if mode != 0o644 { fchmod(descriptor, mode) }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(path) }
      bytes = bytes.dropFirst(count)
    }
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(path) }
    isWhole = true
  }

  private static func failure(_ path: String) -> Failure {
    Failure(message: "\(path) cannot be written: \(SystemError.words()).")
  }
}
