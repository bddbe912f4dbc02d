import Alerts
import ArgumentParser
import CloudTrail
import Events
import Foundation
import Inputs
import Outputs
import Parallel

/// What the commands that read events have in common.
struct InputOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Files and directories of CloudTrail or ECS events; - is standard input.",
      discussion: "JSON, NDJSON and CSV, in gzip, zstd, bzip2 or xz, zip and tar; directories are searched through."),
    completion: .file())
  var paths: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read the events stored in this folder, which martlet ingest fills, in place of files.", valueName: "folder"),
    completion: .directory)
  var data: String?

  @OptionGroup var events: EventOptions

  var types: MappingOptions { events.types }
  var notices: NoticeOptions { events.notices }

  func validate() throws {
    if let data, !paths.isEmpty {
      throw ValidationError(
        Terminal.safe("--data \(data) takes the place of files; leave out \(paths.prefix(3).joined(separator: ", "))."))
    }
  }

  /// Throws where no events are given.
  func checkGiven() throws {
    guard data == nil, paths.isEmpty else { return }
    throw ValidationError("Missing expected argument '<paths> ...', or --data and a folder of stored events.")
  }

  func currentTime() throws -> Timestamp { try events.currentTime() }

  /// The fields that are known by name; throws where a mapping cannot be read.
  ///
  /// - Parameter tells: warn of types that cannot be searched, which one caller in a run does.
  func catalog(tells: Bool = false) throws -> FieldCatalog {
    // Events are there also where the mapping that the folder remembers is lost with its alerts.
    if let data, tells, types.mapping != nil {
      // The mapping is not asked for, only whether it is there.
      _ = try? LostAlerts.goingOn { try AlertStore(folder: data, isReadOnly: true).current(.mapping) }
    }
    return try LostAlerts.goingOn { try types.catalog(of: data, tells: tells) } ?? types.catalog(tells: tells)
  }

  /// True where a mapping lies over the schema's types, one that is given or one that the folder remembers.
  func meansMapping() throws -> Bool {
    try LostAlerts.goingOn { try types.meansMapping(of: data) } ?? types.meansMapping(of: nil)
  }

  func context(keepsOriginal: Bool = false) throws -> EventContext { try events.context(keepsOriginal: keepsOriginal) }

  static func time(_ text: String, option: String, relativeTo now: Timestamp) throws -> Timestamp {
    do {
      return try DateMath(text).resolve(now: now, roundingUp: false)
    } catch {
      throw ValidationError("\(option) takes a time such as 2026-01-31T12:00:00Z or now-7d, not “\(text)”: \(error)")
    }
  }

  /// The time that `--to` names, which is itself still meant: a date is its whole day, a month or a year all of it, a time
  /// without seconds its whole minute, and what is rounded (`now/d`) the end of what it is rounded to.
  static func end(_ text: String, relativeTo now: Timestamp) throws -> Timestamp {
    _ = try time(text, option: "--to", relativeTo: now)
    let unit = text.wholeMatch(of: /\d{4}/) != nil ? "y" : text.wholeMatch(of: /\d{4}-\d\d/) != nil ? "M" : nil
    let meant = unit.flatMap { try? DateMath("\(text)||/\($0)") } ?? (try? DateMath(text))
    return meant?.resolve(now: now, roundingUp: true) ?? now
  }

  func reader() -> InputReader {
    ProcessMemory.suit(.once)
    let now = try? currentTime()
    return events.threads.map { InputReader(paths: paths, now: now, workers: $0) }
      ?? InputReader(paths: paths, now: now)
  }

  /// Sees to it that the input can be read more than once.
  func makeRepeatable() throws {
    if let pipe = InputReader.pipes(among: paths).first {
      throw ValidationError(
        Terminal.safe(
          "\(pipe) is a pipe, which cannot be read a second time; give it as standard input, or save it first."))
    }
    guard paths.contains("-") else { return }
    try StandardInput.makeRepeatable()
  }

  /// Reads all input. Where an event comes with several contents (an update, another form, a text that differs), which one
  /// counts must not depend on which came first: then the input is read once more, knowing it, unless it is a pipe. It is
  /// also read once more where there is more to print than is held back.
  ///
  /// - Parameters:
  ///   - output: what the consumers print to, which is held back until it is known to be right, or what will be.
  ///   - counting: an event whose deliveries are counted.
  ///   - tells: false where the same input has been read, and told of, before.
  ///   - question: what is asked of events, all of which consumers ask again: of a store only those are read that can answer.
  func read<Consumer: RecordConsumer>(
    printing output: OrderedOutput? = nil, counting: EventID? = nil, tells: Bool = true,
    question: StoreQuestion? = nil, _ makeConsumer: @escaping @Sendable () -> Consumer
  ) async throws -> (summary: ReadingSummary, results: [Consumer.Result]) {
    if data != nil {
      return try await readStore(printing: output, counting: counting, tells: tells, question, makeConsumer)
    }
    var winners: [EventIdentity: UInt32] = [:]
    var contradicting: Set<EventIdentity> = []
    var isLast = false
    while true {
      let isRepeatable =
        InputReader.pipes(among: paths).isEmpty && (!paths.contains("-") || StandardInput.rewind())
      await output?.begin(holdsBack: isRepeatable && !isLast)
      let registry = EventRegistry(
        winners: winners, counting: counting, dataStream: EventContext.dataStream(namespace: events.namespace))
      let progress = ReadingProgress()
      let reader = reader()
      var outcome = try await ProgressLine(progress, paths: paths).show {
        try await reader.read(registry: registry, progress: progress, makeConsumer)
      }
      outcome.summary.countedDeliveries = registry.deliveries
      contradicting.formUnion(registry.contradicting)
      let isRight = !registry.needsAnotherReading
      if isRepeatable, !isLast, !isRight || output?.isSurveying ?? false {
        winners.merge(registry.conflictWinners, uniquingKeysWith: min)
        // What counts is known now: what is printed is right as soon as it is read.
        isLast = output != nil
        continue
      }
      try await output?.finish()
      if tells {
        if !isRight {
          notices.warn("different records stand under one eventID; the first that was read counts")
        } else if !contradicting.isEmpty {
          notices.warn(
            "under \(CountText.count(contradicting.count, "id")) stand different records; of each one counts, told by its content"
          )
        }
        tell(ofTimesIn: outcome.summary, before: reader.plausible.lowerBound)
      }
      return outcome
    }
  }

  func tell(ofTimesIn summary: ReadingSummary, before start: Timestamp) {
    Self.tell(ofTimesIn: summary, before: start, notices)
  }

  /// Warns of events at odd times, and of those without one.
  static func tell(ofTimesIn summary: ReadingSummary, before start: Timestamp, _ notices: NoticeOptions) {
    OddTimes.sentence(summary.oddYears, before: start).map(notices.warn)
    let timeless = summary.withoutTime
    guard timeless > 0 else { return }
    notices.warn(
      "\(timeless == 1 ? "1 event has" : "\(timeless) events have") no @timestamp: "
        + "only rules whose timestamp_override \(timeless == 1 ? "it has" : "they have") see \(timeless == 1 ? "it" : "them")"
    )
  }
}

