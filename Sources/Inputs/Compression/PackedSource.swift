/// What a decompressor makes of another source's bytes: what one for each form has in common.
class PackedSource: ByteSource {
  private let source: any ByteSource
  private let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 18)
  /// Bytes that have been taken and not been used yet.
  final var input: UnsafeMutableBufferPointer<UInt8>
  private final var isEnded = false
  /// Trouble that is told once all that came before it has been given.
  private final var pending: InputError?
  private final var guardian = RatioGuard()

  init(_ source: any ByteSource) {
    self.source = source
    input = UnsafeMutableBufferPointer(rebasing: buffer[..<0])
  }

  deinit { buffer.deallocate() }

  final var bytesTaken: Int { source.bytesTaken }

  final func takeProblems() -> [SourceProblem] { source.takeProblems() }

  final func noteRecords() {
    guardian.noteRecords()
    source.noteRecords()
  }

  final func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    var count = 0
    if !isEnded {
      try guardian.check()
      while count < capacity, !isEnded {
        let room = UnsafeMutableBufferPointer(start: start + count, count: min(capacity - count, 1 << 30))
        count += try decompress(into: room, isAtEnd: try !refill())
      }
    }
    if count == 0, let error = pending {
      pending = nil
      throw error
    }
    guardian.add(count, input: bytesTaken - input.count)
    return count
  }

  /// Makes what fits into some room of `input`, whose used part it takes off, and returns how much that is. Calls `end`
  /// where there is no more, at the latest when nothing comes of nothing.
  func decompress(into room: UnsafeMutableBufferPointer<UInt8>, isAtEnd: Bool) throws -> Int {
    end(nil)
    return 0
  }

  /// Sees to it that there is something in `input`; false at the source's end.
  final func refill() throws -> Bool {
    guard input.isEmpty, let start = buffer.baseAddress else { return true }
    input = UnsafeMutableBufferPointer(start: start, count: try source.read(into: start, capacity: buffer.count))
    return !input.isEmpty
  }

  /// Takes off what has been used of `input`, all but the last bytes.
  final func keep(_ count: Int) { input = UnsafeMutableBufferPointer(rebasing: input.suffix(count)) }

  /// Ends the text, with trouble or without.
  final func end(_ error: InputError?) {
    isEnded = true
    pending = error
  }
}
