import Events

/// The alerts that rules over alerts read as events: those that there were before, and those that are made beside them.
struct AlertPool {
  /// Bytes of alerts at most.
  private let mostBytes: Int
  private var alerts: [String: KnownAlert] = [:]
  private var bytes = 0
  /// Alerts that found no room.
  private(set) var left = 0

  init(mostBytes: Int = AlertSupply.mostBytes) { self.mostBytes = mostBytes }

  var count: Int { alerts.count }

  /// From the first execution that made one to the last; nil where there is none.
  var times: ClosedRange<Timestamp>? {
    let ticks = alerts.values.lazy.map(\.tick)
    guard let first = ticks.min(), let last = ticks.max() else { return nil }
    return first...last
  }

  /// All of them, by their ids.
  var sorted: [KnownAlert] { alerts.values.sorted { $0.id < $1.id } }

  mutating func add(_ alert: KnownAlert) {
    // An execution of the replay may see what an earlier one has made that is not among them.
    if let made = alerts[alert.id]?.tick, made < alert.tick { return }
    let size = bytes - (alerts[alert.id]?.document.count ?? 0) + alert.document.count
    guard size <= mostBytes else {
      left += 1
      return
    }
    bytes = size
    alerts[alert.id] = alert
  }

  /// Adds the alerts of a result, building blocks among them.
  mutating func add(_ result: HuntResult) throws {
    try result.forEachAlert { alert in
      for made in alert.buildingBlocks + [alert] {
        add(KnownAlert(id: made.id, ruleID: made.ruleID, tick: made.tick, document: made.json))
      }
    }
  }

  /// Whether the same alerts are in both.
  func holdsSame(as other: AlertPool) -> Bool {
    alerts.count == other.alerts.count
      && alerts.allSatisfy { id, alert in other.alerts[id].map { $0.document == alert.document } ?? false }
  }
}
