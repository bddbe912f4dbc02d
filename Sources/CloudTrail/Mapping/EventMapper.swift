import Events
import JSON

/// Puts chosen records into a batch of events with the fields that a plan asks for. One worker's own.
public final class EventMapper {
  public let plan: FieldPlan
  private let context: EventContext
  private let builder: EventBatchBuilder
  let cloudTrail: CloudTrailMapper
  private let ecs: ECSReader
  private var sink: ColumnSink
  private let recordValues: RecordValues
  private let documentValues: DocumentValues
  private let indexer = StructuralIndexer()

  public convenience init(_ plan: FieldPlan, context: EventContext, flattenedRoots: [String]) {
    self.init(
      plan, context: context, flattenedRoots: flattenedRoots, rememberedBytes: MappingMemory.standardLimit)
  }

  init(_ plan: FieldPlan, context: EventContext, flattenedRoots: [String], rememberedBytes: Int) {
    self.plan = plan
    self.context = context
    builder = EventBatchBuilder(plan, flattenedRoots: flattenedRoots)
    sink = ColumnSink(builder)
    recordValues = RecordValues(plan)
    documentValues = DocumentValues(plan)
    cloudTrail = CloudTrailMapper(context, rememberedBytes: rememberedBytes)
    ecs = ECSReader(context)
  }

  /// What had to be left out of events, for the end of the run.
  public private(set) var problems = ProblemLog()

  /// Rows that are mapped at once, and bytes of their text; a row more is always taken.
  private static let sliceRows = 8192
  private static let sliceBytes = 8 << 20

  /// Maps some of the records, slice by slice, since mapping takes room for every value.
  ///
  /// - Parameters:
  ///   - chosen: rows of `records`, in the order in which they are mapped.
  ///   - groups: which groups of fields each record of `chosen` needs; all when it is nil. Events that are ECS already
  ///     are always read as a whole.
  ///   - body: takes a batch, with heads, and the rows of `records` that its rows are. A record that cannot be indexed for want of
  ///     memory is in none, and among `problems`.
  public func forEachBatch(
    of records: RecordBatch, rows chosen: [Int], groups: [FieldGroup]? = nil,
    _ body: (EventBatch, [Int]) throws -> Void
  ) rethrows {
    var rows: [Int] = []
    var bytes = 0
    func finishSlice() -> EventBatch {
      var events = finish()
      events.heads = rows.map { row in
        var head = EventHead(records.rows[row])
        head.isIngestedHere = records.ingestionTime(of: row) != nil
        return head
      }
      return events
    }
    for (place, at) in chosen.enumerated() {
      guard map(records, at, groups.map { $0[place] } ?? .all) else { continue }
      rows.append(at)
      bytes += records.rows[at].length
      guard rows.count >= Self.sliceRows || bytes >= Self.sliceBytes || builder.isFull else { continue }
      try body(finishSlice(), rows)
      rows.removeAll(keepingCapacity: true)
      bytes = 0
    }
    if !rows.isEmpty { try body(finishSlice(), rows) }
  }

  /// The batch of some few of the records, in the order given: row `i` is `records.rows[chosen[i]]`. A record that cannot
  /// be indexed for want of memory has no fields.
  public func batch(of records: RecordBatch, rows chosen: [Int], groups: [FieldGroup]? = nil) -> EventBatch {
    for (place, at) in chosen.enumerated() where !map(records, at, groups.map { $0[place] } ?? .all) {
      builder.beginRow(dataStream: context.dataStream)
    }
    return finish()
  }

  /// What became of a record that was to be appended.
  public enum Appended: Sendable {
    /// It cannot be indexed for want of memory, which is among `problems`.
    case notAtAll
    /// What is said of when it was taken in, it says itself.
    case asItCame
    case withIngestionTime
  }

  /// Maps a record as the next row of the batch that `finish` ends.
  ///
  /// - Parameter ingested: what `event.ingested` is where the record does not say it.
  public func append(_ records: RecordBatch, row: Int, ingested: Timestamp?) -> Appended {
    var given = ingested
    guard map(records, row, .all, ingested: &given) else { return .notAtAll }
    return given == nil ? .asItCame : .withIngestionTime
  }

