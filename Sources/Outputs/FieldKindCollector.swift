import CloudTrail
import Events
import Query

/// Looks of what kinds the values of some fields are. One worker's own.
public final class FieldKindCollector: RecordConsumer {
  private let paths: [String]
  private let mapper: EventMapper
  private var kinds: [String: FieldKinds] = [:]

  public init(_ paths: [String], context: EventContext, catalog: FieldCatalog) {
    self.paths = paths
    mapper = EventMapper(FieldPlan(paths: paths), context: context, flattenedRoots: catalog.flattenedRoots)
  }

  public func consume(_ batch: RecordBatch) {
    mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, _ in
      for path in paths {
        guard let values = events.column(path)?.dictionary, values.count > 0 else { continue }
        for code in 1...UInt32(values.count) {
          kinds[path, default: []].insert(values.withValue(code) { FieldKinds($0) })
        }
      }
    }
  }

  public func finish() -> [String: FieldKinds] { kinds }
}
