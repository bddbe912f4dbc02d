import Alerts
import Detection
import Events
import Foundation
import Intake
import Outputs
import Rules
import Running
import SegmentStore

/// Runs the executions of rules as they fall due.
///
/// Each begins at its scheduled time and an offset of the rule's own (`TickSpread`); what it sees comes of the scheduled time. Executions that
/// were missed, since the service did not run or the machine slept, come after those that are due now, the oldest first, and those that were
/// missed longer ago than is set are recorded as skipped. One that may see events which have come since runs again with the next.
///
/// Whatever the clock does, it is asked again after a second at most: what it passed over is due, and what it says a second time is not run
/// twice.
public struct RuleScheduler: Sendable {
  /// How executions are run.
  public struct Options: Sendable {
    /// The part of an interval over which the beginnings of rules are spread.
    public var spread = TickSpread(fraction: 0.5)
    /// Executions that were due longer ago and have not run are skipped.
    public var catchUp = RetentionPolicy.Amount(text: "30d", value: 30 * 86_400_000)
    /// How far back executions run again for events that came late, before the newest execution.
    public var lateBound = RetentionPolicy.Amount(text: "14d", value: 14 * 86_400_000)
    /// The most alerts that one execution of a query rule creates.
    public var mostAlerts = 1000

    public init() {}
  }

  private let store: SegmentStore
  private let alerts: AlertStore
  private let book: RuleBook
  private let clock: any ServiceClock
  private let log: ServiceLog
  private let metrics: Metrics
  private let health: ServiceHealth
  private let options: Options
  private let memory: AlarmMemory?

  /// With more executions missed than these, the newest is run before them.
  private static let mostMissed: Int64 = 6
  /// How late executions may begin before it is a trouble, in milliseconds.
  private static let mostLag: Int64 = 60_000
  /// Rules that run together.
  private static let mostAtOnce = 256
  /// Missed executions that run together reach over so much time at most, in milliseconds, or over twelve intervals.
  private static let stride: Int64 = 6 * 3_600_000

  /// - Parameter memory: where it stands how often rules have failed in a row, beyond this scheduler.
  public init(
    _ store: SegmentStore, _ alerts: AlertStore, _ book: RuleBook, _ clock: any ServiceClock, log: ServiceLog,
    metrics: Metrics, health: ServiceHealth, options: Options = Options(), memory: AlarmMemory? = nil
  ) {
    self.store = store
    self.alerts = alerts
    self.book = book
    self.clock = clock
    self.log = log
    self.metrics = metrics
    self.health = health
    self.options = options
    self.memory = memory
  }

  /// How far rules have come, as one task knows it.
  struct Progress {
    var mark = ""
    var states: [String: AlertStore.RuleState] = [:]
    /// The newest executions that were run ahead of missed ones.
    var ahead: [String: Timestamp] = [:]
    /// When states were read.
    var readAt: Timestamp?
    /// Whether newest executions were run since some that were missed.
    var wasAhead = false
    var failures: [String: Int] = [:]
    /// What was last told of rules beside their alerts.
    var warned: [String: [String]] = [:]
    /// Damaged alerts that were told of.
    var damaged: Set<DamagedAlert> = []

    /// Notes that a rule is done up to a time, for now.
    mutating func come(_ ruleID: String, to time: Timestamp) {
      guard var state = states[ruleID] else { return }
      state.lastTick = max(time, state.lastTick ?? time)
      states[ruleID] = state
    }
  }

  /// Runs what is due until the task is cancelled.
  public func run() async {
    var progress = Progress()
    progress.failures = memory?.failures ?? [:]
    while !Task.isCancelled {
      health.beat("rules", within: .seconds(1800))
      var wait = Duration.seconds(1)
      do {
        if let next = try await round(&progress) {
          wait = min(wait, .milliseconds(max(5, next.milliseconds - clock.now.milliseconds)))
        } else {
          wait = .zero
        }
        if health.set("rules", nil) { log.tell(.notice, "rules are run again", [:]) }
      } catch is CancellationError {
        break
      } catch {
        if Task.isCancelled { break }
        note(failed: error, &progress)
        wait = .seconds(5)
      }
      if wait > .zero { try? await clock.sleep(for: wait) }
    }
  }

