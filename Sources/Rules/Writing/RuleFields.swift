import JSON

/// A rule as the members of an object, by the names of the format.
struct RuleFields {
  enum Form {
    /// Everything, defaults too, as Kibana exports it.
    case export
    /// What a person would write into a file.
    case file
  }

  let form: Form
  private var members: [String: JSONValue] = [:]

  static func members(_ rule: Rule, _ form: Form) throws(RuleWritingError) -> [String: JSONValue] {
    var fields = RuleFields(form: form)
    fields.putIdentity(rule)
    fields.putRisk(rule)
    fields.putSources(rule)
    fields.putGuidance(rule)
    fields.putNoise(rule)
    fields.putType(rule)
    for (key, value) in rule.kibanaFields where fields.members[key] == nil { fields.members[key] = value }
    var object = JSONValue.object(fields.members)
    for unknown in rule.unknownFields {
      object = try Self.inserting(unknown.value, at: unknown.path.steps[...], into: object, unknown.path)
    }
    var members = object.objectValue ?? [:]
    for form in rule.writtenForms { form.put(into: &members) }
    return members
  }

  private init(form: Form) { self.form = form }

  mutating func put(_ key: String, _ value: JSONValue?) {
    if let value { members[key] = value }
  }

  mutating func put(_ key: String, _ text: String?) { put(key, text.map(JSONValue.string)) }

  /// Puts a list; an empty one only into exports.
  mutating func put(_ key: String, _ elements: [JSONValue]) {
    if form == .export || !elements.isEmpty { put(key, .array(elements)) }
  }

  mutating func put(_ key: String, _ texts: [String]) { put(key, texts.map(JSONValue.string)) }

  /// Puts a value that equals its default only into exports.
  mutating func put(_ key: String, _ value: JSONValue, default usual: JSONValue) {
    if form == .export || value != usual { put(key, value) }
  }

