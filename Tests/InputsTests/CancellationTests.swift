import CloudTrail
import Foundation
import Inputs
import Synchronization
import TestSupport
import Testing

@Suite("Reading that is cancelled") struct CancellationTests {
  /// Counts events.
  private final class Counter: RecordConsumer {
    private let met: Meeting
    init(_ met: Meeting) { self.met = met }
    var leanFields: [LeanField] { [] }
    var problems: ProblemLog { ProblemLog() }
    func consume(_ batch: RecordBatch) throws { met.meet(batch.rows.count) }
    func finish() -> Int { 0 }
  }

  /// The events that all workers have met, of which the first may end the reading.
  private final class Meeting: Sendable {
    let count = Atomic<Int>(0)
    /// Cancels the reading; there from the moment that its task is made, which comes before the first event may be counted.
    private let cancel = Mutex<(@Sendable () -> Void)?>(nil)

    func meet(_ events: Int) {
      cancel.withLock { $0 }?()
      count.add(events, ordering: .relaxed)
    }

    /// Starts what the first event that it meets cancels.
    func start(_ work: @escaping @Sendable () async throws -> Void) -> Task<Void, any Error> {
      cancel.withLock { cancel in
        let task = Task { try await work() }
        cancel = { task.cancel() }
        return task
      }
    }
  }

  private static func record(_ number: Int) -> String {
    let id = String(format: "00000000-0000-0000-0000-%012d", number)
    return
      #"{"eventVersion":"1.08","eventID":"\#(id)","eventTime":"2026-01-01T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","userName":"bob"}}"#
      + "\n"
  }

  /// Reads until the first event has been met, or half a second where none comes, and gives how many events were met by the end. How long
  /// that takes is up to what else runs.
  private static func cancelled(_ paths: [String], workers: Int = 2, comes: Bool = true) async throws -> Int {
    let met = Meeting()
    let task = met.start {
      _ = try await InputReader(paths: paths, workers: workers).read(registry: EventRegistry()) { Counter(met) }
    }
    if !comes {
      try await Task.sleep(for: .milliseconds(500))
      task.cancel()
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    return met.count.load(ordering: .relaxed)
  }

  @Test("A pipe into which nobody writes, or writes no longer, is waited for no longer", arguments: [false, true])
  func pipe(hasWriter: Bool) async throws {
    let scratch = try Scratch()
    let path = scratch.path + "/pipe"
    try #require(mkfifo(path, 0o600) == 0)
    // A writer that stays and writes nothing more.
    let writer = hasWriter ? open(path, O_RDWR | O_NONBLOCK) : -1
    defer { if writer >= 0 { close(writer) } }
    if hasWriter {
      let text = Self.record(1) + Self.record(2)
      #expect(write(writer, text, text.utf8.count) == text.utf8.count)
    }
    #expect(try await Self.cancelled([path], comes: false) <= 2)
  }

  @Test("What is written into a pipe bit by bit is read as ever")
  func patience() async throws {
    let scratch = try Scratch()
    let path = scratch.path + "/pipe"
    try #require(mkfifo(path, 0o600) == 0)
    // On a thread of its own: it waits for the reader, which may need all those of tasks.
    Thread.detachNewThread {
      usleep(200_000)
      let writer = open(path, O_WRONLY | O_CLOEXEC)
      for number in 0..<20 {
        let text = Self.record(number)
        // A record comes in two parts.
        let half = text.utf8.count / 2
        _ = Array(text.utf8).withUnsafeBytes { write(writer, $0.baseAddress!, half) }
        usleep(10_000)
        _ = Array(text.utf8).withUnsafeBytes { write(writer, $0.baseAddress! + half, $0.count - half) }
      }
      close(writer)
    }
    let met = Meeting()
    let (summary, _) = try await InputReader(paths: [path], workers: 2).read(registry: EventRegistry()) {
      Counter(met)
    }
    #expect(summary.events == 20 && summary.problems.isEmpty, "\(summary.problems.problems)")
  }

  @Test("A long file is left where reading is, whoever cuts it into pieces", arguments: [1, 2])
  func middle(workers: Int) async throws {
    let scratch = try Scratch()
    let count = 200_000
    let records = (0..<count).map(Self.record).joined()
    let long = try scratch.write(records, "long.ndjson")
    #expect(try await Self.cancelled([long], workers: workers) < count)
    // Its name says nothing, so that one worker reads all of it.
    try FileManager.default.createDirectory(atPath: scratch.path + "/deep", withIntermediateDirectories: true)
    _ = try scratch.write(records, "deep/long.bin")
    #expect(try await Self.cancelled([scratch.path + "/deep"], workers: workers) < count)
  }
}
