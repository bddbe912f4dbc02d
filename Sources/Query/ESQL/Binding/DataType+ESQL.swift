extension DataType {
  /// The type that a name stands for, as `::` and the functions `TO_…` know it, in any case of letters.
  init?(esql name: String) {
    switch name.lowercased() {
    case "boolean", "bool": self = .boolean
    case "integer", "int": self = .integer
    case "long": self = .long
    case "unsigned_long", "ul", "ulong": self = .unsignedLong
    case "double", "dbl": self = .double
    case "keyword", "string", "str", "text": self = .keyword
    case "ip": self = .ip
    case "version", "ver": self = .version
    case "date", "datetime", "dt": self = .date
    case "date_nanos", "datenanos": self = .dateNanos
    case "date_period", "dateperiod": self = .datePeriod
    case "time_duration", "timeduration": self = .timeDuration
    case "geo_point", "geopoint": self = .geoPoint
    case "geo_shape", "geoshape": self = .geoShape
    case "cartesian_point", "cartesianpoint": self = .cartesianPoint
    case "cartesian_shape", "cartesianshape": self = .cartesianShape
    default: return nil
    }
  }

  /// What the columns of an answer call it.
  var columnName: String { self == .date ? "date" : rawValue }

  /// What functions give in place of it: none gives a text.
  var withoutText: DataType { self == .text ? .keyword : self }
  var isPoint: Bool { self == .geoPoint || self == .cartesianPoint }

  /// The type that holds values of both, as numbers widen; nil where they do not mix.
  static func common(_ left: DataType, _ right: DataType) -> DataType? {
    if left == right { return left }
    if left == .null { return right }
    if right == .null { return left }
    if left.isString, right.isString { return .keyword }
    if left.isNumeric, right.isNumeric {
      if left == .unsignedLong || right == .unsignedLong { return nil }
      return left == .double || right == .double ? .double : .long
    }
    return left.isTime && right.isTime ? .dateNanos : nil
  }
}

extension Cell {
  /// The cell as one of a wider type.
  func widened(from old: DataType, to type: DataType) -> Cell {
    guard old != type, old != .null else { return self }
    switch type {
    case .double: return Cell(values.map { .double($0.doubleValue ?? 0) })
    case .dateNanos where old == .date:
      return Cell(
        values.compactMap { value in
          guard let time = value.wholeValue else { return value }
          let (nanos, isOver) = time.multipliedReportingOverflow(by: 1_000_000)
          return isOver ? nil : .whole(nanos)
        })
    default: return self
    }
  }
}
