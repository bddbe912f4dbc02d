import Foundation

/// Writes what several workers make, in the order of their input.
///
/// A worker whose turn has not come waits before it hands over, so that no more than one piece a worker is held.
public actor OrderedOutput {
  private var next = 0
  private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
  private let output: StandardOutput

  public init(_ output: StandardOutput) { self.output = output }

  /// Writes the bytes of a unit of input once all units before it have been written.
  public func write(_ bytes: [UInt8], sequence: Int) async throws {
    if sequence != next { await withCheckedContinuation { waiting[sequence] = $0 } }
    defer {
      next += 1
      waiting.removeValue(forKey: next)?.resume()
    }
    try output.write(bytes)
  }
}
