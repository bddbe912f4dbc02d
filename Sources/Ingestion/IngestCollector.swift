import CloudTrail
import Events
import SegmentStore
import Segments

/// Stores the records that a worker reads. One worker's own.
public final class IngestCollector: RecordConsumer {
  /// What a worker stored.
  public struct Result: Sendable {
    public var outcome = SegmentStore.AppendOutcome()
    /// Segments that were written.
    public var segments = 0
  }

  private let store: SegmentStore
  private let packer: EventPacker
  private let now: Timestamp
  private let tally: IngestTally
  private var result = Result()
  /// Files that were read to their end since the last time that events were stored.
  private var objects: [SourceObject] = []

  /// - Parameters:
  ///   - store: open for writing.
  ///   - now: the time of this ingestion.
  public init(
    _ store: SegmentStore, context: EventContext, catalog: FieldCatalog, now: Timestamp, tally: IngestTally,
    segmentEvents: Int = EventPacker.segmentEvents
  ) {
    self.store = store
    self.now = now
    self.tally = tally
    packer = EventPacker(context, catalog: catalog, segmentEvents: segmentEvents)
  }

  public var wantsHeads: Bool { true }
  public var problems: ProblemLog { packer.problems }

  public func consume(_ batch: RecordBatch) throws {
    for row in batch.rows.indices {
      _ = packer.append(batch, row: row)
      if packer.isFull { try flush() }
    }
  }

  /// Takes note of a file whose records have all been consumed: it counts as ingested together with the last of them.
  public func endFile(_ object: SourceObject) { objects.append(object) }

  private func flush() throws {
    for content in packer.finish() {
      let outcome = try store.append(content, at: now)
      if outcome.stored > 0 { result.segments += 1 }
      result.outcome = result.outcome + outcome
      tally.add(outcome)
    }
    guard !objects.isEmpty else { return }
    _ = try store.append(nil, objects: objects, at: now)
    objects.removeAll(keepingCapacity: true)
  }

  public func finish() throws -> Result {
    try flush()
    return result
  }
}
