/// `+ - * / %` and the sign.
public enum Arithmetic {
  /// What an operator of EQL gives for two operands, and how.
  static func function(
    _ kind: ArithmeticOperator, _ left: TypedExpression, _ right: TypedExpression, _ range: Range<Int>
  ) throws(TypeFault) -> (DataType, ScalarFunction) {
    for operand in [left, right] where !operand.type.isNumeric && !operand.type.isOpen {
      throw TypeFault(
        "[\(kind.rawValue)] has \(operand.type.phrase) on its \(operand.range == left.range ? "left" : "right")",
        at: operand.range, expected: "a number")
    }
    let type = try common(left.type, right.type, at: range)
    return (type, function(kind, as: type, mayBeInfinite: true))
  }

  /// An operator on two numbers of types that go together.
  ///
  /// - Parameter mayBeInfinite: doubles are divided as Java does it, by zero too.
  static func function(
    _ kind: ArithmeticOperator, as type: DataType, mayBeInfinite: Bool = false
  ) -> ScalarFunction {
    ScalarFunction(kind.rawValue) { cells throws(EvaluationFault) in
      guard let left = cells[0].single, let right = cells[1].single else { return .none }
      return .one(try value(kind, left, right, as: type, mayBeInfinite: mayBeInfinite))
    }
  }

  static func negation(_ type: DataType) -> ScalarFunction {
    ScalarFunction("-") { cells throws(EvaluationFault) in
      switch cells[0].single {
      case .whole(let value)?:
        return .one(try whole(Int64(0).subtractingReportingOverflow(value), as: type))
      case .double(let value)?: return .double(-value)
      case .span(let months, let days, let rest)?: return .one(.span(months: -months, days: -days, milliseconds: -rest))
      default: return .none
      }
    }
  }

  /// The type of numbers together.
  static func common(_ left: DataType, _ right: DataType, at range: Range<Int>) throws(TypeFault) -> DataType {
    if left.isOpen || right.isOpen {
      return left.isOpen && right.isOpen ? .dynamic : left == .null ? right : right == .null ? left : .dynamic
    }
    if left == .double || right == .double { return .double }
    if left == .unsignedLong || right == .unsignedLong {
      guard left == right else {
        throw TypeFault(
          "an unsigned_long mixes with no other whole number", at: range, expected: "two numbers of type unsigned_long")
      }
      return .unsignedLong
    }
    return left == .long || right == .long ? .long : .integer
  }

  /// The result for two numbers; throws where there is none.
  static func value(
    _ kind: ArithmeticOperator, _ left: Value, _ right: Value, as type: DataType, mayBeInfinite: Bool = false
  ) throws(EvaluationFault) -> Value {
    switch (left, right) {
    case (.whole(let left), .whole(let right)) where type != .double:
      switch kind {
      case .add: return try whole(left.addingReportingOverflow(right), as: type)
      case .subtract: return try whole(left.subtractingReportingOverflow(right), as: type)
      case .multiply: return try whole(left.multipliedReportingOverflow(by: right), as: type)
      case .divide:
        guard right != 0 else { throw byZero }
        return try whole(left.dividedReportingOverflow(by: right), as: type)
      case .modulo:
        guard right != 0 else { throw byZero }
        return .whole(right == -1 ? 0 : left % right)
      }
    case (.unsigned(let left), .unsigned(let right)) where type != .double:
      let result: (UInt64, Bool)
      switch kind {
      case .add: result = left.addingReportingOverflow(right)
      case .subtract: result = left.subtractingReportingOverflow(right)
      case .multiply: result = left.multipliedReportingOverflow(by: right)
      case .divide, .modulo:
        guard right != 0 else { throw byZero }
        result = (kind == .divide ? left / right : left % right, false)
      }
      guard !result.1 else { throw EvaluationFault("java.lang.ArithmeticException", "unsigned_long overflow") }
      return .unsigned(result.0)
    default:
      guard let left = left.doubleValue, let right = right.doubleValue else {
        throw EvaluationFault("[\(kind.rawValue)] is for numbers")
      }
      if right == 0, kind == .divide || kind == .modulo, !mayBeInfinite { throw byZero }
      let result: Double =
        switch kind {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .modulo: left.truncatingRemainder(dividingBy: right)
        }
      if mayBeInfinite, result.isInfinite { return .double(result) }
      return try finite(result)
    }
  }

  /// A double that is a number.
  static func finite(_ value: Double) throws(EvaluationFault) -> Value {
    guard value.isFinite else {
      throw EvaluationFault(
        "java.lang.ArithmeticException",
        "not a finite double number: \(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")")
    }
    return .double(value)
  }

  static let byZero = EvaluationFault("java.lang.ArithmeticException", "/ by zero")

  /// A whole number that fits its type.
  static func whole(
    _ result: (partialValue: Int64, overflow: Bool), as type: DataType
  ) throws(EvaluationFault) -> Value {
    if type == .integer {
      guard !result.overflow, Int32(exactly: result.partialValue) != nil else {
        throw EvaluationFault("java.lang.ArithmeticException", "integer overflow")
      }
    } else if result.overflow {
      throw EvaluationFault("java.lang.ArithmeticException", "long overflow")
    }
    return .whole(result.partialValue)
  }
}
