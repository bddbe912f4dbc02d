import Events

/// The functions of ES|QL that are not conversions, conditions or full-text search, by family.
enum ESQLFunctions {
  /// Functions that group rows, which stand behind `BY`.
  static let grouping: Set<String> = ["BUCKET", "BIN", "TBUCKET"]
  /// Functions of full text, and what messages call them.
  static let fullText = [
    "MATCH": "MATCH", "MATCH_PHRASE": "MatchPhrase", "MULTI_MATCH": "MultiMatch", "TERM": "Term", "QSTR": "QSTR",
    "KQL": "KQL",
  ]

  typealias Parameter = FunctionDefinition.Parameter

  /// Functions that convert, by name, and what to.
  static let conversions: [String: DataType] = [
    "TO_STRING": .keyword, "TO_STR": .keyword, "TO_BOOLEAN": .boolean, "TO_BOOL": .boolean, "TO_INTEGER": .integer,
    "TO_INT": .integer, "TO_LONG": .long, "TO_UNSIGNED_LONG": .unsignedLong, "TO_ULONG": .unsignedLong,
    "TO_UL": .unsignedLong, "TO_DOUBLE": .double, "TO_DBL": .double, "TO_DATETIME": .date, "TO_DT": .date,
    "TO_DATE": .date, "TO_DATE_NANOS": .dateNanos, "TO_DATENANOS": .dateNanos, "TO_IP": .ip, "TO_VERSION": .version,
    "TO_VER": .version, "TO_GEOPOINT": .geoPoint, "TO_CARTESIANPOINT": .cartesianPoint, "TO_DATEPERIOD": .datePeriod,
    "TO_TIMEDURATION": .timeDuration,
  ]

  static let anyValue: DataTypes = [
    .boolean, .cartesianPoint, .cartesianShape, .date, .dateNanos, .double, .geoPoint, .geoShape, .integer, .ip,
    .keyword,
    .long, .text, .unsignedLong, .version,
  ]
  static let ordered: DataTypes = [
    .boolean, .date, .dateNanos, .double, .integer, .ip, .keyword, .long, .text, .unsignedLong, .version,
  ]

  /// A function of texts (and, where `types` says so, other things) with a result of a fixed type.
  static func simple(
    _ name: String, aliases: [String] = [], _ parameters: [Parameter], _ result: DataType, repeatsLast: Bool = false,
    _ body: @escaping @Sendable ([Value]) throws(EvaluationFault) -> Cell
  ) -> FunctionDefinition {
    FunctionDefinition(name, aliases: aliases, parameters, repeatsLast: repeatsLast) { _ in
      (
        result,
        ScalarFunction(name) { cells throws(EvaluationFault) in
          var values: [Value] = []
          values.reserveCapacity(cells.count)
          for cell in cells {
            guard let value = cell.single else { return .none }
            values.append(value)
          }
          return try body(values)
        }
      )
    }
  }

  /// The same function, whose constants are looked at when a query is read.
  static func checked(
    _ definition: FunctionDefinition, _ check: @escaping @Sendable (FunctionCall) throws(TypeFault) -> Void
  ) -> FunctionDefinition {
    var copy = definition
    copy.bind = { call throws(TypeFault) in
      try check(call)
      return try definition.bind(call)
    }
    return copy
  }

  static func text(_ name: String, isOptional: Bool = false, isConstant: Bool = false) -> Parameter {
    Parameter(name, .strings, isOptional: isOptional, isConstant: isConstant)
  }
  static func whole(_ name: String, isOptional: Bool = false) -> Parameter {
    Parameter(name, [.integer], isOptional: isOptional)
  }
}

extension Value {
  var string: String { textValue ?? "" }
  var integer: Int { Int(clamping: wholeValue ?? 0) }
}

extension FunctionRegistry {
  /// The functions of ES|QL.
  static let esql = FunctionRegistry(
    ESQLFunctions.texts, ESQLFunctions.encodings, ESQLFunctions.dates, ESQLFunctions.unitCounts, ESQLFunctions.numbers,
    ESQLFunctions.addresses,
    ESQLFunctions.several, ESQLFunctions.choices, ESQLFunctions.places, ESQLFunctions.documents,
    ESQLFunctions.anyOfSeveral, ESQLFunctions.objects)
}
