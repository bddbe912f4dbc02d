import Events

extension ESQLFunctions {
  /// `DATE_UNIT_COUNT`: how many units lie in the larger one that holds a date.
  static let unitCounts: [FunctionDefinition] = [
    FunctionDefinition("DATE_UNIT_COUNT", [text("to_unit"), text("from_unit"), Parameter("date", .times)]) {
      call throws(TypeFault) in
      let type = call.arguments[2].type
      let names = call.arguments[0..<2].map { $0.constant?.single?.textValue }
      let units = try names.map { name throws(TypeFault) in
        try name.map { name throws(TypeFault) in
          do throws(EvaluationFault) {
            return try UnitCount.unit(name)
          } catch {
            throw TypeFault(error.message, at: call.range)
          }
        }
      }
      if let count = units[0], let whole = units[1] {
        // The same for every date, so that not even its being null counts.
        if let fixed = UnitCount.fixed(count, in: whole) {
          return (.long, ScalarFunction("DATE_UNIT_COUNT", spreadsNull: false, several: .whole) { _ in .whole(fixed) })
        }
        guard UnitCount.varies(whole) else {
          throw TypeFault(UnitCount.unsupported(whole).message, at: call.range)
        }
      }
      return (
        .long,
        ScalarFunction("DATE_UNIT_COUNT") { cells throws(EvaluationFault) in
          guard let count = cells[0].single?.textValue, let whole = cells[1].single?.textValue,
            let date = cells[2].single
          else { return .none }
          let part = if let known = units[0] { known } else { try UnitCount.unit(count) }
          let enclosing = if let known = units[1] { known } else { try UnitCount.unit(whole) }
          return .whole(try UnitCount.count(part, in: enclosing, at: ESQLInstant(date, type).milliseconds))
        }
      )
    }
  ]
}

/// How often a unit of time goes into another one.
///
/// Source: Elasticsearch's `DateUnitCount`.
private enum UnitCount {
  /// A unit as it is asked for: three names are of a day, and only one of these holds smaller units.
  struct Unit {
    var unit: DateUnit
    var isPlain: Bool
    /// As messages write it.
    var name: String
  }

  static func unit(_ name: String) throws(EvaluationFault) -> Unit {
    guard let unit = DateUnit(name) else {
      throw EvaluationFault(
        "A value of [YEAR, QUARTER, MONTH, DAYOFYEAR, DAY, WEEK, WEEKDAY, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, "
          + "NANOSECOND] or their aliases is required; received [\(name)]")
    }
    switch name.lowercased() {
    case "dayofyear", "dy", "y": return Unit(unit: unit, isPlain: false, name: "DAYOFYEAR")
    case "weekday", "weekdays", "dw": return Unit(unit: unit, isPlain: false, name: "WEEKDAY")
    default: return Unit(unit: unit, isPlain: true, name: "\(unit)".uppercased())
    }
  }

  static func unsupported(_ unit: Unit) -> EvaluationFault { EvaluationFault("Unsupported unit [\(unit.name)]") }

  /// True for a unit that is not as long everywhere, so that a date decides.
  static func varies(_ whole: Unit) -> Bool {
    switch whole.unit {
    case .day: whole.isPlain
    case .week, .month, .year: true
    default: false
    }
  }

  /// The count where it is the same for every date; nil elsewhere.
  static func fixed(_ part: Unit, in whole: Unit) -> Int64? {
    if part.name == whole.name { return 1 }
    if let length = nanoseconds(whole.unit), let other = nanoseconds(part.unit) { return length / other }
    switch (part.unit, whole.unit) {
    case (.day, .week): return 7
    case (.month, .year): return 12
    case (.quarter, .year): return 4
    default: return nil
    }
  }

  static func count(_ part: Unit, in whole: Unit, at date: Int64) throws(EvaluationFault) -> Int64 {
    if let fixed = fixed(part, in: whole) { return fixed }
    guard varies(whole) else { throw unsupported(whole) }
    let months: Int64 = whole.unit == .year ? 12 : whole.unit == .month ? 1 : 0
    let days: Int64 = whole.unit == .week ? 7 : whole.unit == .day ? 1 : 0
    let day = CivilTime.millisecondsPerDay
    let start = ESQLFunctions.truncated(date, months: months, days: days, milliseconds: 0)
    // Somewhere in the next one, whose start is the end.
    let next = start &+ (months > 0 ? months * 31 * day + day : days * day)
    let end = ESQLFunctions.truncated(next, months: months, days: days, milliseconds: 0)
    return try part.unit.count(from: ESQLInstant(milliseconds: start), to: ESQLInstant(milliseconds: end))
  }

  private static func nanoseconds(_ unit: DateUnit) -> Int64? {
    switch unit {
    case .nanosecond: 1
    case .microsecond: 1000
    case .millisecond: 1_000_000
    case .second: 1_000_000_000
    case .minute: 60_000_000_000
    case .hour: 3_600_000_000_000
    case .day, .week, .month, .quarter, .year: nil
    }
  }
}
