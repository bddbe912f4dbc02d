import Events

/// Queries bound to field types, their equal conditions shared, so that each is evaluated once per batch.
///
/// Built once, then read by every worker; `QueryEvaluator` holds what changes from batch to batch.
public struct QuerySet: Sendable {
  /// The fields that a batch must have in columns to answer these queries.
  public internal(set) var plan = FieldPlan()
  /// The time that `now` stands for in the queries; nil leaves open what is relative to it.
  public let now: Timestamp?
  /// The nodes and leaves whose answer depends on a time that is left open.
  private(set) var openNodes: Set<Int> = []
  private(set) var openLeaves: Set<Int> = []
  let catalog: FieldCatalog
  var nodes = QueryNodes()
  private(set) var conditions: [BoundCondition] = []
  var leaves: [Leaf] = []
  var leafOfKey: [LeafKey: Int] = [:]
  /// How many different conditions name each column: the more, the more selective each is taken to be.
  private var conditionsOfColumn: [Int: Int] = [:]
  /// The conditions on each column that ask for one keyword.
  private(set) var equalConditions: [Int: EqualConditions] = [:]
  /// The conditions that look at several fields.
  private(set) var leavesOfSeveralFields: [Int] = []
  private(set) var fieldWays = FieldWays()
  /// Set for the queries on objects under a nested field: their fields are in reach, and only theirs.
  let nestedPath: String?

  struct Leaf: Sendable {
    var selector: LeafSelector
    var condition: Condition
  }

  enum LeafSelector: Sendable {
    /// A column of the plan.
    case column(Int, matcher: ValueMatcher)
    /// The data stream of events, and the column of the names of their indices where some may be called otherwise.
    case index(IndexNameTest, column: Int?)
    /// Every column at or below a path, as `exists` on an object looks at them.
    case object(prefix: String)
    case matching(NamePattern)
    case any
    case nested(path: String, queries: NestedQueries)
    /// A condition by its place among `conditions`.
    case condition(Int)

    var isOfSeveralFields: Bool {
      switch self {
      case .object, .matching, .any: true
      case .column, .index, .nested, .condition: false
      }
    }
  }

  enum Condition: Sendable {
    case exists
    case test(ValueTest)
    case inner
  }

  /// The queries on one nested path, boxed because they hold a query set themselves.
  final class NestedQueries: Sendable {
    let set: QuerySet
    let query: BoundQuery

    init(_ set: QuerySet, _ query: BoundQuery) {
      self.set = set
      self.query = query
    }
  }

  struct LeafKey: Hashable {
    var selector: FieldSelector?
    var test: ValueTest?
    var nested: Predicate?
    var condition: RowCondition?
    /// What stands in the test, in bytes, where it is more than ASCII: strings are equal that have a letter's accent in it or behind it,
    /// and fields that have the one do not have the other.
    var spelling: [UInt8] = []

    init(
      selector: FieldSelector? = nil, test: ValueTest? = nil, nested: Predicate? = nil, condition: RowCondition? = nil
    ) {
      (self.selector, self.test, self.nested, self.condition) = (selector, test, nested, condition)
      spelling = test?.spelling ?? []
    }
  }

  /// - Parameter now: the time that relative ones count from; nil for queries of which `QueryEvaluator.condition` is asked
  ///   what they come to at different times.
  public init(catalog: FieldCatalog = .standard, now: Timestamp?) {
    self.init(catalog: catalog, now: now, nestedPath: nil)
  }

  private init(catalog: FieldCatalog, now: Timestamp?, nestedPath: String?) {
    self.catalog = catalog
    self.now = now
    self.nestedPath = nestedPath
    plan.nullValues = catalog.nullValues
    plan.keepsRepeats = { catalog.keepsRepeats(at: $0) }
  }

  /// Adds a query; its conditions that other queries have too are shared with them.
  public mutating func add(_ predicate: Predicate) -> BoundQuery {
    BoundQuery(node: bind(predicate))
  }

  /// Asks for a field's values themselves, for example as a new term; returns the place of its column.
  public mutating func addField(_ path: String) -> Int {
    plan.insert(catalog.resolve(path).sourcePath)
  }

