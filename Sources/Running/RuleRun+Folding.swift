import Alerts
import Detection
import Events
import JSON
import Synchronization

/// An alert that is kept of a rule that folds alike ones into one.
struct FoldedAlert: Sendable {
  var alert: SuppressedAlert
  var document: [UInt8]
}

/// Alerts that were made before, as far as they matter to executions. Damaged ones are left out, and told.
struct FormerAlerts: Sendable {
  /// Those of rules that fold alike ones into one, by rule: those that executions of a span may fold more into, and those that they
  /// make anew.
  var folded: [String: [FoldedAlert]] = [:]
  /// What executions before those of the span counted for alerts, by rule.
  var counted: [String: [Evidence.Counted]] = [:]
  /// Those that rules over alerts read and that no execution of the span makes anew.
  var known: [KnownAlert] = []
  var damaged: Set<DamagedAlert> = []
  /// The rules that lack some of them.
  var lacking: Set<String> = []

  /// The alerts that executions behind a time have folded more into, by their ids.
  func grown(behind time: Timestamp) -> [String: SuppressedAlert] {
    var grown: [String: SuppressedAlert] = [:]
    for alert in folded.values.joined().lazy.map(\.alert) where alert.growth.contains(where: { $0.tick > time }) {
      grown[alert.id] = alert
    }
    return grown
  }

  mutating func leaveOut(_ alerts: [DamagedAlert], of rules: some Sequence<String>) {
    guard !alerts.isEmpty else { return }
    damaged.formUnion(alerts)
    lacking.formUnion(rules)
  }
}

/// Alerts that are damaged, of those that executions under a cap asked for.
final class EarlierDamage: Sendable {
  private let met = Mutex<[String: [DamagedAlert]]>([:])

  func note(_ alerts: [DamagedAlert], of ruleID: String) {
    guard !alerts.isEmpty else { return }
    met.withLock { $0[ruleID] = alerts }
  }

  func leaveOut(of former: inout FormerAlerts) {
    for (ruleID, alerts) in met.withLock({ $0 }) { former.leaveOut(alerts, of: [ruleID]) }
  }
}

extension RuleRun {
  /// The alerts that there are and that executions of a span have to know of.
  func former(_ span: RunSpan) throws -> FormerAlerts {
    var former = FormerAlerts()
    for (ruleID, since) in plan.foldingRules(from: span.begin) {
      let (sound, damaged) = try alerts.alerts(ofRule: ruleID, from: since)
      former.folded[ruleID] = sound.compactMap { stored in
        guard let document = try? JSONValue(parsing: stored.made[...]), var alert = SuppressedAlert(alert: document)
        else { return nil }
        if stored.workflow.status == .closed { alert.closedAt = stored.workflow.changedAt }
        return FoldedAlert(alert: alert, document: stored.made)
      }
      // Those that are made anew are whole then.
      former.leaveOut(damaged.filter { !span.holds(ruleID, $0.tick) }, of: [ruleID])
    }
    for (ruleID, since) in plan.countingRules(from: span.begin) {
      let (sound, damaged) = try alerts.alerts(ofRule: ruleID, from: since, before: span.begin(ruleID))
      former.counted[ruleID] = sound.compactMap { stored in
        (try? JSONValue(parsing: stored.made[...])).flatMap { Evidence.Counted(alert: $0) }
      }
      former.leaveOut(damaged, of: [ruleID])
    }
    if let since = plan.alertReach(from: span.begin) {
      let rules = Set(plan.rules.map(\.rule.ruleID))
      func isMadeAnew(_ ruleID: String, _ tick: Timestamp) -> Bool {
        rules.contains(ruleID) && span.holds(ruleID, tick)
      }
      let (sound, damaged) = try alerts.alerts(from: since)
      former.known = try sound.filter { !isMadeAnew($0.ruleID, $0.tick) }.map {
        KnownAlert(id: $0.id, ruleID: $0.ruleID, tick: $0.tick, document: try $0.document())
      }
      former.leaveOut(damaged.filter { !isMadeAnew($0.ruleID, $0.tick) }, of: plan.rulesOverAlerts)
    }
    return former
  }

  /// The documents of alerts of earlier executions that stand for others than before, since executions of the span were run.
  func grown(_ made: MadeAlerts, _ span: RunSpan) throws -> [AlertStore.Grown] {
    let grown = Dictionary(made.result.grown.map { ($0.alert.id, $0.growth) }) { one, _ in one }
    return try made.former.folded.flatMap { ruleID, folded in
      let begin = span.begin(ruleID)
      return try folded.filter { $0.alert.tick < begin && $0.alert.folds }.compactMap { known -> AlertStore.Grown? in
        // What the span's executions had folded in before, they have folded in again, or not.
        let others = known.alert.growth.filter { $0.tick < begin || $0.tick > span.last }
        let growth = (others + (grown[known.alert.id] ?? [])).sorted { $0.tick < $1.tick }
        guard growth != known.alert.growth else { return nil }
        return AlertStore.Grown(
          id: known.alert.id, document: try known.alert.document(known.document, grownBy: growth),
          isRevised: !growth.starts(with: known.alert.growth))
      }
    }
  }

  /// The document of an alert that was made anew, with what executions behind the span have folded into it.
  ///
  /// - Parameter grown: alerts that such executions have folded more into, by their ids.
  func document(of alert: Alert, _ grown: [String: SuppressedAlert], _ span: RunSpan) throws -> [UInt8] {
    guard let known = grown[alert.id], let anew = SuppressedAlert(alert: try JSONValue(parsing: alert.json[...])) else {
      return alert.json
    }
    return try anew.document(alert.json, grownBy: anew.growth + known.growth.filter { $0.tick > span.last })
  }
}
