import Events
import JSON

/// Makes a rule of the fields that a file holds, whichever way the file is written.
struct RuleReader {
  private var fields: ObjectReader
  private let notes: RuleNotes

  /// Reads a rule; nil when something is wrong with it, and then `notes` says what.
  static func read(_ members: [String: JSONValue], notes: RuleNotes) -> Rule? {
    var reader = RuleReader(fields: ObjectReader(members, path: RuleKeyPath(), notes: notes), notes: notes)
    return reader.read()
  }

  private mutating func read() -> Rule? {
    let type = requiredWord("type", of: RuleType.self)
    let severity = requiredWord("severity", of: Severity.self)
    let riskScore = fields.requiredInteger("risk_score", "give a number from 0 to 100")
    let ruleID = fields.requiredString("rule_id", "give the rule an id of its own, best a UUID")
    let name = fields.requiredString("name", "give the rule a name")
    // A rule without these is read on all the same, so that one look tells all that is wrong with it.
    var rule = Rule(
      ruleID: ruleID ?? "", name: name ?? "", type: type ?? .query, severity: severity ?? .low,
      riskScore: riskScore ?? 0)
    readIdentity(&rule)
    readRisk(&rule)
    readSchedule(&rule)
    readSources(&rule)
    readGuidance(&rule)
    readNoise(&rule)
    readNewTerms(&rule)
    readThreshold(&rule)
    readThreatMatch(&rule)
    readOtherTypes(&rule)
    readKibanaFields(&rule)
    RuleKeepsake.unpack(&rule)
    if type != nil { noteFieldsOfOtherTypes(rule.type) }
    fields.noteUnknown()
    rule.unknownFields = notes.unknownFields.sorted { $0.path.description < $1.path.description }
    guard !notes.hasErrors else { return nil }
    var read = fields.members
    // Kept as they are, so there is nothing more to keep of them.
    for key in Self.kibanaFields { read[key] = nil }
    rule.writtenForms = WrittenForm.forms(of: read, in: rule)
    return rule
  }

  private mutating func requiredWord<Word: RawRepresentable & CaseIterable>(_ key: String, of words: Word.Type) -> Word?
  where Word.RawValue == String {
    let problems = notes.count
    if let word = fields.word(key, of: words) { return word }
    if notes.count == problems {
      fields.missing(key, "use \(ObjectReader.list(Word.allCases.map(\.rawValue)))")
    }
    return nil
  }

  private mutating func readIdentity(_ rule: inout Rule) {
    rule.description = fields.string("description") ?? ""
    rule.version = fields.integer("version") ?? 1
    rule.authors = fields.oneOrMoreStrings("author") ?? []
    rule.license = fields.string("license")
    rule.tags = fields.strings("tags") ?? []
    rule.references = fields.strings("references") ?? []
    rule.falsePositives = fields.strings("false_positives") ?? []
    rule.isEnabled = fields.bool("enabled") ?? true
    rule.buildingBlockType = fields.string("building_block_type")
  }

  private mutating func readRisk(_ rule: inout Rule) {
    rule.severityMapping =
      fields.objects("severity_mapping") { reader in
        let field = reader.requiredString("field", "name the field whose value decides")
        let severity = reader.word("severity", of: Severity.self)
        let comparison = reader.string("operator") ?? "equals"
        let value = reader.string("value") ?? ""
        guard let field, let severity else {
          if !reader.has("severity") { reader.missing("severity", "name the severity that the value gives") }
          return nil
        }
        return SeverityMapping(field: field, comparison: comparison, value: value, severity: severity)
      } ?? []
    rule.riskScoreMapping =
      fields.objects("risk_score_mapping") { reader in
        let comparison = reader.string("operator") ?? "equals"
        let value = reader.string("value") ?? ""
        let riskScore = reader.integer("risk_score")
        guard let field = reader.requiredString("field", "name the field that gives the score") else { return nil }
        return RiskScoreMapping(field: field, comparison: comparison, value: value, riskScore: riskScore)
      } ?? []
    rule.ruleNameOverride = fields.string("rule_name_override")
    rule.timestampOverride = fields.string("timestamp_override")
    rule.timestampOverrideFallbackDisabled = fields.bool("timestamp_override_fallback_disabled") ?? false
  }

  private mutating func readSchedule(_ rule: inout Rule) {
    rule.schedule = RuleSchedule(
      interval: fields.interval("interval") ?? .fiveMinutes, from: fields.dateMath("from"),
      to: fields.dateMath("to") ?? .now,
      maxSignals: fields.integer("max_signals") ?? RuleSchedule.defaultMaxSignals)
  }

  private mutating func readSources(_ rule: inout Rule) {
    rule.language = fields.word("language", of: QueryLanguage.self) ?? rule.type.languages.first
    rule.query = fields.string("query")
    rule.index = fields.strings("index")
    rule.dataViewID = fields.string("data_view_id")
    rule.filters = filters("filters")
    rule.savedID = fields.string("saved_id")
  }

