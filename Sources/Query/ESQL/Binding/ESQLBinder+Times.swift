import Events

/// Functions that look at the time of a row without naming it.
extension ESQLBinder {
  /// Functions that read `@timestamp`, whatever their arguments.
  static let timeFunctions: Set<String> = ["TRANGE", "TBUCKET"]

  /// `TRANGE(1h)` and `TRANGE(start, end)`: true for rows after the start and not after the end.
  mutating func timeRange(_ name: String, _ terms: [ESQLTerm], _ range: Range<Int>) throws(TypeFault) -> TypedExpression
  {
    try count(terms, 1...2, name, range)
    let time = try timestamp(range)
    var bounds: [TypedExpression] = []
    for (place, term) in terms.enumerated() {
      let bound = constant(try bind(term))
      let number = Self.number(place, of: terms.count)
      guard let cell = bound.constant else {
        throw TypeFault(
          "\(number)argument of [\(text(range))] must be a constant, received [\(text(term.range))]", at: range)
      }
      guard !cell.isNull else {
        throw TypeFault(
          "\(number)argument of [\(text(range))] cannot be null, received [\(text(term.range))]", at: range)
      }
      bounds.append(bound)
    }
    let start: TypedExpression
    let end: TypedExpression
    if bounds.count == 1 {
      end = TypedExpression(.constant(.whole(now.milliseconds)), .date, range)
      start = try before(now, bounds[0], range)
      firstNowStep = firstNowStep ?? steps.count
    } else {
      let types: DataTypes = [.keyword, .text, .long, .date, .dateNanos]
      guard types.types.contains(bounds[0].type) else { throw wrongType(bounds[0], "first ", types, of: range) }
      guard bounds[1].type == bounds[0].type else {
        throw wrongType(bounds[1], "second ", [bounds[0].type], of: range)
      }
      start = try instant(bounds[0], "start_time_or_offset", range)
      end = try instant(bounds[1], "end_time", range)
    }
    if let first = start.constant?.single, let last = end.constant?.single, (first.order(last) ?? 0) > 0 {
      throw TypeFault(
        "TRANGE rangeStart time [\(ESQLConversion.text(first, start.type))] must be before rangeEnd time "
          + "[\(ESQLConversion.text(last, end.type))]", at: range)
    }
    return TypedExpression(
      .and([
        try comparison(.greater, time, start, range), try comparison(.lessOrEqual, time, end, range),
      ]), .boolean, range)
  }

  /// `TBUCKET(1 hour)`: the bucket of the row's time.
  mutating func timeBucket(
    _ name: String, _ nameRange: Range<Int>, _ terms: [ESQLTerm], _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    try count(terms, 1...1, name, range)
    _ = try timestamp(range)
    return try call(
      "BUCKET", nameRange, [ESQLTerm(form: .column("@timestamp"), range: range), terms[0]], [], range)
  }

  private func timestamp(_ range: Range<Int>) throws(TypeFault) -> TypedExpression {
    guard let place = schema.place(of: "@timestamp") else {
      throw TypeFault(
        "[\(text(range))] requires the [@timestamp] field, which was either not present in the source index, or has been "
          + "dropped or renamed", at: range)
    }
    let time = TypedExpression(.column(place), schema.columns[place].type, range)
    guard time.type.isTime || time.type == .null else {
      throw TypeFault(
        "[\(text(range))] requires the [@timestamp] field to be a date, and it is [\(time.type.rawValue)]", at: range)
    }
    return time
  }

  private func before(
    _ now: Timestamp, _ offset: TypedExpression, _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    guard case .span(let months, let days, let rest)? = offset.constant?.single else {
      throw wrongType(offset, "", [.datePeriod, .timeDuration], of: range)
    }
    guard months >= 0, days >= 0, rest >= 0 else {
      throw TypeFault("start_time_or_offset cannot be negative", at: offset.range)
    }
    do throws(EvaluationFault) {
      let start = try DateSpans.adding(
        now.milliseconds, isNanos: false, months: -months, days: -days, milliseconds: -rest)
      return TypedExpression(.constant(.one(start)), .date, range)
    } catch {
      throw TypeFault("invalid time range for [\(text(range))]: \(error.message)", at: range)
    }
  }

  private func instant(
    _ bound: TypedExpression, _ parameter: String, _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    guard let value = bound.constant?.single else {
      throw TypeFault("[\(text(bound.range))] in [\(text(range))] has several values", at: bound.range)
    }
    if bound.type == .dateNanos { return bound }
    if !bound.type.isString { return TypedExpression(.constant(.one(value)), .date, bound.range) }
    guard let time = ESQLDates.milliseconds(value.textValue ?? "") else {
      throw TypeFault(
        "invalid time range for [\(text(range))]: TRANGE \(parameter) parameter must be a valid datetime string, got: "
          + "\(value.textValue ?? "")", at: bound.range)
    }
    return TypedExpression(.constant(.whole(time)), .date, bound.range)
  }
}
