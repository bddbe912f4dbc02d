import CloudTrail
import Detection
import Events
import Foundation
import Inputs
import Query
import Store

/// Runs rules over stored events. A rule's question is asked of each part once: where the store keeps answers, this one is kept beside
/// the part, and from then on read instead of the events.
public struct StoreHunt<Store: AnswerKeeper>: Sendable {
  public typealias Part = Store.Part

  private let store: Store
  private let snapshot: PartedSnapshot<Part>
  private let plan: HuntPlan
  private let questions: [RuleQuestion?]
  private let askers: KnownAnswers.Askers
  public var workers: Int
  /// From when on events are of interest; all are where there is none.
  public var reach: HuntReach?
  /// When events count as taken in for rules that go by that.
  public var view = IngestionView.replayed
  /// False where fields have other types than those that the columns were stored with: then events are made of their texts
  /// again, and answers are neither looked for nor kept.
  public var asksColumns = true
  /// Whether new answers are kept, where the store keeps any; it must be open for it.
  public var keepsAnswers = true
  /// What is known not to be readable: the hunt goes without it, and says so.
  public var unread = UnreadParts()
  /// Names the data stream of CloudTrail's events; what lies in others of its kind is not read.
  public var dataStream: String

  public init(
    _ store: Store, _ snapshot: PartedSnapshot<Part>, _ plan: HuntPlan,
    workers: Int = ProcessInfo.processInfo.activeProcessorCount
  ) {
    self.store = store
    self.snapshot = snapshot
    self.plan = plan
    self.workers = max(1, workers)
    questions = plan.questions
    askers = KnownAnswers.Askers(questions)
    dataStream = plan.context.dataStream
  }

  /// What the rules match in all events that matter.
  public func run(progress: ReadingProgress = ReadingProgress()) async throws -> (StoreHuntSummary, HuntFindings) {
    var summary = StoreHuntSummary(ruleCount: plan.rules.count)
    summary.missing = snapshot.missingParts.filter { !$0.areTimesKnown || matters($0.times, $0.spans) }
    var parts: [Part] = []
    // What lies before shows that histories are given whole.
    var former: [Part] = []
    for part in snapshot.parts {
      guard matters(part.times, part.spans) else {
        former.append(part)
        continue
      }
      if EventContext.isOfTrail(part.dataStream), part.dataStream != dataStream {
        summary.elsewhere[part.dataStream, default: 0] += part.eventCount
      } else if let unread = unread.events(of: part), unread.rows == nil {
        summary.missing += unread.missing(of: part).map { [$0] } ?? []
      } else {
        parts.append(part)
      }
    }
    let feed = WorkFeed(parts.count)
    let (all, earlier) = (parts, former)
    return try await withThrowingTaskGroup(of: (StoreHuntSummary, HuntFindings).self) { group in
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
      let recent = RecentTexts()
      return (
        summary,
        HuntFindings(joining: findings, texts: all.map { PartTexts($0, tellsIngestion: view == .stored, recent) })
      )
    }
  }