  /// The data stream of the record that was appended last, by its code in the column of the batch that `finish` ends.
  public var dataStreamCode: UInt32 { builder.dataStreamCode }

  /// True when the batch should be ended before it grows further.
  public var isFull: Bool { builder.isFull }

  /// Ends the batch of the records that were appended and starts a new one.
  public func finish() -> EventBatch {
    defer { if builder.pathsGeneration != sink.pathsGeneration { sink = ColumnSink(builder) } }
    return builder.finish()
  }

  /// Adds what is judged from the call of an event in ECS, as far as it is asked for.
  private func judge(_ event: JSONNode) {
    JudgedCall(ecs: event)?.forEachField { field, value in
      let column = sink.column(of: field)
      guard column >= 0 else { return }
      builder.append(value, column: column)
    }
  }

  /// Adds what an event in ECS lacks, as far as it is asked for.
  private func enrich(_ event: JSONNode) {
    guard let enrichment = Enrichment(of: event, by: cloudTrail) else { return }
    enrichment.forEachField { field, value in
      let column = sink.column(of: field)
      if column >= 0 { builder.append(value, column: column) }
    }
  }

  private func map(_ records: RecordBatch, _ at: Int, _ groups: FieldGroup) -> Bool {
    var ingested = records.ingestionTime(of: at)
    return map(records, at, groups, ingested: &ingested)
  }

  /// Maps one record as the builder's next row; false, and no row, when it cannot be indexed.
  ///
  /// - Parameter ingested: becomes nil where the record says itself when it was taken in.
  private func map(_ records: RecordBatch, _ at: Int, _ groups: FieldGroup, ingested: inout Timestamp?) -> Bool {
    let row = records.rows[at]
    let record: JSONNode
    let walked = records.tokens.record(of: at)
    if let walked {
      record = walked
    } else {
      do {
        record = JSONNode(try indexer.index(row.text), token: 0)
      } catch {
        note(records, at, .noRoom, error.explanation)
        return false
      }
    }
    if row.kind == .ecs {
      let dataStream = ECSReader.dataStream(of: record)
      builder.beginRow(dataStream: dataStream)
      ecs.read(record, row: row, into: builder)
      if let time = ingested {
        if ECSReader.saysIngestion(ECSReader.event(of: record)) {
          ingested = nil
        } else if sink.column(of: .eventIngested) >= 0 {
          time.withISO8601 { builder.append(Scalar(.string, $0), column: sink.column(of: .eventIngested)) }
        }
      }
      if sink.wantsEnrichment, !row.isAlert { enrich(ECSReader.event(of: record)) }
      if sink.wantsJudged { judge(ECSReader.event(of: record)) }
      if !recordValues.isEmpty { recordValues.add(ecs: ECSReader.event(of: record), to: builder) }
      if !documentValues.isEmpty { documentValues.add(ecs: record, row, dataStream: dataStream, to: builder) }
    } else {
      sink.begin(groups)
      var digest: JSONDocument?
      do {
        if row.kind == .digest { digest = try cloudTrail.flattenedDigest(row, record, for: sink) }
      } catch {
        note(records, at, .noRoom, error.explanation)
        return false
      }
      builder.beginRow(dataStream: context.dataStream)
      if walked == nil {
        cloudTrail.members.collect(record)
      } else {
        records.tokens.restore(cloudTrail.members, ofRow: at)
      }
      cloudTrail.map(record, row: row, ingested: ingested, digest: digest, into: &sink)
      if !recordValues.isEmpty { recordValues.add(record, to: builder) }
      if !documentValues.isEmpty {
        let id = row.kind == .digest ? nil : cloudTrail.eventID(record.index)
        documentValues.add(row, id: id, dataStream: context.dataStream, to: builder)
      }
    }
    let cut = builder.takeCut()
    if cut.contains(.paths) {
      note(
        records, at, .tooManyFields, "fields whose paths are longer than \(BatchLimits.pathBytes) bytes were left out")
    }
    if cut.contains(.columns) {
      note(records, at, .tooManyFields, "more than \(BatchLimits.columns) fields; the others were left out")
    }
    return true
  }

  private func note(_ records: RecordBatch, _ at: Int, _ cause: ProblemCause, _ detail: String) {
    problems.note(records.problem(with: at, cause, detail))
  }
}
