import JSON

/// A detection rule, with every field that the format knows.
///
/// A rule that was read is well formed (types, closed sets of words, date math); whether it makes sense is the
/// `RuleValidator`'s question, and whether it can run is answered by `runnability`.
public struct Rule: Hashable, Sendable {
  // Identity

  /// The id that stays with the rule through its versions: a UUID or another text.
  public var ruleID: String
  public var name: String
  public var description = ""
  public var version = 1
  public var authors: [String] = []
  public var license: String?
  public var tags: [String] = []
  public var references: [String] = []
  public var falsePositives: [String] = []
  /// False when the rule is not to run.
  public var isEnabled = true
  /// `default` for a rule whose alerts only serve other rules.
  public var buildingBlockType: String?

  // Risk

  public var severity: Severity
  /// The risk score, 0–100 in a valid rule.
  public var riskScore: Int
  public var severityMapping: [SeverityMapping] = []
  public var riskScoreMapping: [RiskScoreMapping] = []
  /// The field of the event that gives an alert its name.
  public var ruleNameOverride: String?
  /// The field that holds an event's time where `@timestamp` does not serve.
  public var timestampOverride: String?
  /// True when an event without the overriding field is passed over rather than read by `@timestamp`.
  public var timestampOverrideFallbackDisabled = false

  // Schedule

  public var schedule = RuleSchedule()

  // What the rule reads

  public var type: RuleType
  /// The query's language; nil for machine learning.
  public var language: QueryLanguage?
  /// The query; nil when the rule has none.
  public var query: String?
  /// The index patterns as written; nil when the rule names none. See `indexPattern`.
  public var index: [String]?
  /// The id of a data view of Kibana, in place of `index`.
  public var dataViewID: String?
  /// Filters as Kibana keeps them, in order.
  public var filters: [JSONValue] = []
  /// The id of a saved query of Kibana.
  public var savedID: String?

  /// Why the rule does not run, a sentence, where that was told when it was read.
  public var hindrance: String?

  // What belongs to a type

  public var newTerms: NewTermsParameters?
  public var threshold: ThresholdParameters?
  public var threatMatch: ThreatMatchParameters?
  public var eql: EQLParameters?
  public var machineLearning: MachineLearningParameters?

  // Guidance

  /// The investigation guide, in Markdown.
  public var note: String?
  /// What must be set up for the rule to work, in Markdown.
  public var setup: String?
  /// The fields that an analyst looks at first.
  public var investigationFields: [String] = []
  public var timelineID: String?
  public var timelineTitle: String?
  public var relatedIntegrations: [RelatedIntegration] = []
  public var requiredFields: [RequiredField] = []
  public var threats: [Threat] = []

  // Noise

  public var exceptionLists: [ExceptionListReference] = []
  public var alertSuppression: AlertSuppression?

  // What is kept without being used

  public var metadata = RuleMetadata()
  /// Fields that Kibana adds to a rule that it keeps (who changed it when, actions, …), by their names.
  public var kibanaFields: [String: JSONValue] = [:]
  /// Tables of the file beside `rule` and `metadata`, as `transform`.
  public var otherTables: [String: JSONValue] = [:]
  /// Fields that the format does not know, in the order of their paths.
  public var unknownFields: [UnknownField] = []
  /// Nulls, empty lists and the like that the rule was read with and that say nothing by themselves, by their paths.
  public var writtenForms: [WrittenForm] = []

  public init(ruleID: String, name: String, type: RuleType, severity: Severity, riskScore: Int) {
    self.ruleID = ruleID
    self.name = name
    self.type = type
    self.severity = severity
    self.riskScore = riskScore
    language = type.languages.first
  }
}
