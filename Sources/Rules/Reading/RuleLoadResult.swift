import JSON

/// What came of loading rules.
public struct RuleLoadResult: Sendable {
  /// The rules that could be read, in the order of the files and within them.
  public var rules: [LoadedRule] = []
  /// What is wrong with files and rules, in the same order. A rule with an error is not among `rules`.
  public var diagnostics: [Diagnostic] = []
  /// The number of files that were looked into.
  public var files = 0
  /// Exception lists of Kibana exports, as they are, with their places.
  public var exportedLists: [ExportedObject] = []
  /// The exceptions in those lists, as they are, with their places.
  public var exportedItems: [ExportedObject] = []
  /// Value lists that those exceptions may name, beside files.
  public var valueLists: [KeptValueList] = []
  /// Other objects that Kibana exports along, as connectors.
  public var otherObjects: [JSONValue] = []
  /// The summary lines at the end of exports.
  public var summaries: [JSONValue] = []

  /// Documents of Sigma that are not joined with others yet.
  var sigma: [SigmaDocument] = []

  public init() {}

  /// Exception lists of Kibana exports, as they are.
  public var exceptionLists: [JSONValue] { exportedLists.map(\.value) }
  /// The exceptions in those lists, as they are.
  public var exceptionItems: [JSONValue] { exportedItems.map(\.value) }

  /// True when anything could not be read.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// True when there is neither a rule nor a word on why there is none.
  var isWithoutContent: Bool { rules.isEmpty && sigma.isEmpty && !hasErrors }

  var exportedObjects: Int { exportedLists.count + exportedItems.count + otherObjects.count + summaries.count }

  mutating func add(_ rule: Rule?, _ notes: RuleNotes, _ source: RuleSource) {
    if let rule { rules.append(LoadedRule(rule: rule, source: source)) }
    diagnostics += notes.diagnostics(in: source)
  }

  mutating func append(_ other: RuleLoadResult) {
    rules += other.rules
    sigma += other.sigma
    diagnostics += other.diagnostics
    files += other.files
    exportedLists += other.exportedLists
    exportedItems += other.exportedItems
    valueLists += other.valueLists
    otherObjects += other.otherObjects
    summaries += other.summaries
  }
}
