import Detection
import Events
import Query

/// What is to be known of a rule's executions beside their alerts, a line each without the rule's name.
public enum RuleWarnings {
  /// All of it, as the log of runs keeps it: executions that failed first.
  ///
  /// - Parameters:
  ///   - fields: what the rule asks for and neither an event nor the catalog has.
  ///   - bound: what sets the most alerts of an execution.
  public static func all(
    _ outcome: HuntResult.RuleOutcome, unknown fields: [String], _ catalog: FieldCatalog, bound: String = "--max-alerts"
  ) -> [String] {
    failed(outcome) + capped(outcome, bound: bound) + warned(outcome) + unmet(outcome) + cut(outcome)
      + fields.map { FieldNotice.unknown($0, catalog) }
  }

  /// Executions that found more than they may create alerts of.
  public static func capped(_ outcome: HuntResult.RuleOutcome) -> [String] { capped(outcome, bound: "--max-alerts") }

  /// The same where something else than an option sets the most that an execution may create.
  public static func capped(_ outcome: HuntResult.RuleOutcome, bound: String) -> [String] {
    guard !outcome.cuts.isEmpty else { return [] }
    let worst = outcome.cuts.map(\.count).max() ?? 0
    var line =
      "\(CountText.count(outcome.cuts.count, "execution")) found more than "
      + (outcome.cap < outcome.rule.schedule.maxSignals
        ? "\(bound) (\(outcome.cap))" : "max_signals (\(outcome.cap))")
    let cut = CountText.count(worst, "alert was", "alerts were") + " cut"
    line += outcome.cuts.count == 1 ? "; \(cut)" : "; up to \(cut) in one"
    if let first = outcome.cuts.first { line += ", first at \(first.tick.iso8601) (\(first.count))" }
    line += outcome.lost > 0 ? "; \(outcome.lost) were never created" : "; later executions created them all"
    return [line]
  }

  /// Executions that could not be run.
  public static func failed(_ outcome: HuntResult.RuleOutcome) -> [String] {
    guard let first = outcome.failures.first else { return [] }
    return [
      "\(CountText.count(outcome.failures.count, "execution")) failed, first at \(first.tick.iso8601): \(first.message)"
    ]
  }

  /// What queries warned of.
  public static func warned(_ outcome: HuntResult.RuleOutcome) -> [String] {
    outcome.warnings.map { "\(CountText.count($0.executions, "execution")) warned: \($0.text)" }
  }

  /// What failed in conditions.
  public static func unmet(_ outcome: HuntResult.RuleOutcome) -> [String] {
    outcome.faults.map {
      OverlongValues.isMessage($0) ? $0 : "a condition failed for an event, which then does not meet it: \($0)"
    }
  }

  /// Events that have too many combinations of new terms.
  public static func cut(_ outcome: HuntResult.RuleOutcome) -> [String] {
    guard outcome.cutEvents > 0 else { return [] }
    return [
      "\(CountText.count(outcome.cutEvents, "event")) had more than \(HuntCollector.mostNotes) combinations of new terms; the "
        + "others of each were left out"
    ]
  }
}