/// Events at times at which none is to be expected.
enum OddTimes {
  /// Says how many there are in which years, and why that is odd, as “1 event lies in the year 2099, more than a day after
  /// now”; nil where there are none.
  ///
  /// - Parameter start: from when on events are to be expected.
  static func sentence(_ years: [Int: Int], before start: Timestamp) -> String? {
    let firstYear = CivilTime(start).year
    let early = "before there was anything to log"
    let late = "more than a day after now"
    let cause =
      years.keys.allSatisfy { $0 < firstYear }
      ? early : years.keys.allSatisfy { $0 >= firstYear } ? late : "\(early) or \(late)"
    return count(years).map { "\($0), \(cause)" }
  }

  private static func count(_ years: [Int: Int]) -> String? {
    let count = years.values.reduce(0, +)
    guard let first = years.keys.min(), count > 0 else { return nil }
    let events = count == 1 ? "1 event lies" : "\(count) events lie"
    guard years.count > 1 else { return "\(events) in the year \(first)" }
    let shown = years.sorted { $0.key < $1.key }.prefix(8).map { "\($0.key) (\($0.value))" }
    let left = years.count - shown.count
    let names = left > 0 ? shown + ["\(left) others"] : shown
    return "\(events) in the years \(names.dropLast().joined(separator: ", ")) and \(names.last ?? "")"
  }
}

/// What a run says about bad input, and the exit status that follows.
enum ProblemReport {
  /// Says which databases of addresses turned out to be damaged; true when some did.
  static func write(_ databases: [GeoDatabase]) -> Bool {
    let faults = databases.compactMap(\.fault)
    for fault in faults { StandardError.write(line: Terminal.safe("martlet: \(fault)")) }
    return !faults.isEmpty
  }

  static func write(_ problems: ProblemLog) {
    guard !problems.isEmpty else { return }
    for problem in problems.problems { StandardError.write(line: Terminal.safe("martlet: \(problem.description)")) }
    let counts = problems.counts.map { "\($0.count) × \($0.cause.rawValue)" }.joined(separator: ", ")
    StandardError.write(line: "martlet: bad input was passed over: \(counts)")
  }
}
