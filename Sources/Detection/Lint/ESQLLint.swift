import Events
import Query
import Rules

/// Looks for rules in ES|QL whose executions alert again on what one before has alerted on.
struct ESQLLint {
  let catalog: FieldCatalog

  func check(_ report: inout LintReport) {
    let rule = report.rule
    guard rule.type == .esql, let query = try? ESQLQuery(rule.query ?? ""), query.readsEvents else { return }
    var overlap: Int64?
    if let from = rule.schedule.from.fixedOffset, let to = rule.schedule.to.fixedOffset {
      overlap = to - from - rule.schedule.interval.milliseconds
    }
    if query.isAggregating {
      // What the window before has alerted on is folded into that alert, where that lasts so long.
      guard let overlap, overlap > rule.alertSuppression?.duration?.milliseconds ?? 0 else { return }
      report.add(
        "rows-repeat", inQueryAt: nil,
        "Rows of STATS alert in every execution that finds them, and windows overlap by \(DateMathText.span(overlap)): events in "
          + "there alert twice. Let `from` reach back as far as the interval, or suppress alike alerts for so long.")
      return
    }
    // Tables do not matter to whether rows keep their ids.
    guard let rows = try? ESQLRuleQuery(query, catalog, tables: [:]),
      !rows.columns.contains(where: { $0.name == "_id" })
    else { return }
    report.add(
      "rows-without-id", inQueryAt: nil,
      "The rows lose `_id`, so that their alerts have none of their event's other fields, and windows that overlap alert again: keep "
        + "`_id`, `_index` and `_version`.")
  }
}
