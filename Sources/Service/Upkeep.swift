import Alerts
import Detection
import Events
import Intake
import Outputs
import Parallel
import Running
import SegmentStore

/// Looks after what is stored: joins small segments, and deletes what lies beyond the bounds of the folder. Neither keeps events from being
/// stored meanwhile.
public struct Upkeep: Sendable {
  private let store: SegmentStore
  private let sink: StoreSink
  private let data: String
  private let clock: any ServiceClock
  private let log: ServiceLog
  private let metrics: Metrics

  public init(
    _ store: SegmentStore, _ sink: StoreSink, _ data: String, _ clock: any ServiceClock, log: ServiceLog,
    metrics: Metrics
  ) {
    self.store = store
    self.sink = sink
    self.data = data
    self.clock = clock
    self.log = log
    self.metrics = metrics
  }

  /// Goes on until the task is cancelled.
  public func run() async {
    let thread = ThreadExecutor(count: 1, name: "upkeep")
    defer { thread.end() }
    await withTaskExecutorPreference(thread) {
      var (merged, retained): (Int, ContinuousClock.Instant?) = (-1, nil)
      var gaveBack = ContinuousClock.now
      var told: Set<String> = []
      while !Task.isCancelled {
        if retained.map({ ContinuousClock.now - $0 > .seconds(900) }) ?? true {
          retain()
          retained = .now
        }
        let commits = sink.commits
        if commits != merged {
          do {
            let count = try store.mergeSegments(at: clock.now)
            metrics.add(Double(count), to: "martlet_segments_merged_total")
            merged = commits
          } catch is CancellationError {
            return
          } catch {
            merged = commits
            if told.insert("\(error)").inserted { log.fail("small segments were not joined: \(error)") }
          }
        }
        gauge()
        // What joins segments or runs rules takes a hundred megabytes for a moment, which the allocator would keep.
        if ContinuousClock.now - gaveBack > .seconds(30) {
          ProcessMemory.giveBack()
          gaveBack = .now
        }
        try? await clock.sleep(for: .seconds(5))
      }
    }
  }

  private func retain() {
    let now = clock.now
    _ = Retention.applyAfterwards(to: data, store, holder: "martlet serve", now: now, log)
    do {
      sink.leaveOut(before: try Retention.deleted(from: data, store, now: now))
    } catch {
      log.fail("which events have been deleted for their age is not known: \(error)")
    }
  }

  private func gauge() {
    guard let snapshot = try? store.snapshot() else { return }
    metrics.set("martlet_store_events", Double(snapshot.eventCount))
    metrics.set("martlet_store_segments", Double(snapshot.parts.count))
    metrics.set("martlet_store_missing_events", Double(snapshot.missingParts.reduce(0) { $0 + $1.count }))
  }
}
