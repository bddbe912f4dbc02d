import CloudTrail
import Events
import Parallel
import Rules

/// The alerts that rules over alerts have before them where they are asked by themselves: those that other rules raise on the same
/// input, and those that were kept of them.
public struct AlertSupply: Sendable {
  /// A rule, and how many of the alerts are its.
  public struct Source: Sendable {
    public var ruleID: String
    public var ruleName: String
    public var alerts: Int

    public init(ruleID: String, ruleName: String, alerts: Int) {
      self.ruleID = ruleID
      self.ruleName = ruleName
      self.alerts = alerts
    }
  }

  /// Where the alerts come from, and what is missing of them.
  public struct Account: Sendable {
    /// The rules that were run for their alerts, those that raised the most first.
    public var run: [Source] = []
    /// Rules that do not run, and why.
    public var notRun: [(ruleID: String, ruleName: String, reason: String)] = []
    /// The rules of which alerts were kept by a folder, those with the most first; nil where there is no folder.
    public var kept: [Source]?
    /// Alerts that found no room, and are not read.
    public var left = 0
    /// False where rules over alerts would go on raising alerts on one another's.
    public var isSettled = true

    public init() {}

    /// How many alerts the rules raised that were run.
    public var raisedCount: Int { run.reduce(0) { $0 + $1.alerts } }
    /// How many alerts a folder had kept.
    public var keptCount: Int { (kept ?? []).reduce(0) { $0 + $1.alerts } }
  }

  public var alerts: [KnownAlert] = []
  public var account = Account()

  /// Bytes of alerts that rules over alerts read at most: while they are read, what is remembered of them stands beside them.
  public static let mostBytes = min(512 << 20, ProcessMemory.available / 12)

  public init() {}

  /// What a hunt raises, beside alerts that were kept.
  ///
  /// - Parameters:
  ///   - result: of all rules whose alerts count and those that are asked about, before rules over alerts read any.
  ///   - replay: as the result was made with.
  ///   - asked: the ids of the rules that are asked about, which are not among those that are run for it.
  ///   - kept: what a folder keeps; none of it is of rules of the result.
  /// - Returns: also the result with what rules over alerts make of it.
  public static func raised(
    by result: HuntResult, _ replay: Replay?, asked: Set<String>, kept: AlertSupply
  ) throws -> (supply: AlertSupply, result: HuntResult) {
    let read = try result.readingAlerts(replay, known: kept.alerts)
    var supply = kept
    supply.alerts = read.pool.sorted
    supply.account.left += read.result.alertsLeft
    supply.account.isSettled = read.result.areAlertsSettled
    let refused = Set(read.result.refused.map(\.rule.ruleID))
    supply.account.run = sorted(
      read.result.outcomes.filter { !asked.union(refused).contains($0.rule.ruleID) }.map {
        Source(ruleID: $0.rule.ruleID, ruleName: $0.rule.name, alerts: $0.alerts)
      })
    supply.account.notRun += (result.plan.unrunnable + read.result.refused).filter { !asked.contains($0.rule.ruleID) }
      .map { ($0.rule.ruleID, $0.rule.name, $0.reason) }
    return (supply, read.result)
  }

  /// The alerts without those of some rules, which make theirs anew.
  public func alerts(without rules: Set<String>) -> [KnownAlert] { alerts.filter { !rules.contains($0.ruleID) } }

  /// Those with the most alerts first.
  public static func sorted(_ sources: [Source]) -> [Source] {
    sources.sorted { ($1.alerts, $0.ruleName, $0.ruleID) < ($0.alerts, $1.ruleName, $1.ruleID) }
  }
}
