import ArgumentParser
import CloudTrail
import Detection
import Events
import Inputs
import Outputs
import Query
import Rules
import Running

/// Lists of indicators beside the events, with which indicator match rules compare these.
struct IndicatorOptions: ParsableArguments {
  @Option(
    name: .customLong("indicators"),
    help: ArgumentHelp(
      "A list of indicators for rules whose threat_index has that name, in CSV or lines of JSON; may be given several times.",
      valueName: "name=file"))
  var lists: [String] = []

  /// Reads the lists for the questions of a plan, and tells what is wrong with them. Throws where one cannot be read.
  ///
  /// - Returns: what was found, and whether something in a list was passed over.
  func read(_ plan: IndicatorPlan, _ notices: NoticeOptions) throws -> (found: [FoundIndicators], hasTrouble: Bool) {
    let outcome: IndicatorLists.Outcome
    do {
      outcome = try IndicatorLists.read(lists, plan)
    } catch {
      throw UnusableFile("\(error)")
    }
    for name in outcome.unread { notices.warn("no rule looks for indicators in the list \(name)") }
    ProblemReport.write(outcome.problems)
    return (outcome.found, !outcome.problems.isEmpty)
  }

  /// The options as they were given.
  var asked: [String] { lists.map { ShellWords.option("--indicators", $0) } }
}

extension InputOptions {
  /// The indicators that stand among the events.
  func indicators(_ plan: IndicatorPlan, tells: Bool = false) async throws -> [FoundIndicators] {
    var queries = QuerySet(catalog: plan.catalog, now: nil)
    let all = queries.add(.all)
    let question = StoreQuestion(
      queries: queries, query: all, index: IndexPattern(plan.includedPatterns), asksColumns: false)
    return try await read(tells: tells, question: question) { IndicatorCollector(plan) }.results
  }

  /// The indicators of rules out of lists and from among the events, which are read once more for them; none where no rule looks
  /// for any.
  func indicators(of rules: [Rule], _ lists: IndicatorOptions, exceptions: @Sendable (Rule) -> [RuleException])
    async throws -> Indicators
  {
    let plan = IndicatorPlan(rules, context: try context(), catalog: try catalog(), exceptions: exceptions)
    let found = try lists.read(plan, notices).found
    guard !plan.isEmpty else { return .none }
    try makeRepeatable()
    return Indicators(plan, found + (try await indicators(plan)))
  }
}