  /// Takes note that nothing could be run. It is tried again every few seconds, and told once.
  func note(failed error: any Error, _ progress: inout Progress) {
    if health.set("rules", "\(error)") { log.fail("rules cannot be run now, which is tried again: \(error)") }
    metrics.add(to: "martlet_rounds_failed_total")
    progress.readAt = nil
  }

  /// Runs what is due now; gives when something is due next, nil where more may be due at once.
  func round(_ progress: inout Progress) async throws -> Timestamp? {
    let now = clock.now
    let (edition, isNew) = try book.current(alerts, now: now)
    if isNew { edition.tell(log, metrics) }
    // A clock that was set back, and what other processes have run, is in the states.
    let isOld = progress.readAt.map { now < $0 || now.milliseconds - $0.milliseconds > 60_000 } ?? true
    if isNew || isOld {
      progress.states = try alerts.states(of: edition.rules.keys.sorted(), at: now)
      log.tell(ofSetBack: progress.states, now)
      if progress.states.values.contains(where: \.isSetBack) {
        progress.ahead = progress.ahead.filter { $0.value <= now }
      }
      progress.readAt = now
      // Of rules that are switched off or gone nobody waits that they run again.
      progress.failures = progress.failures.filter { edition.rules[$0.key] != nil }
      tellOfFailing(progress)
    }
    // Where there is always something newer, what was missed has its turns all the same.
    if try await runLive(edition, &progress, now, allowsAhead: !progress.wasAhead) { return nil }
    if try await runMissed(edition, &progress, now) {
      progress.wasAhead = false
      return nil
    }
    return edition.rules.values.lazy.map { rule in
      options.spread.next(after: now, ruleID: rule.ruleID, interval: rule.schedule.interval.milliseconds).start
    }.min() ?? Timestamp(milliseconds: now.milliseconds + 1000)
  }

  // MARK: What is due

  private func newestTick(_ rule: Rule, _ now: Timestamp) -> Timestamp {
    options.spread.newestTick(
      begunBy: now, ruleID: rule.ruleID, interval: rule.schedule.interval.milliseconds)
  }

  private func done(_ rule: Rule, _ progress: Progress) -> Timestamp? {
    progress.states[rule.ruleID]?.done
  }

  /// Whether so many executions were missed that the newest is run before them.
  private func isBehind(_ rule: Rule, _ done: Timestamp, _ newest: Timestamp) -> Bool {
    (newest.milliseconds - done.milliseconds) / rule.schedule.interval.milliseconds > Self.mostMissed
  }

  /// Runs the executions that have begun and were not missed, and the newest of those rules that missed many; false where there are none.
  ///
  /// - Parameter allowsAhead: whether the latter are run.
  private func runLive(
    _ edition: RuleBook.Edition, _ progress: inout Progress, _ now: Timestamp, allowsAhead: Bool
  ) async throws -> Bool {
    var inTime: [(rule: Rule, start: Timestamp)] = []
    var behind: [(rule: Rule, start: Timestamp)] = []
    for rule in edition.rules.values {
      guard let done = done(rule, progress) else { continue }
      let newest = newestTick(rule, now)
      guard newest > done else { continue }
      let interval = rule.schedule.interval.milliseconds
      let start = options.spread.start(of: newest, ruleID: rule.ruleID, interval: interval)
      if !isBehind(rule, done, newest) {
        inTime.append((rule, start))
      } else if allowsAhead, progress.ahead[rule.ruleID] ?? .earliest < newest {
        behind.append((rule, start))
      }
    }
    let due = inTime.isEmpty ? behind : inTime
    guard !due.isEmpty else { return false }
    let chosen = due.sorted { ($0.start, $0.rule.ruleID) < ($1.start, $1.rule.ruleID) }.prefix(Self.mostAtOnce)
    var longest: Int64 = 0
    for (_, start) in chosen {
      let lag = max(0, now.milliseconds - start.milliseconds)
      metrics.observe("martlet_tick_start_lag_seconds", Double(lag) / 1000)
      longest = max(longest, lag)
    }
    tell(ofLag: longest)
    let rules = chosen.map(\.rule)
    if inTime.isEmpty {
      progress.wasAhead = true
      var states: [String: AlertStore.RuleState] = [:]
      for rule in rules {
        let newest = newestTick(rule, now)
        // Nothing before it is looked at: that is done when it has its turn.
        var state = AlertStore.RuleState(since: Timestamp(milliseconds: newest.milliseconds - 1))
        state.lastTick = nil
        states[rule.ruleID] = state
        progress.ahead[rule.ruleID] = newest
      }
      try await run(rules, edition, states, until: now, isAhead: true, &progress, now)
    } else {
      try await run(rules, edition, progress.states, until: now, isAhead: false, &progress, now)
    }
    return true
  }

