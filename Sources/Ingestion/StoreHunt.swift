import CloudTrail
import Detection
import Events
import Foundation
import Inputs
import Query
import SegmentStore
import Segments

/// Runs rules over stored events. A rule's question is asked of each segment once: the answer is kept beside it, and from
/// then on read instead of the events.
public struct StoreHunt: Sendable {
  private let store: SegmentStore
  private let snapshot: StoreSnapshot
  private let plan: HuntPlan
  private let questions: [RuleQuestion?]
  public var workers: Int
  /// From when on events are of interest; all are where there is none.
  public var reach: HuntReach?
  /// When events count as taken in for rules that go by that.
  public var view = IngestionView.replayed
  /// False where fields have other types than those that the columns were stored with: then events are made of their texts
  /// again, and answers are neither looked for nor kept.
  public var asksColumns = true
  /// Whether new answers are kept; the store must be open for it.
  public var keepsAnswers = true
  /// What is known not to be readable: the hunt goes without it, and says so.
  public var unread = UnreadParts()
  /// Names the data stream of CloudTrail's events; what lies in others of its kind is not read.
  public var dataStream: String

  public init(
    _ store: SegmentStore, _ snapshot: StoreSnapshot, _ plan: HuntPlan,
    workers: Int = ProcessInfo.processInfo.activeProcessorCount
  ) {
    self.store = store
    self.snapshot = snapshot
    self.plan = plan
    self.workers = max(1, workers)
    questions = plan.questions
    dataStream = plan.context.dataStream
  }

  /// What came of it.
  public struct Summary: Sendable {
    /// Events that rules were asked about, now or before.
    public var searched = 0
    /// Of those the events that each rule was asked about, those of the data streams that it reads, by the rule's place in the plan.
    public var searchedByRule: [Int: Int] = [:]
    /// The span in which they lie.
    public var times: ClosedRange<Timestamp>?
    /// Questions that were asked now, and those whose answers were kept: rules times segments.
    public var asked = 0
    public var known = 0
    public var problems = ProblemLog()
    /// Events of CloudTrail in data streams of another namespace, by stream, which are not read.
    public var elsewhere: [String: Int] = [:]
    /// Segments that could not be read, with those of their events, and why.
    public var missing: [StoreSnapshot.Missing] = []

    mutating func add(_ other: Summary) {
      searched += other.searched
      searchedByRule.merge(other.searchedByRule, uniquingKeysWith: +)
      if let more = other.times { note(more) }
      asked += other.asked
      known += other.known
      problems.merge(other.problems)
      missing += other.missing
    }

    mutating func note(_ more: ClosedRange<Timestamp>) {
      let mine = times ?? more
      times = min(mine.lowerBound, more.lowerBound)...max(mine.upperBound, more.upperBound)
    }
  }

  /// What the rules match in all events that matter.
  public func run(progress: ReadingProgress = ReadingProgress()) async throws -> (Summary, HuntFindings) {
    var summary = Summary()
    summary.missing = snapshot.missing.filter { matters($0.summary, $0.spans) }
    var parts: [StoreSnapshot.Part] = []
    // What lies before shows that histories are given whole.
    var former: [StoreSnapshot.Part] = []
    for part in snapshot.parts {
      guard matters(part.summary, part.spans) else {
        former.append(part)
        continue
      }
      if StoreReader.isOfTrail(part.summary.dataStream), part.summary.dataStream != dataStream {
        summary.elsewhere[part.summary.dataStream, default: 0] += part.eventCount
      } else if let unread = unread.events(of: part), unread.rows == nil {
        summary.missing += unread.missing(of: part).map { [$0] } ?? []
      } else {
        parts.append(part)
      }
    }
    let feed = WorkFeed(parts.count)
    let (all, earlier) = (parts, former)
    return try await withThrowingTaskGroup(of: (Summary, HuntFindings).self) { group in
      for number in 0..<max(1, min(workers, parts.count)) {
        group.addTask {
          let worker = HuntWorker(self, plan, questions)
          if number == 0 { for part in earlier { worker.note(passedOver: part) } }
          while let place = feed.take() {
            try Task.checkCancellation()
            try worker.read(all[place], source: place)
            progress.add(files: 1)
          }
          return try worker.finish()
        }
      }
      var findings: [HuntFindings] = []
      for try await (part, found) in group {
        summary.add(part)
        findings.append(found)
      }
      return (
        summary,
        HuntFindings(joining: findings, texts: all.map { SegmentTexts($0.segment, tellsIngestion: view == .stored) })
      )
    }
  }

