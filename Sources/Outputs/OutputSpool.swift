import Parallel

/// What one unit of input gives to print: in memory, and what is beyond a bound in a temporary file without a name.
///
/// A unit may be a small file that unpacks to gigabytes, so what it gives has any length.
struct OutputSpool {
  /// Text that has been made; more is appended here.
  var bytes: [UInt8] = []
  private var file: SpillFile?
  private var fileBytes = 0
  private let limit: Int

  /// - Parameter limit: bytes that stay in memory.
  init(limit: Int = min(32 << 20, ProcessMemory.available / 48)) {
    self.limit = limit
  }

  /// Makes room where there is more than stays in memory; throws where there is none on disk either.
  mutating func settle() throws {
    guard bytes.count > limit else { return }
    let file = try self.file ?? SpillFile()
    self.file = file
    _ = try bytes.withUnsafeBufferPointer { try file.append($0) }
    fileBytes += bytes.count
    bytes.removeAll(keepingCapacity: true)
  }

  /// Takes out all there is.
  mutating func take() -> SpooledOutput {
    defer {
      bytes.removeAll(keepingCapacity: true)
      file = nil
      fileBytes = 0
    }
    return SpooledOutput(file: file, fileBytes: fileBytes, bytes: bytes)
  }
}

/// A text, the start of which may be in a file.
struct SpooledOutput: Sendable {
  fileprivate var file: SpillFile?
  fileprivate var fileBytes = 0
  fileprivate var bytes: [UInt8]

  fileprivate init(file: SpillFile?, fileBytes: Int, bytes: [UInt8]) {
    (self.file, self.fileBytes, self.bytes) = (file, fileBytes, bytes)
  }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var count: Int { fileBytes + bytes.count }

  /// Calls `body` with pieces of the text, in order.
  func forEachPiece(_ body: ([UInt8]) throws -> Void) throws {
    var start = 0
    while let file, start < fileBytes {
      let count = min(1 << 20, fileBytes - start)
      try body(try file.read(start, count))
      start += count
    }
    if !bytes.isEmpty { try body(bytes) }
  }
}
