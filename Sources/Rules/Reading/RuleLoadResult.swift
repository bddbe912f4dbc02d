import JSON

/// What came of loading rules.
public struct RuleLoadResult: Sendable {
  /// The rules that could be read, in the order of the files and within them.
  public var rules: [LoadedRule] = []
  /// What is wrong with files and rules, in the same order. A rule with an error is not among `rules`.
  public var diagnostics: [Diagnostic] = []
  /// The number of files that were looked into.
  public var files = 0
  /// Exception lists of Kibana exports, as they are.
  public var exceptionLists: [ExportedObject] = []
  /// The exceptions in those lists, as they are.
  public var exceptionItems: [ExportedObject] = []
  /// Other objects that Kibana exports along, as connectors.
  public var otherObjects: [JSONValue] = []
  /// The summary lines at the end of exports.
  public var summaries: [JSONValue] = []

  public init() {}

  /// True when anything could not be read.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  var exportedObjects: Int { exceptionLists.count + exceptionItems.count + otherObjects.count + summaries.count }

  mutating func add(_ rule: Rule?, _ notes: RuleNotes, _ source: RuleSource) {
    if let rule { rules.append(LoadedRule(rule: rule, source: source)) }
    diagnostics += notes.diagnostics(in: source)
  }

  mutating func append(_ other: RuleLoadResult) {
    rules += other.rules
    diagnostics += other.diagnostics
    files += other.files
    exceptionLists += other.exceptionLists
    exceptionItems += other.exceptionItems
    otherObjects += other.otherObjects
    summaries += other.summaries
  }
}
