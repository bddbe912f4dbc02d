import Events

extension ESQLFunctions {
  private static let date = Parameter("date", .times)

  private static let intervals: DataTypes = [.datePeriod, .timeDuration]
  private static let bounds: DataTypes = [.date, .dateNanos, .keyword, .text, .integer, .long, .double]

  static let dates: [FunctionDefinition] = [
    FunctionDefinition(
      "DATE_TRUNC", [Parameter("interval", intervals, isConstant: true), date]
    ) { call throws(TypeFault) in
      try truncating(call, span: call.arguments[0], dateAt: 1)
    },
    FunctionDefinition(
      "BUCKET", aliases: ["BIN"],
      [
        Parameter("field", [.date, .dateNanos, .integer, .long, .double]),
        Parameter("buckets", DataTypes.numbers.union(intervals), isConstant: true),
        Parameter("from", bounds, isOptional: true, isConstant: true),
        Parameter("to", bounds, isOptional: true, isConstant: true),
      ]
    ) { call throws(TypeFault) in try bucket(call) },
    FunctionDefinition("DATE_DIFF", [text("unit"), Parameter("start", .times), Parameter("end", .times)]) {
      call throws(TypeFault) in
      if let unit = call.arguments[0].constant?.single?.textValue, DateUnit(unit) == nil {
        throw TypeFault(
          "A value of [YEAR, QUARTER, MONTH, DAYOFYEAR, DAY, WEEK, WEEKDAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, "
            + "NANOSECOND] or their aliases is required; received [\(unit)]", at: call.range)
      }
      let (first, second) = (call.arguments[1].type, call.arguments[2].type)
      return (
        .integer,
        ScalarFunction("DATE_DIFF") { cells throws(EvaluationFault) in
          guard let name = cells[0].single?.textValue, let start = cells[1].single, let end = cells[2].single else {
            return .none
          }
          guard let unit = DateUnit(name) else {
            throw EvaluationFault("A value of [YEAR, …] or their aliases is required; received [\(name)]")
          }
          let count = try unit.count(from: ESQLInstant(start, first), to: ESQLInstant(end, second))
          guard Int32(exactly: count) != nil else {
            throw EvaluationFault(
              "org.elasticsearch.xpack.esql.core.InvalidArgumentException", "[\(count)] out of [integer] range")
          }
          return .whole(count)
        }
      )
    },
    FunctionDefinition("DATE_EXTRACT", [text("datePart"), date]) { call throws(TypeFault) in
      let type = call.arguments[1].type
      let known = call.arguments[0].constant?.single?.textValue
      if let known, DatePart(named: known) == nil {
        throw TypeFault("invalid date field for [DATE_EXTRACT]: \(known)", at: call.range)
      }
      return (
        .long,
        ScalarFunction("DATE_EXTRACT") { cells throws(EvaluationFault) in
          guard let name = cells[0].single?.textValue, let time = cells[1].single else { return .none }
          guard let part = DatePart(named: name) else {
            throw EvaluationFault("invalid date field: \(name)")
          }
          return .whole(part.value(ESQLInstant(time, type)))
        }
      )
    },
    FunctionDefinition(
      "DATE_FORMAT",
      [Parameter("dateFormat", DataTypes.strings.union(.times)), Parameter("date", .times, isOptional: true)]
    ) {
      call throws(TypeFault) in
      let isPlain = call.arguments.count == 1
      let type = call.arguments[isPlain ? 0 : 1].type
      if isPlain {
        guard type.isTime || type == .null else {
          throw TypeFault("argument of [DATE_FORMAT] must be [datetime], found type [\(type.rawValue)]", at: call.range)
        }
        return (
          .keyword,
          ScalarFunction("DATE_FORMAT") { cells in
            // Milliseconds, whatever the type.
            .text(ESQLDates.text(ESQLInstant(cells[0].single ?? .whole(0), type).milliseconds))
          }
        )
      }
      guard call.arguments[0].type.isString || call.arguments[0].type == .null else {
        throw TypeFault(
          "first argument of [DATE_FORMAT] must be [string], found type [\(call.arguments[0].type.rawValue)]",
          at: call.range)
      }
      let known = try call.arguments[0].constant?.single?.textValue.map { text throws(TypeFault) in
        do throws(DatePatternError) {
          return try DatePattern(writing: text)
        } catch {
          throw TypeFault("invalid date pattern for [DATE_FORMAT]: \(error.message)", at: call.arguments[0].range)
        }
      }
      return (
        .keyword,
        ScalarFunction("DATE_FORMAT") { cells throws(EvaluationFault) in
          guard let pattern = cells[0].single?.textValue, let time = cells[1].single else { return .none }
          do throws(DatePatternError) {
            let pattern = if let known { known } else { try DatePattern(writing: pattern) }
            let instant = ESQLInstant(time, type)
            return .text(try pattern.written(instant.milliseconds, nanoseconds: instant.nanoseconds))
          } catch {
            throw EvaluationFault(error.message)
          }
        }
      )
    },
    FunctionDefinition("DATE_PARSE", [text("datePattern"), text("dateString", isOptional: true)]) {
      call throws(TypeFault) in try parsing(call, in: nil)
    },
    part("YEAR", .year), part("MONTH", .monthOfYear), part("DAY", .dayOfMonth), part("HOUR", .hourOfDay),
    FunctionDefinition("DAY_NAME", [date]) { call in
      let type = call.arguments[0].type
      return (
        .keyword,
        ScalarFunction("DAY_NAME") { cells in
          .text(DatePattern.days[DatePart.weekday(ESQLInstant(cells[0].single ?? .whole(0), type).milliseconds) - 1])
        }
      )
    },
    FunctionDefinition("MONTH_NAME", [date]) { call in
      let type = call.arguments[0].type
      return (
        .keyword,
        ScalarFunction("MONTH_NAME") { cells in
          let time = CivilTime(Timestamp(milliseconds: ESQLInstant(cells[0].single ?? .whole(0), type).milliseconds))
          return .text(DatePattern.months[time.month - 1])
        }
      )
    },
  ]

