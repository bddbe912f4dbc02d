import Events
import Foundation
import Intake
import TestSupport
import Testing

@testable import Service

@Suite("Settings that are read again while a service runs") struct ReloadTests {
  /// Takes what is sent to it, and answers nothing.
  private final class SilentHook: Sendable {
    let port: Int
    private let listening: Int32

    init() throws {
      listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let listening = listening
      let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(listening, $0, length) == 0 && listen(listening, 8) == 0 && getsockname(listening, $0, &length) == 0
        }
      }
      try #require(isBound)
      port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(listening) }

    /// The next connection to it; nil where there is none yet. Whoever asks closes it.
    func accepted() -> Int32? {
      var waiting = pollfd(fd: listening, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 0) == 1 else { return nil }
      return accept(listening, nil, nil)
    }
  }

  @Test("Rules go on while a message hangs that was under way", .timeLimit(.minutes(40)))
  func hanging() async throws {
    let scratch = try Scratch()
    let hook = try SilentHook()
    let data = scratch.path + "/events"
    let file = try scratch.write(
      """
      rules: {spread: 0}
      notifications: {channels: [{name: hook, type: webhook, url: "http://127.0.0.1:\(hook.port)/"}]}
      """, "martlet.yaml")
    var settings = try ServiceSettings(file: file, data: data, variables: [:])
    // It hangs for as long as the test takes.
    settings.outside.transfers.leastTimeout = .seconds(7200)
    let clock = SimulatedClock("2026-02-01T00:00:00Z")
    let service = try MartletService(
      data: data, settings, variables: [:], clock: clock, log: ServiceLog(clock) { _ in })
    let running = Task { await service.run() }
    func executions() -> Double { service.metrics.value("martlet_executions_total") ?? 0 }

    var connection: Int32?
    var number = 0
    while connection == nil {
      number += 1
      // Another role each time: what came before the rules began is known to them.
      let record = ServedFolder.trustRecord(number, at: Timestamp(milliseconds: clock.now.milliseconds - 60_000))
        .replacing(#""roleName":"ops""#, with: #""roleName":"ops-\#(number)""#)
      _ = try await service.sink.take(
        .bytes(Array(record.utf8)), from: IngestionSource(road: .bulk, name: "test"))
      clock.move(by: 300)
      try await Task.sleep(for: .milliseconds(200))
      connection = hook.accepted()
    }
    service.reload(settings)
    for _ in 0..<20 {
      let before = executions()
      clock.move(by: 300)
      while executions() == before { try await Task.sleep(for: .milliseconds(10)) }
    }
    // Only the end of the service gives the message up.
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let taken = recv(try #require(connection), &bytes, bytes.count, Int32(MSG_DONTWAIT))
    #expect(taken > 0)
    var rest = taken
    while rest > 0 { rest = recv(try #require(connection), &bytes, bytes.count, Int32(MSG_DONTWAIT)) }
    #expect(rest == -1 && (errno == EAGAIN || errno == EWOULDBLOCK), "the message still hangs")
    service.stop()
    await running.value
    if let connection { close(connection) }
  }

  @Test(
    "What settings name that is not there is told when they are read again, as at the start", .timeLimit(.minutes(hang))
  )
  func missing() async throws {
    let scratch = try Scratch()
    func settings(_ variable: String) -> String {
      "notifications: {channels: [{name: hook, type: webhook, url_env: \(variable)}]}\n"
    }
    let service = try await ServedProcess(data: scratch.path + "/events", settings: settings("FIRST_URL"))
    let key = "notifications.channels[0].url_env: the variable "
    #expect(try await service.says(key + "FIRST_URL"))
    try settings("SECOND_URL").write(
      toFile: try #require(service.settingsFile), atomically: true, encoding: .utf8)
    service.signal(SIGHUP)
    #expect(try await service.says(key + "SECOND_URL"))
    #expect(try await service.stop() == 0)
  }
}
