import CloudTrail
import Events
import Query

/// Looks of what kinds the values of some fields are. One worker's own.
public final class FieldKindCollector: RecordConsumer {
  private let paths: [String]
  private let mapper: EventMapper
  private var patterns: [(text: String, matcher: WildcardMatcher)]
  private var kinds: [String: FieldKinds] = [:]

  /// - Parameter patterns: patterns of fields; of one that a field with a value matches it is only told that it does, by no
  ///   kinds.
  public init(
    _ paths: [String], patterns: [WildcardPattern] = [], context: EventContext, catalog: FieldCatalog
  ) {
    self.paths = paths
    self.patterns = patterns.map { ($0.text, WildcardMatcher($0)) }
    var plan = FieldPlan(paths: paths)
    plan.everything = !patterns.isEmpty
    mapper = EventMapper(plan, context: context, flattenedRoots: catalog.flattenedRoots)
  }

  public func consume(_ batch: RecordBatch) {
    mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, _ in
      for path in paths {
        guard let values = events.column(path)?.dictionary, values.count > 0 else { continue }
        for code in 1...UInt32(values.count) {
          kinds[path, default: []].insert(values.withValue(code) { FieldKinds($0) })
        }
      }
      guard !patterns.isEmpty else { return }
      for path in events.columnByPath.keys where (events.column(path)?.dictionary.count ?? 0) > 0 {
        for pattern in patterns where pattern.matcher.matches(path) { kinds[pattern.text, default: []] = [] }
      }
      patterns.removeAll { kinds[$0.text] != nil }
    }
  }

  public func finish() -> [String: FieldKinds] { kinds }
}