  static func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }

  private mutating func putIdentity(_ rule: Rule) {
    put("rule_id", rule.ruleID)
    put("name", rule.name)
    put("description", rule.description)
    put("version", Self.number(rule.version))
    put("author", rule.authors)
    put("license", rule.license)
    put("tags", rule.tags)
    put("references", rule.references)
    put("false_positives", rule.falsePositives)
    put("enabled", .bool(rule.isEnabled), default: true)
    put("building_block_type", rule.buildingBlockType)
  }

  private mutating func putRisk(_ rule: Rule) {
    put("severity", rule.severity.rawValue)
    put("risk_score", Self.number(rule.riskScore))
    put(
      "severity_mapping",
      rule.severityMapping.map {
        [
          "field": .string($0.field), "operator": .string($0.comparison), "value": .string($0.value),
          "severity": .string($0.severity.rawValue),
        ]
      })
    put(
      "risk_score_mapping",
      rule.riskScoreMapping.map { mapping in
        var object: [String: JSONValue] = [
          "field": .string(mapping.field), "operator": .string(mapping.comparison), "value": .string(mapping.value),
        ]
        object["risk_score"] = mapping.riskScore.map(Self.number)
        return .object(object)
      })
    put("rule_name_override", rule.ruleNameOverride)
    put("timestamp_override", rule.timestampOverride)
    if rule.timestampOverrideFallbackDisabled { put("timestamp_override_fallback_disabled", .bool(true)) }
  }

  private mutating func putSources(_ rule: Rule) {
    put("interval", rule.schedule.interval.text)
    put("from", rule.schedule.from.text)
    put("to", .string(rule.schedule.to.text), default: "now")
    put("max_signals", Self.number(rule.schedule.maxSignals))
    put("type", rule.type.rawValue)
    put("language", rule.language?.rawValue)
    put("query", rule.query)
    put("index", rule.index.map { .array($0.map(JSONValue.string)) })
    put("data_view_id", rule.dataViewID)
    if !rule.filters.isEmpty { put("filters", rule.filters) }
    put("saved_id", rule.savedID)
  }

  private mutating func putGuidance(_ rule: Rule) {
    put("note", rule.note)
    put("setup", rule.setup)
    if !rule.investigationFields.isEmpty {
      put("investigation_fields", ["field_names": .array(rule.investigationFields.map(JSONValue.string))])
    }
    put("timeline_id", rule.timelineID)
    put("timeline_title", rule.timelineTitle)
    put(
      "related_integrations",
      rule.relatedIntegrations.map {
        var object: [String: JSONValue] = ["package": .string($0.package), "version": .string($0.version)]
        object["integration"] = $0.integration.map(JSONValue.string)
        return .object(object)
      })
    put(
      "required_fields",
      rule.requiredFields.map {
        var object: [String: JSONValue] = ["name": .string($0.name), "type": .string($0.type)]
        object["ecs"] = $0.isECS.map(JSONValue.bool)
        return .object(object)
      })
    put("threat", rule.threats.map(threat))
  }

  private func threat(_ threat: Threat) -> JSONValue {
    func part(_ id: String, _ name: String, _ reference: String) -> [String: JSONValue] {
      var part: [String: JSONValue] = ["id": .string(id), "name": .string(name)]
      if form == .export || !reference.isEmpty { part["reference"] = .string(reference) }
      return part
    }
    var object: [String: JSONValue] = [
      "framework": .string(threat.framework),
      "tactic": .object(part(threat.tactic.id, threat.tactic.name, threat.tactic.reference)),
    ]
    let techniques = threat.techniques.map { technique in
      var object = part(technique.id, technique.name, technique.reference)
      let special = technique.subtechniques.map { JSONValue.object(part($0.id, $0.name, $0.reference)) }
      if form == .export || !special.isEmpty { object["subtechnique"] = .array(special) }
      return JSONValue.object(object)
    }
    if form == .export || !techniques.isEmpty { object["technique"] = .array(techniques) }
    return .object(object)
  }

  private mutating func putNoise(_ rule: Rule) {
    put(
      "exceptions_list",
      rule.exceptionLists.map {
        [
          "id": .string($0.id), "list_id": .string($0.listID), "type": .string($0.type),
          "namespace_type": .string($0.namespaceType),
        ]
      })
    if let suppression = rule.alertSuppression {
      var object: [String: JSONValue] = [:]
      // A threshold rule has no fields of its own to group by, and so none that could be missing: a duration is all there is.
      if rule.type != .threshold || suppression.missingFieldsStrategy != .suppress || suppression.duration == nil {
        object["missing_fields_strategy"] = .string(suppression.missingFieldsStrategy.rawValue)
      }
      if !suppression.groupBy.isEmpty { object["group_by"] = .array(suppression.groupBy.map(JSONValue.string)) }
      object["duration"] = suppression.duration.map {
        ["value": Self.number($0.value), "unit": .string($0.unit.rawValue)]
      }
      put("alert_suppression", .object(object))
    }
  }

  /// Puts a value back where an unknown field stood; the objects around it are made where they are missing.
  private static func inserting(
    _ value: JSONValue, at steps: ArraySlice<RuleKeyPath.Step>, into target: JSONValue?, _ path: RuleKeyPath
  ) throws(RuleWritingError) -> JSONValue {
    guard let step = steps.first else { return value }
    switch step {
    case .key(let key):
      guard case .object(var members)? = target ?? .object([:]) else {
        throw RuleWritingError("the unknown field `\(path)` has no place in the rule as it is now")
      }
      members[key] = try inserting(value, at: steps.dropFirst(), into: members[key], path)
      return .object(members)
    case .index(let index):
      guard case .array(var elements)? = target ?? .array([]), index <= elements.count else {
        throw RuleWritingError("the unknown field `\(path)` has no place in the rule as it is now")
      }
      if index == elements.count { elements.append(.object([:])) }
      elements[index] = try inserting(value, at: steps.dropFirst(), into: elements[index], path)
      return .array(elements)
    }
  }
}
