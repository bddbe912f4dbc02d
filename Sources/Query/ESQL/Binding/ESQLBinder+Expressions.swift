import Events

extension ESQLBinder {
  /// An expression with its columns and types; throws the first thing that does not fit.
  mutating func bind(_ term: ESQLTerm) throws(TypeFault) -> TypedExpression {
    let range = term.range
    if let key = key(of: term) { return key }
    switch term.form {
    case .literal(let cell, let type): return TypedExpression(.constant(cell), type, range)
    case .column(let name): return try column(name, range)
    case .star: throw TypeFault("only COUNT takes [*]", at: range)
    case .negative(let inner): return try negative(try bind(inner), range)
    case .arithmetic(let operation, let left, let right):
      return folded(try arithmetic(operation, try bind(left), try bind(right), range))
    case .comparison(let comparison, let left, let right):
      return try self.comparison(comparison, try bind(left), try bind(right), range)
    case .and(let left, let right): return try logic("AND", left, right, range) { .and([$0, $1]) }
    case .or(let left, let right): return try logic("OR", left, right, range) { .or([$0, $1]) }
    case .not(let inner):
      let operand = try bind(inner)
      try expect(operand, .boolean, "", of: range)
      return TypedExpression(.not(operand), .boolean, range)
    case .isNull(let inner):
      return TypedExpression(.apply(NullTest.function, [try bind(inner)]), .boolean, range)
    case .isNotNull(let inner):
      let function = ScalarFunction("is not null", spreadsNull: false, several: .whole) { .boolean(!$0[0].isNull) }
      return TypedExpression(.apply(function, [try bind(inner)]), .boolean, range)
    case .among(let value, let list): return try among(value, list, range)
    case .amongRows(let value, let rows): return try among(value, rows, range)
    case .like(let value, let patterns, let isRegex): return try like(value, patterns, isRegex: isRegex, range)
    case .match(let field, let value):
      return try fullText("MATCH", [field, value], [], range, isOperator: true)
    case .cast(let inner, let type):
      return folded(try cast(try convertible(inner), to: type, name: "::", range))
    case .function(let name, let nameRange, let arguments, let options):
      return try call(name, nameRange, arguments, options, range)
    }
  }

  /// What is larger is worked out when the query runs, where it is counted.
  private static let mostConstantBytes = 1 << 20

  /// The value of what is the same in every row and does not fail.
  func folded(_ expression: TypedExpression) -> TypedExpression {
    guard case .apply(_, let parts) = expression.node, parts.allSatisfy({ $0.constant != nil }) else {
      return expression
    }
    var notes = EvaluationNotes()
    let cell = expression.value([], &notes)
    guard notes.faults.isEmpty, cell.bytes <= Self.mostConstantBytes else { return expression }
    return TypedExpression(.constant(cell), expression.type, expression.range)
  }

  /// An expression over columns that are the same in every row as the constant that it is; anything else as it is.
  func constant(_ expression: TypedExpression) -> TypedExpression {
    guard expression.constant == nil else { return expression }
    let places = expression.columns
    var cells: [Cell] = []
    if let last = places.max() {
      guard last < schema.columns.count else { return expression }
      cells = [Cell](repeating: .none, count: last + 1)
    }
    for place in places {
      guard let cell = schema.columns[place].constant else { return expression }
      cells[place] = cell
    }
    var notes = EvaluationNotes()
    let cell = expression.value(cells, &notes)
    guard notes.faults.isEmpty, cell.bytes <= Self.mostConstantBytes else { return expression }
    return TypedExpression(.constant(cell), expression.type, expression.range)
  }

  // MARK: columns

  /// The key of `STATS` that a call of a function which groups rows repeats within its aggregates.
  private func key(of term: ESQLTerm) -> TypedExpression? {
    guard let scope = collected, !scope.isInsideAggregate, !scope.keys.isEmpty else { return nil }
    guard case .function(let name, _, _, _) = term.form, ESQLFunctions.grouping.contains(name.uppercased()) else {
      return nil
    }
    let shape = term.shape
    guard let key = scope.keys.firstIndex(where: { $0.shape == shape }) else { return nil }
    return TypedExpression(.column(ESQLAggregateScope.firstKey + key), scope.keys[key].expression.type, term.range)
  }

