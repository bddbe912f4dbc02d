import Foundation
import JSON
import Service
import Synchronization
import TestSupport
import Testing

/// The socket by which systemd is told how a service does.
private final class NotifySocket: Sendable {
  private final class Mailbox: Sendable {
    let messages = Mutex<[String]>([])
  }

  private let descriptor: Int32
  private let mailbox = Mailbox()
  /// As `NOTIFY_SOCKET` has it.
  let name: String

  /// - Parameter name: a path, or `@` and a name in no file system.
  init(_ name: String) throws {
    self.name = name
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + bytes.count)
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    try #require(status == 0, "\(name): \(String(cString: strerror(errno)))")
    // Read at once, however late the test asks: few wait in the socket, and what finds no room there is lost.
    Thread.detachNewThread { [descriptor, mailbox] in
      var bytes = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = recv(descriptor, &bytes, bytes.count, 0)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        mailbox.messages.withLock { $0.append(String(decoding: bytes[..<count], as: UTF8.self)) }
      }
      close(descriptor)
    }
  }

  deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// The next message; nil where none comes for long.
  func next() async throws -> String? {
    guard try await eventually({ mailbox.messages.withLock { !$0.isEmpty } }) else { return nil }
    return mailbox.messages.withLock { $0.removeFirst() }
  }

  /// The next message that is none of the watchdog's.
  func nextState() async throws -> String? {
    while let message = try await next() {
      if message != "WATCHDOG=1" { return message }
    }
    return nil
  }
}

private func monotonic() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
}

