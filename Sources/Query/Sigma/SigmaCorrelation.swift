/// A correlation of Sigma: what must come together of the events that some rules match.
public struct SigmaCorrelation: Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case eventCount = "event_count"
    case valueCount = "value_count"
    case temporal
    case temporalOrdered = "temporal_ordered"
    case valueSum = "value_sum"
    case valueAverage = "value_avg"
    case valuePercentile = "value_percentile"
    case valueMedian = "value_median"

    public var isTemporal: Bool { self == .temporal || self == .temporalOrdered }
    public var countsEvents: Bool { self == .eventCount }
    public var readsField: Bool { !isTemporal && self != .eventCount }
  }

  /// What must be so of the number that events come to; all of it.
  public struct Comparison: Hashable, Sendable {
    public var kind: ComparisonOperator
    public var number: Double
  }

  public indirect enum Rules: Hashable, Sendable {
    case rule(String)
    case and([Rules])
    case or([Rules])
    case not(Rules)

    /// Whether it holds where events of some rules are there.
    public func holds(_ seen: Set<String>) -> Bool {
      switch self {
      case .rule(let name): seen.contains(name)
      case .and(let parts): parts.allSatisfy { $0.holds(seen) }
      case .or(let parts): parts.contains { $0.holds(seen) }
      case .not(let part): !part.holds(seen)
      }
    }

    /// The rules that it names, in the order in which they first appear.
    var names: [String] {
      var found: [String] = []
      func visit(_ rules: Rules) {
        switch rules {
        case .rule(let name): if !found.contains(name) { found.append(name) }
        case .and(let parts), .or(let parts): for part in parts { visit(part) }
        case .not(let part): visit(part)
        }
      }
      visit(self)
      return found
    }

    /// The rules that it names under `not` and nowhere else.
    var forbidden: Set<String> {
      var (wanted, unwanted): (Set<String>, Set<String>) = ([], [])
      func visit(_ rules: Rules, isNegated: Bool) {
        switch rules {
        case .rule(let name): if isNegated { unwanted.insert(name) } else { wanted.insert(name) }
        case .and(let parts), .or(let parts): for part in parts { visit(part, isNegated: isNegated) }
        case .not(let part): visit(part, isNegated: !isNegated)
        }
      }
      visit(self, isNegated: false)
      return unwanted.subtracting(wanted)
    }

    var hasNegation: Bool {
      switch self {
      case .rule: false
      case .and(let parts), .or(let parts): parts.contains { $0.hasNegation }
      case .not: true
      }
    }
  }

  public let kind: Kind
  /// Names or ids of rules and other correlations, in order.
  public let rules: [String]
  public let groupBy: [String]
  /// In milliseconds.
  public let timespan: Int64
  public let comparisons: [Comparison]
  /// Which rules must have events, where that is written out.
  public let condition: Rules?
  /// Of a correlation whose rules have an order: the ways in which it holds, any of which will do; nil of another.
  public let ways: [Way]?
  public let fields: [String]
  public let percentile: Double
  /// Of each alias the field of each rule.
  public let aliases: [String: [String: String]]
  /// The rules alert by themselves as well.
  public let generates: Bool

  /// True where what holds of a span may no longer hold of a longer one, so that it is judged once for each execution.
  public var isJudgedByExecution: Bool {
    ways == nil && comparisons.contains { ![.greater, .greaterOrEqual].contains($0.kind) }
  }

  /// True where it may hold of the end of a span and not of all of it.
  public var asksForAbsence: Bool { condition?.hasNegation ?? false }

  /// The places of the rules that must have no events, and make nothing hold by having some.
  public var forbidden: Set<Int> {
    let names = condition?.forbidden ?? []
    return Set(rules.indices.filter { names.contains(rules[$0]) })
  }

  private static let mostRules = 1000

  public init(_ node: SigmaNode) throws(SigmaFault) {
    guard node.map != nil else { throw SigmaFault("`correlation` must be a map, and is \(node.kindName)", node.place) }
    guard let type = node["type"], let kind = type.text.flatMap(Kind.init(rawValue:)) else {
      let place = node["type"]?.place ?? node.place
      let what =
        node["type"]?.scalarText.map { "“\($0.prefix(60))” is no type of correlation" }
        ?? "the correlation has no `type`"
      throw SigmaFault("\(what); there are \(Kind.allCases.map(\.rawValue).joined(separator: ", "))", place)
    }
    self.kind = kind
    let span = node["timespan"]
    guard let span, let milliseconds = span.scalarText.flatMap(Self.milliseconds) else {
      throw SigmaFault(
        span == nil ? "the correlation has no `timespan`" : "the timespan must be a number and a unit, as 15m",
        span?.place ?? node.place)
    }
    timespan = milliseconds
    groupBy = try Self.names(node["group-by"], "group-by")
    var aliases: [String: [String: String]] = [:]
    if let given = node["aliases"] {
      guard let members = given.map else { throw SigmaFault("`aliases` must be a map", given.place) }
      for alias in members {
        guard let fields = alias.value.map else {
          throw SigmaFault("an alias must be a map of rules and fields", alias.place)
        }
        for field in fields {
          guard let name = field.value.scalarText else {
            throw SigmaFault("an alias names one field for a rule", field.place)
          }
          aliases[alias.key, default: [:]][field.key] = name
        }
      }
    }
    self.aliases = aliases
    generates = try Self.generates(node)
    var rules = try Self.names(node["rules"], "rules")
    var comparisons: [Comparison] = []
    var condition: Rules?
    var fields: [String] = []
    var percentile = 50.0
    let given = node["condition"]
    if let text = given?.text, let place = given?.place {
      guard kind.isTemporal else {
        throw SigmaFault("the condition of \(kind.rawValue) must be a map, as `gte: 10`", place)
      }
      condition = try Self.rules(text, place)
      let named = condition?.names ?? []
      if rules.isEmpty { rules = named }
      if let left = rules.first(where: { !named.contains($0) }) {
        throw SigmaFault("the condition does not name the rule “\(left.prefix(60))”", place)
      }
      if let other = named.first(where: { !rules.contains($0) }) {
        throw SigmaFault("the condition names “\(other.prefix(60))”, which is not among `rules`", place)
      }
    } else if let given, given.map != nil {
      for member in given.map ?? [] {
        switch member.key {
        case "field": fields = try Self.names(member.value, "field")
        case "percentile":
          guard let number = Self.number(member.value), (0...100).contains(number) else {
            throw SigmaFault("`percentile` must be a number from 0 to 100", member.value.place)
          }
          percentile = number
        default:
          let kinds: [String: ComparisonOperator] = [
            "gt": .greater, "gte": .greaterOrEqual, "lt": .less, "lte": .lessOrEqual, "eq": .equal, "neq": .notEqual,
          ]
          guard let comparison = kinds[member.key] else {
            throw SigmaFault("the condition knows no `\(member.key.prefix(40))`", member.place)
          }
          guard let number = Self.number(member.value) else {
            throw SigmaFault("`\(member.key)` must be a number", member.value.place)
          }
          comparisons.append(Comparison(kind: comparison, number: number))
        }
      }
      guard !comparisons.isEmpty else {
        throw SigmaFault("the condition compares with no number; add `gte: 10`", given.place)
      }
    } else if let given, !given.isNull {
      throw SigmaFault("`condition` must be a map or a text, and is \(given.kindName)", given.place)
    } else if !kind.isTemporal {
      throw SigmaFault("a correlation of type \(kind.rawValue) needs a `condition`", node.place)
    }
    guard !rules.isEmpty else {
      throw SigmaFault("the correlation names no `rules`", node["rules"]?.place ?? node.place)
    }
    guard rules.count <= Self.mostRules else {
      throw SigmaFault("the correlation names more than \(Self.mostRules) rules", node.place)
    }
    if let twice = Dictionary(grouping: rules, by: { $0 }).first(where: { $0.value.count > 1 })?.key {
      throw SigmaFault("the correlation names the rule “\(twice.prefix(60))” twice", node["rules"]?.place ?? node.place)
    }
    if kind.isTemporal, comparisons.isEmpty, condition == nil {
      comparisons = [Comparison(kind: .greaterOrEqual, number: Double(rules.count))]
    }
    if kind.readsField, fields.isEmpty {
      throw SigmaFault(
        "a correlation of type \(kind.rawValue) needs `field` in its condition", given?.place ?? node.place)
    }
    if kind.readsField, kind != .valueCount, fields.count > 1 {
      throw SigmaFault("\(kind.rawValue) takes one field", given?.place ?? node.place)
    }
    self.rules = rules
    self.comparisons = comparisons
    self.condition = condition
    ways =
      kind == .temporalOrdered ? try Self.ways(rules, condition, comparisons, given?.place ?? node.place) : nil
    self.fields = fields
    self.percentile = percentile
  }

  /// Whether the rules that are named alert by themselves, as a correlation or its document says.
  public static func generates(_ node: SigmaNode) throws(SigmaFault) -> Bool {
    guard let given = node["generate"], !given.isNull else { return false }
    guard case .boolean(let flag) = given.content else {
      throw SigmaFault("`generate` must be true or false, and is \(given.kindName)", given.place)
    }
    return flag
  }

  /// A number, which may stand in quotes.
  private static func number(_ node: SigmaNode) -> Double? {
    switch node.content {
    case .number(let text), .text(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
    default: nil
    }
  }

  /// The keys that a correlation may have.
  public static let keys: Set<String> = ["type", "rules", "group-by", "timespan", "condition", "aliases", "generate"]

  private static func names(_ node: SigmaNode?, _ key: String) throws(SigmaFault) -> [String] {
    guard let node, !node.isNull else { return [] }
    var names: [String] = []
    for element in node.list ?? [node] {
      guard let name = element.scalarText else {
        throw SigmaFault("`\(key)` must be a list of names, and holds \(element.kindName)", element.place)
      }
      names.append(name)
    }
    return names
  }

  private static let longest: Int64 = 366 * 86_400_000

  private static func milliseconds(_ text: String) -> Int64? {
    let units: [Character: Int64] = [
      "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "M": 2_629_746, "y": 31_556_952,
    ]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count > 0,
      count <= longest / 1000 / unit
    else { return nil }
    return count * unit * 1000
  }

  /// A condition over names of rules.
  private static func rules(_ text: String, _ place: SigmaNode.Place) throws(SigmaFault) -> Rules {
    let words = text.split { !($0.isLetter || $0.isNumber || "_-.".contains($0)) }.map(String.init)
    let names = Set(words).subtracting(["and", "or", "not"])
    let read = try SigmaCondition.read(text, place, names: Array(names)) { name throws(SigmaFault) in
      SigmaExpression.absent(field: name)
    }
    func convert(_ expression: SigmaExpression) -> Rules {
      switch expression {
      case .and(let parts): .and(parts.map(convert))
      case .or(let parts): .or(parts.map(convert))
      case .not(let part): .not(convert(part))
      case .absent(let name): .rule(name)
      case .test, .reference: .and([])
      }
    }
    return convert(read.expression)
  }

  /// The field that stands for a name of `group-by` or `field` in the events of a rule.
  func field(_ name: String, of rule: String) -> String? {
    guard let fields = aliases[name] else { return name }
    return fields[rule]
  }
}
