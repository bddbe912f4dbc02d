import Events
import JSON
import Rules
import TestSupport

/// Makes rules at random, with every field that the model has and with texts that are hard to write.
struct RandomRules {
  private var random: SeededRandom

  init(_ seed: UInt64) { random = SeededRandom(seed: seed) }

  static let pieces = [
    "a", "Zz", "0", " ", "  ", "\t", "\n", "\n\n", "\r", "\r\n", "\"", "\"\"\"", "'", "'''", "\\", "\\n", "\\\n", "#",
    "[", "]]", "=", ",", "{", "}", ".", "é", "e\u{301}", "ß", "日本", "👩‍👩‍👧", "\u{202E}", "\u{FEFF}", "\u{A0}", "\u{2028}",
    "\u{85}",
    "\u{0}", "\u{1B}[31m", "\u{7F}", "\u{10FFFF}", "\u{E000}", "user.name: \"x\" and not y", "a word of some length ",
    "- a line of prose that goes on until it is long enough to be broken somewhere ", "`field`", "<b>", "|",
  ]

  mutating func text() -> String {
    (0..<Int.random(in: 0...12, using: &random)).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
  }

  private mutating func flag() -> Bool { Bool.random(using: &random) }

  private mutating func maybe<Value>(_ make: (inout RandomRules) -> Value) -> Value? { flag() ? make(&self) : nil }

