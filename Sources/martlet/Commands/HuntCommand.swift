import ArgumentParser
import CloudTrail
import Detection
import Events
import Foundation
import Inputs
import Outputs
import Reports
import Rules

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

      Exit status: 0 when all input was read, alerts or not; 1 when some could not be read; 3 with --fail-on-alert when
      there are alerts; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case ndjson, table, json, csv, markdown }

  @OptionGroup var input: InputOptions
  @OptionGroup var rules: RuleOptions
  @OptionGroup var exceptions: ExceptionOptions

  @Option(
    help: ArgumentHelp("ndjson, table, json, csv or markdown; a table on a terminal, else ndjson.", valueName: "format")
  )
  var format: Format?

  @Option(
    help: ArgumentHelp("Write a self-contained HTML page with all alerts to this file too.", valueName: "file"))
  var report: String?

  @Option(
    name: .customLong("from"),
    help: ArgumentHelp("No executions before this time: ISO 8601 or date math.", valueName: "time"))
  var earliest: String?

  @Option(
    name: .customLong("to"), help: ArgumentHelp("No executions after this time.", valueName: "time"))
  var latest: String?

  @Flag(name: .customLong("keep-original"), help: "Keep each record's own JSON in event.original.")
  var keepsOriginal = false

  @Flag(
    name: .customLong("context"),
    help: ArgumentHelp(
      "Say what each principal did before and afterwards, its other alerts, and who opened its session.",
      discussion: "Reads the input a second time; standard input is kept in a temporary file for it."))
  var wantsContext = false

  @Flag(name: .customLong("fail-on-alert"), help: "Exit with status 3 when there are alerts.")
  var failsOnAlert = false

  func validate() throws {
    let now = try input.currentTime()
    try InputOptions.checkBounds(from: earliest, to: latest, relativeTo: now)
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
    let (loaded, hasRuleErrors, all) = try rules.loadAll()
    let (exceptionSet, hasExceptionErrors) = exceptions.load(all)
    let context = try input.context(keepsOriginal: keepsOriginal)
    let plan = HuntPlan(loaded.map(\.rule), context: context, now: now) {
      exceptionSet.ruleExceptions(for: $0)
    } query: {
      try RuleQuery.predicate($0)
    }
    let hasWrongRules = reportUnrunnable(plan, loaded, now)
    guard !plan.rules.isEmpty else { throw ValidationError("no rule is left to hunt with.") }
    for rule in plan.rules {
      for limitation in rule.rule.limitations {
        StandardError.write(line: Terminal.safe("warning: \(rule.rule.name): \(limitation.sentence)"))
      }
    }
    // A report says what each principal did before.
    let needsContext = wantsContext || report != nil
    if needsContext { try input.makeRepeatable() }
    let (summary, parts) = try await input.read { HuntCollector(plan) }
    var result = try replay(plan, HuntFindings(merging: parts), summary, now: now)
    if needsContext { try await addContext(to: &result, context, inputEnd: summary.latest) }
    var lacksReport = false
    if let reportFile {
      let unrunnable = plan.unrunnable.map { "\($0.rule.name) does not take part: \($0.reason)" }
      lacksReport = !result.writeReport(to: reportFile, summary, unrunnable: unrunnable, inputs: input.paths, now: now)
    }
    do {
      try write(result)
    } catch is StandardOutput.Closed {
      // Whoever read the alerts has seen enough.
    }
    if summary.files == 0, summary.problems.isEmpty {
      StandardError.write(line: "warning: there are no files to read in \(input.paths.joined(separator: ", "))")
    }
    input.notices.tell(summary.passedOver)
    ProblemReport.write(summary.problems)
    let hasGeoFaults = ProblemReport.write(context.geoDatabases)
    HuntSummary.write(summary, result, elapsed: (ContinuousClock.now - started).seconds)
    let hasTrouble =
      !summary.problems.isEmpty || hasRuleErrors || hasExceptionErrors || hasWrongRules || hasGeoFaults || lacksReport
    let status: ExitCode? = hasTrouble ? ExitCode(1) : failsOnAlert && result.alertCount > 0 ? ExitCode(3) : nil
    // The process ends here: giving memory back piece by piece would take some per cent of a hunt.
    withExtendedLifetime((loaded, all, plan, result)) { Self.exit(withError: status) }
  }

  /// Reads the input once more for what the principals of the alerts did.
  private func addContext(
    to result: inout HuntResult, _ context: EventContext, inputEnd: Timestamp?
  ) async throws {
    let plan = try result.contextPlan(inputEnd: inputEnd)
    guard !plan.isEmpty else { return }
    let (_, parts) = try await input.read { ContextCollector(plan, context: context) }
    try result.add(plan, parts)
    if result.openingsLeft > 0 {
      StandardError.write(
        line: "warning: \(result.openingsLeft) calls that opened sessions were not remembered, there being too many; "
          + "who opened a session may be missing from alerts")
    }
  }

  /// Says which rules do not take part; true when some of them are wrong.
  private func reportUnrunnable(_ plan: HuntPlan, _ loaded: [LoadedRule], _ now: Timestamp) -> Bool {
    for unrunnable in plan.unrunnable where !unrunnable.isWrong {
      StandardError.write(
        line: Terminal.safe("warning: \(unrunnable.rule.name) does not take part: \(unrunnable.reason)"))
    }
    let wrong = Set(plan.unrunnable.filter(\.isWrong).map(\.rule.ruleID))
    guard !wrong.isEmpty else { return false }
    var rules = RuleLoadResult()
    rules.rules = loaded.filter { wrong.contains($0.rule.ruleID) }
    for diagnostic in RuleCheck(rules, now: now).diagnostics where diagnostic.severity == .error {
      StandardError.write(line: Terminal.safe(diagnostic.description))
    }
    StandardError.write(line: "martlet: \(wrong.count) rules are wrong and do not take part")
    return true
  }

  private func replay(
    _ plan: HuntPlan, _ findings: HuntFindings, _ summary: ReadingSummary, now: Timestamp
  ) throws -> HuntResult {
    guard let first = summary.earliest, let last = summary.latest else {
      return HuntResult(plan, findings, replay: nil)
    }
    let replay = Replay(
      events: first...last,
      earliestTick: try earliest.map { try InputOptions.time($0, option: "--from", relativeTo: now) },
      latestTick: try latest.map { try InputOptions.time($0, option: "--to", relativeTo: now) })
    return HuntResult(plan, findings, replay: replay)
  }

  private func write(_ result: HuntResult) throws {
    let output = StandardOutput()
    switch format ?? (Terminal.isTerminal(STDOUT_FILENO) ? .table : .ndjson) {
    case .ndjson:
      var buffer: [UInt8] = []
      try result.forEachAlert { alert in
        buffer.append(contentsOf: alert.json)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count > 1 << 20 {
          try output.write(buffer)
          buffer.removeAll(keepingCapacity: true)
        }
      }
      try output.write(buffer)
    case .json: try result.write(as: .json, to: output)
    case .csv: try result.write(as: .csv, to: output)
    case .markdown: try result.write(as: .markdown, to: output)
    case .table:
      // The first alerts decide the layout.
      var sample: [Alert] = []
      var table: AlertTable?
      func begin() throws {
        let layout = AlertTable(sample: sample, usesColour: Terminal.usesColour(STDOUT_FILENO))
        table = layout
        try output.write(line: layout.header)
        for alert in sample { try output.write(line: layout.row(alert)) }
      }
      try result.forEachAlert { alert in
        if let table { return try output.write(line: table.row(alert)) }
        sample.append(alert)
        if sample.count == 500 { try begin() }
      }
      if table == nil, !sample.isEmpty { try begin() }
    }
  }
}
