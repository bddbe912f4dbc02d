import Events
import JSON

/// Puts chosen records into a batch of events with the fields that a plan asks for. One worker's own.
public final class EventMapper {
  public let plan: FieldPlan
  private let context: EventContext
  private let builder: EventBatchBuilder
  private let cloudTrail: CloudTrailMapper
  private var ecs: ECSReader
  private let indexer = StructuralIndexer()

  public init(_ plan: FieldPlan, context: EventContext, flattenedRoots: [String]) {
    self.plan = plan
    self.context = context
    builder = EventBatchBuilder(plan)
    cloudTrail = CloudTrailMapper(context)
    ecs = ECSReader(context, flattenedRoots: flattenedRoots)
  }

  /// The batch of some of the records, in the order given: row `i` is `records.rows[chosen[i]]`.
  ///
  /// `groups` says, for each record of `chosen`, which groups of fields it needs; all when it is nil. Events that are ECS
  /// already are always read as a whole.
  public func batch(of records: RecordBatch, rows chosen: [Int], groups: [FieldGroup]? = nil) -> EventBatch {
    var sink = ColumnSink(builder)
    let judgedColumns = JudgedCall.fields.map { (field: $0, column: builder.column($0.path)) }
    for (place, at) in chosen.enumerated() {
      let row = records.rows[at]
      guard let index = try? indexer.index(row.text) else {
        preconditionFailure("a record that was indexed before is indexed again")
      }
      let record = JSONNode(index, token: 0)
      if row.kind == .ecs {
        builder.beginRow(dataStream: ECSReader.dataStream(of: record))
        ecs.read(record, row: row, into: builder)
        if judgedColumns.contains(where: { $0.column >= 0 }) {
          judge(ECSReader.event(of: record), judgedColumns)
        }
      } else {
        builder.beginRow(dataStream: context.dataStream)
        sink.begin(groups.map { $0[place] } ?? .all)
        cloudTrail.map(record, row: row, into: &sink)
      }
    }
    return builder.finish()
  }

  /// Adds what is judged from the call of an event in ECS, as far as it is asked for.
  private func judge(_ event: JSONNode, _ columns: [(field: EventField, column: Int)]) {
    JudgedCall(ecs: event)?.forEachField { field, text in
      guard let column = columns.first(where: { $0.field == field })?.column, column >= 0 else { return }
      var text = text
      text.withUTF8 { builder.append(Scalar(.string, $0), column: column) }
    }
  }
}
