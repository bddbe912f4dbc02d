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
  /// Seconds between two turns.
  private static let pause = 5
  /// Seconds after which bounds are applied again, that have not changed.
  private static let rest = 900
  /// Turns for which bounds must stay as they are before new ones count: somebody who sets several means all of them, and the first alone may
  /// delete what the second is to keep.
  private static let settling = 6

  private let store: SegmentStore
  private let alerts: AlertStore
  private let sink: StoreSink
  private let data: String
  private let clock: any ServiceClock
  private let log: ServiceLog
  private let metrics: Metrics

  public init(
    _ store: SegmentStore, _ alerts: AlertStore, _ sink: StoreSink, _ data: String, _ clock: any ServiceClock,
    log: ServiceLog, metrics: Metrics
  ) {
    self.store = store
    self.alerts = alerts
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
      var merged = -1
      var bounds = Bounds()
      var gaveBack = ContinuousClock.now
      var told: Set<String> = []
      while !Task.isCancelled {
        // Where they cannot be read they count as they are; what applies them says why.
        if bounds.areDue(try? alerts.retentionMark()) { retain() }
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
        try? await clock.sleep(for: .seconds(Self.pause))
      }
    }
  }

  /// When bounds are applied.
  private struct Bounds {
    private var seen: Int64?
    /// Turns since another was seen.
    private var turns = 0
    private var applied: (mark: Int64?, at: ContinuousClock.Instant)?

    /// Tells at each turn whether they are to be applied now.
    ///
    /// - Parameter mark: stands for the bounds that there are; nil where that is not known.
    mutating func areDue(_ mark: Int64?) -> Bool {
      if let mark, mark != seen {
        (seen, turns) = (mark, 0)
      } else {
        turns += 1
      }
      if let applied {
        guard turns >= Upkeep.settling || applied.mark == seen else { return false }
        guard applied.mark != seen || ContinuousClock.now - applied.at > .seconds(Upkeep.rest) else { return false }
      }
      applied = (seen, .now)
      return true
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
