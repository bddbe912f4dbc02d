import ArgumentParser
import Detection
import Outputs
import RuleTesting
import Rules

struct RulesLintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Looks over rules as a careful reviewer would.",
    discussion: """
      Names, ATT&CK and its tags, guide, references, set-up, tests, queries that are true of every event or of none,
      costly wildcards, fields that no record fills, ids that two rules bear.

      A comment at the head of a rule's file takes a warning as it is and says why:
        # lint-allow costly-wildcard: tools are looked for in every call

      Examples:
        martlet rules lint my-rules/
        martlet rules lint --strict --format json my-rules/ | jq .findings

      Exit status: 0 when there are no errors, 1 when there are, or, with --strict, any findings.
      """)

  @Argument(help: "Files and folders of rules (.toml, .ndjson).", completion: .file())
  var paths: [String]

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format = RulesCheckCommand.Format.text

  @Flag(help: "Warnings count as errors for the exit status.")
  var strict = false

  @OptionGroup var sigma: SigmaOptions

  func run() throws {
    let lint = RuleLint(
      RuleCollection.load(paths: paths, withBuiltIn: false, sigma: try sigma.settings()),
      testEnding: RuleTestReport.fileEnding)
    let lines =
      switch format {
      case .json: [lint.json.text]
      case .text:
        lint.findings.map { Terminal.safe($0.line) } + [
          "\(CountText.count(lint.files, "file")), \(CountText.count(lint.rules, "rule")); "
            + "\(CountText.count(lint.errorCount, "error")), \(CountText.count(lint.warningCount, "warning"))"
            + (lint.allowed.isEmpty ? "" : ", \(lint.allowed.count) allowed by comments")
        ]
      }
    try StandardOutput.quietly { output in for line in lines { try output.write(line: line) } }
    if lint.errorCount > 0 || strict && !lint.findings.isEmpty { throw ExitCode(1) }
  }
}
