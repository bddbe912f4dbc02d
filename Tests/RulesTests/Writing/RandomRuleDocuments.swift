import JSON
import Rules
import TestSupport

/// Makes rules at random as documents, with what the model of a rule has no place for: nulls and empties in fields that the
/// format knows, numbers of any size, deep objects.
struct RandomRuleDocuments {
  private var random: SeededRandom
  private var rules: RandomRules

  init(_ seed: UInt64) {
    random = SeededRandom(seed: seed)
    rules = RandomRules(seed)
  }

  /// Fields that may be null, at the top and within others.
  private static let nullable: Set<String> = [
    "description", "version", "author", "license", "tags", "references", "false_positives", "enabled",
    "building_block_type", "severity_mapping", "risk_score_mapping", "rule_name_override", "timestamp_override",
    "timestamp_override_fallback_disabled", "interval", "from", "to", "max_signals", "language", "query", "index",
    "data_view_id", "filters", "saved_id", "note", "setup", "investigation_fields", "timeline_id", "timeline_title",
    "related_integrations", "required_fields", "threat", "exceptions_list", "alert_suppression", "threat_filters",
    "threat_language", "threat_indicator_path", "concurrent_searches", "items_per_search", "timestamp_field",
    "event_category_override", "tiebreaker_field", "throttle", "meta", "operator", "framework", "technique",
    "reference",
    "subtechnique", "namespace_type", "group_by", "duration", "missing_fields_strategy", "cardinality", "integration",
    "ecs", "negate", "field_names",
  ]
  /// Those of them, and others, that may be an empty list.
  private static let lists: Set<String> = [
    "author", "tags", "references", "false_positives", "severity_mapping", "risk_score_mapping", "index", "filters",
    "related_integrations", "required_fields", "threat", "exceptions_list", "threat_filters", "technique",
    "subtechnique", "group_by", "cardinality", "field_names", "entries", "investigation_fields",
  ]
  private static let objects: Set<String> = ["investigation_fields", "alert_suppression", "meta"]
  private static let numbers = [
    "18446744073709551616", "-9223372036854775809", "9223372036854775808", "1180591620717411303425", "1e400", "-0",
    "0.1000000000000000000000001", "1E+2", "9007199254740993.0",
  ]

  private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

  mutating func document(of type: RuleType? = nil) throws -> JSONValue {
    var members = RuleWriter.fields(rules.rule(of: type))
    for key in Self.nullable.union(Self.lists).sorted() where members[key] == nil && chance(12) {
      // Only at the top: what is empty within others comes from there being such.
      guard !["operator", "framework", "reference", "ecs", "negate", "entries", "field_names"].contains(key) else {
        continue
      }
      members[key] = Self.lists.contains(key) && chance(2) ? [] : .null
    }
    if chance(3) { members["timestamp_override_fallback_disabled"] = false }
    members["filters"] = .array([.object(["meta": ["alias": .null, "params": []], "query": try odd(0)])])
    for _ in 0..<2 { members["x" + rules.text()] = try odd(0) }
    if chance(2) { members["meta"] = try odd(0) }
    return changed(.object(members))
  }

  /// A value of any kind, with numbers that are hard to hold.
  private mutating func odd(_ depth: Int) throws -> JSONValue {
    switch Int.random(in: 0..<(depth < 12 ? 9 : 5), using: &random) {
    case 0: return try JSONValue(parsing: Self.numbers.randomElement(using: &random) ?? "0")
    case 1: return depth == 0 ? [] : .null
    case 2: return chance(2) ? [] : [:]
    case 3, 4: return depth == 0 ? rules.value() : .string(rules.text())
    case 5, 6: return .object([rules.text(): try odd(depth + 1), "k": try odd(depth + 1)])
    default: return .array([try odd(depth + 1), .null, try odd(depth + 1)].shuffled(using: &random))
    }
  }

  private mutating func changed(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(var members):
      for (key, value) in members.sorted(by: { $0.key < $1.key }) {
        if Self.nullable.contains(key), chance(10) {
          members[key] = .null
        } else if Self.lists.contains(key), chance(10) {
          members[key] = []
        } else if Self.objects.contains(key), chance(6) {
          members[key] = [:]
        } else {
          members[key] = changed(value)
        }
      }
      return .object(members)
    case .array(let elements): return .array(elements.map { changed($0) })
    default: return value
    }
  }
}
