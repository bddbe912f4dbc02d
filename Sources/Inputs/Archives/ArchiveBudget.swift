import Synchronization

/// What an archive may still give, all archives within it counted in: shared by the workers that read its members.
final class ArchiveBudget: Sendable {
  private let input = Atomic<Int>(0)
  private let output = Atomic<Int>(0)
  private let entries = Atomic<Int>(0)
  private let exhausted = Atomic<Bool>(false)

  /// Notes how many bytes of the outermost archive have been taken.
  func note(input count: Int) { input.store(count, ordering: .relaxed) }

  /// Notes bytes that were made of the archive's: those of members, and what members' compression gives.
  func add(output count: Int) throws {
    let total = output.wrappingAdd(count, ordering: .relaxed).newValue
    guard total > InputLimits.ratioFreeBytes, total / InputLimits.ratio > max(1, input.load(ordering: .relaxed)) else {
      return
    }
    exhausted.store(true, ordering: .relaxed)
    throw InputError.bomb(Self.bomb)
  }

  /// Notes an entry.
  func addEntry() throws {
    guard entries.wrappingAdd(1, ordering: .relaxed).newValue > InputLimits.archiveEntries else { return }
    exhausted.store(true, ordering: .relaxed)
    throw InputError.bomb("more than \(InputLimits.archiveEntries) entries; what follows was not read")
  }

  /// True when there is nothing left to give.
  var isExhausted: Bool { exhausted.load(ordering: .relaxed) }

  static let bomb =
    "what is in it is more than \(InputLimits.ratio) times as long as the archive; what follows was not read"
}

/// What is made of a member of an archive, counted.
final class BudgetedSource: ByteSource {
  private let source: any ByteSource
  private let budget: ArchiveBudget

  init(_ source: any ByteSource, _ budget: ArchiveBudget) {
    self.source = source
    self.budget = budget
  }

  var bytesTaken: Int { source.bytesTaken }

  func takeProblems() -> [SourceProblem] { source.takeProblems() }

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    let count = try source.read(into: start, capacity: capacity)
    try budget.add(output: count)
    return count
  }
}
