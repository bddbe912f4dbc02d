import Synchronization

/// What an archive may still give, all archives within it counted in: shared by the workers that read its members.
///
/// Only what holds no records is counted: of two members that came from a trail, the first must not hide the second by
/// being compressed well.
final class ArchiveBudget: Sendable {
  private let taken = Atomic<Int>(0)
  private let barren = Atomic<Int>(0)
  private let skipped = Atomic<Int>(0)
  private let entries = Atomic<Int>(0)
  private let exhausted = Atomic<Bool>(false)

  /// Notes how many bytes of the outermost archive have been taken.
  func note(input count: Int) { taken.store(count, ordering: .relaxed) }

  /// Bytes of the outermost archive that have been taken.
  var input: Int { taken.load(ordering: .relaxed) }

  /// Notes bytes of members, or what their compression gave, in which no record was found.
  func add(barren count: Int) {
    let total = barren.wrappingAdd(count, ordering: .relaxed).newValue
    if isBeyond(total, InputLimits.barrenArchiveBytes) { exhausted.store(true, ordering: .relaxed) }
  }

  /// Notes bytes that were passed over to come to the next entry.
  func add(skipped count: Int) throws {
    let total = skipped.wrappingAdd(count, ordering: .relaxed).newValue
    guard isBeyond(total, InputLimits.skippedArchiveBytes) else { return }
    exhausted.store(true, ordering: .relaxed)
    throw InputError.bomb(Self.bomb)
  }

  private func isBeyond(_ total: Int, _ free: Int) -> Bool {
    total > free && total / InputLimits.ratio > max(1, input)
  }

  /// Notes an entry.
  func addEntry() throws {
    guard entries.wrappingAdd(1, ordering: .relaxed).newValue > InputLimits.archiveEntries else { return }
    exhausted.store(true, ordering: .relaxed)
    throw InputError.bomb("more than \(InputLimits.archiveEntries) entries; what follows was not read")
  }

  /// Throws when there is nothing left to give.
  func check() throws {
    if exhausted.load(ordering: .relaxed) { throw InputError.bomb(Self.bomb) }
  }

  static let bomb =
    "what is in it without records is more than \(InputLimits.ratio) times as long as the archive; what follows was not "
    + "read"
}

/// What an archive gives of a member, bounded.
final class MemberBound: ByteSource {
  private let source: any ByteSource
  private let budget: ArchiveBudget
  private var guardian = RatioGuard()

  init(_ source: any ByteSource, _ budget: ArchiveBudget) {
    self.source = source
    self.budget = budget
    // What was taken for the members before is not this one's.
    guardian.add(0, input: budget.input)
    guardian.noteRecords()
  }

  var bytesTaken: Int { source.bytesTaken }

  func noteRecords() {
    guardian.noteRecords()
    source.noteRecords()
  }

  func takeProblems() -> [SourceProblem] { source.takeProblems() }

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    try guardian.check()
    let count = try source.read(into: start, capacity: capacity)
    guardian.add(count, input: budget.input)
    return count
  }
}

/// The text that was made of a member, counted.
final class BudgetedSource: ByteSource {
  private let source: any ByteSource
  private let budget: ArchiveBudget
  /// Bytes since the last record.
  private var barren = 0

  init(_ source: any ByteSource, _ budget: ArchiveBudget) {
    self.source = source
    self.budget = budget
  }

  /// A text is counted when it is done with: until then it may still turn out to hold records.
  deinit { budget.add(barren: barren) }

  var bytesTaken: Int { source.bytesTaken }

  func noteRecords() {
    barren = 0
    source.noteRecords()
  }

  func takeProblems() -> [SourceProblem] { source.takeProblems() }

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    let count = try source.read(into: start, capacity: capacity)
    barren += count
    return count
  }
}
