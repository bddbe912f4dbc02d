import CloudTrail
import Events

extension HuntPlan {
  /// The rules that read alerts, by their ids.
  public var rulesOverAlerts: Set<String> { Set(rules.lazy.filter(\.readsAlerts).map(\.rule.ruleID)) }
}

extension HuntResult {
  /// A result with what rules over alerts make of the alerts, and what it took.
  struct OverAlerts {
    var result: HuntResult
    /// As the result was made with.
    var replay: Replay?
    /// What rules over alerts read, and what they made of it.
    var pool: AlertPool
    /// What the last round had to do.
    var work = HuntWork()
    /// By the clock that was given, how long reading took in the last round.
    var time = Duration.zero
  }

  /// How often what rules over alerts make of one another's alerts is looked at anew.
  private static let mostRounds = 12

  /// The result with what rules over alerts make of the alerts: of those that were made here, those of such rules among them,
  /// and of those that were there before. Where no rule reads alerts, it is the result as it is.
  ///
  /// An alert is seen by the executions whose windows hold the time of the execution that made it: within one scheduled time
  /// rules over alerts run after the others. All are run again until the alerts stay the same, which they are sure to do from
  /// one scheduled time to the next.
  ///
  /// - Parameters:
  ///   - replay: as the result was made with.
  ///   - known: alerts of executions that are not among those of the replay.
  public func overAlerts(_ replay: Replay?, _ view: IngestionView = .replayed, known: [KnownAlert] = []) throws
    -> HuntResult
  {
    guard plan.rules.contains(where: \.readsAlerts) else { return self }
    return try readingAlerts(replay, view, known: known).result
  }

  /// The same, with all the alerts that there are in the end. They are gathered whether a rule reads them or not.
  ///
  /// - Parameter clock: time of the processor; what reading costs is its difference.
  func readingAlerts(
    _ replay: Replay?, _ view: IngestionView = .replayed, known: [KnownAlert] = [],
    clock: () -> Duration = { .zero }
  ) throws -> OverAlerts {
    let times = known.map(\.tick)
    guard var replay = replay ?? times.min().map({ Replay(events: $0...(times.max() ?? $0)) }) else {
      return OverAlerts(result: self, pool: AlertPool())
    }
    let base = findings
    let isReading = plan.rules.contains(where: \.readsAlerts)
    var read = OverAlerts(result: self, replay: replay, pool: AlertPool())
    for round in 0..<Self.mostRounds {
      var pool = AlertPool()
      for alert in known { pool.add(alert) }
      try pool.add(read.result)
      guard isReading else {
        read.pool = pool
        read.result.alertsLeft = pool.left
        return read
      }
      if round > 0, pool.holdsSame(as: read.pool) { return read }
      read.pool = pool
      replay.alerts = pool.times
      read.replay = replay
      let began = clock()
      let collector = HuntCollector(plan, isForAlerts: false)
      try AlertTexts.read(pool.sorted, collector)
      read.work = collector.work
      let problems = collector.problems.problems.filter { $0.cause == .noRoom }
      let found = collector.finish()
      read.time = clock() - began
      read.result = HuntResult(plan, HuntFindings(merging: [base, found]), replay: replay, view)
      read.result.alertsLeft = pool.left
      for problem in problems { read.result.alertProblems.note(problem) }
    }
    read.result.areAlertsSettled = false
    return read
  }
}
