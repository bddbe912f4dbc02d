import Foundation
import Parallel
import Synchronization

/// Writes what several workers make, in the order of their input.
///
/// A worker whose turn has not come waits before it hands over, so that no more than one piece a worker is held.
///
/// What is made before all input has been read may turn out wrong, since an update or another content of an event may come
/// last. It is held back until it is known to be right. Where it is more than is held, or where somebody waits for it and
/// making it takes most of the time, it is thrown away: what is left of the input is only looked over (`isSurveying`),
/// which is quick, and with what is known then everything is made again and written at once.
public actor OrderedOutput {
  /// What making something took.
  public struct Effort: Sendable {
    /// The time that it took to make.
    public var own: Duration
    /// The time that reading for it took.
    public var reading: Duration

    public init(own: Duration = .zero, reading: Duration = .zero) { (self.own, self.reading) = (own, reading) }
  }

  private var next = 0
  private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
  private let output: StandardOutput
  private var isHolding = false
  /// Pieces rather than one text, whose growing would take as much room again.
  private var held: [[UInt8]] = []
  private var heldBytes = 0
  private var effort = Effort()
  private let limit: Int
  private let patience: Duration?
  private nonisolated let surveying = Atomic<Bool>(false)

  /// - Parameters:
  ///   - limit: how many bytes are held back at most; 64 MiB, or less where memory is short, unless given.
  ///   - patience: after so much time of making, all workers' together, whoever waits for the output is not kept waiting
  ///     for all of it if only looking over the input is much quicker; nil where nobody waits. A second, for a pipe or a
  ///     terminal, unless given.
  public init(
    _ output: StandardOutput, holdingAtMost limit: Int = min(64 << 20, ProcessMemory.available / 16),
    patience: Duration?? = nil
  ) {
    self.output = output
    self.limit = limit
    self.patience = patience ?? (output.isAwaited ? .seconds(1) : nil)
  }

  /// Starts over with the first unit, and throws away what is held back.
  ///
  /// - Parameter holdsBack: whether what comes is held until `finish`, since it may turn out wrong; what is not held any
  ///   more is thrown away, and the input has to be gone through once more.
  public func begin(holdsBack: Bool) {
    next = 0
    drop()
    effort = Effort()
    isHolding = holdsBack
    surveying.store(false, ordering: .relaxed)
  }

  /// True when what was held back has been thrown away: nothing that is made is used until the next `begin`.
  public nonisolated var isSurveying: Bool { surveying.load(ordering: .relaxed) }

  /// Writes the bytes of a unit of input once all units before it have been written.
  public func write(_ bytes: [UInt8], sequence: Int, effort: Effort = Effort()) async throws {
    try await write(SpooledOutput(bytes), sequence: sequence, effort: effort)
  }

  func write(_ text: SpooledOutput, sequence: Int, effort: Effort) async throws {
    if isSurveying { return }
    if sequence != next { await turn(of: sequence) }
    // Whoever is cancelled waits for none that may never come.
    try Task.checkCancellation()
    if isSurveying { return }
    defer {
      next += 1
      waiting.removeValue(forKey: next)?.resume()
    }
    guard isHolding else { return try text.forEachPiece(output.write) }
    self.effort.own += effort.own
    self.effort.reading += effort.reading
    if heldBytes + text.count > limit {
      survey()
    } else if text.count > 0 {
      try text.forEachPiece { held.append($0) }
      heldBytes += text.count
      if isTooLong { survey() }
    }
  }

  /// Waits until all units before one have been written, or the task is cancelled.
  private func turn(of sequence: Int) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // It may have been cancelled, or come, before it could be noted that somebody waits.
        if Task.isCancelled { continuation.resume() } else { waiting[sequence] = continuation }
      }
    } onCancel: {
      Task { await stopWaiting(for: sequence) }
    }
  }

  private func stopWaiting(for sequence: Int) { waiting.removeValue(forKey: sequence)?.resume() }

  /// True when somebody waits for what is held, for which nothing is missing but what looking over the input will tell, and
  /// that is quicker by far.
  private var isTooLong: Bool {
    guard let patience, !held.isEmpty else { return false }
    return effort.own >= patience && effort.own >= effort.reading * 2
  }

  /// Throws away what is held, and lets those go on that wait for their turn.
  private func survey() {
    drop()
    surveying.store(true, ordering: .relaxed)
    for turn in waiting.values { turn.resume() }
    waiting = [:]
  }

  /// Writes what is held back.
  public func finish() throws {
    isHolding = false
    defer { drop() }
    for piece in held { try output.write(piece) }
  }

  private func drop() {
    held = []
    heldBytes = 0
  }
}

/// Tells the time that a worker makes output apart from the time that it reads.
struct EffortClock {
  private var start = ContinuousClock.now
  private var own = Duration.zero

  /// Counts what `body` takes as making.
  mutating func measure(_ body: () -> Void) {
    let before = ContinuousClock.now
    body()
    own += ContinuousClock.now - before
  }

  /// What there has been since the last `restart`.
  var effort: OrderedOutput.Effort { OrderedOutput.Effort(own: own, reading: ContinuousClock.now - start - own) }

  /// Begins anew, after time that counts as neither.
  mutating func restart() { self = EffortClock() }
}
