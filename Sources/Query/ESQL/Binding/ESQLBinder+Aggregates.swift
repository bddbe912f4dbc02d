import Events

/// Names of aggregate functions.
enum ESQLAggregateFunctions {
  static let names: Set<String> = [
    "COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX", "MEDIAN", "PERCENTILE", "MEDIAN_ABSOLUTE_DEVIATION",
    "STD_DEV",
    "STDDEV", "VARIANCE", "STD_VAR", "VALUES", "TOP", "FIRST", "LAST", "PRESENT", "ABSENT", "WEIGHTED_AVG", "SAMPLE",
    "ST_CENTROID_AGG",
    "EARLIEST", "LATEST", "ANY_VALUE",
  ]
}

extension ESQLBinder {
  /// One call of an aggregate function, within `STATS`.
  mutating func aggregate(_ name: String, _ terms: [ESQLTerm], _ range: Range<Int>) throws(TypeFault) -> TypedExpression
  {
    switch grouping {
    case .keys, .inside: throw TypeFault("cannot use an aggregate [\(text(range))] for grouping", at: range)
    case .condition(let whole):
      throw TypeFault(
        "cannot use aggregate function [\(text(range))] in aggregate WHERE clause [\(text(whole))]", at: range)
    case .outside, .aggregates: break
    }
    guard let scope = collected else {
      problems.append(
        shown(TypeFault("aggregate function [\(text(range))] not allowed outside STATS command", at: range)))
      misplacedAggregates += 1
      return TypedExpression(.constant(.none), .null, range)
    }
    guard !scope.isInsideAggregate else {
      throw TypeFault(
        "nested aggregations [\(text(range))] not allowed inside other aggregations [\(text(scope.outer ?? range))]",
        at: range)
    }
    collected?.isInsideAggregate = true
    collected?.outer = range
    collected?.count += 1
    defer { collected?.isInsideAggregate = false }
    var terms = terms
    if name == "COUNT", terms.isEmpty || terms.count == 1 && terms[0].isStar {
      return add(ESQLAggregateCall(kind: .countRows, arguments: [], type: .long, range: range))
    }
    let allowed: ClosedRange<Int> =
      switch name {
      case "COUNT_DISTINCT", "FIRST", "LAST", "EARLIEST", "LATEST": 1...2
      case "PERCENTILE", "WEIGHTED_AVG", "SAMPLE": 2...2
      case "TOP": 2...4
      default: 1...1
      }
    try count(terms, allowed, name, range)
    var constants: [TypedExpression] = []
    let takesConstants = ["COUNT_DISTINCT", "PERCENTILE", "TOP", "SAMPLE"].contains(name)
    if takesConstants {
      for (place, term) in terms.enumerated().dropFirst() {
        if name == "TOP", place == 3 { break }
        let bound = constant(try bind(term))
        guard bound.constant != nil else {
          throw TypeFault(
            "\(Self.number(place, of: terms.count))argument of [\(text(range))] must be a constant, received "
              + "[\(text(bound.range))]", at: range)
        }
        constants.append(bound)
      }
      terms = [terms[0]]
    }
    var arguments: [TypedExpression] = []
    for term in terms { arguments.append(try bind(term)) }
    let first = arguments[0]
    func need(_ types: DataTypes) throws(TypeFault) {
      guard first.type == .null || types.types.contains(first.type) else {
        throw wrongType(first, Self.number(0, of: allowed.upperBound), types, of: range)
      }
    }
    let numbers: DataTypes = [.integer, .long, .double, .unsignedLong]
    var call = ESQLAggregateCall(kind: .count, arguments: arguments, type: .long, range: range)
    switch name {
    case "COUNT": break
    case "COUNT_DISTINCT": call.kind = .countDistinct
    case "SUM":
      try need([.integer, .long, .double])
      call.kind = .sum
      call.type = first.type == .double ? .double : first.type == .null ? .null : .long
    case "AVG":
      try need([.integer, .long, .double])
      (call.kind, call.type) = (.average, .double)
    case "MIN", "MAX":
      try need(numbers.union([.boolean, .date, .dateNanos, .ip, .version, .keyword, .text]))
      call.kind = name == "MIN" ? .minimum : .maximum
      call.type = first.type.withoutText
    case "MEDIAN":
      try need([.integer, .long, .double])
      (call.kind, call.type) = (.percentile(50), .double)
    case "PERCENTILE":
      try need([.integer, .long, .double])
      guard let percent = constants[0].constant?.single?.doubleValue else {
        throw wrongType(constants[0], "second ", [.integer, .long, .double], of: range)
      }
      (call.kind, call.type) = (.percentile(percent), .double)
      // Elasticsearch has no value beyond the ends.
      if !(0...100 ~= percent) { call.arguments[0] = TypedExpression(.constant(.none), first.type, first.range) }
    case "MEDIAN_ABSOLUTE_DEVIATION":
      try need([.integer, .long, .double])
      (call.kind, call.type) = (.medianAbsoluteDeviation, .double)
    case "STD_DEV", "STDDEV", "VARIANCE", "STD_VAR":
      try need([.integer, .long, .double])
      (call.kind, call.type) = (name == "VARIANCE" || name == "STD_VAR" ? .variance : .standardDeviation, .double)
    case "VALUES": (call.kind, call.type) = (.values, first.type.withoutText)
    case "TOP":
      let limit = try limit(constants[0], range)
      var isDescending = false
      if constants.count > 1 {
        let order = constants[1].constant?.single?.textValue ?? ""
        guard ["asc", "desc"].contains(order.lowercased()) else {
          throw TypeFault(
            "Invalid order value in [\(text(range))], expected [ASC, DESC] but got [\(order)]", at: range)
        }
        isDescending = order.lowercased() == "desc"
      }
      call.kind = .top(limit, isDescending: isDescending)
      call.type = first.type.withoutText
    case "FIRST", "LAST", "EARLIEST", "LATEST":
      if arguments.count == 1 {
        guard let place = schema.place(of: "@timestamp") else { throw TypeFault(unknown("@timestamp"), at: range) }
        call.arguments.append(TypedExpression(.column(place), schema.columns[place].type, range))
      }
      call.kind = name == "FIRST" || name == "EARLIEST" ? .first : .last
      call.type = first.type.withoutText
    case "PRESENT": (call.kind, call.type) = (.present, .boolean)
    case "ABSENT": (call.kind, call.type) = (.absent, .boolean)
    case "WEIGHTED_AVG":
      try need([.integer, .long, .double])
      guard arguments[1].type != .unsignedLong, arguments[1].type.isNumeric || arguments[1].type == .null else {
        throw wrongType(arguments[1], "second ", [.integer, .long, .double], of: range)
      }
      return weightedAverage(arguments[0], weight: arguments[1], range)
    case "ANY_VALUE":
      (call.kind, call.type) = (.top(1, isDescending: false), first.type.withoutText)
    case "SAMPLE":
      guard first.type != .unsignedLong, !first.type.isSpan else {
        throw TypeFault(
          "first argument of [\(text(range))] must be [any type except unsigned_long], found value [\(text(first.range))] "
            + "type [\(first.type.rawValue)]", at: range)
      }
      guard constants[0].type == .integer else { throw wrongType(constants[0], "second ", [.integer], of: range) }
      call.kind = .sample(try limit(constants[0], range))
      call.type = first.type.withoutText
    case "ST_CENTROID_AGG":
      try need([.geoPoint, .cartesianPoint])
      (call.kind, call.type) = (.centroid, first.type)
    default: throw TypeFault("Unknown function [\(name)]", at: range)
    }
    return add(call)
  }

