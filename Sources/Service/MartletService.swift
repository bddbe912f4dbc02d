import Alerts
import CloudTrail
import Events
import Foundation
import Intake
import Notifications
import Outputs
import Outside
import Running
import SegmentStore
import Store
import Synchronization
import Trust

/// All that a service does beside listening: it takes events in by its roads, runs rules in time, tells people, and looks after itself.
///
/// ```swift
/// let service = try MartletService(data: "events", settings, variables: variables, clock: MachineClock(), log: log)
/// async let done: Void = service.run()
/// service.stop()
/// await done
/// ```
public final class MartletService: Sendable {
  /// Where whoever listens hands over what is sent.
  public let sink: StoreSink
  public let health: ServiceHealth
  public let metrics: Metrics
  /// Stands for the folder of events: 22 characters, the same for as long as there is the folder.
  public let folderID: String
  /// The keys that clients show.
  public let keys: FolderKeys
  private let store: SegmentStore
  private let alerts: AlertStore
  /// Kept over all settings, as the queue is.
  private let memory: AlarmMemory
  private let queue: TellingQueue
  private let book: RuleBook
  private let data: String
  private let variables: [String: String]
  private let clock: any ServiceClock
  private let log: ServiceLog
  private let settings: Mutex<ServiceSettings>
  private let inside = Orders()
  private let outside = Orders()
  /// Ends when nothing more is sent to the sink by whoever listens.
  private let (listening, listener) = AsyncStream.makeStream(of: Never.self)
  private let isEnding = Atomic<Bool>(false)

  private enum Order: Sendable {
    /// With the settings that there are then: of several that came meanwhile the last.
    case reload
    case stop
  }

  /// What is asked of a part of the service.
  private struct Orders: Sendable {
    let coming: AsyncStream<Order>
    let giver: AsyncStream<Order>.Continuation
    init() { (coming, giver) = AsyncStream.makeStream(of: Order.self, bufferingPolicy: .unbounded) }
  }

  private func give(_ order: Order) {
    inside.giver.yield(order)
    outside.giver.yield(order)
  }

  /// Opens the folder, which is made where there is none, and reads its rules. Throws `StoreError`, `AlertStoreError` and what rules
  /// cannot be read for.
  public init(
    data: String, _ settings: ServiceSettings, variables: [String: String], clock: any ServiceClock, log: ServiceLog
  ) throws {
    let geoDatabases = try settings.geoDatabases.map { try GeoDatabase(path: $0) }
    let book = RuleBook(
      data, namespace: settings.namespace, geoDatabases: geoDatabases, indicators: settings.indicators)
    store = try SegmentStore(data, .writing(as: "martlet serve")) { try book.answers(of: $0, $1) }
    alerts = try AlertStore(folder: data, isReadOnly: false)
    for line in try store.settle(at: clock.now).sentences { log.warn(line) }
    Self.tell(ofMissing: try store.snapshot().missingParts, log)
    metrics = Metrics()
    MetricNames.begin(metrics)
    for channel in settings.outside.notifications.channels { MetricNames.begin(metrics, channel: channel.name) }
    health = ServiceHealth(clock)
    sink = try StoreSink(
      store, clock, namespace: settings.namespace, geoDatabases: geoDatabases, bounds: settings.ingestion,
      metrics: metrics, health: health, log: log, room: { StoreFailure.room(in: data) })
    keys = FolderKeys(alerts)
    folderID = Self.id(seed: try store.identitySeed())
    let (edition, _) = try book.current(alerts, now: clock.now)
    self.book = book
    queue = TellingQueue(data: data)
    memory = AlarmMemory(data: data)
    self.data = data
    self.variables = variables
    self.clock = clock
    self.log = log
    self.settings = Mutex(settings)
    apply(settings)
    edition.tell(log, metrics)
  }

  /// Says what cannot be read of what is stored: the service goes on without it.
  private static func tell(ofMissing missing: [MissingPart], _ log: ServiceLog) {
    guard !missing.isEmpty else { return }
    for part in missing.prefix(10) {
      log.tell(part.isSetAside ? .warning : .error, part.sentence, ["data_stream": part.dataStream])
    }
    let count = missing.reduce(0) { $0 + $1.count }
    log.fail(
      "\(CountText.count(count, "event")) in \(CountText.count(missing.count, "segment")) cannot be read; "
        + "martlet verify names all of them and says what to do")
  }

