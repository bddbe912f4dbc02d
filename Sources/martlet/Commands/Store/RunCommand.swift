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
        martlet run --data events --rule 'Logging Stopped' --from now-14d --dry-run

      Exit status: 0 when everything that was to run has run, alerts or not; 1 when some rule, event or file could not be
      read; 2 when nothing was run: no event, no rule, nothing due; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var folder: FolderOption

  @OptionGroup var events: EventOptions
  @OptionGroup var rules: RuleOptions
  @OptionGroup var exceptions: ExceptionOptions

  @OptionGroup var times: SpanOptions<ExecutionSubject>

  @Option(
    name: .customLong("catch-up"),
    help: ArgumentHelp(
      "Skip executions that were due longer ago and have not run: 36h, 30d, 52w. Only without --from.", valueName: "age"
    ))
  var catchUp = "30d"

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
    guard RetentionPolicy.age(catchUp) != nil else {
      throw ValidationError(
        "--catch-up takes whole minutes, hours, days or weeks, as 90m, 36h, 30d or 52w, not “\(catchUp.prefix(80))”.")
    }
    try times.check(relativeTo: try events.currentTime())
  }

  /// How far back executions are run again for events that came late, before the newest execution that was run.
  private static let lateBound: Int64 = 14 * 86_400_000

  func run() async throws {
    let started = ContinuousClock.now
    let now = try events.currentTime()
    let notices = events.notices
    let store = try StoreAccess.open(folder.data, isDry ? .reading : .answering)
    do {
      let alerts = try AlertStore(folder: folder.data, isReadOnly: isDry)
      let snapshot = try store.snapshot()
      let catalog = try events.types.catalog(of: folder.data, tells: true)
      let (loaded, ruleTroubles, all) = try rules.loadAll(notices: notices) {
        // Rules that are given as files are meant alone where those that ship are not.
        try FolderRules.add(alerts, to: &$0, alone: rules.withoutBuiltIn)
      }
      let labels = RulePick.labels(loaded)
      let (exceptionSet, hasExceptionErrors) = exceptions.load(
        all, catalog, tellsUnknownFields: false, now: now, notices)
      let context = try events.context()
      let plan = HuntPlan(loaded.map(\.rule), context: context, catalog: catalog) {
        exceptionSet.ruleExceptions(for: $0)
      } query: {
        try RuleQuery.predicate($0, catalog)
      }
      var outcome = RunOutcome(
        hasTrouble: !ruleTroubles.isEmpty || hasExceptionErrors || plan.unrunnable.contains(where: \.isWrong))
      tell(plan.unrunnable, labels)
      guard !plan.rules.isEmpty else { return try end(&outcome, nothing: "there is no rule that runs") }
      // Executions of a span are run as if events had been taken in when they happened; those that are due know better.
      let view = times.earliest == nil && !isDry ? IngestionView.stored : .replayed
      guard let span = try span(plan, alerts, snapshot, now: now) else {
        return try end(
          &outcome,
          nothing: "no execution is due, and no event has come since the last run; --from runs a span of the past")
      }
      let hunt = try hunt(store, snapshot, plan, span, view)
      let progress = ReadingProgress()
      let (summary, findings) = try await ProgressLine(progress, paths: []).show {
        try await hunt.run(progress: progress)
      }
      let counted = try counted(plan, alerts, span)
      var result = replay(plan, findings, summary, span, view, counted)
      let background = try await hunt.addBackground(to: &result)
      tell(result.refused, labels)
      notices.tell(ofElsewhere: summary.elsewhere)
      ProblemReport.write(summary.problems)
      let missing =
        summary.missing + background.missing.filter { part in !summary.missing.contains { $0.summary == part.summary } }
      for missing in missing {
        StandardError.write(
          line: Terminal.safe(
            "martlet: \(CountText.count(missing.summary.rowCount, "event")) cannot be read: \(missing.reason)"))
      }
      if background.left > 0 {
        events.notices.warn(
          "\(CountText.count(background.left, "event")) that set policies cannot be read: what policies were before may be missing "
            + "from alerts")
      }
      if !missing.isEmpty || !summary.problems.isEmpty || ProblemReport.write(context.geoDatabases) {
        outcome.hasTrouble = true
      }
      _ = notices.warn(of: result, catalog, labels)
      for warning in HuntSummary.warnings(result, labels) { notices.warn(warning) }
      let elsewhere = summary.elsewhere.values.reduce(0, +)
      if summary.searched == 0, snapshot.eventCount == elsewhere { outcome.nothing = "\(folder.data) holds no event" }
      if isDry {
        try showDry(result)
      } else {
        let took = (ContinuousClock.now - started).seconds
        let changed = try keep(result, alerts, snapshot, summary, span, view, now: now, seconds: took)
        try tell(changed, result, summary, span, seconds: took)
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

  /// The times between which executions are run, by rule those since when they are due; nil where nothing is.
  private struct Span {
    var first: Timestamp
    var last: Timestamp
    var since: [String: Timestamp] = [:]
    /// What was due so long ago that it is not run, by rule.
    var skipped: [String: ClosedRange<Timestamp>] = [:]

    /// Whether an execution of a rule at a time is to be run.
    func holds(_ ruleID: String, _ tick: Timestamp) -> Bool {
      tick >= max(first, since[ruleID] ?? first) && tick <= last
    }
  }

  private func span(
    _ plan: HuntPlan, _ alerts: AlertStore, _ snapshot: StoreSnapshot, now: Timestamp
  ) throws -> Span? {
    if let first = try times.start(relativeTo: now) {
      return Span(first: first, last: try times.end(relativeTo: now) ?? now)
    }
    guard !isDry else {
      return snapshot.parts.compactMap(\.summary.times?.lowerBound).min().map { Span(first: $0, last: now) }
    }
    let states = try alerts.states(of: plan.rules.map(\.rule.ruleID), at: now)
    let setBack = states.values.count(where: \.isSetBack)
    if setBack > 0 {
      events.notices.warn(
        "the clock was ahead when \(CountText.count(setBack, "rule")) ran: what it passed over is run now, and what lies behind "
          + "\(now.iso8601) again when its time comes")
    }
    var skipped: [String: ClosedRange<Timestamp>] = [:]
    var since: [String: Timestamp] = [:]
    // What was missed too long ago is skipped.
    let oldest = Timestamp(milliseconds: now.milliseconds - (RetentionPolicy.age(catchUp)?.value ?? 0))
    var arrivals = Arrivals(snapshot, behind: try alerts.lastSegment())
    if let newest = states.values.compactMap(\.lastTick).max() {
      arrivals.bound = Timestamp(milliseconds: newest.milliseconds - Self.lateBound)
    }
    var isDue = false
    for rule in plan.rules.map(\.rule) {
      guard let state = states[rule.ruleID] else { continue }
      let done = state.lastTick ?? state.since
      if done < oldest {
        skipped[rule.ruleID] =
          Timestamp(milliseconds: done.milliseconds + 1)...Timestamp(milliseconds: oldest.milliseconds - 1)
      }
      // What is due lies behind the last execution; what may see events that have come since runs again.
      var first = max(done, oldest)
      if state.lastTick != nil, let late = arrivals.earliest(by: rule.timestampOverride), late < first {
        first = max(late, done < oldest ? oldest : state.since)
        isDue = isDue || first < done
      }
      let interval = rule.schedule.interval.milliseconds
      isDue = isDue || now.milliseconds / interval > done.milliseconds / interval
      since[rule.ruleID] = first
    }
    let beyond = try plan.rules.contains { $0.rule.timestampOverride == nil } ? arrivals.countBeyond() : 0
    if beyond > 0 {
      events.notices.warn(
        "\(CountText.count(beyond, "event")) came more than 14 days late, for which nothing is run again; "
          + "--from runs a span of the past")
    }
    guard isDue, let first = since.values.min() else { return nil }
    return Span(first: first, last: now, since: since, skipped: skipped)
  }

  /// The events that have come since the last run.
  private struct Arrivals {
    private let parts: [StoreSnapshot.Part]
    /// Nothing is run again for events before that.
    var bound: Timestamp?
    private var known: [String: Timestamp?] = [:]

    init(_ snapshot: StoreSnapshot, behind last: Int64) { parts = snapshot.parts.filter { $0.number > last } }

    /// The earliest of them, by the field that a rule takes their time from, not before the bound; nil where none has a time.
    mutating func earliest(by override: String?) -> Timestamp? {
      let field = override ?? "@timestamp"
      if let time = known[field] { return time }
      let time = parts.lazy.compactMap { Self.earliest(of: $0, by: field) }.min().map { max($0, bound ?? $0) }
      known[field] = .some(time)
      return time
    }

    private static func earliest(of part: StoreSnapshot.Part, by field: String) -> Timestamp? {
      let timestamp = part.summary.times?.lowerBound
      guard let spans = part.spans, FieldSpans.covers(field), let span = spans[field] else { return timestamp }
      return span.isWhole ? span.times.lowerBound : min(span.times.lowerBound, timestamp ?? span.times.lowerBound)
    }

    /// How many lie before the bound by `@timestamp`.
    func countBeyond() throws -> Int {
      guard let bound else { return 0 }
      return try parts.reduce(0) { count, part in
        guard let first = part.summary.times?.lowerBound, first < bound else { return count }
        return count + (try part.segment.times().count { $0 != .missing && $0 < bound })
      }
    }
  }

  private func hunt(
    _ store: SegmentStore, _ snapshot: StoreSnapshot, _ plan: HuntPlan, _ span: Span, _ view: IngestionView
  ) throws -> StoreHunt {
    var hunt = StoreHunt(store, snapshot, plan)
    if let threads = events.threads { hunt.workers = threads }
    hunt.reach = plan.reach { max(span.first, span.since[$0] ?? span.first) }
    hunt.view = view
    hunt.asksColumns = try !events.types.meansMapping(of: folder.data) && events.geoip.isEmpty
    hunt.keepsAnswers = !isDry
    return hunt
  }

  /// What executions before those of the span counted for alerts, by rule.
  private func counted(_ plan: HuntPlan, _ alerts: AlertStore, _ span: Span) throws -> [String: [Evidence.Counted]] {
    func begin(_ ruleID: String) -> Timestamp { max(span.first, span.since[ruleID] ?? span.first) }
    var counted: [String: [Evidence.Counted]] = [:]
    for (ruleID, since) in plan.countingRules(from: begin) {
      counted[ruleID] = try alerts.documents(ofRule: ruleID, from: since, before: begin(ruleID)).compactMap {
        document in
        (try? JSONValue(parsing: document[...])).flatMap { Evidence.Counted(alert: $0) }
      }
    }
    return counted
  }

  private func replay(
    _ plan: HuntPlan, _ findings: HuntFindings, _ summary: StoreHunt.Summary, _ span: Span, _ view: IngestionView,
    _ counted: [String: [Evidence.Counted]]
  ) -> HuntResult {
    guard let times = summary.times ?? findings.overriddenSpan else {
      return HuntResult(plan, findings, replay: nil, view)
    }
    var replay = Replay(events: times, earliestTick: span.first, latestTick: span.last)
    replay.mostAlerts = mostAlerts
    replay.firstTicks = span.since
    replay.counted = counted
    return HuntResult(plan, findings, replay: replay, view)
  }

  // MARK: Keeping

  /// Bytes of alerts that become visible together.
  private static let mostBytes = min(2 << 30, ProcessMemory.available / 6)

  /// A run made more alerts than can be kept together.
  private struct TooManyAlerts: Error, CustomStringConvertible {
    var count: Int
    var description: String {
      "the run made \(count) alerts, more than find room at once; nothing of it was kept. Run shorter spans with --from and --to, "
        + "or switch off the rule that makes most of them (--dry-run shows which)"
    }
  }

  private func keep(
    _ result: HuntResult, _ alerts: AlertStore, _ snapshot: StoreSnapshot,
    _ summary: StoreHunt.Summary, _ span: Span, _ view: IngestionView, now: Timestamp, seconds: Double
  ) throws -> AlertStore.RunOutcome {
    var made: [AlertStore.Made] = []
    var counts: [String: Int] = [:]
    var bytes = 0
    try result.forEachAlert { alert in
      guard span.holds(alert.ruleID, alert.tick) else { return }
      bytes += alert.json.count + alert.buildingBlocks.reduce(0) { $0 + $1.json.count }
      guard bytes <= Self.mostBytes else { throw TooManyAlerts(count: result.alertCount) }
      counts[alert.ruleID, default: 0] += 1
      made += alert.buildingBlocks.map {
        AlertStore.Made(id: $0.id, ruleID: $0.ruleID, tick: $0.tick, document: $0.json, isBuildingBlock: true)
      }
      made.append(AlertStore.Made(id: alert.id, ruleID: alert.ruleID, tick: alert.tick, document: alert.json))
    }
    let refused = Dictionary(result.refused.map { ($0.rule.ruleID, $0.reason) }) { one, _ in one }
    // What could not be read may hold what makes or unmakes an alert.
    let isWhole = summary.missing.isEmpty
    let runs = result.outcomes.compactMap { outcome -> AlertStore.Run? in
      let id = outcome.rule.ruleID
      let first = max(span.first, span.since[id] ?? span.first)
      let count = Self.executions(outcome.rule, first, span.last)
      guard count > 0 else { return nil }
      return AlertStore.Run(
        ruleID: id, first: first, last: span.last, executions: count, startedAt: now, took: Int64(seconds * 1000),
        searched: summary.searched, alerts: counts[id] ?? 0, cut: outcome.lost,
        outcome: refused[id] != nil || !isWhole ? .failed : .done,
        reason: refused[id] ?? (isWhole ? nil : "events are missing"))
    }
    let goingByIngestion = result.rulesByIngestion
    let skipped = skipped(result, span, now: now)
    if !skipped.isEmpty {
      let count = skipped.reduce(0) { $0 + $1.executions }
      events.notices.warn(
        "\(CountText.count(count, "execution")) of \(CountText.count(skipped.count, "rule")) \(count == 1 ? "was" : "were") due more "
          + "than \(catchUp) ago and \(count == 1 ? "is" : "are") skipped; --from runs a span of the past")
    }
    return try alerts.commit(
      skipped + runs, made, lastSegment: isWhole ? snapshot.parts.map(\.number).max() : nil, at: now,
      evidence: { $0["martlet"]?["evidence"] },
      contradiction: { stored in
        guard let document = try? JSONValue(parsing: stored.made[...]) else { return "later events" }
        // Made by the time of ingestion, or by a replay: the other kind of run could not have made it.
        let field = document["martlet"]?["evidence"]?["field"]?.stringValue
        if goingByIngestion.contains(stored.ruleID), (field != nil) != (view == .stored) { return nil }
        let own = field.flatMap { document["kibana.alert.original_\($0)"] } ?? document["kibana.alert.original_time"]
        let time = own?.stringValue.flatMap { Timestamp(iso8601: $0) } ?? stored.tick
        let terms = document["kibana.alert.new_terms"]?.arrayValue ?? []
        let event = document["kibana.alert.ancestors"]?.arrayValue?.last
        return result.sighting(of: terms, byRule: stored.ruleID, before: time, event: event)?.uuidText
          ?? "the rule, its exceptions or the event itself, which are others now"
      })
  }

  /// The executions that are not run any more, for the log.
  private func skipped(_ result: HuntResult, _ span: Span, now: Timestamp) -> [AlertStore.Run] {
    result.outcomes.compactMap { outcome in
      guard let times = span.skipped[outcome.rule.ruleID] else { return nil }
      let count = Self.executions(outcome.rule, times.lowerBound, times.upperBound)
      guard count > 0 else { return nil }
      return AlertStore.Run(
        ruleID: outcome.rule.ruleID, first: times.lowerBound, last: times.upperBound, executions: count, startedAt: now,
        took: 0, searched: 0, alerts: 0, cut: 0, outcome: .skipped, reason: "due more than \(catchUp) before the run")
    }
  }

  /// Executions of a rule between two times, both included.
  private static func executions(_ rule: Rule, _ first: Timestamp, _ last: Timestamp) -> Int {
    let interval = rule.schedule.interval.milliseconds
    func floor(_ value: Int64) -> Int64 { value >= 0 ? value / interval : -((-value + interval - 1) / interval) }
    return Int(max(0, floor(last.milliseconds) - floor(first.milliseconds - 1)))
  }

  private func tell(
    _ changed: AlertStore.RunOutcome, _ result: HuntResult, _ summary: StoreHunt.Summary, _ span: Span,
    seconds: Double
  ) throws {
    let executions = result.outcomes.reduce(0) {
      $0 + Self.executions($1.rule, max(span.first, span.since[$1.rule.ruleID] ?? span.first), span.last)
    }
    switch format {
    case .json:
      func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
      let json: JSONValue = [
        "rules": count(result.outcomes.count), "executions": count(executions), "searched": count(summary.searched),
        "answers": ["new": count(summary.asked), "kept": count(summary.known)], "from": .string(span.first.iso8601),
        "to": .string(span.last.iso8601), "new": count(changed.new),
        "late": count(changed.late), "known": count(changed.known), "revised": count(changed.revised),
        "contradicted": count(changed.contradicted), "seconds": .double((seconds * 1000).rounded() / 1000),
      ]
      try StandardOutput().write(line: json.text)
    case .text:
      var line =
        "\(CountText.count(result.outcomes.count, "rule")), \(CountText.count(executions, "execution")) over "
        + "\(CountText.count(summary.searched, "event")); \(CountText.count(changed.new, "new alert"))"
      if changed.late > 0 { line += ", \(changed.late) of them late" }
      if changed.known > 0 { line += ", \(changed.known) \(changed.known == 1 ? "was" : "were") there" }
      if changed.revised > 0 { line += ", \(changed.revised) with new figures" }
      if changed.contradicted > 0 { line += ", \(changed.contradicted) contradicted" }
      events.notices.close(line + String(format: ", %.2f s", seconds))
    }
  }

  private func showDry(_ result: HuntResult) throws {
    var saved: [AlertDocument] = []
    try result.forEachAlert { saved.append(try AlertDocument(written: $0.json)) }
    var view = AlertView()
    let shown = format == .json ? AlertView.Format.ndjson : .table
    view.histogram = 86_400
    let source = SavedAlerts(saved)
    _ = AlertWriting.write(source, view, to: [.standardOutput(shown)])
    view.histogram = nil
    view.by = ["rule", "who"]
    view.limit = 20
    let written = AlertWriting.write(source, view, to: [.standardOutput(shown)])
    for notice in written.notices { events.notices.close(notice) }
    events.notices.close("\(CountText.count(saved.count, "alert")) would be made; nothing was kept")
  }
}
