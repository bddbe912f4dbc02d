import Events

/// Says of rules that were read whether they make sense.
///
/// Errors are for rules that cannot do what they say; warnings for what is probably not meant. What the reader of a rule
/// refuses (wrong types, unknown words) is among the diagnostics of loading, not here.
public struct RuleValidator: Sendable {
  public var knowledge: RuleKnowledge

  public init(knowledge: RuleKnowledge = RuleKnowledge()) {
    self.knowledge = knowledge
  }

  /// Checks rules that were loaded together, in their order; ids that several of them bear are errors.
  ///
  /// - Parameter now: the time by which relative windows are compared.
  public func validate(_ rules: [LoadedRule], now: Timestamp) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    var first: [String: LoadedRule] = [:]
    for loaded in rules {
      diagnostics += validate(loaded, now: now)
      let id = loaded.rule.ruleID
      if let earlier = first[id] {
        diagnostics.append(
          loaded.diagnostic(
            .error, at: "rule_id",
            "The id “\(id)” is taken by “\(earlier.rule.name)” (\(earlier.file):\(earlier.line)); give each rule its own."
          ))
      } else if !id.isEmpty {
        first[id] = loaded
      }
    }
    return diagnostics
  }

  /// Why a rule must not run: what in its schedule and in the parameters of its type makes it unable to do what it says, and a
  /// query that cannot be read, where it is known how to read one.
  public static func obstacles(
    _ loaded: LoadedRule, now: Timestamp, inspectQuery: (@Sendable (Rule) -> QueryInspection)? = nil
  ) -> [Diagnostic] {
    var report = RuleReport(loaded.rule)
    ScheduleCheck.check(&report, now: now)
    ParametersCheck.check(&report)
    if let inspectQuery { QueryCheck.check(&report, RuleKnowledge(inspectQuery: inspectQuery)) }
    return report.issues.filter { $0.severity == .error }.diagnostics(in: loaded.source)
  }

  /// What keeps a rule's query from being read.
  public static func queryErrors(
    _ loaded: LoadedRule, inspectQuery: @escaping @Sendable (Rule) -> QueryInspection
  ) -> [Diagnostic] {
    var report = RuleReport(loaded.rule)
    report.isOfSigma = loaded.source.format == .yaml
    QueryCheck.check(&report, RuleKnowledge(inspectQuery: inspectQuery))
    return report.issues.filter { $0.severity == .error }.diagnostics(in: loaded.source)
  }

  /// Checks one rule by itself; the diagnostics stand in the order of its text.
  public func validate(_ loaded: LoadedRule, now: Timestamp) -> [Diagnostic] {
    var report = RuleReport(loaded.rule)
    report.isOfSigma = loaded.source.format == .yaml
    IdentityCheck.check(&report)
    PlaceholderCheck.check(&report)
    RiskCheck.check(&report)
    OverrideCheck.check(&report, knowledge)
    ScheduleCheck.check(&report, now: now)
    IndexCheck.check(&report)
    ParametersCheck.check(&report)
    ThreatCheck.check(&report, knowledge.attack)
    let inspection = QueryCheck.check(&report, knowledge)
    FieldCheck.check(&report, knowledge, inspection?.rows)
    return report.issues.diagnostics(in: loaded.source)
  }
}
