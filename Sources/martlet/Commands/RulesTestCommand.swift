import ArgumentParser
import Foundation
import Outputs
import RuleTesting

struct RulesTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Runs the test events that stand beside rules.",
    discussion: """
      The tests of X.toml are in X.test.yaml in the same folder. Each makes events, replays the rule's schedule over them
      as a hunt does, and says of each event whether the rule alerts on it.

      With --mutants the tests are tested too: each rule is changed in one place after another (a condition or an
      exclusion left out or turned round, a value taken for any, "and" for "or", a wildcard, a new terms field, the start
      of the history, an override of severity), and at least one test must fail each time. What no test notices is told;
      what none can notice is named in the test file, under "survivors", with the reason.

      Examples:
        martlet rules test
        martlet rules test --mutants my-rules/
        martlet rules test my-rules/ Rules/aws/iam_assume_role_policy_update.toml

      Exit status: 0 when all tests hold, 1 when some fail or cannot be read, or a mutant is not noticed; rules without tests
      are warned of.
      """)

  @Argument(
    help: "Files and folders of rules with their tests; the folder Rules when none is given.",
    completion: .file())
  var paths: [String] = []

  @Flag(help: "Change each rule in one place after another, and tell which changes its tests do not notice.")
  var mutants = false

  @OptionGroup var types: MappingOptions

  @OptionGroup var tables: TableOptions

  @OptionGroup var sigma: SigmaOptions

  func run() throws {
    let catalog = try types.catalog(tells: true)
    let report = RuleTestRunner.run(
      paths: paths.isEmpty ? try Self.defaultPaths() : paths, catalog: catalog, tables: try tables.read(catalog),
      mutants: mutants,
      sigma: try sigma.settings())
    let output = StandardOutput()
    do {
      for line in report.lines { try output.write(line: Terminal.safe(line)) }
    } catch is StandardOutput.Closed {
      // Whoever read the report has seen enough.
    }
    if !report.isPassed { throw ExitCode(1) }
  }

  private static func defaultPaths() throws -> [String] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: "Rules", isDirectory: &isDirectory), isDirectory.boolValue else {
      throw ValidationError("there is no folder Rules here; give the files or folders of rules to test.")
    }
    return ["Rules"]
  }
}
