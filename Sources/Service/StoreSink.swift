import CloudTrail
import Events
import Foundation
import Ingestion
import Inputs
import Intake
import Outputs
import Parallel
import SegmentStore
import Store
import Synchronization

/// Stores what roads bring into a folder of events: what comes at once is committed at once.
///
/// Two tasks of `run` write what is short: one all of it, the other helps where much is waiting, so that while the one waits for the
/// disk the other's events are read. What is long is read beside them. What is handed over is bounded in bytes, and refused beyond that.
public final class StoreSink: IngestionSink {
  /// Settings of a sink.
  public struct Bounds: Sendable {
    /// Bytes of content that are held at once; more is refused until some are stored.
    public var mostBytes = min(128 << 20, max(8 << 20, ProcessMemory.available / 12))
    /// Content that has more bytes is read by itself and not together with other.
    public var longest = 8 << 20
    /// Bytes, and pieces of content, that are committed together.
    public var groupBytes = 16 << 20
    public var groupCount = 512
    /// Where documents of so many bytes are waiting, two tasks write, and share them.
    public var sharedBytes = 1 << 20
    /// Between two commits, so that many small requests do not make a segment each; there is none where `sharedBytes` are waiting.
    public var pause = Duration.milliseconds(100)

    public init() {}
  }

  enum Content: Sendable {
    /// Each is read as a file is, and a piece with a receipt of its own; the first has a place among those that came together.
    case bytes([[UInt8]], first: Int = 0)
    /// Each is a piece with a receipt of its own.
    case documents(IngestionDocuments)

    var byteCount: Int {
      switch self {
      case .bytes(let pieces, _): pieces.reduce(0) { $0 + $1.count }
      case .documents(let documents): documents.text.count
      }
    }

    var isOfDocuments: Bool { if case .documents = self { true } else { false } }

    var pieces: Int {
      switch self {
      case .bytes(let pieces, _): pieces.count
      case .documents(let documents): documents.count
      }
    }
  }

  struct Request: Sendable {
    var content: Content
    var source: IngestionSource
    var answer: CheckedContinuation<Result<ArraySlice<IngestionReceipt>, IngestionRefusal>, Never>
  }

  struct State {
    var waiting: [Request] = []
    var bytes = 0
    var waitingBytes: Int { waiting.reduce(0) { $0 + $1.content.byteCount } }
    var waitingDocumentBytes: Int {
      waiting.reduce(0) { $0 + ($1.content.isOfDocuments ? $1.content.byteCount : 0) }
    }
    var isStopping = false
    /// Data streams with the newest time of an event, and when some came last.
    var streams: [String: Arrival] = [:]
    var commits = 0
    var deleted: [String: Timestamp] = [:]
  }

  /// What came last of a data stream.
  public struct Arrival: Sendable {
    public var at: Timestamp
    public var newest: Timestamp?
  }

