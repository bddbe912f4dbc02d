import Events

/// A `RowCondition` bound to the columns of a plan.
struct BoundCondition: Sendable {
  var expression: TypedExpression
  /// The places of its columns in the plan, and the types of their fields.
  var columns: [(place: Int, type: FieldType)]
}

/// Evaluates a condition over batches: of one field once per distinct value, of several once per combination of what rows
/// have. One worker's own.
final class ConditionRunner {
  private let condition: BoundCondition
  private let readers: [CellReader]
  /// All its columns are one, which stands in several places.
  private let isOfOneField: Bool
  private(set) var notes = EvaluationNotes()
  /// What failed in the rows that were asked about last, a bounded number.
  private(set) var faults: [RowFault] = []
  /// What failed for a value of the only field, by its code.
  private var faultsOfCode: [UInt32: [EvaluationFault]] = [:]
  /// By code of the only field: not known, false, true, no value.
  private var verdicts: [UInt8] = []
  private var generation: UInt64 = 0

  /// Faults of a batch that are told with their rows.
  private static let mostFaults = 1000
  /// Combinations of the values of one event that are tried.
  static let mostCombinations = 100_000

  init(_ condition: BoundCondition) {
    self.condition = condition
    isOfOneField = Set(condition.columns.map(\.place)).count == 1
    readers = condition.columns.map { CellReader($0.type) }
  }

  func rows(_ batch: EventBatch) -> RowSet {
    let columns = condition.columns.map { batch.columns[$0.place] }
    faults = []
    var rows: Bitmap
    switch columns.count {
    case 0:
      let isTrue = holds([])
      for row in 0..<batch.rowCount { note(failed, row) }
      return isTrue ? .all : .none
    case 1: rows = self.rows(columns[0], batch.rowCount)
    // Where no row has a choice a field is the same wherever it stands.
    case _ where isOfOneField && !columns[0].hasSeveral: rows = self.rows(columns[0], batch.rowCount)
    default: rows = self.rows(columns, batch.rowCount)
    }
    return rows.isEmpty ? .none : .some(rows)
  }

  /// What failed when the condition was last looked at for some cells.
  private var failed: [EvaluationFault] = []

  /// Whether the condition is true of some cells. Where something in it fails it is not, even where it asks for null.
  private func holds(_ cells: [Cell]) -> Bool {
    var faults = EvaluationNotes()
    let isTrue = condition.expression.value(cells, &faults) == .boolean(true)
    failed = faults.faults.map(\.fault)
    guard !failed.isEmpty else { return isTrue }
    notes.merge(faults)
    return false
  }

  private func note(_ failed: [EvaluationFault], _ row: Int) {
    for fault in failed where faults.count < Self.mostFaults { faults.append(RowFault(row: row, fault: fault)) }
  }

  private func everywhere(_ cell: Cell) -> [Cell] { [Cell](repeating: cell, count: readers.count) }

  /// Of the only field.
  private func rows(_ column: Column, _ rowCount: Int) -> Bitmap {
    let dictionary = column.dictionary
    if generation != dictionary.generation {
      generation = dictionary.generation
      verdicts = []
      faultsOfCode = [:]
    }
    if verdicts.count <= dictionary.count {
      verdicts += [UInt8](repeating: 0, count: dictionary.count + 1 - verdicts.count)
    }
    var rows = Bitmap(count: rowCount)
    var present = Bitmap(count: rowCount)
    column.forEachEntry { row, code in
      if verdicts[Int(code)] == 0 {
        let value = readers[0].value(code, in: dictionary)
        verdicts[Int(code)] = value.map { holds(everywhere(.one($0))) ? 2 : 1 } ?? 3
        if value != nil, !failed.isEmpty { faultsOfCode[code] = failed }
      }
      if !faultsOfCode.isEmpty, let failed = faultsOfCode[code] { note(failed, row) }
      switch verdicts[Int(code)] {
      case 2:
        rows.insert(row)
        present.insert(row)
      case 1: present.insert(row)
      default: break
      }
    }
    if present.cardinality < rowCount {
      let isTrue = holds(everywhere(.none))
      guard isTrue || !failed.isEmpty else { return rows }
      present.invert()
      if isTrue { rows.formUnion(present) } else { present.forEach { note(failed, $0) } }
    }
    return rows
  }

  private func rows(_ columns: [Column], _ rowCount: Int) -> Bitmap {
    let cells = zip(columns, readers).map { $1.cells($0, rowCount: rowCount) }
    var known: [[UInt32]: (isMet: Bool, failed: [EvaluationFault])] = [:]
    var rows = Bitmap(count: rowCount)
    for row in 0..<rowCount {
      let key = cells.map { $0.codes.list[row] }
      let found: (isMet: Bool, failed: [EvaluationFault])
      if let before = known[key] {
        found = before
      } else {
        found = holdsForSome(cells.map { $0[row] })
        known[key] = found
      }
      if found.isMet { rows.insert(row) }
      if !found.failed.isEmpty { note(found.failed, row) }
    }
    return rows
  }

  /// Whether some choice of one value of each cell makes the condition true, and where none does what failed.
  private func holdsForSome(_ cells: [Cell]) -> (isMet: Bool, failed: [EvaluationFault]) {
    var faults: [EvaluationFault] = []
    let choices = cells.map { cell -> [Cell] in
      let values = cell.values
      return values.isEmpty ? [.none] : values.map { .one($0) }
    }
    var places = [Int](repeating: 0, count: choices.count)
    for tried in 0... {
      guard tried < Self.mostCombinations else {
        let fault = EvaluationFault(
          "an event has more than \(Self.mostCombinations) combinations of values; the others were not tried")
        notes.note(fault, at: condition.expression.range)
        return (false, faults + [fault])
      }
      if holds(places.indices.map { choices[$0][places[$0]] }) { return (true, []) }
      for fault in failed where faults.count < EvaluationNotes.mostOfOnePlace && !faults.contains(fault) {
        faults.append(fault)
      }
      var at = 0
      while at < places.count {
        places[at] += 1
        if places[at] < choices[at].count { break }
        places[at] = 0
        at += 1
      }
      if at == places.count { return (false, faults) }
    }
    return (false, faults)
  }
}
