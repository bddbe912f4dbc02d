import Events
import JSON

/// Puts the principals of chosen records into columns, reading nothing of a record but its `userIdentity`: the second
/// question that a hunt asks, of the records that the lean fields leave. One worker's own.
public final class IdentityMapper {
  /// The fields that come from `userIdentity` alone.
  public static let fields: [EventField] = EventField.allCases.filter { $0.group == [.identity, .plain] }

  private let builder: EventBatchBuilder
  private var sink: ColumnSink
  private let mapper: CloudTrailMapper
  private let indexer = StructuralIndexer()
  private var texts = ValueDictionary(remembersLately: true)
  /// The places, in the last `chosen`, of records whose principal could not be read for want of memory.
  public private(set) var unread: [Int] = []
  private var unreadCodes: Set<Int> = []

  /// `paths` are fields out of `fields`.
  public init(paths: [String], context: EventContext) {
    builder = EventBatchBuilder(FieldPlan(paths: paths))
    sink = ColumnSink(builder)
    mapper = CloudTrailMapper(context)
  }

  /// The columns of the paths, in their order, with a row for each of the chosen records.
  ///
  /// A principal makes many calls, and its text is the same in all those of a session: each text is read once.
  public func columns(of records: RecordBatch, rows chosen: [Int]) -> [Column] {
    texts.removeAll()
    unread.removeAll()
    unreadCodes.removeAll()
    // Row 0 is that of records whose principal is not known.
    builder.beginRow()
    // The row of each principal that goes by a number.
    var numbered: [Int] = []
    let rows = chosen.map { at in
      let number = Int(records.rows[at].principal)
      if number < numbered.count, numbered[number] != 0 { return numbered[number] }
      let text = records.rows[at].identityText
      guard !text.isEmpty else { return 0 }
      let known = texts.count
      let code = Int(texts.insert(Scalar(.string, text)))
      if number != 0 {
        if number >= numbered.count { numbered += repeatElement(0, count: number + 1 - numbered.count) }
        numbered[number] = code
      }
      guard code > known else { return code }
      builder.beginRow()
      if let index = try? indexer.index(text) {
        mapper.mapIdentity(JSONNode(index, token: 0), into: &sink)
      } else {
        unreadCodes.insert(code)
      }
      return code
    }
    if !unreadCodes.isEmpty { unread = rows.indices.filter { unreadCodes.contains(rows[$0]) } }
    return builder.finish().columns.map { $0.selecting(rows) }
  }
}
