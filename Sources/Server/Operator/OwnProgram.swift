import Foundation
import Synchronization

/// Runs commands in processes of their own, of this very program: what a search takes of memory and time is bounded by the system, and
/// ends with it, whatever becomes of it.
public struct OwnProgram: OperatorCommands {
  /// What one command may take, and how many there may be.
  public struct Bounds: Sendable {
    /// Bytes of an answer.
    public var longest = 32 << 20
    public var time = Duration.seconds(60)
    /// Bytes of memory, the files that it reads aside.
    public var memory = 2 << 30
    public var atOnce = 2
    /// So many wait for others to end.
    public var waiting = 16

    public init() {}
  }

  private let path: String
  private let bounds: Bounds
  private let turns: Turns

  /// - Parameter path: of the program; that of this process unless given, also where its file has been replaced meanwhile.
  public init(path: String = "/proc/self/exe", bounds: Bounds = Bounds()) {
    self.path = path
    self.bounds = bounds
    turns = Turns(atOnce: bounds.atOnce, waiting: bounds.waiting)
  }

  public func run(_ arguments: [String]) async throws -> CommandOutcome {
    try await turns.take()
    defer { turns.give() }
    try Task.checkCancellation()
    let child = try ChildProcess(
      path, ["martlet"] + arguments, Self.variables, memory: bounds.memory, time: bounds.time)
    let bounds = bounds
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        Thread.detachNewThread {
          continuation.resume(returning: child.finish(longest: bounds.longest, within: bounds.time))
        }
      }
    } onCancel: {
      child.kill()
    }
    try Task.checkCancellation()
    return outcome
  }

  /// What a command may see of the service's variables: no secret is among them, nor where systemd is told how the service does.
  static let passedOn = ["PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "LD_LIBRARY_PATH"]
  private static let variables = variables(of: ProcessInfo.processInfo.environment)

  /// The variables of a command where the service has these.
  static func variables(of all: [String: String]) -> [String] {
    passedOn.compactMap { name in all[name].map { "\(name)=\($0)" } } + ["NO_COLOR=1"]
  }

  /// How many wait for others to end.
  var waitingCount: Int { turns.waitingCount }
}

/// Lets so many go on at once, and so many wait for them, in the order in which they came.
private final class Turns: Sendable {
  private enum Step { case go, refuse, leave }

  private struct State {
    var free: Int
    /// With the numbers in which they came.
    var waiting: [(number: Int, continuation: CheckedContinuation<Step, Never>)] = []
    var came = 0
  }

  private let state: Mutex<State>
  private let most: Int

  init(atOnce: Int, waiting most: Int) {
    state = Mutex(State(free: atOnce))
    self.most = most
  }

  var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// Throws `CommandRefusal`, and `CancellationError` where the task is cancelled before it is its turn: who waits for nobody's sake
  /// makes room for others.
  func take() async throws {
    let number = state.withLock { state in
      state.came += 1
      return state.came
    }
    let step = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Step, Never>) in
        let step = state.withLock { state -> Step? in
          // Whoever is cancelled from here on is found among those that wait.
          if Task.isCancelled { return .leave }
          if state.free > 0 {
            state.free -= 1
            return .go
          }
          guard state.waiting.count < most else { return .refuse }
          state.waiting.append((number, continuation))
          return nil
        }
        if let step { continuation.resume(returning: step) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0).continuation }
      }
      waiter?.resume(returning: .leave)
    }
    switch step {
    case .go: return
    case .refuse: throw CommandRefusal.busy
    case .leave: throw CancellationError()
    }
  }

  func give() {
    let next = state.withLock { state -> CheckedContinuation<Step, Never>? in
      guard !state.waiting.isEmpty else {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume(returning: .go)
  }
}
