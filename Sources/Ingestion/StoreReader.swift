import CloudTrail
import Events
import Foundation
import Inputs
import Query
import Store

/// Reads stored events on all cores and hands them to consumers in batches, as `InputReader` does with files.
///
/// Events come in the order in which they were stored. With a question only those are read that can answer it: it is
/// asked of the stored columns, and the texts of all other events stay packed.
public struct StoreReader<Part: EventPart>: Sendable {
  public var snapshot: PartedSnapshot<Part>
  public var workers: Int
  /// The times that are read, both ends included; all unless set. An event without a time lies within none.
  public var times: ClosedRange<Timestamp>?
  /// Which events are read; all unless set. Fields and types are those of the set's catalog.
  public var question: (queries: QuerySet, query: BoundQuery)?
  /// Which records of CloudTrail are read, where the question is asked of texts; all unless set.
  public var records: RecordQuestion?
  /// Which data streams are read; all unless set.
  public var dataStreams: (@Sendable (String) -> Bool)?
  /// Which rows of which unit are read, ascending, and nothing else, as texts; all that can answer unless set.
  public var rows: [Int: [Int]]?
  /// Documents that are read behind what is stored, each a JSON object; the question is not asked of them.
  public var documents: [[UInt8]] = []
  /// The times at which events are to be expected, as for `InputReader`.
  public var plausible: ClosedRange<Timestamp>

  public init(
    _ snapshot: PartedSnapshot<Part>, now: Timestamp, workers: Int = ProcessInfo.processInfo.activeProcessorCount
  ) {
    self.snapshot = snapshot
    self.workers = max(1, workers)
    plausible = InputReader(paths: [], now: now).plausible
  }

  /// Reads the events; each worker makes a consumer of its own and gives its result.
  ///
  /// - Parameter registry: names the data stream of CloudTrail's events, as consumers know it; what lies in others of its
  ///   kind is `elsewhere`. It need not remember events: there are no duplicates.
  public func read<Consumer: RecordConsumer>(
    registry: EventRegistry, progress: ReadingProgress = ReadingProgress(),
    _ makeConsumer: @escaping @Sendable () -> Consumer
  ) async throws -> (summary: StoreReadingSummary, results: [Consumer.Result]) {
    var summary = StoreReadingSummary()
    summary.missing = snapshot.missingParts.filter { part in times.map { part.mayLie(within: $0) } ?? true }
    var parts: [Part] = []
    for part in snapshot.parts where overlaps(part.times) && dataStreams?(part.dataStream) ?? true {
      if EventContext.isOfTrail(part.dataStream), part.dataStream != registry.dataStream {
        summary.elsewhere[part.dataStream, default: 0] += part.eventCount
      } else {
        parts.append(part)
      }
    }
    let (feed, chosen) = (WorkFeed(parts.count), parts)
    return try await withThrowingTaskGroup(of: (StoreReadingSummary, Consumer.Result).self) { group in
      for number in 0..<max(1, min(workers, parts.count)) {
        group.addTask {
          let worker = StoreWorker(self, makeConsumer(), registry: registry, progress: progress)
          while let place = feed.take() {
            try Task.checkCancellation()
            if let rows {
              guard let mine = rows[place] else { continue }
              try worker.read(mine, of: chosen[place], unit: place)
            } else {
              try worker.read(chosen[place])
            }
            try await worker.consumer.endUnit(place)
          }
          if number == 0, !documents.isEmpty, rows == nil {
            try worker.read(documents)
            try await worker.consumer.endUnit(chosen.count)
          }
          return try worker.end()
        }
      }
      var results: [Consumer.Result] = []
      for try await (part, result) in group {
        summary.reading.merge(part.reading)
        summary.searched += part.searched
        if let time = part.earliest { summary.earliest = min(summary.earliest ?? time, time) }
        if let time = part.latest { summary.latest = max(summary.latest ?? time, time) }
        summary.missing += part.missing
        results.append(result)
      }
      return (summary, results)
    }
  }

  private func overlaps(_ times: ClosedRange<Timestamp>?) -> Bool {
    guard let wanted = self.times else { return true }
    return times.map { $0.overlaps(wanted) } ?? false
  }
}

extension EventContext {
  /// True for a data stream of CloudTrail, whatever its namespace.
  public static func isOfTrail(_ dataStream: String) -> Bool { dataStream.hasPrefix("logs-\(dataset)-") }
}

/// One of the tasks that read a store.
private final class StoreWorker<Part: EventPart, Consumer: RecordConsumer> {
  let consumer: Consumer
  private let reader: StoreReader<Part>
  private let progress: ReadingProgress
  private let scanner: RecordScanner
  private let evaluator: QueryEvaluator?
  private var summary = StoreReadingSummary()
  /// Texts of events, one a line, with zeros behind the last.
  private let text = TextBuffer(capacity: StoreWorker.batchBytes)
  /// How many texts there are.
  private var texts = 0
  /// When the events of the texts were taken in; empty where nobody wants to know.
  private var ingestionTimes: [Timestamp] = []

  /// Bytes of text that are handed to the consumer at once.
  private static var batchBytes: Int { 8 << 20 }

  init(_ reader: StoreReader<Part>, _ consumer: Consumer, registry: EventRegistry, progress: ReadingProgress) {
    self.reader = reader
    self.consumer = consumer
    self.progress = progress
    scanner = RecordScanner(
      leanFields: consumer.leanFields, registry: registry, keepsHeads: consumer.wantsHeads,
      keepsTokens: consumer.wantsTokens)
    evaluator = reader.question.map { QueryEvaluator($0.queries) }
  }