  mutating func column(_ name: String, _ range: Range<Int>) throws(TypeFault) -> TypedExpression {
    noteMetadata(name)
    if let scope = collected, !scope.isInsideAggregate {
      guard let key = scope.keys.firstIndex(where: { $0.name == name }) else {
        guard let place = schema.place(of: name) else { throw TypeFault(unknown(name), at: range) }
        let key = scope.keys.first { $0.expression.columns.contains(place) }
        // Of several columns each is told.
        problems.append(
          shown(
            TypeFault(
              key.map {
                "column [\(name)] cannot be used as an aggregate once declared in the STATS BY grouping key [\(text($0.range))]"
              } ?? "column [\(name)] must appear in the STATS BY clause or be used in an aggregate function", at: range)
          ))
        return TypedExpression(.column(place), schema.columns[place].type, range)
      }
      return TypedExpression(
        .column(ESQLAggregateScope.firstKey + key), scope.keys[key].expression.type, range)
    }
    // Keys of a STATS can be named in its aggregates, where they hide a column of their name.
    if let key = collected?.keys.first(where: { $0.name == name })?.expression {
      switch key.node {
      case .column(let place) where place == schema.place(of: name): break
      case .column, .constant: return TypedExpression(key.node, key.type, range)
      default: return key
      }
    }
    if let place = schema.place(of: name) {
      if let union = schema.columns[place].union { throw Self.ambiguous(name, union, range) }
      try checkConflict(place, range)
      return TypedExpression(.column(place), schema.columns[place].type, range)
    }
    if lastsUntil == nil, unmapped == .null {
      return TypedExpression(.constant(.none), .null, range)
    }
    throw missing(name, range)
  }

  /// Throws for a column that subqueries give different types.
  func checkConflict(_ place: Int, _ range: Range<Int>) throws(TypeFault) {
    if let conflict = schema.columns[place].conflict { throw TypeFault(conflict, at: range) }
  }

  static func ambiguous(_ name: String, _ union: FieldUnion, _ range: Range<Int>) -> TypeFault {
    TypeFault("Cannot use field [\(name)] due to ambiguities being mapped as \(union.text)", at: range)
  }

  /// What a function converts: a column may be one that indices map differently, or to which subqueries give different types.
  mutating func convertible(_ term: ESQLTerm) throws(TypeFault) -> TypedExpression {
    if case .column(let name) = term.form, let place = schema.place(of: name), schema.columns[place].conflict != nil,
      schema.columns[place].mixed.isEmpty
    {
      // Values of these types do not tell which they are of.
      var fault = TypeFault(
        "converting [\(name)], which subqueries give such different types, is not supported", at: term.range,
        hint: "convert it within the subqueries")
      fault.isUnsupported = true
      throw fault
    }
    guard case .column(let name) = term.form, collected.map({ $0.isInsideAggregate || $0.keys.isEmpty }) ?? true,
      let place = schema.place(of: name), schema.columns[place].union != nil || !schema.columns[place].mixed.isEmpty
    else { return try bind(term) }
    return TypedExpression(.column(place), .unsupported, term.range)
  }

  /// Notes that a step reads a column of metadata.
  mutating func noteMetadata(_ name: String) {
    if Self.metadataTypes[name] != nil { firstMetadataStep = firstMetadataStep ?? steps.count }
  }

  // MARK: operators

  private mutating func logic(
    _ word: String, _ left: ESQLTerm, _ right: ESQLTerm, _ range: Range<Int>,
    _ make: (TypedExpression, TypedExpression) -> TypedExpression.Node
  ) throws(TypeFault) -> TypedExpression {
    let (left, right) = (try bind(left), try bind(right))
    try expect(left, .boolean, "first ", of: range)
    try expect(right, .boolean, "second ", of: range)
    return TypedExpression(make(left, right), .boolean, range)
  }

  /// Throws unless an argument has a type.
  func expect(
    _ argument: TypedExpression, _ type: DataType, _ number: String, of range: Range<Int>
  ) throws(TypeFault) {
    guard argument.type == type || argument.type == .null else {
      throw wrongType(argument, number, [type], of: range)
    }
  }

