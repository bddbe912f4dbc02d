import Rules

/// Looks for numbers of a rule that are over what they can come to.
enum BoundLint {
  /// Alerts that an execution makes at most, whatever the rule asks for.
  private static let mostAlerts = 1000
  /// Different values up to which Elasticsearch counts exactly.
  private static let mostCounted = 3000

  static func check(_ report: inout LintReport) {
    checkAlerts(&report)
    guard report.rule.type == .threshold, let threshold = report.rule.threshold else { return }
    // Only the first is used.
    guard let asked = threshold.cardinality.first else { return }
    let place = RuleKeyPath("threshold").appending("cardinality").appending(0).appending("value")
    if asked.value > threshold.value {
      report.add(
        "threshold-bound", at: place,
        "\(asked.value) different values are asked for among \(threshold.value) events: where an event has one value of "
          + "`\(asked.field)` that takes \(asked.value) events, so that `threshold.value` decides nothing.")
    }
    if asked.value > mostCounted {
      report.add(
        "threshold-bound", at: place,
        "Elasticsearch counts different values exactly up to \(mostCounted) only, and \(asked.value) are asked for: the rule may "
          + "alert there on other groups than here.")
    }
  }

  private static func checkAlerts(_ report: inout LintReport) {
    let most = report.rule.schedule.maxSignals
    switch report.rule.type {
    // These take what the rule asks for.
    case .newTerms, .threatMatch: return
    case .threshold:
      if let value = report.rule.threshold?.value, value > mostEvents {
        report.add(
          "threshold-bound", at: RuleKeyPath("threshold").appending("value"),
          "A group of \(value) events within one window is asked for, more than \(mostEvents): it will hardly ever be met."
        )
      }
    default: break
    }
    guard most > mostAlerts else { return }
    report.add(
      "max-signals", at: "max_signals",
      "An execution makes at most \(mostAlerts) alerts, and `max_signals` asks for \(most); `--max-alerts` raises the bound here, "
        + "`xpack.alerting.rules.run.alerts.max` in Kibana.")
  }

  /// Events of a group that a rule may sensibly ask for.
  private static let mostEvents = 1_000_000
}
