import Events
import Query
import Rules

/// Looks for sequences that executions cannot find, or find too early, since each looks at its own window alone.
struct SequenceLint {
  let catalog: FieldCatalog

  func check(_ report: inout LintReport) {
    let rule = report.rule
    guard rule.type == .eql, let plan = try? RuleQuery.eqlPlan(rule, catalog),
      case .sequence(let maxspan, let hasUntil) = plan.form
    else { return }
    let items = plan.items.dropLast(hasUntil ? 1 : 0)
    if let from = rule.schedule.from.fixedOffset, let to = rule.schedule.to.fixedOffset {
      let window = to - from
      // Every sequence lies whole in the window of some execution when the overlap of two is as long as it may be.
      let sure = window - rule.schedule.interval.milliseconds
      if let maxspan, maxspan > sure {
        report.add(
          "sequence-span", inQueryAt: nil,
          "A sequence may take \(DateMathText.span(maxspan)), and executions look back \(DateMathText.span(window)) every "
            + "\(rule.schedule.interval.text): one longer than \(DateMathText.span(max(0, sure))) may lie whole in no window. Let `from` "
            + "reach back by the span and the interval.")
      } else if maxspan == nil {
        report.add(
          "sequence-span", inQueryAt: nil,
          "The sequence may take any time, and is found where it lies whole in a window of \(DateMathText.span(window)): say with "
            + "`with maxspan` how long it may take.")
      }
    }
    if items.last?.isMissing == true, let maxspan, let to = rule.schedule.to.fixedOffset, -to < maxspan {
      report.add(
        "missing-early", inQueryAt: nil,
        "The last event is to be missing for \(DateMathText.span(maxspan)), and executions judge before that time is up: let `to` end "
          + "that far in the past.")
    }
  }
}

/// Spans of time in words for rules.
enum DateMathText {
  /// Milliseconds in the largest unit that divides them.
  static func span(_ milliseconds: Int64) -> String {
    for (unit, length) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)] as [(String, Int64)]
    where milliseconds % length == 0 && milliseconds != 0 {
      return "\(milliseconds / length)\(unit)"
    }
    return "\(milliseconds)ms"
  }
}