  /// Runs some of the executions that were missed, the oldest first; false where there are none.
  private func runMissed(
    _ edition: RuleBook.Edition, _ progress: inout Progress, _ now: Timestamp
  ) async throws -> Bool {
    var missed: [(rule: Rule, done: Timestamp)] = []
    for rule in edition.rules.values {
      guard let done = done(rule, progress), newestTick(rule, now) > done else { continue }
      missed.append((rule, done))
    }
    guard let oldest = missed.min(by: { ($0.done, $0.rule.ruleID) < ($1.done, $1.rule.ruleID) }) else { return false }
    // What lies too far back is skipped, and what is run begins there.
    let begin = max(oldest.done.milliseconds, now.milliseconds - options.catchUp.value)
    let stride = max(Self.stride, 12 * oldest.rule.schedule.interval.milliseconds)
    let last = Timestamp(milliseconds: min(now.milliseconds, begin + stride))
    let rules = missed.filter { $0.done < last }.sorted { ($0.done, $0.rule.ruleID) < ($1.done, $1.rule.ruleID) }
      .prefix(Self.mostAtOnce).map(\.rule)
    metrics.set("martlet_rules_behind", Double(missed.count))
    try await run(rules, edition, progress.states, until: last, isAhead: false, &progress, now)
    metrics.set("martlet_rules_behind", Double(max(0, missed.count - (last < now ? 0 : rules.count))))
    return true
  }

  // MARK: Running

  /// Runs rules together; where that fails, each by itself, so that one which cannot be run does not keep the others from it.
  private func run(
    _ rules: [Rule], _ edition: RuleBook.Edition, _ states: [String: AlertStore.RuleState], until last: Timestamp,
    isAhead: Bool, _ progress: inout Progress, _ now: Timestamp
  ) async throws {
    do {
      return try await runTogether(rules, edition, states, until: last, isAhead: isAhead, &progress, now)
    } catch {
      guard rules.count > 1, Self.isOfOneRule(error), !Task.isCancelled else { throw error }
    }
    for rule in rules {
      health.beat("rules", within: .seconds(1800))
      do {
        try await runTogether([rule], edition, states, until: last, isAhead: isAhead, &progress, now)
      } catch {
        guard Self.isOfOneRule(error), !Task.isCancelled else { throw error }
        log.fail("\(rule.name) cannot be run now: \(error)")
        metrics.add(to: "martlet_executions_failed_total")
        progress.failures[rule.ruleID, default: 0] += 1
        if !isAhead { progress.come(rule.ruleID, to: last) }
      }
    }
    tellOfFailing(progress)
  }

  /// False of errors that have nothing to do with which rules are run: those of the store, of alerts that are kept, and an end.
  private static func isOfOneRule(_ error: any Error) -> Bool {
    !(error is StoreError || error is AlertStoreError || error is CancellationError)
  }

  private func tellOfFailing(_ progress: Progress) {
    memory?.failures = progress.failures
    metrics.set("martlet_rules_failing", Double(progress.failures.count))
    let failing = progress.failures.filter { $0.value >= 3 }.keys.sorted()
    health.set(
      "failing rules",
      failing.isEmpty
        ? nil
        : "\(CountText.count(failing.count, "rule")) \(failing.count == 1 ? "has" : "have") failed three times or more: "
          + failing.prefix(5).joined(separator: ", "))
  }

