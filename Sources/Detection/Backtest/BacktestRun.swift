import Events
import Rules

/// What one version of a rule would have done over the time of the input.
public struct BacktestRun: Sendable {
  /// An alert, as far as comparing and counting takes it.
  public struct AlertLine: Sendable {
    public var id: String
    public var time: Timestamp
    public var severity: Severity
    public var actor: String?
    public var action: String?
    public var origin: String?
    public var terms: [NewTerm]
    /// Tells the same finding of another version: the source event and, where both look at the same fields, its terms.
    var source: String
  }

  /// A value and how many alerts have it.
  public struct Loud: Sendable {
    public var value: String
    public var count: Int
  }

  public let rule: Rule
  public let executions: Int
  /// Why the version does not run in view of what the values in the input are; nil where it does.
  public let refusal: String?
  /// What the rule asked of the input in vain, and what became of it otherwise.
  public let result: HuntResult
  public let alerts: [AlertLine]
  /// Alerts that the cap kept from being created.
  public let lost: Int
  public let work: HuntWork
  /// Processor time of all workers in the rule, reading of the input aside.
  public let time: Duration
  /// How many alerts the rule had before it as events; none for a rule that reads no alerts.
  public let alertsRead: Int
  /// For a rule that reads alerts: where these come from.
  public let alertSupply: AlertSupply.Account?

  /// - Parameters:
  ///   - supply: for a rule that reads alerts: those of others.
  ///   - clock: processor time of the thread since some instant.
  public init(
    _ plan: HuntPlan, _ rule: Rule, parts: [BacktestCollector.Part], replay: Replay?, alerts supply: AlertSupply? = nil,
    clock: () -> Duration = { .zero }
  ) throws {
    var result = HuntResult(plan, HuntFindings(merging: parts.map(\.findings)), replay: replay)
    self.rule = rule
    var (work, time) = (parts.map(\.work).reduce(HuntWork(), +), parts.map(\.time).reduce(.zero, +))
    var account = supply?.account
    if let supply {
      let read = try result.readingAlerts(replay, known: supply.alerts(without: [rule.ruleID]), clock: clock)
      result = read.result
      work = work + read.work
      time += read.time
      alertsRead = read.pool.count
      account?.isSettled = supply.account.isSettled && result.areAlertsSettled
      account?.left = max(supply.account.left, result.alertsLeft)
    } else {
      alertsRead = 0
    }
    self.result = result
    self.work = work
    self.time = time
    alertSupply = account
    refusal = result.refused.first?.reason
    executions = result.outcomes.reduce(0) { $0 + $1.executions }
    lost = result.outcomes.reduce(0) { $0 + $1.lost }
    var alerts: [AlertLine] = []
    try result.forEachAlert { alert in
      alerts.append(
        AlertLine(
          id: alert.id, time: alert.eventTime, severity: alert.severity, actor: alert.actor, action: alert.action,
          origin: alert.origin, terms: alert.newTerms, source: alert.dataStream + "\0" + alert.sourceID))
    }
    self.alerts = alerts
  }

  /// The times, by timestamp fields of the versions' own, of what they matched; nil where there are none.
  public static func overriddenSpan(_ parts: [[BacktestCollector.Part]]) -> ClosedRange<Timestamp>? {
    let spans = parts.joined().compactMap(\.findings.overriddenSpan)
    guard let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max() else { return nil }
    return first...last
  }

  /// The time that was looked at: what executions were bounded to, of the time of the input, and every alert's event.
  public static func span(
    of runs: [BacktestRun], from: Timestamp, to: Timestamp, in input: ClosedRange<Timestamp>
  ) -> ClosedRange<Timestamp> {
    let alerts = runs.flatMap(\.alerts).map(\.time)
    let start = min(max(from, input.lowerBound), input.upperBound)
    let end = max(min(to, input.upperBound), start)
    return min(start, alerts.min() ?? start)...max(end, alerts.max() ?? end)
  }

  /// Days up to which each is listed, those without alerts too.
  static let mostDays: Int64 = 4000

  /// How many alerts' events lie in each day (UTC) of a span, the first day first. Days without any are among them, unless
  /// the span is longer than ten years.
  public func alertsPerDay(_ span: ClosedRange<Timestamp>) -> [(day: Timestamp, count: Int)] {
    let length: Int64 = 86_400_000
    func day(_ time: Timestamp) -> Int64 { TickWindows.floorDivide(time.milliseconds, length) }
    var counts: [Int64: Int] = [:]
    for alert in alerts { counts[day(alert.time), default: 0] += 1 }
    let days = day(span.lowerBound)...day(span.upperBound)
    guard days.upperBound - days.lowerBound < Self.mostDays else {
      return counts.sorted { $0.key < $1.key }.map { (Timestamp(milliseconds: $0.key * length), $0.value) }
    }
    return days.map {
      (Timestamp(milliseconds: $0 * length), counts[$0] ?? 0)
    }
  }

  /// The values that most alerts have, the most frequent first.
  public func loudest(_ value: (AlertLine) -> String?, limit: Int = 5) -> [Loud] {
    var counts: [String: Int] = [:]
    for alert in alerts { if let text = value(alert) { counts[text, default: 0] += 1 } }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(limit).map {
      Loud(value: $0.key, count: $0.value)
    }
  }

  /// What another version finds that this one does not, and the other way round.
  public func compared(with other: BacktestRun) -> (appearing: [AlertLine], disappearing: [AlertLine]) {
    let comparesTerms = rule.newTerms?.fields == other.rule.newTerms?.fields
    func key(_ alert: AlertLine) -> [String] {
      [alert.source] + (comparesTerms ? alert.terms.map { "\($0.kind.rawValue):\($0.text)" } : [])
    }
    let mine = Set(alerts.map(key))
    let others = Set(other.alerts.map(key))
    return (other.alerts.filter { !mine.contains(key($0)) }, alerts.filter { !others.contains(key($0)) })
  }
}
