import Foundation

/// A file that is written from its beginning to its end.
final class FileSink {
  private let path: String
  private var handle: UnsafeMutablePointer<FILE>?

  /// Opens a new file; `replacing` says whether one that exists may be overwritten.
  init(path: String, replacing: Bool = false) throws(GenerationError) {
    self.path = path
    handle = fopen(path, replacing ? "wb" : "wbx")
    if handle == nil { throw Self.failure(path) }
  }

  deinit {
    if let handle { fclose(handle) }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(GenerationError) {
    guard let handle, let start = bytes.baseAddress, bytes.count > 0 else { return }
    if fwrite(start, 1, bytes.count, handle) != bytes.count { throw Self.failure(path) }
  }

  func write(_ text: String) throws(GenerationError) {
    let bytes = Array(text.utf8)
    do {
      try bytes.withUnsafeBytes { try write($0) }
    } catch let error as GenerationError {
      throw error
    } catch {
      throw .fileFailure(path: path, reason: "\(error)")
    }
  }

  /// Hands what is buffered to the system, so that it outlives the process.
  func flush() throws(GenerationError) {
    if let handle, fflush(handle) != 0 { throw Self.failure(path) }
  }

  /// Closes the file; what could not be written shows here at the latest.
  func close() throws(GenerationError) {
    guard let open = handle else { return }
    handle = nil
    if fclose(open) != 0 { throw Self.failure(path) }
  }

  private static func failure(_ path: String) -> GenerationError {
    .fileFailure(path: path, reason: words(errno))
  }

  /// Why the system refused something, and what to do.
  static func words(_ code: Int32) -> String {
    switch code {
    case ENOENT: "there is no such file or folder"
    case ENOTDIR, EEXIST: "a file is in the way of a folder: choose another place"
    case EACCES, EPERM: "permission is missing: choose another place, or look at the rights of the folders above it"
    case EROFS: "the file system is read-only: choose another place"
    case ENOSPC, EDQUOT: "there is no room left on the disk: make some, choose another place, or ask for fewer events"
    default: String(cString: strerror(code)).lowercased()
    }
  }
}
