import ArgumentParser
import Outputs
import Rules

struct RulesFormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt",
    abstract: "Lays rule files in TOML out in one way.",
    discussion: """
      Tables and keys are put in order, lists on a line or an element a line, long prose is folded. Comments stay, values
      stay. Only files that change are written, each at once; their names are printed.

      Examples:
        martlet rules fmt my-rules/
        martlet rules fmt --check my-rules/

      Exit status: 0 when all is well, 1 when a file cannot be read or written, or, with --check, would change.
      """)

  @Argument(help: "Files and folders of rules in TOML.", completion: .file())
  var paths: [String]

  @Flag(help: "Write nothing; print the names of the files that would change.")
  var check = false

  func run() throws {
    let report = RuleFormatter.run(paths: paths, writes: !check)
    for file in report.changed { print(Terminal.safe(file)) }
    for diagnostic in report.diagnostics { StandardError.write(line: Terminal.safe(diagnostic.description)) }
    StandardError.write(
      line:
        "\(CountText.count(report.files, "rule file")), \(report.changed.count) \(check ? "would change" : "changed")")
    if report.hasErrors || check && !report.changed.isEmpty { throw ExitCode(1) }
  }
}
