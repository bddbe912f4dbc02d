import CloudTrail
import Events
import Query

/// Looks which fields events have, and of what kinds the values of some are. One worker's own.
public final class ESQLFieldSurvey: ColumnConsumer {
  public struct Result: Sendable {
    public var seen: Set<String> = []
    /// Of fields that nothing is known of, by the data stream.
    public var kinds: [String: [String: FieldKinds]] = [:]

    public init() {}

    /// The types that the values give fields: of one that differs from data stream to data stream, the types of all.
    public var types: (dynamic: [String: FieldType], ambiguous: [String: FieldUnion]) {
      var ambiguous: [String: FieldUnion] = [:]
      let dynamic = kinds.mapValues { streams in
        streams.values.reduce(into: FieldKinds()) { $0.formUnion($1) }.type ?? .keyword
      }
      for (path, streams) in kinds where streams.count > 1 {
        let parts = streams.map { stream, kinds in
          let type = kinds.type ?? .wildcard
          return FieldUnion.Part(type: type, name: type.queryName ?? "keyword", indices: [stream])
        }
        ambiguous[path] = FieldUnion(parts)
      }
      return (dynamic, ambiguous)
    }

    public mutating func merge(_ other: Result) {
      seen.formUnion(other.seen)
      kinds.merge(other.kinds) { $0.merging($1) { $0.union($1) } }
    }
  }

  private let index: IndexPattern
  private let catalog: FieldCatalog
  private let mapper: EventMapper
  private let stored: FieldPlan?
  private var result = Result()
  private var streams: Set<String> = []
  private var knownPaths: [String: Bool] = [:]

  /// Data streams that are told from each other, since events in ECS name theirs themselves; the others count as one.
  private static let mostStreams = 1000
  private static let otherStreams = FieldUnion.otherIndices

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
    var last: (path: String, stream: UInt32, kind: FieldKinds)?
    for (path, place) in events.columnByPath {
      let column = events.columns[place]
      guard !column.isEmpty else { continue }
      let wasSeen = result.seen.contains(path)
      let needsKinds = !isKnown(path)
      guard !wasSeen || needsKinds else { continue }
      var isSeen = wasSeen
      column.forEachEntry { row, code in
        guard needsKinds || !isSeen, isSearched[Int(events.dataStream.code(row: row))], rows?.contains(row) ?? true
        else { return }
        isSeen = true
        guard needsKinds else { return }
        let stream = events.dataStream.code(row: row)
        let kind = column.dictionary.withValue(code) { FieldKinds($0) }
        // Rows of one data stream stand together.
        if last?.path == path, last?.stream == stream, last?.kind == kind { return }
        last = (path, stream, kind)
        let name = known(events.dataStream.dictionary.text(stream))
        result.kinds[path, default: [:]][name, default: []].insert(kind)
      }
      if isSeen, !wasSeen { result.seen.insert(path) }
    }
  }

  /// Whether the catalog says what the values at a path are; looked up once for each path.
  private func isKnown(_ path: String) -> Bool {
    if let known = knownPaths[path] { return known }
    let known = catalog.resolve(path).isKnown
    knownPaths[path] = known
    return known
  }

  private func known(_ stream: String) -> String {
    if streams.contains(stream) { return stream }
    guard streams.count < Self.mostStreams else { return Self.otherStreams }
    streams.insert(stream)
    return stream
  }

  public func endUnit(_ sequence: Int) async throws {}
  public func finish() -> Result { result }
}
