import Events

/// Looks names up and types through: makes of an expression what can be evaluated, or says what does not fit.
///
/// The rules are EQL's, which takes values of types that do not go together as unequal; ES|QL has a binder of its own, since its
/// errors are in Elasticsearch's words.
public struct TypeChecker {
  public let functions: FunctionRegistry
  /// What `now` stands for.
  public let now: Timestamp?
  /// Whether text constants beside dates are read here, as ISO 8601; where not, whoever asks sees to that.
  var readsDates = true
  /// Whether dates compare with constants of other types; where not, that is null, as in Elasticsearch's scripts.
  var comparesDates = true
  /// The column of a name; throws where there is none.
  private let column: (_ name: String, _ isOptional: Bool, Range<Int>) throws(TypeFault) -> TypedExpression
  private var depth = 0

  /// How deep expressions may stand inside each other.
  public static let deepestNesting = 200

  /// - Parameter column: the column, or the constant, that a name stands for; throws where there is none.
  public init(
    functions: FunctionRegistry, now: Timestamp?,
    column: @escaping (_ name: String, _ isOptional: Bool, Range<Int>) throws(TypeFault) -> TypedExpression
  ) {
    self.functions = functions
    self.now = now
    self.column = column
  }

  /// A condition: an expression that must be boolean.
  public mutating func condition(_ expression: Expression) throws(TypeFault) -> TypedExpression {
    let typed = try check(expression)
    guard typed.type == .boolean || typed.type.isOpen else {
      throw TypeFault(
        "a condition must be true or false, and this is \(typed.type.phrase)", at: expression.range,
        expected: "a boolean expression")
    }
    return typed
  }

