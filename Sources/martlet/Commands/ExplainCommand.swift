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

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract:
      "Says of one event and one rule why there is an alert, or why there is none; or what all rules make of it.",
    discussion: """
      Each condition of the query with the event's value beside it; the exceptions; and what every execution that sees the
      event made of it: the alert, the earlier event that made a combination old, the cap that swallowed it. Without --rule:
      the rules whose query matches the event, with what came of it, and those that nearly do, with what they miss.

      Examples:
        martlet explain --rule "AWS IAM Assume Role Policy Update" --event 6f2b6b3c-0d5b-4f0e-9a51-1d1c6b6a7e01 AWSLogs/
        martlet explain --event 6f2b6b3c-0d5b-4f0e-9a51-1d1c6b6a7e01 AWSLogs/
        martlet explain --rules my-rules/ --rule my-rule --event ID --exceptions noise.toml --format json AWSLogs/

      Exit status: 0 when the question was answered, alert or not; 1 when the input does not hold the event or some of it
      could not be read; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var input: InputOptions
  @OptionGroup var rules: RuleOptions
  @OptionGroup var exceptions: ExceptionOptions

  @Option(help: ArgumentHelp("The event's id: event.id, or the _id of its document.", valueName: "id"))
  var event: String

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format = Format.text

  func validate() throws {
    guard rules.picked.count <= 1 else { throw ValidationError("name one rule with --rule, or none.") }
  }

  func run() async throws {
    let now = try input.currentTime()
    let loaded = try rules.loadAll()
    let (set, hasExceptionErrors) = exceptions.load(loaded.all)
    let (isAnswered, summary) =
      rules.picked.isEmpty
      ? try await survey(loaded.rules.map(\.rule), set, now: now)
      : try await explain(try rules.theOne(loaded.rules), set, now: now)
    input.notices.tell(summary.passedOver)
    ProblemReport.write(summary.problems)
    guard isAnswered, summary.problems.isEmpty, !loaded.hasErrors, !hasExceptionErrors else { throw ExitCode(1) }
  }

  /// What one rule makes of the event.
  private func explain(
    _ rule: Rule, _ set: ExceptionSet, now: Timestamp
  ) async throws -> (isAnswered: Bool, summary: ReadingSummary) {
    let (summary, explanations) = try await explanations(of: [rule], set, now: now)
    let catalog = try input.types.catalog()
    if let predicate = try? RuleQuery.predicate(rule, catalog) {
      let named = predicate.fields.compactMap { if case .named(let path) = $0 { path } else { nil } }
      for field in UnknownFields.among(named + (rule.newTerms?.fields ?? []), catalog) {
        input.notices.warn("\(rule.name): \(UnknownFields.message(field, catalog))")
      }
    }
    guard let explanation = explanations.first else { return (false, summary) }
    switch format {
    case .json: try StandardOutput().write(line: explanation.json.text)
    case .text:
      try StandardOutput().write(
        line: ExplanationText(explanation, usesColour: Terminal.usesColour(STDOUT_FILENO)).text)
    }
    return (explanation.subject != nil, summary)
  }

  /// What all rules make of the event: a first reading finds it and asks their queries, a second tells what came of those
  /// that match.
  private func survey(
    _ rules: [Rule], _ set: ExceptionSet, now: Timestamp
  ) async throws -> (isAnswered: Bool, summary: ReadingSummary) {
    try input.makeRepeatable()
    let context = try input.context()
    let catalog = try input.types.catalog()
    let none = HuntPlan([], context: context, now: now, catalog: catalog) { try RuleQuery.predicate($0, catalog) }
    var (summary, parts) = try await input.read(counting: EventID(named: event)) {
      ExplainCollector(none, id: event)
    }
    let survey = try RuleSurvey(
      rules, parts, context: context, catalog: catalog, now: now, deliveries: summary.countedDeliveries
    ) {
      try RuleQuery.predicate($0, catalog)
    }
    var explanations: [Explanation] = []
    if !survey.matching.isEmpty {
      (summary, explanations) = try await self.explanations(of: survey.matching, set, now: now)
    }
    let output = StandardOutput()
    switch format {
    case .json: try output.write(line: survey.json(explanations, mostNear: RuleSurveyText.mostNear).text)
    case .text:
      try output.write(
        line: RuleSurveyText(survey, explanations, usesColour: Terminal.usesColour(STDOUT_FILENO)).text)
    }
    return (survey.subject != nil, summary)
  }

  /// What each of some rules makes of the event, in their order.
  private func explanations(
    of rules: [Rule], _ set: ExceptionSet, now: Timestamp
  ) async throws -> (summary: ReadingSummary, explanations: [Explanation]) {
    // A rule that is switched off is still looked at: the answer says that it is off.
    let catalog = try input.types.catalog(tells: true)
    let plan = HuntPlan(rules, context: try input.context(), now: now, catalog: catalog, keepsAll: true) {
      set.ruleExceptions(for: $0)
    } query: {
      try RuleQuery.predicate($0, catalog)
    }
    let (summary, parts) = try await input.read(counting: EventID(named: event)) {
      ExplainCollector(plan, id: event)
    }
    let replay = summary.earliest.flatMap { first in summary.latest.map { Replay(events: first...$0) } }
    let explanations = try rules.map { rule in
      let explainer = Explainer(
        plan, rule, predicate: try? RuleQuery.predicate(rule, catalog), exceptions: set.ruleExceptions(for: rule),
        now: now)
      return try explainer.explain(parts, replay: replay, deliveries: summary.countedDeliveries)
    }
    return (summary, explanations)
  }
}
