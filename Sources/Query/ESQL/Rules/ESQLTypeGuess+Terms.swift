/// What the terms of a query tell of types.
extension ESQLTypeGuess {
  mutating func condition(_ term: ESQLTerm) { graph.need(value(term), .boolean) }

  /// What a column is that a term gives.
  mutating func assigned(_ term: ESQLTerm) -> Int { value(term) ?? graph.add(Self.literalType(term)) }

  /// The type that a literal has by itself, of texts too.
  private static func literalType(_ term: ESQLTerm) -> DataType? {
    if case .literal(_, let type) = term.form { type } else { nil }
  }

  /// The value of a term; nil of texts and nulls as they are written, which are taken for what stands beside them.
  mutating func value(_ term: ESQLTerm) -> Int? {
    switch term.form {
    case .literal(_, let type): return type.isString || type == .null ? nil : graph.add(type)
    case .column(let name): return column(name)
    case .star: return nil
    case .negative(let inner):
      let operand = value(inner)
      if operand.flatMap({ graph.type($0) })?.isSpan != true { graph.needNumber(operand) }
      return operand
    case .arithmetic(_, let left, let right): return arithmetic(value(left), value(right))
    case .comparison(_, let left, let right):
      let (left, right) = (value(left), value(right))
      graph.alike(left, right)
    case .and(let left, let right), .or(let left, let right):
      condition(left)
      condition(right)
    case .not(let inner): condition(inner)
    case .isNull(let inner), .isNotNull(let inner), .like(let inner, _, _): _ = value(inner)
    case .match(let left, let right):
      _ = value(left)
      _ = value(right)
    case .amongRows(let one, _): _ = value(one)
    case .among(let one, let list):
      let one = value(one)
      for item in list { graph.alike(one, value(item)) }
    case .cast(let inner, let type):
      _ = value(inner)
      return graph.add(type)
    case .function(let name, _, let arguments, _): return call(name.uppercased(), arguments)
    }
    return graph.add(.boolean)
  }

  private mutating func arithmetic(_ left: Int?, _ right: Int?) -> Int {
    let types = [left, right].map { $0.flatMap { graph.type($0) } }
    // Spans are added to times, and to each other.
    if types.contains(where: { $0?.isSpan ?? false }) {
      for (operand, type) in zip([left, right], types) where type == nil { graph.need(operand, .date) }
      return graph.add(types.compactMap(\.self).first { !$0.isSpan } ?? .date)
    }
    if let time = types.compactMap(\.self).first(where: \.isTime) { return graph.add(time) }
    for (operand, other) in [(left, types[1]), (right, types[0])] {
      if let other, other.isNumeric { graph.need(operand, other) } else { graph.needNumber(operand) }
    }
    let result = graph.add(types[0].flatMap { left in types[1].flatMap { DataType.common(left, $0) } })
    graph.needNumber(result)
    return result
  }

  // MARK: functions

  /// Functions whose arguments are of one type, which is that of the result.
  private static let unifying: Set<String> = [
    "COALESCE", "GREATEST", "LEAST", "CLAMP", "CLAMP_MIN", "CLAMP_MAX", "MV_APPEND", "MV_INTERSECTION", "MV_UNION",
    "MV_DIFFERENCE",
  ]
  /// Functions of any value that give such a one.
  private static let keeping: Set<String> = [
    "MIN", "MAX", "VALUES", "TOP", "FIRST", "LAST", "EARLIEST", "LATEST", "ANY_VALUE", "SAMPLE", "MV_FIRST", "MV_LAST",
    "MV_MIN", "MV_MAX", "MV_DEDUPE", "MV_SORT", "MV_SLICE",
  ]
  /// Functions of numbers that give such a one.
  private static let keepingNumbers: Set<String> = [
    "ABS", "CEIL", "FLOOR", "ROUND", "MV_SUM", "MV_MEDIAN", "MV_MEDIAN_ABSOLUTE_DEVIATION", "MV_PERCENTILE",
  ]
  private static let averaging: Set<String> = [
    "AVG", "MEDIAN", "PERCENTILE", "MEDIAN_ABSOLUTE_DEVIATION", "STD_DEV", "STDDEV", "VARIANCE", "STD_VAR",
    "WEIGHTED_AVG",
  ]

