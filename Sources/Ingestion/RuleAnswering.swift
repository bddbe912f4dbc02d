import CloudTrail
import Detection
import Events
import Query
import SegmentStore
import Store

/// Asks the rules of a plan about parts. One task's own.
///
/// Rules are asked of the stored columns, or, where columns do not tell all, of events that are made of the texts again.
final class PartAsker {
  private let plan: HuntPlan
  private let observer: PieceObserver
  private let questions: [RuleQuestion?]
  /// Columns are stored as the schema types them; with other types, or places of addresses, events are made anew.
  private let asksColumns: Bool
  /// Rules, by their places, that ask for what no column holds.
  private let asksTexts: [Bool]
  /// Makes events of texts; nil until it is needed.
  private var mapper: EventMapper?
  private var torn = ProblemLog()

  /// - Parameter asksTexts: rules, by their places, that ask for what no column holds, where that has been worked out.
  init(
    _ plan: HuntPlan, _ observer: PieceObserver, _ questions: [RuleQuestion?], asksColumns: Bool,
    asksTexts: [Bool]? = nil
  ) {
    self.plan = plan
    self.observer = observer
    self.questions = questions
    self.asksColumns = asksColumns
    self.asksTexts = asksTexts ?? plan.rulesAskingTexts
  }

  /// What had to be left out of events that were made anew, and texts that are no event any longer.
  var problems: ProblemLog {
    var problems = torn
    if let mapper { problems.merge(mapper.problems) }
    return problems
  }

  private func noteTorn(_ part: some EventPart, row: UInt32) {
    torn.note(
      RecordProblem(
        file: part.location, cause: .tornSegment, record: Int(row) + 1,
        detail:
          "its text is not that of one event, so that rules are not rightly asked about it; put back a backup of the file"
      ))
  }

  /// Asks rules, by their places, about a part; `beginPiece` comes before. Where it throws, nothing was asked.
  ///
  /// - Parameters:
  ///   - unread: rows whose texts cannot be read, ascending: what is found of them says nothing.
  ///   - onlyTexts: no column is read.
  ///   - content: what was written to the part, where it is at hand: then no column is read either.
  ///   - answers: takes those that can be kept.
  /// - Returns: the answers of rules that matched something.
  func ask(
    _ rules: [Int], about part: some EventPart, without unread: [Int] = [], onlyTexts: Bool = false,
    content: SourcedBatch? = nil, keeping answers: inout KeptAnswers
  ) throws -> [Int: RuleAnswer] {
    var found: [Int: RuleAnswer] = [:]
    // An event with so many fields that some found no column is asked about as a whole.
    let hasColumns = asksColumns && !onlyTexts && part.paths.count <= BatchLimits.columns / 2
    let ofColumns = hasColumns ? rules.filter { !asksTexts[$0] } : []
    let ofTexts = hasColumns ? rules.filter { asksTexts[$0] } : rules
    if !ofColumns.isEmpty { found = try askColumns(ofColumns, part, content, without: unread) }
    if !ofTexts.isEmpty { found.merge(try askTexts(ofTexts, part, without: unread)) { mine, _ in mine } }
    // What is not whole is asked again, and told again.
    guard torn.isEmpty, unread.isEmpty, !onlyTexts else { return found }
    for at in rules {
      guard let question = questions[at] else { continue }
      let answer = found[at]
      guard let bytes = answer.map({ $0.isEmpty ? [] : $0.encoded() }) ?? [] else { continue }
      answers.add(bytes, for: KeptAnswers.Key(question))
    }
    return found
  }

  private func askColumns(
    _ rules: [Int], _ part: some EventPart, _ content: SourcedBatch?, without unread: [Int]
  ) throws -> [Int: RuleAnswer] {
    // Of what is given up half-way nothing comes among the answers about the next part.
    defer { _ = observer.takeAnswers() }
    func ask(_ events: EventBatch, _ heads: [EventHead]) throws -> [EventHead] {
      var events = events
      events.heads = heads
      try observer.ask(events, numbers: (0..<UInt32(events.rowCount)).map { $0 }, rules: rules)
      return heads
    }
    let heads =
      if let content {
        try ask(content.events.projecting(plan.eventFields).belonging(to: content.dataStream), content.heads)
      } else {
        try part.withColumns(plan.eventFields) { try ask($0, part.heads()) }
      }
    let isUnread = Set(unread.map(UInt32.init))
    // Some go by another id than the event that they tell: their texts say which.
    let doubtful = observer.matchedNumbers.filter {
      heads[Int($0)].ownID == nil && !isUnread.contains($0)
    }
    guard !doubtful.isEmpty else { return observer.takeAnswers() }
    var ids: [UInt32: EventID] = [:]
    let records = StoredRecords()
    try part.withSources(doubtful.map(Int.init)) { place, text in
      guard let row = records.only(text) else { return noteTorn(part, row: doubtful[place]) }
      ids[doubtful[place]] = row.id
    }
    return observer.takeAnswers(ids: ids)
  }

