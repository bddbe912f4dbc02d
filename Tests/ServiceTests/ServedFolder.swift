import Alerts
import CloudTrail
import Detection
import Events
import Foundation
import Intake
import Rules
import Synchronization
import TestSupport

@testable import SegmentStore
@testable import Service

/// A folder of events with what a service has for it, driven by hand.
final class ServedFolder {
  let clock: SimulatedClock
  let metrics = Metrics()
  let health: ServiceHealth
  let log: ServiceLog
  let alerts: AlertStore
  let sink: StoreSink
  let store: SegmentStore
  let scheduler: RuleScheduler
  var progress = RuleScheduler.Progress()
  private var writing: Task<Void, Never>?
  let lines = Lines()

  /// The rules that ship, by id.
  static let rules = Dictionary(
    RuleCollection.load(paths: [], withBuiltIn: true).rules.map { ($0.rule.ruleID, $0.rule) }
  ) { one, _ in one }
  /// Those that run: that of roles whose trust is changed, and some others.
  static let chosen = Set(["4c0138eb-7408-4072-9301-adec056ede49"] + rules.keys.sorted().prefix(3))

  final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  /// - Parameters:
  ///   - also: further rules that run, by their ids.
  ///   - indicators: lists, each `NAME=FILE`.
  ///   - room: bytes that the disk is to have.
  ///   - isWriting: whether what comes is stored from the beginning, and not only once `write` is called.
  init(
    _ path: String, _ clock: SimulatedClock, spread: Double = 0.5, catchUp: String = "30d", also: Set<String> = [],
    indicators: [String] = [], bounds: StoreSink.Bounds = StoreSink.Bounds(), isWriting: Bool = true,
    room: @escaping @Sendable () -> Int? = { nil }
  ) throws {
    self.clock = clock
    let (book, lines) = (RuleBook(path, indicators: indicators), lines)
    log = ServiceLog(clock) { line in lines.all.withLock { $0.append(line) } }
    health = ServiceHealth(clock)
    store = try SegmentStore(path, .writing(as: "test")) { try book.answers(of: $0, $1) }
    alerts = try AlertStore(folder: path, isReadOnly: false)
    for rule in Self.rules.keys where !Self.chosen.union(also).contains(rule) {
      _ = try alerts.setRule(rule, isEnabled: false, by: "test", at: clock.now)
    }
    _ = try book.current(alerts, now: clock.now)
    let sink = try StoreSink(
      store, clock, bounds: bounds, metrics: metrics, health: health, log: log, room: room)
    self.sink = sink
    var options = RuleScheduler.Options()
    options.spread = TickSpread(fraction: spread)
    if let age = RetentionPolicy.age(catchUp) { options.catchUp = age }
    scheduler = RuleScheduler(
      store, alerts, book, clock, log: log, metrics: metrics, health: health, options: options)
    if isWriting { write() }
  }

  func write() { writing = Task { [sink] in await sink.run() } }

  func end() async {
    sink.stop()
    await writing?.value
  }

  /// Runs all that is due now.
  func runDue() async throws {
    for _ in 0..<10_000 where try await scheduler.round(&progress) != nil { return }
  }

  /// A change of a role's trust at a time.
  func changeTrust(_ id: Int, at time: Timestamp) async throws -> IngestionReceipt {
    try await Self.changeTrust(id, at: time, into: sink)
  }

  static func changeTrust(_ id: Int, at time: Timestamp, into sink: StoreSink) async throws -> IngestionReceipt {
    let record = trustRecord(id, at: time)
    return try await sink.take(.bytes(Array(record.utf8)), from: IngestionSource(road: .bulk, name: "test"))
  }

  /// A change of a role's trust as CloudTrail tells it.
  static func trustRecord(_ id: Int, at time: Timestamp) -> String {
    """
    {"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-\(String(format: "%012d", id))","eventTime":"\(time.iso8601.prefix(19))Z","eventSource":"iam.amazonaws.com","eventName":"UpdateAssumeRolePolicy","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.7","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/eve","userName":"eve","accountId":"111122223333"},"recipientAccountId":"111122223333","requestParameters":{"roleName":"ops","policyDocument":"{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Effect\\":\\"Allow\\",\\"Principal\\":{\\"AWS\\":\\"arn:aws:iam::999999999999:root\\"},\\"Action\\":\\"sts:AssumeRole\\"}]}"}}
    """
  }

  /// Ids of alerts that count, with how often each was made.
  func alertIDs() throws -> [String] {
    var ids: [String] = []
    _ = try alerts.forEachAlert { if $0.contradictedBy == nil { ids.append($0.id) } }
    return ids
  }

  /// The executions of a rule between two times of which no run that was done tells.
  func untold(_ ruleID: String, interval: Int64, from first: Timestamp, to last: Timestamp) throws -> [Timestamp] {
    let runs = try alerts.runs(limit: 1_000_000).filter { $0.ruleID == ruleID && $0.outcome != .failed }
    var tick = (first.milliseconds / interval + 1) * interval
    var missing: [Timestamp] = []
    while tick <= last.milliseconds {
      let time = Timestamp(milliseconds: tick)
      if !runs.contains(where: { $0.first <= time && $0.last >= time }) { missing.append(time) }
      tick += interval
    }
    return missing
  }
}
