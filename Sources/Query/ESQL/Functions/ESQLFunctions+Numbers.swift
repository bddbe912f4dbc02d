import Foundation

extension ESQLFunctions {
  private static func number(_ name: String, isOptional: Bool = false) -> Parameter {
    Parameter(name, .numbers, isOptional: isOptional)
  }

  /// A function of one number that gives a double.
  private static func double(
    _ name: String, _ body: @escaping @Sendable (Double) throws(EvaluationFault) -> Double
  ) -> FunctionDefinition {
    simple(name, [number("number")], .double) { (values) throws(EvaluationFault) in
      .one(try Arithmetic.finite(try body(values[0].doubleValue ?? 0)))
    }
  }

  private static func bounded(_ value: Double, _ name: String) throws(EvaluationFault) -> Double {
    guard value.isFinite else { throw EvaluationFault("java.lang.ArithmeticException", "\(name) overflow") }
    return value
  }

  /// A function of a number that keeps its type; whole numbers are what they are.
  private static func rounding(_ name: String, _ body: @escaping @Sendable (Double) -> Double) -> FunctionDefinition {
    FunctionDefinition(name, [number("number")]) { call in
      let type = call.arguments[0].type
      return (
        type,
        ScalarFunction(name) { cells in
          if case .double(let value)? = cells[0].single { .double(body(value)) } else { cells[0] }
        }
      )
    }
  }

  private static let signed: DataTypes = [.integer, .long, .double]

  /// A conversion, which takes each value by itself.
  private static func converting(_ name: String, _ body: @escaping @Sendable (Double) -> Double) -> FunctionDefinition {
    FunctionDefinition(name, [number("number")]) { _ in
      (
        .double,
        ScalarFunction(name, several: .each) { cells throws(EvaluationFault) in
          guard let value = cells[0].single?.doubleValue else { return .none }
          return .one(try Arithmetic.finite(body(value)))
        }
      )
    }
  }

  static let numbers: [FunctionDefinition] = [
    FunctionDefinition("ABS", [number("number")]) { call in
      let type = call.arguments[0].type
      return (
        type,
        ScalarFunction("ABS") { cells throws(EvaluationFault) in
          switch cells[0].single {
          case .whole(let value)?:
            return .one(
              try Arithmetic.whole(
                value < 0 ? (0 as Int64).subtractingReportingOverflow(value) : (value, false), as: type))
          case .double(let value)?: return .double(abs(value))
          default: return cells[0]
          }
        }
      )
    },
    rounding("CEIL") { $0.rounded(.up) },
    rounding("FLOOR") { $0.rounded(.down) },
    FunctionDefinition("ROUND", [number("number"), Parameter("decimals", [.integer, .long], isOptional: true)]) {
      call in
      let type = call.arguments[0].type
      return (
        type,
        ScalarFunction("ROUND") { cells throws(EvaluationFault) in
          let places = cells.count > 1 ? cells[1].single?.wholeValue ?? 0 : 0
          switch cells[0].single {
          case .double(let value)?: return .double(rounded(value, places))
          case .unsigned(let value)?:
            return .one(.unsigned(try rounded(value, zeros: 0 - max(places, -100))))
          case .whole(let value)?:
            guard places < 0 else { return cells[0] }
            guard places >= -18 else { return .whole(0) }
            var unit: Int64 = 1
            for _ in 0..<(-places) { unit *= 10 }
            let rest = value % unit
            var result = value - rest
            if abs(rest) >= unit - unit / 2 {
              let (moved, isOver) = result.addingReportingOverflow(rest < 0 ? -unit : unit)
              guard !isOver else { throw EvaluationFault("java.lang.ArithmeticException", "long overflow") }
              result = moved
            }
            return .one(try Arithmetic.whole((result, false), as: type))
          default: return cells[0]
          }
        }
      )
    },
    double("SQRT") { (value) throws(EvaluationFault) in
      guard value >= 0 else { throw EvaluationFault("java.lang.ArithmeticException", "Square root of negative") }
      return value.squareRoot()
    },
    double("CBRT") { cubeRoot($0) }, double("EXP") { exp($0) },
    double("LOG10") { (value) throws(EvaluationFault) in log10(try positive(value)) },
    double("SIN") { sin($0) }, double("COS") { cos($0) }, double("TAN") { tan($0) },
    double("SINH") { (value) throws(EvaluationFault) in try bounded(sinh(value), "sinh") },
    double("COSH") { (value) throws(EvaluationFault) in try bounded(cosh(value), "cosh") },
    double("TANH") { tanh($0) }, double("ASINH") { asinh($0) },
    double("ACOSH") { (value) throws(EvaluationFault) in
      guard value >= 1 else { throw EvaluationFault("java.lang.ArithmeticException", "Acosh input out of range") }
      return acosh(value)
    },
    double("ATANH") { (value) throws(EvaluationFault) in
      guard abs(value) < 1 else { throw EvaluationFault("java.lang.ArithmeticException", "Atanh input out of range") }
      return atanh(value)
    },
    double("ASIN") { (value) throws(EvaluationFault) in
      guard abs(value) <= 1 else { throw EvaluationFault("java.lang.ArithmeticException", "Asin input out of range") }
      return asin(value)
    },
    double("ACOS") { (value) throws(EvaluationFault) in
      guard abs(value) <= 1 else { throw EvaluationFault("java.lang.ArithmeticException", "Acos input out of range") }
      return acos(value)
    },
    double("ATAN") { atan($0) }, double("SIGNUM") { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 },
    // By Java's factors: a product and a quotient are off in the last place.
    converting("TO_DEGREES") { $0 * 57.29577951308232 }, converting("TO_RADIANS") { $0 * 0.017453292519943295 },
    FunctionDefinition("COPY_SIGN", [Parameter("magnitude", signed), Parameter("sign", signed)]) { call in
      let type = call.arguments[0].type
      return (
        type,
        ScalarFunction("COPY_SIGN") { cells throws(EvaluationFault) in
          guard let sign = cells[1].single?.doubleValue else { return .none }
          switch cells[0].single {
          case .double(let value)?: return .double(copysign(value, sign))
          case .whole(let value)? where (value < 0) == (sign < 0): return cells[0]
          case .whole(let value)?:
            return .one(try Arithmetic.whole((0 as Int64).subtractingReportingOverflow(value), as: type))
          default: return .none
          }
        }
      )
    },
    simple("SCALB", [number("d"), Parameter("scaleFactor", [.integer, .long])], .double) {
      (values) throws(EvaluationFault) in
      guard let exponent = Int32(exactly: values[1].wholeValue ?? 0) else {
        throw EvaluationFault("java.lang.ArithmeticException", "integer overflow")
      }
      return .one(try Arithmetic.finite(scalbn(values[0].doubleValue ?? 0, Int(exponent))))
    },
    FunctionDefinition(
      "ROUND_TO",
      [Parameter("field", signed.union(.times)), Parameter("points", signed.union(.times), isConstant: true)],
      repeatsLast: true
    ) { call throws(TypeFault) in
      let type = try common(call)
      let points = call.arguments.dropFirst().flatMap { argument in
        (argument.constant ?? .none).widened(from: argument.type, to: type).values
      }.sorted { ($0.order($1) ?? 0) < 0 }
      let from = call.arguments[0].type
      return (
        type,
        ScalarFunction("ROUND_TO", spreadsNull: false) { cells in
          guard let value = cells[0].widened(from: from, to: type).single, let first = points.first else {
            return .none
          }
          // Below all of them the least is the nearest.
          return .one(points.last { ($0.order(value) ?? 1) <= 0 } ?? first)
        }
      )
    },
    simple("LOG", [number("base"), number("number", isOptional: true)], .double) { (values) throws(EvaluationFault) in
      guard values.count > 1 else { return .double(log(try positive(values[0].doubleValue ?? 0))) }
      let (base, value) = (try positive(values[0].doubleValue ?? 0), try positive(values[1].doubleValue ?? 0))
      guard base != 1 else { throw EvaluationFault("java.lang.ArithmeticException", "Log of base 1") }
      return .one(try Arithmetic.finite(log10(value) / log10(base)))
    },
    simple("POW", [number("base"), number("exponent")], .double) { (values) throws(EvaluationFault) in
      .one(try Arithmetic.finite(pow(values[0].doubleValue ?? 0, values[1].doubleValue ?? 0)))
    },
    simple("ATAN2", [number("y"), number("x")], .double) {
      .double(atan2($0[0].doubleValue ?? 0, $0[1].doubleValue ?? 0))
    },
    simple("HYPOT", [number("a"), number("b")], .double) { (values) throws(EvaluationFault) in
      .one(try Arithmetic.finite(hypot(values[0].doubleValue ?? 0, values[1].doubleValue ?? 0)))
    },
    simple("PI", [], .double) { _ in .double(.pi) }, simple("TAU", [], .double) { _ in .double(2 * .pi) },
    simple("E", [], .double) { _ in .double(M_E) },
  ]

