import Parallel
import Rules

/// The indicators of all rules that look for some.
public struct Indicators: Sendable {
  private var sets: [String: IndicatorSet] = [:]

  /// No rule has any.
  public static let none = Indicators()

  private init() {}

  /// Puts together what was found by workers, in lists and among events, for the questions of one plan.
  public init(_ plan: IndicatorPlan, _ parts: [FoundIndicators]) {
    var texts: [any IndicatorTexts] = []
    var sources: [UInt32] = []
    for part in parts {
      sources.append(UInt32(texts.count))
      texts += part.texts
    }
    // Rules that compare with the same fields share what is made of the values.
    let terms = plan.fields.indices.concurrentMap(slice: 1) { place in JoinedTerms(parts.map { $0.terms[place] }) }
    let builders = plan.questions.indices.concurrentMap(slice: 1) { [sources] place in
      let found = zip(parts, sources).map { ($0.builders[place], $1) }
      return IndicatorSetBuilder(plan.questions[place], joining: found, terms)
    }
    let comparisons = IndicatorComparisons(
      Set(builders.flatMap { $0.count > 0 ? $0.question.pairs : [] }), terms)
    let made = builders.concurrentMap(slice: 1) { [texts] builder in IndicatorSet(builder, terms, comparisons, texts) }
    sets = Dictionary(zip(plan.questions.map(\.ruleID), made)) { first, _ in first }
  }

  /// The indicators of a rule, by its id; nil for a rule that none were looked for.
  public func set(of ruleID: String) -> IndicatorSet? { sets[ruleID] }

  /// True when some indicator was found.
  public var isEmpty: Bool { sets.values.allSatisfy { $0.count == 0 } }

  /// Why a rule has nothing to compare events with, a sentence; nil where it has, or compares with nothing.
  public func obstacle(_ rule: Rule) -> String? {
    guard let match = rule.threatMatch else { return nil }
    let names = match.index.joined(separator: ", ")
    let set = sets[rule.ruleID]
    guard let set, set.met > 0 else {
      return
        "Not covered: there are no indicators for \(names): no event is of such an index, and no list of that name "
        + "(--indicators NAME=FILE) has a line that can be read."
    }
    guard set.count == 0 else { return nil }
    return
      "Not covered: of \(set.met == 1 ? "1 document" : "\(set.met) documents") in \(names) none is an indicator that the rule's "
      + "threat_query and threat_filters choose and that has the fields of its threat_mapping."
  }
}
