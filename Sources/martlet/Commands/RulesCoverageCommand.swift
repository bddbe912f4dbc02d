import ArgumentParser
import Foundation
import Outputs
import Rules

struct RulesCoverageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: "Shows which tactics and techniques of ATT&CK rules cover.",
    discussion: """
      terminal lists the matrix by tactic, svg draws it, navigator writes a layer that the ATT&CK Navigator opens.

      Examples:
        martlet rules coverage
        martlet rules coverage --rules my-rules/ --format svg --out coverage.svg
        martlet rules coverage --no-builtin --rules my-rules/ --format navigator --out layer.json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case terminal, svg, navigator }

  @OptionGroup var rules: RuleOptions

  @Option(help: ArgumentHelp("terminal, svg or navigator.", valueName: "format"))
  var format = Format.terminal

  @Option(
    help: ArgumentHelp(
      "The file to write, over one that is there; standard output when none is given.", valueName: "file"),
    completion: .file())
  var out: String?

  func run() throws {
    let (loaded, hasErrors) = try rules.load()
    let coverage = AttackCoverage(loaded.map(\.rule))
    let text =
      switch format {
      case .terminal:
        CoverageTable(coverage, usesColour: out == nil && Terminal.usesColour(STDOUT_FILENO)).lines
          .map { $0 + "\n" }.joined()
      case .svg: CoverageDrawing(coverage).svg
      case .navigator: NavigatorLayer(coverage).json.text + "\n"
      }
    if let out, out != "-" {
      do {
        try FileWriter.write(out, text, overwrites: true)
      } catch {
        StandardError.write(line: Terminal.safe("martlet: \(error.message)"))
        throw ExitCode(1)
      }
    } else {
      try StandardOutput.quietly { try $0.write(Array(text.utf8)) }
    }
    if hasErrors { throw ExitCode(1) }
  }
}
