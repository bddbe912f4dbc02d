import Events
import JSON

/// Puts the id and the index of events into the columns `_id` and `_index`, as alerts and ES|QL name them.
struct DocumentValues {
  private let idColumn: Int?
  private let indexColumn: Int?

  init(_ plan: FieldPlan) {
    // The columns of single fields stand in the order of the plan.
    idColumn = plan.paths.firstIndex(of: DocumentNames.id)
    indexColumn = plan.paths.firstIndex(of: DocumentNames.index)
  }

  var isEmpty: Bool { idColumn == nil && indexColumn == nil }

  /// Adds those of an event that is in ECS already.
  func add(ecs record: JSONNode, _ row: RecordRow, dataStream: String, to builder: EventBatchBuilder) {
    if let idColumn {
      let id =
        ECSReader.documentID(of: record, row) ?? EventFields(ECSReader.event(of: record)).first("event.id")
        ?? row.id.text
      Self.append(id, idColumn, builder)
    }
    if let indexColumn { Self.append(ECSReader.documentIndex(of: record) ?? dataStream, indexColumn, builder) }
  }

  /// Adds those of a record.
  ///
  /// - Parameter id: its `event.id`; nil where it has none.
  func add(_ row: RecordRow, id: Scalar?, dataStream: String, to builder: EventBatchBuilder) {
    if let idColumn { Self.append(id?.text ?? row.id.text, idColumn, builder) }
    if let indexColumn { Self.append(dataStream, indexColumn, builder) }
  }

  private static func append(_ text: String, _ column: Int, _ builder: EventBatchBuilder) {
    var text = text
    text.withUTF8 { builder.append(Scalar(.string, $0), column: column) }
  }
}
