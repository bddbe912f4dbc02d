import Events
import JSON

/// Writes events as JSON text: one nested object without white space, members of each object in alphabetical order.
public final class EventJSON {
  /// What is known of events beside their texts.
  public let context: EventContext
  let cloudTrail: CloudTrailMapper
  private var sink = JSONSink()
  private let indexer = StructuralIndexer()
  private let eventIndexer = StructuralIndexer()

  public convenience init(_ context: EventContext) {
    self.init(context, rememberedBytes: MappingMemory.standardLimit)
  }

  init(_ context: EventContext, rememberedBytes: Int) {
    self.context = context
    cloudTrail = CloudTrailMapper(context, rememberedBytes: rememberedBytes)
  }

  /// Appends the ECS event of a record that a `RecordScanner` has accepted. An event that is ECS already keeps its text,
  /// white space aside, and gets what it lacks (`Enrichment`) and what is judged from its call. Throws, and appends nothing, where memory does not suffice.
  ///
  /// - Parameter ingested: when a store took the event in; what the event says itself counts before it.
  public func append(
    _ row: RecordRow, ingested: Timestamp? = nil, to output: inout [UInt8]
  ) throws(EventTextError) {
    let record = JSONNode(try index(row.text, of: row, indexer), token: 0)
    if row.kind != .ecs { cloudTrail.members.collect(record) }
    try append(record, of: row, ingested: ingested, to: &output)
  }

  /// Appends the ECS event of a row of a batch, as above; a record whose tokens the batch knows is not gone over for them again.
  public func append(rowAt at: Int, of records: RecordBatch, to output: inout [UInt8]) throws(EventTextError) {
    let (row, ingested) = (records.rows[at], records.ingestionTime(of: at))
    guard let record = records.tokens.record(of: at) else { return try append(row, ingested: ingested, to: &output) }
    if row.kind != .ecs { records.tokens.restore(cloudTrail.members, ofRow: at) }
    try append(record, of: row, ingested: ingested, to: &output)
  }

  /// Appends the event of a record, whose members are known to `cloudTrail` where it is none in ECS.
  private func append(
    _ record: JSONNode, of row: RecordRow, ingested: Timestamp?, to output: inout [UInt8]
  ) throws(EventTextError) {
    guard row.kind != .ecs else { return appendECS(record, isAlert: row.isAlert, ingested: ingested, to: &output) }
    sink.removeAll()
    var digest: JSONDocument?
    do {
      if row.kind == .digest { digest = try cloudTrail.flattenedDigest(row, record, for: sink) }
    } catch {
      throw EventTextError(id: row.id, fault: error)
    }
    cloudTrail.map(record, row: row, ingested: ingested, digest: digest, into: &sink)
    sink.write(to: &output)
  }

  private func appendECS(_ record: JSONNode, isAlert: Bool, ingested: Timestamp?, to output: inout [UInt8]) {
    let event = ECSReader.event(of: record)
    var added: [AddedMembers] = []
    if let ingested, !ECSReader.saysIngestion(event) { added.append(.ingestion(ingested)) }
    if !isAlert, let enrichment = Enrichment(of: event, by: cloudTrail) { added += AddedMembers.of(enrichment, &sink) }
    if added.isEmpty {
      JSONText.appendCompact(event, to: &output)
    } else {
      AddedMembers.append(event, adding: added, to: &output)
    }
    if let call = JudgedCall(ecs: event) { appendJudged(call, to: &output) }
  }

  /// Adds what is judged from its call to an event that has been appended.
  private func appendJudged(_ call: JudgedCall, to output: inout [UInt8]) {
    sink.removeAll()
    var isEmpty = true
    call.forEachField { field, value in
      sink.add(field, value)
      isEmpty = false
    }
    guard !isEmpty else { return }
    output[output.count - 1] = UInt8(ascii: ",")
    var own: [UInt8] = []
    sink.write(to: &own)
    output.append(contentsOf: own.dropFirst())
  }

  private func index(
    _ text: UnsafeBufferPointer<UInt8>, of row: RecordRow, _ indexer: StructuralIndexer
  ) throws(EventTextError) -> StructuralIndex {
    do {
      return try indexer.index(text)
    } catch {
      throw EventTextError(id: row.id, fault: error)
    }
  }

  /// Calls `body` with the ECS event of a record, written and indexed. Throws what `body` throws, and `EventTextError`
  /// where memory does not suffice.
  public func withEvent<Result>(
    _ row: RecordRow, ingested: Timestamp? = nil, _ body: (JSONNode) throws -> Result
  ) throws -> Result {
    var event: [UInt8] = []
    try append(row, ingested: ingested, to: &event)
    let length = event.count
    event.append(contentsOf: repeatElement(0, count: 64))
    return try event.withUnsafeBufferPointer { bytes in
      let text = UnsafeBufferPointer(rebasing: bytes[..<length])
      return try body(JSONNode(try index(text, of: row, eventIndexer), token: 0))
    }
  }

  /// The id under which an index holds an event that is ECS already; nil where it names none. An alert always has one:
  /// the `event.id` that it has is that of the event it stands on.
  public func documentID(_ row: RecordRow) throws(EventTextError) -> String? {
    guard row.kind == .ecs else { return nil }
    return ECSReader.documentID(of: JSONNode(try index(row.text, of: row, indexer), token: 0), row)
  }

  /// The id that an event goes by as a document: the one that an index holds it under, else its `event.id`, else a hash of it.
  public func id(of row: RecordRow) throws -> String {
    if let id = try documentID(row) { return id }
    return try withEvent(row) { EventFields($0).first("event.id") ?? row.id.text }
  }

  /// The name of the index that an event is kept in: what its hit says (`.ds-…-000001`), else its data stream.
  public func index(of row: RecordRow) throws(EventTextError) -> String {
    if let index = try documentIndex(row) { return index }
    return try dataStream(row)
  }

  /// The index that holds an event that is ECS already, as its hit names it (`.ds-…-000001`); nil where it names none.
  public func documentIndex(_ row: RecordRow) throws(EventTextError) -> String? {
    guard row.kind == .ecs else { return nil }
    return ECSReader.documentIndex(of: JSONNode(try index(row.text, of: row, indexer), token: 0))
  }

  /// The data stream that a record's event belongs to.
  public func dataStream(_ row: RecordRow) throws(EventTextError) -> String {
    guard row.kind == .ecs else { return context.dataStream }
    return ECSReader.dataStream(of: JSONNode(try index(row.text, of: row, indexer), token: 0))
  }
}
