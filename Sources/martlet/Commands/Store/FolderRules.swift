import Alerts
import ArgumentParser
import Foundation
import Outputs
import Rules
import SegmentStore

/// The rules of a folder of events: those that ship, those that were put into it, and what was switched on or off.
enum FolderRules {
  /// Where a rule of the folder is said to stand.
  static func file(_ rule: AlertStore.KeptRule) -> String { "folder/\(rule.ruleID).ndjson" }

  /// All of them. A rule that was put into the folder takes the place of one that ships.
  static func load(_ store: AlertStore) throws -> RuleLoadResult {
    var result = RuleCollection.load(paths: [], withBuiltIn: true)
    try add(store, to: &result)
    return result
  }

  /// Adds the folder's rules in place of those that ship with their ids, and switches rules on and off as in the folder.
  /// A rule of a file that was given counts before the folder's.
  static func add(_ store: AlertStore, to result: inout RuleLoadResult) throws {
    let kept = try store.keptRules()
    let replaced = Set(kept.map(\.ruleID))
    result.rules.removeAll { $0.file.hasPrefix("built-in/") && replaced.contains($0.rule.ruleID) }
    let given = Set(result.rules.map(\.rule.ruleID))
    for rule in kept where !given.contains(rule.ruleID) {
      let loaded = RuleLoader.load(text: rule.text, file: file(rule))
      result.rules += loaded.rules
      result.diagnostics += loaded.diagnostics
    }
    let switches = try store.switches()
    for place in result.rules.indices {
      if let isEnabled = switches[result.rules[place].rule.ruleID] { result.rules[place].rule.isEnabled = isEnabled }
    }
  }

  /// Opens the rules of a folder; ends the command with status 1 and words where it is none.
  static func open(_ folder: String, isReadOnly: Bool) throws -> AlertStore {
    do {
      _ = try SegmentStore(folder, .reading)
      return try AlertStore(folder: folder, isReadOnly: isReadOnly)
    } catch {
      throw StoreAccess.failed(error)
    }
  }

  /// Runs `body`, and ends the command with status 1 and words where the folder fails it.
  static func telling<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error where !(error is ExitCode) && !(error is ValidationError) && !(error is StandardOutput.Closed) {
      throw StoreAccess.failed(error)
    }
  }
}

/// A folder whose rules are worked on.
struct RuleFolderOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder of events.", valueName: "folder"), completion: .directory)
  var data: String
}

struct RulesImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Puts rules into a folder of events, where run finds them.",
    discussion: """
      A rule takes the place of the one of its id, also of one that ships, which no upgrade changes any more. Earlier
      versions are kept. What is wrong with a rule is told, and then it is not taken.

      Example:
        martlet rules import --data events my-rules/ export.ndjson

      Exit status: 0 when all rules were taken; 1 when some could not be read; 64 for wrong arguments.
      """)

  @OptionGroup var folder: RuleFolderOptions
  @OptionGroup var notices: NoticeOptions

  @Argument(help: "Files and folders of rules (.toml, .ndjson, .json).", completion: .file())
  var paths: [String]

  func run() throws {
    let loaded = RuleCollection.load(paths: paths, withBuiltIn: false)
    for diagnostic in loaded.diagnostics where diagnostic.severity == .error {
      StandardError.write(line: Terminal.safe(diagnostic.description))
    }
    var hasTrouble = loaded.hasErrors
    let store = try FolderRules.open(folder.data, isReadOnly: false)
    var (new, changed, same) = (0, 0, 0)
    try FolderRules.telling {
      for rule in loaded.rules {
        let errors = RuleValidator.obstacles(rule, now: EventOptions.clock())
        for error in errors { StandardError.write(line: Terminal.safe("\(error.description) The rule is not taken.")) }
        guard errors.isEmpty else {
          hasTrouble = true
          continue
        }
        let text: String
        do {
          text = try RuleWriter.ndjson(rule.rule)
        } catch {
          StandardError.write(line: Terminal.safe("martlet: “\(rule.rule.name)” cannot be kept: \(error)"))
          hasTrouble = true
          continue
        }
        switch try store.keep(rule: rule.rule.ruleID, text, by: SystemUser.name, at: EventOptions.clock()) {
        case .new: new += 1
        case .changed: changed += 1
        case .same: same += 1
        }
      }
    }
    notices.close(
      "\(CountText.count(new, "rule")) added, \(changed) in a new version, \(same) \(same == 1 ? "was" : "were") there as \(same == 1 ? "it is" : "they are")"
    )
    if !loaded.exceptionItems.isEmpty {
      notices.warn(
        "\(CountText.count(loaded.exceptionItems.count, "exception")) of the export \(loaded.exceptionItems.count == 1 ? "is" : "are") not kept in the folder; give run the file with --exceptions"
      )
    }
    if hasTrouble { throw ExitCode(1) }
  }
}

