import CloudTrail
import Events
import JSON
import Parallel
import Rules
import Testing

@testable import Detection

/// What a hunt may remember, and what becomes of the rest.
struct MemoryBudgetTests {
  @Test("Workers take together what a budget has, and no more")
  func shares() {
    let budget = MemoryBudget(bytes: 1_000_000)
    var shares = [MemoryShare(budget), MemoryShare(budget)]
    var taken = 0
    while shares[0].take(1000) { taken += 1000 }
    while shares[1].take(1000) { taken += 1000 }
    #expect((990_000...1_000_000).contains(taken))
    #expect(shares.allSatisfy { $0.isUsedUp } && !shares[0].take(1))
    #expect(ProcessMemory.available > 1 << 28)
  }

  @Test("An event that there is no memory for gives no alert and is told")
  func told() throws {
    let rules = [Rule.query("*")]
    let plan = HuntPlan(
      rules, context: EventContext(readAt: TestHunt.readAt), memory: MemoryBudget(bytes: 2000),
      query: RuleQuery.predicate)
    let collector = HuntCollector(plan)
    let text = (0..<10).map { #"{"eventID":"\#($0)","eventTime":"2026-01-01T00:02:00Z","eventName":"A"}"# }
    let findings = try TestHunt.consume([text.joined(separator: "\n")], collector)
    let time = Timestamp(milliseconds: 1_767_225_720_000)
    let result = HuntResult(plan, HuntFindings(merging: [findings]), replay: Replay(events: time...time))
    let lost = collector.problems.counts.first { $0.cause == .noRoom }?.count ?? 0
    #expect(result.alertCount > 0 && lost > 0 && result.alertCount + lost == 10)
  }

  @Test("Of a long value the hash stands in a combination, and the event gives the value back")
  func longTerms() {
    let long = String(repeating: "ä", count: 200)
    var combination: [UInt8] = []
    for text in ["short", long] {
      var text = text
      text.withUTF8 { TermCombination.append(Scalar(.string, $0), to: &combination) }
    }
    #expect(combination.count < 100)
    let terms = combination.withUnsafeBufferPointer { TermCombination.terms($0) }
    #expect(terms.map(\.isHash) == [false, true] && terms[0].text == "short")
    #expect(terms[1].text.hasPrefix("sha256:") && terms[1].text.count == 71)
    #expect(terms[1].inFull(["other", long]).text == long)
    #expect(terms[1].inFull(["other"]) == terms[1])
  }
}
