/// What became of content that was handed over: all that is counted as stored or as a duplicate is durable.
public struct IngestionReceipt: Equatable, Sendable {
  /// Events that are stored now and were not before.
  public var stored = 0
  /// Events that were there already.
  public var duplicates = 0
  /// Events that are no CloudTrail and no ECS, or are broken; of these nothing is stored, and sending them again changes
  /// nothing.
  public var rejected = 0
  /// What is wrong, a sentence each, the first of each cause; for logs.
  public var problems: [String] = []
  /// True where the content's object had been taken before: nothing was read.
  public var isRepeated = false

  public init(
    stored: Int = 0, duplicates: Int = 0, rejected: Int = 0, problems: [String] = [], isRepeated: Bool = false
  ) {
    self.stored = stored
    self.duplicates = duplicates
    self.rejected = rejected
    self.problems = problems
    self.isRepeated = isRepeated
  }

  /// Problems that are kept of several receipts.
  private static let mostProblems = 100

  /// Counts what became of more content with this.
  public mutating func add(_ more: IngestionReceipt) {
    stored += more.stored
    duplicates += more.duplicates
    rejected += more.rejected
    problems += more.problems.prefix(max(0, Self.mostProblems - problems.count))
    isRepeated = isRepeated || more.isRepeated
  }

  /// Causes that are named; of others it is said how many there are.
  public static let mostCauses = 5

  /// What is wrong, in one clause: the first causes, and how many more there are.
  public var causes: String {
    let more = problems.count - Self.mostCauses
    return problems.prefix(Self.mostCauses).joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
  }

  /// How many records are not stored, and why.
  public var sentenceOfRejected: String {
    "\(rejected) of its records cannot be stored" + (problems.isEmpty ? "" : ": \(causes)")
  }
}
