import Events
import Query
import Synchronization

/// The conditions under which executions of one rule see events: exceptions end, and queries may name times relative to the
/// execution's own. Each is held once and goes by a number; all workers share them.
final class ExecutionConditions: Sendable {
  private struct State {
    var conditions: [TimeCondition] = [.always]
    var codes: [TimeCondition: UInt32] = [.always: 0]
  }

  private let state = Mutex(State())

  /// What every execution sees.
  static let always: UInt32 = 0

  /// The number of a condition.
  func code(_ condition: TimeCondition) -> UInt32 {
    if condition == .always { return Self.always }
    return state.withLock { state in
      if let known = state.codes[condition] { return known }
      let code = UInt32(state.conditions.count)
      state.conditions.append(condition)
      state.codes[condition] = code
      return code
    }
  }

  /// The condition of a number.
  func condition(_ code: UInt32) -> TimeCondition { state.withLock { $0.conditions[Int(code)] } }

  /// Whether an execution at a time sees what is under a condition.
  func holds(_ code: UInt32, at now: Timestamp) -> Bool {
    code == Self.always || condition(code).holds(at: now)
  }
}
