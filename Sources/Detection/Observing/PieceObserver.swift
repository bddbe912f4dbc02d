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
  private let view: IngestionView
  private let reach: HuntReach?
  private var piece: (name: String, source: Int) = ("", 0)
  /// What was left out for want of memory.
  public private(set) var problems = ProblemLog()

  /// - Parameters:
  ///   - view: when events count as taken in, in what is found; answers hold for both.
  ///   - reach: what lies before it is not among what is found; nil leaves nothing out.
  public init(_ plan: HuntPlan, _ view: IngestionView = .replayed, reach: HuntReach? = nil) {
    self.plan = plan
    self.view = view
    self.reach = reach
    observer = RuleObserver(plan)
    builder = FindingsBuilder(plan, refersToStored: true) { KeptReference(number: UInt32($0)) }
    builder.firstTimes = reach?.byRule.map(\.milliseconds)
    facts = InputFacts(plan.rules, lookedFor: plan.indicatorPatterns)
    historical = plan.rules.indices.filter { plan.rules[$0].program.hasHistory }
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

  /// There are events of a data stream that are not looked at, since they lie before all that executions search.
  ///
  /// - Parameter earliest: when they begin by a rule's own timestamp field, nil for a rule that goes by `@timestamp`.
  public func note(passedOver dataStream: String, earliest: (_ override: String?) -> Timestamp?) {
    let readers = facts.readers(of: dataStream)
    for at in historical where readers[at] {
      let override = plan.rules[at].overrideColumn == nil ? nil : plan.rules[at].rule.timestampOverride
      if let time = earliest(override) { builder.note(start: time.milliseconds, of: at) }
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
    answers.heads = events.heads
    try observer.observe(events, rules, isRead: { _, _ in true }, into: answers)
  }

  /// Notes where the events begin that rules with a history and a timestamp field of their own can see.
  private func noteStarts(_ events: EventBatch, _ rules: [Int]) {
    let asked = Set(rules)
    let overriding = historical.filter { plan.rules[$0].overrideColumn != nil && asked.contains($0) }
    guard !overriding.isEmpty else { return }
    noteIngestionStarts(events, overriding.filter { plan.rules[$0].goesByIngestion })
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
    for at in overriding where !plan.rules[at].goesByIngestion {
      let rule = plan.rules[at]
      if let earliest, rule.seesRecordsAtTimestamp { answers.note(start: earliest, of: at) }
      for row in others {
        if let time = RuleObserver.seenTime(of: rule, in: events, row: row) { answers.note(start: time, of: at) }
      }
    }
  }

  /// The same for rules that go by the time of ingestion, once for all of them.
  private func noteIngestionStarts(_ events: EventBatch, _ rules: [Int]) {
    guard let first = rules.first, let column = plan.rules[first].overrideColumn else { return }
    var (stored, replayed) = (EarliestTimes(), EarliestTimes())
    let values = events.columns[column]
    let dates = (0..<values.dictionary.count).map { code in
      values.dictionary.withValue(UInt32(code + 1)) { $0.timestamp(plan.rules[first].overrideFormat)?.milliseconds }
    }
    for row in 0..<events.rowCount {
      let head = events.heads[row]
      let own = values.codes(row: row).lazy.compactMap { dates[Int($0) - 1] }.first
      let time = head.time == .missing ? nil : head.time.milliseconds
      stored.note(own, or: time)
      if head.kind == .cloudTrail {
        replayed.note(time, or: nil)
      } else {
        replayed.note(head.isIngestedHere ? nil : own, or: time)
      }
    }
    for at in rules {
      let fallsBack = !plan.rules[at].rule.timestampOverrideFallbackDisabled
      if let start = stored.time(fallsBack: fallsBack) { answers.note(start: start, of: at) }
      if let start = replayed.time(fallsBack: fallsBack) { answers.note(replayedStart: start, of: at) }
    }
  }

  /// The earliest credible times of events by a field, and by `@timestamp` of those without it.
  private struct EarliestTimes {
    private var own: Int64?
    private var other: Int64?

    mutating func note(_ time: Int64?, or fallback: Int64?) {
      if let time {
        if time >= HistoryStarts.firstRecords, time < own ?? .max { own = time }
      } else if let fallback, fallback >= HistoryStarts.firstRecords, fallback < other ?? .max {
        other = fallback
      }
    }

    func time(fallsBack: Bool) -> Int64? {
      guard fallsBack, let other else { return own }
      return min(own ?? other, other)
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

  /// False where nothing that a rule matched in events up to a `@timestamp` can be found by it.
  public func mayFind(_ rule: Int, inEventsUpTo last: Timestamp?) -> Bool {
    guard let reach, let last, plan.rules[rule].overrideColumn == nil else { return true }
    return last >= reach.byRule[rule]
  }

  /// Takes over what a rule matched in the piece.
  ///
  /// - Parameter isHidden: whether an event does not count any longer, by its number.
  public func add(_ answer: RuleAnswer, rule: Int, isHidden: (UInt32) -> Bool) throws {
    try builder.add(answer, of: plan.rules[rule], at: rule, view, isHidden: isHidden)
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

  /// Which rules, by their places, ask of events when they were taken in. In a replay such rules are asked about events that are
  /// made as a hunt over files makes them.
  public var rulesAskingIngestion: [Bool] { rules.map(\.asksIngestion) }

  /// Which rules, by their places, ask for values that are in no column, so that events are made of their texts again for them.
  public var rulesAskingTexts: [Bool] { rules.map(\.asksTexts) }

  /// What each rule asks, by its place; nil for rules whose answers cannot be kept.
  public var questions: [RuleQuestion?] { rules.map(\.question) }

  /// From when on executions look at events.
  ///
  /// - Parameter begin: when the executions of a rule begin, by its id.
  public func reach(from begin: (String) -> Timestamp) -> HuntReach {
    var reach = HuntReach()
    for rule in rules {
      let field = rule.overrideColumn == nil ? nil : rule.rule.timestampOverride
      let tick = begin(rule.rule.ruleID)
      let first = rule.windows.firstTick(atOrAfter: tick) - rule.program.formerExecutions
      // Bounds that count months may run backwards from one execution to a later one.
      let from =
        min(rule.windows.from(first), rule.program.hasHistory ? rule.windows.history(first) : .max)
        - rule.program.lookBehind
      let time = min(tick, Timestamp(milliseconds: from - rule.windows.slack))
      reach.byRule.append(time)
      reach.byField[field] = min(reach.byField[field] ?? time, time)
    }
    return reach
  }

  /// The times of the events that executions of rules search, histories aside, from the beginning of the first window to the end of the
  /// last, by the rules' ids. A rule without an execution has none.
  ///
  /// - Parameters:
  ///   - begin: when the executions of a rule begin, by its id.
  ///   - last: when those of all rules end.
  public func windows(from begin: (String) -> Timestamp, to last: Timestamp) -> [String: ClosedRange<Timestamp>] {
    var windows: [String: ClosedRange<Timestamp>] = [:]
    for rule in rules {
      let ticks = (
        first: rule.windows.firstTick(atOrAfter: begin(rule.rule.ruleID)), last: rule.windows.lastTick(atOrBefore: last)
      )
      guard ticks.first <= ticks.last else { continue }
      let (from, to) = (rule.windows.from(ticks.first), rule.windows.to(ticks.last))
      if from <= to { windows[rule.rule.ruleID] = Timestamp(milliseconds: from)...Timestamp(milliseconds: to) }
    }
    return windows
  }
}
