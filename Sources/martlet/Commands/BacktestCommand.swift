import ArgumentParser
import CloudTrail
import Detection
import Events
import Foundation
import Inputs
import Outputs
import Rules
import Running

struct BacktestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest",
    abstract: "Says what a rule would have raised over past events, and what another version of it would change.",
    discussion: """
      Alerts per day, the loudest values, and what the rule costs. With --against, a second version: a rule file, or the id
      or name of a rule; alerts are compared by their events, and by their new terms where both look at the same fields.

      For a rule over alerts the other rules are run over the input too; of a folder those alerts count that it keeps, and rules
      are run that have not run in it.

      Examples:
        martlet backtest --rule "AWS IAM Assume Role Policy Update" AWSLogs/
        martlet backtest --rules my-rules/ --rule my-rule --against draft/my_rule.toml AWSLogs/
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var input: InputOptions
  @OptionGroup var rules: RuleOptions
  @OptionGroup var exceptions: ExceptionOptions
  @OptionGroup var tables: TableOptions
  @OptionGroup var indicators: IndicatorOptions

  @Option(help: ArgumentHelp("Another version of the rule: a file, or a rule's id or name.", valueName: "rule"))
  var against: String?

  @OptionGroup var times: SpanOptions<ExecutionSubject>

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format = Format.text

  func validate() throws {
    try input.checkGiven()
    guard rules.picked.count == 1 else { throw ValidationError("name one rule with --rule.") }
    try times.check(relativeTo: try input.currentTime())
  }

  func run() async throws {
    let started = ContinuousClock.now
    let now = try input.currentTime()
    let loaded = try rules.loadAll(folder: input.data)
    let rule = try rules.theOne(loaded.rules)
    var versions: [Rule] = [rule]
    if let against { versions.append(try version(named: against, loaded.all)) }
    let (set, hasExceptionErrors) = exceptions.load(
      loaded.all, try input.catalog(), tellsUnknownFields: false, now: now, input.notices)
    // A rule that is switched off is tried all the same.
    for at in versions.indices { versions[at].isEnabled = true }
    let supplying = AlertSupplying(
      input: input, rules: loaded.sound, exceptions: set, tables: tables, indicators: indicators,
      from: try times.start(relativeTo: now), to: try times.end(relativeTo: now))
    let context = try input.context()
    var plans: [HuntPlan] = []
    var supplies: [AlertSupplying.Supplied?] = []
    for version in versions {
      let exceptionsOf: @Sendable (Rule) -> [RuleException] = { set.ruleExceptions(for: $0) }
      // Before other rules are run for it.
      if version.readsAlerts { try refuse(plan(version, context, .none, exceptionsOf), waits: true) }
      let supplied = try await supplying.supply(for: [version], without: Set(versions.map(\.ruleID)))
      let found: Indicators
      if let known = supplied?.indicators {
        found = known
      } else {
        found = try await input.indicators(of: [version], indicators, exceptions: exceptionsOf)
      }
      let plan = try plan(version, context, found, exceptionsOf)
      try refuse(plan)
      plans.append(plan)
      supplies.append(supplied)
    }
    let clock: @Sendable () -> Duration = {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
    var (summary, parts) = try await input.read { [plans] in BacktestCollector(plans, clock: clock) }
    for supplied in supplies.compactMap(\.self) { summary.problems.merge(supplied.problems) }
    input.notices.tell(summary.passedOver)
    ProblemReport.write(summary.problems)
    let own = BacktestRun.overriddenSpan(parts)
    // Of a folder alerts may outlive the events.
    let alertTimes = supplies.compactMap { $0?.supply.alerts.map(\.tick) }.joined()
    guard let first = summary.earliest ?? own?.lowerBound ?? alertTimes.min(),
      let last = summary.latest ?? own?.upperBound ?? alertTimes.max()
    else {
      let nothing = RunOutcome.nothing(in: summary, input.paths) ?? "the input holds no event"
      StandardError.write(line: Terminal.safe("martlet: nothing was hunted: \(nothing)"))
      let hasTrouble = !summary.problems.isEmpty || !loaded.troubles.isEmpty || hasExceptionErrors
      throw RunOutcome(hasTrouble: hasTrouble, nothing: nothing).status ?? ExitCode(2)
    }
    let replay = Replay(
      events: first...last,
      earliestTick: try times.start(relativeTo: now), latestTick: try times.end(relativeTo: now))
    let runs = try zip(plans, versions).enumerated().map { at, version in
      try BacktestRun(
        version.0, version.1, parts: parts.map { $0[at] }, replay: replay, alerts: supplies[at]?.supply, clock: clock)
    }
    for run in runs { ProblemReport.write(run.result.alertProblems) }
    for run in runs {
      guard let reason = run.refusal else { continue }
      throw ValidationError(
        Terminal.safe("\(run.rule.name), version \(run.rule.version), does not run: \(reason)"))
    }
    let catalog = try input.catalog()
    for run in runs {
      input.notices.warn(of: run.result, catalog, RuleLabels(), onlyFields: run.alertSupply != nil)
    }
    let other = runs.count > 1 ? runs[1] : nil
    let span = BacktestRun.span(
      of: runs, from: replay.earliestTick ?? first, to: replay.latestTick ?? last, in: first...last)
    let output = StandardOutput()
    switch format {
    case .json:
      try output.write(
        line: BacktestJSON.value(runs[0], against: other, span: span, events: summary.events).text)
    case .text:
      let text = BacktestText(
        runs[0], span: span, events: summary.events, elapsed: (ContinuousClock.now - started).seconds)
      try output.write(line: text.text(against: other))
    }
    let overlooked =
      runs.contains { !$0.result.alertProblems.isEmpty } || supplies.contains { $0?.isWrong ?? false }
    var outcome = RunOutcome(
      hasTrouble: !summary.problems.isEmpty || overlooked || !loaded.troubles.isEmpty || hasExceptionErrors)
    if runs.allSatisfy({ !$0.result.blindRules.isEmpty }) {
      let nothing =
        runs[0].alertSupply == nil
        ? "the rule reads no data stream of the input (\(HuntSummary.streams(runs[0].result)))"
        : "there is no alert for the rule to read"
      outcome.nothing = nothing
      StandardError.write(line: Terminal.safe("martlet: nothing was hunted: \(nothing)"))
    } else if runs.allSatisfy({ $0.executions == 0 }) {
      outcome.nothing = "no execution lies between --from and --to"
      StandardError.write(line: "martlet: nothing was hunted: no execution of the rule lies between --from and --to")
    }
    if let status = outcome.status { throw status }
  }

  private func plan(
    _ rule: Rule, _ context: EventContext, _ indicators: Indicators,
    _ exceptions: @escaping @Sendable (Rule) -> [RuleException]
  ) throws -> HuntPlan {
    let catalog = try input.catalog()
    return HuntPlan(
      [rule], context: context, catalog: catalog, tables: try tables.read(catalog), indicators: indicators,
      exceptions: exceptions
    ) {
      try RuleQuery.predicate($0, catalog)
    }
  }

  /// Ends the command where the rule of a plan does not run.
  ///
  /// - Parameter waits: its indicators have not been looked for yet.
  private func refuse(_ plan: HuntPlan, waits: Bool = false) throws {
    guard let unrunnable = plan.unrunnable.first, !(waits && unrunnable.lacksIndicators) else { return }
    let rule = unrunnable.rule
    throw ValidationError(Terminal.safe("\(rule.name), version \(rule.version), does not run: \(unrunnable.reason)"))
  }

  /// The other version: out of a file, or one of the rules there are.
  private func version(named name: String, _ all: RuleLoadResult) throws -> Rule {
    if FileManager.default.fileExists(atPath: name) {
      let loaded = RuleLoader.load(paths: [name])
      for diagnostic in loaded.diagnostics where diagnostic.severity == .error {
        StandardError.write(line: Terminal.safe(diagnostic.description))
      }
      guard loaded.rules.count == 1 else {
        throw ValidationError(Terminal.safe("--against takes a file with one rule; \(name) has \(loaded.rules.count)."))
      }
      return loaded.rules[0].rule
    }
    return try RulePick.one(name, among: all.rules).rule
  }
}
