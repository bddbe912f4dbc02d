import Events

/// Makes predicates of EQL's conditions, as Elasticsearch makes filters of them: a leaf that meets a null is false, and
/// `not` turns that around.
struct EQLBinder {
  let catalog: FieldCatalog
  let categoryField: String
  let text: [Unicode.Scalar]
  /// Which field stands in for one that is written, in the texts of conditions.
  var standIn = ""

  /// The category and the condition of an item.
  func predicate(_ test: EQLQuery.EventTest) throws(TypeFault) -> Predicate {
    var checker = TypeChecker(functions: .eql, now: Timestamp(milliseconds: 0)) {
      name, isOptional, range throws(TypeFault) in
      if isOptional, DocumentNames.contains(name) { return TypedExpression(.constant(.none), .null, range) }
      return TypedExpression(.column(0), try field(name, range), range)
    }
    // A date is written as the mapping of its field says.
    checker.readsDates = false
    _ = try checker.condition(test.condition)
    let condition = try predicate(test.condition)
    guard let category = test.category else { return condition.simplified() }
    return Predicate.and([.test(.named(categoryField), .term(category)), condition]).simplified()
  }

  /// A condition; null is met by nothing.
  func predicate(_ condition: Expression) throws(TypeFault) -> Predicate {
    let named = condition.changingFields { name, isOptional in
      // One that is not there whatever the events are.
      DocumentNames.contains(name) ? .literal(.none, .null) : .field(exact(name), isOptional: isOptional)
    }
    return try judged(withNullChecks(named)) ?? .nothing
  }

  /// The field that stands for one of words in EQL: the one beside it that keeps whole values, where there is one.
  func exact(_ name: String) -> String {
    guard catalog.resolve(name).type.isAnalyzed else { return name }
    let whole = catalog.multiFields(of: name).filter { multiField in
      switch multiField.type {
      case .keyword, .wildcard, .constant: true
      default: false
      }
    }
    return whole.count == 1 ? whole[0].path : name
  }

  /// The type of a field; throws where EQL cannot use it.
  func field(_ name: String, _ range: Range<Int>) throws(TypeFault) -> DataType {
    // What Elasticsearch keeps beside a document is no field of EQL's.
    guard !DocumentNames.contains(name) else { throw TypeFault("Unknown column [\(name)]", at: range) }
    let field = catalog.resolve(exact(name))
    switch field.type {
    case .analyzed:
      throw TypeFault(
        "[\(name)] is of data type [text]: no keyword/multi-field defined exact matches", at: range,
        expected: "a field of keywords")
    case .nested: throw TypeFault("Cannot use field [\(name)] of type [nested]", at: range)
    case .geoPoint, .binary:
      let cause = if case .geoPoint = field.type { " of type [geo_point]" } else { ", which is not indexed" }
      var fault = TypeFault("Cannot use field [\(name)]\(cause)", at: range)
      fault.isOfField = true
      throw fault
    case .flattened where field.flattenedRoot == name:
      throw TypeFault("Cannot use field [\(name)] of type [flattened]", at: range, hint: "name a key below it")
    default: break
    }
    if let path = field.nestedPath {
      throw TypeFault("Cannot use field [\(name)], which lies in the nested field [\(path)]", at: range)
    }
    return DataType(field.type)
  }