  private mutating func bind(_ predicate: Predicate) -> Int {
    switch predicate {
    case .all: return nodes.insert(.all)
    case .nothing: return nodes.insert(.nothing)
    case .and(let parts):
      let places = bind(all: parts)
      return group(.and, ordered(places))
    case .or(let parts):
      let places = bind(all: parts)
      return group(.or, places)
    case .not(let part):
      let place = bind(part)
      return group(.not, [place])
    case .exists(let selector):
      if let known = documentNode(selector, nil) { return known }
      if let isMet = constant(selector, nil) { return nodes.insert(isMet ? .all : .nothing) }
      let leaf = leaf(selector, nil)
      return node(leaf)
    case .test(let selector, let test):
      if let known = documentNode(selector, test) { return known }
      if let isMet = constant(selector, test) { return nodes.insert(isMet ? .all : .nothing) }
      let leaf = leaf(selector, test)
      return node(leaf)
    case .nested(let path, let inner):
      // A field that is not nested has no objects of its own.
      guard catalog.type(of: path.text) == .nested else { return nodes.insert(.nothing) }
      let leaf = nestedLeaf(path.text, inner)
      return node(leaf)
    case .holds(let condition):
      // One whose types do not fit was refused when it was read.
      guard let leaf = conditionLeaf(condition) else { return nodes.insert(.nothing) }
      return node(leaf)
    }
  }

  /// Whether every event meets a condition by what fields have in all of them; nil where that does not decide it.
  private func constant(_ selector: FieldSelector, _ test: ValueTest?) -> Bool? {
    guard !catalog.constants.isEmpty, nestedPath == nil else { return nil }
    func holds(_ value: String) -> Bool {
      test?.holds(for: value, type: .constant(value), now: now ?? Timestamp(milliseconds: 0)) ?? true
    }
    if let path = selector.path {
      if case .constant(let value) = catalog.resolve(path).type { return holds(value) }
      return nil
    }
    let isMet: Bool
    switch selector.strict {
    case .any: isMet = catalog.constants.values.contains(where: holds)
    case .matching(let pattern):
      let names = WildcardMatcher(pattern)
      isMet = catalog.constants.contains { names.matches($0.key) && holds($0.value) }
    case .named, .lenient: return nil
    }
    return isMet ? true : nil
  }

  private mutating func group(_ kind: QueryNode.Kind, _ parts: [Int]) -> Int {
    let place = nodes.insert(kind, parts: parts)
    if parts.contains(where: openNodes.contains) { openNodes.insert(place) }
    return place
  }

  mutating func node(_ leaf: Int) -> Int {
    let place = nodes.insert(.leaf, leaf: leaf)
    if openLeaves.contains(leaf) { openNodes.insert(place) }
    return place
  }

  private mutating func bind(all parts: [Predicate]) -> [Int] {
    var places: [Int] = []
    for part in parts { places.append(bind(part)) }
    return places
  }

  /// Cheap and selective conditions first: what leaves no row ends a conjunction.
  private func ordered(_ parts: [Int]) -> [Int] {
    let costs = parts.map { cost($0) }
    return parts.indices.sorted { (costs[$0], $0) < (costs[$1], $1) }.map { parts[$0] }
  }

  private func cost(_ place: Int) -> Int {
    let node = nodes.nodes[place]
    let parts = nodes.parts[Int(node.parts.lowerBound)..<Int(node.parts.upperBound)]
    switch node.kind {
    case .all, .nothing: return 0
    case .leaf:
      switch leaves[Int(node.leaf)].selector {
      case .column(let column, let matcher):
        if case .equal = matcher { return 1000 - min(900, conditionsOfColumn[column] ?? 0) }
        return 2000
      case .index: return 100
      case .object: return 3000
      case .nested, .condition: return 4000
      case .matching, .any: return 10_000
      }
    case .and: return parts.map { cost(Int($0)) }.min() ?? 0
    case .or: return 1 + parts.reduce(0) { min(20_000, $0 + cost(Int($1))) }
    case .not: return 1000 + parts.reduce(0) { $0 + cost(Int($1)) }
    }
  }

  mutating func leaf(_ selector: FieldSelector, _ test: ValueTest?) -> Int {
    let key = LeafKey(selector: selector, test: test)
    if let known = leafOfKey[key] { return known }
    let condition = test.map(Condition.test) ?? .exists
    if now == nil, let test, test.dependsOnNow(selector, catalog) { openLeaves.insert(leaves.count) }
    let bound = bind(selector, test)
    if case .column(let column, .equal(let text)) = bound {
      equalConditions[column, default: EqualConditions()].insert(text, leaf: leaves.count)
    }
    leaves.append(Leaf(selector: bound, condition: condition))
    leafOfKey[key] = leaves.count - 1
    if bound.isOfSeveralFields {
      leavesOfSeveralFields.append(leaves.count - 1)
      // A copy of this set may give the number of this condition to another one.
      fieldWays = FieldWays()
    }
    return leaves.count - 1
  }