  func wrongType(
    _ argument: TypedExpression, _ number: String, _ types: DataTypes, of range: Range<Int>
  ) -> TypeFault {
    TypeFault(
      "\(number)argument of [\(text(range))] must be [\(types.esqlName)], found value [\(text(argument.range))] type "
        + "[\(argument.type.rawValue)]", at: range)
  }

  private func negative(_ operand: TypedExpression, _ range: Range<Int>) throws(TypeFault) -> TypedExpression {
    guard operand.type.isNumeric && operand.type != .unsignedLong || operand.type.isSpan || operand.type == .null else {
      throw wrongType(operand, "", [.integer, .long, .double, .datePeriod, .timeDuration], of: range)
    }
    return folded(TypedExpression(.apply(Arithmetic.negation(operand.type), [operand]), operand.type, range))
  }

  private func arithmetic(
    _ kind: ArithmeticOperator, _ left: TypedExpression, _ right: TypedExpression, _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    let sign = kind.rawValue
    let isSum = kind == .add || kind == .subtract
    // A text beside a date is read as one.
    var (left, right) = isSum ? try aligned(left, right, range) : (left, right)
    if isSum, right.type.isSpan { left = try converted(left, like: .date) }
    if isSum, left.type.isSpan { right = try converted(right, like: .date) }
    if isSum, left.type.isSpan, left.type == right.type { return try spanArithmetic(kind, left, right, range) }
    if isSum, left.type.isTime || right.type.isTime || left.type.isSpan || right.type.isSpan {
      return try dateArithmetic(kind, left, right, range)
    }
    for (operand, number) in [(left, "first "), (right, "second ")] {
      guard operand.type.isNumeric || operand.type == .null else {
        throw isSum
          ? wrongType(operand, number, [.date, .dateNanos, .integer, .long, .unsignedLong, .double], of: range)
          : wrongType(operand, number, .numbers, of: range)
      }
    }
    // The result is as wide as the wider operand: a sum of integers that is none overflows.
    guard let type = DataType.common(left.type, right.type) else {
      throw TypeFault(
        "[\(sign)] has arguments with incompatible types [\(left.type.rawValue)] and [\(right.type.rawValue)]",
        at: range)
    }
    return TypedExpression(.apply(Arithmetic.function(kind, as: type), [left, right]), type, range)
  }

  /// A sum of spans, which are constants; months, days and times are kept apart.
  private func spanArithmetic(
    _ kind: ArithmeticOperator, _ left: TypedExpression, _ right: TypedExpression, _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    guard case .span(let months, let days, let rest)? = left.constant?.single,
      case .span(let otherMonths, let otherDays, let otherRest)? = right.constant?.single
    else { return TypedExpression(.constant(.none), left.type, range) }
    func sum(_ one: Int64, _ other: Int64) throws(TypeFault) -> Int64 {
      let (sum, isOver) =
        kind == .add ? one.addingReportingOverflow(other) : one.subtractingReportingOverflow(other)
      guard !isOver else {
        throw TypeFault("arithmetic exception in expression [\(text(range))]: [long overflow]", at: range)
      }
      return sum
    }
    let span = Value.span(
      months: try sum(months, otherMonths), days: try sum(days, otherDays), milliseconds: try sum(rest, otherRest))
    return TypedExpression(.constant(.one(span)), left.type, range)
  }

  private func dateArithmetic(
    _ kind: ArithmeticOperator, _ left: TypedExpression, _ right: TypedExpression, _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    if left.type == .null || right.type == .null {
      let type = left.type == .null ? right.type : left.type
      return TypedExpression(.constant(.none), type.isSpan ? .null : type, range)
    }
    let isSwapped = left.type.isSpan && right.type.isTime
    guard left.type.isTime && right.type.isSpan || isSwapped && kind == .add else {
      if isSwapped {
        throw TypeFault(
          "[-] arguments are in unsupported order: cannot subtract a [\(right.type.rawValue.uppercased())] value "
            + "[\(text(right.range))] from a [\(left.type.rawValue.uppercased())] amount [\(text(left.range))]",
          at: range)
      }
      throw TypeFault(
        "[\(kind.rawValue)] has arguments with incompatible types [\(left.type.rawValue)] and [\(right.type.rawValue)]",
        at: range)
    }
    let date = isSwapped ? right : left
    let isNanos = date.type == .dateNanos
    let sign: Int64 = kind == .add ? 1 : -1
    let function = ScalarFunction(kind.rawValue) { cells throws(EvaluationFault) in
      guard case .whole(let time)? = cells[isSwapped ? 1 : 0].single,
        case .span(let months, let days, let rest)? = cells[isSwapped ? 0 : 1].single
      else { return .none }
      return .one(
        try DateSpans.adding(
          time, isNanos: isNanos, months: sign * months, days: sign * days, milliseconds: sign * rest))
    }
    return TypedExpression(.apply(function, [left, right]), date.type, range)
  }