struct RulesEnableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable", abstract: "Switches rules on in a folder of events.",
    discussion: """
      Example:
        martlet rules enable --data events "AWS IAM Assume Role Policy Update"
      """)

  @OptionGroup var folder: RuleFolderOptions
  @OptionGroup var notices: NoticeOptions

  @Argument(help: ArgumentHelp("Rules: their ids or the start of them, names or parts of them.", valueName: "rule"))
  var rules: [String]

  func run() throws { try RuleSwitching.run(folder.data, rules, isEnabled: true, notices) }
}

struct RulesDisableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable", abstract: "Switches rules off in a folder of events; their alerts stay.",
    discussion: """
      Example:
        martlet rules disable --data events "AWS IAM Assume Role Policy Update"
      """)

  @OptionGroup var folder: RuleFolderOptions
  @OptionGroup var notices: NoticeOptions

  @Argument(help: ArgumentHelp("Rules: their ids or the start of them, names or parts of them.", valueName: "rule"))
  var rules: [String]

  func run() throws { try RuleSwitching.run(folder.data, rules, isEnabled: false, notices) }
}

private enum RuleSwitching {
  static func run(_ folder: String, _ names: [String], isEnabled: Bool, _ notices: NoticeOptions) throws {
    let store = try FolderRules.open(folder, isReadOnly: false)
    try FolderRules.telling {
      let all = try FolderRules.load(store).rules
      // All names are looked up before anything is changed.
      let chosen = try names.map { try RulePick.one($0, among: all) }
      var count = 0
      for rule in chosen where rule.rule.isEnabled != isEnabled {
        if try store.setRule(rule.rule.ruleID, isEnabled: isEnabled, by: SystemUser.name, at: EventOptions.clock()) {
          count += 1
        }
      }
      notices.close(
        "\(CountText.count(count, "rule")) switched \(isEnabled ? "on" : "off")"
          + (count < chosen.count
            ? ", \(chosen.count - count) \(chosen.count - count == 1 ? "was" : "were") so already" : ""))
    }
  }
}

struct RulesDeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Takes rules out of a folder of events; their alerts and earlier versions stay.",
    discussion: """
      A rule that ships comes back in place of one that took its place; such a rule itself is switched off with disable.

      Example:
        martlet rules delete --data events my-rule
      """)

  @OptionGroup var folder: RuleFolderOptions
  @OptionGroup var notices: NoticeOptions

  @Argument(help: ArgumentHelp("Rules: their ids or the start of them, names or parts of them.", valueName: "rule"))
  var rules: [String]

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: false)
    try FolderRules.telling {
      let own = Set(try store.keptRules().map(\.ruleID))
      let all = try FolderRules.load(store).rules
      let chosen = try rules.map { try RulePick.one($0, among: all) }
      for rule in chosen where !own.contains(rule.rule.ruleID) {
        throw ValidationError(
          Terminal.safe(
            "“\(rule.rule.name)” comes with Martlet and cannot be deleted; switch it off with rules disable."))
      }
      var count = 0
      for rule in chosen where try store.remove(rule: rule.rule.ruleID) { count += 1 }
      notices.close("\(CountText.count(count, "rule")) deleted")
    }
  }
}

struct RulesExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Prints the rules that were put into a folder of events, as NDJSON that Kibana imports.",
    discussion: """
      Examples:
        martlet rules export --data events > rules.ndjson
        martlet rules export --data events --all > rules.ndjson
      """)

  @OptionGroup var folder: RuleFolderOptions

  @Flag(help: "The rules that ship as well.")
  var all = false

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: true)
    try FolderRules.telling {
      var loaded = try FolderRules.load(store)
      if !all {
        let own = Set(try store.keptRules().map(\.ruleID))
        loaded.rules.removeAll { !own.contains($0.rule.ruleID) }
      }
      let export = RuleExport(loaded)
      for diagnostic in export.diagnostics { StandardError.write(line: Terminal.safe(diagnostic.description)) }
      try StandardOutput.quietly { output in for line in export.lines { try output.write(line: line) } }
      if !export.diagnostics.isEmpty || loaded.hasErrors { throw ExitCode(1) }
    }
  }
}

/// Who runs this, as the system knows it.
enum SystemUser {
  static var name: String {
    let name = getpwuid(getuid()).flatMap { $0.pointee.pw_name }.map { String(cString: $0) }
    return name ?? "user \(getuid())"
  }
}