  private static func id(seed: UInt64) -> String {
    let digits = String(seed, radix: 16)
    return "martlet" + String(repeating: "0", count: 15 - min(15, digits.count)) + digits.suffix(15)
  }

  private func apply(_ settings: ServiceSettings) {
    log.set(settings.logFormat, from: settings.logLevel)
    log.hide(settings.secrets)
  }

  /// Takes over what can change of settings while the service runs, and says what cannot, and what they name that cannot be used.
  ///
  /// - Parameter isOpen: whether others than this machine reach an address that is listened at.
  public func reload(_ new: ServiceSettings, isOpen: Bool = false) {
    let old = settings.withLock { settings in
      defer { settings = new }
      return settings
    }
    if old.listen != new.listen || old.namespace != new.namespace || old.geoDatabases != new.geoDatabases
      || old.ingestion.mostBytes != new.ingestion.mostBytes || old.elasticVersion != new.elasticVersion
      || old.indicators != new.indicators || old.tls?.certificate != new.tls?.certificate
      || old.tls?.key != new.tls?.key
    {
      log.warn(
        "listen, the paths of tls, elastic_version, namespace, geoip, indicators and ingestion are taken over when the service starts anew"
      )
    }
    apply(new)
    // As at the start: it may be there later.
    for fault in new.faults(data: data, variables: variables, isOpen: isOpen) { log.warn("\(fault)") }
    give(.reload)
    log.close("the settings have been read again")
  }

  /// How long a message that is under way is waited for when the service ends.
  static let messageTime = Duration.seconds(3)

  /// Ends what runs in order, but goes on to store what is handed over, until `stop` is called: no road is asked any more, no rule runs,
  /// and nobody is told any more.
  public func beginToEnd() {
    isEnding.store(true, ordering: .relaxed)
    give(.stop)
  }

  /// Ends what runs in order: what was handed over is stored, and no execution is left half-way.
  public func stop() {
    beginToEnd()
    listener.finish()
  }

