import Events

/// A query of Sigma as a rule holds it: the log source, the detection and the placeholders' values, or a correlation with the
/// rules that it refers to, in YAML.
///
/// ```yaml
/// logsource:
///   product: aws
///   service: cloudtrail
/// detection:
///   selection:
///     eventName: StopLogging
///   condition: selection
/// ```
public struct SigmaQuery: Sendable {
  /// What one rule asks of events.
  public struct Part: Sendable {
    public var fields: SigmaFields
    public var isOfTrail: Bool
    public var detection: SigmaDetection
    /// What else is asked of events of the log source.
    public var source: SigmaDetection?
    public var filters: [SigmaDetection]
    /// Names of the rule that stand for several fields of events, or for other values.
    public var targets: [String: SigmaTargets]

    /// What is asked of events of the log source, all in one.
    public var whole: SigmaExpression {
      .every(([source].compactMap(\.self) + filters + [detection]).map(\.expression))
    }

    /// What must be true of an event.
    public func predicate(_ catalog: FieldCatalog) -> Predicate {
      let own = fields.predicate(whole, catalog)
      let source: [Predicate] = isOfTrail ? [.test(.named("event.dataset"), .term("aws.cloudtrail"))] : []
      return Predicate.and(source + [own]).simplified()
    }
  }

  public enum Form: Sendable {
    case detection(Part)
    case correlation(SigmaPlan)
  }

  public let form: Form
  private let catalog: FieldCatalog

  /// Reads a query; throws what is wrong with it and where.
  public init(_ text: String, _ catalog: FieldCatalog = .standard) throws(QuerySyntaxError) {
    do throws(SigmaFault) {
      try self.init(try SigmaYAML.read(Array(text.utf8)[...]), catalog)
    } catch {
      throw error.shown(in: text)
    }
  }

  /// The same of a value that was read.
  public init(_ node: SigmaNode, _ catalog: FieldCatalog = .standard) throws(SigmaFault) {
    self.catalog = catalog
    if node["correlation"] != nil {
      form = .correlation(try SigmaPlan(node, catalog))
    } else {
      form = .detection(try Self.part(node))
    }
  }

  static func part(_ node: SigmaNode) throws(SigmaFault) -> Part {
    guard let detection = node["detection"] else { throw SigmaFault("there is no `detection`", node.place) }
    let source = node["logsource"]
    let (product, service) = (source?["product"]?.scalarText, source?["service"]?.scalarText)
    var placeholders: [String: [String]] = [:]
    for member in node["placeholders"]?.map ?? [] { placeholders[member.key] = member.value.texts }
    let fields = SigmaFields(product: product, service: service)
    var targets: [String: SigmaTargets] = [:]
    for member in node["fields"]?.map ?? [] { targets[member.key] = try SigmaTargets(member.value) }
    var ofSource: SigmaDetection?
    if let source = node["source"] { ofSource = try SigmaDetection(source: source, placeholders: placeholders) }
    var filters: [SigmaDetection] = []
    for filter in node["filters"]?.list ?? [] {
      filters.append(try SigmaDetection(filter, placeholders: placeholders, targets: targets))
    }
    return Part(
      fields: fields, isOfTrail: fields == .cloudTrail && service?.lowercased() == "cloudtrail",
      detection: try SigmaDetection(detection, placeholders: placeholders, targets: targets), source: ofSource,
      filters: filters, targets: targets)
  }

  /// What must be true of an event for it to take part.
  public var predicate: Predicate {
    switch form {
    case .detection(let part): part.predicate(catalog)
    case .correlation(let plan): plan.plan.anyItem
    }
  }

  /// The plan of a correlation; nil for a detection.
  public var correlation: SigmaPlan? { if case .correlation(let plan) = form { plan } else { nil } }
}

extension SigmaFault {
  /// The fault in a text that was read from its first line on.
  func shown(in text: String) -> QuerySyntaxError {
    let scalars = Array(text.unicodeScalars)
    var (line, at) = (1, 0)
    while line < place.line, at < scalars.count {
      if scalars[at] == "\n" { line += 1 }
      at += 1
    }
    return QuerySyntaxError(message, at: at + place.column - 1, in: scalars)
  }
}

