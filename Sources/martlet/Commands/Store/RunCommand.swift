import Alerts
import ArgumentParser
import CloudTrail
import Detection
import Events
import Foundation
import Ingestion
import Inputs
import JSON
import Outputs
import Parallel
import Reports
import Rules
import Running
import SegmentStore

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs the executions of rules that are due over stored events, and keeps their alerts.",
    discussion: """
      Without a span the executions are run that have come due since the last time, and those again whose windows or
      histories have received events since. A rule that is new begins now: --from runs it over the past. An execution gives
      the same alerts however often it is run; one that comes late is marked, one that later events contradict is marked too,
      and neither is ever deleted.

      Examples:
        martlet run --data events
        martlet run --data events --from 2026-01-01 --to 2026-01-14
        martlet run --data events --rule 'Logging Stopped or Narrowed' --from now-14d --dry-run

      Exit status: 0 when everything that was to run has run, alerts or not; 1 when some rule, event or file could not be
      read, or an alert that a rule looks at; 2 when nothing was run: no event, no rule, nothing due; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var folder: FolderOption

  @OptionGroup var events: EventOptions
  @OptionGroup var rules: RuleOptions
  @OptionGroup var exceptions: ExceptionOptions
  @OptionGroup var tables: TableOptions
  @OptionGroup var indicators: IndicatorOptions

  @OptionGroup var times: SpanOptions<ExecutionSubject>

  @Option(
    name: .customLong("catch-up"),
    help: ArgumentHelp(
      "Skip executions that were due longer ago and have not run: 36h, 30d, 52w. Only without --from.", valueName: "age"
    ))
  var catchUp = "30d"

  @Option(
    name: .customLong("late-events"),
    help: ArgumentHelp(
      "Run executions again for events that came late, so far back from the newest execution: 36h, 14d, 4w. Only without --from.",
      valueName: "age"))
  var lateEvents = "14d"

  @Flag(name: .customLong("dry-run"), help: "Keep nothing: show alerts per day, and who causes most of them.")
  var isDry = false

  @Option(
    name: .customLong("max-alerts"),
    help: ArgumentHelp(
      "The most alerts that one execution of a query rule creates, whatever its max_signals.", valueName: "n"))
  var mostAlerts = 1000

  @Option(help: ArgumentHelp("How the summary is printed: text or json.", valueName: "format"))
  var format = Format.text

  func validate() throws {
    guard (1...1_000_000).contains(mostAlerts) else {
      throw ValidationError("--max-alerts takes a number from 1 to 1000000, not \(mostAlerts).")
    }
    guard times.latest == nil || times.earliest != nil else {
      throw ValidationError("--to ends a span that --from begins; without --from what is due is run.")
    }
    for (option, age) in [("--catch-up", catchUp), ("--late-events", lateEvents)]
    where RetentionPolicy.age(age) == nil {
      throw ValidationError(
        "\(option) takes whole minutes, hours, days or weeks, as 90m, 36h, 30d or 52w, not “\(age.prefix(80))”.")
    }
    try times.check(relativeTo: try events.currentTime())
  }

  func run() async throws {
    let started = ContinuousClock.now
    let now = try events.currentTime()
    let notices = events.notices
    let store = try StoreAccess.open(folder.data, isDry ? .reading : .answering)
    do {
      let alerts = try AlertStore(folder: folder.data, isReadOnly: isDry)
      let snapshot = try store.snapshot()
      let catalog = try events.types.catalog(of: folder.data, tells: true)
      let (loaded, ruleTroubles, all, _) = try rules.loadAll(notices: notices) {
        // Rules that are given as files are meant alone where those that ship are not.
        try FolderRules.add(alerts, to: &$0, alone: rules.withoutBuiltIn)
      }
      let labels = RulePick.labels(loaded)
      let (exceptionSet, hasExceptionErrors) = exceptions.load(
        all, catalog, tellsUnknownFields: false, now: now, notices)
      let context = try events.context()
      let tables = try tables.read(catalog)
      let questions = IndicatorPlan(loaded.map(\.rule), context: context, catalog: catalog) {
        exceptionSet.ruleExceptions(for: $0)
      }
      let lists = try indicators.read(questions, notices)
      let stored = try await StoredIndicators.read(
        snapshot, questions, now: now, dataStream: context.dataStream, workers: events.threads)
      let plan = HuntPlan(
        loaded.map(\.rule), context: context, catalog: catalog, tables: tables,
        indicators: Indicators(questions, lists.found + stored.found)
      ) {
        exceptionSet.ruleExceptions(for: $0)
      } query: {
        try RuleQuery.predicate($0, catalog)
      }
      var outcome = RunOutcome(
        hasTrouble: !ruleTroubles.isEmpty || hasExceptionErrors || plan.unrunnable.contains(where: \.isWrong))
      if lists.hasTrouble || !stored.problems.isEmpty || !stored.missing.isEmpty { outcome.hasTrouble = true }
      ProblemReport.write(stored.problems)
      for missing in stored.missing {
        StandardError.write(
          line: Terminal.safe(
            "martlet: \(CountText.count(missing.count, "indicator")) cannot be read: \(missing.reason)"))
      }
      let waiting = HuntSummary.waiting(plan.unrunnable, loaded)
      tell(plan.unrunnable.filter { events.notices.isVerbose || !waiting.contains($0.rule.ruleID) }, labels)
      guard !plan.rules.isEmpty else {
        // Rules that wait for indicators begin now all the same.
        if times.earliest == nil, !isDry { _ = try RuleRun(store, snapshot, alerts, plan, now: now).due(notices) }
        return try end(&outcome, nothing: "there is no rule that runs")
      }
      var run = RuleRun(store, snapshot, alerts, plan, now: now)
      // Executions of a span are run as if events had been taken in when they happened; those that are due know better.
      run.view = times.earliest == nil && !isDry ? .stored : .replayed
      run.asksColumns = try !events.types.meansMapping(of: folder.data) && events.geoip.isEmpty
      run.keepsAnswers = !isDry
      run.keepsAlerts = !isDry
      run.workers = events.threads
      run.mostAlerts = mostAlerts
      if let age = RetentionPolicy.age(catchUp) { run.catchUp = age }
      if let age = RetentionPolicy.age(lateEvents) { run.lateBound = age }
      guard let span = try span(run, snapshot, now: now) else {
        return try end(
          &outcome,
          nothing: "no execution is due, and no event has come since the last run; --from runs a span of the past")
      }
      let progress = ReadingProgress()
      let made = try await ProgressLine(progress, paths: []).show { [run] in
        try await run.run(span, progress: progress)
      }
      let (result, summary) = (made.result, made.summary)
      tell(result.refused, labels)
      notices.tell(ofElsewhere: summary.elsewhere)
      ProblemReport.write(summary.problems)
      for missing in made.missing { StandardError.write(line: Terminal.safe("martlet: \(missing.sentence)")) }
      if !made.missing.isEmpty {
        StandardError.write(
          line: Terminal.safe(
            "martlet: rules were run over the rest, and what is due is run again when all is there: put files back from a backup, or "
              + "martlet verify --data \(folder.data) --repair sets aside what is damaged, and the next ingestion reads its events anew"
          ))
      }
      DamagedAlerts.tell(made.damaged, in: folder.data)
      if made.leftPolicies > 0 {
        events.notices.warn(
          "\(CountText.count(made.leftPolicies, "event")) that set policies cannot be read: what policies were before may be missing "
            + "from alerts")
      }
      if !made.missing.isEmpty || !summary.problems.isEmpty || ProblemReport.write(context.geoDatabases) {
        outcome.hasTrouble = true
      }
      _ = notices.warn(of: result, catalog, labels)
      for warning in HuntSummary.warnings(result, labels) { notices.warn(warning) }
      let elsewhere = summary.elsewhere.values.reduce(0, +)
      if summary.searched == 0, snapshot.eventCount == elsewhere { outcome.nothing = "\(folder.data) holds no event" }
      let took = (ContinuousClock.now - started).seconds
      if isDry {
        try showDry(made, span, seconds: took)
      } else {
        let changed = try run.keep(made, span, seconds: took, events.notices)
        try tell(
          changed, result, summary, span, seconds: (ContinuousClock.now - started).seconds, waiting: waiting.count)
        if !Retention.applyAfterwards(to: folder.data, holder: "martlet run", now: now, notices) {
          outcome.hasTrouble = true
        }
      }
      if let nothing = outcome.nothing {
        StandardError.write(line: Terminal.safe("martlet: nothing was run: \(nothing)"))
      }
      if let status = outcome.status { throw status }
    } catch let error as StoreError {
      throw StoreAccess.failed(error)
    } catch let error as AlertStoreError {
      throw StoreAccess.failed(error)
    } catch let error as TooManyAlerts {
      throw StoreAccess.failed(error)
    } catch let error as EventTextFault {
      throw StoreAccess.failed(error)
    }
  }

  private func end(_ outcome: inout RunOutcome, nothing: String) throws {
    StandardError.write(line: Terminal.safe("martlet: nothing was run: \(nothing)"))
    outcome.nothing = nothing
    if let status = outcome.status { throw status }
  }

  private func tell(_ rules: [UnrunnableRule], _ labels: RuleLabels) {
    events.notices.warn(of: rules.map { (labels.name($0.rule) + ($0.place.map { " (\($0))" } ?? ""), $0.cause) }) {
      "\(CountText.count($0, "rule")) \($0 == 1 ? "does" : "do") not take part: \($1)"
    }
  }

  /// The executions that are to be run: those of the span that is asked for, else what is due.
  private func span(
    _ run: RuleRun<SegmentStore>, _ snapshot: SegmentStore.Snapshot, now: Timestamp
  ) throws -> RunSpan? {
    if let first = try times.start(relativeTo: now) {
      return RunSpan(first: first, last: try times.end(relativeTo: now) ?? now)
    }
    guard isDry else { return try run.due(events.notices) }
    return snapshot.parts.compactMap(\.times?.lowerBound).min().map { RunSpan(first: $0, last: now) }
  }

  private func tell(
    _ changed: AlertStore.RunOutcome, _ result: HuntResult, _ summary: StoreHuntSummary, _ span: RunSpan,
    seconds: Double, waiting: Int
  ) throws {
    switch format {
    case .json:
      var members = members(result, summary, span, seconds: seconds)
      for (name, number) in [
        ("new", changed.new), ("building_blocks", changed.newBlocks), ("late", changed.late), ("known", changed.known),
        ("revised", changed.revised),
        ("grown", changed.grown), ("contradicted", changed.contradicted),
        ("restored", changed.restored),
      ] { members[name] = .integer(Int64(number)) }
      try StandardOutput().write(line: JSONValue.object(members).text)
    case .text:
      let executions = executions(result, span)
      var line =
        "\(CountText.count(result.outcomes.count, "rule")), \(CountText.count(executions, "execution")) over "
        + "\(CountText.count(summary.searched, "event")); \(CountText.count(changed.new, "new alert"))"
      if changed.late > 0 { line += ", \(changed.late) of them late" }
      if changed.newBlocks > 0 { line += (changed.late > 0 ? ", and " : " and ") + Self.blocks(changed.newBlocks) }
      if changed.known > 0 { line += ", \(changed.known) \(changed.known == 1 ? "was" : "were") there" }
      if changed.revised > 0 { line += ", \(changed.revised) with new figures" }
      if changed.grown > 0 { line += ", \(changed.grown) that stand for more now" }
      if changed.contradicted > 0 { line += ", \(changed.contradicted) contradicted" }
      if changed.restored > 0 {
        line += ", \(changed.restored) that \(changed.restored == 1 ? "was" : "were") damaged made anew"
      }
      events.notices.close(line + String(format: ", %.2f s", seconds) + HuntSummary.waiting(waiting))
    }
  }

  private static func blocks(_ count: Int) -> String { CountText.count(count, "building block") }

  /// How many executions a run was of.
  private func executions(_ result: HuntResult, _ span: RunSpan) -> Int {
    result.outcomes.reduce(0) { $0 + span.executions(of: $1.rule) }
  }

  /// What is said of every run as JSON, whether its alerts are kept or not.
  private func members(
    _ result: HuntResult, _ summary: StoreHuntSummary, _ span: RunSpan, seconds: Double
  ) -> [String: JSONValue] {
    func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
    return [
      "dry_run": .bool(isDry), "rules": count(result.outcomes.count), "executions": count(executions(result, span)),
      "searched": count(summary.searched),
      "missing_events": count(summary.missing.reduce(0) { $0 + $1.count }),
      "answers": ["new": count(summary.asked), "kept": count(summary.known)], "from": .string(span.first.iso8601),
      "to": .string(span.last.iso8601), "seconds": .double((seconds * 1000).rounded() / 1000),
    ]
  }

  private func showDry(_ made: MadeAlerts, _ span: RunSpan, seconds: Double) throws {
    let saved = try made.documents.filter { !$0.isBuildingBlock }.map { try AlertDocument(written: $0.document) }
    let blocks = made.documents.count - saved.count
    let source = SavedAlerts(saved)
    var days = AlertView()
    days.histogram = 86_400
    var loudest = AlertView()
    loudest.by = ["rule", "who"]
    loudest.limit = 20
    switch format {
    case .json:
      var members = members(made.result, made.summary, span, seconds: seconds)
      members["alerts"] = .integer(Int64(saved.count))
      members["building_blocks"] = .integer(Int64(blocks))
      members["days"] = try Self.list(source, days)
      members["loudest"] = try Self.list(source, loudest)
      try StandardOutput().write(line: JSONValue.object(members).text)
    case .text:
      _ = AlertWriting.write(source, days, to: [.standardOutput(.table)])
      let written = AlertWriting.write(source, loudest, to: [.standardOutput(.table)])
      for notice in written.notices { events.notices.close(notice) }
      let beside = blocks > 0 ? " and \(Self.blocks(blocks))" : ""
      events.notices.close("\(CountText.count(saved.count, "alert"))\(beside) would be made; nothing was kept")
    }
  }

  /// What a view shows of alerts, as a list in JSON.
  private static func list(_ source: SavedAlerts, _ view: AlertView) throws -> JSONValue {
    var text: [UInt8] = []
    try withoutActuallyEscaping({ text += $0 }) { _ = try view.write(source, as: .json, to: $0) }
    return try JSONValue(parsing: text[...])
  }
}