  /// How many values an aggregate function gives at most.
  private func limit(_ argument: TypedExpression, _ range: Range<Int>) throws(TypeFault) -> Int {
    guard let limit = argument.constant?.single?.wholeValue, limit > 0, limit <= 1_000_000 else {
      throw TypeFault("Limit must be greater than 0 in [\(text(range))], found [\(text(argument.range))]", at: range)
    }
    return Int(limit)
  }

  /// The sum of the products over that of the weights; of a constant, or with one as weight, the average of all values.
  /// A column that happens to be the same in every row is none, as Elasticsearch has it.
  private mutating func weightedAverage(
    _ value: TypedExpression, weight: TypedExpression, _ range: Range<Int>
  ) -> TypedExpression {
    func isConstant(_ term: TypedExpression) -> Bool { term.columns.isEmpty && constant(term).constant != nil }
    if isConstant(value) {
      return add(ESQLAggregateCall(kind: .average, arguments: [value], type: .double, range: range))
    }
    // A product that does not fit its type is null, and counts for nothing.
    let type = DataType.common(value.type, weight.type) ?? .double
    let product = TypedExpression(.apply(Arithmetic.function(.multiply, as: type), [value, weight]), type, range)
    func sum(_ argument: TypedExpression) -> ESQLAggregateCall {
      ESQLAggregateCall(
        kind: .sum, arguments: [argument], type: argument.type == .double ? .double : .long, range: range)
    }
    let parts =
      isConstant(weight)
      ? [add(sum(value)), add(ESQLAggregateCall(kind: .count, arguments: [value], type: .long, range: range))]
      : [add(sum(product)), add(sum(weight))]
    return TypedExpression(.apply(Arithmetic.function(.divide, as: .double), parts), .double, range)
  }

  private mutating func add(_ call: ESQLAggregateCall) -> TypedExpression {
    var call = call
    call.condition = collected?.condition
    collected?.calls.append(call)
    return TypedExpression(.column((collected?.calls.count ?? 1) - 1), call.type, call.range)
  }
}

extension ESQLTerm {
  var isStar: Bool { if case .star = form { true } else { false } }
}

extension TypedExpression {
  /// The expression with its columns at other places.
  func movingColumns(_ move: (Int) -> Int) -> TypedExpression {
    let moved: Node =
      switch node {
      case .constant: node
      case .column(let place): .column(move(place))
      case .apply(let function, let parts): .apply(function, parts.map { $0.movingColumns(move) })
      case .and(let parts): .and(parts.map { $0.movingColumns(move) })
      case .or(let parts): .or(parts.map { $0.movingColumns(move) })
      case .not(let part): .not(part.movingColumns(move))
      case .firstTrue(let parts): .firstTrue(parts.map { $0.movingColumns(move) })
      case .firstValue(let parts): .firstValue(parts.map { $0.movingColumns(move) })
      }
    return TypedExpression(moved, type, range)
  }
}
