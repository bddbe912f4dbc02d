import CloudTrail

/// Bytes, one read after another: of a file, or what comes of another source's when they are decompressed or decoded.
protocol ByteSource: AnyObject {
  /// Fills up to `capacity` bytes and returns how many; 0 at the end. What came before trouble is given first, and the
  /// next call throws.
  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int
  /// Bytes of the file or pipe itself taken so far.
  var bytesTaken: Int { get }
  /// Notes that records were found in what has been given since the last call.
  func noteRecords()
  /// Trouble with parts that were passed over, since the last call.
  func takeProblems() -> [SourceProblem]
}

extension ByteSource {
  func noteRecords() {}

  func takeProblems() -> [SourceProblem] { [] }
}

/// Parts of a source that could not be used, for one cause; the rest was.
struct SourceProblem {
  var cause: ProblemCause
  /// Of the first.
  var detail: String
  var count = 1
}
