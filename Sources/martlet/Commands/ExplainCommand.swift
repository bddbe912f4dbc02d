import ArgumentParser
import CloudTrail
import Detection
import Events
import Foundation
import Inputs
import Outputs
import Query
import Rules

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Says of one event and one rule why there is an alert, or why there is none.",
    discussion: """
      Each condition of the query with the event's value beside it; the exceptions; and what every execution that sees the
      event made of it: the alert, the earlier event that made a combination old, the cap that swallowed it.

      Examples:
        martlet explain --rule "AWS IAM Assume Role Policy Update" --event 6f2b6b3c-0d5b-4f0e-9a51-1d1c6b6a7e01 AWSLogs/
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
    guard rules.picked.count == 1 else { throw ValidationError("name one rule with --rule.") }
  }

  func run() async throws {
    let now = try input.currentTime()
    let loaded = try rules.loadAll()
    let rule = try rules.theOne(loaded.rules)
    let (set, hasExceptionErrors) = exceptions.load(loaded.all)
    let applied = set.ruleExceptions(for: rule)
    // A rule that is switched off is still looked at: the answer says that it is off.
    let plan = HuntPlan([rule], context: try input.context(), now: now, keepsAll: true) { _ in
      applied
    } query: {
      try RuleQuery.predicate($0)
    }
    let (summary, parts) = try await input.read(counting: EventID(named: event)) {
      ExplainCollector(plan, id: event)
    }
    let explainer = Explainer(
      plan, rule, predicate: try? RuleQuery.predicate(rule), exceptions: applied, now: now)
    let replay = summary.earliest.flatMap { first in summary.latest.map { Replay(events: first...$0) } }
    let explanation = try explainer.explain(parts, replay: replay, deliveries: summary.countedDeliveries)
    let output = StandardOutput()
    switch format {
    case .json: try output.write(line: explanation.json.text)
    case .text:
      try output.write(
        line: ExplanationText(explanation, usesColour: Terminal.usesColour(STDOUT_FILENO)).text)
    }
    ProblemReport.write(summary.problems)
    guard explanation.subject != nil, summary.problems.isEmpty, !loaded.hasErrors, !hasExceptionErrors else {
      throw ExitCode(1)
    }
  }
}
