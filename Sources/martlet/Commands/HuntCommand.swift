import ArgumentParser
import CloudTrail
import Detection
import Events
import Foundation
import Inputs
import Outputs
import Query
import Reports
import Rules
import Running

struct HuntCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hunt",
    abstract: "Runs detection rules over events as if the engine had been running all along.",
    discussion: """
      Every rule's schedule is replayed over the time that the events span; each execution sees only what it would have
      seen then. Alerts go to standard output, everything else to standard error.

      Examples:
        martlet hunt AWSLogs/
        martlet hunt --rules my-rules/ --no-builtin --format ndjson trail.json.gz > alerts.ndjson
        aws s3 cp s3://bucket/key.json.gz - | martlet hunt -

      Exit status: 0 when everything asked for was looked at, alerts or not; 1 when some input, rule or file could not be
      read; 2 when nothing was hunted: no file, no event, no rule that runs or reads any of it, no execution between --from
      and --to; 3 with --fail-on-alert when there are alerts; 64 for wrong arguments. 1 comes before 2, and both before 3.
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var rules: RuleOptions
  @OptionGroup var exceptions: ExceptionOptions
  @OptionGroup var tables: TableOptions
  @OptionGroup var indicators: IndicatorOptions

  @OptionGroup var selection: AlertSelectionOptions
  @OptionGroup var alerts: AlertOutputOptions

  @Option(
    help: ArgumentHelp("Write a self-contained HTML page with all alerts to this file too.", valueName: "file"))
  var report: String?

  @OptionGroup var times: SpanOptions<ExecutionSubject>

  @Option(
    name: .customLong("max-alerts"),
    help: ArgumentHelp(
      "The most alerts that one execution of a query rule creates, whatever its max_signals.",
      discussion: "As Kibana's xpack.alerting.rules.run.alerts.max.", valueName: "n"))
  var mostAlerts = 1000

  @Flag(name: .customLong("keep-original"), help: "Keep each record's own JSON in event.original.")
  var keepsOriginal = false

  @Flag(
    name: .customLong("context"),
    help: ArgumentHelp(
      "Say what each principal did before and afterwards, and its other alerts.",
      discussion: "Reads the input a second time; standard input is kept in a temporary file for it."))
  var wantsContext = false

  @Flag(name: .customLong("fail-on-alert"), help: "Exit with status 3 when there are alerts.")
  var failsOnAlert = false

  func validate() throws {
    try input.checkGiven()
    guard (1...1_000_000).contains(mostAlerts) else {
      throw ValidationError("--max-alerts takes a number from 1 to 1000000, not \(mostAlerts).")
    }
    try times.check(relativeTo: try input.currentTime())
  }

  func run() async throws {
    let started = ContinuousClock.now
    let now = try input.currentTime()
    let reportFile = try report.map { path in
      do {
        return try ReportFile(path: path)
      } catch {
        throw ValidationError(Terminal.safe("--report: \(error)"))
      }
    }
    let catalog = try input.catalog(tells: true)
    var view = try alerts.view(catalog)
    try ListOptions.refuseObjects(by: view.by, sort: view.sort, catalog)
    let destinations = try alerts.place(alerts.destinations(), inputs: input.paths)
    let leastSeverity = try selection.severity()
    let notices = input.notices
    let (picked, ruleTroubles, loadedRules, _) = try rules.loadAll(notices: notices, folder: input.data)
    let loaded = try selection.select(picked)
    let labels = RulePick.labels(loaded)
    view.ruleLabels = labels
    let (exceptionSet, hasExceptionErrors) = exceptions.load(
      loadedRules, catalog, tellsUnknownFields: false, now: now, input.notices)
    let context = try input.context(keepsOriginal: keepsOriginal)
    let tables = try tables.read(catalog)
    let questions = IndicatorPlan(loaded.map(\.rule), context: context, catalog: catalog) {
      exceptionSet.ruleExceptions(for: $0)
    }
    let lists = try indicators.read(questions, notices)
    func makePlan(_ found: [FoundIndicators]) -> HuntPlan {
      HuntPlan(
        loaded.map(\.rule), context: context, catalog: catalog, tables: tables,
        indicators: questions.isEmpty ? .none : Indicators(questions, found)
      ) {
        exceptionSet.ruleExceptions(for: $0)
      } query: {
        try RuleQuery.predicate($0, catalog)
      }
    }
    var plan = makePlan(lists.found)
    var outcome = RunOutcome(hasTrouble: !ruleTroubles.isEmpty || hasExceptionErrors || lists.hasTrouble)
    if questions.isEmpty {
      if reportUnrunnable(plan, loaded, labels, now, tables) { outcome.hasTrouble = true }
      guard !plan.rules.isEmpty else { throw nothingRuns(loaded, of: picked.count, outcome) }
    }
    // A report says what each principal did before.
    let pages =
      [reportFile].compactMap(\.self) + destinations.compactMap { if case .page(let file) = $0 { file } else { nil } }
    let needsContext = wantsContext || !pages.isEmpty
    if needsContext || plan.rules.isEmpty { try input.makeRepeatable() }
    let off = loaded.filter { !$0.rule.isEnabled }.map { labels.name($0.rule) }
    notices.warn(of: off.map { ($0, "switched off (enabled = false)") }) { count, cause in
      "\(CountText.count(count, "rule is", "rules are")) \(cause)"
    }
    var (summary, parts) = try await input.read { [plan] in HuntCollector(plan) }
    var findings = HuntFindings(merging: parts)
    if findings.holdsIndicators, try isReadAgain() {
      parts = []
      plan = makePlan(lists.found + (try await input.indicators(questions)))
      (summary, parts) = try await input.read(tells: false) { [plan] in HuntCollector(plan) }
      findings = HuntFindings(merging: parts)
    }
    if !questions.isEmpty {
      if reportUnrunnable(plan, loaded, labels, now, tables) { outcome.hasTrouble = true }
      guard !plan.rules.isEmpty else { throw nothingRuns(loaded, of: picked.count, outcome) }
    }
    var result = try replay(plan, findings, summary, now: now)
    summary.problems.merge(result.alertProblems)
    let found = result.alertCount
    if let leastSeverity { try result.leaveOut(below: leastSeverity) }
    let notAsked = found - result.alertCount
    if needsContext { try await addContext(to: &result, context, summary) }
    if result.openingsLeft > 0, result.alertCount > 0 {
      notices.warn(
        "\(CountText.count(result.openingsLeft, "call")) that opened sessions were not remembered, there being too many; "
          + "who opened a session may be missing from alerts")
    }
    warn(ofUnrunnable: result.refused, labels)
    let waiting = HuntSummary.waiting(plan.unrunnable, loaded)
    let blind = notices.warn(of: result, catalog, labels)
    let unrunnable =
      (plan.unrunnable.filter { !waiting.contains($0.rule.ruleID) } + result.refused).map {
        "\(labels.name($0.rule)) does not take part: \($0.reason)"
      } + blind
      + off.map { "\($0) is switched off" }
    outcome.nothing = HuntSummary.nothing(
      summary, result, input.paths, isBounded: !times.isOpen)
    // What stands there from an earlier hunt is worth more than a file that says nothing.
    let kept =
      outcome.nothing == nil
      ? [] : (pages.map(\.path) + destinations.compactMap(\.path)).filter(RunOutcome.isWorthKeeping)
    var told = ReportContext(created: now, version: Martlet.configuration.version)
    told.inputs = input.paths
    told.asked = asked
    told.rulesNotAsked = picked.count - loaded.count
    told.alertsNotAsked = notAsked
    told.nothing = outcome.nothing
    told.rulesUnread = ruleTroubles.count
    told.rulesNotRun = unrunnable.count
    told.warnings =
      (LostAlerts.error.map { ["\($0). \(LostAlerts.Lack.rules.words)"] } ?? []) + ruleTroubles + unrunnable
      + plan.unrunnable.filter { waiting.contains($0.rule.ruleID) }.map { "\(labels.name($0.rule)): \($0.reason)" }
    for page in pages
    where !kept.contains(page.path)
      && !result.writeReport(to: page, summary, told, labels: labels)
    {
      outcome.hasTrouble = true
    }
    let written = AlertWriting.write(
      result, view, to: destinations.filter { !kept.contains($0.path ?? "") })
    notices.tell(summary.passedOver)
    ProblemReport.write(summary.problems)
    if ProblemReport.write(context.geoDatabases) || !summary.problems.isEmpty || !written.isWhole {
      outcome.hasTrouble = true
    }
    for field in written.emptyFields { notices.warn(UnknownFields.ofAlerts(field, catalog)) }
    for warning in HuntSummary.warnings(result, labels) { notices.warn(warning) }
    for notice in written.notices { notices.close(notice) }
    if let nothing = outcome.nothing {
      StandardError.write(line: Terminal.safe("martlet: nothing was hunted: \(nothing)"))
      RunOutcome.tell(unwritten: kept)
    }
    notices.close(
      HuntSummary.line(
        summary, result, nothing: outcome.nothing, rulesNotAsked: picked.count - loaded.count, alertsNotAsked: notAsked,
        rulesWaiting: waiting.count, elapsed: (ContinuousClock.now - started).seconds))
    let status = outcome.status ?? (failsOnAlert && result.alertCount > 0 ? ExitCode(3) : nil)
    // The process ends here: giving memory back piece by piece would take some per cent of a hunt.
    withExtendedLifetime((loaded, loadedRules, plan, result)) { Self.exit(withError: status) }
  }

  /// Whether the input, in which there are indicators, can be read again now that it is known; says so where it cannot.
  private func isReadAgain() throws -> Bool {
    if input.data != nil { return true }
    if InputReader.pipes(among: input.paths).isEmpty, !input.paths.contains("-") || StandardInput.rewind() {
      return true
    }
    input.notices.warn(
      "among the events are indicators, which are not looked for in a pipe, since it can be read only once: save it first, or "
        + "give them with --indicators")
    return false
  }

  /// The options that say what is hunted, as they were given.
  private var asked: [String] {
    rules.rulePaths.map { ShellWords.option("--rules", $0) } + (rules.withoutBuiltIn ? ["--no-builtin"] : [])
      + rules.picked.map { ShellWords.option("--rule", $0) }
      + exceptions.paths.map { ShellWords.option("--exceptions", $0) }
      + tables.asked + indicators.asked + times.asked + selection.asked
  }

  /// Says why there is no rule to hunt with, and gives the status.
  ///
  /// - Parameter count: how many rules there were before alerts were chosen by severity, tag or tactic.
  private func nothingRuns(_ loaded: [LoadedRule], of count: Int, _ outcome: RunOutcome) -> ExitCode {
    let off = loaded.count { !$0.rule.isEnabled }
    let reason =
      loaded.isEmpty
      ? count > 0
        ? "\(selection.named) \(selection.isSingle ? "leaves" : "leave") none of \(CountText.count(count, "rule"))"
        : "there is no rule to hunt with"
      : off == loaded.count
        ? "\(off == 1 ? "the rule is" : "all \(off) rules are") switched off (enabled = false)" : "no rule can run"
    StandardError.write(line: "martlet: nothing was hunted: \(reason)")
    var outcome = outcome
    outcome.nothing = reason
    return outcome.status ?? ExitCode(2)
  }

  /// Reads the input once more for what the principals of the alerts did.
  private func addContext(
    to result: inout HuntResult, _ context: EventContext, _ summary: ReadingSummary
  ) async throws {
    let plan = try result.contextPlan(inputStart: summary.earliest, inputEnd: summary.latest)
    guard !plan.isEmpty else { return }
    let catalog = try input.catalog()
    let (_, parts) = try await input.read(tells: false) { ContextCollector(plan, context: context, catalog: catalog) }
    try result.add(plan, parts)
    if result.activityLeft > 0 {
      input.notices.warn(
        "\(result.activityLeft) events of the alerts' principals were not remembered for want of memory; context counts "
          + "without them")
    }
  }

  private func warn(ofUnrunnable rules: [UnrunnableRule], _ labels: RuleLabels) {
    let things = rules.map { rule in
      (labels.name(rule.rule) + (rule.place.map { " (\($0))" } ?? ""), rule.cause)
    }
    input.notices.warn(of: things) { count, cause in
      "\(CountText.count(count, "rule")) \(count == 1 ? "does" : "do") not take part: \(cause)"
    }
  }

  /// Says which rules do not take part; true when some of them are wrong.
  private func reportUnrunnable(
    _ plan: HuntPlan, _ loaded: [LoadedRule], _ labels: RuleLabels, _ now: Timestamp, _ tables: [String: ESQLTable]
  ) -> Bool {
    let waiting = input.notices.isVerbose ? [] : HuntSummary.waiting(plan.unrunnable, loaded)
    warn(ofUnrunnable: plan.unrunnable.filter { !$0.isWrong && !waiting.contains($0.rule.ruleID) }, labels)
    let wrong = Set(plan.unrunnable.filter(\.isWrong).map(\.rule.ruleID))
    guard !wrong.isEmpty else { return false }
    var rules = RuleLoadResult()
    rules.rules = loaded.filter { wrong.contains($0.rule.ruleID) }
    let errors = RuleCheck(rules, now: now, catalog: plan.catalog, tables: tables).diagnostics.filter {
      $0.severity == .error
    }
    for diagnostic in errors { StandardError.write(line: Terminal.safe(diagnostic.description)) }
    if errors.isEmpty {
      for rule in plan.unrunnable where rule.isWrong {
        StandardError.write(line: Terminal.safe("martlet: “\(labels.name(rule.rule))”: \(rule.reason)"))
      }
    }
    StandardError.write(
      line: "martlet: "
        + CountText.count(wrong.count, "rule is wrong and takes no part", "rules are wrong and take no part"))
    return true
  }

  private func replay(
    _ plan: HuntPlan, _ findings: HuntFindings, _ summary: ReadingSummary, now: Timestamp
  ) throws -> HuntResult {
    let span = findings.overriddenSpan
    guard let first = summary.earliest ?? span?.lowerBound, let last = summary.latest ?? span?.upperBound else {
      return HuntResult(plan, findings, replay: nil)
    }
    var replay = Replay(
      events: first...last,
      earliestTick: try times.start(relativeTo: now), latestTick: try times.end(relativeTo: now))
    replay.mostAlerts = mostAlerts
    return try HuntResult(plan, findings, replay: replay).overAlerts(replay)
  }
}