  private func runTogether(
    _ rules: [Rule], _ edition: RuleBook.Edition, _ states: [String: AlertStore.RuleState], until last: Timestamp,
    isAhead: Bool, _ progress: inout Progress, _ now: Timestamp
  ) async throws {
    let started = ContinuousClock.now
    let snapshot = try store.snapshot()
    let indicators =
      rules.contains { $0.type == .threatMatch } ? try await book.indicators(edition, snapshot, now: now, log) : .none
    let plan = book.plan(of: rules, edition, now: now, indicators)
    var run = RuleRun(store, snapshot, alerts, plan, now: now)
    run.asksColumns = edition.asksColumns
    run.catchUp = options.catchUp
    run.lateBound = options.lateBound
    run.mostAlerts = options.mostAlerts
    run.boundName = "rules.max_alerts"
    let mine = states.filter { state in rules.contains { $0.ruleID == state.key } }
    guard var span = try run.due(mine, until: last, log) else {
      // Nothing lies between; the rules have come so far all the same.
      for rule in rules { progress.come(rule.ruleID, to: last) }
      return
    }
    if isAhead { (span.skipped, span.off) = ([:], [:]) }
    let made = try await run.run(span)
    tell(made, &progress)
    tell(run.warnings(made.result), of: rules, &progress)
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    let changed = try run.keep(made, span, seconds: seconds, isAhead: isAhead, log)
    note(changed, made, rules, span, seconds)
    if !isAhead { progress.states.merge(try alerts.states(of: rules.map(\.ruleID), at: now)) { $1 } }
    for rule in rules {
      let hasFailed = made.result.refused.contains { $0.rule.ruleID == rule.ruleID } || !made.summary.missing.isEmpty
      progress.failures[rule.ruleID] = hasFailed ? (progress.failures[rule.ruleID] ?? 0) + 1 : nil
      // What failed is due again with the next execution, not at once.
      if hasFailed, !isAhead {
        progress.come(rule.ruleID, to: last)
      }
    }
    tellOfFailing(progress)
  }

  /// Says that executions begin later than they should, which is an alarm where it lasts.
  private func tell(ofLag lag: Int64) {
    health.set("lag", lag <= Self.mostLag ? nil : "rules begin \(DurationText.text(lag)) after their time")
  }

  private func tell(_ made: MadeAlerts, _ progress: inout Progress) {
    let damaged = made.damaged.filter { !progress.damaged.contains($0) }
    if let sentence = DamagedAlert.sentence(damaged, in: alerts.folder) { log.fail(sentence) }
    progress.damaged.formUnion(damaged)
    for rule in made.result.refused { log.fail("\(rule.rule.name) cannot run: \(rule.reason)") }
    for problem in made.summary.problems.problems.prefix(20) { log.fail(problem.description) }
    for part in made.missing { log.fail(part.sentence) }
  }

  /// Says what is to be known of executions, when it is another than the last time.
  private func tell(_ warnings: [String: [String]], of rules: [Rule], _ progress: inout Progress) {
    for rule in rules where progress.warned[rule.ruleID] ?? [] != warnings[rule.ruleID] ?? [] {
      for warning in (warnings[rule.ruleID] ?? []).prefix(20) { log.warn("\(rule.name): \(warning)") }
      progress.warned[rule.ruleID] = warnings[rule.ruleID]
    }
  }

  private func note(
    _ changed: AlertStore.RunOutcome, _ made: MadeAlerts, _ rules: [Rule], _ span: RunSpan, _ seconds: Double
  ) {
    let executions = rules.reduce(0) { $0 + span.executions(of: $1) }
    metrics.add(Double(executions), to: "martlet_executions_total")
    metrics.add(Double(made.result.refused.count), to: "martlet_executions_failed_total")
    metrics.add(Double(changed.new), to: "martlet_alerts_total")
    metrics.add(Double(changed.late), to: "martlet_alerts_late_total")
    metrics.add(Double(changed.contradicted), to: "martlet_alerts_contradicted_total")
    metrics.observe("martlet_round_seconds", seconds)
    for rule in rules {
      for times in [span.off[rule.ruleID], span.skipped[rule.ruleID]].compactMap(\.self) {
        let count = RunSpan.executions(rule, times.lowerBound, times.upperBound)
        metrics.add(Double(count), to: "martlet_executions_skipped_total")
      }
    }
    if changed.new > 0 {
      log.tell(
        .notice, "\(CountText.count(changed.new, "new alert"))",
        [
          "building_blocks": "\(changed.newBlocks)", "late": "\(changed.late)", "executions": "\(executions)",
          "rules": "\(rules.count)",
        ])
    } else {
      log.tell(
        .debug, "\(CountText.count(executions, "execution")) of \(CountText.count(rules.count, "rule"))",
        ["seconds": String(format: "%.3f", seconds)])
    }
  }
}
