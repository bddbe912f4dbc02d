import ArgumentParser
import Outputs
import Rules

/// Which rules a command works on.
struct RuleOptions: ParsableArguments {
  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp("A file or folder of rules (.toml, .ndjson) to add; may be repeated.", valueName: "path"),
    completion: .file())
  var rulePaths: [String] = []

  @Flag(name: .customLong("no-builtin"), help: "Leave out the rules that come with Martlet.")
  var withoutBuiltIn = false

  @Option(
    name: .customLong("rule"),
    help: ArgumentHelp("Only the rule of this id or name; may be repeated.", valueName: "id|name"))
  var picked: [String] = []

  /// Loads the rules; what is wrong with files is written to standard error.
  func load() throws -> (rules: [LoadedRule], hasErrors: Bool) {
    let loaded = try loadAll()
    return (loaded.rules, loaded.hasErrors)
  }

  /// The same, with everything that was loaded before rules were picked out.
  func loadAll() throws -> (rules: [LoadedRule], hasErrors: Bool, all: RuleLoadResult) {
    let all = RuleCollection.load(paths: rulePaths, withBuiltIn: !withoutBuiltIn)
    var result = all
    for diagnostic in result.diagnostics where diagnostic.severity == .error {
      StandardError.write(line: Terminal.safe(diagnostic.description))
    }
    if !picked.isEmpty {
      for pick in picked where !result.rules.contains(where: { $0.rule.isNamed(pick) }) {
        throw ValidationError("no rule has the id or name “\(pick)”; `martlet rules list` shows those that there are.")
      }
      result.rules.removeAll { rule in !picked.contains { rule.rule.isNamed($0) } }
    }
    return (result.rules, result.hasErrors, all)
  }
}

extension Rule {
  func isNamed(_ pick: String) -> Bool {
    ruleID == pick || name.lowercased() == pick.lowercased()
  }
}
