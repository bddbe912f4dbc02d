import Events

/// Evaluates typed expressions over columns of cells.
///
/// A function of one column is evaluated once per distinct cell, of several once per combination of cells that some row
/// has; logic works on sets of rows.
public struct ExpressionEvaluator {
  public let columns: [CellColumn]
  public let rowCount: Int
  public var notes = EvaluationNotes()

  public init(_ columns: [CellColumn], rowCount: Int) {
    self.columns = columns
    self.rowCount = rowCount
  }

  /// For which rows a condition is true, and for which it is unknown.
  public struct Truth {
    public var holds: Bitmap
    public var isUnknown: Bitmap
  }

  /// The values of an expression.
  public mutating func column(_ expression: TypedExpression) -> CellColumn {
    switch expression.node {
    case .constant(let cell): return CellColumn(expression.type, constant: cell, rowCount: rowCount)
    case .column(let place): return columns[place]
    case .and, .or, .not:
      let truth = truth(expression)
      var list = [UInt32](repeating: 1, count: rowCount)
      truth.holds.forEach { list[$0] = 2 }
      truth.isUnknown.forEach { list[$0] = 0 }
      return CellColumn(.boolean, cells: [.none, .boolean(false), .boolean(true)], codes: CellColumn.Codes(list))
    case .firstTrue, .firstValue: return choice(expression)
    case .apply(let function, let parts):
      var arguments: [CellColumn?] = []
      var constants: [Cell] = []
      for part in parts {
        constants.append(part.constant ?? .none)
        arguments.append(part.constant == nil ? column(part) : nil)
      }
      return apply(function, arguments, constants, expression)
    }
  }

  /// Walks the tree for each combination of cells that some row has: a branch that no row takes is not worked out, as it
  /// might fail.
  private mutating func choice(_ expression: TypedExpression) -> CellColumn {
    let places = expression.columns.sorted()
    let width = (places.last ?? -1) + 1
    var row = [Cell](repeating: .none, count: width)
    return combine(places.map { columns[$0] }, expression.type) { cells, notes in
      for (place, cell) in zip(places, cells) { row[place] = cell }
      return expression.value(row, &notes)
    }
  }

  private mutating func apply(
    _ function: ScalarFunction, _ arguments: [CellColumn?], _ constants: [Cell], _ expression: TypedExpression
  ) -> CellColumn {
    var cells = constants
    let open = arguments.indices.filter { arguments[$0] != nil }
    return combine(arguments.compactMap(\.self), expression.type) { values, notes in
      for (at, value) in zip(open, values) { cells[at] = value }
      return function.apply(cells, at: expression.range, &notes)
    }
  }

  /// What a function of some columns' cells gives, asked once for each combination that some row has.
  private mutating func combine(
    _ columns: [CellColumn], _ type: DataType, _ body: ([Cell], inout EvaluationNotes) -> Cell
  ) -> CellColumn {
    guard let first = columns.first else {
      return CellColumn(type, constant: made(body, []), rowCount: rowCount)
    }
    var cells = [Cell](repeating: .none, count: columns.count)
    if columns.allSatisfy({ $0.codes === first.codes }) {
      let isMet = Self.met(first)
      var results: [Cell] = []
      results.reserveCapacity(first.cells.count)
      for place in first.cells.indices {
        guard isMet[place], !notes.isUsedUp else {
          results.append(.none)
          continue
        }
        for at in columns.indices { cells[at] = columns[at].cells[place] }
        results.append(made(body, cells))
      }
      return CellColumn(type, cells: results, codes: first.codes)
    }
    let numbers = Self.numbered(columns, rowCount: rowCount)
    var results: [Cell] = []
    var isKnown: [Bool] = []
    for row in 0..<rowCount {
      let place = Int(numbers[row])
      if place >= results.count {
        results += [Cell](repeating: .none, count: place + 1 - results.count)
        isKnown += [Bool](repeating: false, count: place + 1 - isKnown.count)
      }
      guard !isKnown[place], !notes.isUsedUp else { continue }
      isKnown[place] = true
      for at in columns.indices { cells[at] = columns[at][row] }
      results[place] = made(body, cells)
    }
    return CellColumn(type, cells: results, codes: CellColumn.Codes(numbers))
  }

