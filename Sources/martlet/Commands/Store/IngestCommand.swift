import Alerts
import ArgumentParser
import CloudTrail
import Events
import Foundation
import Ingestion
import Inputs
import JSON
import Outputs
import Parallel
import Running
import SegmentStore
import Store
import Synchronization

struct IngestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Keeps events in a folder, where searches and hunts find them again.",
    discussion: """
      Every field of every event is stored in columns, and its own text as it came. An event that is there already is not
      stored again, and a file that was read as it is now is not read again, so that the same command may be run as often
      as one likes. The folder's rules are asked about what comes in, so that their executions need not read it. What is reported as stored survives a crash and a loss of power.
      Where the folder's alerts are gone or damaged, events are stored all the same, and that is said. Where none of the files and
      directories is there, no folder is made.

      Examples:
        martlet ingest --data events AWSLogs/
        martlet ingest --data events --backfill AWSLogs/
        martlet ingest --data events --follow AWSLogs/
        martlet search --data events 'event.action: StopLogging'
        martlet hunt --data events

      Exit status: 0 when everything was stored; 1 when some input could not be read, the folder cannot be written, or its alerts
      are gone or damaged; 2 when
      there was no file, or no event in them; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(
    help: ArgumentHelp("The folder of events; it is made where there is none.", valueName: "folder"),
    completion: .directory)
  var data: String

  @Argument(
    help: ArgumentHelp(
      "Files and directories of CloudTrail or ECS events; - is standard input.",
      discussion: "JSON, NDJSON and CSV, in gzip, zstd, bzip2 or xz, zip and tar; directories are searched through."),
    completion: .file())
  var paths: [String]

  @OptionGroup var events: EventOptions

  @Flag(help: "Go on, and look for new and changed files every few seconds, until stopped.")
  var follow = false

  @Flag(
    help: ArgumentHelp(
      "Take events of the past in as if each had come when it happened.",
      discussion:
        "Their event.ingested is their @timestamp, so that rules that go by it do not see all of them at once."))
  var backfill = false

  @Option(help: ArgumentHelp("Events of a segment at most.", visibility: .private))
  var segmentEvents = EventPacker.segmentEvents

  @Option(help: ArgumentHelp("How the summary is printed: text or json.", valueName: "format"))
  var format = Format.text

  func validate() throws {
    guard (1...EventPacker.segmentEvents).contains(segmentEvents) else {
      throw ValidationError("--segment-events takes a number from 1 to \(EventPacker.segmentEvents).")
    }
    guard follow else { return }
    if !isRepeatable {
      throw ValidationError("--follow looks for new files; standard input and pipes are read once.")
    }
  }

  private var areAlertsWhole: Bool {
    do {
      return try AlertStore.loss(in: data) == nil
    } catch {
      return false
    }
  }

  /// Whether the input can be looked at again.
  private var isRepeatable: Bool { !paths.contains("-") && InputReader.pipes(among: paths).isEmpty }

  func run() async throws {
    let context = try events.context()
    _ = try events.types.catalog(tells: true)
    // Columns and answers are kept under the schema's own types, which a mapping lies over.
    let catalog = FieldCatalog.standard
    if try tellUnreachable() { throw ExitCode(1) }
    // Events are kept whatever has become of the alerts.
    let answering = try FolderRules.telling {
      try LostAlerts.goingOn { () -> RuleAnswering? in
        try events.types.meansMapping(of: data) ? nil : FolderRules.answering(data, context, catalog)
      } ?? nil
    }
    let store = try StoreAccess.open(data, .writing(as: "martlet ingest"), answering: answering?.ofSegments)
    if LostAlerts.areMet { LostAlerts.tell(.ingestion) }
    try events.types.remember(in: data, at: events.currentTime(), events.notices)
    let seed: UInt64
    do {
      seed = try store.identitySeed()
    } catch {
      throw StoreAccess.failed(error)
    }
    // What cannot be opened is set aside, and a file that was put back counts again, before files are looked for.
    do {
      for line in try store.settle(at: events.currentTime()).sentences {
        StandardError.write(line: Terminal.safe("martlet: \(line)"))
      }
    } catch {
      throw StoreAccess.failed(error)
    }
    let stop = StopSignal()
    var total = IngestSummary()
    var outcome = RunOutcome()
    func retain() throws {
      // They may have been put back since.
      if LostAlerts.areMet, !areAlertsWhole { return }
      let isDone = Retention.applyAfterwards(
        to: data, store, holder: "martlet ingest", now: try events.currentTime(), events.notices)
      if !isDone { outcome.hasTrouble = true }
    }
    if follow {
      let failures = FirstFailures()
      var retained: ContinuousClock.Instant?
      try await store.mergingBeside(failed: failures.note) { wake in
        repeat {
          guard let round = try await look(into: store, context, catalog, seed: seed, stop, &total, &outcome) else {
            break
          }
          // Ages grow though nothing comes.
          if round.outcome.stored > 0 || retained.map({ ContinuousClock.now - $0 > .seconds(3600) }) ?? true {
            try retain()
            retained = ContinuousClock.now
          }
          if round.outcome.stored > 0 { wake(try events.currentTime()) }
        } while await !stop.comes(within: .seconds(2))
      }
      if !failures.isEmpty { outcome.hasTrouble = true }
    } else {
      var known = store.setAsideSegments
      var round = try await look(into: store, context, catalog, seed: seed, stop, &total, &outcome)
      // A segment turned out to be damaged when events were looked up in it, after its files had been passed over as read.
      while round != nil, !store.setAsideSegments.isSubset(of: known), isRepeatable {
        known.formUnion(store.setAsideSegments)
        round = try await look(into: store, context, catalog, seed: seed, stop, &total, &outcome)
      }
      guard round != nil else { throw ExitCode(1) }
      try retain()
      do {
        try store.mergeSegments(at: events.currentTime())
      } catch {
        // All events are stored, and what was done is told.
        FirstFailures().note(error)
        outcome.hasTrouble = true
      }
    }
    if try tellOfDamage(in: store) { outcome.hasTrouble = true }
    try close(total, &outcome)
    if let status = outcome.status { throw status }
  }

  /// True, with words, where none of the paths is there and neither is the folder: a slip makes no folder. Whoever follows may wait for a path.
  private func tellUnreachable() throws -> Bool {
    guard !follow, !FileManager.default.fileExists(atPath: data + "/catalog.sqlite"),
      let problems = InputReader.unreachable(paths)
    else { return false }
    ProblemReport.write(problems)
    var total = IngestSummary()
    total.reading.problems = problems
    var outcome = RunOutcome()
    try close(total, &outcome)
    return true
  }

  /// Tells what an ingestion came to.
  private func close(_ total: IngestSummary, _ outcome: inout RunOutcome) throws {
    // What was there before is no reason to say that there was nothing.
    outcome.nothing = total.reading.known > 0 ? nil : RunOutcome.nothing(in: total.reading, paths)
    if let nothing = outcome.nothing {
      StandardError.write(line: Terminal.safe("martlet: nothing was stored: \(nothing)"))
    }
    switch format {
    case .json: try StandardOutput().write(line: total.json.text)
    case .text: if !follow { events.notices.close(total.sentence) }
    }
  }

  /// Tells of segments that are set aside, after a look whether that has been mended meanwhile; true where some events are
  /// still missing.
  private func tellOfDamage(in store: SegmentStore) throws -> Bool {
    do {
      guard store.hasSetAside else { return false }
      for line in try store.settle(at: events.currentTime()).sentences {
        StandardError.write(line: Terminal.safe("martlet: \(line)"))
      }
      let missing = try store.snapshot().missingParts.filter(\.isSetAside)
      for part in missing {
        StandardError.write(
          line: Terminal.safe(
            "martlet: \(CountText.count(part.count, "event")) of \(part.streamName) \(part.count == 1 ? "is" : "are") missing: \(part.reason)"
          ))
      }
      return !missing.isEmpty
    } catch {
      throw StoreAccess.failed(error)
    }
  }

  /// Stores what is new, tells of it, and adds it to what was done before; nil, with words, where it was stopped before its end.
  private func look(
    into store: SegmentStore, _ context: EventContext, _ catalog: FieldCatalog, seed: UInt64,
    _ stop: StopSignal, _ total: inout IngestSummary, _ outcome: inout RunOutcome
  ) async throws -> IngestSummary? {
    let started = ContinuousClock.now
    var round = IngestSummary()
    let tally = IngestTally()
    func stored() -> Int { total.outcome.stored + tally.outcome.stored }
    do {
      guard let done = try await ingest(into: store, context, catalog, seed: seed, stop, tally) else {
        StandardError.write(
          line:
            "martlet: stopped: what was stored by now stays, \(CountText.count(stored(), "event")), and what was not is read the next time"
        )
        return nil
      }
      round = done
    } catch let error where !(error is ExitCode) && !(error is ValidationError) {
      let ended = StoreAccess.failed(error)
      let again = isRepeatable ? "the same command goes" : "the same command, given the same input, goes"
      StandardError.write(
        line:
          "martlet: \(CountText.count(stored(), "event")) had been stored by then, and \(stored() == 1 ? "stays" : "stay"): once that is "
          + "mended, \(again) on from there")
      throw ended
    }
    round.seconds = (ContinuousClock.now - started).seconds
    ProblemReport.write(round.reading.problems)
    if ProblemReport.write(context.geoDatabases) || !round.reading.problems.isEmpty { outcome.hasTrouble = true }
    let hasNews = round.reading.events > 0 || !round.reading.problems.isEmpty
    if total.rounds == 0 || hasNews {
      events.notices.tell(round.reading.passedOver)
      InputOptions.tell(ofTimesIn: round.reading, before: InputReader(paths: []).plausible.lowerBound, events.notices)
      if follow { events.notices.close(round.sentence) }
    }
    total.add(round)
    return round
  }

  private func ingest(
    into store: SegmentStore, _ context: EventContext, _ catalog: FieldCatalog, seed: UInt64,
    _ stop: StopSignal, _ tally: IngestTally
  ) async throws -> IngestSummary? {
    ProcessMemory.suit(follow ? .always : .once)
    let now = try events.currentTime()
    var reader = InputReader(paths: paths, now: now)
    if let threads = events.threads { reader.workers = threads }
    // A file that is still being written is left for the next look.
    let newest = follow ? now.milliseconds * 1_000_000 - 1_500_000_000 : Int64.max
    let failure = KnownFailure()
    reader.isKnown = { object in
      if object.modified > newest { return true }
      do {
        return try store.knows(object)
      } catch {
        failure.note(error)
        return false
      }
    }
    let registry = EventRegistry(
      dataStream: context.dataStream, scopeSeed: seed, remembers: false, takesOwn: false)
    let progress = ReadingProgress()
    let reading = reader
    let deleted = try FolderRules.telling {
      try LostAlerts.goingOn { try Retention.deleted(from: data, store, now: now) } ?? [:]
    }
    LostAlerts.tell(.ingestion)
    let clock: (@Sendable () -> Timestamp)?
    if backfill {
      clock = nil
    } else if events.now == nil {
      clock = { EventOptions.clock() }
    } else {
      clock = { now }
    }
    let read = try await stop.cancelling { [paths, segmentEvents] in
      try await ProgressLine(progress, paths: paths).show {
        try await reading.read(registry: registry, progress: progress) {
          IngestCollector(
            store, context: context, catalog: catalog, now: now, clock: clock, segmentEvents: segmentEvents,
            deleted: deleted, tally: tally)
        }
      }
    }
    guard let (summary, parts) = read else { return nil }
    if let error = failure.error { throw error }
    // All events of these have been stored by now, whoever read them.
    if !summary.pieced.isEmpty { _ = try store.append(nil, objects: summary.pieced, at: now) }
    var round = IngestSummary(reading: summary, rounds: 1)
    round.outcome = parts.reduce(round.outcome, +)
    return round
  }
}

/// Tells why small segments were not merged, each cause once.
private final class FirstFailures: Sendable {
  private let told = Mutex<Set<String>>([])

  var isEmpty: Bool { told.withLock { $0.isEmpty } }

  func note(_ error: any Error) {
    guard told.withLock({ $0.insert("\(error)").inserted }) else { return }
    StandardError.write(line: Terminal.safe("martlet: small segments were not merged: \(error)"))
  }
}

/// The first failure to tell whether a file was read before.
private final class KnownFailure: Sendable {
  private let first = Mutex<(any Error)?>(nil)

  func note(_ error: any Error) { first.withLock { $0 = $0 ?? error } }

  var error: (any Error)? { first.withLock { $0 } }
}
