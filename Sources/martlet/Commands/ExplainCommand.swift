import ArgumentParser
import CloudTrail
import Detection
import Events
import Exceptions
import Foundation
import Inputs
import Outputs
import Query
import Rules
import Running

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract:
      "Says of one event and one rule why there is an alert, or why there is none; or what all rules make of it.",
    discussion: """
      Each condition of the query with the event's value beside it; the exceptions; and what every execution that sees the
      event made of it: the alert, the earlier event that made a combination old, the cap that swallowed it. Without --rule:
      the rules whose query matches the event, with what came of it, and those that nearly do, with what they miss.

      An alert is an event for rules over alerts. For these the other rules are run over the input too; of a folder those alerts
      count that it keeps, and rules are run that have not run in it.

      Examples:
        martlet explain --rule "AWS IAM Assume Role Policy Update" --event 6f2b6b3c-0d5b-4f0e-9a51-1d1c6b6a7e01 AWSLogs/
        martlet explain --event 6f2b6b3c-0d5b-4f0e-9a51-1d1c6b6a7e01 AWSLogs/
        martlet explain --rules my-rules/ --rule my-rule --event ID --exceptions noise.toml --format json AWSLogs/

      Exit status: 0 when the question was answered, alert or not; 1 when some input, rule or file could not be read; 2 when
      nothing was explained, because the input does not hold the event or no rule reads it; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var input: InputOptions
  @OptionGroup var rules: RuleOptions
  @OptionGroup var exceptions: ExceptionOptions
  @OptionGroup var tables: TableOptions
  @OptionGroup var indicators: IndicatorOptions

  @Option(
    help: ArgumentHelp(
      "The event's id: event.id, or the _id of its document; an alert's kibana.alert.uuid for rules over alerts.",
      valueName: "id"))
  var event: String

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format = Format.text

  func validate() throws {
    try input.checkGiven()
    guard rules.picked.count <= 1 else { throw ValidationError("name one rule with --rule, or none.") }
  }

  func run() async throws {
    let now = try input.currentTime()
    let loaded = try rules.loadAll(folder: input.data)
    let (set, hasExceptionErrors) = exceptions.load(
      loaded.all, try input.catalog(), tellsUnknownFields: false, now: now, input.notices)
    let supplying = AlertSupplying(
      input: input, rules: loaded.sound, exceptions: set, tables: tables, indicators: indicators)
    let answer =
      rules.picked.isEmpty
      ? try await survey(loaded.rules, set, supplying, now: now)
      : try await explain(try rules.theOne(loaded.rules), set, supplying, now: now)
    let summary = answer.summary
    input.notices.tell(summary.passedOver)
    ProblemReport.write(summary.problems)
    let outcome = RunOutcome(
      hasTrouble: !summary.problems.isEmpty || answer.isRuleWrong || !loaded.troubles.isEmpty || hasExceptionErrors,
      nothing: answer.nothing.map { RunOutcome.nothing(in: summary, input.paths) ?? $0 })
    if let nothing = outcome.nothing {
      StandardError.write(line: Terminal.safe("martlet: nothing was explained: \(nothing)"))
    }
    if let status = outcome.status { throw status }
  }

  /// What came of the question, once it was answered.
  private struct Answer {
    /// Why nothing was explained; nil where something was.
    var nothing: String?
    var summary: ReadingSummary
    /// A rule that was to be run for its alerts is wrong.
    var isRuleWrong: Bool
  }

  /// Why an event that the input does not hold cannot be explained.
  private var absent: String { "the input holds no event with the id “\(event)”" }

  /// The same where alerts were looked through too.
  private var absentAmongAlerts: String { absent + ", and no alert that rules read has it" }

  /// Warns of fields that rules or their exceptions name, that no event is known to have and that none of the input has,
  /// for which it is read once more.
  private func warn(of rules: [Rule], _ set: ExceptionSet, _ labels: RuleLabels) async throws {
    let catalog = try input.catalog()
    var patterns: [WildcardPattern] = []
    let unknown = rules.flatMap { rule -> [(rule: Rule, field: String)] in
      guard let query = try? RuleQuery.predicate(rule, catalog) else { return [] }
      let exceptions = set.ruleExceptions(for: rule).map(\.predicate)
      let mine = RuleFieldNames.unknownPatterns(query, exceptions, catalog)
      patterns += mine.filter { !patterns.contains($0) }
      return (RuleFieldNames.unknown(rule, query, exceptions, catalog) + mine.map(\.text)).map { (rule, $0) }
    }
    guard !unknown.isEmpty, !input.notices.isQuiet else { return }
    try input.makeRepeatable()
    let context = try input.context()
    let fields = Set(unknown.map(\.field)).subtracting(patterns.map(\.text)).sorted()
    let (_, parts) = try await input.read(tells: false) { [patterns] in
      FieldKindCollector(fields, patterns: patterns, context: context, catalog: catalog)
    }
    let met = Set(parts.flatMap(\.keys))
    input.notices.warn(
      of: unknown.filter { !met.contains($0.field) }.map {
        (labels.name($0.rule), UnknownFields.message($0.field, catalog))
      }
    ) { count, cause in "\(CountText.count(count, "rule")): \(cause)" }
  }

  /// What one rule makes of the event.
  private func explain(
    _ rule: Rule, _ set: ExceptionSet, _ supplying: AlertSupplying, now: Timestamp
  ) async throws -> Answer {
    try await warn(of: [rule], set, RuleLabels())
    let supplied = try await supplying.supply(for: [rule])
    let told = try await explanations(of: [rule], set, supplied, now: now)
    var answer = Answer(
      nothing: supplied == nil ? absent : absentAmongAlerts, summary: told.summary,
      isRuleWrong: supplied?.isWrong ?? false)
    guard var explanation = told.explanations.first else { return answer }
    explanation.alertSupply = told.account
    switch format {
    case .json: try StandardOutput().write(line: explanation.json.text)
    case .text:
      try StandardOutput().write(
        line: ExplanationText(explanation, usesColour: Terminal.usesColour(STDOUT_FILENO)).text)
    }
    if explanation.subject != nil { answer.nothing = nil }
    return answer
  }

  /// What all rules make of the event: a first reading finds it and asks their queries, a second tells what came of those
  /// that match. What is not in the input is looked for among alerts, where a rule reads these.
  private func survey(
    _ loaded: [LoadedRule], _ set: ExceptionSet, _ supplying: AlertSupplying, now: Timestamp
  ) async throws -> Answer {
    let rules = loaded.map(\.rule)
    let labels = RulePick.labels(loaded)
    try input.makeRepeatable()
    let context = try input.context()
    let catalog = try input.catalog()
    try await warn(of: rules.filter { $0.isEnabled && $0.runnability.reason == nil }, set, labels)
    let none = HuntPlan([], context: context, catalog: catalog) { try RuleQuery.predicate($0, catalog) }
    var (summary, parts) = try await input.read(counting: EventID(named: event)) {
      ExplainCollector(none, id: event)
    }
    var supplied: AlertSupplying.Supplied?
    if !RuleSurvey.isFound(parts), supplying.isNeeded { supplied = try await supplying.supply(beside: []) }
    var survey = try RuleSurvey(
      rules, parts, id: event, alerts: supplied?.supply.alerts ?? [], context: context, catalog: catalog, now: now,
      deliveries: summary.countedDeliveries
    ) {
      try RuleQuery.predicate($0, catalog)
    }
    if let supplied { summary.problems.merge(supplied.problems) }
    survey.alertSupply = supplied?.supply.account
    // Rules that have run in a folder were not looked at.
    supplied?.indicators = nil
    var explanations: [Explanation] = []
    if !survey.matching.isEmpty {
      if supplied == nil { supplied = try await supplying.supply(for: survey.matching) }
      let found = try await self.explanations(of: survey.matching, set, supplied, now: now)
      (summary, explanations, survey.alertSupply) = (found.summary, found.explanations, found.account)
      // A rule that ships and has no list yet would be told of every event.
      let waiting = HuntSummary.waiting(found.unrunnable, loaded)
      let told = zip(survey.matching, explanations).filter { !waiting.contains($0.0.ruleID) }
      survey.unrunnable += explanations.count - told.count
      (survey.matching, explanations) = (told.map(\.0), told.map(\.1))
    }
    let output = StandardOutput()
    switch format {
    case .json: try output.write(line: survey.json(explanations, mostNear: RuleSurveyText.mostNear).text)
    case .text:
      try output.write(
        line: RuleSurveyText(survey, explanations, labels: labels, usesColour: Terminal.usesColour(STDOUT_FILENO)).text)
    }
    let nothing =
      survey.subject == nil
      ? supplied == nil ? absent : absentAmongAlerts
      : survey.matching.isEmpty && survey.near.isEmpty ? "no rule reads the event" : nil
    return Answer(nothing: nothing, summary: summary, isRuleWrong: supplied?.isWrong ?? false)
  }

  /// What was found out of some rules.
  private struct Told {
    var summary: ReadingSummary
    /// In the order of the rules.
    var explanations: [Explanation]
    var unrunnable: [UnrunnableRule]
    /// Which alerts there were for rules over alerts; nil where no rule reads any.
    var account: AlertSupply.Account?
  }

  /// What each of some rules makes of the event.
  ///
  /// - Parameter supplied: what there is for those of them that read alerts.
  private func explanations(
    of rules: [Rule], _ set: ExceptionSet, _ supplied: AlertSupplying.Supplied?, now: Timestamp
  ) async throws -> Told {
    // A rule that is switched off is still looked at: the answer says that it is off.
    let catalog = try input.catalog(tells: true)
    let indicators: Indicators
    if let known = supplied?.indicators {
      indicators = known
    } else {
      indicators = try await input.indicators(of: rules, self.indicators) { set.ruleExceptions(for: $0) }
    }
    let plan = HuntPlan(
      rules, context: try input.context(), catalog: catalog, keepsAll: true, tables: try tables.read(catalog),
      indicators: indicators
    ) {
      set.ruleExceptions(for: $0)
    } query: {
      try RuleQuery.predicate($0, catalog)
    }
    var (summary, parts) = try await input.read(counting: EventID(named: event)) {
      ExplainCollector(plan, id: event)
    }
    let replay = summary.earliest.flatMap { first in summary.latest.map { Replay(events: first...$0) } }
    // Rules make their own alerts anew.
    let known = supplied?.supply.alerts(without: Set(rules.map(\.ruleID))) ?? []
    let found = try ExplainFindings(plan, parts, id: event, replay: replay, known: known)
    parts = []
    if let supplied { summary.problems.merge(supplied.problems) }
    summary.problems.merge(found.alertProblems)
    var account = supplied?.supply.account
    if var told = account {
      told.left = max(told.left, found.alertsLeft)
      told.isSettled = told.isSettled && found.areAlertsSettled
      account = told
    }
    let explanations = try rules.map { rule in
      let explainer = Explainer(
        plan, rule, predicate: try? RuleQuery.predicate(rule, catalog), exceptions: set.ruleExceptions(for: rule),
        now: now)
      return try explainer.explain(found, deliveries: summary.countedDeliveries)
    }
    return Told(
      summary: summary, explanations: explanations, unrunnable: plan.unrunnable, account: account)
  }
}