@Suite("systemd is told how the service does", .timeLimit(.minutes(hang)))
struct SystemdTests {
  @Test(
    "When it is ready, that it is alive in half the time of the watchdog, that it reads settings, that it ends",
    arguments: [false, true])
  func states(isAbstract: Bool) async throws {
    let scratch = try Scratch()
    let socket = try NotifySocket(isAbstract ? "@martlet-test-\(UUID().uuidString)" : scratch.path + "/notify")
    let begin = monotonic()
    let service = try await ServedProcess(
      data: scratch.path + "/events", settings: "{}",
      variables: ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "1000000"])
    #expect(try await socket.nextState() == "READY=1")
    // Whoever is told takes connections by then.
    #expect(PythonServer.run(["curl", "-sS", service.url + "/health/ready"]).status == 0)
    // The watchdog's own beats: twice in its time, and not much more often, however late they are read here.
    var beats: [UInt64] = []
    while beats.count < 12, let message = try await socket.next() {
      if message == "WATCHDOG=1" { beats.append(monotonic()) }
    }
    try #require(beats.count == 12)
    #expect(beats[11] - begin >= 5_000_000, "\(beats)")
    service.signal(SIGHUP)
    let reloading = try #require(try await socket.nextState()).split(separator: "\n").map(String.init)
    #expect(reloading.count == 2 && reloading[0] == "RELOADING=1")
    let time = try #require(UInt64(reloading[1].split(separator: "=").last ?? ""))
    #expect(reloading[1].hasPrefix("MONOTONIC_USEC=") && time >= begin && time <= monotonic())
    #expect(try await socket.nextState() == "READY=1")
    #expect(service.log.contains("the settings have been read again"))
    async let ended = service.stop()
    #expect(try await socket.nextState() == "STOPPING=1")
    #expect(try await ended == 0)
  }

  @Test("Without a socket, or with the watchdog of another process, nothing is told; one that is gone ends nothing")
  func none() throws {
    let scratch = try Scratch()
    #expect(SystemdNotifier([:]).tell("READY=1") && SystemdNotifier([:]).interval == nil)
    #expect(SystemdNotifier(["WATCHDOG_USEC": "3000000"]).interval == .milliseconds(1500))
    #expect(
      SystemdNotifier(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "\(getpid())"]).interval == .milliseconds(1500))
    for wrong in [["WATCHDOG_USEC": "0"], ["WATCHDOG_USEC": "x"], ["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"]] {
      #expect(SystemdNotifier(wrong).interval == nil)
    }
    #expect(!SystemdNotifier(["NOTIFY_SOCKET": scratch.path + "/nobody"]).tell("READY=1"))
    #expect(!SystemdNotifier(["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 300)]).tell("READY=1"))
  }

  @Test("SIGHUP has settings and certificates be read again, and says so; what is wrong changes nothing")
  func reload() async throws {
    let scratch = try Scratch()
    let files = try #require(try TestCertificate(in: scratch), "there is no openssl")
    let other = try Scratch()
    let next = try #require(try TestCertificate(in: other))
    let tls = "tls: {certificate: \(files.certificate), key: \(files.key)}\n"
    let service = try await ServedProcess(data: scratch.path + "/events", settings: tls)
    let settings = try #require(service.settingsFile)
    let url = "https://localhost:\(service.port)"
    func ask(_ path: String, _ authority: String) -> (status: Int32, output: String) {
      PythonServer.run([
        "curl", "-sS", "--cacert", authority, "-w", "%{http_code}", "-o", "/dev/null", url + path,
      ])
    }
    #expect(ask("/health/live", files.authority).output == "200")
    service.signal(SIGHUP)
    // Though neither has changed.
    #expect(try await service.says("the settings have been read again"))
    #expect(try await service.says("the certificate has been read again"))
    // A new certificate, and a bound that one request reaches.
    for (from, to) in [(next.key, files.key), (next.certificate, files.certificate)] {
      try Data(contentsOf: URL(fileURLWithPath: from)).write(to: URL(fileURLWithPath: to))
    }
    try (tls + "limits: {requests_per_second: 1, requests_burst: 1}\n").write(
      toFile: settings, atomically: false, encoding: .utf8)
    service.signal(SIGHUP)
    // Many in one process, and at once: two that a busy machine starts may be more than a second apart.
    while true {
      let many = PythonServer.run(
        ["curl", "-sS", "-Z", "--cacert", next.authority, "-w", "\n%{http_code}\n", url + "/?[1-100]"])
      if many.output.split(separator: "\n").contains("429") { break }
    }
    #expect(ask("/health/live", files.authority).status != 0 && ask("/health/live", next.authority).output == "200")
    #expect(
      PythonServer.run(["curl", "-sS", "--cacert", next.authority, url + "/metrics"]).output.contains(
        #"martlet_http_rate_limited_total{reason="requests"} "#))
    // Settings that are wrong, and a key that is another's.
    try (tls + "limits: {requests_per_second: 0}\n").write(toFile: settings, atomically: false, encoding: .utf8)
    try "no key".write(toFile: files.key, atomically: true, encoding: .utf8)
    service.signal(SIGHUP)
    #expect(try await service.says("the settings stay as they were: limits.requests_per_second"))
    #expect(try await service.says("that was shown before is shown on"))
    #expect(ask("/health/live", next.authority).output == "200")
    #expect(try await service.stop() == 0)
  }

  private static let unit =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .path
    + "/packaging/martlet.service"

  @Test(
    "The unit leaves the service hardly anything that it does not need",
    .enabled(if: PythonServer.run(["systemd-analyze", "--version"]).status == 0, "there is no systemd-analyze"))
  func unit() {
    let ran = PythonServer.run([
      "systemd-analyze", "security", "--offline=yes", "--threshold=20", "--no-pager", Self.unit,
    ])
    #expect(ran.status == 0, "\(ran.output.suffix(300))")
    #expect(ran.output.contains("Overall exposure level"))
  }

  @Test(
    "No thread of the service but the one that it begins on asks for more priority than others have, which it is not given",
    .enabled(if: geteuid() == 0, "only root is given it"))
  func priority() async throws {
    let scratch = try Scratch()
    let service = try await ServedProcess(data: scratch.path + "/events")
    // What an operator asks reads databases.
    #expect(PythonServer.run(["curl", "-sS", service.url + "/api/status"]).status == 0)
    let tasks = "/proc/\(service.id)/task"
    // The runtime begins a program's first task with the priority of what a user waits for.
    var (threads, raised) = (0, [Substring]())
    for thread in try FileManager.default.contentsOfDirectory(atPath: tasks) {
      // It may have ended since.
      guard let text = try? String(contentsOfFile: "\(tasks)/\(thread)/stat", encoding: .utf8),
        let end = text.lastIndex(of: ")")
      else { continue }
      // Behind the name, which may have blanks, comes the third value; the nineteenth is the niceness.
      let values = text[end...].split(separator: " ").dropFirst()
      let nice = try #require(values.dropFirst(16).first.flatMap { Int($0) })
      if nice < min(0, getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)) { raised.append(text[...end]) }
      threads += 1
    }
    #expect(threads > 1 && raised.count <= 1, "\(raised)")
    #expect(try await service.stop() == 0)
  }

  @Test("The service runs as a user whom the package makes, so that files can be given to that user")
  func user() throws {
    let folder = (Self.unit as NSString).deletingLastPathComponent
    let unit = try String(contentsOfFile: Self.unit, encoding: .utf8).split(separator: "\n")
    #expect(unit.contains("User=martlet") && !unit.contains { $0.hasPrefix("DynamicUser") })
    let users = try String(contentsOfFile: folder + "/martlet.sysusers", encoding: .utf8).split(separator: "\n")
    #expect(users.contains { $0.hasPrefix("u martlet ") })
  }
}