  /// Filters stay JSON: their form is Kibana's own.
  private mutating func filters(_ key: String) -> [JSONValue] {
    guard let value = fields.value(key) else { return [] }
    guard let elements = value.arrayValue else {
      fields.error(at: key, "`\(key)` must be an array of filters, and is \(value.kindName)")
      return []
    }
    for (at, element) in elements.enumerated() where element.objectValue == nil {
      let place = RuleKeyPath(steps: [.key(key), .index(at)])
      notes.add(.error, place, .value, "`\(place)` must be a filter object, and is \(element.kindName)")
    }
    return elements
  }

  private mutating func readGuidance(_ rule: inout Rule) {
    rule.note = fields.string("note")
    rule.setup = fields.string("setup")
    if fields.members["investigation_fields"]?.arrayValue != nil {
      // Older exports hold the names without the object around them.
      rule.investigationFields = fields.strings("investigation_fields") ?? []
    } else {
      rule.investigationFields = fields.object("investigation_fields") { $0.strings("field_names") } ?? []
    }
    rule.timelineID = fields.string("timeline_id")
    rule.timelineTitle = fields.string("timeline_title")
    rule.relatedIntegrations =
      fields.objects("related_integrations") { reader in
        let version = reader.string("version") ?? ""
        let integration = reader.string("integration")
        guard let package = reader.requiredString("package", "name the integration's package") else { return nil }
        return RelatedIntegration(package: package, version: version, integration: integration)
      } ?? []
    rule.requiredFields =
      fields.objects("required_fields") { reader in
        let type = reader.string("type") ?? ""
        let isECS = reader.bool("ecs")
        guard let name = reader.requiredString("name", "name the field") else { return nil }
        return RequiredField(name: name, type: type, isECS: isECS)
      } ?? []
    rule.threats = fields.objects("threat", ThreatReader.threat) ?? []
  }

  private mutating func readNoise(_ rule: inout Rule) {
    rule.exceptionLists =
      fields.objects("exceptions_list") { reader in
        let id = reader.string("id") ?? ""
        let type = reader.string("type") ?? "detection"
        let namespaceType = reader.string("namespace_type") ?? "single"
        guard let listID = reader.requiredString("list_id", "name the exception list") else { return nil }
        return ExceptionListReference(id: id, listID: listID, type: type, namespaceType: namespaceType)
      } ?? []
    rule.alertSuppression = fields.object("alert_suppression") { reader in
      AlertSuppression(
        groupBy: reader.strings("group_by") ?? [],
        duration: reader.object("duration") { reader in
          let value = reader.requiredInteger("value", "give the number of units")
          let unit = reader.word("unit", of: SuppressionDuration.Unit.self)
          guard let value, let unit else {
            if !reader.has("unit") { reader.missing("unit", "use `s`, `m` or `h`") }
            return nil
          }
          return SuppressionDuration(value: value, unit: unit)
        },
        missingFieldsStrategy: reader.word("missing_fields_strategy", of: MissingFieldsStrategy.self) ?? .suppress)
    }
  }

  /// Rule files nest the two settings under `new_terms`; exports have them at the top.
  private mutating func readNewTerms(_ rule: inout Rule) {
    var terms = fields.strings("new_terms_fields")
    var start = fields.dateMath("history_window_start")
    _ = fields.object("new_terms") { reader in
      if reader.members["new_terms_fields"] != nil {
        terms = reader.strings("new_terms_fields")
      } else if reader.members["value"] != nil {
        terms = reader.strings("value")
        Self.expect("new_terms_fields", as: reader.string("field"), reader)
      }
      if reader.members["history_window_start"]?.stringValue != nil {
        start = reader.dateMath("history_window_start")
      } else {
        let starts = reader.objects("history_window_start") { reader -> DateMath? in
          Self.expect("history_window_start", as: reader.string("field"), reader)
          return reader.dateMath("value")
        }
        if let first = starts?.first { start = first }
      }
      return true
    }
    guard rule.type == .newTerms else { return }
    if terms == nil, !hasErrors(in: ["new_terms_fields", "new_terms"]) {
      fields.missing("new_terms_fields", "name one to three fields whose values are to be watched")
    }
    if start == nil, !hasErrors(in: ["history_window_start", "new_terms"]) {
      fields.missing("history_window_start", "say how far back values count as known, as now-14d")
    }
    guard let terms, let start else { return }
    rule.newTerms = NewTermsParameters(fields: terms, historyWindowStart: start)
  }

  private static func expect(_ wanted: String, as field: String?, _ reader: ObjectReader) {
    guard let field, field != wanted else { return }
    reader.error(at: "field", "`\(reader.path).field` must be `\(wanted)`, and is `\(field)`")
  }

  /// True when something under one of the fields is wrong already, so that nothing more need be said of it.
  private func hasErrors(in keys: [String]) -> Bool {
    notes.issues.contains { issue in
      guard issue.severity == .error, case .key(let first)? = issue.path.steps.first else { return false }
      return keys.contains(first)
    }
  }