  private static func positive(_ value: Double) throws(EvaluationFault) -> Double {
    guard value > 0 else {
      throw EvaluationFault("java.lang.ArithmeticException", "Log of non-positive number")
    }
    return value
  }

  /// Rounded to so many decimals, halves away from zero, as the multiplied double is: 1.005 is a little less than that.
  static func rounded(_ value: Double, _ places: Int64) -> Double {
    let scale = pow(10, Double(places))
    guard !value.isNaN, value != 0, scale != 0 else { return 0 }
    let moved = value * scale
    // Nothing behind the point is left of so large a number.
    guard moved.isFinite, abs(moved) < 0x1p63 else { return value }
    let floor = abs(moved).rounded(.down)
    let whole = abs(moved) - floor >= 0.5 ? floor + 1 : floor
    return whole / scale * (moved >= 0 ? 1 : -1)
  }

  /// Rounded to a power of ten, which has so many zeros.
  private static func rounded(_ value: UInt64, zeros: Int64) throws(EvaluationFault) -> UInt64 {
    guard zeros > 0 else { return value }
    guard zeros < 20 else { return 0 }
    var unit: UInt64 = 1
    for _ in 0..<zeros { unit *= 10 }
    let rest = value % unit
    guard rest >= unit - unit / 2 else { return value - rest }
    let (moved, isOver) = (value - rest).addingReportingOverflow(unit)
    guard !isOver else { throw EvaluationFault("java.lang.ArithmeticException", "unsigned_long overflow") }
    return moved
  }
}

/// The cube root as Java's, which is right to the last place nearly always: the C library's may be a place off.
private func cubeRoot(_ value: Double) -> Double {
  let root = cbrt(value)
  guard root.isNormal, abs(root) > 1e-100, abs(root) < 1e100 else { return root }
  // What the root's cube is more than the value, with what rounding leaves out.
  let square = root * root
  let cube = square * root
  let left = (-square).addingProduct(root, root) * root + (-cube).addingProduct(square, root)
  return root - ((cube - value) + left) / (3 * square)
}
