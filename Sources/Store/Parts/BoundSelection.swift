import Events
import Query

/// A selection made ready to be asked of parts.
struct BoundSelection: Sendable {
  let selection: EventSelection
  private(set) var queries: QuerySet
  private let query: BoundQuery
  /// The place of the column that has the time; nil where that is `@timestamp`.
  private let timePlace: Int?
  /// How times are written there; nil for the usual way.
  private let timeFormat: DateFormat?

  init(_ selection: EventSelection) {
    self.selection = selection
    var queries = QuerySet(catalog: selection.catalog, now: selection.now)
    query = queries.add(selection.predicate)
    timePlace = selection.timeField.path.map { queries.addField($0) }
    timeFormat = selection.timeField.path.flatMap { selection.catalog.timeFormat(of: $0) }
    self.queries = queries
  }

  /// Asks for a field's values too, and gives the place of its column and its type.
  mutating func add(_ path: String) -> (place: Int, type: FieldType) {
    (queries.addField(path), selection.catalog.resolve(path).type)
  }

  /// What a part has of the selection.
  struct Answer {
    /// The columns of the queries' plan; nil where none was asked for.
    var events: EventBatch?
    /// The rows that match, ascending.
    var rows: [Int]
    /// The time of each row of the part; nil where nothing needed them.
    var times: [Timestamp]?
  }

  /// Asks a part.
  ///
  /// - Parameters:
  ///   - needsTimes: times are wanted also where the selection does not ask for them.
  ///   - body: gets what the part has, while its columns can be looked at.
  func answer<Part: EventPart, Result>(
    of part: Part, needsTimes: Bool, _ body: (Answer, inout ReadSummary) throws -> Result
  ) throws -> (result: Result, summary: ReadSummary) {
    var summary = ReadSummary()
    var rows = part.rows
    var times: [Timestamp]?
    // Where only answers need them they are read once something matches.
    if selection.times != nil || timePlace != nil && needsTimes { times = try part.timesOfRows() }
    func timed(_ rows: [Int]) throws -> Answer {
      if needsTimes, times == nil, !rows.isEmpty { times = try part.timesOfRows() }
      return Answer(events: nil, rows: rows, times: times)
    }
    if let wanted = selection.times, let times, timePlace == nil {
      rows = rows.filter { times[$0] != .missing && wanted.contains(times[$0]) }
    }
    let mayMatch = !rows.isEmpty && part.mayHold(query, of: queries)
    if !rows.isEmpty { summary.span = span(of: part) }
    guard mayMatch, !queries.plan.isEmpty || queries.asksDataStreams else {
      if timePlace == nil || selection.times == nil {
        summary.searched = rows.count
      } else if !rows.isEmpty {
        // Which rows lie in the times is in a column.
        let plan = FieldPlan(paths: [queries.plan.paths[timePlace ?? 0]])
        summary.searched = try part.withColumns(plan) { events in
          placed(rows, times ?? [], events.columns[0]).rows.count
        }
      }
      if !mayMatch || selection.predicate == .nothing { rows = [] }
      return (try finish(try timed(rows), &summary, body), summary)
    }
    return try part.withColumns(queries.plan) { events in
      if let timePlace {
        let found = placed(rows, times ?? [], events.columns[timePlace])
        rows = found.rows
        if needsTimes || selection.times != nil { times = found.times }
      }
      summary.searched = rows.count
      let evaluator = QueryEvaluator(queries)
      evaluator.begin(events)
      defer { evaluator.end() }
      switch evaluator.rows(query) {
      case .all: break
      case .none: rows = []
      case .some(let matching): rows = rows.filter { matching.contains($0) }
      }
      var answer = try timed(rows)
      answer.events = events
      return (try finish(answer, &summary, body), summary)
    }
  }

  /// The times of a part, as far as they are asked for.
  private func span(of part: some EventPart) -> ClosedRange<Timestamp>? {
    guard timePlace == nil, let wanted = selection.times else { return part.times }
    return part.times.flatMap { $0.overlaps(wanted) ? $0.clamped(to: wanted) : nil }
  }

  private func finish<Result>(
    _ answer: Answer, _ summary: inout ReadSummary, _ body: (Answer, inout ReadSummary) throws -> Result
  ) rethrows -> Result {
    summary.matched = answer.rows.count
    if let times = answer.times {
      for row in answer.rows {
        if times[row] == .missing { summary.untimed += 1 } else { summary.note(times[row]) }
      }
    }
    return try body(answer, &summary)
  }

  /// The times that a column gives rows, and those of the rows that lie in the times that are wanted.
  ///
  /// Of several times of an event the first counts that is wanted.
  private func placed(_ rows: [Int], _ times: [Timestamp], _ column: Column) -> (rows: [Int], times: [Timestamp]) {
    let dates = (0..<column.dictionary.count).map { code in
      column.dictionary.withValue(UInt32(code + 1)) { $0.timestamp(timeFormat) }
    }
    var own = [Timestamp](repeating: .missing, count: column.rowCount)
    var hasDate = Bitmap(count: column.rowCount)
    column.forEachEntry { row, code in
      guard let date = dates[Int(code) - 1] else { return }
      hasDate.insert(row)
      guard selection.times?.contains(date) ?? true else { return }
      if own[row] == .missing || date < own[row] { own[row] = date }
    }
    if selection.timeField.fallsBack {
      for row in rows where !hasDate.contains(row) && row < times.count {
        if selection.times?.contains(times[row]) ?? true { own[row] = times[row] }
      }
    }
    return (selection.times == nil ? rows : rows.filter { own[$0] != .missing }, own)
  }
}

extension FieldPlan {
  /// True where no column is asked for.
  var isEmpty: Bool { !everything && paths.isEmpty && patterns.isEmpty && nested.isEmpty }
}