  // MARK: comparisons

  /// A text constant beside a value of another type is read as one of that.
  func aligned(
    _ left: TypedExpression, _ right: TypedExpression, _ range: Range<Int>
  ) throws(TypeFault) -> (TypedExpression, TypedExpression) {
    (try converted(left, like: right.type), try converted(right, like: left.type))
  }

  /// A text constant as a value of a type that texts are read as; anything else as it is.
  func converted(_ literal: TypedExpression, like type: DataType) throws(TypeFault) -> TypedExpression {
    guard literal.type.isString, let cell = literal.constant, !cell.isNull else { return literal }
    switch type {
    case .date, .dateNanos, .ip, .version, .boolean: return try reading(literal, as: type)
    default: return literal
    }
  }

  /// A text constant read as a value of another type.
  func reading(_ literal: TypedExpression, as type: DataType) throws(TypeFault) -> TypedExpression {
    guard let cell = literal.constant else { return literal }
    var values: [Value] = []
    for value in cell.values {
      do throws(EvaluationFault) {
        values.append(try ESQLConversion.literal(value.textValue ?? "", as: type))
      } catch {
        throw TypeFault(
          "Cannot convert string [\(value.textValue ?? "")] to [\(type.rawValue.uppercased())], error [\(error.message)]",
          at: literal.range)
      }
    }
    return TypedExpression(.constant(Cell(values)), type, literal.range)
  }

  func comparison(
    _ kind: ComparisonOperator, _ left: TypedExpression, _ right: TypedExpression, _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    let (left, right) = try aligned(left, right, range)
    let isOrder = kind != .equal && kind != .notEqual
    for (operand, number) in [(left, "first "), (right, "second ")] {
      let isFit: Bool =
        switch operand.type {
        case .boolean: !isOrder
        case .datePeriod, .timeDuration, .unsupported: false
        case .geoPoint, .geoShape, .cartesianPoint, .cartesianShape: !isOrder
        default: true
        }
      guard isFit else {
        let ordered: DataTypes = [
          .date, .dateNanos, .double, .integer, .ip, .keyword, .long, .text, .unsignedLong, .version,
        ]
        throw wrongType(
          operand, number,
          isOrder ? ordered : ordered.union([.boolean, .cartesianPoint, .cartesianShape, .geoPoint, .geoShape]),
          of: range)
      }
    }
    guard Self.compares(left.type, right.type) else {
      if (left.type == .unsignedLong) != (right.type == .unsignedLong), left.type.isNumeric, right.type.isNumeric {
        throw TypeFault(
          "first argument of [\(text(range))] is [\(left.type.rawValue)] and second is [\(right.type.rawValue)]. "
            + "[unsigned_long] can only be operated on together with another [unsigned_long]", at: range)
      }
      let family = left.type.isNumeric ? "numeric" : left.type.rawValue
      throw TypeFault(
        "first argument of [\(text(range))] is [\(family)] so second argument must also be [\(family)] "
          + "but was [\(right.type.rawValue)]", at: range)
    }
    let (first, second) = (left.type, right.type)
    let isMixedTime = first != second && first.isTime && second.isTime
    let function = ScalarFunction(kind.rawValue) { cells in
      guard let left = cells[0].single, let right = cells[1].single else { return .none }
      guard isMixedTime else { return .boolean(Comparison.holds(kind, left, right)) }
      let (one, other) = (ESQLInstant(left, first), ESQLInstant(right, second))
      return .boolean(kind.holds(one < other ? -1 : one == other ? 0 : 1))
    }
    return folded(TypedExpression(.apply(function, [left, right]), .boolean, range))
  }