  /// Whether a part may hold events that some rule is to see.
  private func matters(_ times: ClosedRange<Timestamp>?, _ spans: FieldSpans?) -> Bool {
    guard let reach else { return true }
    return reach.byField.contains { field, first in
      let mayLieByTimestamp = times.map { $0.upperBound >= first } ?? false
      guard let field else { return mayLieByTimestamp }
      guard let spans, FieldSpans.covers(field, plan.catalog) else { return true }
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
    private let asker: PartAsker
    private let now: Timestamp
    private var summary: StoreHuntSummary
    private var fresh: [(part: Part, content: KeptAnswers)] = []

    init(_ hunt: StoreHunt, _ plan: HuntPlan, _ questions: [RuleQuestion?]) {
      self.hunt = hunt
      self.questions = questions
      isReplayed = hunt.view == .replayed ? plan.rulesAskingIngestion : questions.map { _ in false }
      now = plan.context.readAt
      summary = StoreHuntSummary(ruleCount: plan.rules.count)
      observer = PieceObserver(plan, hunt.view, reach: hunt.reach)
      asker = PartAsker(plan, observer, questions, asksColumns: hunt.asksColumns)
    }

    /// Takes note of a part whose events lie before all that matters: they show that histories are given whole. Of one that
    /// cannot be read nothing is said: then a history counts as given in part.
    func note(passedOver part: Part) {
      let credible = PieceObserver.credibleTimes(at: now)
      let timestamp = try? part.earliestCredible(at: now)
      observer.note(passedOver: part.dataStream) { override in
        guard let override, hunt.view == .stored || override != EventField.eventIngested.path else { return timestamp }
        guard let span = part.spans?[override], credible.contains(span.times.lowerBound) else { return timestamp }
        return span.isWhole ? span.times.lowerBound : min(span.times.lowerBound, timestamp ?? span.times.lowerBound)
      }
    }

    func read(_ part: Part, source: Int) throws {
      defer { part.letGo() }
      var unread = hunt.unread.events(of: part)
      do {
        do {
          try read(part, source: source, without: unread?.rows ?? [], onlyTexts: false)
        } catch let error as Part.Fault {
          // What is damaged of texts takes away its own events alone, and of columns none: texts say all that columns do.
          guard let rows = unread?.rows ?? UnreadEvents.unreadableRows(of: part) else { throw error }
          try read(part, source: source, without: rows, onlyTexts: true)
          if unread == nil, !rows.isEmpty { unread = UnreadEvents(rows: rows, reason: "\(error)") }
        }
        if let missing = unread?.missing(of: part) { summary.missing.append(missing) }
      } catch let fault as Part.Fault {
        summary.missing.append(MissingPart(part, reason: "\(fault)"))
      }
      if fresh.count >= Self.keptAtOnce { try keep() }
    }

    /// - Parameters:
    ///   - unread: rows whose texts cannot be read, ascending; they count as not there.
    ///   - onlyTexts: no column is read.
    private func read(_ part: Part, source: Int, without unread: [Int], onlyTexts: Bool) throws {
      let rules = observer.beginPiece(
        part.name, source: source, dataStream: part.dataStream, eventCount: part.eventCount, paths: part.paths,
        earliest: try part.earliestCredible(at: now))
      let (times, rowCount) = (part.times, part.rowCount)
      let isHidden = Set((part.hidden + unread).map(UInt32.init))
      let lasting = rules.filter { !isReplayed[$0] }
      var known = KnownAnswers(hunt.askers, of: lasting, observer, times: times, rowCount: rowCount)
      if hunt.asksColumns { try hunt.store.forEachAnswer(of: part) { known.take($0, $1) } }
      var answers = known.answers
      var open = lasting.filter { !known.holds($0) }
      var replayed = rules.filter { isReplayed[$0] }
      if onlyTexts, hunt.view == .replayed {
        // When events were taken in is in a column, and of no interest here.
        replayed += open
        open = []
      }
      if !replayed.isEmpty {
        answers.merge(try asker.askReplayed(replayed, about: part, without: unread)) { $1 }
      }
      if !open.isEmpty {
        var kept = KeptAnswers()
        let asked = try asker.ask(open, about: part, without: unread, onlyTexts: onlyTexts, keeping: &kept)
        answers.merge(asked) { $1 }
        if hunt.asksColumns, hunt.keepsAnswers, kept.count > 0 { fresh.append((part, kept)) }
      }
      for rule in rules {
        guard let answer = answers[rule] else { continue }
        try observer.add(answer, rule: rule) { isHidden.contains($0) }
      }
      summary.asked += open.count + replayed.count
      summary.known += rules.count - open.count - replayed.count
      summary.note(searched: rowCount - isHidden.count, by: rules)
      if let times { summary.note(times) }
    }

    /// Parts whose answers are kept together.
    private static var keptAtOnce: Int { 64 }

    private func keep() throws {
      guard !fresh.isEmpty else { return }
      try hunt.store.keep(fresh)
      fresh.removeAll()
    }

    func finish() throws -> (StoreHuntSummary, HuntFindings) {
      try keep()
      summary.problems.merge(observer.problems)
      summary.problems.merge(asker.problems)
      return (summary, observer.finish())
    }
  }

  // MARK: Background

  /// Reads what alerts tell of other events.
  ///
  /// Returns how many events that set policies could not be read, and parts that could not be read.
  public func addBackground(to result: inout HuntResult) async throws -> (left: Int, missing: [MissingPart]) {
    let need = try result.backgroundNeed()
    let parts = snapshot.parts.filter { part in
      part.times != nil && !part.dataStream.hasPrefix(".alerts-")
        && (part.dataStream == dataStream || !EventContext.isOfTrail(part.dataStream))
    }
    var (left, missing): (Int, [MissingPart]) = (0, [])
    func take(_ read: [BackgroundPart]) {
      result.take(read.map(\.background))
      left += read.reduce(0) { $0 + $1.left }
      missing += read.flatMap(\.missing).filter { one in !missing.contains { $0.number == one.number } }
    }
    if let until = need.policiesUntil {
      take(
        try await readBackground(parts.filter { $0.times!.lowerBound <= until }) {
          try $0.readPolicies(into: $1)
        })
    }
    var search = OpeningSearch(need)
    while let range = search.range {
      let within = parts.filter { $0.times!.overlaps(range) }
      let wanted = search.wanted
      let read = try await readBackground(within) { try $0.readSessions(into: $1, wanted) }
      take(read)
      search.goOn(to: read.reduce(into: []) { $0.formUnion($1.background.openers) })
    }
    return (left, missing)
  }

  private typealias BackgroundPart = (background: AlertBackground, left: Int, missing: [MissingPart])

  private func readBackground(
    _ parts: [Part],
    _ read: @escaping @Sendable (Part, BackgroundReader) throws -> MissingPart?
  ) async throws -> [BackgroundPart] {
    let feed = WorkFeed(parts.count)
    return try await withThrowingTaskGroup(of: BackgroundPart.self) { group in
      for _ in 0..<min(workers, parts.count) {
        group.addTask {
          let reader = BackgroundReader(plan)
          var missing: [MissingPart] = []
          while let place = feed.take() {
            try Task.checkCancellation()
            defer { parts[place].letGo() }
            do {
              if let left = try read(parts[place], reader) { missing.append(left) }
            } catch let fault as Part.Fault {
              missing.append(MissingPart(parts[place], reason: "\(fault)"))
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

extension EventPart {
  /// The first time of an event that shows where the events begin; nil where none is credible.
  fileprivate func earliestCredible(at now: Timestamp) throws -> Timestamp? {
    let credible = PieceObserver.credibleTimes(at: now)
    guard let first = times?.lowerBound else { return nil }
    if credible.contains(first) { return first }
    return try timesOfRows().lazy.filter { $0 != .missing && credible.contains($0) }.min()
  }

  /// Reads what events did to policies, and gives what of them cannot be read.
  fileprivate func readPolicies(into reader: BackgroundReader) throws -> MissingPart? {
    let found = try withColumns(reader.policyFields) { reader.rowsSettingPolicies(in: $0) }
    let isHidden = Set(hidden)
    let chosen = found.filter { !isHidden.contains($0) }
    let records = StoredRecords()
    var (left, reason) = (0, "")
    try withSources(chosen) { _, fault in
      left += 1
      reason = "\(fault)"
      reader.noteUnread()
    } _: { _, text in
      guard let row = records.only(text) else { return reader.noteUnread() }
      reader.readPolicy(row)
    }
    return left == 0 ? nil : MissingPart(self, count: left, reason: reason)
  }

  /// Reads who opened the sessions that are wanted.
  fileprivate func readSessions(
    into reader: BackgroundReader, _ wanted: Set<UInt64>
  ) throws -> MissingPart? {
    try withColumns(BackgroundReader.sessionFields) { events in
      let isHidden = Set(hidden)
      let chosen = reader.rowsOpeningSessions(in: events, wanted: wanted).filter { !isHidden.contains($0) }
      guard !chosen.isEmpty else { return }
      var events = events
      events.heads = try heads()
      reader.readSessions(events, rows: chosen)
    }
    return nil
  }
}
