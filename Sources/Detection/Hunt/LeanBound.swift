import CloudTrail
import Events
import Query

/// Weakens a query to what can be told of a CloudTrail record before it is mapped: true wherever the query might be.
struct LeanBound {
  let catalog: FieldCatalog
  let now: Timestamp

  /// Fields that have the same value in every CloudTrail event.
  private let constants: [String: String]

  init(catalog: FieldCatalog, context: EventContext, now: Timestamp) {
    self.catalog = catalog
    self.now = now
    constants = [
      "event.dataset": EventContext.dataset, "event.module": "aws", "event.kind": "event", "cloud.provider": "aws",
      "data_stream.dataset": EventContext.dataset, "data_stream.type": "logs",
      "data_stream.namespace": context.namespace,
    ]
  }

  /// A query that reads lean fields only and holds wherever the given one does.
  func upper(_ predicate: Predicate) -> Predicate { bound(predicate, upper: true).simplified() }

  /// `upper`: the result holds wherever the predicate does; else the predicate holds wherever the result does.
  private func bound(_ predicate: Predicate, upper: Bool) -> Predicate {
    switch predicate {
    case .all, .nothing: return predicate
    case .and(let parts): return .and(parts.map { bound($0, upper: upper) })
    case .or(let parts): return .or(parts.map { bound($0, upper: upper) })
    case .not(let part): return .not(bound(part, upper: !upper))
    case .exists(.named(let path)), .test(.named(let path), _):
      let source = catalog.resolve(path).sourcePath
      if LeanField.named(source) != nil { return predicate }
      if let constant = constants[source] { return holds(predicate, path: path, value: constant) ? .all : .nothing }
      return upper ? .all : .nothing
    case .exists, .test, .nested: return upper ? .all : .nothing
    }
  }

  private func holds(_ predicate: Predicate, path: String, value: String) -> Bool {
    guard case .test(_, let test) = predicate else { return true }
    return test.holds(for: value, type: catalog.resolve(path).type, now: now)
  }
}
