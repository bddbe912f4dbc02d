import Foundation
import HummingbirdCore
import Intake
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Trust

/// The listener: a service that answers HTTP/1.1 until it is to end.
///
/// On a graceful shutdown it takes no more connections, lets requests in flight finish within `ServerLimits.finishingTime`, and returns.
///
/// ```swift
/// var routes = ServerRoutes()
/// routes.addHealth(live: { _ in .text(200, "ok\n") }, ready: …, metrics: …)
/// let server = HTTPServer(try ListenAddress.all("localhost:9200"), routes: routes, reporting: log)
/// try await ServiceGroup(services: [server], logger: logger).run()
/// ```
public struct HTTPServer: Service {
  private let addresses: [ListenAddress]
  private let routes: ServerRoutes
  private let admission: any RequestAdmission
  private let tls: TLSFiles?
  private let certificates: CertificateReading
  private let limits: ServerLimits
  private let rates: RateLimiter
  private let report: any RoadReporter
  private let onListening: @Sendable ([ListenAddress]) async -> Void
  public let counts: ServerCounts

  /// - Parameters:
  ///   - admission: who may do what; everybody may do everything unless it is given, which is for loopback alone.
  ///   - tls: what is shown to clients, which speak TLS then; read again when the files change.
  ///   - certificates: by which somebody asks that they be read again whether they have changed or not.
  ///   - rates: what each client may ask for; nothing is bounded unless it is given.
  ///   - onListening: is told once, when all addresses take connections, with the ports that they have.
  public init(
    _ addresses: [ListenAddress], routes: ServerRoutes, admission: any RequestAdmission = OpenAdmission(),
    tls: TLSFiles? = nil, certificates: CertificateReading = CertificateReading(),
    limits: ServerLimits = ServerLimits(), rates: RateLimiter = RateLimiter(),
    counts: ServerCounts = ServerCounts(),
    reporting report: any RoadReporter,
    onListening: @escaping @Sendable ([ListenAddress]) async -> Void = { _ in }
  ) {
    self.addresses = addresses
    self.routes = routes
    self.admission = admission
    self.tls = tls
    self.certificates = certificates
    self.limits = limits
    self.rates = rates
    self.counts = counts
    self.report = report
    self.onListening = onListening
  }

  /// Throws `ListenAddressError` where an address cannot be had, and for one that others than this machine can reach without TLS and
  /// keys; `TLSFault` where there is no certificate to be shown.
  public func run() async throws {
    if tls == nil || admission.admitsAnybody, let open = addresses.first(where: { !$0.isLoopback }) {
      throw ListenAddressError(
        text: open.description, reason: "others than this machine would reach it, which needs TLS and keys")
    }
    let identity = try tls.map { try TLSIdentity($0) }
    let logger = Logger(label: "martlet") { _ in ServerLog(report) }
    let handling = RequestHandling(
      routes: routes, admission: admission, limits: limits, budget: ByteBudget(limits.mostBytesInHand),
      answers: ByteBudget(limits.mostBytesOfAnswers), rates: rates, counts: counts)
    let counts = counts
    let connection = ServerConnection(
      limits: limits, identity: identity, report: { counts.note($0) },
      responder: { try await handling.respond(to: $0, $1, $2) })
    let ready = Listening(addresses.count, onListening)
    try await withThrowingTaskGroup(of: Part.self) { group in
      for (place, address) in addresses.enumerated() {
        group.addTask {
          try await listen(at: address, place, connection, ready, logger)
          return .listener
        }
      }
      if let identity {
        group.addTask { await reload(identity) }
      }
      let finishing = limits.finishingTime
      group.addTask {
        try await gracefulShutdown()
        try await Task.sleep(for: finishing)
        throw Finished()
      }
      do {
        var listening = addresses.count
        while listening > 0, let ended = try await group.next() {
          if ended == .listener { listening -= 1 }
        }
      } catch is Finished {
        report.tell(.notice, "requests that were still in flight have been given up", [:])
      }
      group.cancelAll()
    }
  }

  private struct Finished: Error {}

  private enum Part { case listener, other }

  /// Looks for a changed certificate until the task is cancelled.
  private func reload(_ identity: TLSIdentity) async -> Part {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(1))
      do {
        guard try identity.reload(isAsked: certificates.take()) else { continue }
        report.tell(.info, "the certificate has been read again", [:])
        report.setTrouble(nil)
      } catch {
        report.tell(.error, "the certificate that was shown before is shown on: \(error)", [:])
        report.setTrouble("\(error)")
      }
    }
    return .other
  }

  private func listen(
    at address: ListenAddress, _ place: Int, _ connection: ServerConnection, _ ready: Listening, _ logger: Logger
  ) async throws {
    let server = connection.server(
      configuration: ServerConfiguration(
        address: .hostname(address.host, port: address.port),
        availableConnectionsDelegate: .maximum(limits.mostConnections, logger: logger)),
      onServerRunning: { channel in
        await ready.note(ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port), place)
      }, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    do {
      try await server.run()
    } catch let error as IOError {
      let reason = String(cString: strerror(error.errnoCode))
      if address.mayBeMissing, error.errnoCode == EADDRNOTAVAIL || error.errnoCode == EAFNOSUPPORT {
        report.tell(.notice, "\(address) is not listened at, since this machine has no such address", [:])
        return await ready.note(nil, place)
      }
      throw ListenAddressError(text: address.description, reason: reason)
    } catch let error as SocketAddressError {
      throw ListenAddressError(text: address.description, reason: "the name is not known: \(error)")
    }
  }
}

/// Gathers addresses until all are there.
private actor Listening {
  private var found: [ListenAddress?]
  private var missing: Set<Int>
  private let done: @Sendable ([ListenAddress]) async -> Void

  init(_ count: Int, _ done: @escaping @Sendable ([ListenAddress]) async -> Void) {
    found = Array(repeating: nil, count: count)
    missing = Set(0..<count)
    self.done = done
  }

  func note(_ address: ListenAddress?, _ place: Int) async {
    found[place] = address
    guard missing.remove(place) != nil, missing.isEmpty else { return }
    await done(found.compactMap { $0 })
  }
}
