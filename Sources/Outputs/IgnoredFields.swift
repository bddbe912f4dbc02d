import CloudTrail
import Events
import Query

/// Tells of events which of their fields hold a value that is kept and not indexed: what Elasticsearch calls `_ignored`. One
/// worker's own.
final class IgnoredFields {
  private let catalog: FieldCatalog
  private let mapper: EventMapper

  init(_ context: EventContext, _ catalog: FieldCatalog) {
    self.catalog = catalog
    var plan = FieldPlan(paths: [])
    plan.everything = true
    mapper = EventMapper(plan, context: context, flattenedRoots: catalog.flattenedRoots)
  }

  /// The names of the fields by the rows of a batch, each once and in order; rows without such fields are left out.
  func names(in batch: RecordBatch) -> [Int: [String]] {
    var names: [Int: Set<String>] = [:]
    mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, rows in
      for (path, place) in events.columnByPath {
        let field = catalog.resolve(path)
        guard field.isKnown, field.nestedPath == nil, field.flattenedRoot == nil else { continue }
        let types = [(path: path, type: field.type)] + catalog.multiFields(of: path)
        for (name, type) in types where Self.leavesOut(type) {
          let column = events.columns[place]
          column.forEachEntry { row, code in
            if column.dictionary.withValue(code, { Value($0, as: type) == nil }) {
              names[rows[row], default: []].insert(name)
            }
          }
        }
      }
    }
    return names.mapValues { $0.sorted() }
  }

  /// True for a type that does not take every value: keywords with a limit, numbers, times, addresses.
  private static func leavesOut(_ type: FieldType) -> Bool {
    switch type {
    case .keyword, .integer, .double, .narrow, .boolean, .date, .dateNanos, .ip: true
    case .wildcard, .constant, .version, .analyzed, .flattened, .nested, .object, .geoPoint, .binary, .dynamic: false
    }
  }
}