/// A correlation made ready: what each of its rules asks of events, and how correlations are made of each other.
public struct SigmaPlan: Sendable {
  public enum Source: Sendable {
    /// Events of an item of the plan.
    case item(Int)
    /// What another correlation finds, by its place; its groups' values under the names of `keys`.
    case node(Int, keys: [String])
  }

  public struct Node: Sendable {
    public var correlation: SigmaCorrelation
    /// Where the events of each rule come from, in the order of the rules.
    public var sources: [Source]
  }

  /// An item for each rule of each correlation, whose keys are the fields to group by and behind them those to look at.
  public let plan: EQLPlan
  /// Correlations, each behind those that it is made of; the last is the whole.
  public let nodes: [Node]
  /// The names of the detections of the items.
  public let names: [String]

  /// Correlations within each other.
  private static let mostDepth = 8
  private static let mostItems = 2000

  public var outermost: SigmaCorrelation { nodes[nodes.count - 1].correlation }

  /// How far before an execution events may lie that make a finding, in milliseconds.
  public var reach: Int64 { nodes.reduce(0) { $0 + $1.correlation.timespan } }

  init(_ node: SigmaNode, _ catalog: FieldCatalog) throws(SigmaFault) {
    let rules = Dictionary((node["rules"]?.map ?? []).map { ($0.key, $0.value) }) { first, _ in first }
    var (items, names, nodes): ([EQLPlan.Item], [String], [Node]) = ([], [], [])
    func add(_ node: SigmaNode, _ depth: Int) throws(SigmaFault) -> Int {
      guard depth < Self.mostDepth else {
        throw SigmaFault("correlations stand within each other deeper than \(Self.mostDepth) levels", node.place)
      }
      let correlation = try SigmaCorrelation(node)
      if depth > 0, correlation.isJudgedByExecution {
        throw SigmaFault(
          "a correlation within another must ask for `gt` or `gte`: other numbers may cease to fit", node.place)
      }
      var sources: [Source] = []
      for name in correlation.rules {
        guard let rule = rules[name] else {
          throw SigmaFault("there is no rule “\(name.prefix(60))” to refer to", node.place)
        }
        if let inner = rule["correlation"] {
          let place = try add(inner, depth + 1)
          let known = nodes[place].correlation.groupBy
          var keys: [String] = []
          for group in correlation.groupBy {
            let wanted = correlation.field(group, of: name) ?? group
            guard known.contains(wanted) else {
              throw SigmaFault(
                "the correlation “\(name.prefix(60))” does not group by `\(wanted.prefix(60))`, by which the one around it does",
                node.place)
            }
            keys.append(wanted)
          }
          guard !correlation.kind.readsField else {
            throw SigmaFault("a correlation has no values that \(correlation.kind.rawValue) could look at", node.place)
          }
          sources.append(.node(place, keys: keys))
          continue
        }
        let part = try SigmaQuery.part(rule)
        var keys: [EQLQuery.Key] = []
        for (group, isOptional) in correlation.groupBy.map({ ($0, false) }) + correlation.fields.map({ ($0, true) }) {
          guard let field = correlation.field(group, of: name) else {
            throw SigmaFault(
              "the alias `\(group.prefix(60))` names no field for the rule “\(name.prefix(60))”", node.place)
          }
          keys.append(EQLQuery.Key(field: part.fields.valueField(field, catalog), isOptional: isOptional, range: 0..<0))
        }
        sources.append(.item(items.count))
        items.append(
          EQLPlan.Item(
            predicate: part.predicate(catalog), keys: keys, isMissing: false,
            step: EQLQuery.Step(number: items.count + 1)))
        names.append(name)
        guard items.count <= Self.mostItems else { throw SigmaFault("the correlation has too many rules", node.place) }
      }
      nodes.append(Node(correlation: correlation, sources: sources))
      return nodes.count - 1
    }
    guard let outer = node["correlation"] else { throw SigmaFault("there is no `correlation`", node.place) }
    _ = try add(outer, 0)
    plan = EQLPlan(form: .sample, items: items, pipes: [])
    self.names = names
    self.nodes = nodes
  }

  /// The fields that events are grouped by, as the correlation names them.
  public var groupFields: [String] { outermost.groupBy }
}
