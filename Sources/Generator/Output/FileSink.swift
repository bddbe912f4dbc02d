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
    .fileFailure(path: path, reason: String(cString: strerror(errno)))
  }
}
