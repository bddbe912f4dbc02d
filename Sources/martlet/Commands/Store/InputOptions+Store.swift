import Alerts
import ArgumentParser
import CloudTrail
import Events
import Foundation
import Ingestion
import Inputs
import Outputs
import Parallel
import Query
import Rules
import SegmentStore

/// What is asked of stored events before their texts are unpacked.
struct StoreQuestion: Sendable {
  var queries: QuerySet
  var query: BoundQuery
  var times: ClosedRange<Timestamp>?
  /// The data streams that are meant; all that hold events where it is nil.
  var index: IndexPattern?
  /// False where only times and data streams are asked for before texts are unpacked.
  var asksColumns = true
  /// What is asked of records of CloudTrail where texts have to be unpacked for others.
  var records: RecordQuestion?
  /// The snapshot that is read; a new one where it is nil.
  var snapshot: SegmentStore.Snapshot?
  /// The rows of units whose texts are read, and nothing else.
  var rows: [Int: [Int]]?

  /// Alerts are read where an index is named that is theirs.
  var meansAlerts: Bool {
    index?.matches(AlertReading.defaultDataStream) ?? false
  }
}

extension InputOptions {
  /// Bytes of alerts that are searched at once.
  private static let mostAlertBytes = min(1 << 30, ProcessMemory.available / 12)

  /// What the folder `data` holds now; nil where files are read.
  func snapshot() throws -> SegmentStore.Snapshot? { try data.map { try StoreAccess.open($0, .reading).snapshot() } }

  /// Reads the events that are stored in the folder `data`.
  func readStore<Consumer: RecordConsumer>(
    printing output: OrderedOutput?, counting: EventID?, tells: Bool, _ question: StoreQuestion?,
    _ makeConsumer: @escaping @Sendable () -> Consumer
  ) async throws -> (summary: ReadingSummary, results: [Consumer.Result]) {
    let snapshot = try question?.snapshot ?? StoreAccess.open(data ?? "", .reading).snapshot()
    var reader = StoreReader(snapshot, now: try currentTime())
    if let threads = events.threads { reader.workers = threads }
    if let question {
      if question.asksColumns { reader.question = (question.queries, question.query) }
      reader.records = question.records
      reader.times = question.times
      if let index = question.index { reader.dataStreams = { index.matches($0) } }
      reader.rows = question.rows
      if question.meansAlerts, question.rows == nil {
        do {
          var (bytes, left) = (0, 0)
          let damaged = try LostAlerts.goingOn {
            try AlertStore(folder: data ?? "", isReadOnly: true).forEachAlert {
              let document = try $0.document()
              bytes += document.count
              if bytes <= Self.mostAlertBytes { reader.documents.append(document) } else { left += 1 }
            }
          }
          if let damaged {
            DamagedAlerts.tell(damaged, in: data ?? "")
          } else {
            // Some of them would look like all.
            reader.documents.removeAll()
            LostAlerts.tell(.search)
          }
          if left > 0, tells {
            notices.warn(
              "\(CountText.count(left, "alert")) found no room and \(left == 1 ? "is" : "are") not searched; alerts export --filter "
                + "looks at all")
          }
        } catch {
          throw StoreAccess.failed(error)
        }
      }
    }
    let registry = EventRegistry(
      counting: counting, dataStream: EventContext.dataStream(namespace: events.namespace), remembers: false)
    let progress = ReadingProgress()
    // Of what is stored it is known which text of an event counts.
    await output?.begin(holdsBack: false)
    let (summary, results) = try await ProgressLine(progress, paths: []).show { [reader] in
      try await reader.read(registry: registry, progress: progress, makeConsumer)
    }
    try await output?.finish()
    var reading = summary.reading
    reading.container = .segment
    reading.countedDeliveries = registry.deliveries
    // What was looked at without being read counts as well.
    if question != nil {
      reading.events = summary.searched
      reading.earliest = summary.earliest
      reading.latest = summary.latest
    }
    for missing in summary.missing {
      reading.problems.note(
        problem(events: missing.count, times: missing.times, reason: missing.reason))
    }
    if tells {
      tell(ofTimesIn: reading, before: reader.plausible.lowerBound)
      notices.tell(ofElsewhere: summary.elsewhere)
    }
    return (reading, results)
  }

  /// What is told of events that cannot be read.
  func problem(events: Int, times: ClosedRange<Timestamp>?, reason: String) -> RecordProblem {
    let span = times.map { " of \($0.lowerBound.iso8601) to \($0.upperBound.iso8601)" } ?? ""
    return RecordProblem(
      file: data ?? "", cause: .tornSegment,
      detail: "\(CountText.count(events, "event"))\(span) cannot be read: \(reason)")
  }
}

extension NoticeOptions {
  /// Tells of events of CloudTrail in data streams of another namespace, which are not read.
  func tell(ofElsewhere elsewhere: [String: Int]) {
    for (stream, count) in elsewhere.sorted(by: { $0.key < $1.key }) {
      warn(
        "\(CountText.count(count, "event")) of the data stream \(stream) \(count == 1 ? "is" : "are") not read; "
          + "--namespace \(stream.split(separator: "-").last ?? "") reads them")
    }
  }
}

/// Opens folders of events for commands.
enum StoreAccess {
  /// Ends the command with status 1 and the cause where the folder cannot be opened.
  ///
  /// - Parameter answering: works out of each new segment what is kept beside it.
  static func open(
    _ path: String, _ access: SegmentStore.Access, answering: SegmentStore.Answering? = nil
  ) throws -> SegmentStore {
    if case .reading = access {} else { try requireOwner(of: path) }
    do {
      return try SegmentStore(path, access, answering: answering)
    } catch {
      throw failed(error)
    }
  }

  /// Ends the command with status 1 where it is root's, and the folder another user's: files that it made there would be root's, and the
  /// service, which runs as that user, could not read them. Of a folder that is yet to be made the one above it counts.
  static func requireOwner(of folder: String) throws {
    guard let fault = ownerFault(of: folder) else { return }
    StandardError.write(line: Terminal.safe("martlet: \(fault)"))
    throw ExitCode(1)
  }

  /// Why root must not write to a folder; nil where it may, and for any other user.
  static func ownerFault(of path: String) -> String? {
    var (folder, status) = (path, stat())
    guard geteuid() == 0, !path.isEmpty else { return nil }
    if stat(folder, &status) != 0 {
      guard errno == ENOENT else { return nil }
      folder = parent(of: path)
      guard stat(folder, &status) == 0 else { return nil }
    }
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid != 0 else { return nil }
    let name = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) }
    let way =
      name.map { "runuser -u \($0) -- martlet …" }
      ?? "setpriv --reuid \(status.st_uid) --regid \(status.st_gid) --clear-groups martlet …"
    return "\(folder) belongs to \(name ?? "user \(status.st_uid)"), who could not read what root writes there; "
      + "run this as that user (\(way)), or give the folder to root"
  }

  /// The folder in which another stands.
  static func parent(of folder: String) -> String {
    URL(fileURLWithPath: folder).standardizedFileURL.deletingLastPathComponent().path
  }

  /// Says why something could not be done, and gives the status for it.
  static func failed(_ error: any Error) -> any Error {
    // Why has been said already.
    if error is ExitCode { return error }
    StandardError.write(line: Terminal.safe("martlet: \(error)"))
    return ExitCode(1)
  }
}
