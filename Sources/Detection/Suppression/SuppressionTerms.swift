import Events
import JSON

/// The values by which alike alerts of a rule are folded into one, a value for each field that it groups by.
struct SuppressionTerms: Hashable, Sendable {
  enum Value: Hashable, Sendable {
    case missing
    case one(NewTerm)
    /// All values of an event, sorted.
    case list([NewTerm])
  }

  var fields: [String]
  var values: [Value]

  /// False where a field has no value.
  var isWhole: Bool { !values.contains(.missing) }

  /// Stands for the rule and the values, as `kibana.alert.instance.id`.
  func instance(of ruleID: String) -> String {
    AlertID.hash(["suppression", ruleID] + zip(fields, values).map { "\($0)=\($1.json.text)" })
  }

  /// As `kibana.alert.suppression.terms`.
  var json: JSONValue {
    .array(zip(fields, values).map { ["field": .string($0), "value": $1.json] })
  }
}

extension SuppressionTerms.Value {
  /// All values of a field in an event as one; their order does not count.
  init(all values: [NewTerm]) {
    self =
      values.isEmpty ? .missing : .list(values.sorted { ($0.text, $0.kind.rawValue) < ($1.text, $1.kind.rawValue) })
  }

  /// The values of a column of a result, or of what several events have in common: a single one stands by itself.
  init(column values: [NewTerm]) {
    self = values.count == 1 ? .one(values[0]) : .init(all: values)
  }

  var json: JSONValue {
    switch self {
    case .missing: .null
    case .one(let term): term.json
    case .list(let terms): .array(terms.map(\.json))
    }
  }
}

extension SuppressionTerms {
  /// The groups that an event with these values belongs to where each value makes one of its own: all combinations, each once.
  /// Those that lack a value come last, the others in the order in which Elasticsearch gives them.
  static func groups(_ fields: [String], _ values: [[NewTerm]]) -> [SuppressionTerms] {
    var groups: [[Value]] = [[]]
    for field in values {
      var known: Set<NewTerm> = []
      let each = field.filter { known.insert($0).inserted }.map { Value.one($0) }
      groups = groups.flatMap { group in (each.isEmpty ? [.missing] : each).map { group + [$0] } }
      if groups.count > mostGroups { groups.removeSubrange(mostGroups...) }
    }
    return groups.map { SuppressionTerms(fields: fields, values: $0) }
  }

  /// So many combinations of one event count at most.
  private static let mostGroups = 1_000

  static func precedes(_ left: SuppressionTerms, _ right: SuppressionTerms, _ types: [FieldType]) -> Bool {
    for (place, (one, other)) in zip(left.values, right.values).enumerated() where one != other {
      switch (one, other) {
      case (.missing, _): return false
      case (_, .missing): return true
      case (.one(let one), .one(let other)):
        let type = place < types.count ? [types[place]] : []
        return TermOrder.precedes([one], [other], type)
      default: return one.json.text < other.json.text
      }
    }
    return false
  }
}
