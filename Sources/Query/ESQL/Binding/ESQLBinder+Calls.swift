import Events

extension ESQLBinder {
  /// One call of a function.
  mutating func call(
    _ name: String, _ nameRange: Range<Int>, _ terms: [ESQLTerm], _ options: [(name: String, value: ESQLTerm)],
    _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    let upper = name.uppercased()
    if ESQLAggregateFunctions.names.contains(upper), options.isEmpty {
      return try aggregate(upper, terms, range)
    }
    if ESQLFunctions.isMissing(upper) {
      var fault = TypeFault("the function [\(name)] is not supported", at: nameRange)
      fault.isUnsupported = true
      throw fault
    }
    if let option = options.first,
      !["MATCH", "MATCH_PHRASE", "MULTI_MATCH", "QSTR", "KQL", "TO_IP", "DATE_PARSE", "MV_GREATER", "MV_LESS"].contains(
        upper)
    {
      throw TypeFault("the function [\(name)] takes no option, and here is [\(option.name)]", at: range)
    }
    if ESQLFunctions.grouping.contains(upper) {
      let place = grouping
      defer { grouping = place }
      try checkGrouping(upper, terms, options, nameRange, range)
      return try bound(upper, name, nameRange, terms, options, range)
    }
    return try bound(upper, name, nameRange, terms, options, range)
  }

  /// Throws where a function that groups rows does not stand behind `BY`, or repeat what stands there. Notes that what follows
  /// stands within it.
  private mutating func checkGrouping(
    _ upper: String, _ terms: [ESQLTerm], _ options: [(name: String, value: ESQLTerm)], _ nameRange: Range<Int>,
    _ range: Range<Int>
  ) throws(TypeFault) {
    switch grouping {
    case .outside:
      throw TypeFault("cannot use grouping function [\(text(range))] outside of a STATS command", at: range)
    case .keys: grouping = .inside(range)
    // `TBUCKET` is a `BUCKET` of its own.
    case .inside(let outer) where outer == range: break
    case .inside(let outer):
      throw TypeFault("cannot nest grouping functions; found [\(text(range))] inside [\(text(outer))]", at: range)
    case .aggregates where collected?.isInsideAggregate ?? false: break
    case .aggregates, .condition:
      let term = ESQLTerm(
        form: .function(name: upper, nameRange: nameRange, terms, options: options), range: range)
      guard collected?.keys.contains(where: { $0.shape == term.shape }) ?? false else {
        throw TypeFault("can only use grouping function [\(text(range))] as part of the BY clause", at: range)
      }
      grouping = .inside(range)
    }
  }

  private mutating func bound(
    _ upper: String, _ name: String, _ nameRange: Range<Int>, _ terms: [ESQLTerm],
    _ options: [(name: String, value: ESQLTerm)], _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    switch upper {
    case "MULTI_MATCH": return try multiMatch(terms, options, range)
    case "MATCH", "MATCH_PHRASE", "TERM", "QSTR", "KQL":
      return try fullText(upper, terms, options, range, isOperator: false)
    case "CASE": return try caseCall(terms, range)
    case "COALESCE": return try coalesce(terms, range)
    case "FIELD_EXTRACT": return try fieldExtract(terms, range)
    case "TRANGE": return try timeRange(name, terms, range)
    case "TBUCKET": return try timeBucket(name, nameRange, terms, range)
    case "NOW":
      try count(terms, 0...0, name, range)
      firstNowStep = firstNowStep ?? steps.count
      return TypedExpression(.constant(.whole(now.milliseconds)), .date, range)
    default: break
    }
    if let type = ESQLFunctions.conversions[upper] {
      try count(terms, 1...1, name, range)
      let operand = try convertible(terms[0])
      if let zeros = try leadingZeros(options, range) {
        if operand.type.isString { return folded(Self.address(operand, zeros, name, range)) }
        if operand.type == .unsupported {
          throw unsupported(
            "the option [leading_zeros] of [\(text(range))] is not supported where indices or subqueries give "
              + "[\(text(operand.range))] different types", at: range)
        }
      }
      return folded(try cast(operand, to: type, name: name, range))
    }
    guard let definition = FunctionRegistry.esql.definition(name) else {
      let near = Self.near(name.lowercased(), among: FunctionRegistry.esql.names.map { $0.lowercased() })
      let hint =
        near.isEmpty
        ? ""
        : near.count == 1
          ? ", did you mean [\(near[0])]?" : ", did you mean any of [\(near.joined(separator: ", "))]?"
      throw TypeFault("Unknown function [\(name)]\(hint)", at: nameRange)
    }
    try count(terms, definition.argumentCount, name, range)
    var arguments: [TypedExpression] = []
    for (place, term) in terms.enumerated() {
      let parameter = definition.parameters[min(place, definition.parameters.count - 1)]
      let bound = try bind(term)
      arguments.append(
        try argument(
          parameter.isConstant ? constant(bound) : bound, parameter, place, of: upper == "ROUND" ? 2 : terms.count,
          isChecked: definition.name != "BUCKET", range))
    }
    if definition.name == "BUCKET" { try checkBucket(arguments, definition.parameters[0].types, range) }
    for (place, argument) in arguments.enumerated() {
      let parameter = definition.parameters[min(place, definition.parameters.count - 1)]
      guard parameter.isConstant, argument.constant == nil else { continue }
      throw TypeFault(
        "\(Self.number(place, of: terms.count))argument of [\(text(range))] must be a constant, received "
          + "[\(text(argument.range))]", at: range)
    }
    switch upper {
    case "GREATEST", "LEAST": try checkNumbers(arguments, Array(arguments.indices), range)
    case "MV_GREATER", "MV_LESS", "MV_IN_RANGE": try checkBounds(arguments, range)
    case "JSON_STRING": try checkPairs(arguments, range)
    default: break
    }
    let call = FunctionCall(name: name, arguments: arguments, range: range, now: now)
    let (type, function): (DataType, ScalarFunction)
    switch upper {
    case "DATE_PARSE": (type, function) = try ESQLFunctions.parsing(call, in: try zone(options, of: range))
    case "MV_GREATER", "MV_LESS":
      (type, function) = ESQLFunctions.comparing(call, includesBound: try includesBound(options, range))
    default: (type, function) = try definition.bind(call)
    }
    return folded(TypedExpression(.apply(function, arguments), type, range))
  }

