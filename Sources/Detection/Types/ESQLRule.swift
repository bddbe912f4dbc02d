import Events
import Query
import Rules

/// A rule of type `esql`: an execution runs the query over the events of its window, and each row that comes out gives an alert.
///
/// A row of a query without `STATS` is an event with what the query made of it: it alerts once, in whichever execution sees it
/// first. A row of one with `STATS` stands for several events, and each execution makes alerts of its own.
struct ESQLRule: RuleProgram {
  let binding: ESQLBinding
  let signature: [UInt8]
  /// What alerts on rows are told from others by.
  private let ruleID: String
  private let text: String
  var query: ESQLRuleQuery { binding.query }

  init(_ rule: Rule, _ binding: ESQLBinding) {
    self.binding = binding
    ruleID = rule.ruleID
    text = rule.query ?? ""
    signature = ([rule.query ?? ""] + binding.query.typedFields).flatMap { Array($0.utf8) + [0] }
  }

  var noting: Noting { .rows(binding) }
  func findings() -> any RuleFindings { ESQLMatches(rule: self) }

  /// Whether executions before have made an alert of a row.
  ///
  /// - Parameter event: the one that the row is, where it is one.
  func isEarlier(_ row: FoundRow, _ event: Sighting, _ alerts: EarlierAlerts) -> Bool {
    guard !alerts.isEmpty else { return false }
    return row.isEvent
      ? alerts.contains(event, expanded: row.expanded, byRule: ruleID)
      : alerts.contains(id: AlertID.hash(row.identity(ruleID, query: text)))
  }
}

/// A row that a query in ES|QL gave in an execution.
struct FoundRow: Sendable {
  var columns: [(name: String, type: DataType)]
  /// A cell for each column.
  var cells: [Cell]
  /// Its place among the rows of the execution.
  var number: Int
  /// True where the row is an event with what the query made of it; else the row is all that the alert is made of.
  var isEvent: Bool
  /// True for a query with `STATS`.
  var isAggregate: Bool
  /// What tells rows of one event apart: the values of columns that `MV_EXPAND` made rows of.
  var expanded: [String]
  /// The events that it was made of, in order.
  var events: [Sighting]
  /// What the execution searched.
  var from: Timestamp
  var to: Timestamp

  /// What the id of an alert on the row is made of, where the row is no event.
  func identity(_ ruleID: String, query: String) -> [String] {
    ["row", from.iso8601, to.iso8601, query, ruleID, String(number)]
  }
}

/// What a rule in ES|QL has matched.
struct ESQLMatches: NotedFindings {
  static let matchBytes = 600

  let rule: ESQLRule
  /// A note is what the query looks at of an event, as `ESQLReader` writes it.
  var noted = NotedMatches()

  init(rule: ESQLRule) { self.rule = rule }

  // MARK: Executions

  /// The events that matched, as the query takes them.
  func events(_ metadata: (KeptReference, String) -> Cell) -> ESQLEvents {
    ESQLEvents(rule.query, count: matches.count) { place, read in
      guard let note = matches[place].notes.first else { return }
      noted.notes.withValue(note) { read(UnsafeRawBufferPointer($0.bytes)) }
    } metadata: { name, place in
      switch name {
      case "_version": return .whole(1)
      case "_score": return .double(1)
      case "_index_mode": return .text("standard")
      default:
        guard rule.query.readsMetadata, let kept = matches[place].sighting.kept else { return .none }
        return metadata(kept, name)
      }
    }
  }

  /// The matches that an execution sees, of those in its window.
  func places(_ range: Range<Int>, _ windows: TickWindows, _ tick: Int64) -> [Int] {
    range.filter { windows.sees(matches[$0].sighting.condition, tick) }
  }

  /// What tells an alert from others of the rule: an event and the values that it was made rows of, or a window and a place among
  /// the rows. Of windows that are rounded, several executions may have the same.
  private enum Key: Hashable {
    case event(Int, expanded: [String])
    case row(Int, from: Int64, to: Int64)

    var isEvent: Bool { if case .event = self { true } else { false } }
  }

