import Events
import JSON

/// Puts the principals of chosen records into columns, reading nothing of a record but its `userIdentity`: the second
/// question that a hunt asks, of the records that the lean fields leave. One worker's own.
public final class IdentityMapper {
  /// The fields that come from `userIdentity` alone.
  public static let fields: [EventField] = EventField.allCases.filter { $0.group == [.identity, .plain] }

  private let builder: EventBatchBuilder
  private let mapper: CloudTrailMapper
  private let indexer = StructuralIndexer()

  /// `paths` are fields out of `fields`.
  public init(paths: [String], context: EventContext) {
    builder = EventBatchBuilder(FieldPlan(paths: paths))
    mapper = CloudTrailMapper(context)
  }

  /// The columns of the paths, in their order, with a row for each of the chosen records.
  public func columns(of records: RecordBatch, rows chosen: [Int]) -> [Column] {
    var sink = ColumnSink(builder)
    for at in chosen {
      builder.beginRow()
      let row = records.rows[at]
      guard !row.identity.isEmpty, let index = try? indexer.index(row.identityText) else { continue }
      mapper.mapIdentity(JSONNode(index, token: 0), into: &sink)
    }
    return builder.finish().columns
  }
}