  /// What `DATE_EXTRACT` gives, under a name of its own.
  private static func part(_ name: String, _ part: DatePart) -> FunctionDefinition {
    FunctionDefinition(name, [date]) { call in
      let type = call.arguments[0].type
      return (
        .long,
        ScalarFunction(name) { cells in
          cells[0].single.map { .whole(part.value(ESQLInstant($0, type))) } ?? .none
        }
      )
    }
  }

  /// `DATE_PARSE`: a text that a pattern fits, or one of ISO 8601 where there is no pattern.
  ///
  /// - Parameter zone: where a date is that names no zone by a name; as Java has it, a distance from UTC in the text gives way.
  static func parsing(_ call: FunctionCall, in zone: DateZone?) throws(TypeFault) -> (DataType, ScalarFunction) {
    guard call.arguments.count > 1 else {
      return (
        .date,
        ScalarFunction("DATE_PARSE") { cells throws(EvaluationFault) in
          guard let text = cells[0].single?.textValue else { return .none }
          return .one(try ESQLConversion.literal(text, as: .date))
        }
      )
    }
    let known = try call.arguments[0].constant?.single?.textValue.map { text throws(TypeFault) in
      do throws(DatePatternError) {
        return try DateFormat(text)
      } catch {
        throw TypeFault("invalid date pattern for [DATE_PARSE]: \(error.message)", at: call.arguments[0].range)
      }
    }
    return (
      .date,
      ScalarFunction("DATE_PARSE") { cells throws(EvaluationFault) in
        guard let pattern = cells[0].single?.textValue, let text = cells[1].single?.textValue else { return .none }
        let format: DateFormat
        do throws(DatePatternError) {
          format = if let known { known } else { try DateFormat(pattern) }
        } catch {
          throw EvaluationFault(error.message)
        }
        guard let date = format.read(text) else {
          throw EvaluationFault("failed to parse date field [\(text)] with format [\(pattern)]")
        }
        return .whole(date.instant(in: zone, overOffset: zone != nil).milliseconds)
      }
    )
  }

  private static func truncating(
    _ call: FunctionCall, span: TypedExpression, dateAt: Int
  ) throws(TypeFault) -> (DataType, ScalarFunction) {
    let type = call.arguments[dateAt].type
    guard case .span(let months, let days, let rest)? = span.constant?.single else {
      return (type == .null ? .date : type, ScalarFunction("DATE_TRUNC") { _ in .none })
    }
    guard months > 0 || days > 0 || rest > 0 else {
      throw TypeFault("Zero or negative time interval is not supported", at: call.range)
    }
    return (type == .null ? .date : type, truncation(months: months, days: days, rest: rest, at: dateAt, type))
  }

  private static func truncation(months: Int64, days: Int64, rest: Int64, at place: Int, _ type: DataType)
    -> ScalarFunction
  {
    ScalarFunction("DATE_TRUNC") { cells throws(EvaluationFault) in
      guard let value = cells[place].single else { return .none }
      // No span is finer than a millisecond.
      let time = truncated(ESQLInstant(value, type).milliseconds, months: months, days: days, milliseconds: rest)
      // What begins before 1970 has no start in nanoseconds.
      return .one(try ESQLConversion.value(.whole(time), from: .date, to: type == .dateNanos ? .dateNanos : .date))
    }
  }

  /// The start of the interval that an instant lies in: of the calendar for months and for one week, else counted from the
  /// epoch.
  static func truncated(_ time: Int64, months: Int64, days: Int64, milliseconds: Int64) -> Int64 {
    let day = CivilTime.millisecondsPerDay
    if months > 0 {
      let civil = CivilTime(Timestamp(milliseconds: time))
      let total = Int64(civil.year) * 12 + Int64(civil.month - 1)
      // Months are counted from the first year, quarters and years too.
      let since = total - 12
      let start = since &- DateSpans.floorModulo(since, months) + 12
      let year = (start &- DateSpans.floorModulo(start, 12)) / 12
      return CivilTime.day(year: Int(year), month: Int(DateSpans.floorModulo(start, 12)) + 1, day: 1) &* day
    }
    if days > 0 {
      // Weeks start on Monday; 1970-01-05 was one.
      let shift: Int64 = days == 7 ? 4 * day : 0
      let (span, isOver) = days.multipliedReportingOverflow(by: day)
      guard !isOver else { return 0 }
      return time &- DateSpans.floorModulo(time &- shift, span)
    }
    return time &- DateSpans.floorModulo(time, milliseconds)
  }

