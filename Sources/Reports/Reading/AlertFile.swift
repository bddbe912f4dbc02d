import Foundation

/// The bytes of a file or of standard input, piece by piece.
final class AlertFile {
  private let handle: FileHandle
  private let path: String
  private var isFirst = true

  init(path: String) throws(AlertFileError) {
    self.path = path
    if path == "-" {
      handle = .standardInput
      return
    }
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw .unreadable(path, reason: "there is no such file")
    }
    guard !isDirectory.boolValue else { throw .unreadable(path, reason: "it is a directory") }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw .unreadable(path, reason: "it cannot be opened")
    }
    self.handle = handle
  }

  /// The next piece of at most 1 MiB; nil at the end.
  func next() throws -> [UInt8]? {
    let data: Data?
    do {
      data = try handle.read(upToCount: 1 << 20)
    } catch {
      throw AlertFileError.unreadable(path, reason: "it cannot be read")
    }
    guard let data, !data.isEmpty else { return nil }
    let bytes = Array(data)
    if isFirst {
      isFirst = false
      if bytes.starts(with: [0x1F, 0x8B]) || bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
        throw AlertFileError.compressed(path)
      }
    }
    return bytes
  }
}
