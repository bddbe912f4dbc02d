extension TypedExpression {
  /// The value over one row: a tree walk, for few rows, for constants, and for what the columns' evaluator does per
  /// distinct value.
  ///
  /// - Parameter cells: what the row has, by the places of the columns.
  public func value(_ cells: [Cell], _ notes: inout EvaluationNotes) -> Cell {
    switch node {
    case .constant(let cell): return cell
    case .column(let place): return cells[place]
    case .apply(let function, let parts):
      return function.apply(parts.map { $0.value(cells, &notes) }, at: range, &notes)
    case .and(let parts):
      var isUnknown = false
      for part in parts {
        switch part.value(cells, &notes) {
        case .one(.boolean(false)): return .boolean(false)
        case .one(.boolean(true)): break
        default: isUnknown = true
        }
      }
      return isUnknown ? .none : .boolean(true)
    case .or(let parts):
      var isUnknown = false
      for part in parts {
        switch part.value(cells, &notes) {
        case .one(.boolean(true)): return .boolean(true)
        case .one(.boolean(false)): break
        default: isUnknown = true
        }
      }
      return isUnknown ? .none : .boolean(false)
    case .not(let part):
      guard case .one(.boolean(let value)) = part.value(cells, &notes) else { return .none }
      return .boolean(!value)
    case .firstTrue(let parts):
      var at = 0
      while at + 1 < parts.count {
        switch parts[at].value(cells, &notes) {
        case .one(.boolean(true)): return parts[at + 1].value(cells, &notes)
        case .many: notes.note(.severalValues, at: parts[at].range)
        default: break
        }
        at += 2
      }
      return at < parts.count ? parts[at].value(cells, &notes) : .none
    case .firstValue(let parts):
      for part in parts {
        let value = part.value(cells, &notes)
        if !value.isNull { return value }
      }
      return .none
    }
  }
}

extension ScalarFunction {
  /// The function of some cells, with its behaviour towards nulls and several values.
  func apply(_ cells: [Cell], at range: Range<Int>, _ notes: inout EvaluationNotes) -> Cell {
    if spreadsNull, cells.contains(where: \.isNull) { return .none }
    do throws(EvaluationFault) {
      switch several {
      case .whole: return try body(cells)
      case .refused:
        for cell in cells { if case .many = cell { throw EvaluationFault.severalValues } }
        return try body(cells)
      case .passedOver:
        guard let first = cells.first, !first.isNull else { return .none }
        for (place, cell) in cells.enumerated() {
          guard case .many = cell else { continue }
          guard place > 0 else { throw EvaluationFault.severalValues }
          notes.note(.severalValues, at: range)
        }
        return try body(cells)
      case .each:
        guard let at = cells.firstIndex(where: { if case .many = $0 { true } else { false } }) else {
          return try body(cells)
        }
        var results: [Value] = []
        var arguments = cells
        for value in cells[at].values {
          arguments[at] = .one(value)
          // A value that fails is left out, and the others stay.
          do throws(EvaluationFault) {
            results += try body(arguments).values
          } catch {
            notes.note(error, at: range)
          }
        }
        return Cell(results)
      }
    } catch {
      notes.note(error, at: range)
      return .none
    }
  }
}
