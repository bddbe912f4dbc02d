import CloudTrail
import Events
import Store

/// What a hunt over stored events came to.
public struct StoreHuntSummary: Sendable {
  /// Events that rules were asked about, now or before.
  public var searched = 0
  /// Of those the events that each rule was asked about, those of the data streams that it reads, by the rule's place in the plan.
  public private(set) var searchedByRule: [Int]
  /// The span in which they lie.
  public var times: ClosedRange<Timestamp>?
  /// Questions that were asked now, and those whose answers were kept: rules times parts.
  public var asked = 0
  public var known = 0
  public var problems = ProblemLog()
  /// Events of CloudTrail in data streams of another namespace, by stream, which are not read.
  public var elsewhere: [String: Int] = [:]
  /// Parts that could not be read, or some of whose events could not, and why.
  public var missing: [MissingPart] = []

  init(ruleCount: Int) { searchedByRule = [Int](repeating: 0, count: ruleCount) }

  mutating func add(_ other: StoreHuntSummary) {
    searched += other.searched
    for at in other.searchedByRule.indices { searchedByRule[at] += other.searchedByRule[at] }
    if let more = other.times { note(more) }
    asked += other.asked
    known += other.known
    problems.merge(other.problems)
    missing += other.missing
  }

  /// Rules, by their places, were asked about so many events.
  mutating func note(searched count: Int, by rules: [Int]) {
    searched += count
    for at in rules { searchedByRule[at] += count }
  }

  mutating func note(_ more: ClosedRange<Timestamp>) {
    let mine = times ?? more
    times = min(mine.lowerBound, more.lowerBound)...max(mine.upperBound, more.upperBound)
  }
}
