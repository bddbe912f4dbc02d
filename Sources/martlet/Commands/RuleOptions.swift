import ArgumentParser
import Events
import Foundation
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
    let loaded = try loadAll(leavesOutWrong: false)
    return (loaded.rules, loaded.hasErrors)
  }

  /// The same, with everything that was loaded before rules were picked out.
  ///
  /// - Parameter leavesOutWrong: leave out rules that cannot do what they say, and all but the first of one id, with words
  ///   on standard error.
  func loadAll(leavesOutWrong: Bool = true) throws -> (rules: [LoadedRule], hasErrors: Bool, all: RuleLoadResult) {
    let all = RuleCollection.load(paths: rulePaths, withBuiltIn: !withoutBuiltIn)
    var result = all
    for diagnostic in result.diagnostics where diagnostic.severity == .error {
      StandardError.write(line: Terminal.safe(diagnostic.description))
    }
    let hasWrong = leavesOutWrong && leaveOutWrong(of: &result)
    if !picked.isEmpty {
      for pick in picked where !result.rules.contains(where: { $0.rule.isNamed(pick) }) {
        throw ValidationError("no rule has the id or name “\(pick)”; `martlet rules list` shows those that there are.")
      }
      result.rules.removeAll { rule in !picked.contains { rule.rule.isNamed($0) } }
    }
    return (result.rules, result.hasErrors || hasWrong, all)
  }

  /// True when rules were left out.
  private func leaveOutWrong(of result: inout RuleLoadResult) -> Bool {
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    var known: Set<String> = []
    let count = result.rules.count
    result.rules.removeAll { loaded in
      var errors = RuleValidator.obstacles(loaded, now: now)
      if !known.insert(loaded.rule.ruleID).inserted {
        errors.append(
          loaded.diagnostic(.error, at: "rule_id", "The id “\(loaded.rule.ruleID)” is taken by another rule."))
      }
      for error in errors {
        StandardError.write(line: Terminal.safe("\(error.description) The rule does not take part."))
      }
      return !errors.isEmpty
    }
    return result.rules.count < count
  }

  /// The one rule that was picked; several of one name have to be told apart by their ids.
  func theOne(_ rules: [LoadedRule]) throws -> Rule {
    guard let first = rules.first else { throw ValidationError("no rule of that id or name could be read.") }
    guard rules.count == 1 else {
      let ids = rules.map { "\($0.rule.ruleID) (\($0.file))" }.joined(separator: ", ")
      throw ValidationError(Terminal.safe("\(rules.count) rules have that name; name one by its id: \(ids)."))
    }
    return first.rule
  }
}

extension Rule {
  func isNamed(_ pick: String) -> Bool {
    ruleID == pick || name.lowercased() == pick.lowercased()
  }
}
