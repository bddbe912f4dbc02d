/// Text that is made of another source's bytes, some at a time.
class ConvertedSource: ByteSource {
  let source: any ByteSource
  /// What has been made and not been given yet.
  final var output: [UInt8] = []
  private final var given = 0
  private final var isAtEnd = false

  init(_ source: any ByteSource) { self.source = source }

  final var bytesTaken: Int { source.bytesTaken }

  final func noteRecords() { source.noteRecords() }

  func takeProblems() -> [SourceProblem] { source.takeProblems() }

  /// Appends more to `output`, or nothing yet; false at the end, after which it is not called again.
  func convert() throws -> Bool { false }

  final func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    while given == output.count {
      if isAtEnd { return 0 }
      output.removeAll(keepingCapacity: true)
      given = 0
      isAtEnd = try !convert()
    }
    let count = min(capacity, output.count - given)
    output.withUnsafeBufferPointer { start.update(from: $0.baseAddress! + given, count: count) }
    given += count
    return count
  }
}
