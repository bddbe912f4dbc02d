import Events
import Foundation
import Query

/// What a snapshot answers that holds its events in parts.
///
/// Parts are asked by several tasks; what they answer is put together in the order of the parts.
public struct PartedSnapshot<Part: EventPart>: EventSnapshot {
  /// In the order in which they were committed.
  public let parts: [Part]
  public let missingParts: [MissingPart]
  /// So many parts are read at once.
  public let workers: Int

  public init(
    _ parts: [Part], missing: [MissingPart] = [], workers: Int = ProcessInfo.processInfo.activeProcessorCount
  ) {
    self.parts = parts
    missingParts = missing
    self.workers = max(1, workers)
  }

  /// How many events count.
  public var eventCount: Int { parts.reduce(0) { $0 + $1.eventCount } }

  /// What a task found, handed to the one that asked. Unchecked, since the task that made it has let go of it.
  private struct Handed<Value>: @unchecked Sendable {
    let value: Value
  }

  /// Asks parts, and hands on what they answer in their order until `take` has enough. A part that cannot be read is left
  /// to `fail`.
  func forEachAnswer<Answer>(
    of parts: [Part], _ ask: @escaping @Sendable (Part) throws -> Answer, fail: (DamagedPart) -> Void,
    take: (Part, Answer) throws -> ScanStep
  ) async throws {
    typealias Outcome = Handed<Result<Answer, DamagedPart>>
    try await withThrowingTaskGroup(of: (place: Int, outcome: Outcome).self) { group in
      var (next, due) = (0, 0)
      var waiting: [Int: Outcome] = [:]
      func addTask() {
        guard next < parts.count else { return }
        let (place, part) = (next, parts[next])
        next += 1
        group.addTask {
          try Task.checkCancellation()
          do {
            return (place, Handed(value: .success(try ask(part))))
          } catch {
            return (place, Handed(value: .failure(DamagedPart(part, error))))
          }
        }
      }
      for _ in 0..<workers { addTask() }
      while let (place, outcome) = try await group.next() {
        waiting[place] = outcome
        while let outcome = waiting.removeValue(forKey: due) {
          switch outcome.value {
          case .failure(let damage): fail(damage)
          case .success(let answer):
            if case .enough = try take(parts[due], answer) { return group.cancelAll() }
          }
          due += 1
          addTask()
        }
      }
    }
  }

  /// The parts that a selection may have to do with, and those of them that are missing.
  func concerned(by bound: BoundSelection) -> (parts: [Part], missing: [MissingPart]) {
    (
      parts.filter { bound.selection.concerns($0) },
      missingParts.filter { bound.selection.concerns($0) }
    )
  }
}