  private mutating func list<Value>(_ make: (inout RandomRules) -> Value) -> [Value] {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in make(&self) }
  }

  private mutating func number() -> Int {
    [0, 1, -1, 47, .max, .min, Int.random(in: -1000...1000, using: &random)].randomElement(using: &random) ?? 0
  }

  /// A value, within others also null, without what JSON cannot write.
  mutating func value(depth: Int = 0) -> JSONValue {
    if depth > 0, Int.random(in: 0..<8, using: &random) == 0 { return .null }
    return switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &random) {
    case 0: .bool(flag())
    case 1: .integer(Int64(number()))
    case 2: .double([0.5, -0.0, 1e300, 5e-300, 3.0, 1e21].randomElement(using: &random) ?? 0)
    case 3, 4: .string(text())
    case 5: .array(list { $0.value(depth: depth + 1) })
    default: .object(object(depth: depth))
    }
  }

  private mutating func object(depth: Int = 0) -> [String: JSONValue] {
    Dictionary(list { ($0.text(), $0.value(depth: depth + 1)) }) { $1 }
  }

  private mutating func date() -> DateMath {
    (try? DateMath(["now-9m", "now", "now-1d/d", "2026-01-01||/d", "now-2w"].randomElement(using: &random) ?? "now"))
      ?? .now
  }

  private mutating func word<Word: CaseIterable>(_: Word.Type) -> Word where Word.AllCases == [Word] {
    let all = Word.allCases
    return all[Int.random(in: 0..<all.count, using: &random)]
  }

  mutating func rule(of type: RuleType? = nil) -> Rule {
    let type = type ?? word(RuleType.self)
    var rule = Rule(
      ruleID: text(), name: text(), type: type, severity: word(Severity.self), riskScore: number())
    rule.description = text()
    rule.version = number()
    rule.authors = list { $0.text() }
    rule.license = maybe { $0.text() }
    rule.tags = list { $0.text() }
    rule.references = list { $0.text() }
    rule.falsePositives = list { $0.text() }
    rule.isEnabled = flag()
    rule.buildingBlockType = maybe { $0.text() }
    rule.severityMapping = list {
      SeverityMapping(
        field: $0.text(), comparison: $0.text(), value: $0.text(), severity: $0.word(Severity.self))
    }
    rule.riskScoreMapping = list {
      RiskScoreMapping(field: $0.text(), comparison: $0.text(), value: $0.text(), riskScore: $0.maybe { $0.number() })
    }
    rule.ruleNameOverride = maybe { $0.text() }
    rule.timestampOverride = maybe { $0.text() }
    rule.timestampOverrideFallbackDisabled = flag()
    rule.schedule = RuleSchedule(
      interval: (try? Interval(["5m", "1h", "30s"].randomElement(using: &random) ?? "5m")) ?? .fiveMinutes,
      from: date(), to: date(), maxSignals: number())
    if let other = type.languages.randomElement(using: &random) { rule.language = other }
    rule.query = maybe { $0.text() }
    rule.index = maybe { $0.list { $0.text() } }
    rule.dataViewID = maybe { $0.text() }
    rule.filters = list { .object($0.object()) }
    rule.savedID = maybe { $0.text() }
    addGuidance(&rule)
    addType(&rule)
    addKept(&rule)
    return rule
  }

  private mutating func addGuidance(_ rule: inout Rule) {
    rule.note = maybe { $0.text() }
    rule.setup = maybe { $0.text() }
    rule.investigationFields = list { $0.text() }
    rule.timelineID = maybe { $0.text() }
    rule.timelineTitle = maybe { $0.text() }
    rule.relatedIntegrations = list {
      RelatedIntegration(package: $0.text(), version: $0.text(), integration: $0.maybe { $0.text() })
    }
    rule.requiredFields = list { RequiredField(name: $0.text(), type: $0.text(), isECS: $0.maybe { $0.flag() }) }
    rule.threats = list {
      Threat(
        framework: $0.text(), tactic: ThreatTactic(id: $0.text(), name: $0.text(), reference: $0.text()),
        techniques: $0.list {
          ThreatTechnique(
            id: $0.text(), name: $0.text(), reference: $0.text(),
            subtechniques: $0.list { ThreatSubtechnique(id: $0.text(), name: $0.text(), reference: $0.text()) })
        })
    }
    rule.exceptionLists = list {
      ExceptionListReference(id: $0.text(), listID: $0.text(), type: $0.text(), namespaceType: $0.text())
    }
    rule.alertSuppression = maybe {
      AlertSuppression(
        groupBy: $0.list { $0.text() },
        duration: $0.maybe { SuppressionDuration(value: $0.number(), unit: $0.word(SuppressionDuration.Unit.self)) },
        missingFieldsStrategy: $0.word(MissingFieldsStrategy.self))
    }
  }

  private mutating func addType(_ rule: inout Rule) {
    switch rule.type {
    case .newTerms: rule.newTerms = NewTermsParameters(fields: list { $0.text() }, historyWindowStart: date())
    case .threshold:
      rule.threshold = ThresholdParameters(
        fields: list { "f" + $0.text() }, value: number(),
        cardinality: list { ThresholdCardinality(field: $0.text(), value: $0.number()) })
    case .threatMatch:
      rule.threatMatch = ThreatMatchParameters(
        index: list { $0.text() }, query: text(), language: word(QueryLanguage.self),
        filters: list { .object($0.object()) },
        mapping: list {
          ThreatMapping(
            entries: $0.list {
              ThreatMappingEntry(field: $0.text(), value: $0.text(), type: $0.text(), negate: $0.flag())
            })
        },
        indicatorPath: maybe { $0.text() }, concurrentSearches: maybe { $0.number() },
        itemsPerSearch: maybe { $0.number() })
    case .eql:
      rule.eql = EQLParameters(
        timestampField: maybe { $0.text() }, eventCategoryOverride: maybe { $0.text() },
        tiebreakerField: maybe { $0.text() })
    case .machineLearning:
      rule.machineLearning = MachineLearningParameters(anomalyThreshold: number(), jobIDs: list { $0.text() })
    case .query, .savedQuery, .esql, .correlation: break
    }
  }

  /// What is kept without being used; unknown fields stand at the top and, where there are such, inside known objects.
  private mutating func addKept(_ rule: inout Rule) {
    rule.metadata = RuleMetadata(entries: object())
    for key in ["id", "created_at", "meta", "actions", "rule_source"] where flag() {
      rule.kibanaFields[key] = key == "meta" ? .object(object().merging(["from": "1m"]) { $1 }) : value()
    }
    if flag() { rule.kibanaFields["throttle"] = .null }
    rule.otherTables = object()
    for key in ["rule", "metadata", "type"] { rule.otherTables[key] = nil }
    var unknown: [RuleKeyPath: JSONValue] = [:]
    for _ in 0..<2 { unknown[RuleKeyPath(steps: [.key("x" + text())])] = value() }
    if !rule.threats.isEmpty { unknown["threat[0].own"] = value() }
    if rule.threats.first?.techniques.isEmpty == false { unknown["threat[0].technique[0].own"] = value() }
    if rule.newTerms != nil { unknown["new_terms.own"] = value() }
    if rule.alertSuppression?.duration != nil { unknown["alert_suppression.duration.own"] = value() }
    rule.unknownFields = unknown.map { UnknownField(path: $0, value: $1) }
      .sorted { $0.path.description < $1.path.description }
  }
}