  /// What a function gives, which takes its room where that is counted.
  private mutating func made(_ body: ([Cell], inout EvaluationNotes) -> Cell, _ cells: [Cell]) -> Cell {
    let cell = body(cells, &notes)
    if let room = notes.room { notes.room = room - cell.bytes }
    return cell
  }

  /// A number for each row, equal where the cells of all columns are: column by column, by a table where that is small.
  private static func numbered(_ columns: [CellColumn], rowCount: Int) -> [UInt32] {
    var lists: [(codes: [UInt32], count: Int)] = []
    var seen: [ObjectIdentifier] = []
    for column in columns where !seen.contains(ObjectIdentifier(column.codes)) {
      seen.append(ObjectIdentifier(column.codes))
      lists.append((column.codes.list, column.cells.count))
    }
    var (numbers, count) = (lists[0].codes, lists[0].count)
    for (list, width) in lists.dropFirst() {
      var next: UInt32 = 0
      let (size, isOver) = count.multipliedReportingOverflow(by: width)
      if !isOver, size <= 4 * rowCount + 1024 {
        var known = [UInt32](repeating: .max, count: size)
        for row in 0..<rowCount {
          let pair = Int(numbers[row]) * width + Int(list[row])
          if known[pair] == .max {
            known[pair] = next
            next += 1
          }
          numbers[row] = known[pair]
        }
      } else {
        var known: [UInt64: UInt32] = [:]
        for row in 0..<rowCount {
          let pair = UInt64(numbers[row]) << 32 | UInt64(list[row])
          if let number = known[pair] {
            numbers[row] = number
          } else {
            known[pair] = next
            numbers[row] = next
            next += 1
          }
        }
      }
      count = Int(next)
    }
    return numbers
  }

  /// Which of a column's cells some row has: no warning is to come from a value that no row has.
  private static func met(_ column: CellColumn) -> [Bool] {
    var isMet = [Bool](repeating: false, count: column.cells.count)
    for code in column.codes.list { isMet[Int(code)] = true }
    return isMet
  }

  /// The rows for which a condition is true or unknown.
  public mutating func truth(_ expression: TypedExpression) -> Truth {
    switch expression.node {
    case .and(let parts):
      var result = Truth(holds: Bitmap(count: rowCount, all: true), isUnknown: Bitmap(count: rowCount))
      // What is not false of all, less what is true of all, is unknown.
      var isPossible = Bitmap(count: rowCount, all: true)
      for part in parts {
        let truth = truth(part)
        result.holds.formIntersection(truth.holds)
        var open = truth.holds
        open.formUnion(truth.isUnknown)
        isPossible.formIntersection(open)
      }
      isPossible.subtract(result.holds)
      result.isUnknown = isPossible
      return result
    case .or(let parts):
      var result = Truth(holds: Bitmap(count: rowCount), isUnknown: Bitmap(count: rowCount))
      for part in parts {
        let truth = truth(part)
        result.holds.formUnion(truth.holds)
        result.isUnknown.formUnion(truth.isUnknown)
      }
      result.isUnknown.subtract(result.holds)
      return result
    case .not(let part):
      var truth = truth(part)
      truth.holds.formUnion(truth.isUnknown)
      truth.holds.invert()
      return truth
    case .constant, .column, .apply, .firstTrue, .firstValue:
      let column = column(expression)
      var result = Truth(holds: Bitmap(count: rowCount), isUnknown: Bitmap(count: rowCount))
      let verdicts = column.cells.map { cell -> UInt8 in
        switch cell {
        case .one(.boolean(true)): 2
        case .one: 1
        case .none: 0
        // A condition with several values is no answer.
        case .many: 3
        }
      }
      for (row, code) in column.codes.list.enumerated() {
        switch verdicts[Int(code)] {
        case 2: result.holds.insert(row)
        case 0: result.isUnknown.insert(row)
        case 3:
          notes.note(.severalValues, at: expression.range)
          result.isUnknown.insert(row)
        default: break
        }
      }
      return result
    }
  }
}
