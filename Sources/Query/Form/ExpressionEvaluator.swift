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

  private mutating func apply(
    _ function: ScalarFunction, _ arguments: [CellColumn?], _ constants: [Cell], _ expression: TypedExpression
  ) -> CellColumn {
    var cells = constants
    let open = arguments.indices.filter { arguments[$0] != nil }
    guard let first = open.first.flatMap({ arguments[$0] }) else {
      return CellColumn(
        expression.type, constant: function.apply(cells, at: expression.range, &notes), rowCount: rowCount)
    }
    if open.allSatisfy({ arguments[$0]?.codes === first.codes }) {
      let isMet = Self.met(first)
      var results: [Cell] = []
      results.reserveCapacity(first.cells.count)
      for place in first.cells.indices {
        guard isMet[place] else {
          results.append(.none)
          continue
        }
        for at in open { if let column = arguments[at] { cells[at] = column.cells[place] } }
        results.append(function.apply(cells, at: expression.range, &notes))
      }
      return CellColumn(expression.type, cells: results, codes: first.codes)
    }
    // Combinations of cells are numbered column by column.
    var lists: [[UInt32]] = []
    var seen: [ObjectIdentifier] = []
    for at in open {
      guard let codes = arguments[at]?.codes, !seen.contains(ObjectIdentifier(codes)) else { continue }
      seen.append(ObjectIdentifier(codes))
      lists.append(codes.list)
    }
    var numbers = lists[0]
    for list in lists.dropFirst() {
      var known: [UInt64: UInt32] = [:]
      for row in 0..<rowCount {
        let pair = UInt64(numbers[row]) << 32 | UInt64(list[row])
        if let number = known[pair] {
          numbers[row] = number
        } else {
          let number = UInt32(known.count)
          known[pair] = number
          numbers[row] = number
        }
      }
    }
    var results: [Cell] = []
    var isKnown: [Bool] = []
    for row in 0..<rowCount {
      let place = Int(numbers[row])
      if place >= results.count {
        results += [Cell](repeating: .none, count: place + 1 - results.count)
        isKnown += [Bool](repeating: false, count: place + 1 - isKnown.count)
      }
      guard !isKnown[place] else { continue }
      isKnown[place] = true
      for at in open { if let column = arguments[at] { cells[at] = column[row] } }
      results[place] = function.apply(cells, at: expression.range, &notes)
    }
    return CellColumn(expression.type, cells: results, codes: CellColumn.Codes(numbers))
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
    case .constant, .column, .apply:
      let column = column(expression)
      var result = Truth(holds: Bitmap(count: rowCount), isUnknown: Bitmap(count: rowCount))
      let verdicts = column.cells.map { cell -> UInt8 in
        switch cell {
        case .one(.boolean(true)): 2
        case .one: 1
        // A condition with several values is no answer.
        case .none, .many: 0
        }
      }
      for (row, code) in column.codes.list.enumerated() {
        switch verdicts[Int(code)] {
        case 2: result.holds.insert(row)
        case 0: result.isUnknown.insert(row)
        default: break
        }
      }
      return result
    }
  }
}