  private mutating func call(_ name: String, _ terms: [ESQLTerm]) -> Int {
    let arguments = terms.map { value($0) }
    let first = arguments.first ?? nil
    let firstType = first.flatMap { graph.type($0) }
    func texts(_ places: [Int]) -> DataType? { places.lazy.compactMap { Self.literalType(terms[$0]) }.first }
    switch name {
    case "CASE":
      let conditions = stride(from: 0, to: max(0, terms.count - 1), by: 2)
      for place in conditions { graph.need(arguments[place], .boolean) }
      let values = terms.indices.filter { $0 % 2 == 1 || $0 == terms.count - 1 }
      return unified(values.compactMap { arguments[$0] }, texts(values))
    case _ where Self.unifying.contains(name): return unified(arguments.compactMap(\.self), texts(Array(terms.indices)))
    case "MV_CONTAINS", "MV_INTERSECTS", "MV_GREATER", "MV_LESS", "MV_IN_RANGE":
      graph.unify(arguments.compactMap(\.self))
      return graph.add(.boolean)
    case _ where Self.keeping.contains(name): return first ?? graph.add(texts(terms.isEmpty ? [] : [0]))
    case _ where Self.keepingNumbers.contains(name):
      graph.needNumber(first)
      return first ?? graph.add(nil)
    case _ where Self.averaging.contains(name):
      graph.needNumber(first)
      if name == "WEIGHTED_AVG", arguments.count > 1 { graph.needNumber(arguments[1]) }
      return graph.add(.double)
    case "SUM":
      graph.needNumber(first)
      let sum = graph.add(firstType.map { $0 == .double ? .double : .long })
      graph.needNumber(sum)
      return sum
    case "COUNT", "COUNT_DISTINCT": return graph.add(.long)
    case "PRESENT", "ABSENT", "TRANGE": return graph.add(.boolean)
    case "ST_CENTROID_AGG":
      graph.need(first, .geoPoint)
      return first ?? graph.add(nil)
    case "NOW", "TBUCKET": return graph.add(.date)
    case "DATE_TRUNC":
      guard arguments.count > 1, let time = arguments[1] else { return graph.add(.date) }
      graph.need(time, .date)
      return time
    case "DATE_FORMAT":
      graph.need(arguments.last ?? nil, .date)
      return graph.add(.keyword)
    case "BUCKET", "BIN": return bucket(terms, arguments)
    case _ where ESQLFunctions.fullText[name] != nil: return graph.add(.boolean)
    default: break
    }
    if let type = ESQLFunctions.conversions[name] { return graph.add(type) }
    guard let definition = FunctionRegistry.esql.definition(name), definition.argumentCount.contains(terms.count) else {
      return graph.add(nil)
    }
    for (place, argument) in arguments.enumerated() { fit(argument, definition.parameter(place).types) }
    return graph.add(result(definition, arguments))
  }

  private mutating func unified(_ values: [Int], _ texts: DataType?) -> Int {
    graph.unify(values)
    return values.first { graph.type($0) != .null } ?? graph.add(texts)
  }

  /// Notes what a parameter tells of an argument.
  private mutating func fit(_ argument: Int?, _ parameter: DataTypes) {
    let types = parameter.types
    switch types {
    case [.integer]: graph.need(argument, .integer, isExact: true)
    case [.integer, .long]: graph.need(argument, .long)
    case [.boolean], [.ip], [.double], [.version]:
      if let type = types.first { graph.need(argument, type, isExact: true) }
    case DataTypes.times.types: graph.need(argument, .date)
    case [.geoPoint, .cartesianPoint]: graph.need(argument, .geoPoint)
    case _ where types.isSubset(of: DataTypes.numbers.types): graph.needNumber(argument)
    default: break
    }
  }

  private mutating func bucket(_ terms: [ESQLTerm], _ arguments: [Int?]) -> Int {
    guard let first = arguments.first ?? nil, terms.count > 1 else { return graph.add(nil) }
    let others = terms.indices.dropFirst().map { place in
      arguments[place].flatMap { graph.type($0) } ?? Self.literalType(terms[place])
    }
    // A width as a text is a span, and so are the ends of times.
    if others.contains(where: { $0?.isSpan ?? false || $0?.isTime ?? false || $0?.isString ?? false }) {
      graph.need(first, .date)
    } else {
      graph.needNumber(first)
    }
    guard let type = graph.type(first) else { return graph.add(.double) }
    return type.isTime ? first : graph.add(.double)
  }

  /// The type that a function gives for values of the types that are known; nil where that depends on more.
  private func result(_ definition: FunctionDefinition, _ arguments: [Int?]) -> DataType? {
    let order: [DataType] = [.keyword, .date, .double, .integer, .ip, .boolean, .geoPoint]
    let parts = arguments.enumerated().map { place, argument in
      let types = definition.parameter(place).types.types
      let type = argument.flatMap { graph.type($0) } ?? order.first(where: types.contains) ?? .keyword
      return TypedExpression(.column(place), type, 0..<0)
    }
    return try? definition.bind(FunctionCall(name: definition.name, arguments: parts, range: 0..<0)).0
  }
}