  private mutating func readThreshold(_ rule: inout Rule) {
    let threshold = fields.object("threshold") { reader -> ThresholdParameters? in
      let grouping = reader.oneOrMoreStrings("field") ?? []
      let cardinality =
        reader.objects("cardinality") { reader -> ThresholdCardinality? in
          let field = reader.requiredString("field", "name the field whose distinct values count")
          let value = reader.requiredInteger("value", "give the least number of distinct values")
          guard let field, let value else { return nil }
          return ThresholdCardinality(field: field, value: value)
        } ?? []
      guard let value = reader.requiredInteger("value", "give the number of events that make an alert") else {
        return nil
      }
      return ThresholdParameters(fields: grouping.filter { !$0.isEmpty }, value: value, cardinality: cardinality)
    }
    rule.threshold = threshold
    if rule.type == .threshold, threshold == nil, !hasErrors(in: ["threshold"]) {
      fields.missing("threshold", "a threshold rule needs `threshold.value` and the fields to group by")
    }
  }

  /// The fields that belong to one type, by that type.
  private static let fieldsOfTypes: [(type: RuleType, keys: [String])] = [
    (.newTerms, ["new_terms_fields", "history_window_start", "new_terms"]),
    (
      .threatMatch,
      [
        "threat_index", "threat_query", "threat_language", "threat_filters", "threat_indicator_path",
        "concurrent_searches", "items_per_search", "threat_mapping",
      ]
    ),
    (.eql, ["timestamp_field", "event_category_override", "tiebreaker_field"]),
    (.machineLearning, ["anomaly_threshold", "machine_learning_job_id"]),
  ]

  /// Keeps the fields that belong to another type than the rule's among the unknown ones: they have no effect.
  private func noteFieldsOfOtherTypes(_ type: RuleType) {
    for (owner, keys) in Self.fieldsOfTypes where owner != type {
      for key in keys {
        guard let value = fields.members[key], value != .null else { continue }
        notes.addUnused(
          RuleKeyPath(key), value,
          "`\(key)` belongs to rules of type \(owner.rawValue): it is kept and has no effect in one of type \(type.rawValue)"
        )
      }
    }
  }

  private mutating func readThreatMatch(_ rule: inout Rule) {
    let index = fields.strings("threat_index")
    let query = fields.string("threat_query")
    let language = fields.word("threat_language", of: QueryLanguage.self) ?? .kuery
    let filters = filters("threat_filters")
    let indicatorPath = fields.string("threat_indicator_path")
    let concurrentSearches = fields.integer("concurrent_searches")
    let itemsPerSearch = fields.integer("items_per_search")
    let mapping = fields.objects("threat_mapping") { reader in
      ThreatMapping(
        entries: reader.objects("entries") { reader in
          let type = reader.string("type") ?? "mapping"
          let negate = reader.bool("negate") ?? false
          let field = reader.requiredString("field", "name the field of the event")
          let value = reader.requiredString("value", "name the field of the indicator")
          guard let field, let value else { return nil }
          return ThreatMappingEntry(field: field, value: value, type: type, negate: negate)
        } ?? [])
    }
    guard rule.type == .threatMatch else { return }
    for (key, isThere) in [
      ("threat_index", index != nil), ("threat_query", query != nil), ("threat_mapping", mapping != nil),
    ] where !isThere && !hasErrors(in: [key]) {
      fields.missing(key, "an indicator match rule needs it")
    }
    guard let index, let query, let mapping else { return }
    rule.threatMatch = ThreatMatchParameters(
      index: index, query: query, language: language, filters: filters, mapping: mapping,
      indicatorPath: indicatorPath, concurrentSearches: concurrentSearches, itemsPerSearch: itemsPerSearch)
  }

  private mutating func readOtherTypes(_ rule: inout Rule) {
    let eql = EQLParameters(
      timestampField: fields.string("timestamp_field"),
      eventCategoryOverride: fields.string("event_category_override"),
      tiebreakerField: fields.string("tiebreaker_field"))
    if rule.type == .eql { rule.eql = eql }
    let threshold = fields.integer("anomaly_threshold")
    let jobs = fields.oneOrMoreStrings("machine_learning_job_id")
    guard rule.type == .machineLearning else { return }
    if threshold == nil, !hasErrors(in: ["anomaly_threshold"]) {
      fields.missing("anomaly_threshold", "give the score from which on an anomaly alerts, 0 to 100")
    }
    if jobs == nil, !hasErrors(in: ["machine_learning_job_id"]) {
      fields.missing("machine_learning_job_id", "name the jobs whose anomalies are to alert")
    }
    guard let threshold, let jobs else { return }
    rule.machineLearning = MachineLearningParameters(anomalyThreshold: threshold, jobIDs: jobs)
  }

  /// What Kibana writes beside a rule when it keeps or exports it: no part of the detection.
  private static let kibanaFields = [
    "actions", "alias_purpose", "alias_target_id", "created_at", "created_by", "customized_fields", "execution_summary",
    "has_base_version", "id", "immutable", "meta", "namespace", "outcome", "output_index", "response_actions",
    "revision", "rule_source", "throttle", "updated_at", "updated_by",
  ]

  private mutating func readKibanaFields(_ rule: inout Rule) {
    for key in Self.kibanaFields {
      // Exports say `"throttle": null`, which an import looks for.
      _ = fields.value(key)
      rule.kibanaFields[key] = fields.members[key]
    }
  }
}
