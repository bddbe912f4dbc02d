import Events
import Query

/// The executions of a rule that are run: which, what they see, and how many alerts each may create.
struct Executions {
  let windows: TickWindows
  let ticks: ClosedRange<Int64>
  let maxSignals: Int
  /// What executions before these counted for alerts.
  var counted: [Evidence.Counted] = []
  /// The alerts that executions before these made, where they decide anything; none where alike alerts are folded into one.
  var earlier = EarlierAlerts()
  /// How alike alerts are folded into one; nil where each stands for itself.
  var suppression: Suppression?
  /// Executions that fail, by their ticks, and why.
  var failing: [Int64: String] = [:]
  /// Reads of a kept event what no column has: its `_id`, `_index` or `_source`.
  var metadata: (KeptReference, String) -> Cell = { _, _ in .none }
}

/// What the executions of one rule came to.
struct Outcome: Sendable {
  /// What each alert is made of, in the order of creation.
  var found: [Finding] = []
  var executions = 0
  var cuts: [Replay.Cut] = []
  /// Alerts that no execution created.
  var lost = 0
  /// Alerts of earlier runs that have taken in more, by their ids.
  var grown: [String: GrownAlert] = [:]
  /// What executions warned of, each text with how many did, in the order in which they were met.
  var warnings: [(text: String, executions: Int)] = []
  /// Executions that failed, and why.
  var failures: [(tick: Timestamp, message: String)] = []

  /// Different warnings of a rule that are kept.
  private static let mostWarnings = 100

  mutating func warn(_ text: String) {
    if let known = warnings.firstIndex(where: { $0.text == text }) {
      warnings[known].executions += 1
    } else if warnings.count < Self.mostWarnings {
      warnings.append((text, 1))
    }
  }
}

extension Executions {
  /// What may be created in those executions that do not fail; nil where there are none.
  func withoutFailing(_ pending: Pending) -> Pending? {
    guard !failing.isEmpty else { return pending }
    var pending = pending
    pending.runs = windows.runs(of: pending.runs) { failing[$0] == nil }
    return pending.runs.isEmpty ? nil : pending
  }

  /// The executions that fail, in order.
  var failures: [(tick: Timestamp, message: String)] {
    failing.sorted { $0.key < $1.key }.map { (windows.time($0.key), $0.value) }
  }

  /// Calls `body` with each execution that has an event in its window, and which: places in an ascending list of times.
  func forEachWindow(of times: [Int64], _ body: (Int64, Range<Int>) -> Void) {
    var tick = ticks.lowerBound
    while tick <= ticks.upperBound {
      let (from, to) = (windows.from(tick), windows.to(tick))
      let first = times.firstPlace { $0 >= from }
      let end = max(first, times.firstPlace { $0 > to })
      if first < end {
        body(tick, first..<end)
        tick += 1
      } else {
        // On to the first window that reaches the next event.
        guard first < times.count, let next = windows.firstTick(reaching: times[first], in: tick...ticks.upperBound)
        else { return }
        tick = max(tick + 1, next)
      }
    }
  }
}
