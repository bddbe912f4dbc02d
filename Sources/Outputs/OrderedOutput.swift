import Foundation

/// Writes what several workers make, in the order of their input.
///
/// A worker whose turn has not come waits before it hands over, so that no more than one piece a worker is held.
public actor OrderedOutput {
  private var next = 0
  private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
  private let output: StandardOutput
  private var isHolding = false
  private var held: [UInt8] = []
  /// True when there was too much to be held back, and it was thrown away.
  public private(set) var hasDropped = false
  private let limit: Int

  /// - Parameter limit: how many bytes are held back at most.
  public init(_ output: StandardOutput, holdingAtMost limit: Int = 64 << 20) {
    self.output = output
    self.limit = limit
  }

  /// Starts over with the first unit, and throws away what is held back.
  ///
  /// - Parameter holdsBack: whether what comes is held until `finish`, since it may turn out wrong; what is too much to be
  ///   held is thrown away, and the input has to be gone through once more.
  public func begin(holdsBack: Bool) {
    next = 0
    held = []
    hasDropped = false
    isHolding = holdsBack
  }

  /// Writes the bytes of a unit of input once all units before it have been written.
  public func write(_ bytes: [UInt8], sequence: Int) async throws {
    if sequence != next { await withCheckedContinuation { waiting[sequence] = $0 } }
    defer {
      next += 1
      waiting.removeValue(forKey: next)?.resume()
    }
    guard isHolding else { return try output.write(bytes) }
    guard !hasDropped else { return }
    if held.count + bytes.count > limit {
      hasDropped = true
      held = []
    } else {
      held += bytes
    }
  }

  /// Writes what is held back.
  public func finish() throws {
    isHolding = false
    guard !held.isEmpty else { return }
    try output.write(held)
    held = []
  }
}
