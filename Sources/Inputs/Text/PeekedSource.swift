/// A source whose start has been looked at: gives that first, then the rest.
final class PeekedSource: ByteSource {
  /// How much is looked at.
  static let headBytes = 1 << 16

  private let source: any ByteSource
  /// What the source starts with, up to `headBytes` or its end.
  private(set) var head: [UInt8] = []
  private var given = 0
  /// Trouble that was met while looking; told after the head.
  private var trouble: (any Error)?

  init(_ source: any ByteSource) {
    self.source = source
    peek(further: Self.headBytes)
  }

  /// Looks at more of the source, up to so many bytes from its start, before anything is read.
  func peek(further bytes: Int) {
    guard trouble == nil, bytes > head.count else { return }
    let more = [UInt8](unsafeUninitializedCapacity: bytes - head.count) { buffer, filled in
      guard let start = buffer.baseAddress else { return }
      do {
        while filled < buffer.count {
          let count = try source.read(into: start + filled, capacity: buffer.count - filled)
          if count == 0 { break }
          filled += count
        }
      } catch {
        trouble = error
      }
    }
    head += more
  }

  /// A source of which a part has been taken already.
  init(_ source: any ByteSource, head: [UInt8]) {
    self.source = source
    self.head = head
  }

  /// The file, where nothing is packed around it.
  var file: FileSource? { source as? FileSource }

  var bytesTaken: Int { source.bytesTaken }

  func noteRecords() { source.noteRecords() }

  func takeProblems() -> [SourceProblem] { source.takeProblems() }

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    let count = min(capacity, head.count - given)
    if count > 0 {
      head.withUnsafeBufferPointer { start.update(from: $0.baseAddress! + given, count: count) }
      given += count
      return count
    }
    if let error = trouble {
      trouble = nil
      throw error
    }
    return try source.read(into: start, capacity: capacity)
  }
}
