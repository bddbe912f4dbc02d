import Alerts
import CloudTrail
import Detection
import Events
import Exceptions
import Ingestion
import Rules

/// The rules of a folder of events: those that ship, those that were put into it, and what was switched on or off.
public enum FolderRules {
  /// All of them, with the exceptions of the folder. A rule that was put into the folder takes the place of one that ships.
  public static func load(_ store: AlertStore) throws -> RuleLoadResult {
    var result = RuleCollection.load(paths: [], withBuiltIn: true)
    try add(store, to: &result)
    return result
  }

  /// Adds the folder's rules in place of those that ship with their ids, switches rules on and off as in the folder, and
  /// adds the folder's exceptions. A rule of a file that was given counts before the folder's.
  ///
  /// - Parameter alone: only the rules that were loaded are meant; those of the folder, and its switches, are left out.
  public static func add(_ store: AlertStore, to result: inout RuleLoadResult, alone: Bool = false) throws {
    if !alone { try addRules(store, to: &result) }
    try FolderExceptions.add(store, to: &result, onlyNamed: alone)
  }

  private static func addRules(_ store: AlertStore, to result: inout RuleLoadResult) throws {
    let kept = try store.current(.rule)
    let replaced = Set(kept.map(\.key))
    result.rules.removeAll { $0.file.hasPrefix("built-in/") && replaced.contains($0.rule.ruleID) }
    let given = Set(result.rules.map(\.rule.ruleID))
    for rule in kept where !given.contains(rule.key) {
      guard !rule.isDamaged else {
        result.diagnostics.append(damage("rule", in: FolderPlace.rule(rule.key)))
        continue
      }
      let loaded = RuleLoader.load(text: rule.text ?? "", file: FolderPlace.rule(rule.key))
      result.rules += loaded.rules
      result.diagnostics += loaded.diagnostics
    }
    let switches = try store.switches()
    for place in result.rules.indices {
      if let isEnabled = switches[result.rules[place].rule.ruleID] { result.rules[place].rule.isEnabled = isEnabled }
    }
  }

  /// What is said of something whose text is not what was kept: it does not take part.
  static func damage(_ what: String, in place: String) -> Diagnostic {
    Diagnostic(
      .error, file: place,
      "The \(what) is damaged: its text is not what was kept. It does not take part; import it again, or put back the alerts.sqlite of "
        + "a backup.")
  }

  /// The rules of a folder, of which there may be none yet, made ready to be asked about what is stored in it. One that does
  /// not run is told of when it is to.
  public static func answering(_ folder: String, _ context: EventContext, _ catalog: FieldCatalog) throws
    -> RuleAnswering
  {
    let rules = try load(AlertStore(folder: folder, isReadOnly: true))
    let exceptions = ExceptionSet(
      ExceptionLoader.load(paths: [], rules: rules, catalog: catalog, tellsUnknownFields: false))
    return RuleAnswering(
      HuntPlan(rules.rules.map(\.rule), context: context, catalog: catalog) {
        exceptions.ruleExceptions(for: $0)
      } query: {
        try RuleQuery.predicate($0, catalog)
      })
  }
}

extension ExceptionSet {
  /// The exceptions of a rule as the engine takes them.
  public func ruleExceptions(for rule: Rule) -> [RuleException] {
    items(for: rule).map {
      RuleException(predicate: $0.predicate, expires: $0.expires, name: $0.name, place: $0.place)
    }
  }
}

extension RuleLoadResult {
  /// Leaves out rules that cannot do what they say, and all but the first of one id.
  ///
  /// - Returns: what is wrong with them, a sentence each.
  public mutating func leaveOutWrong(at now: Timestamp) -> [String] {
    var known: Set<String> = []
    var troubles: [String] = []
    rules.removeAll { loaded in
      var errors = RuleValidator.obstacles(loaded, now: now)
      if !known.insert(loaded.rule.ruleID).inserted {
        errors.append(
          loaded.diagnostic(.error, at: "rule_id", "The id “\(loaded.rule.ruleID)” is taken by another rule."))
      }
      troubles += errors.map { "\($0.description) The rule does not take part." }
      return !errors.isEmpty
    }
    return troubles
  }
}
