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
      return Self.joined(parts, decidedBy: false, cells, &notes)
    case .or(let parts):
      return Self.joined(parts, decidedBy: true, cells, &notes)
    case .not(let part):
      guard let value = part.truth(cells, &notes) else { return .none }
      return .boolean(!value)
    case .firstTrue(let parts):
      var at = 0
      while at + 1 < parts.count {
        switch parts[at].value(cells, &notes) {
        case .one(.boolean(true)): return parts[at + 1].value(cells, &notes)
        // The whole call is what warns of a condition with several values, which is false.
        case .many: notes.note(.severalValues, at: range)
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

extension TypedExpression {
  /// True, false or unknown, as several values are with a warning.
  private func truth(_ cells: [Cell], _ notes: inout EvaluationNotes) -> Bool? {
    let cell = value(cells, &notes)
    if case .many = cell { notes.note(.severalValues, at: range) }
    return cell.single?.booleanValue
  }

  /// Conditions joined by what decides alone, false for AND and true for OR. All are worked out, as those over columns are:
  /// what one warns of does not hang on the others.
  private static func joined(
    _ parts: [TypedExpression], decidedBy decisive: Bool, _ cells: [Cell], _ notes: inout EvaluationNotes
  ) -> Cell {
    var isUnknown = false
    var isDecided = false
    for part in parts {
      switch part.truth(cells, &notes) {
      case nil: isUnknown = true
      case decisive: isDecided = true
      default: break
      }
    }
    return isDecided ? .boolean(decisive) : isUnknown ? .none : .boolean(!decisive)
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