  private func source(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text[range])
    return String(view)
  }

  /// A condition that is evaluated row by row.
  private func holds(_ expression: Expression, text: String? = nil) throws(TypeFault) -> Predicate {
    let condition = RowCondition(expression, text: (text ?? source(expression.range)) + standIn)
    // Times relative to now are known to tests of values alone.
    _ = try condition.typed(catalog, now: nil)
    return .holds(condition)
  }

  /// What a condition asks of an event; nil where it is null whatever the event.
  func judged(_ expression: Expression) throws(TypeFault) -> Predicate? {
    switch expression.node {
    case .and(let parts): return try conjunction(parts)
    case .or(let parts): return try disjunction(parts)
    case .not(let part): return try judged(part).map { .not($0) }
    default: break
    }
    if let constant = constant(expression) {
      return constant.isNull ? nil : constant == .boolean(true) ? .all : .nothing
    }
    switch expression.node {
    case .field(let name, _): return .test(.named(name), .term("true"))
    case .comparison(let kind, let left, let right): return try comparison(kind, left, right, expression)
    case .oneOf(let value, let choices, let ignoresCase):
      return try membership(value, choices, ignoresCase: ignoresCase, expression)
    case .fits(let value, let patterns, let kind): return try fits(value, patterns, kind, expression)
    case .call(let name, let arguments, let ignoresCase):
      if let test = call(name.lowercased(), arguments, ignoresCase: ignoresCase) { return test }
      return try holds(expression)
    case .isNull(let part): return try isNull(part)
    case .literal, .and, .or, .not, .negative, .arithmetic, .cast: return try holds(expression)
    }
  }

  private func isNull(_ part: Expression) throws(TypeFault) -> Predicate {
    if let name = part.isField { return .not(.exists(.named(name))) }
    return try holds(Expression(.isNull(part), part.range), text: "\(source(part.range)) == null")
  }

  // MARK: Comparing

  private func comparison(
    _ kind: ComparisonOperator, _ left: Expression, _ right: Expression, _ whole: Expression
  ) throws(TypeFault) -> Predicate? {
    // A constant stands on the right.
    if left.isConstant, !right.isConstant { return try comparison(kind.swapped, right, left, whole) }
    if !right.isConstant {
      if let missing = try againstMissing(kind, left, right) { return missing }
      throw TypeFault(
        "Comparisons against fields are not (currently) supported; offender [\(source(right.range).prefix(80))] in [\(kind.rawValue)]",
        at: right.range, expected: "a constant")
    }
    // Whether something is equal to null has become a question of its own. In an order with null stands every value that a
    // field has, since Elasticsearch asks for a range without ends; a function of fields stands in none.
    if comesToNull(right) { return left.isField.map { .exists(.named($0)) } ?? .nothing }
    if kind == .notEqual {
      let equal = Expression(.comparison(.equal, left, right), whole.range)
      return try comparison(.equal, left, right, equal).map { .not($0) }
    }
    if left.isField == nil, left.isCondition, case .literal(.one(.boolean(let wanted)), _) = right.node, kind == .equal
    {
      return try judged(left).map { wanted ? $0 : .not($0) }
    }
    // An inequality comes here as the equality that it denies.
    let text = "\(source(left.range)) \(kind.rawValue) \(source(right.range))"
    guard let name = left.isField, case .literal(.one(let value), _) = right.node else {
      return try holds(whole, text: text)
    }
    try checkDate(value, name, at: right.range)
    if let test = test(kind, name, value) { return test }
    return try holds(whole, text: text)
  }

  /// A comparison with an optional field that no schema knows, which is null to Elasticsearch: it asks whether the other
  /// side is null too. nil where neither side is one.
  private func againstMissing(
    _ kind: ComparisonOperator, _ left: Expression, _ right: Expression
  ) throws(TypeFault) -> Predicate? {
    let sides = isUnknown(right) ? (left, right) : (right, left)
    guard isUnknown(sides.1), let name = sides.1.isField else { return nil }
    guard kind == .equal || kind == .notEqual else { return .nothing }
    let areNull = Predicate.and([try isNull(sides.0), .not(.exists(.named(name)))])
    return kind == .equal ? areNull : .not(areNull)
  }

  /// An optional field that no schema knows.
  private func isUnknown(_ expression: Expression) -> Bool {
    guard case .field(let name, isOptional: true) = expression.node else { return false }
    return catalog.resolve(name).type == .dynamic
  }

  /// Refuses a text beside a field of dates that is none as the field has them.
  private func checkDate(_ value: Value, _ name: String, at range: Range<Int>) throws(TypeFault) {
    guard case .text(let text) = value else { return }
    let type = catalog.resolve(name).type
    let isRead: Bool
    switch type {
    case .date(let format?), .dateNanos(let format?): isRead = (try? DateMath(text, format)) != nil
    case .date, .dateNanos:
      isRead = (try? LiteralReading.value(text, as: DataType(type), now: Timestamp(milliseconds: 0))) != nil
    default: return
    }
    guard isRead else {
      throw TypeFault("[\(text.prefix(80))] cannot be read as a date", at: range, expected: "a date")
    }
  }

  /// A comparison as a test of a field's values; nil where it is evaluated by itself.
  private func test(_ kind: ComparisonOperator, _ name: String, _ value: Value) -> Predicate? {
    let type = catalog.resolve(name).type
    let bound: String
    switch (type, value) {
    case (.dynamic, _), (.object, _): return nil
    case (.keyword, .text(let text)), (.wildcard, .text(let text)), (.constant, .text(let text)),
      (.version, .text(let text)),
      (.flattened, .text(let text)), (.date, .text(let text)), (.dateNanos, .text(let text)):
      bound = text
    case (.ip, .text(let text)):
      if kind == .equal { return .test(.named(name), .match(text)) }
      bound = text
    case (.integer, .whole(let number)), (.double, .whole(let number)), (.narrow, .whole(let number)):
      bound = String(number)
    case (.integer, .double(let number)), (.double, .double(let number)), (.narrow, .double(let number)):
      bound = "\(number)"
    // A number is read as its text is, by the format of the field: of the usual one four digits are a year.
    case (.date, .whole(let number)), (.dateNanos, .whole(let number)): bound = String(number)
    case (.boolean, .boolean(let flag)): bound = flag ? "true" : "false"
    // A constant of another type is never equal, and stands in no order.
    default: return .nothing
    }
    switch kind {
    case .equal, .notEqual: return .test(.named(name), .term(bound))
    case .less: return .test(.named(name), .range(lower: nil, upper: RangeBound(bound, inclusive: false)))
    case .lessOrEqual: return .test(.named(name), .range(lower: nil, upper: RangeBound(bound, inclusive: true)))
    case .greater: return .test(.named(name), .range(lower: RangeBound(bound, inclusive: false), upper: nil))
    case .greaterOrEqual: return .test(.named(name), .range(lower: RangeBound(bound, inclusive: true), upper: nil))
    }
  }

  private func membership(
    _ value: Expression, _ choices: [Expression], ignoresCase: Bool, _ whole: Expression
  ) throws(TypeFault) -> Predicate {
    let field = value.isField
    var kinds: Set<String> = []
    var values: [Value] = []
    for choice in choices {
      guard case .literal(let cell, let type) = choice.node else {
        throw TypeFault(
          "Comparisons against fields are not (currently) supported; offender [\(source(choice.range).prefix(80))] in [in]",
          at: choice.range, expected: "a constant")
      }
      guard let value = cell.single else { continue }
      kinds.insert(type.family)
      values.append(value)
      guard kinds.count < 2 else {
        throw TypeFault(
          "the values of a list are of one type, and this is \(type.phrase)", at: choice.range,
          expected: "values of one type")
      }
      if let field { try checkDate(value, field, at: choice.range) }
    }
    guard let name = field else { return try holds(whole) }
    if ignoresCase {
      switch catalog.resolve(name).type {
      case .keyword, .wildcard, .constant, .version, .flattened:
        return .or(
          values.compactMap { value in
            value.textValue.map {
              .test(.named(name), .termPattern(WildcardPattern([.literal($0)], ignoresCase: true)))
            }
          })
      default: return try holds(whole)
      }
    }
    let tests = values.map { test(.equal, name, $0) }
    guard tests.allSatisfy({ $0 != nil }) else { return try holds(whole) }
    return .or(tests.compactMap(\.self))
  }

  // MARK: Texts

  private func fits(
    _ value: Expression, _ patterns: [TextPattern], _ kind: PatternKind, _ whole: Expression
  ) throws(TypeFault) -> Predicate {
    guard let name = value.isField, holdsTexts(name) else { return try holds(whole) }
    var tests: [Predicate] = []
    for pattern in patterns {
      switch kind {
      case .wildcard(let ignoresCase):
        tests.append(.test(.named(name), .termPattern(WildcardPattern(eql: pattern.text, ignoresCase: ignoresCase))))
      case .like: tests.append(.test(.named(name), .termPattern(try PatternMatching.like(pattern))))
      case .regex(let ignoresCase):
        tests.append(.test(.named(name), .regex(try PatternMatching.regex(pattern, ignoresCase: ignoresCase))))
      }
    }
    return .or(tests)
  }

  private func holdsTexts(_ name: String) -> Bool {
    switch catalog.resolve(name).type {
    case .keyword, .wildcard, .constant, .version, .flattened, .dynamic, .object: true
    default: false
    }
  }

  /// A function of a field and constants that is a test of the field's values.
  private func call(_ name: String, _ arguments: [Expression], ignoresCase: Bool) -> Predicate? {
    guard let field = arguments.first?.isField else { return nil }
    let texts = arguments.dropFirst().map { argument -> String? in
      if case .literal(.one(.text(let text)), _) = argument.node { text } else { nil }
    }
    guard !texts.isEmpty, texts.allSatisfy({ $0 != nil }) else { return nil }
    let values = texts.compactMap(\.self)
    func pattern(_ parts: [WildcardPattern.Part]) -> Predicate {
      .test(.named(field), .termPattern(WildcardPattern(parts, ignoresCase: ignoresCase)))
    }
    switch name {
    case "cidrmatch" where catalog.resolve(field).type == .ip:
      return .or(values.map { .test(.named(field), .match($0)) })
    case "startswith" where holdsTexts(field): return pattern([.literal(values[0]), .anyRun])
    case "endswith" where holdsTexts(field): return pattern([.anyRun, .literal(values[0])])
    case "stringcontains" where holdsTexts(field):
      return values[0].isEmpty ? .nothing : pattern([.anyRun, .literal(values[0]), .anyRun])
    default: return nil
    }
  }
}
