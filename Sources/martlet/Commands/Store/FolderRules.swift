import Alerts
import ArgumentParser
import CloudTrail
import Detection
import Events
import Exceptions
import Foundation
import Ingestion
import Outputs
import Rules
import SegmentStore

/// The rules of a folder of events: those that ship, those that were put into it, and what was switched on or off.
enum FolderRules {
  /// All of them, with the exceptions of the folder. A rule that was put into the folder takes the place of one that ships.
  static func load(_ store: AlertStore) throws -> RuleLoadResult {
    var result = RuleCollection.load(paths: [], withBuiltIn: true)
    try add(store, to: &result)
    return result
  }

  /// Adds the folder's rules in place of those that ship with their ids, switches rules on and off as in the folder, and
  /// adds the folder's exceptions. A rule of a file that was given counts before the folder's.
  ///
  /// - Parameter alone: only the rules that were loaded are meant; those of the folder, and its switches, are left out.
  static func add(_ store: AlertStore, to result: inout RuleLoadResult, alone: Bool = false) throws {
    if !alone { try addRules(store, to: &result) }
    try FolderExceptions.add(store, to: &result, onlyNamed: alone)
  }

  private static func addRules(_ store: AlertStore, to result: inout RuleLoadResult) throws {
    let kept = try store.current(.rule)
    let replaced = Set(kept.map(\.key))
    result.rules.removeAll { $0.file.hasPrefix("built-in/") && replaced.contains($0.rule.ruleID) }
    let given = Set(result.rules.map(\.rule.ruleID))
    for rule in kept where !given.contains(rule.key) {
      let loaded = RuleLoader.load(text: rule.text ?? "", file: FolderPlace.rule(rule.key))
      result.rules += loaded.rules
      result.diagnostics += loaded.diagnostics
    }
    let switches = try store.switches()
    for place in result.rules.indices {
      if let isEnabled = switches[result.rules[place].rule.ruleID] { result.rules[place].rule.isEnabled = isEnabled }
    }
  }

  /// The rules of a folder, of which there may be none yet, made ready to be asked about what is stored in it. One that does
  /// not run is told of when it is to.
  static func answering(_ folder: String, _ context: EventContext, _ catalog: FieldCatalog) throws -> RuleAnswering {
    let rules = try telling { try load(AlertStore(folder: folder, isReadOnly: true)) }
    let exceptions = ExceptionSet(
      ExceptionLoader.load(paths: [], rules: rules, catalog: catalog, tellsUnknownFields: false))
    return RuleAnswering(
      HuntPlan(rules.rules.map(\.rule), context: context, catalog: catalog) {
        exceptions.ruleExceptions(for: $0)
      } query: {
        try RuleQuery.predicate($0, catalog)
      })
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

/// Rules of a folder that a command works on.
struct FolderRuleNames: ParsableArguments {
  @OptionGroup var folder: FolderOption
  @OptionGroup var author: AuthorOption
  @OptionGroup var notices: NoticeOptions

  @Argument(help: ArgumentHelp("Rules: their ids or the start of them, names or parts of them.", valueName: "rule"))
  var rules: [String]

  /// The rules that are named, out of all those of the folder: all names are looked up before anything is done.
  func chosen(in store: AlertStore) throws -> [LoadedRule] {
    let all = try FolderRules.load(store).rules
    return try rules.map { try RulePick.one($0, among: all) }
  }
}
