import SegmentStore
import Synchronization

/// How much an ingestion has stored so far; written by workers, read by whoever shows it.
public final class IngestTally: Sendable {
  private let outcome = Mutex(SegmentStore.AppendOutcome())

  public init() {}

  func add(_ more: SegmentStore.AppendOutcome) { outcome.withLock { $0 = $0 + more } }

  public var current: SegmentStore.AppendOutcome { outcome.withLock { $0 } }
}