  /// Runs until `stop` is called or the task is cancelled.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [sink] in await sink.run() }
      health.setReady(true)
      // Before either begins: what goes wrong is told by what tells of alerts, which tries the same.
      let first = settings.withLock { $0 }
      try? await first.outside.beginTelling(of: alerts, by: queue, at: clock.now)
      // What speaks with others may have to wait for them before it begins anew; rules do not wait for that.
      async let talking: Void = work(outside) { addOutside($0.outside, to: &$1) }
      await work(inside) { settings, group in
        // A reload may have brought the first channel.
        try? await settings.outside.beginTelling(of: alerts, by: queue, at: clock.now)
        addInside(settings, to: &group)
      }
      await talking
      health.setReady(false)
      for await _ in listening {}
      sink.stop()
      await group.waitForAll()
    }
  }

  /// Runs a part of the service with the settings that there are, and anew with others when they come, until it is to end.
  private func work(
    _ orders: Orders, _ begin: (ServiceSettings, inout TaskGroup<Void>) async -> Void
  ) async {
    var coming = orders.coming.makeAsyncIterator()
    var next: ServiceSettings? = settings.withLock { $0 }
    while let current = next {
      next = await withTaskGroup(of: Void.self) { group in
        await begin(current, &group)
        let order = await coming.next()
        // Roads end what they have handed over; the sink goes on for them.
        group.cancelAll()
        await group.waitForAll()
        if case .reload? = order { return settings.withLock { $0 } }
        return nil
      }
    }
  }

  private func addInside(_ settings: ServiceSettings, to group: inout TaskGroup<Void>) {
    let scheduler = RuleScheduler(
      store, alerts, book, clock, log: log, metrics: metrics, health: health, options: settings.rules,
      memory: memory)
    let upkeep = Upkeep(store, alerts, sink, data, clock, log: log, metrics: metrics)
    let watch = HealthWatch(
      sink, clock, log: log, metrics: metrics, health: health, options: settings.health, memory: memory)
    let mirror = AuditMirror(alerts: alerts, sink: sink, clock: clock, log: log, health: health)
    group.addTask { await scheduler.run() }
    group.addTask { await upkeep.run() }
    group.addTask { await watch.run() }
    group.addTask { await mirror.run() }
  }

  private func addOutside(_ outside: OutsideConnections, to group: inout TaskGroup<Void>) {
    let clock = clock
    let now: @Sendable () -> Timestamp = { clock.now }
    // Of a road or a channel that is no longer set nobody else says that its trouble is over.
    let parts = Set(
      outside.roadSettings.map { "road \($0.name)" }
        + outside.notifications.channels.map { "notifications \(NotificationChannel.part($0.name))" })
    for trouble in health.troubles
    where ["road ", "notifications \(NotificationChannel.part(""))"].contains(where: { trouble.part.hasPrefix($0) })
      && !parts.contains(trouble.part)
    {
      health.set(trouble.part, nil)
    }
    // A reload may have brought some.
    for channel in outside.notifications.channels { MetricNames.begin(metrics, channel: channel.name) }
    do {
      for road in try outside.roads(variables: variables, now: now) {
        let report = PartReporter(log, metrics, health, kind: "road", name: road.name)
        group.addTask { [sink, log, health] in
          do {
            try await road.run(into: sink, reporting: report)
            // One that begins anew goes on to be in trouble until it has tried again.
            if !Task.isCancelled { report.setTrouble(nil) }
          } catch is CancellationError {
          } catch {
            log.tell(.error, "the road cannot run: \(error)", ["road": road.name])
            health.set("road \(road.name)", "\(error)")
          }
        }
      }
      health.set("roads", nil)
    } catch {
      log.fail("no road can run: \(error)")
      health.set("roads", "\(error)")
    }
    let report = PartReporter(log, metrics, health, kind: "notifications", name: "all")
    group.addTask { [alerts, queue, variables, log, metrics, health] in
      do {
        try await outside.tell(
          of: alerts, by: queue, variables: variables, reporting: report,
          reportingOf: { name in
            PartReporter(
              log, metrics, health, kind: "notifications", name: NotificationChannel.part(name),
              label: ("channel", name))
          }, now: now,
          givingUp: { [weak self] in
            while let self, !self.isEnding.load(ordering: .relaxed) {
              do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
            }
            try? await Task.sleep(for: Self.messageTime)
          })
        // There is no channel.
        if !Task.isCancelled { report.setTrouble(nil) }
      } catch is CancellationError {
      } catch {
        log.fail("nobody is told of alerts: \(error)")
        report.setTrouble("\(error)")
      }
    }
  }

  /// Hands over the fields that stored events have: the name of the data stream, and paths, a segment's at a time.
  public func forEachStoredField(_ body: (_ dataStream: String, _ paths: [String]) -> Void) throws {
    for part in try store.snapshot().parts { body(part.dataStream, part.paths) }
  }

  // MARK: What an operator asks

  /// Whether the service goes on, and what has stopped where it does not.
  public var live: (isWell: Bool, text: String) {
    let stuck = health.stuck
    return stuck.isEmpty ? (true, "ok\n") : (false, "\(stuck.joined(separator: ", ")) does not go on\n")
  }

  /// Whether events are taken in and rules are run, and all that is wrong.
  public var ready: (isWell: Bool, text: String) {
    let lines = health.troubles.map { "\($0.part): \($0.reason) (since \($0.since.iso8601))\n" }
    return (health.isReady, (health.isReady ? "ready\n" : "not ready\n") + lines.joined())
  }

  /// The metrics as of now.
  public var metricsText: String {
    metrics.set("martlet_ready", health.isReady ? 1 : 0)
    metrics.set("martlet_troubles", Double(health.troubles.count))
    if let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) {
      let pages = text.split(separator: " ").compactMap { Double($0) }
      if pages.count > 1 {
        metrics.set("process_resident_memory_bytes", pages[1] * Double(sysconf(Int32(_SC_PAGESIZE))))
      }
    }
    if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      metrics.set("process_open_fds", Double(files.count))
    }
    return metrics.text
  }
}
