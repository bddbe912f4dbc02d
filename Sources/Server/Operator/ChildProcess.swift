import CProcess
import Foundation
import Synchronization

/// A process that was started, whose output is read to its end.
final class ChildProcess: Sendable {
  private let output: Int32
  private let messages: Int32
  /// Nil once it has ended and was waited for: another process may have its number then.
  private let id: Mutex<pid_t?>

  /// Starts a program with nothing to read, no open files of this process, and a group of processes of its own. Throws `CommandRefusal`.
  init(_ path: String, _ arguments: [String], _ variables: [String], memory: Int, time: Duration) throws(CommandRefusal)
  {
    var (out, err): (Int32, Int32) = (-1, -1)
    // Where this process is killed, what it has started ends by itself.
    let seconds = UInt(time.components.seconds + 1) * 2
    let started = Self.with(arguments) { arguments in
      Self.with(variables) { martlet_start(path, arguments, $0, seconds, UInt(memory), &out, &err) }
    }
    guard started > 0 else { throw .failed(String(cString: strerror(-started))) }
    (output, messages) = (out, err)
    id = Mutex(started)
  }

  deinit {
    close(output)
    close(messages)
  }

  private static func with<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }

  /// Ends it at once.
  func kill() {
    id.withLock { id in
      if let id { Foundation.kill(-id, SIGKILL) }
    }
  }

  /// Reads all that it writes, and waits for its end, which comes after so much output or time at the latest. To be called once, on a
  /// thread that may wait.
  func finish(longest: Int, within time: Duration) -> CommandOutcome {
    var outcome = CommandOutcome(status: 0, output: [], messages: "")
    let end = ContinuousClock.now + time
    var told: [UInt8] = []
    var open = [output, messages]
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while !open.isEmpty, outcome.cut == nil {
      let left = (end - .now) / .milliseconds(1)
      guard left > 0 else {
        outcome.cut = .tooSlow(time)
        break
      }
      var polled = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&polled, nfds_t(polled.count), Int32(min(left, 60_000)) + 1) > 0 else { continue }
      for one in polled where one.revents != 0 {
        let count = read(one.fd, &piece, piece.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          open.removeAll { $0 == one.fd }
          continue
        }
        if one.fd == messages {
          told += piece[..<min(count, max(0, Self.longestMessages - told.count))]
        } else if outcome.output.count + count > longest {
          outcome.cut = .tooLong(bytes: longest)
        } else {
          outcome.output += piece[..<count]
        }
      }
    }
    if outcome.cut != nil { kill() }
    outcome.messages = String(decoding: told, as: UTF8.self)
    let status = wait(until: end)
    if status.isLate, outcome.cut == nil { outcome.cut = .tooSlow(time) }
    if status.isByItself {
      outcome.status = status.code
    } else {
      outcome.status = -1
      if outcome.cut == nil { outcome.cut = .signal(status.code) }
    }
    return outcome
  }

  private static let longestMessages = 64 << 10

  /// Waits for the end of the process, which may have closed its output long before.
  private func wait(until end: ContinuousClock.Instant) -> (code: Int32, isByItself: Bool, isLate: Bool) {
    guard let process = id.withLock({ $0 }) else { return (0, false, false) }
    var isLate = false
    var status: Int32 = 0
    var pause: UInt32 = 200
    while true {
      // The number is given up in the moment in which the process is, so that nobody else is killed by it.
      let result = id.withLock { id in
        let result = waitpid(process, &status, WNOHANG)
        if result == process { id = nil }
        return result
      }
      if result == process { break }
      if result < 0, errno != EINTR {
        // Somebody else has waited for it: how it ended is not known.
        id.withLock { $0 = nil }
        return (0, false, isLate)
      }
      if ContinuousClock.now > end {
        isLate = true
        kill()
      }
      usleep(pause)
      pause = min(pause * 2, 20_000)
    }
    return status & 0x7F == 0 ? (status >> 8 & 0xFF, true, isLate) : (status & 0x7F, false, isLate)
  }
}