  private mutating func bind(_ selector: FieldSelector, _ test: ValueTest?) -> LeafSelector {
    switch selector {
    case .any:
      plan.everything = true
      return .any
    case .matching(let pattern):
      if let path = selector.path, isInReach(path) { return bindNamed(path, test) }
      return bindNames(pattern)
    case .named(let path): return bindNamed(path, test)
    case .lenient(.named(let path)): return bindLenient(path, test)
    // Of several fields those are passed over that cannot be asked.
    case .lenient(let inner): return bind(inner, test)
    }
  }

  /// A field whose type is asked only what it can be asked.
  private mutating func bindLenient(_ path: String, _ test: ValueTest?) -> LeafSelector {
    if let test, QueryJudge(catalog).refusal(of: .test(.named(path), test)) != nil {
      return .column(plan.insert(catalog.resolve(path).sourcePath), matcher: .never)
    }
    return bindNamed(path, test)
  }

  private mutating func bindNames(_ pattern: WildcardPattern) -> LeafSelector {
    let names = NamePattern(pattern, catalog)
    let catalog = catalog
    plan.insert { path in
      let field = Self.point(of: path, in: catalog) ?? path
      return names.matches(field, catalog.type(of: field))
        || catalog.multiFields(of: field).contains { names.matches($0.path, $0.type, of: field) }
    }
    return .matching(names)
  }

  private mutating func bindNamed(_ path: String, _ test: ValueTest?) -> LeafSelector {
    let field = catalog.resolve(path)
    // What was stored when nothing was known of an integration has no column of all leaves.
    let isOfLeaves = field.isOfIntegration && field.flattenedRoot == path
    if isOfLeaves || test == nil && (field.type.holdsFields || !field.isKnown), point(of: path) == nil {
      plan.insert { $0 == field.sourcePath || $0.hasPrefix(field.sourcePath + ".") }
      return .object(prefix: field.sourcePath)
    }
    let column = plan.insert(field.sourcePath)
    conditionsOfColumn[column, default: 0] += 1
    // Objects of a nested field are documents of their own: a plain condition does not see into them.
    guard isInReach(path), point(of: path) == nil else { return .column(column, matcher: .never) }
    let partsBlanks = field.flattenedRoot != nil
    // What is left open is asked of the times themselves.
    let isOpen = openLeaves.contains(leaves.count)
    let matcher =
      test.flatMap { isOpen ? nil : ValueMatcher($0, type: field.type, now: someTime, partsBlanks: partsBlanks) }
      ?? .readable(field.type)
    return .column(column, matcher: matcher)
  }

  /// A time for conditions that do not depend on it.
  var someTime: Timestamp { now ?? Timestamp(milliseconds: 0) }

  /// False for a field in the objects of another nested field than the one that is asked about.
  func isInReach(_ path: String) -> Bool { catalog.resolve(path).nestedPath == nestedPath }

  /// The point that a path is a part of; a point's parts are no fields.
  func point(of path: String) -> String? { Self.point(of: path, in: catalog) }

  private static func point(of path: String, in catalog: FieldCatalog) -> String? {
    guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let parent = String(path[..<dot])
    return catalog.type(of: parent) == .geoPoint ? parent : nil
  }

  private mutating func nestedLeaf(_ path: String, _ inner: Predicate) -> Int {
    let key = LeafKey(selector: .named(path), nested: inner)
    if let known = leafOfKey[key] { return known }
    // All queries on one path share a plan that only grows, so that the columns of earlier ones keep their places.
    var set = QuerySet(catalog: catalog, now: now, nestedPath: path)
    if let known = plan.nested[path] { set.plan = known }
    let query = set.add(inner)
    plan.nested[path] = set.plan
    if set.openNodes.contains(query.node) { openLeaves.insert(leaves.count) }
    leaves.append(Leaf(selector: .nested(path: path, queries: NestedQueries(set, query)), condition: .inner))
    leafOfKey[key] = leaves.count - 1
    return leaves.count - 1
  }

  private mutating func conditionLeaf(_ condition: RowCondition) -> Int? {
    let key = LeafKey(condition: condition)
    if let known = leafOfKey[key] { return known }
    guard let expression = try? condition.typed(catalog, now: now) else { return nil }
    let columns = condition.columns.map { name in
      let field = catalog.resolve(name)
      return (place: plan.insert(field.sourcePath), type: field.type)
    }
    leaves.append(Leaf(selector: .condition(conditions.count), condition: .inner))
    conditions.append(BoundCondition(expression: expression, columns: columns))
    leafOfKey[key] = leaves.count - 1
    return leaves.count - 1
  }

  /// Distinct conditions over all queries.
  public var conditionCount: Int { leaves.count }
}

extension FieldType {
  /// Values stand below the path.
  fileprivate var holdsFields: Bool {
    switch self {
    case .object, .nested, .geoPoint: true
    default: false
    }
  }
}
