import Events

// Elasticsearch works constants out before it asks any event, and null among them is neither true nor false: `not` leaves it
// null, and a condition that comes to null is met by nothing.
extension EQLBinder {
  /// A condition with `== null` and `!= null` as questions whether the other side is null, wherever they stand.
  func withNullChecks(_ expression: Expression) -> Expression {
    let changed = expression.changingParts { withNullChecks($0) }
    guard case .comparison(let kind, let left, let right) = changed.node, kind == .equal || kind == .notEqual else {
      return changed
    }
    guard comesToNull(right) || comesToNull(left) else { return changed }
    let check = Expression(.isNull(comesToNull(right) ? left : right), changed.range)
    return kind == .equal ? check : Expression(.not(check), changed.range)
  }

  /// True of null, and of a function of constants that gives null.
  func comesToNull(_ expression: Expression) -> Bool {
    if case .literal = expression.node { return expression.isNull }
    return expression.isConstant && constant(Expression(.isNull(expression), expression.range)) == .boolean(true)
  }

  /// What a condition of constants comes to; nil where it names a field, and where it fails.
  func constant(_ condition: Expression) -> Cell? {
    if case .literal(let cell, _) = condition.node { return cell }
    guard condition.isConstant, let typed = try? RowCondition(condition, text: "").typed(catalog, now: nil) else {
      return nil
    }
    var notes = EvaluationNotes()
    let cell = typed.value([], &notes)
    return notes.faults.isEmpty ? cell : nil
  }

  /// All conditions: false where one is, else null where one is.
  func conjunction(_ parts: [Expression]) throws(TypeFault) -> Predicate? {
    let (known, hasNull) = try judged(parts)
    if known.contains(.nothing) { return .nothing }
    return hasNull ? nil : .and(known)
  }

  /// Some condition; null counts only beside what is false.
  func disjunction(_ parts: [Expression]) throws(TypeFault) -> Predicate? {
    let (known, hasNull) = try judged(parts)
    return hasNull && known.allSatisfy { $0 == .nothing } ? nil : .or(known)
  }

  private func judged(_ parts: [Expression]) throws(TypeFault) -> (known: [Predicate], hasNull: Bool) {
    var known: [Predicate] = []
    for part in parts { if let one = try judged(part) { known.append(one) } }
    return (known, known.count < parts.count)
  }
}