  /// Whether a segment may hold events that some rule is to see.
  private func matters(_ summary: SegmentSummary, _ spans: FieldSpans?) -> Bool {
    guard let reach else { return true }
    return reach.byField.contains { field, first in
      let mayLieByTimestamp = summary.times.map { $0.upperBound >= first } ?? false
      guard let field else { return mayLieByTimestamp }
      guard let spans, FieldSpans.covers(field) else { return true }
      if let span = spans[field], span.times.upperBound >= first { return true }
      // Events without a date there lie where `@timestamp` says, and so do those that are replayed.
      let isWhole = spans[field]?.isWhole ?? false
      return mayLieByTimestamp && (!isWhole || view == .replayed && field == EventField.eventIngested.path)
    }
  }

  /// One of the tasks that run rules.
  private final class HuntWorker {
    private let hunt: StoreHunt
    private let questions: [RuleQuestion?]
    /// Rules that are asked about events as a hunt over files would have them.
    private let isReplayed: [Bool]
    private let observer: PieceObserver
    private let asker: SegmentAsker
    private let now: Timestamp
    private var summary = Summary()
    private var fresh: [(segment: Segment, content: SegmentAnswers)] = []

    init(_ hunt: StoreHunt, _ plan: HuntPlan, _ questions: [RuleQuestion?]) {
      self.hunt = hunt
      self.questions = questions
      isReplayed = hunt.view == .replayed ? plan.rulesAskingIngestion : questions.map { _ in false }
      now = plan.context.readAt
      observer = PieceObserver(plan, hunt.view, reach: hunt.reach)
      asker = SegmentAsker(plan, observer, questions, asksColumns: hunt.asksColumns)
    }

    /// Takes note of a segment whose events lie before all that matters: they show that histories are given whole. Of one that
    /// cannot be read nothing is said: then a history counts as given in part.
    func note(passedOver part: StoreSnapshot.Part) {
      let credible = PieceObserver.credibleTimes(at: now)
      let timestamp = try? part.earliestCredible(at: now)
      observer.note(passedOver: part.summary.dataStream) { override in
        guard let override, hunt.view == .stored || override != EventField.eventIngested.path else { return timestamp }
        guard let span = part.spans?[override], credible.contains(span.times.lowerBound) else { return timestamp }
        return span.isWhole ? span.times.lowerBound : min(span.times.lowerBound, timestamp ?? span.times.lowerBound)
      }
    }

    func read(_ part: StoreSnapshot.Part, source: Int) throws {
      defer { part.segment.letGo() }
      var unread = hunt.unread.events(of: part)
      do {
        do {
          try read(part, source: source, without: unread?.rows ?? [], onlyTexts: false)
        } catch let error as SegmentError {
          // What is damaged of texts takes away its own events alone, and of columns none: texts say all that columns do.
          guard let rows = unread?.rows ?? UnreadEvents.unreadableRows(of: part) else { throw error }
          try read(part, source: source, without: rows, onlyTexts: true)
          if unread == nil, !rows.isEmpty { unread = UnreadEvents(rows: rows, reason: "\(error)") }
        }
        if let missing = unread?.missing(of: part) { summary.missing.append(missing) }
      } catch let error as SegmentError {
        summary.missing.append(StoreSnapshot.Missing(summary: part.summary, reason: "\(error)"))
      }
      if fresh.count >= Self.keptAtOnce { try keep() }
    }