  /// An argument as a parameter takes it.
  ///
  /// - Parameter isChecked: throw where its type is none of the parameter's.
  private func argument(
    _ argument: TypedExpression, _ parameter: FunctionDefinition.Parameter, _ place: Int, of count: Int,
    isChecked: Bool, _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    var argument = argument
    if argument.type.isString, argument.constant != nil, parameter.types.types.isDisjoint(with: DataTypes.strings.types)
    {
      if !parameter.types.types.isDisjoint(with: DataTypes.spans.types) {
        argument = try span(argument, among: parameter.types)
      } else {
        let order: [DataType] = [.date, .dateNanos, .double, .long, .integer, .ip, .version, .boolean, .unsignedLong]
        if let type = order.first(where: parameter.types.types.contains) {
          argument = try reading(argument, as: type)
        }
      }
    }
    guard isChecked, argument.type != .null, !parameter.types.types.contains(argument.type) else { return argument }
    if parameter.types.types == DataTypes.spans.types {
      throw TypeFault(
        "\(Self.number(place, of: count))argument of [\(text(range))] must be [dateperiod or timeduration], found value "
          + "[\(text(argument.range))] type [\(argument.type.rawValue)]", at: range)
    }
    throw wrongType(argument, Self.number(place, of: count), parameter.types, of: range)
  }

  static func number(_ place: Int, of count: Int) -> String {
    guard count > 1 else { return "" }
    let words = ["first", "second", "third", "fourth", "fifth"]
    return (place < words.count ? words[place] : ordinal(place + 1)) + " "
  }

  /// Throws where there are too few or too many arguments.
  func count(_ terms: [ESQLTerm], _ allowed: ClosedRange<Int>, _ name: String, _ range: Range<Int>) throws(TypeFault) {
    guard !allowed.contains(terms.count) else { return }
    let words = ["zero", "one", "two", "three", "four", "five", "six"]
    func word(_ number: Int) -> String { number < words.count ? words[number] : "\(number)" }
    let (least, most) = (allowed.lowerBound, allowed.upperBound)
    let expected: String
    if most == .max {
      expected = "at least \(word(least)) argument\(least == 1 ? "" : "s")"
    } else if least == most {
      expected = most == 0 ? "no arguments" : "exactly \(word(least)) argument\(least == 1 ? "" : "s")"
    } else if most == least + 1 {
      expected = "\(word(least)) or \(word(most)) arguments"
    } else {
      expected = "between \(word(least)) and \(word(most)) arguments"
    }
    throw TypeFault("error building [\(name.lowercased())]: expects \(expected)", at: range)
  }

