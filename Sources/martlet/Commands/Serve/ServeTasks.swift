import Bulk
import Dispatch
import Foundation
import Logging
import Outputs
import Server
import Service
import ServiceLifecycle
import Settings
import Synchronization
import Trust

/// What runs beside each other while a service does: the listener, the service, the watchdog, and whoever hears that settings have changed.
struct ServeTasks: Sendable {
  let service: MartletService
  /// The folder of events.
  let data: String
  let addresses: [ListenAddress]
  let rates: RateLimiter
  let systemd: SystemdNotifier
  let log: ServiceLog
  let config: String?
  let elasticVersion: String
  let tls: TLSFiles?
  let certificates = CertificateReading()
  let clock: any ServiceClock
  /// Seconds from the signal to the end, whatever has not ended by then.
  let endingTime: Int
  /// Reads the settings again.
  let read: @Sendable () throws -> ServiceSettings

  /// Until SIGTERM or SIGINT comes. Throws `ListenAddressError` where the address cannot be had.
  func run() async throws {
    let hangup = Hangup()
    let counts = ServerCounts()
    let report = PartReporter(log, service.metrics, service.health, kind: "listener", name: "http")
    let isLocal = addresses.allSatisfy(\.isLoopback)
    let clock = clock
    let admission = KeyAdmission(service.keys, isOpenWithoutKeys: isLocal) { clock.now.milliseconds }
    if try !service.keys.hasAccessKeys() {
      guard isLocal else {
        throw ListenAddressError(
          text: addresses[0].description,
          reason: "others than this machine would reach it, which needs keys: make one with martlet keys create")
      }
      log.close("no key has been made: every request from this machine is admitted; martlet keys create makes keys")
    }
    let server = HTTPServer(
      addresses, routes: routes(counts, report), admission: admission, tls: tls, certificates: certificates,
      rates: rates,
      counts: counts, reporting: report
    ) { found in
      log.close("listening at \(found.map(\.description).joined(separator: " and "))")
      log.close("the service runs")
      systemd.tell("READY=1")
    }
    let logger = Logger(label: "martlet") { _ in ServiceLogHandler(log) }
    var configuration = ServiceGroupConfiguration(
      services: [
        // The last one ends first: roads, rules and messages when the signal comes, then nothing more is taken in, while what was is
        // stored.
        .init(service: Core(service: service, tasks: self, hangup: hangup)), .init(service: server),
        .init(service: Ending(tasks: self)),
      ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(endingTime - 1)
    try await ServiceGroup(configuration: configuration).run()
    log.close("the service has ended")
  }

  /// The service, and what looks after it.
  private struct Core: ServiceLifecycle.Service {
    let service: MartletService
    let tasks: ServeTasks
    let hangup: Hangup

    func run() async {
      await withGracefulShutdownHandler {
        await withTaskGroup(of: Void.self) { group in
          group.addTask { await tasks.watchdog() }
          group.addTask { await tasks.reload(hangup) }
          await service.run()
          group.cancelAll()
        }
      } onGracefulShutdown: {
        service.stop()
      }
    }
  }

  /// Waits for the signal, from which on the time counts that there is for ending.
  private struct Ending: ServiceLifecycle.Service {
    let tasks: ServeTasks

    func run() async {
      try? await gracefulShutdown()
      if Task.isShuttingDownGracefully { tasks.beginEnding() }
    }
  }

  private func beginEnding() {
    log.close("the service ends")
    systemd.tell("STOPPING=1")
    service.beginToEnd()
    // What was acknowledged is durable by then.
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(endingTime)) { [log, endingTime] in
      log.fail("something has not ended within \(endingTime) seconds; the process ends without it")
      _exit(1)
    }
  }

  // MARK: What an operator asks

  private func routes(_ counts: ServerCounts, _ report: PartReporter) -> ServerRoutes {
    var routes = ServerRoutes()
    let service = service
    routes.addHealth { _ in
      let live = service.live
      return .text(live.isWell ? 200 : 503, live.text)
    } ready: { _ in
      let ready = service.ready
      return .text(ready.isWell ? 200 : 503, ready.text)
    } metrics: { [rates] _ in
      for reason in RateLimiter.Reason.allCases {
        service.metrics.set(
          "martlet_http_rate_limited_total", Double(counts.now.limited[reason] ?? 0), ["reason": reason.rawValue])
      }
      service.metrics.set("martlet_http_clients", Double(rates.clientCount))
      let told = counts.now
      let usual = Dictionary(uniqueKeysWithValues: ServerCounts.usualRefusals.map { ($0, 0) })
      for (reason, count) in usual.merging(told.refusedConnections, uniquingKeysWith: { $1 }) {
        service.metrics.set("martlet_http_connections_refused_total", Double(count), ["reason": reason])
      }
      for (status, count) in told.answers {
        service.metrics.set("martlet_http_answers_total", Double(count), ["status": "\(status)"])
      }
      return .text(200, service.metricsText, type: "text/plain; version=0.0.4; charset=utf-8")
    }
    let fields = FieldLimits()
    do {
      try service.forEachStoredField { fields.note($1, of: $0) }
    } catch {
      log.warn("which fields stored events have is not known, so that the bound counts those that come: \(error)")
    }
    ElasticAPI(
      service.sink, version: elasticVersion, cluster: service.folderID, fields: fields,
      arrived: { Array(service.sink.arrivals.keys) }
    ).add(to: &routes)
    PushRoutes(service.sink, reporting: report) { [clock] in clock.now }.add(to: &routes)
    OperatorAPI(OwnProgram(), data: data) { route, seconds, status in
      service.metrics.observe("martlet_api_seconds", seconds, ["route": route])
      service.metrics.add(to: "martlet_api_answers_total", ["route": route, "status": "\(status)"])
    }.add(to: &routes)
    return routes
  }

  // MARK: Beside it

  private func watchdog() async {
    guard let interval = systemd.interval else { return }
    while !Task.isCancelled {
      if service.live.isWell { systemd.tell("WATCHDOG=1") }
      try? await Task.sleep(for: interval)
    }
  }

  /// Takes over settings when a signal asks for it, or the file has changed.
  private func reload(_ hangup: Hangup) async {
    var known = Self.mark(config)
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(1))
      let now = Self.mark(config)
      let isAsked = hangup.take()
      guard !Task.isCancelled, isAsked || now != known else { continue }
      known = now
      systemd.tell("RELOADING=1\nMONOTONIC_USEC=\(Self.monotonic)")
      if isAsked { certificates.ask() }
      do {
        let settings = try read()
        service.reload(settings, isOpen: !addresses.allSatisfy(\.isLoopback))
        rates.set(ClientRates(settings.rates))
      } catch {
        log.fail("the settings stay as they were: \(error)")
      }
      systemd.tell("READY=1")
    }
  }

  /// Microseconds, as systemd counts them.
  private static var monotonic: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
  }

  /// What tells a changed file; nil where there is none.
  private static func mark(_ path: String?) -> String? {
    var status = stat()
    guard let path, stat(path, &status) == 0 else { return nil }
    return "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
  }
}

extension ClientRates {
  /// As settings have them.
  init(_ rates: ServiceSettings.Rates) {
    func rate(_ perSecond: Int?, _ burst: Int?) -> Rate? {
      perSecond.map { Rate(perSecond: Double($0), burst: burst.map(Double.init)) }
    }
    self.init(requests: rate(rates.requests, rates.requestsBurst), bytes: rate(rates.bytes, rates.bytesBurst))
  }
}

/// Takes note of SIGHUP.
private final class Hangup: Sendable {
  private final class Flag: Sendable {
    let hasCome = Atomic<Bool>(false)
  }

  private let flag = Flag()
  /// Only held on to.
  nonisolated(unsafe) private let source: any DispatchSourceSignal

  init() {
    signal(SIGHUP, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
    source.setEventHandler { [flag] in flag.hasCome.store(true, ordering: .relaxed) }
    source.resume()
  }

  /// True once for each time that it has come.
  func take() -> Bool { flag.hasCome.exchange(false, ordering: .relaxed) }
}