    /// - Parameters:
    ///   - unread: rows whose texts cannot be read, ascending; they count as not there.
    ///   - onlyTexts: no column is read.
    private func read(_ part: StoreSnapshot.Part, source: Int, without unread: [Int], onlyTexts: Bool) throws {
      let known = hunt.asksColumns ? try hunt.store.answers(of: part.segment) : SegmentAnswers()
      let rules = observer.beginPiece(
        "segment \(part.number)", source: source, dataStream: part.summary.dataStream, eventCount: part.eventCount,
        paths: part.segment.paths, earliest: try part.earliestCredible(at: now))
      let isHidden = Set((part.hidden + unread).map(UInt32.init))
      var open: [Int] = []
      var answers: [(rule: Int, answer: RuleAnswer)] = []
      for at in rules where !isReplayed[at] {
        let isWanted = observer.mayFind(at, inEventsUpTo: part.summary.times?.upperBound)
        let answer = questions[at].flatMap {
          known.withAnswer(for: SegmentAnswers.Key($0)) { bytes in
            bytes.isEmpty || !isWanted ? RuleAnswer() : RuleAnswer(bytes, eventCount: part.summary.rowCount)
          }
        }
        // What cannot be read counts as not there.
        guard let answer = answer ?? nil else {
          open.append(at)
          continue
        }
        if !answer.isEmpty { answers.append((at, answer)) }
      }
      var replayed = rules.filter { isReplayed[$0] }
      if onlyTexts, hunt.view == .replayed {
        // When events were taken in is in a column, and of no interest here.
        replayed += open
        open = []
      }
      if !replayed.isEmpty {
        answers += try asker.askReplayed(replayed, about: part.segment, without: unread).map { ($0.key, $0.value) }
      }
      if !open.isEmpty {
        var kept = SegmentAnswers()
        answers += try asker.ask(
          open, about: part.segment, without: unread, onlyTexts: onlyTexts, keeping: &kept
        ).map {
          ($0.key, $0.value)
        }
        if hunt.asksColumns, hunt.keepsAnswers, kept.count > 0 { fresh.append((part.segment, kept)) }
      }
      for (rule, answer) in answers.sorted(by: { $0.rule < $1.rule }) {
        try observer.add(answer, rule: rule) { isHidden.contains($0) }
      }
      summary.asked += open.count + replayed.count
      summary.known += rules.count - open.count - replayed.count
      let count = part.summary.rowCount - isHidden.count
      summary.searched += count
      for rule in rules { summary.searchedByRule[rule, default: 0] += count }
      if let times = part.summary.times { summary.note(times) }
    }

    /// Segments whose answers are kept together.
    private static let keptAtOnce = 64

    private func keep() throws {
      guard !fresh.isEmpty else { return }
      try hunt.store.keep(fresh)
      fresh.removeAll()
    }

    func finish() throws -> (Summary, HuntFindings) {
      try keep()
      summary.problems.merge(observer.problems)
      summary.problems.merge(asker.problems)
      return (summary, observer.finish())
    }
  }

  // MARK: Background

  /// Reads what alerts tell of other events.
  ///
  /// Returns how many events that set policies could not be read, and segments that could not be read.
  public func addBackground(to result: inout HuntResult) async throws -> (left: Int, missing: [StoreSnapshot.Missing]) {
    let need = try result.backgroundNeed()
    let parts = snapshot.parts.filter { part in
      part.summary.times != nil && !part.summary.dataStream.hasPrefix(".alerts-")
        && (part.summary.dataStream == dataStream || !StoreReader.isOfTrail(part.summary.dataStream))
    }
    var (left, missing): (Int, [StoreSnapshot.Missing]) = (0, [])
    func take(_ read: [BackgroundPart]) {
      result.take(read.map(\.background))
      left += read.reduce(0) { $0 + $1.left }
      missing += read.flatMap(\.missing).filter { one in !missing.contains { $0.summary == one.summary } }
    }
    if let until = need.policiesUntil {
      take(
        try await readBackground(parts.filter { $0.summary.times!.lowerBound <= until }) {
          try $0.readPolicies(into: $1)
        })
    }
    guard let range = need.sessions else { return (left, missing) }
    let within = parts.filter { $0.summary.times!.overlaps(range) }
    // Those that gave out the keys, those that gave out what these were made with, and so on.
    var (wanted, known) = (need.keys, Set<UInt64>())
    while !wanted.isEmpty {
      let read = try await readBackground(within) { [wanted] in try $0.readSessions(into: $1, wanted) }
      take(read)
      known.formUnion(wanted)
      wanted = read.reduce(into: Set()) { $0.formUnion($1.background.openers) }.subtracting(known)
    }
    return (left, missing)
  }