  /// True for types whose values can be compared.
  static func compares(_ left: DataType, _ right: DataType) -> Bool {
    if left == right || left == .null || right == .null { return true }
    if left.isNumeric, right.isNumeric { return (left == .unsignedLong) == (right == .unsignedLong) }
    return left.isString && right.isString || left.isTime && right.isTime
  }

  private mutating func among(
    _ value: ESQLTerm, _ list: [ESQLTerm], _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    var value = try bind(value)
    var items: [TypedExpression] = []
    for item in list { items.append(try bind(item)) }
    if value.constant != nil, let typed = items.first(where: { !$0.type.isString && $0.type != .null }) {
      value = try converted(value, like: typed.type)
    }
    for at in items.indices {
      items[at] = try converted(items[at], like: value.type)
      guard Self.compares(value.type, items[at].type) else {
        throw TypeFault(
          "\(Self.ordinal(at + 1)) argument of [\(text(range))] must be [\(value.type.rawValue)], found value "
            + "[\(text(items[at].range))] type [\(items[at].type.rawValue)]", at: range)
      }
    }
    let types = [value.type] + items.map(\.type)
    let isMixedTime = Set(types).isSuperset(of: DataTypes.times.types)
    // Many constants are looked up, not gone through.
    if items.count > 4, items.allSatisfy({ $0.constant != nil }), !value.type.isNumeric, !isMixedTime {
      var known: Set<Value> = []
      var hasNull = false
      var hasSeveral = false
      for item in items {
        switch item.constant {
        case .one(let value)?: known.insert(value)
        case .many?: hasSeveral = true
        default: hasNull = true
        }
      }
      if !hasSeveral {
        let function = ScalarFunction("in") { [known, hasNull] cells in
          guard let value = cells[0].single else { return .none }
          return known.contains(value) ? .boolean(true) : hasNull ? .none : .boolean(false)
        }
        return TypedExpression(.apply(function, [value]), .boolean, range)
      }
    }
    let membership =
      isMixedTime
      ? Membership.function(passesOverSeveral: true) { value, choice, place in
        ESQLInstant(value, types[0]) == ESQLInstant(choice, types[place])
      } : Membership.function(ignoresCase: false, passesOverSeveral: true)
    return TypedExpression(.apply(membership, [value] + items), .boolean, range)
  }

  static func ordinal(_ number: Int) -> String {
    let suffix =
      switch (number % 10, number % 100) {
      case (_, 11...13): "th"
      case (1, _): "st"
      case (2, _): "nd"
      case (3, _): "rd"
      default: "th"
      }
    return "\(number)\(suffix)"
  }

  // MARK: patterns

  private mutating func like(
    _ value: ESQLTerm, _ patterns: [ESQLWritten], isRegex: Bool, _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    let value = try bind(value)
    guard value.type.isString || value.type == .null else {
      throw wrongType(value, patterns.count == 1 ? "" : "first ", .strings, of: range)
    }
    // A pattern that any text fits asks whether there is one.
    let fitsAll = patterns.contains { isRegex ? $0.text == ".*" : !$0.text.isEmpty && $0.text.allSatisfy { $0 == "*" } }
    if fitsAll, patterns.count == 1 {
      let function = ScalarFunction("is not null", spreadsNull: false, several: .whole) { .boolean(!$0[0].isNull) }
      return TypedExpression(.apply(function, [value]), .boolean, range)
    }
    let function = try PatternMatching.function(
      patterns.map { TextPattern($0.text, range) }, isRegex ? .regex(ignoresCase: false) : .like)
    return TypedExpression(.apply(function, [value]), .boolean, range)
  }
}

extension DataTypes {
  /// The types as Elasticsearch's messages name them.
  var esqlName: String {
    var names: [String] = []
    var left = types
    if left.isSuperset(of: DataTypes.strings.types) {
      names.append("string")
      left.subtract(DataTypes.strings.types)
    }
    if left.isSuperset(of: [.integer, .long, .double]) {
      names.append("numeric")
      left.subtract(DataTypes.numbers.types)
    } else if left.isSuperset(of: [.integer, .long]) {
      names.append("whole number except unsigned_long or counter types")
      left.subtract([.integer, .long])
    }
    names += left.map(\.rawValue)
    names.sort()
    if names.count < 2 { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " or " + names[names.count - 1]
  }
}
