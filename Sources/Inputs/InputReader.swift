import CloudTrail
import Events
import Foundation
import Parallel

/// What a reading came to.
public struct ReadingSummary: Sendable {
  public init() {}

  /// What events were read from.
  public enum Container: String, Sendable { case file, segment }

  public var container = Container.file
  /// How many files or segments were read.
  public var files = 0
  /// Records met, bad ones and duplicates too.
  public var records = 0
  public var duplicates = 0
  /// The first and the last `@timestamp` of all events.
  public var earliest: Timestamp?
  public var latest: Timestamp?
  public var problems = ProblemLog()
  /// Files that were found and are nothing that is read.
  public var passedOver = PassedOver()

  /// How often the event was met whose deliveries the registry counts.
  public var countedDeliveries = 0
  /// Events that were used.
  public var events = 0
  /// Files that were left out, since they had been read before as they are.
  public var known = 0
  /// Files that several workers read piece by piece, to their end; of the others consumers are told one by one.
  public var pieced: [SourceObject] = []

  /// Of stored events that were asked for by their rows those that could not be read, by the units they lie in.
  public var unreadRows: [Int: Set<Int>] = [:]

  /// Events in ECS without `@timestamp`.
  public var withoutTime = 0

  /// How many events lie in years in which none is to be expected, by year.
  public var oddYears: [Int: Int] = [:]

  /// - Parameter plausible: the times at which events are to be expected.
  package mutating func note(_ batch: RecordBatch, plausible: ClosedRange<Timestamp>) {
    records += batch.recordsRead
    duplicates += batch.duplicates
    events += batch.rows.count
    for row in batch.rows {
      guard row.ownTime != nil else {
        withoutTime += 1
        continue
      }
      if !plausible.contains(row.time) { oddYears[CivilTime(row.time).year, default: 0] += 1 }
      if row.time < earliest ?? .latest { earliest = row.time }
      if row.time > latest ?? .earliest { latest = row.time }
    }
  }

  package mutating func merge(_ other: ReadingSummary) {
    files += other.files
    records += other.records
    duplicates += other.duplicates
    events += other.events
    if let time = other.earliest, time < earliest ?? .latest { earliest = time }
    if let time = other.latest, time > latest ?? .earliest { latest = time }
    problems.merge(other.problems)
    passedOver.merge(other.passedOver)
    withoutTime += other.withoutTime
    oddYears.merge(other.oddYears, uniquingKeysWith: +)
    unreadRows.merge(other.unreadRows) { $0.union($1) }
  }
}

/// Reads files, directories and standard input on all cores and hands their records to consumers in batches.
///
/// Memory is bounded: a worker holds at most one file's text of up to 64 MiB, or pieces of 8 MiB of a longer one, and the
/// positions of its tokens (up to four times as much). Where memory is short, texts are shorter and workers fewer.
public struct InputReader: Sendable {
  public var paths: [String]
  public var workers: Int

  /// The times at which events are to be expected: CloudTrail came after the first service, of 2006, and its clocks run at
  /// most a day ahead. Others are counted.
  public var plausible: ClosedRange<Timestamp>

  /// Whether a file is left out, as it had been read before; all are read unless set.
  public var isKnown: (@Sendable (SourceObject) -> Bool)?

  /// - Parameter now: the time that `now` stands for; without one no event is too late.
  public init(paths: [String], now: Timestamp? = nil, workers: Int = ProcessInfo.processInfo.activeProcessorCount) {
    self.paths = paths
    self.workers = max(1, workers)
    let latest = now.map { Timestamp(milliseconds: $0.milliseconds + 86_400_000) } ?? .latest
    plausible = Timestamp.earliestPlausible...max(.earliestPlausible, latest)
  }

  /// Reads all input on threads of its own; each worker makes a consumer of its own and gives its result. Throws `CancellationError` soon after
  /// the task is cancelled, also while it waits for a pipe.
  public func read<Consumer: RecordConsumer>(
    registry: EventRegistry, progress: ReadingProgress = ReadingProgress(),
    _ makeConsumer: @escaping @Sendable () -> Consumer
  ) async throws -> (summary: ReadingSummary, results: [Consumer.Result]) {
    let workers = ReadingSizes.workers(workers)
    let sizes = ReadingSizes(share: ProcessMemory.share(of: workers))
    let feed = InputFeed(paths, sizes: sizes, progress: progress, isKnown: isKnown)
    // They wait for pipes and disks, which must not keep anything else from running.
    let threads = ThreadExecutor(count: workers, name: "reading")
    defer { threads.end() }
    return try await withThrowingTaskGroup(of: (ReadingSummary, Consumer.Result).self) { group in
      for _ in 0..<workers {
        group.addTask(executorPreference: threads) {
          let worker = ReadingWorker(
            makeConsumer(), feed: feed, registry: registry, progress: progress, plausible: plausible)
          return try await worker.run()
        }
      }
      var summary = ReadingSummary()
      var results: [Consumer.Result] = []
      for try await (part, result) in group {
        summary.merge(part)
        results.append(result)
      }
      let (problems, passedOver, known, pieced) = feed.outcome
      summary.problems.merge(problems)
      summary.passedOver.merge(passedOver)
      summary.known = known
      summary.pieced = pieced
      summary.files = progress.files
      return (summary, results)
    }
  }

  /// Reads bytes that are in memory as if they were a file, whatever is in them, on one core.
  ///
  /// - Parameters:
  ///   - name: the file's name, by whose suffix it is judged where its content says little.
  ///   - isNamed: whether the user gave its name; otherwise it counts as found in a directory.
  public static func read<Consumer: RecordConsumer>(
    _ bytes: [UInt8], named name: String, isNamed: Bool = true, registry: EventRegistry, _ consumer: Consumer
  ) throws -> (summary: ReadingSummary, result: Consumer.Result) {
    let progress = ReadingProgress()
    let worker = ReadingWorker(
      consumer, feed: InputFeed([], sizes: ReadingSizes(), progress: progress), registry: registry, progress: progress,
      plausible: InputReader(paths: []).plausible)
    var (summary, result) = try bytes.withUnsafeBufferPointer { try worker.run($0, name: name, isNamed: isNamed) }
    summary.files = progress.files
    return (summary, result)
  }
}
