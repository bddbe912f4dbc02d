import CloudTrail
import Events
import Query

/// Looks which fields events have, and of what kinds the values of some are. One worker's own.
public final class ESQLFieldSurvey: ColumnConsumer {
  public struct Result: Sendable {
    public var seen: Set<String> = []
    public var kinds: [String: FieldKinds] = [:]

    public init() {}

    public mutating func merge(_ other: Result) {
      seen.formUnion(other.seen)
      kinds.merge(other.kinds) { $0.union($1) }
    }
  }

  private let index: IndexPattern
  private let catalog: FieldCatalog
  private let mapper: EventMapper
  private let stored: FieldPlan?
  private var result = Result()

  /// - Parameters:
  ///   - paths: fields that are looked for; all fields where it is nil.
  ///   - index: data streams that are looked at.
  ///   - asksColumns: whether stored columns are as the catalog types them, so that texts can stay packed.
  public init(
    _ paths: [String]?, index: IndexPattern, asksColumns: Bool = false, context: EventContext, catalog: FieldCatalog
  ) {
    self.index = index
    self.catalog = catalog
    var plan = FieldPlan(paths: paths ?? [])
    plan.everything = paths == nil
    stored = asksColumns ? plan : nil
    mapper = EventMapper(plan, context: context, flattenedRoots: catalog.flattenedRoots)
  }

  public func consume(_ batch: RecordBatch) {
    mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, _ in look(events, nil) }
  }

  public func plan(of dataStream: String) -> FieldPlan? { stored }

  public func consume(_ events: EventBatch, rows: [Int], heads: () throws -> [EventHead]) {
    look(events, rows.count == events.rowCount ? nil : Set(rows))
  }

  /// Looks at some rows, or at all.
  private func look(_ events: EventBatch, _ rows: Set<Int>?) {
    let isSearched = index.meant(in: events)
    guard (0..<events.rowCount).contains(where: { isSearched[Int(events.dataStream.code(row: $0))] }) else { return }
    for (path, place) in events.columnByPath {
      let column = events.columns[place]
      guard !column.isEmpty else { continue }
      let isKnown = result.seen.contains(path)
      let needsKinds = catalog.type(of: path) == nil
      guard !isKnown || needsKinds else { continue }
      column.forEachEntry { row, code in
        guard isSearched[Int(events.dataStream.code(row: row))], rows?.contains(row) ?? true else { return }
        result.seen.insert(path)
        if needsKinds { result.kinds[path, default: []].insert(column.dictionary.withValue(code) { FieldKinds($0) }) }
      }
    }
  }

  public func endUnit(_ sequence: Int) async throws {}
  public func finish() -> Result { result }
}