  let store: SegmentStore
  let clock: any ServiceClock
  private let namespace: String
  private let geoDatabases: [GeoDatabase]
  private let seed: UInt64
  let bounds: Bounds
  let metrics: Metrics
  private let log: ServiceLog?
  /// Whether storing fails.
  let trouble: StoreTrouble
  private let refusals = RefusalLog()
  let state = Mutex(State())
  let (wakes, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  let (calls, caller) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  private let longReads = ThreadExecutor(count: 2, name: "long content")

  /// Throws `StoreError`.
  ///
  /// - Parameters:
  ///   - store: open for writing.
  ///   - room: how many bytes its disk has room for; where that is not known, a failure is one of a full disk only where the system
  ///     says so.
  public init(
    _ store: SegmentStore, _ clock: any ServiceClock, namespace: String = "default", geoDatabases: [GeoDatabase] = [],
    bounds: Bounds = Bounds(), metrics: Metrics, health: ServiceHealth, log: ServiceLog? = nil,
    room: @escaping @Sendable () -> Int? = { nil }
  ) throws {
    self.log = log
    trouble = StoreTrouble(clock, health, metrics: metrics, log: log, room: room)
    self.store = store
    self.clock = clock
    self.namespace = namespace
    self.geoDatabases = geoDatabases
    self.bounds = bounds
    self.metrics = metrics
    seed = try store.identitySeed()
  }

  deinit { longReads.end() }

  /// Before which time events of data streams are not stored, since they have been deleted for their age.
  public func leaveOut(before times: [String: Timestamp]) { state.withLock { $0.deleted = times } }

  /// What came last, by data stream, since the process began.
  public var arrivals: [String: Arrival] { state.withLock { $0.streams } }

  /// How many requests have not been begun with.
  var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// How often something was committed.
  public var commits: Int { state.withLock { $0.commits } }

  // MARK: Taking

  public func take(_ content: IngestionContent, from source: IngestionSource) async throws -> IngestionReceipt {
    try await countingRefusals(source) {
      let receipt =
        switch content {
        case .file(let path): try await takeLong(path: path, nil, source)
        case .bytes(let bytes) where bytes.count > bounds.longest: try await takeLong(path: nil, bytes, source)
        case .bytes(let bytes): Self.sum(try await takeShort(.bytes([bytes]), source))
        }
      note(receipt, source)
      return receipt
    }
  }

  public func take(_ pieces: [[UInt8]], from source: IngestionSource) async throws -> IngestionReceipt {
    let runs = runs(of: pieces)
    if runs.count > 1, let object = source.object, try await knows(object) { return IngestionReceipt(isRepeated: true) }
    var all = IngestionReceipt()
    for run in runs {
      var part = source
      // It is taken to its end with the last of them.
      if run.upperBound < pieces.count { part.object = nil }
      if run.count == 1 {
        part.name = source.name(ofPiece: run.lowerBound)
        all.add(try await take(.bytes(pieces[run.lowerBound]), from: part))
      } else {
        let receipt = try await countingRefusals(part) {
          Self.sum(try await takeShort(.bytes(Array(pieces[run]), first: run.lowerBound), part))
        }
        note(receipt, part)
        all.add(receipt)
      }
    }
    return all
  }

  /// Which pieces are stored together: all of them where they are not more than is committed at once.
  private func runs(of pieces: [[UInt8]]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var (start, bytes) = (0, 0)
    for (place, piece) in pieces.enumerated() {
      if place > start, bytes + piece.count > bounds.longest || place - start >= bounds.groupCount {
        runs.append(start..<place)
        (start, bytes) = (place, 0)
      }
      bytes += piece.count
    }
    if start < pieces.count { runs.append(start..<pieces.count) }
    return runs
  }

  private static func sum(_ receipts: ArraySlice<IngestionReceipt>) -> IngestionReceipt {
    receipts.reduce(into: IngestionReceipt()) { $0.add($1) }
  }

  public func take(_ documents: IngestionDocuments, from source: IngestionSource) async throws -> [DocumentOutcome] {
    guard documents.count > 0 else { return [] }
    return try await countingRefusals(source) {
      let receipts = try await takeShort(.documents(documents), source)
      var all = IngestionReceipt()
      var inPart: [IngestionReceipt] = []
      var refused: [RefusedDocuments] = []
      var last = (reason: "", cause: "")
      for receipt in receipts {
        all.stored += receipt.stored
        all.duplicates += receipt.duplicates
        all.rejected += receipt.rejected
        if receipt.stored > 0, receipt.rejected > 0 { inPart.append(receipt) }
        guard case .rejected(let reason) = DocumentOutcome(receipt) else { continue }
        if receipt.rejected == 0 { all.rejected += 1 }
        // Most are refused for the reason of the one before.
        if reason != last.reason { last = (reason, Self.cause(of: reason)) }
        refused.add(RefusedDocuments(last.cause, reason: reason))
      }
      tell(ofRefused: refused, source)
      note(all, source)
      tell(ofPartsOf: inPart, source)
      return receipts.map(DocumentOutcome.init)
    }
  }

  public func note(_ refused: [RefusedDocuments], from source: IngestionSource) {
    let count = refused.reduce(0) { $0 + $1.count }
    metrics.add(Double(count), to: "martlet_events_rejected_total", ["road": source.road.rawValue])
    tell(ofRefused: refused, source)
  }

  /// Says why documents are refused: their sender is told of each, but nobody may look at that.
  private func tell(ofRefused refused: [RefusedDocuments], _ source: IngestionSource) {
    let now = clock.now
    for one in refused {
      guard let count = refusals.count(one, from: source.name, at: now) else { continue }
      tell(ofRefused: RefusedDocuments(one.cause, count: count, reason: one.reason), from: source.name)
    }
  }

  private func tell(ofRefused one: RefusedDocuments, from source: String, _ more: String = "") {
    let details = ["source": source, "cause": one.cause, "documents": String(one.count)]
    log?.tell(.warning, "\(more)documents that were sent cannot be stored: \(one.reason.prefix(300))", details)
  }

  /// Says how many documents have been refused of which nothing was told, since their cause had been told within the hour that is over now,
  /// or at the end of the service.
  func tellOfMoreRefused(isEnd: Bool = false) {
    for rest in refusals.rest(at: clock.now, isEnd: isEnd) {
      tell(ofRefused: rest.refused, from: rest.source, "more ")
    }
  }

  /// The cause that a problem begins with.
  private static func cause(of problem: String) -> String { String(problem.prefix { $0 != ":" }.prefix(60)) }

  /// Says of documents that hold several records that not all of these are stored: the first of them, and how many there are.
  private func tell(ofPartsOf receipts: [IngestionReceipt], _ source: IngestionSource) {
    guard let first = receipts.first else { return }
    let rejected = receipts.reduce(0) { $0 + $1.rejected }
    var details = ["source": source.name, "records": String(rejected)]
    if receipts.count > 1 { details["documents"] = String(receipts.count) }
    log?.tell(.warning, "not all that was sent can be stored: of a document \(first.sentenceOfRejected)", details)
  }

  private func countingRefusals<Result: Sendable>(
    _ source: IngestionSource, _ taking: () async throws -> Result
  ) async throws -> Result {
    do {
      return try await taking()
    } catch let refusal as IngestionRefusal {
      metrics.add(to: "martlet_ingestion_refusals_total", ["road": source.road.rawValue])
      throw refusal
    }
  }

  public func knows(_ object: SourceObject) async throws -> Bool {
    do {
      return try store.knows(object)
    } catch {
      throw IngestionRefusal(.failed, "\(error)")
    }
  }

  private func note(_ receipt: IngestionReceipt, _ source: IngestionSource) {
    let road = source.road.rawValue
    metrics.add(Double(receipt.stored), to: "martlet_events_stored_total", ["road": road])
    metrics.add(Double(receipt.duplicates), to: "martlet_events_duplicate_total", ["road": road])
    metrics.add(Double(receipt.rejected), to: "martlet_events_rejected_total", ["road": road])
  }

  /// Makes room for some bytes, or says why there is none.
  private func reserve(_ bytes: Int) throws {
    try state.withLock { state in
      guard !state.isStopping else { throw IngestionRefusal(.stopping, "the service is ending") }
      guard state.bytes == 0 || state.bytes + bytes <= bounds.mostBytes else {
        throw IngestionRefusal(.busy, "\(ByteText.text(state.bytes)) are waiting to be stored")
      }
      state.bytes += bytes
    }
  }

  private func takeShort(_ content: Content, _ source: IngestionSource) async throws -> ArraySlice<IngestionReceipt> {
    try reserve(content.byteCount)
    let result = await withCheckedContinuation { answer in
      let isLate = state.withLock { state in
        if state.isStopping { return true }
        state.waiting.append(Request(content: content, source: source, answer: answer))
        return false
      }
      if isLate {
        answer.resume(returning: .failure(IngestionRefusal(.stopping, "the service is ending")))
      } else {
        waker.yield()
        caller.yield()
      }
    }
    state.withLock { $0.bytes -= content.byteCount }
    return try result.get()
  }

  /// Reads what is long beside everything else, in a task that goes on though the caller's is cancelled.
  private func takeLong(path: String?, _ bytes: [UInt8]?, _ source: IngestionSource) async throws -> IngestionReceipt {
    // A file is read in pieces.
    let held = bytes?.count ?? bounds.longest
    try reserve(held)
    defer { state.withLock { $0.bytes -= held } }
    let reading = Task(executorPreference: longReads) { try await self.readLong(path: path, bytes, source) }
    do {
      return try await reading.value
    } catch {
      throw trouble.refusal(error, bytes: path.map(Self.size) ?? held)
    }
  }

  private func readLong(path: String?, _ bytes: [UInt8]?, _ source: IngestionSource) async throws -> IngestionReceipt {
    if let object = source.object, try store.knows(object) { return IngestionReceipt(isRepeated: true) }
    let now = clock.now
    let (context, deleted, clock) = (context(now), state.withLock { $0.deleted }, clock)
    let registry = registry(context, source.road)
    let collector: @Sendable () -> IngestCollector = { [self] in
      IngestCollector(
        store, context: context, catalog: .standard, now: now, clock: { clock.now }, deleted: deleted,
        precedence: Self.precedence(source.road)
      ) { [self] stream, newest in
        state.withLock { Self.note(stream, at: clock.now, newest: newest, &$0) }
      }
    }
    let summary: ReadingSummary
    var outcome = AppendOutcome()
    if let bytes {
      let read = try InputReader.read(
        bytes, named: source.name, isNamed: source.road.isPushed, registry: registry, collector())
      (summary, outcome) = (read.summary, read.result)
    } else {
      let read = try await InputReader(paths: [path ?? ""], now: now, workers: 1).read(registry: registry, collector)
      summary = read.summary
      outcome = read.results.reduce(outcome, +)
    }
    if let object = source.object { _ = try store.append(nil, objects: [object], at: now) }
    state.withLock { $0.commits += 1 }
    trouble.hasStored(outcome.stored == 0 || source.road == .service ? 0 : bytes?.count ?? path.map(Self.size) ?? 0)
    var receipt = IngestionReceipt(stored: outcome.stored, duplicates: outcome.duplicates)
    Self.tell(summary.problems.problems, expired: outcome.expired, &receipt)
    if receipt.problems.isEmpty, let sentence = summary.passedOver.sentence { receipt.problems = [sentence] }
    return receipt
  }

  /// Bytes of a file; 0 where there is none.
  private static func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// What knows which documents somebody may hand over.
  func registry(_ context: EventContext, _ road: IngestionSource.Road) -> EventRegistry {
    EventRegistry(
      dataStream: context.dataStream, scopeSeed: seed, remembers: false, takesOwn: road == .service)
  }

  func context(_ now: Timestamp) -> EventContext {
    EventContext(readAt: now, namespace: namespace, geoDatabases: geoDatabases)
  }

  /// Whoever may send events is not to change those that are stored; what is fetched comes in any order, and the same counts in each.
  static func precedence(_ road: IngestionSource.Road) -> Precedence { road.isPushed ? .first : .lowest }

  static func tell(_ problems: [RecordProblem], expired: Int, _ receipt: inout IngestionReceipt) {
    receipt.rejected += problems.reduce(0) { $0 + $1.count }
    receipt.problems = problems.prefix(20).map(\.description)
    guard expired > 0 else { return }
    receipt.problems.append(
      "\(CountText.count(expired, "event")) left out as old as what retention has deleted")
  }

  static func note(_ stream: String, at now: Timestamp, newest: Timestamp?, _ state: inout State) {
    guard state.streams[stream] != nil || state.streams.count < 10_000 else { return }
    var arrival = state.streams[stream] ?? Arrival(at: now, newest: nil)
    arrival.at = now
    if let newest { arrival.newest = max(arrival.newest ?? newest, newest) }
    state.streams[stream] = arrival
  }
}
