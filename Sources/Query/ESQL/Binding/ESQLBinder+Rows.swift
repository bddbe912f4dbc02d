import Events

extension ESQLBinder {
  /// `x IN (FROM …)`, of a query that has been run.
  ///
  /// Source: Elasticsearch's `AbstractSubqueryJoin`, of version 9.6.
  mutating func among(_ value: ESQLTerm, _ rows: ESQLRows, _ range: Range<Int>) throws(TypeFault) -> TypedExpression {
    guard isInFilter, collected == nil else {
      throw Self.unsupported("IN with a subquery is not supported in \(text(commandRange).uppercased())", range)
    }
    guard let answer = rows.answer else {
      throw Self.unsupported("IN with a subquery is not supported in rules", rows.query.commands.first?.range ?? range)
    }
    let left = try bind(value)
    guard answer.type != .unsupported, !answer.type.isSpan, answer.type != .geoPoint else {
      throw TypeFault(
        "IN subquery with right field [\(answer.name)] of type [\(answer.type.rawValue.uppercased())] is not supported",
        at: value.range)
    }
    let isSame = left.type == answer.type || left.type.isString && answer.type.isString
    guard isSame || left.type == .null || answer.type == .null else {
      throw TypeFault(
        "left field [\(text(value.range))] of type [\(left.type.rawValue.uppercased())] is incompatible with right field "
          + "[\(answer.name)] of type [\(answer.type.rawValue.uppercased())]", at: value.range)
    }
    if answer.hasSeveral {
      let place = shown(TypeFault("", at: range))
      let start = "Line \(place.line):\(place.column): "
      warnings += [
        start + "evaluation of [\(text(range))] failed, treating result as null. Only first "
          + "\(EvaluationNotes.mostOfOnePlace) failures recorded.",
        start + "java.lang.IllegalArgumentException: single-value function encountered multi-value",
      ]
    }
    // Among nothing is nothing, not even null.
    if answer.values.isEmpty, !answer.hasNull {
      return TypedExpression(.constant(.boolean(false)), .boolean, range)
    }
    let function = ScalarFunction("in") { [values = answer.values, hasNull = answer.hasNull] cells in
      guard let value = cells[0].single else { return .none }
      return values.contains(value) ? .boolean(true) : hasNull ? .none : .boolean(false)
    }
    return TypedExpression(.apply(function, [left]), .boolean, range)
  }

  private static func unsupported(_ message: String, _ range: Range<Int>) -> TypeFault {
    var fault = TypeFault(message, at: range)
    fault.isUnsupported = true
    return fault
  }
}