  private typealias BackgroundPart = (background: AlertBackground, left: Int, missing: [StoreSnapshot.Missing])

  private func readBackground(
    _ parts: [StoreSnapshot.Part],
    _ read: @escaping @Sendable (StoreSnapshot.Part, BackgroundReader) throws -> StoreSnapshot.Missing?
  ) async throws -> [BackgroundPart] {
    let feed = WorkFeed(parts.count)
    return try await withThrowingTaskGroup(of: BackgroundPart.self) { group in
      for _ in 0..<min(workers, parts.count) {
        group.addTask {
          let reader = BackgroundReader(plan)
          var missing: [StoreSnapshot.Missing] = []
          while let place = feed.take() {
            try Task.checkCancellation()
            defer { parts[place].segment.letGo() }
            do {
              if let left = try read(parts[place], reader) { missing.append(left) }
            } catch let error as SegmentError {
              missing.append(StoreSnapshot.Missing(summary: parts[place].summary, reason: "\(error)"))
            }
          }
          let (background, left) = reader.finish()
          return (background, left, missing)
        }
      }
      var all: [BackgroundPart] = []
      for try await part in group { all.append(part) }
      return all
    }
  }
}

extension StoreSnapshot.Part {
  /// The first time of an event that shows where the events begin; nil where none is credible.
  fileprivate func earliestCredible(at now: Timestamp) throws -> Timestamp? {
    let credible = PieceObserver.credibleTimes(at: now)
    guard let first = summary.times?.lowerBound else { return nil }
    if credible.contains(first) { return first }
    return try segment.times().lazy.filter { $0 != .missing && credible.contains($0) }.min()
  }

  /// Reads what events did to policies, and gives what of them cannot be read.
  fileprivate func readPolicies(into reader: BackgroundReader) throws -> StoreSnapshot.Missing? {
    let late = LateEntries(segment)
    let found = reader.rowsSettingPolicies(in: try segment.events(reader.policyFields, late: late))
    if let fault = late.fault { throw fault }
    let isHidden = Set(hidden)
    let chosen = found.filter { !isHidden.contains($0) }
    let records = StoredRecords()
    var (left, reason) = (0, "")
    try segment.withSources(chosen) { _, fault in
      left += 1
      reason = "\(fault)"
      reader.noteUnread()
    } _: { _, text in
      guard let row = records.only(text) else { return reader.noteUnread() }
      reader.readPolicy(row)
    }
    return left == 0 ? nil : StoreSnapshot.Missing(summary: summary, count: left, reason: reason)
  }

  /// Reads who opened the sessions that are wanted.
  fileprivate func readSessions(
    into reader: BackgroundReader, _ wanted: Set<UInt64>
  ) throws -> StoreSnapshot.Missing? {
    let late = LateEntries(segment)
    var events = try segment.events(BackgroundReader.sessionFields, late: late)
    let isHidden = Set(hidden)
    let chosen = reader.rowsOpeningSessions(in: events, wanted: wanted).filter { !isHidden.contains($0) }
    if !chosen.isEmpty {
      events.heads = try segment.heads()
      reader.readSessions(events, rows: chosen)
    }
    if let fault = late.fault { throw fault }
    return nil
  }
}
