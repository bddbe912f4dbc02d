import Intake
import Logging
import Server
import ServiceLifecycle
import Synchronization
import Trust

extension ServerLimits {
  /// Those that a server has, and hours for a client: one that waits for a thread of a busy machine is not one that does nothing.
  static var patient: ServerLimits {
    var limits = ServerLimits()
    (limits.headTime, limits.idleTime, limits.bodyTime) = (.hours(1), .hours(1), .hours(1))
    limits.longestTime = .hours(1)
    return limits
  }
}

/// A server that runs for one test.
final class RunningServer: Sendable {
  let addresses: [ListenAddress]
  let counts: ServerCounts
  private let group: ServiceGroup
  private let task: Task<Void, any Error>

  var port: Int { addresses[0].port }

  init(
    _ listen: String = "127.0.0.1:0", limits: ServerLimits = .patient, rates: RateLimiter = RateLimiter(),
    admission: any RequestAdmission = OpenAdmission(), report: any RoadReporter = Silence(), routes: ServerRoutes
  ) async throws {
    let counts = ServerCounts()
    let (stream, continuation) = AsyncStream.makeStream(of: [ListenAddress].self)
    let server = HTTPServer(
      try ListenAddress.all(listen), routes: routes, admission: admission, limits: limits, rates: rates, counts: counts,
      reporting: report, onListening: { continuation.yield($0) })
    let group = ServiceGroup(services: [server], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let task = Task {
      defer { continuation.finish() }
      try await group.run()
    }
    var first: [ListenAddress]?
    for await found in stream {
      first = found
      break
    }
    guard let first else {
      try await task.value
      throw Ended()
    }
    addresses = first
    self.counts = counts
    self.group = group
    self.task = task
  }

  struct Ended: Error {}

  /// Asks it to end, as a signal does.
  func stop() async { await group.triggerGracefulShutdown() }

  func end() async throws {
    await stop()
    try await task.value
  }
}

struct Silence: RoadReporter {
  func tell(_ level: ReportLevel, _ sentence: String, _ details: [String: String]) {}
  func add(_ count: Int, to counter: String) {}
  func setTrouble(_ reason: String?) {}
}

/// Lets a handler wait for a test.
final class Gate: Sendable {
  private let state = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func pass() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }
}
