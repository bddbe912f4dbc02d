/// Conditions in words: `sts:ExternalId is "abc"`.
enum ConditionText {
  private static let verbs: [String: String] = [
    "stringequals": "is", "stringnotequals": "is not", "stringequalsignorecase": "is, in any case,",
    "stringnotequalsignorecase": "is not, in any case,", "stringlike": "is like", "stringnotlike": "is not like",
    "numericequals": "is", "numericnotequals": "is not", "numericlessthan": "is less than",
    "numericlessthanequals": "is at most", "numericgreaterthan": "is more than",
    "numericgreaterthanequals": "is at least",
    "dateequals": "is", "datenotequals": "is not", "datelessthan": "is before", "datelessthanequals": "is at or before",
    "dategreaterthan": "is after", "dategreaterthanequals": "is at or after", "bool": "is", "binaryequals": "is",
    "ipaddress": "is in", "notipaddress": "is not in", "arnequals": "is like", "arnlike": "is like",
    "arnnotequals": "is not like", "arnnotlike": "is not like",
  ]

  /// All of a grant's conditions.
  static func text(_ conditions: [PolicyCondition]) -> String { ListText.joined(conditions.map(text)) }

  static func text(_ condition: PolicyCondition) -> String {
    var name = Substring(condition.comparison.folded)
    var key = ListText.cut(condition.key.text)
    if name.hasPrefix("foranyvalue:") {
      name = name.dropFirst("foranyvalue:".count)
      key = "any value of \(key)"
    } else if name.hasPrefix("forallvalues:") {
      name = name.dropFirst("forallvalues:".count)
      key = "every value of \(key), if there is one,"
    }
    let isOptional = name.hasSuffix("ifexists")
    if isOptional {
      name = name.dropLast("ifexists".count)
      key += ", where present,"
    }
    if name == "null", let absent = Self.isAbsent(condition.values) {
      return "\(key) is \(absent ? "absent" : "present")"
    }
    let verb = verbs[String(name)]
    let isPlain = name == "bool" || name.hasPrefix("numeric")
    let values = condition.values.map { isPlain ? ListText.cut($0) : "\"\(ListText.cut($0))\"" }
    let listed = values.isEmpty ? "nothing" : ListText.joined(values, "or")
    return "\(key) \(verb ?? ListText.cut(condition.comparison.text)) \(listed)"
  }

  private static func isAbsent(_ values: [String]) -> Bool? {
    guard values.count == 1 else { return nil }
    switch values[0].lowercased() {
    case "true": return true
    case "false": return false
    default: return nil
    }
  }
}
