import CloudTrail
import Events
import Query

/// Says of every part of a query whether one event meets it, and what the event has there.
struct ConditionExplainer {
  private let catalog: FieldCatalog
  private let now: Timestamp
  private let row: RecordRow
  private let context: EventContext

  init(_ row: RecordRow, context: EventContext, catalog: FieldCatalog, now: Timestamp) {
    self.row = row
    self.context = context
    self.catalog = catalog
    self.now = now
  }

  func explain(_ predicate: Predicate) -> Explanation.Condition {
    var queries = QuerySet(catalog: catalog, now: now)
    let tree = bind(predicate, &queries)
    let mapper = EventMapper(queries.plan, context: context, flattenedRoots: catalog.flattenedRoots)
    let events = mapper.batch(of: RecordBatch(leanFields: [], rows: [row]), rows: [0])
    let evaluator = QueryEvaluator(queries)
    evaluator.begin(events)
    return condition(tree, evaluator, events)
  }

  /// The values of a field as the engine reads them.
  func values(_ path: String) -> [(kind: ScalarKind, text: String)] {
    var queries = QuerySet(catalog: catalog, now: now)
    let column = queries.addField(path)
    let mapper = EventMapper(queries.plan, context: context, flattenedRoots: catalog.flattenedRoots)
    let events = mapper.batch(of: RecordBatch(leanFields: [], rows: [row]), rows: [0])
    return Self.values(events.columns[column])
  }

  /// A part of the query and its place among the bound ones.
  private final class Node {
    let predicate: Predicate
    let query: BoundQuery
    let field: (path: String, column: Int)?
    let parts: [Node]

    init(_ predicate: Predicate, _ query: BoundQuery, field: (path: String, column: Int)?, parts: [Node]) {
      self.predicate = predicate
      self.query = query
      self.field = field
      self.parts = parts
    }
  }

  private func bind(_ predicate: Predicate, _ queries: inout QuerySet) -> Node {
    var parts: [Node] = []
    var field: (String, Int)?
    switch predicate {
    // One of several values of one field is one condition, as a person sees it.
    case .or(let inner) where inner.count > 1 && predicate.namedField != nil:
      field = predicate.namedField.map { ($0, queries.addField($0)) }
    case .and(let inner), .or(let inner): for part in inner { parts.append(bind(part, &queries)) }
    case .not(let inner): parts = [bind(inner, &queries)]
    case .test(.named(let path), _), .exists(.named(let path)): field = (path, queries.addField(path))
    default: break
    }
    return Node(predicate, queries.add(predicate), field: field, parts: parts)
  }

  private func condition(_ node: Node, _ evaluator: QueryEvaluator, _ events: EventBatch) -> Explanation.Condition {
    let kind: Explanation.Condition.Kind =
      switch node.predicate {
      case .and: .all
      case .or where node.parts.isEmpty && node.field != nil: .condition
      case .or: .any
      case .not: .not
      default: .condition
      }
    var condition = Explanation.Condition(
      kind: kind, text: kind == .condition ? text(node.predicate) : "",
      holds: evaluator.rows(node.query).contains(0))
    if kind == .condition {
      condition.words = node.predicate.words(catalog: catalog)
      condition.negation = node.predicate.words(negated: true, catalog: catalog)
    }
    if let field = node.field {
      condition.field = field.path
      condition.sought = node.predicate.longestLiteral
      condition.values = Self.values(events.columns[field.column]).map(\.text)
    }
    condition.parts = node.parts.map { self.condition($0, evaluator, events) }
    return condition
  }

  private func text(_ predicate: Predicate) -> String {
    KQL.text(predicate, catalog: catalog) ?? predicate.words(catalog: catalog)
  }

  private static func values(_ column: Column) -> [(kind: ScalarKind, text: String)] {
    column.distinctCodes(row: 0).map { code in
      column.dictionary.withValue(code) { ($0.kind, $0.text) }
    }
  }
}

extension Predicate {
  /// The path of the one field that this asks for one of several values.
  fileprivate var namedField: String? {
    if case .named(let path)? = commonField { path } else { nil }
  }
}
