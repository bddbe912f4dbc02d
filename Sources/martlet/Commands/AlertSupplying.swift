import Alerts
import CloudTrail
import Detection
import Events
import Exceptions
import Outputs
import Query
import Rules
import Running

/// Sees to the alerts that rules over alerts read where such rules are asked by themselves: other rules are run over the input for
/// theirs, and of a folder those count that it keeps.
struct AlertSupplying {
  /// What there is for rules over alerts.
  struct Supplied {
    var supply: AlertSupply
    /// Of the rules that were run, those that are asked about among them; nil where none was run.
    var indicators: Indicators?
    /// What found no room among what is remembered.
    var problems = ProblemLog()
    /// A rule that was to be run is wrong.
    var isWrong = false
  }

  let input: InputOptions
  /// All rules whose alerts count.
  let rules: [LoadedRule]
  let exceptions: ExceptionSet
  let tables: TableOptions
  let indicators: IndicatorOptions
  /// The executions of the rules that are asked about; those of the others before it are run too.
  var from: Timestamp?
  var to: Timestamp?

  /// What to do where memory does not suffice.
  static let remedy = "give it more memory, or less at once"

  /// True where some rule that is switched on reads alerts.
  var isNeeded: Bool { rules.contains { $0.rule.isEnabled && $0.rule.readsAlerts } }

  /// What there is for some rules; nil where none of them reads alerts.
  ///
  /// - Parameter left: the ids of rules whose alerts do not count.
  func supply(for asked: [Rule], without left: Set<String> = []) async throws -> Supplied? {
    asked.contains(where: \.readsAlerts) ? try await supply(beside: asked, without: left) : nil
  }

  /// All alerts that rules raise, and those of a folder, where the alerts of some rules are made anew.
  ///
  /// - Parameter asked: the rules that are asked about: in place of those with their ids.
  func supply(beside asked: [Rule], without left: Set<String> = []) async throws -> Supplied {
    let ids = Set(asked.map(\.ruleID)).union(left)
    let kept = try kept(without: ids)
    // What has run in a folder has its alerts there, as they were raised and with what people did with them.
    var supply = kept.supply
    for line in HuntSummary.overAlerts(left: supply.account.left, areSettled: true, Self.remedy) {
      input.notices.warn(line)
    }
    let others = rules.map(\.rule).filter { !ids.contains($0.ruleID) && !kept.haveRun.contains($0.ruleID) }
    let on = others.filter(\.isEnabled)
    supply.account.notRun = others.filter { !$0.isEnabled }.map {
      ($0.ruleID, $0.name, "switched off (enabled = false)")
    }
    guard !on.isEmpty else { return Supplied(supply: supply) }
    return try await run(on, asked, ids, supply)
  }

  private func kept(without ids: Set<String>) throws -> (supply: AlertSupply, haveRun: Set<String>) {
    guard let folder = input.data else { return (AlertSupply(), []) }
    let names = Dictionary(rules.map { ($0.rule.ruleID, $0.rule.name) }) { first, _ in first }
    do {
      let kept = try LostAlerts.goingOn {
        try KeptAlerts(AlertStore(folder: folder, isReadOnly: true), without: ids, names: names)
      }
      guard let kept else {
        LostAlerts.tell(.rules)
        return (AlertSupply(), [])
      }
      DamagedAlerts.tell(kept.damaged, in: folder)
      return (kept.supply, kept.haveRun)
    } catch {
      throw StoreAccess.failed(error)
    }
  }

  private func run(
    _ others: [Rule], _ asked: [Rule], _ ids: Set<String>, _ kept: AlertSupply
  ) async throws -> Supplied {
    try input.makeRepeatable()
    let (catalog, context) = (try input.catalog(), try input.context())
    let exceptionsOf: @Sendable (Rule) -> [RuleException] = { [exceptions] in exceptions.ruleExceptions(for: $0) }
    let found = try await input.indicators(of: others + asked, indicators, exceptions: exceptionsOf)
    let plan = HuntPlan(
      others + asked, context: context, catalog: catalog, tables: try tables.read(catalog), indicators: found,
      exceptions: exceptionsOf
    ) {
      try RuleQuery.predicate($0, catalog)
    }
    let (summary, parts) = try await input.read(tells: false) { HuntCollector(plan) }
    let findings = HuntFindings(merging: parts)
    let own = findings.overriddenSpan
    var replay: Replay?
    if let first = summary.earliest ?? own?.lowerBound, let last = summary.latest ?? own?.upperBound {
      replay = Replay(events: first...last, latestTick: to)
      if let from { for id in ids { replay?.firstTicks[id] = from } }
    }
    let (supply, result) = try AlertSupply.raised(
      by: HuntResult(plan, findings, replay: replay), replay, asked: ids, kept: kept)
    let labels = RulePick.labels(rules)
    for line in HuntSummary.warnings(result, labels, remedy: Self.remedy) { input.notices.warn(line) }
    let waiting = HuntSummary.waiting(plan.unrunnable, rules)
    input.notices.warn(
      of: supply.account.notRun.filter { input.notices.isVerbose || !waiting.contains($0.ruleID) }.map {
        (labels.name($0.ruleName, id: $0.ruleID), $0.reason)
      }
    ) { count, cause in
      "\(CountText.count(count, "rule")) \(count == 1 ? "does" : "do") not take part: \(cause)"
    }
    var supplied = Supplied(supply: supply, indicators: found)
    supplied.isWrong = plan.unrunnable.contains { $0.isWrong && !ids.contains($0.rule.ruleID) }
    for problem in summary.problems.problems where problem.cause == .noRoom { supplied.problems.note(problem) }
    supplied.problems.merge(result.alertProblems)
    return supplied
  }
}