  /// Names at most two edits away.
  static func near(_ name: String, among names: [String]) -> [String] {
    guard name.utf8.count <= 100 else { return [] }
    let wanted = Array(name.utf8)
    let bound = wanted.count <= 3 ? 1 : 2
    let found = names.compactMap { other -> (String, Int)? in
      EditDistance.between(wanted, Array(other.utf8), atMost: bound).map { (other, $0) }
    }
    let best = found.map(\.1).min()
    return found.filter { $0.1 == best && $0.1 > 0 }.map(\.0).sorted().prefix(5).map { $0 }
  }

  // MARK: conversions

  /// `TO_TYPE(x)` and `x::type`: each value by itself; one that cannot be converted is left out.
  func cast(
    _ operand: TypedExpression, to type: DataType, name: String, _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    let from = operand.type
    if from == .null { return TypedExpression(.constant(.none), type, range) }
    if case .column(let place) = operand.node, from == .unsupported, place < schema.columns.count,
      let union = schema.columns[place].union
    {
      return try cast(operand, schema.columns[place].name, union, to: type, name: name, range)
    }
    if case .column(let place) = operand.node, from == .unsupported, place < schema.columns.count,
      !schema.columns[place].mixed.isEmpty
    {
      return try castMixed(operand, at: place, to: type, name: name, range)
    }
    if type.isSpan {
      guard from.isString || from == type, let cell = constant(operand).constant else {
        throw TypeFault(
          "argument of [\(text(range))] must be [\(type.rawValue) or string], found value [\(text(operand.range))] type "
            + "[\(operand.type.rawValue)]", at: range)
      }
      if from == type { return operand }
      if cell.isNull { return TypedExpression(.constant(.none), type, range) }
      do throws(EvaluationFault) {
        return TypedExpression(
          .constant(.one(try ESQLConversion.literal(cell.single?.textValue ?? "", as: type))), type, range)
      } catch {
        throw TypeFault(error.message, at: range)
      }
    }
    let accepted = Self.convertible(to: type)
    guard accepted.types.contains(from) else {
      throw wrongType(operand, "", accepted, of: range)
    }
    if from == type { return TypedExpression(operand.node, type, range) }
    let function = ScalarFunction(name, several: .each) { cells throws(EvaluationFault) in
      guard let value = cells[0].single else { return .none }
      return .one(try ESQLConversion.value(value, from: from, to: type))
    }
    return TypedExpression(.apply(function, [operand]), type, range)
  }

  /// What `TO_IP` makes of zeros before a part of an address; nil where it refuses them, as it does unless it is told.
  private func leadingZeros(
    _ options: [(name: String, value: ESQLTerm)], _ range: Range<Int>
  ) throws(TypeFault) -> ESQLConversion.LeadingZeros? {
    var zeros: ESQLConversion.LeadingZeros?
    for option in options {
      guard option.name == "leading_zeros" else {
        throw TypeFault(
          "Invalid option [\(option.name)] in [\(text(range))], expected one of [leading_zeros]", at: option.value.range
        )
      }
      guard case .literal(let cell, _) = option.value.form, let written = cell.single?.textValue,
        written == "reject" || ESQLConversion.LeadingZeros(rawValue: written) != nil
      else {
        throw TypeFault(
          "Illegal leading_zeros [\(text(option.value.range))], expected one of [reject, octal, decimal]",
          at: option.value.range)
      }
      zeros = ESQLConversion.LeadingZeros(rawValue: written)
    }
    return zeros
  }

  /// Where `DATE_PARSE` reads a date that names no zone.
  private func zone(
    _ options: [(name: String, value: ESQLTerm)], of range: Range<Int>
  ) throws(TypeFault) -> DateZone? {
    var zone: DateZone?
    for option in options {
      guard case .literal(let cell, _) = option.value.form, let written = cell.single?.textValue else {
        throw TypeFault("Invalid option [\(option.name)] in [\(text(range))], expected a text", at: option.value.range)
      }
      switch option.name {
      case "time_zone":
        guard let known = DateZone(written) else {
          throw TypeFault("unsupported timezone [\(written)]", at: option.value.range)
        }
        zone = known
      case "locale":
        guard written.isEmpty || written.lowercased() == "root" || written.prefix(2).lowercased() == "en" else {
          var fault = TypeFault("the locale [\(written)] is not supported", at: option.value.range, expected: "en")
          fault.isUnsupported = true
          throw fault
        }
      default:
        throw TypeFault(
          "Invalid option [\(option.name)] in [\(text(range))], expected one of [time_zone, locale]",
          at: option.value.range)
      }
    }
    return zone
  }