  /// Asks rules, by their places, about the events of a part as a hunt over files would have them, which were taken in when they
  /// happened. Answers are not to be kept.
  func askReplayed(
    _ rules: [Int], about part: some EventPart, without unread: [Int] = []
  ) throws -> [Int: RuleAnswer] {
    try askTexts(rules, part, without: unread, tellsIngestion: false)
  }

  private func askTexts(
    _ rules: [Int], _ part: some EventPart, without unread: [Int], tellsIngestion: Bool = true
  ) throws -> [Int: RuleAnswer] {
    defer { _ = observer.takeAnswers() }
    let records = StoredRecords(capacity: 8 << 20)
    let ingested = tellsIngestion ? try part.ingestionTimes() : []
    let mapper =
      self.mapper
      ?? EventMapper(plan.eventFields, context: plan.context, flattenedRoots: plan.catalog.flattenedRoots)
    self.mapper = mapper
    func flush() throws {
      defer { records.removeAll() }
      let numbers = records.numbers
      try mapper.forEachBatch(of: records.batch, rows: Array(records.batch.rows.indices)) { events, rows in
        try observer.ask(events, numbers: rows.map { numbers[$0] }, rules: rules)
      }
    }
    let isUnread = Set(unread)
    let rows = (0..<part.rowCount).filter { !isUnread.contains($0) }
    try part.withSources(rows) { place, text in
      let row = rows[place]
      if !records.hasRoom(for: text.count) { try flush() }
      let time = ingested.isEmpty ? .missing : ingested[row]
      if !records.append(text, number: UInt32(row), ingested: time) { noteTorn(part, row: UInt32(row)) }
    }
    try flush()
    return observer.takeAnswers()
  }
}

/// Answers the questions of rules about parts as they are made, so that no execution has to ask them again.
public struct RuleAnswering: Sendable {
  private let plan: HuntPlan
  private let questions: [RuleQuestion?]
  /// A request may bring a thousand segments, and each is asked about.
  private let asksTexts: [Bool]

  /// - Parameter plan: of rules whose types are those of the schema.
  public init(_ plan: HuntPlan) {
    self.plan = plan
    questions = plan.questions
    asksTexts = plan.rulesAskingTexts
  }

  /// The answers of all rules that read a part. May be called from several tasks at once.
  ///
  /// - Parameter content: what was written to the segment, where it is at hand: nothing need be read then.
  public func answers(of part: some EventPart, _ content: SourcedBatch? = nil) throws -> KeptAnswers {
    let observer = PieceObserver(plan)
    let asker = PartAsker(plan, observer, questions, asksColumns: true, asksTexts: asksTexts)
    let rules = observer.beginPiece(
      part.location, source: 0, dataStream: part.dataStream, eventCount: part.rowCount, paths: [], earliest: nil)
    var answers = KeptAnswers()
    _ = try asker.ask(rules.filter { questions[$0] != nil }, about: part, content: content, keeping: &answers)
    return answers
  }

  /// The same, for a store to ask about each new segment.
  public var ofSegments: SegmentStore.Answering { { part, content in try answers(of: part, content) } }

  /// How many of the answers that are kept of a part are not what its events give, of those to questions that the rules ask.
  public func wrongAnswers(of part: some EventPart, among kept: KeptAnswers) throws -> Int {
    guard kept.count > 0 else { return 0 }
    let right = try answers(of: part)
    return questions.compactMap(\.self).count { question in
      let key = KeptAnswers.Key(question)
      guard let bytes = right.withAnswer(for: key, { Array($0) }) else { return false }
      return kept.withAnswer(for: key) { $0.elementsEqual(bytes) } == false
    }
  }
}

extension KeptAnswers.Key {
  /// A rule's question as the store has it, which knows no rule.
  init(_ question: RuleQuestion) { self.init(high: question.high, low: question.low) }
}
