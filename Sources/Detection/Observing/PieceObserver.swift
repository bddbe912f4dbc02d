import CloudTrail
import Events
import Query
import Rules

/// Runs the rules of a plan over pieces of stored data, of which some answers may be known. One worker's own.
///
/// For each piece: `beginPiece`, then `ask` with its batches for the rules whose answers are not known, `takeAnswers`, and
/// `add` for the answers of all rules that read it.
public final class PieceObserver {
  private let plan: HuntPlan
  private let observer: RuleObserver
  private let builder: FindingsBuilder
  private var answers = AnswerBuilder()
  private var facts: InputFacts
  private let historical: [Int]
  private var piece: (name: String, source: Int) = ("", 0)
  /// What was left out for want of memory.
  public private(set) var problems = ProblemLog()

  public init(_ plan: HuntPlan) {
    self.plan = plan
    observer = RuleObserver(plan)
    builder = FindingsBuilder(plan) { KeptReference(number: UInt32($0)) }
    facts = InputFacts(plan.rules)
    historical = plan.rules.indices.filter { plan.rules[$0].rule.type == .newTerms }
    builder.noteNoRoom = { [unowned self] _, rule in noteNoRoom(rule) }
  }

  /// Starts a piece.
  ///
  /// - Parameters:
  ///   - name: what a person calls it.
  ///   - source: the place of its texts among those that findings are joined with.
  ///   - paths: the fields that its events have.
  ///   - earliest: the first credible `@timestamp` of its events.
  /// - Returns: the places of the rules that read it.
  public func beginPiece(
    _ name: String, source: Int, dataStream: String, eventCount: Int, paths: [String], earliest: Timestamp?
  ) -> [Int] {
    piece = (name, source)
    builder.keep = { KeptReference(source: UInt32(source), number: UInt32($0)) }
    let readers = facts.readers(of: dataStream)
    facts.note(stream: dataStream)
    let reading = readers.indices.filter { readers[$0] }
    if reading.isEmpty { facts.noteUnread(dataStream, eventCount) }
    facts.noteFields(paths)
    if let earliest { note(earliest: earliest, in: dataStream) }
    return reading
  }

  /// There are events of a data stream from a time on, whether they are looked at or not.
  public func note(earliest: Timestamp, in dataStream: String) {
    let readers = facts.readers(of: dataStream)
    for at in historical where readers[at] && plan.rules[at].overrideColumn == nil {
      builder.note(start: earliest.milliseconds, of: at)
    }
  }

  /// Asks rules about a batch of the piece, which has heads and the columns of `plan.eventFields`.
  ///
  /// - Parameter numbers: of each row its number in the piece; ascending, also from batch to batch.
  public func ask(_ events: EventBatch, numbers: [UInt32], rules: [Int]) throws {
    observer.begin(events)
    defer { observer.end() }
    noteStarts(events, rules)
    answers.numbers = numbers
    try observer.observe(events, rules, isRead: { _, _ in true }, into: answers)
  }

  /// Notes where the events begin that rules with a history and a timestamp field of their own can see.
  private func noteStarts(_ events: EventBatch, _ rules: [Int]) {
    let asked = Set(rules)
    let overriding = historical.filter { plan.rules[$0].overrideColumn != nil && asked.contains($0) }
    guard !overriding.isEmpty else { return }
    var others: [Int] = []
    var earliest: Int64?
    for row in 0..<events.rowCount {
      let head = events.heads[row]
      if head.kind != .cloudTrail {
        others.append(row)
      } else if head.time.milliseconds >= HistoryStarts.firstRecords, head.time.milliseconds < earliest ?? .max {
        earliest = head.time.milliseconds
      }
    }
    for at in overriding {
      let rule = plan.rules[at]
      if let earliest, rule.seesRecordsAtTimestamp { answers.note(start: earliest, of: at) }
      for row in others {
        if let time = RuleObserver.seenTime(of: rule, in: events, row: row) { answers.note(start: time, of: at) }
      }
    }
  }

  /// Numbers of the events that some rule matched since the last `takeAnswers`, ascending.
  public var matchedNumbers: [UInt32] {
    Set(answers.answers.values.lazy.flatMap { $0.matches.lazy.map(\.number) }).sorted()
  }

  /// Ends asking about the piece and gives what rules matched, by their places; rules that matched nothing have no entry.
  ///
  /// - Parameter ids: the ids of events that go by others than their heads have, by number.
  public func takeAnswers(ids: [UInt32: EventID] = [:]) -> [Int: RuleAnswer] {
    defer { answers = AnswerBuilder() }
    guard !ids.isEmpty else { return answers.answers }
    return answers.answers.mapValues { answer in
      var answer = answer
      for at in answer.matches.indices {
        if let id = ids[answer.matches[at].number] { answer.matches[at].id = id }
      }
      return answer
    }
  }

  /// Takes over what a rule matched in the piece.
  ///
  /// - Parameter isHidden: whether an event does not count any longer, by its number.
  public func add(_ answer: RuleAnswer, rule: Int, isHidden: (UInt32) -> Bool) throws {
    try builder.add(answer, of: plan.rules[rule], at: rule, isHidden: isHidden)
  }

  private func noteNoRoom(_ rule: HuntRule) {
    problems.note(
      RecordProblem(
        file: piece.name, cause: .noRoom,
        detail:
          "an event that \(rule.rule.name) matches is not, or not wholly, remembered, since what is remembered has "
          + "\(builder.memoryLimit >> 20) MiB"))
  }

  /// Times that show where the events begin that a rule with a history can see.
  public static func credibleTimes(at now: Timestamp) -> ClosedRange<Timestamp> { HistoryStarts.credibleTimes(at: now) }

  /// What the rules found in all pieces.
  public func finish() -> HuntFindings { HuntFindings(builder, facts) }
}

extension HuntPlan {
  /// The columns that rules ask for.
  public var eventFields: FieldPlan { queries.plan }

  /// What each rule asks, by its place; nil for rules whose answers cannot be kept.
  public var questions: [RuleQuestion?] { rules.map(\.question) }

  /// The first time that an event may have which an execution at or after a time looks at; nil where rules go by times of
  /// their own, so that nothing is known of `@timestamp`.
  public func reach(of tick: Timestamp) -> Timestamp? {
    var reach = tick
    for rule in rules {
      guard rule.overrideColumn == nil else { return nil }
      let first = rule.windows.firstTick(atOrAfter: tick)
      // Bounds that count months may run backwards from one execution to a later one.
      let from = min(rule.windows.from(first), rule.terms.isEmpty ? .max : rule.windows.history(first))
      reach = min(reach, Timestamp(milliseconds: from - rule.windows.slack))
    }
    return reach
  }
}