  private func unsupported(_ message: String, at range: Range<Int>) -> TypeFault {
    var fault = TypeFault(message, at: range)
    fault.isUnsupported = true
    return fault
  }

  private static func address(
    _ operand: TypedExpression, _ zeros: ESQLConversion.LeadingZeros, _ name: String, _ range: Range<Int>
  ) -> TypedExpression {
    let function = ScalarFunction(name, several: .each) { cells throws(EvaluationFault) in
      guard let text = cells[0].single?.textValue else { return .none }
      return .one(try ESQLConversion.literal(zeros.plain(text) ?? text, as: .ip))
    }
    return TypedExpression(.apply(function, [operand]), .ip, range)
  }

  static func convertible(to type: DataType) -> DataTypes {
    let numbers: DataTypes = [.boolean, .integer, .long, .unsignedLong, .double, .keyword, .text]
    switch type {
    case .keyword:
      return numbers.union([
        .date, .dateNanos, .ip, .version, .geoPoint, .geoShape, .cartesianPoint, .cartesianShape,
      ])
    case .integer, .long, .double, .unsignedLong: return numbers.union([.date, .dateNanos])
    case .boolean: return numbers
    case .date, .dateNanos: return [.date, .dateNanos, .integer, .long, .unsignedLong, .double, .keyword, .text]
    case .ip: return [.ip, .keyword, .text]
    case .version: return [.version, .keyword, .text]
    case .geoPoint: return [.geoPoint, .keyword, .text]
    case .cartesianPoint: return [.cartesianPoint, .keyword, .text]
    default: return [type, .keyword, .text]
    }
  }

  // MARK: conditional functions

  private mutating func caseCall(_ terms: [ESQLTerm], _ range: Range<Int>) throws(TypeFault) -> TypedExpression {
    try count(terms, 2...Int.max, "case", range)
    var parts: [TypedExpression] = []
    for term in terms { parts.append(try bind(term)) }
    var values: [Int] = []
    var at = 0
    while at + 1 < parts.count {
      guard parts[at].type == .boolean || parts[at].type == .null else {
        throw wrongType(parts[at], Self.number(at, of: parts.count), [.boolean], of: range)
      }
      values.append(at + 1)
      at += 2
    }
    if at < parts.count { values.append(at) }
    falseRanges.insert(range)
    let type = try unify(&parts, values, range)
    return TypedExpression(.firstTrue(parts), type, range)
  }

  private mutating func coalesce(_ terms: [ESQLTerm], _ range: Range<Int>) throws(TypeFault) -> TypedExpression {
    try count(terms, 1...Int.max, "coalesce", range)
    var parts: [TypedExpression] = []
    for term in terms { parts.append(try bind(term)) }
    let type = try unify(&parts, Array(parts.indices), range)
    return TypedExpression(.firstValue(parts), type, range)
  }

  /// Brings values of one function to one type.
  func unify(
    _ parts: inout [TypedExpression], _ values: [Int], _ range: Range<Int>
  ) throws(TypeFault) -> DataType {
    if let typed = values.first(where: { !parts[$0].type.isString && parts[$0].type != .null }) {
      for value in values { parts[value] = try converted(parts[value], like: parts[typed].type) }
    }
    try checkNumbers(parts, values, range)
    var type = DataType.null
    for value in values {
      guard let common = DataType.common(type, parts[value].type) else {
        throw wrongType(parts[value], Self.number(value, of: parts.count), [type], of: range)
      }
      type = common
    }
    for value in values { parts[value] = widened(parts[value], to: type) }
    return type.withoutText
  }

  /// Throws where a number is wider than the first of some values that is one: numbers widen to that and no further.
  private func checkNumbers(_ parts: [TypedExpression], _ values: [Int], _ range: Range<Int>) throws(TypeFault) {
    guard let first = values.first(where: { parts[$0].type.isNumeric }) else { return }
    let type = parts[first].type
    for value in values where parts[value].type.isNumeric && DataType.common(parts[value].type, type) != type {
      throw wrongType(parts[value], Self.number(value, of: parts.count), [type], of: range)
    }
  }

  func widened(_ expression: TypedExpression, to type: DataType) -> TypedExpression {
    let from = expression.type
    guard from != type, from != .null, type == .double || type == .dateNanos else { return expression }
    if let cell = expression.constant {
      return TypedExpression(.constant(cell.widened(from: from, to: type)), type, expression.range)
    }
    let function = ScalarFunction("widen", several: .whole) { $0[0].widened(from: from, to: type) }
    return TypedExpression(.apply(function, [expression]), type, expression.range)
  }
}
