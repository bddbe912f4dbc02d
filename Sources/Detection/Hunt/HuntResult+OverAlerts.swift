import CloudTrail
import Events
import JSON

extension HuntPlan {
  /// The rules that read alerts, by their ids.
  public var rulesOverAlerts: Set<String> { Set(rules.lazy.filter(\.readsAlerts).map(\.rule.ruleID)) }
}

extension HuntResult {
  /// An alert that there was before, as rules over alerts read it.
  public struct KnownAlert: Sendable {
    public var id: String
    public var tick: Timestamp
    public var document: [UInt8]

    public init(id: String, tick: Timestamp, document: [UInt8]) {
      self.id = id
      self.tick = tick
      self.document = document
    }
  }

  /// Bytes of alerts that rules over alerts read at most.
  private static let mostAlertBytes = 512 << 20
  /// How often what rules over alerts make of one another's alerts is looked at anew.
  private static let mostRounds = 12

  /// The result with what rules over alerts make of the alerts: of those that were made here, those of such rules among them,
  /// and of those that were there before. Where no rule reads alerts, it is the result as it is.
  ///
  /// An alert is seen by the executions whose windows hold the time of the execution that made it: within one scheduled time
  /// rules over alerts run after the others. All are run again until the alerts stay the same, which they are sure to do from
  /// one scheduled time to the next.
  ///
  /// - Parameters:
  ///   - replay: as the result was made with.
  ///   - known: alerts of executions that are not among those of the replay.
  public func overAlerts(_ replay: Replay?, _ view: IngestionView = .replayed, known: [KnownAlert] = []) throws
    -> HuntResult
  {
    guard plan.rules.contains(where: \.readsAlerts) else { return self }
    guard var replay = replay ?? known.map(\.tick).range.map({ Replay(events: $0) }) else { return self }
    let base = findings
    var result = self
    var former: [String: [UInt8]]?
    for _ in 0..<Self.mostRounds {
      var alerts: [String: [UInt8]] = [:]
      var ticks: [String: Timestamp] = [:]
      var (bytes, left) = (0, 0)
      var last: Timestamp?
      func add(_ id: String, _ tick: Timestamp, _ document: [UInt8]) {
        // An execution of the replay may see what an earlier one has made that is not among them.
        if let made = ticks[id], made < tick { return }
        guard bytes + document.count <= Self.mostAlertBytes else {
          left += 1
          return
        }
        ticks[id] = tick
        bytes += document.count
        last = max(last ?? tick, tick)
        alerts[id] = document
      }
      for alert in known { add(alert.id, alert.tick, alert.document) }
      try result.forEachAlert { alert in
        for block in alert.buildingBlocks { add(block.id, block.tick, block.json) }
        add(alert.id, alert.tick, alert.json)
      }
      if alerts == former { return result }
      former = alerts
      replay.lastAlert = last
      let read = try Self.read(alerts, plan)
      result = HuntResult(plan, HuntFindings(merging: [base, read]), replay: replay, view)
      result.alertsLeft = left
    }
    result.areAlertsSettled = false
    return result
  }

  /// What rules find in alerts as events.
  private static func read(_ alerts: [String: [UInt8]], _ plan: HuntPlan) throws -> HuntFindings {
    let collector = HuntCollector(plan, isForAlerts: false)
    let scanner = RecordScanner(leanFields: collector.leanFields, registry: EventRegistry())
    var text: [UInt8] = []
    func flush() throws {
      guard !text.isEmpty else { return }
      let count = text.count
      text.append(contentsOf: repeatElement(0, count: 64))
      try text.withUnsafeBufferPointer { buffer in
        scanner.beginBatch()
        scanner.scan(UnsafeBufferPointer(rebasing: buffer[..<count]), of: TextRegion(file: AlertBuilder.index))
        scanner.finishBatch()
        try collector.consume(scanner.batch)
      }
      text.removeAll(keepingCapacity: true)
    }
    for (id, document) in alerts.sorted(by: { $0.key < $1.key }) {
      text += "{\"_index\":\"\(AlertBuilder.index)\",\"_id\":".utf8
      JSONString.appendQuoted(id, to: &text)
      text += ",\"_source\":".utf8
      text += document
      text += "}\n".utf8
      if text.count > 4 << 20 { try flush() }
    }
    try flush()
    return collector.finish()
  }
}

extension [Timestamp] {
  /// From the earliest to the latest; nil where there is none.
  fileprivate var range: ClosedRange<Timestamp>? {
    guard let first = self.min(), let last = self.max() else { return nil }
    return first...last
  }
}
