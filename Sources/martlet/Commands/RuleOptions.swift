import Alerts
import ArgumentParser
import Detection
import Events
import Foundation
import Outputs
import Rules
import Running
import SegmentStore

/// Which rules a command works on.
struct RuleOptions: ParsableArguments {
  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp(
      "A file or folder of rules (.toml, .ndjson, Sigma's .yml) to add; may be repeated.", valueName: "path"),
    completion: .file())
  var rulePaths: [String] = []

  @OptionGroup var sigma: SigmaOptions

  @Flag(name: .customLong("no-builtin"), help: "Leave out the rules that come with Martlet.")
  var withoutBuiltIn = false

  @Option(
    name: .customLong("rule"),
    help: ArgumentHelp(
      "Only this rule: its id or the start of it, its name or a part of it, its file, or its UUID in alerts; may be repeated.",
      valueName: "rule"))
  var picked: [String] = []

  func validate() throws {
    if withoutBuiltIn, rulePaths.isEmpty {
      throw ValidationError("--no-builtin leaves no rules: give your own with --rules.")
    }
  }

  /// Loads the rules; what is wrong with files is written to standard error.
  ///
  /// - Parameter folder: a folder of events, whose rules count too.
  func load(folder: String? = nil) throws -> (rules: [LoadedRule], hasErrors: Bool) {
    let loaded = try loadAll(leavesOutWrong: false) { all in
      guard let folder else { return }
      let store = try FolderRules.open(folder, isReadOnly: true)
      try FolderRules.telling { try FolderRules.add(store, to: &all, alone: withoutBuiltIn) }
    }
    return (loaded.rules, !loaded.troubles.isEmpty)
  }

  /// The same, with everything that was loaded before rules were picked out.
  ///
  /// - Parameters:
  ///   - leavesOutWrong: leave out rules that cannot do what they say, and all but the first of one id, with words on
  ///     standard error.
  ///   - notices: tells where a word picks several rules.
  ///   - folder: a folder of events, whose rules, switches and exceptions count; where they are lost, it goes on without them, and says so.
  ///   - adding: adds to what was loaded, before rules are picked out.
  /// - Returns: also `troubles`, a line for each error, which were written to standard error, and `sound`, the rules that can do what
  ///   they say, whether they were picked or not.
  func loadAll(
    leavesOutWrong: Bool = true, notices: NoticeOptions? = nil, folder: String? = nil,
    adding: (inout RuleLoadResult) throws -> Void = { _ in }
  ) throws -> (rules: [LoadedRule], troubles: [String], all: RuleLoadResult, sound: [LoadedRule]) {
    var all = RuleCollection.load(paths: rulePaths, withBuiltIn: !withoutBuiltIn, sigma: try sigma.settings())
    if let folder {
      all =
        try FolderRules.telling {
          _ = try SegmentStore(folder, .reading)
          return try LostAlerts.goingOn {
            var whole = all
            // Rules that are given as files are meant alone where those that ship are not.
            try FolderRules.add(AlertStore(folder: folder, isReadOnly: true), to: &whole, alone: withoutBuiltIn)
            return whole
          }
        } ?? all
      LostAlerts.tell(.rules)
    }
    try adding(&all)
    var result = all
    var troubles = result.diagnostics.filter { $0.severity == .error }.map(\.description)
    if leavesOutWrong { troubles += result.leaveOutWrong(at: EventOptions.clock()) }
    for trouble in troubles { StandardError.write(line: Terminal.safe(trouble)) }
    let sound = result.rules
    if !picked.isEmpty {
      let finder = RuleFinder(result.rules)
      var ids: Set<String> = []
      for pick in picked {
        let found = RulePick.find(pick, finder, result.rules)
        guard !found.isEmpty else { throw RulePick.notFound(pick, finder) }
        if found.count > 1, let notices {
          notices.warn(
            "“\(pick)” picks \(found.count) rules: \(RulePick.list(found, most: notices.isVerbose ? .max : 5))")
        }
        ids.formUnion(found.map(RulePick.key))
      }
      result.rules.removeAll { !ids.contains(RulePick.key($0)) }
    }
    return (result.rules, troubles, all, sound)
  }

  /// The one rule that was picked; where several were, they are told with their ids and files.
  func theOne(_ rules: [LoadedRule]) throws -> Rule {
    guard let first = rules.first else { throw ValidationError("no rule of that id or name could be read.") }
    guard rules.count == 1 else { throw RulePick.ambiguous(picked.first ?? "", rules) }
    return first.rule
  }
}

/// Rules that a person names.
enum RulePick {
  /// What tells rules apart, of which two may have one id.
  static func key(_ rule: LoadedRule) -> String { "\(rule.rule.ruleID)\n\(rule.file)\n\(rule.line)" }

  /// The rules that a text means: as the finder has it, else by the UUID that alerts name a rule by.
  static func find(_ text: String, _ finder: RuleFinder, _ rules: [LoadedRule]) -> [LoadedRule] {
    let found = finder.find(text)
    guard found.isEmpty else { return found }
    let uuid = text.lowercased()
    return rules.filter { RuleUUID.of($0.rule.ruleID) == uuid }
  }

  /// The one rule that a text means; throws with words where it is none or several.
  static func one(_ text: String, among rules: [LoadedRule]) throws -> LoadedRule {
    let finder = RuleFinder(rules)
    let found = find(text, finder, rules)
    guard let first = found.first else { throw notFound(text, finder) }
    guard found.count == 1 else { throw ambiguous(text, found) }
    return first
  }

  static func notFound(_ text: String, _ finder: RuleFinder) -> ValidationError {
    let names = finder.suggestions(for: text)
    let hint =
      names.isEmpty
      ? "`martlet rules list` shows those that there are."
      : "did you mean \(names.map { "“\($0)”" }.joined(separator: " or "))?"
    return ValidationError(
      Terminal.safe("no rule has the id, name or file “\(text.prefix(200))”; \(hint)"))
  }

  static func ambiguous(_ text: String, _ rules: [LoadedRule]) -> ValidationError {
    ValidationError(
      Terminal.safe("“\(text.prefix(200))” fits \(rules.count) rules; name one by its id: \(list(rules, most: 20))."))
  }

  /// What tells rules apart whose name others have too.
  static func labels(_ rules: [LoadedRule]) -> RuleLabels {
    RuleLabels(rules.map { (id: $0.rule.ruleID, name: $0.rule.name, mark: $0.file) })
  }

  /// Rules with what tells them apart.
  static func list(_ rules: [LoadedRule], most: Int) -> String {
    let shown = rules.prefix(most).map { "\($0.rule.ruleID) (\($0.rule.name), \($0.file))" }
    return shown.joined(separator: "; ") + (rules.count > most ? "; and \(rules.count - most) more" : "")
  }
}
