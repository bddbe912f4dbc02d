import Alerts
import Detection
import Events
import JSON

/// An alert that is kept of a rule that folds alike ones into one.
struct FoldedAlert: Sendable {
  var alert: SuppressedAlert
  var document: [UInt8]
}

extension RuleRun {
  /// The alerts of rules that fold alike ones into one, by rule: those that executions of a span may fold more into, and those
  /// that they make anew.
  func folded(_ span: RunSpan) throws -> [String: [FoldedAlert]] {
    var folded: [String: [FoldedAlert]] = [:]
    for (ruleID, since) in plan.foldingRules(from: span.begin) {
      folded[ruleID] = try alerts.alerts(ofRule: ruleID, from: since).compactMap { stored in
        guard let document = try? JSONValue(parsing: stored.made[...]), var alert = SuppressedAlert(alert: document)
        else { return nil }
        if stored.workflow.status == .closed { alert.closedAt = stored.workflow.changedAt }
        return FoldedAlert(alert: alert, document: stored.made)
      }
    }
    return folded
  }

  /// The documents of alerts of earlier executions that stand for others than before, since executions of the span were run.
  func grown(_ made: Made, _ span: RunSpan) throws -> [AlertStore.Grown] {
    let grown = Dictionary(made.result.grown.map { ($0.alert.id, $0.growth) }) { one, _ in one }
    return try made.folded.flatMap { ruleID, folded in
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
  func document(of alert: Alert, _ folded: [String: [FoldedAlert]], _ span: RunSpan) throws -> [UInt8] {
    guard let known = folded[alert.ruleID]?.first(where: { $0.alert.id == alert.id })?.alert,
      known.growth.contains(where: { $0.tick > span.last }),
      let anew = SuppressedAlert(alert: try JSONValue(parsing: alert.json[...]))
    else { return alert.json }
    return try anew.document(alert.json, grownBy: anew.growth + known.growth.filter { $0.tick > span.last })
  }

  /// The alerts that rules over alerts read and that no execution of the span makes anew.
  func alertsBefore(_ span: RunSpan) throws -> [HuntResult.KnownAlert] {
    guard let since = plan.alertReach(from: span.begin) else { return [] }
    let rules = Set(plan.rules.map(\.rule.ruleID))
    return try alerts.alerts(from: since).filter { !rules.contains($0.ruleID) || !span.holds($0.ruleID, $0.tick) }.map {
      HuntResult.KnownAlert(id: $0.id, tick: $0.tick, document: try $0.document())
    }
  }
}