  func run(_ executions: Executions) -> Outcome {
    var outcome = Outcome()
    let query = rule.query
    let events = events(executions.metadata)
    let columns = query.columns
    let idColumn = query.isAggregating ? nil : columns.firstIndex { $0.name == "_id" }
    let expandedColumns = expandedColumns(columns)
    let windows = executions.windows
    let movesWithTime = query.dependsOnNow || matches.contains { $0.sighting.condition != ExecutionConditions.always }
    var created: Set<Key> = []
    var waiting: Set<Key> = []
    var former: (range: Range<Int>, rows: [ESQLRuleRow], warnings: [String])?
    // False once a row has lost what tells which event it is.
    var isKeyed = idColumn != nil
    let first = windows.time(executions.ticks.lowerBound)
    var state = executions.suppression.map { SuppressionState($0, first: first) }
    let known = executions.suppression?.alerts(before: first) ?? EarlierAlerts()
    forEachExecution(executions) { tick, range in
      let now = windows.time(tick)
      if let reason = executions.failing[tick] {
        outcome.failures.append((now, reason))
        return
      }
      let isSame = !movesWithTime && former?.range == range
      // The same events give the same rows, of which none is new.
      if isSame, isKeyed, waiting.isEmpty, state == nil { return }
      let rows: [ESQLRuleRow]
      if isSame, let former {
        rows = former.rows
        former.warnings.forEach { outcome.warn($0) }
      } else {
        do {
          let given = try events.rows(places(range, windows, tick), at: now)
          rows = given.rows
          given.warnings.forEach { outcome.warn($0) }
          former = (range, given.rows, given.warnings)
        } catch {
          former = nil
          outcome.failures.append((now, "\(error)"))
          return
        }
      }
      var (made, cut) = (0, 0)
      var ofExecution: Set<Key> = []
      var left: Set<Key> = []
      var alike: [(key: Key, candidate: SuppressionState.Candidate)] = []
      for (number, row) in rows.enumerated() {
        var key = Key.row(number, from: windows.from(tick), to: windows.to(tick))
        var values: [String] = []
        if let idColumn, let place = row.origins.first, events.isID(row.cells[idColumn], of: place) {
          values = expanded(row, expandedColumns, columns)
          key = .event(place, expanded: values)
        } else {
          isKeyed = false
        }
        guard ofExecution.insert(key).inserted, !created.contains(key) else { continue }
        let sightings = row.origins.map { matches[$0].sighting }
        let found = FoundRow(
          columns: columns, cells: row.cells, number: number, isEvent: key.isEvent, isAggregate: query.isAggregating,
          expanded: values, events: sightings, from: Timestamp(milliseconds: windows.from(tick)),
          to: Timestamp(milliseconds: windows.to(tick)))
        // A row may stand on no event at all: that there was none.
        let last = sightings.last ?? Sighting(time: windows.to(tick), id: EventID(high: 0, low: 0))
        let finding = Finding(tick: now, sighting: last, basis: .row(found))
        let isThere = rule.isEarlier(found, last, known)
        if let suppression = executions.suppression, let candidate = suppression.candidate(finding, found, isThere) {
          alike.append((key, candidate))
          continue
        }
        guard !isThere else { continue }
        if rule.isEarlier(found, last, executions.earlier) {
          created.insert(key)
          continue
        }
        guard made < executions.maxSignals else {
          cut += 1
          left.insert(key)
          continue
        }
        made += 1
        created.insert(key)
        outcome.found.append(finding)
      }
      let fates =
        state?.take(
          alike.map(\.candidate), at: now, from: windows.from(tick), most: executions.maxSignals - made, &outcome) ?? []
      for ((key, _), fate) in zip(alike, fates) {
        switch fate {
        case .created: created.insert(key)
        case .cut:
          cut += 1
          left.insert(key)
        case .known, .counted: break
        }
      }
      outcome.lost += waiting.subtracting(created).subtracting(left).count
      waiting = left
      if cut > 0 { outcome.cuts.append(Replay.Cut(tick: now, count: cut)) }
    }
    outcome.lost += waiting.subtracting(created).count
    return outcome
  }

  /// Calls `body` with each execution that can find something, and which matches lie in its window.
  private func forEachExecution(_ executions: Executions, _ body: (Int64, Range<Int>) -> Void) {
    let times = matches.map(\.sighting.time)
    guard rule.query.findsNothing else { return executions.forEachWindow(of: times, body) }
    for tick in executions.ticks {
      let (from, to) = (executions.windows.from(tick), executions.windows.to(tick))
      let first = times.firstPlace { $0 >= from }
      body(tick, first..<max(first, times.firstPlace { $0 > to }))
    }
  }

  /// The columns whose values tell rows of one event apart: those that were made rows of, and where one of them is not left, all.
  private func expandedColumns(_ columns: [(name: String, type: DataType)]) -> [Int] {
    let names = rule.query.query.expandedNames
    let places = names.compactMap { name in columns.firstIndex { $0.name == name } }
    return places.count == names.count ? places : Array(columns.indices)
  }

  private func expanded(
    _ row: ESQLRuleRow, _ places: [Int], _ columns: [(name: String, type: DataType)]
  ) -> [String] {
    places.map { place in
      row.cells[place].values.map { ESQLAnswer.text($0, columns[place].type) }.joined(separator: "\u{1F}")
    }
  }
}

extension Suppression {
  /// What may be folded of a row; nil where it is to stand apart. A column counts before what its event has.
  fileprivate func candidate(_ finding: Finding, _ row: FoundRow, _ isThere: Bool) -> SuppressionState.Candidate? {
    let ofEvent = row.isEvent ? values(finding.sighting) : fields.map { _ in [] }
    let all = fields.enumerated().map { place, field -> SuppressionTerms.Value in
      guard let column = row.columns.firstIndex(where: { $0.name == field }), !row.cells[column].isNull else {
        return .init(all: ofEvent[place])
      }
      let type = row.columns[column].type
      let kind: ScalarKind = type.isNumeric ? .number : type == .boolean ? .boolean : .string
      return .init(column: row.cells[column].values.map { NewTerm(kind: kind, text: ESQLAnswer.text($0, type)) })
    }
    let terms = SuppressionTerms(fields: fields, values: all)
    guard terms.isWhole || !setsMissingApart else { return nil }
    // A row that stands for several events has the time that it says, or that of its alert.
    let time = row.isEvent ? finding.sighting.time : (row.time ?? finding.tick).milliseconds
    return SuppressionState.Candidate(terms: terms, start: time, end: time, isThere: isThere, finding: finding)
  }
}
