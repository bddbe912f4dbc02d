import CloudTrail
import Events
import SegmentStore
import Segments
import Store
import Synchronization

/// What all workers of an ingestion have stored so far, which is there also where one of them fails.
public final class IngestTally: Sendable {
  private let sum = Mutex(AppendOutcome())

  public init() {}

  public var outcome: AppendOutcome { sum.withLock { $0 } }

  func add(_ outcome: AppendOutcome) { sum.withLock { $0 = $0 + outcome } }
}

/// Stores the records that a worker reads. One worker's own.
public final class IngestCollector: RecordConsumer {
  private let store: SegmentStore
  private let packer: EventPacker
  private let now: Timestamp
  private let clock: (@Sendable () -> Timestamp)?
  private let deleted: [String: Timestamp]
  private let tally: IngestTally?
  private let arrived: (@Sendable (_ dataStream: String, _ newest: Timestamp?) -> Void)?
  private let precedence: Precedence
  /// When the events were taken in that are gathered now.
  private var ingested: Timestamp?
  private var outcome = AppendOutcome()
  /// Files that were read to their end since the last time that events were stored.
  private var objects: [SourceObject] = []

  /// - Parameters:
  ///   - store: open for writing.
  ///   - now: the time of this ingestion.
  ///   - clock: gives `event.ingested` of the events that are stored together, in whole seconds, as Elastic's pipelines have it; nil
  ///     leaves it as a hunt over files has it.
  ///   - deleted: the time before which events of a data stream are not stored, since they have been deleted for their age.
  ///   - precedence: which of several texts of one event counts.
  ///   - tally: takes what is stored as soon as it is.
  ///   - arrived: is told of which data stream something was stored, as soon as it is, with the newest time of an event among it.
  public init(
    _ store: SegmentStore, context: EventContext, catalog: FieldCatalog, now: Timestamp,
    clock: (@Sendable () -> Timestamp)?, segmentEvents: Int = EventPacker.segmentEvents,
    deleted: [String: Timestamp] = [:], precedence: Precedence = .lowest, tally: IngestTally? = nil,
    arrived: (@Sendable (_ dataStream: String, _ newest: Timestamp?) -> Void)? = nil
  ) {
    self.tally = tally
    self.arrived = arrived
    self.precedence = precedence
    self.deleted = deleted
    self.clock = clock
    self.store = store
    self.now = now
    packer = EventPacker(context, catalog: catalog, segmentEvents: segmentEvents)
  }

  public var wantsHeads: Bool { true }
  public var wantsMembers: Bool { true }
  public var wantsTokens: Bool { true }
  public var problems: ProblemLog { packer.problems }

  public func consume(_ batch: RecordBatch) throws {
    try packer.append(
      batch,
      ingested: {
        if packer.isEmpty { ingested = clock.map { Self.wholeSeconds($0()) } }
        return ingested
      }, whenFull: flush)
  }

  private static func wholeSeconds(_ time: Timestamp) -> Timestamp {
    let rest = time.milliseconds % 1000
    return Timestamp(milliseconds: time.milliseconds - (rest < 0 ? rest + 1000 : rest))
  }

  /// Takes note of a file whose records have all been consumed: it counts as ingested together with the last of them.
  public func endFile(_ object: SourceObject) { objects.append(object) }

  private func flush() throws {
    let contents = try packer.finish().map(unexpired)
    guard !contents.isEmpty || !objects.isEmpty else { return }
    let (sum, stored) = try store.appendTelling(contents, objects: objects, precedence, at: now)
    objects.removeAll(keepingCapacity: true)
    outcome = outcome + sum
    tally?.add(sum)
    guard let arrived else { return }
    for (content, rows) in zip(contents, stored) where !rows.isEmpty {
      arrived(content.dataStream, content.heads.lazy.map(\.time).filter { $0 != .missing }.max())
    }
  }

  /// The events that have not been deleted for their age.
  private func unexpired(_ content: SourcedBatch) throws -> SourcedBatch {
    guard let oldest = deleted[content.dataStream] else { return content }
    let kept = content.heads.indices.filter { content.heads[$0].time == .missing || content.heads[$0].time >= oldest }
    outcome.expired += content.heads.count - kept.count
    return kept.count == content.heads.count ? content : try content.selecting(kept)
  }

  /// What the worker stored.
  public func finish() throws -> AppendOutcome {
    try flush()
    return outcome
  }
}
