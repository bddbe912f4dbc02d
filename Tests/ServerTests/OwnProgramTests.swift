import Foundation
import TestSupport
import Testing

@testable import Server

@Suite("Commands run in processes of their own, within bounds", .timeLimit(.minutes(hang)))
struct OwnProgramTests {
  /// The shell in place of this program, with hours of time unless something else is said.
  private func shell(_ change: (inout OwnProgram.Bounds) -> Void = { _ in }) -> OwnProgram {
    var bounds = OwnProgram.Bounds()
    bounds.time = .seconds(36_000)
    change(&bounds)
    return OwnProgram(path: "/bin/sh", bounds: bounds)
  }

  @Test("What it writes and its status come back, whatever it is")
  func plain() async throws {
    let outcome = try await shell().run(["-c", "printf 'a\\0b'; echo no >&2; exit 7"])
    #expect(outcome == CommandOutcome(status: 7, output: Array("a\0b".utf8), messages: "no\n"))
    let long = try await shell().run(["-c", "head -c 3000000 /dev/zero; head -c 200000 /dev/zero >&2"])
    #expect(
      long.status == 0 && long.cut == nil && long.output.count == 3_000_000 && long.messages.utf8.count == 64 << 10)
    // One that closes its output and goes on is waited for.
    let closed = try await shell().run(["-c", "exec >&- 2>&-; sleep 0.3; exit 3"])
    #expect(closed.status == 3 && closed.cut == nil)
    await #expect(throws: CommandRefusal.failed("No such file or directory")) {
      try await OwnProgram(path: "/nothing").run([])
    }
  }

  @Test("An answer that is too long, or takes too long, is cut, and nothing of it goes on")
  func cut() async throws {
    let long = try await shell { $0.longest = 100_000 }.run(["-c", "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxx; done"])
    #expect(long.cut == .tooLong(bytes: 100_000) && long.output.count <= 100_000)
    let scratch = try Scratch()
    let mark = scratch.path + "/mark"
    // What it started is ended with it. A time in which a busy machine starts nothing is followed by a longer one.
    let seconds = "36000.\(UInt32.random(in: 0 ... .max))"
    for milliseconds in [500, 5000, 50_000, 500_000] where !FileManager.default.fileExists(atPath: mark) {
      let script = "sleep \(seconds) & echo $! > \(mark).new && mv \(mark).new \(mark); wait"
      let slow = try await shell { $0.time = .milliseconds(milliseconds) }.run(["-c", script])
      #expect(slow.cut == .tooSlow(.milliseconds(milliseconds)))
    }
    let started = try String(contentsOfFile: mark, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(
      try await eventually {
        // Nothing but its number is left of one that has ended and that nobody has waited for.
        !((try? String(contentsOfFile: "/proc/\(started)/cmdline", encoding: .utf8)) ?? "").contains(seconds)
      })
    let silent = try await shell { $0.time = .milliseconds(500) }.run(["-c", "exec >&- 2>&-; sleep 36000"])
    #expect(silent.cut == .tooSlow(.milliseconds(500)))
    let killed = try await shell().run(["-c", "kill -SEGV $$"])
    #expect(killed.cut == .signal(SIGSEGV))
  }

  @Test("It has little memory, sees no secret and no open file of this process, and no signal is kept from it")
  func surroundings() async throws {
    let own = ["MARTLET_SECRET": "hunter2", "NOTIFY_SOCKET": "@nobody", "HOME": "/home/x", "PATH": "/bin"]
    #expect(OwnProgram.variables(of: own) == ["PATH=/bin", "HOME=/home/x", "NO_COLOR=1"])
    // Kept open by programs that are started, were it not for their bounds.
    let descriptor = open("/dev/null", O_RDONLY)
    defer { close(descriptor) }
    _ = fcntl(descriptor, F_SETFD, 0)
    let outcome = try await shell { $0.memory = 64 << 20 }.run([
      "-c", "env; sleep 0.2; ls -l /proc/$$/fd | grep -c /dev/null; ulimit -d; ulimit -c; grep SigIgn /proc/$$/status",
    ])
    let text = String(decoding: outcome.output, as: UTF8.self)
    let names = Set(text.split(separator: "\n").filter { $0.contains("=") }.map { String($0.prefix { $0 != "=" }) })
    // Those of the shell itself aside.
    let others = names.subtracting(OwnProgram.passedOn + ["NO_COLOR", "PWD", "OLDPWD", "SHLVL", "_"])
    #expect(others.isEmpty && names.contains("PATH"), "\(others)")
    #expect(text.contains("\n1\n65536\n0\nSigIgn:\t"), "\(text)")
    // Those above 31 are the C library's own.
    let ignored = text.split(whereSeparator: \.isWhitespace).last.flatMap { UInt64($0, radix: 16) }
    #expect(ignored.map { $0 & 0x7FFF_FFFF } == 0, "\(text)")
  }

  @Test("So many run at once, so many wait, and the others are refused")
  func turns() async throws {
    let scratch = try Scratch()
    let program = shell {
      $0.atOnce = 2
      $0.waiting = 3
    }
    let (here, go) = (scratch.path + "/here", scratch.path + "/go")
    try FileManager.default.createDirectory(atPath: here, withIntermediateDirectories: false)
    // How many it saw at once; none where it was refused. None ends before two are there and all others wait or are refused.
    let seen = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<8 {
        group.addTask {
          do {
            let script =
              "touch \(here)/\(number); while [ ! -e \(go) ]; do sleep 0.05; done; ls \(here) | wc -l; rm \(here)/\(number)"
            let outcome = try await program.run(["-c", script])
            return Int(String(decoding: outcome.output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
              ?? -1
          } catch CommandRefusal.busy {
            return 0
          }
        }
      }
      var seen: [Int] = []
      while seen.count < 3, let next = try await group.next() { seen.append(next) }
      _ = try await eventually { try FileManager.default.contentsOfDirectory(atPath: here).count == 2 }
      try scratch.write("", "go")
      return try await group.reduce(into: seen) { $0.append($1) }
    }
    #expect(seen.max() == 2 && seen.count { $0 == 0 } == 3, "\(seen)")
    #expect(try await program.run(["-c", "exit 0"]).status == 0)
  }

  @Test("Where nobody waits for it any more it is ended, and its turn is another's")
  func cancelled() async throws {
    let program = shell { $0.atOnce = 1 }
    let task = try await endless(program)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try await program.run(["-c", "exit 0"]).status == 0)
  }

  /// One that runs until it is ended.
  private func endless(_ program: OwnProgram) async throws -> Task<CommandOutcome, any Error> {
    let scratch = try Scratch()
    let task = Task { try await program.run(["-c", "touch \(scratch.path)/begun; exec sleep 36000"]) }
    #expect(try await eventually { FileManager.default.fileExists(atPath: scratch.path + "/begun") })
    return task
  }

  @Test("Who waits for a turn and is gone leaves the place to others")
  func leaving() async throws {
    let program = shell {
      $0.atOnce = 1
      $0.waiting = 1
    }
    let first = try await endless(program)
    for _ in 0..<5 {
      // Each finds the one place to wait, which those before have left.
      let waiting = Task { try await program.run(["-c", "exit 0"]) }
      #expect(try await eventually { program.waitingCount == 1 })
      waiting.cancel()
      await #expect(throws: CancellationError.self) { try await waiting.value }
    }
    first.cancel()
    await #expect(throws: CancellationError.self) { try await first.value }
    #expect(try await program.run(["-c", "exit 0"]).status == 0)
  }

  @Test("What a command says becomes an answer, with the status that fits")
  func replies() throws {
    func reply(
      _ status: Int32, _ output: String, _ messages: String, _ form: OperatorCommand.Form,
      _ cut: CommandOutcome.Cut? = nil
    ) -> (Int, String) {
      let reply = OperatorReply.of(
        CommandOutcome(status: status, output: Array(output.utf8), messages: messages, cut: cut), form,
        took: .milliseconds(5))
      return (reply.status, String(decoding: reply.body, as: UTF8.self))
    }
    #expect(
      reply(0, "{\"a\":1}\n{\"a\":2}\n", "2 matched\n", .lines)
        == (200, #"{"took":5,"complete":true,"notices":["2 matched"],"rows":[{"a":1},{"a":2}]}"#))
    #expect(reply(2, "", "", .lines) == (200, #"{"took":5,"complete":true,"notices":[],"rows":[]}"#))
    #expect(reply(1, "{}\n", "martlet: x", .lines).1.hasPrefix(#"{"took":5,"complete":false"#))
    #expect(reply(0, "7\n", "", .count).1.hasSuffix(#""count":7}"#))
    #expect(reply(0, #"{"columns":[]}"#, "", .members).1.hasSuffix(#","columns":[]}"#))
    #expect(reply(0, "[1]\n", "", .value("rules")).1.hasSuffix(#""rules":[1]}"#))
    #expect(reply(0, "{\"a\":1}\n", "", .value(nil)) == (200, #"{"a":1}"#))
    let refused = reply(
      64, "", "Error: the query cannot be read.\nx\nUsage: martlet search\n  See 'martlet search --help'\n", .lines)
    #expect(refused.0 == 400 && refused.1.contains(#"the query cannot be read.\nx""#) && !refused.1.contains("Usage"))
    #expect(reply(1, "", "martlet: no alert has an id that starts with “x”\n", .sentence).0 == 404)
    #expect(reply(1, "", "martlet: 3 alerts have ids that start with “x”:\n", .value(nil)).0 == 400)
    #expect(reply(1, "", "martlet: 3 keys have ids that start with “kAbc”; give more\n", .sentence).0 == 400)
    #expect(
      reply(1, "", "martlet: 2 events cannot be read", .lines)
        == (200, #"{"took":5,"complete":false,"notices":["martlet: 2 events cannot be read"],"rows":[]}"#))
    #expect(reply(1, "", "martlet: the folder is damaged\n", .count).0 == 503)
    let bounded = reply(1, "", "martlet: the query was given up: it has more than 1 row\n", .members)
    #expect(bounded.0 == 400 && bounded.1.contains("more than 1 row"))
    // Whoever asks over HTTP knows keys, and no options.
    let named = OperatorReply.of(
      CommandOutcome(status: 64, output: [], messages: "Error: choose by --status, --min-severity or --add-tag -- x"),
      .sentence, keys: ["--status": "where_status", "--add-tag": "add_tags"], took: .zero)
    #expect(
      String(decoding: named.body, as: UTF8.self).contains("choose by where_status, min_severity or add_tags -- x"))
    #expect(
      reply(64, "", "Error: --filter: “a --limit b” is wrong at --words-of-theirs", .lines).1.contains(
        "filter: “a --limit b” is wrong at --words-of-theirs"))
    #expect(reply(71, "{}", "", .lines).0 == 503 && reply(-1, "", "", .lines, .signal(9)).0 == 503)
    #expect(reply(-1, "x", "", .lines, .tooLong(bytes: 5)).0 == 400)
    #expect(reply(-1, "x", "", .lines, .tooSlow(.seconds(60))).0 == 504)
  }
}
