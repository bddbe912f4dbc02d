import ArgumentParser
import Detection
import Events
import Exceptions
import Foundation
import JSON
import Outputs
import Rules

struct RulesCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Loads every rule of files and folders and says what is wrong with them.",
    discussion: """
      Examples:
        martlet rules check my-rules/
        martlet rules check --format json my-rules/ | jq .errors

      Exit status: 0 when there are no errors, 1 when there are; rules that cannot run yet are no errors.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(
    help: "Files and folders of rules (.toml, .ndjson, Sigma's .yml); the rules that ship when none is given.",
    completion: .file())
  var paths: [String] = []

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format = Format.text

  @OptionGroup var types: MappingOptions
  @OptionGroup var tables: TableOptions

  @OptionGroup var sigma: SigmaOptions

  func run() throws {
    let loaded = RuleCollection.load(paths: paths, withBuiltIn: paths.isEmpty, sigma: try sigma.settings())
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    let catalog = try types.catalog(tells: true)
    // What is wrong with exceptions is said by `exceptions check`, which knows their value lists.
    let exceptions = ExceptionLoader.load(paths: [], rules: loaded, catalog: catalog).diagnostics
      .filter { $0.severity == .warning }
    let check = RuleCheck(loaded, now: now, catalog: catalog, tables: try tables.read(catalog), others: exceptions)
    switch format {
    case .json: try StandardOutput().write(line: check.json.text)
    case .text:
      for diagnostic in check.diagnostics { print(Terminal.safe(diagnostic.description)) }
      for rule in check.unsupported {
        print(
          Terminal.safe(
            "\(rule.file): \(rule.name): \(rule.isRefused ? "takes no part" : "cannot run yet"): \(rule.reason)"))
      }
      let causes = Dictionary(grouping: check.unsupported, by: \.reason).filter { $0.value.count > 1 }
      for (reason, rules) in causes.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) }) {
        print(Terminal.safe("\(rules.count) rules: \(reason)"))
      }
      print(
        "\(CountText.count(check.files, "file")), \(CountText.count(check.rules, "rule")), \(check.runnable) can run; "
          + "\(CountText.count(check.errorCount, "error")), "
          + "\(CountText.count(check.diagnostics.count - check.errorCount, "warning")), "
          + "\(check.unsupported.count) unsupported")
    }
    if check.errorCount > 0 { throw ExitCode(1) }
  }
}