  // MARK: BUCKET

  private static func bucket(_ call: FunctionCall) throws(TypeFault) -> (DataType, ScalarFunction) {
    let (field, buckets) = (call.arguments[0], call.arguments[1])
    if field.type.isTime || field.type == .null && buckets.type.isSpan {
      if buckets.type.isSpan {
        guard call.arguments.count == 2 else {
          throw TypeFault("error building [bucket]: expects two arguments with a time span", at: call.range)
        }
        return try truncating(call, span: buckets, dateAt: 0)
      }
      guard call.arguments.count == 4, let count = buckets.constant?.single?.wholeValue, count > 0,
        let from = bound(call.arguments[2]), let to = bound(call.arguments[3])
      else {
        throw TypeFault(
          "third argument of [BUCKET] must be a constant date, and so must the fourth, beside a number of buckets",
          at: call.range)
      }
      let span = roundSpan(count, from, to)
      return (field.type, truncation(months: span.months, days: span.days, rest: span.milliseconds, at: 0, field.type))
    }
    guard let size = buckets.constant?.single?.doubleValue else {
      throw TypeFault("second argument of [BUCKET] must be [numeric]", at: call.range)
    }
    var width = size
    if call.arguments.count > 2 {
      guard call.arguments.count == 4, let from = call.arguments[2].constant?.single?.doubleValue,
        let to = call.arguments[3].constant?.single?.doubleValue
      else { throw TypeFault("third and fourth argument of [BUCKET] must be [numeric]", at: call.range) }
      // The next power of ten, or a half or a fifth of it, that gives no more buckets.
      let precise = (to - from) / size
      let power = precise > 0 && precise.isFinite ? pow10(precise) : precise == 0 ? 0 : Double.nan
      width = precise < power / 2 ? power / 2 : power
    }
    return (
      .double,
      ScalarFunction("BUCKET") { [width] cells throws(EvaluationFault) in
        guard let value = cells[0].single?.doubleValue else { return .none }
        // Of an empty range no bucket has a width.
        let place = value / width
        guard place.isFinite else { throw Arithmetic.byZero }
        return .double(place.rounded(.down) * width)
      }
    )
  }

  private static func pow10(_ value: Double) -> Double {
    var power = 1.0
    while power < value { power *= 10 }
    while power / 10 >= value { power /= 10 }
    return power
  }

  private static func bound(_ argument: TypedExpression) -> Int64? {
    guard let value = argument.constant?.single else { return nil }
    if argument.type.isTime { return ESQLInstant(value, argument.type).milliseconds }
    return value.textValue.flatMap(ESQLDates.milliseconds) ?? value.wholeValue
  }

  /// The smallest round span that parts the time between two instants into no more than so many pieces.
  private static func roundSpan(_ count: Int64, _ from: Int64, _ to: Int64) -> (
    months: Int64, days: Int64, milliseconds: Int64
  ) {
    // Far beyond any date, and far from the ends of the type.
    let far: Int64 = 1 << 56
    let (from, to) = (min(max(from, -far), far), min(max(to, -far), far))
    let calendar: [(Int64, Int64, Int64)] = [
      (12, 0, 0), (3, 0, 0), (1, 0, 0), (0, 7, 0), (0, 1, 0),
      (0, 0, 12 * 3_600_000), (0, 0, 3 * 3_600_000), (0, 0, 3_600_000), (0, 0, 30 * 60_000), (0, 0, 10 * 60_000),
      (0, 0, 5 * 60_000), (0, 0, 60_000), (0, 0, 30_000), (0, 0, 10_000), (0, 0, 5000), (0, 0, 1000), (0, 0, 100),
      (0, 0, 50),
      (0, 0, 10), (0, 0, 1),
    ]
    var best = calendar[0]
    for span in calendar {
      var start = truncated(from, months: span.0, days: span.1, milliseconds: span.2)
      var pieces: Int64 = 0
      let step = span.2 > 0 ? span.2 : span.1 * CivilTime.millisecondsPerDay
      if span.0 == 0 {
        pieces = (to - start + step - 1) / step
      } else {
        while start < to, pieces <= count {
          pieces += 1
          // Beyond the end of any month of the span.
          start = truncated(
            start + span.0 * 31 * CivilTime.millisecondsPerDay + CivilTime.millisecondsPerDay, months: span.0, days: 0,
            milliseconds: 0)
        }
      }
      guard pieces <= count else { break }
      best = span
    }
    return best
  }
}
