import ArgumentParser
import Events
import Exceptions
import Foundation
import Outputs
import Rules

struct ExceptionsCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Loads exceptions and says what is wrong with them, which have expired, and which rules each is for.",
    discussion: """
      Examples:
        martlet exceptions check exceptions.toml
        martlet exceptions check --rules my-rules/ --format json export.ndjson | jq .errors

      Exit status: 0 when there are no errors, 1 when there are.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: "Files and folders of exceptions (.toml, .ndjson).")
  var files: [String]

  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp("A file or folder of rules to hold them against; may be repeated.", valueName: "path"))
  var rulePaths: [String] = []

  @Flag(name: .customLong("no-builtin"), help: "Leave out the rules that come with Martlet.")
  var withoutBuiltIn = false

  @Option(
    name: .customLong("value-lists"),
    help: ArgumentHelp("A folder with the files of Kibana's value lists; may be repeated.", valueName: "dir"))
  var valueLists: [String] = []

  @OptionGroup var types: MappingOptions

  @Option(
    help: ArgumentHelp("The time at which exceptions have expired or not; the clock's unless given.", valueName: "time")
  )
  var now: String?

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format = Format.text

  @OptionGroup var sigma: SigmaOptions

  func run() throws {
    let clock = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    let time = try now.map { try InputOptions.time($0, option: "--now", relativeTo: clock) } ?? clock
    let rules = RuleCollection.load(paths: rulePaths, withBuiltIn: !withoutBuiltIn, sigma: try sigma.settings())
    for diagnostic in rules.diagnostics where diagnostic.severity == .error {
      StandardError.write(line: Terminal.safe(diagnostic.description))
    }
    let loaded = ExceptionLoader.load(
      paths: files, rules: rules, valueLists: valueLists, catalog: try types.catalog(tells: true))
    let check = ExceptionCheck(loaded, rules: rules.rules, now: time)
    let output = StandardOutput()
    do {
      switch format {
      case .json: try output.write(line: check.json.text)
      case .text: for line in check.lines { try output.write(line: Terminal.safe(line)) }
      }
    } catch is StandardOutput.Closed {
      // Whoever read the check has seen enough.
    }
    if check.errorCount > 0 || rules.hasErrors { throw ExitCode(1) }
  }
}
