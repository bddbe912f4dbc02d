import Foundation
import Synchronization

/// Does what waits for a disk and not for the processor: so many turns, several of them at once, however few cores there are.
///
/// The caller takes turns as well, so that all are done where the system gives no other threads.
public func waitingTogether(_ turns: Int, threads: Int = 8, _ body: @escaping @Sendable (_ turn: Int) -> Void) {
  guard turns > 1 else {
    if turns == 1 { body(0) }
    return
  }
  let work = Turns(turns)
  for _ in 1..<min(threads, turns) {
    let thread = Thread { work.take(body) }
    thread.name = "waiting"
    thread.start()
  }
  work.take(body)
  work.done.wait()
}

/// Who begins with which turn, and whether all have ended.
private final class Turns: Sendable {
  let count: Int
  let done = DispatchGroup()
  private let next = Atomic(0)

  init(_ count: Int) {
    self.count = count
    for _ in 0..<count { done.enter() }
  }

  func take(_ body: (Int) -> Void) {
    while true {
      let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard turn < count else { return }
      body(turn)
      done.leave()
    }
  }
}
