/// What came of testing a rule's tests: of changing the rule in one place after another, each of which they ought to notice.
public struct MutantOutcome: Hashable, Sendable {
  /// How many mutants were tried.
  public var count: Int
  /// The changes that no test notices, in the order of the rule.
  public var unnoticed: [String]
  /// How many more go unnoticed that the test file names, with a reason.
  public var named: Int
  /// What the test file names although it is noticed, or is none of the rule's mutants.
  public var stale: [String]
  /// True when the rule has more mutants than are tried.
  public var isCut = false

  public var isPassed: Bool { unnoticed.isEmpty && stale.isEmpty }

  /// The counts, for a person.
  var summary: String {
    var text = "\(RuleTestOutcome.count(count, "mutant"))"
    if isCut { text += " (the first, of more)" }
    if !unnoticed.isEmpty { text += ", \(unnoticed.count) not noticed" }
    if named > 0 { text += ", \(named) named as \(named == 1 ? "a survivor" : "survivors")" }
    return text
  }

  /// What is to be mended, a line each.
  var lines: [String] {
    unnoticed.map { "    not noticed: \($0)" }
      + stale.map { "    named as a survivor, yet noticed or no mutant of the rule: \($0)" }
  }
}