  public mutating func check(_ expression: Expression) throws(TypeFault) -> TypedExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepestNesting else {
      throw TypeFault(
        "the expression is nested too deep", at: expression.range, expected: "at most \(Self.deepestNesting) levels")
    }
    let typed = try typed(expression)
    return folded(typed)
  }

  private mutating func typed(_ expression: Expression) throws(TypeFault) -> TypedExpression {
    let range = expression.range
    switch expression.node {
    case .literal(let cell, let type): return TypedExpression(.constant(cell), type, range)
    case .field(let name, let isOptional): return try column(name, isOptional, range)
    case .call(let name, let parts, let ignoresCase):
      return try call(name, try check(all: parts), ignoresCase: ignoresCase, range)
    case .negative(let part):
      let operand = try check(part)
      guard operand.type.isNumeric || operand.type.isOpen || operand.type.isSpan else {
        throw TypeFault(
          "only a number can be negative, and this is \(operand.type.phrase)", at: part.range, expected: "a number")
      }
      return TypedExpression(.apply(Arithmetic.negation(operand.type), [operand]), operand.type, range)
    case .arithmetic(let kind, let left, let right):
      let (left, right) = (try check(left), try check(right))
      let (type, function) = try Arithmetic.function(kind, left, right, range)
      return TypedExpression(.apply(function, [left, right]), type, range)
    case .comparison(let kind, let left, let right):
      return try comparison(kind, try check(left), try check(right), range)
    case .oneOf(let value, let choices, let ignoresCase):
      return try membership(try check(value), try check(all: choices), ignoresCase: ignoresCase, range)
    case .fits(let value, let patterns, let kind):
      let value = try check(value)
      guard value.type.isString || value.type.isOpen else {
        throw TypeFault(
          "patterns are for texts, and this is \(value.type.phrase)", at: value.range, expected: "a text")
      }
      return TypedExpression(.apply(try PatternMatching.function(patterns, kind), [value]), .boolean, range)
    case .isNull(let part):
      return TypedExpression(.apply(NullTest.function, [try check(part)]), .boolean, range)
    case .and(let parts): return TypedExpression(.and(try conditions(parts)), .boolean, range)
    case .or(let parts): return TypedExpression(.or(try conditions(parts)), .boolean, range)
    case .not(let part): return TypedExpression(.not(try condition(part)), .boolean, range)
    case .cast(let part, let type):
      return try call("to_\(type.rawValue)", [try check(part)], ignoresCase: false, range)
    }
  }

  private mutating func check(all parts: [Expression]) throws(TypeFault) -> [TypedExpression] {
    var typed: [TypedExpression] = []
    for part in parts { typed.append(try check(part)) }
    return typed
  }

  private mutating func conditions(_ parts: [Expression]) throws(TypeFault) -> [TypedExpression] {
    var typed: [TypedExpression] = []
    for part in parts { typed.append(try condition(part)) }
    return typed
  }

  /// A function of constants is a constant, unless it fails: then the run says so.
  private func folded(_ expression: TypedExpression) -> TypedExpression {
    guard expression.constant == nil, expression.columns.isEmpty else { return expression }
    var notes = EvaluationNotes()
    let cell = expression.value([], &notes)
    guard notes.faults.isEmpty else { return expression }
    return TypedExpression(.constant(cell), expression.type, expression.range)
  }

  // MARK: Calls

  /// A call of a function by name; throws where there is none, or where the arguments do not fit.
  public func call(
    _ name: String, _ arguments: [TypedExpression], ignoresCase: Bool, _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    guard let definition = functions.definition(name) else {
      let near = functions.names.filter {
        EditDistance.between(Array($0.lowercased().utf8), Array(name.lowercased().utf8), atMost: 2) != nil
      }
      let known = near.map { "[\($0)]" }.joined(separator: ", ")
      throw TypeFault(
        "Unknown function [\(name)]"
          + (near.isEmpty ? "" : ", did you mean \(near.count > 1 ? "any of " : "")\(known)?"),
        at: range)
    }
    if ignoresCase, !definition.knowsCase {
      throw TypeFault(
        "the function [\(definition.name)] has no form that ignores case", at: range,
        hint: "leave out the ~")
    }
    let count = definition.argumentCount
    guard count.contains(arguments.count) else {
      let wanted =
        count.upperBound == .max
        ? "at least \(count.lowerBound)"
        : count.lowerBound == count.upperBound ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
      throw TypeFault(
        "error building [\(definition.name)]: it takes \(wanted) argument\(wanted == "1" ? "" : "s"), and here are \(arguments.count)",
        at: range)
    }
    for (at, argument) in arguments.enumerated() {
      let parameter = definition.parameter(at)
      guard parameter.types.accepts(argument.type) else {
        throw TypeFault(
          "\(Self.ordinal(at, of: arguments.count))argument of [\(definition.name)] is \(argument.type.phrase)",
          at: argument.range, expected: parameter.types.phrase)
      }
      if parameter.isConstant, argument.constant == nil {
        throw TypeFault(
          "\(Self.ordinal(at, of: arguments.count))argument of [\(definition.name)] must be a constant",
          at: argument.range, expected: "a constant")
      }
    }
    let call = FunctionCall(
      name: definition.name, arguments: arguments, ignoresCase: ignoresCase, range: range, now: now)
    let (type, function) = try definition.bind(call)
    return TypedExpression(.apply(function, arguments), type, range)
  }

  static func ordinal(_ at: Int, of count: Int) -> String {
    guard count > 1 else { return "" }
    let words = ["first", "second", "third", "fourth", "fifth"]
    return (at < words.count ? words[at] : "\(at + 1)th") + " "
  }

  // MARK: Comparing

  private func comparison(
    _ kind: ComparisonOperator, _ left: TypedExpression, _ right: TypedExpression, _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    if !areComparable(left, right) { return TypedExpression(.constant(.none), .boolean, range) }
    let (left, right) = (try converted(left, like: right), try converted(right, like: left))
    return TypedExpression(.apply(Comparison.function(kind), [left, right]), .boolean, range)
  }

  private func membership(
    _ value: TypedExpression, _ choices: [TypedExpression], ignoresCase: Bool, _ range: Range<Int>
  ) throws(TypeFault) -> TypedExpression {
    if choices.contains(where: { !areComparable(value, $0) }) {
      return TypedExpression(.constant(.none), .boolean, range)
    }
    var alike: [TypedExpression] = []
    var value = value
    for choice in choices {
      value = try converted(value, like: choice)
      alike.append(try converted(choice, like: value))
    }
    return TypedExpression(
      .apply(Membership.function(ignoresCase: ignoresCase), [value] + alike), .boolean, range)
  }

  /// False for a date and a text or a number where these do not compare.
  private func areComparable(_ left: TypedExpression, _ right: TypedExpression) -> Bool {
    guard !comparesDates, left.type.isTime != right.type.isTime else { return true }
    let other = left.type.isTime ? right.type : left.type
    return !other.isString && !other.isNumeric
  }

  /// A text constant beside a date, an address or a version is read as one.
  public func converted(_ literal: TypedExpression, like other: TypedExpression) throws(TypeFault) -> TypedExpression {
    guard let cell = literal.constant, literal.type.isString, !other.type.isString, !other.type.isOpen,
      let text = cell.single?.textValue
    else { return literal }
    switch other.type {
    case .date, .dateNanos: guard readsDates else { return literal }
    case .ip, .version: break
    default: return literal
    }
    do {
      return TypedExpression(
        .constant(.one(try LiteralReading.value(text, as: other.type, now: now))), other.type, literal.range)
    } catch {
      if other.type == .ip, IPAddress.range(cidr: text) != nil { return literal }
      throw TypeFault(
        "[\(text.prefix(80))] cannot be read as \(other.type.phrase)", at: literal.range, expected: other.type.phrase)
    }
  }
}

extension DataType {
  /// The type as a noun phrase.
  var phrase: String {
    switch self {
    case .null: "null"
    case .boolean: "a boolean"
    case .integer, .long, .unsignedLong: "a whole number"
    case .double: "a number"
    case .keyword, .text: "a text"
    case .ip: "an address"
    case .version: "a version"
    case .date, .dateNanos: "a date"
    case .datePeriod, .timeDuration: "a time span"
    case .geoPoint, .geoShape, .cartesianPoint, .cartesianShape: "a place"
    case .dynamic: "a value"
    case .unsupported: "a field that expressions cannot use"
    }
  }
}

extension DataType {
  /// What the type is of a kind with.
  var family: String {
    if isNumeric { return "numeric" }
    return isString ? "keyword" : rawValue
  }
}

extension DataTypes {
  /// What is taken, as a noun phrase.
  var phrase: String {
    let all = types.map(\.phrase)
    return all.count > 8 ? "a value" : Set(all).sorted().joined(separator: " or ")
  }
}