  func read(_ part: Part) throws {
    try reading(part) {
      let rows = try rows(of: part)
      summary.reading.files += 1
      if let columns = consumer as? any ColumnConsumer, let plan = columns.plan(of: part.dataStream) {
        if !rows.isEmpty {
          try part.withColumns(plan, only: rows) { try columns.consume($0, rows: rows) { try part.heads() } }
        }
      } else {
        try readTexts(rows, of: part)
      }
    }
  }

  /// Reads the texts of rows that are known already.
  func read(_ rows: [Int], of part: Part, unit: Int) throws {
    try reading(part) {
      try readTexts(rows, of: part) { self.summary.reading.unreadRows[unit, default: []].insert(rows[$0]) }
    }
  }

  private func reading(_ part: Part, _ body: () throws -> Void) throws {
    defer { part.letGo() }
    do {
      try body()
    } catch let fault as Part.Fault {
      removeTexts()
      summary.missing.append(MissingPart(part, reason: "\(fault)"))
    }
    progress.add(files: 1)
  }

  /// - Parameter leaving: called with the places of rows that cannot be read.
  private func readTexts(_ rows: [Int], of part: Part, leaving: @escaping (Int) -> Void = { _ in }) throws {
    let name = part.name
    scanner.beginBatch()
    let times = try ingestionTimes(of: rows, of: part)
    var (left, fault): (Int, Part.Fault?) = (0, nil)
    try part.withSources(rows) { place, error in
      leaving(place)
      left += 1
      fault = fault ?? error
    } _: { place, source in
      try take(source, of: name, ingested: times.isEmpty ? nil : times[rows[place]])
    }
    try flush(name)
    // The rest of the part was read.
    if let fault {
      summary.missing.append(MissingPart(part, count: left, reason: "\(fault)"))
    }
  }

  /// When events were taken in; nothing where nobody wants to know, or it cannot be read: their texts say all else.
  private func ingestionTimes(of rows: [Int], of part: Part) throws -> [Timestamp] {
    guard consumer.wantsIngestionTimes, !rows.isEmpty else { return [] }
    do {
      return try part.ingestionTimes()
    } catch let fault as Part.Fault {
      scanner.note(
        RecordProblem(
          file: part.location, cause: .tornSegment,
          detail:
            "when its events were taken in cannot be read, so that event.ingested is their own time, as of files: "
            + "\(fault)"))
      return []
    }
  }

  /// Reads documents that lie elsewhere than in parts.
  func read(_ documents: [[UInt8]]) throws {
    scanner.beginBatch()
    for document in documents { try document.withUnsafeBufferPointer { try take($0, of: "alerts") } }
    try flush("alerts")
    summary.searched += documents.count
  }

  /// Puts a text behind those that are read together.
  private func take(_ source: UnsafeBufferPointer<UInt8>, of name: String, ingested: Timestamp? = nil) throws {
    guard let start = source.baseAddress else { return }
    if text.count + source.count + 1 > text.capacity {
      try flush(name)
      text.grow(to: source.count + 1)
    }
    (text.start + text.count).update(from: start, count: source.count)
    text.count += source.count
    text.start[text.count] = UInt8(ascii: "\n")
    text.count += 1
    texts += 1
    if let ingested { ingestionTimes.append(ingested) }
  }

  private func removeTexts() {
    text.count = 0
    texts = 0
    ingestionTimes.removeAll(keepingCapacity: true)
  }

  /// The rows of a part that are to be read.
  private func rows(of part: Part) throws -> [Int] {
    var rows = part.rows
    if let times = reader.times {
      let known = try part.timesOfRows()
      rows = rows.filter { known[$0] != .missing && times.contains(known[$0]) }
    }
    summary.searched += rows.count
    if !rows.isEmpty, let span = part.times {
      let first = max(span.lowerBound, reader.times?.lowerBound ?? span.lowerBound)
      let last = min(span.upperBound, reader.times?.upperBound ?? span.upperBound)
      summary.earliest = min(summary.earliest ?? first, first)
      summary.latest = max(summary.latest ?? last, last)
    }
    if let records = reader.records, !rows.isEmpty { rows = try records.rows(rows, of: part) }
    guard let evaluator, let question = reader.question, !rows.isEmpty else { return rows }
    guard part.mayHold(question.query, of: question.queries) else { return [] }
    return try part.withColumns(question.queries.plan) { events in
      evaluator.begin(events)
      defer { evaluator.end() }
      let matching = evaluator.rows(question.query)
      return rows.filter { matching.contains($0) }
    }
  }

  private func flush(_ name: String) throws {
    guard texts > 0 else { return }
    _ = text.commit(0)
    let scanned = scanner.scan(
      UnsafeBufferPointer(start: UnsafePointer(text.start), count: text.count), of: TextRegion(file: name))
    scanner.finishBatch()
    var batch = scanner.batch
    progress.add(text: text.count, records: scanned)
    summary.reading.note(batch, plausible: reader.plausible)
    if batch.rows.count != texts {
      scanner.note(
        RecordProblem(
          file: name, cause: .tornSegment, offset: nil,
          detail: "\(texts) stored texts gave \(batch.rows.count) events; what they were stored as cannot be told"))
    }
    if ingestionTimes.count == batch.rows.count { batch.ingestionTimes = ingestionTimes }
    if !batch.rows.isEmpty { try consumer.consume(batch) }
    scanner.beginBatch()
    removeTexts()
  }

  func end() throws -> (StoreReadingSummary, Consumer.Result) {
    summary.reading.problems.merge(scanner.problems)
    summary.reading.problems.merge(consumer.problems)
    return (summary, try consumer.finish())
  }
}
