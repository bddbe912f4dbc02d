import Events

/// Functions that ask whether some value of several passes a test. They are never null: without a value none passes.
///
/// Source: Elasticsearch's `MvCompare`, `MvInRange` and `MvRegexMatch`, of version 9.6.
extension ESQLFunctions {
  private static let compared: DataTypes = [
    .date, .dateNanos, .double, .integer, .ip, .keyword, .long, .text, .unsignedLong, .version,
  ]

  static let anyOfSeveral: [FunctionDefinition] = [
    FunctionDefinition("MV_GREATER", bounds("bound")) { call in comparing(call, includesBound: false) },
    FunctionDefinition("MV_LESS", bounds("bound")) { call in comparing(call, includesBound: false) },
    FunctionDefinition("MV_IN_RANGE", bounds("lower", "upper")) { _ in
      (
        .boolean,
        ScalarFunction("MV_IN_RANGE", spreadsNull: false, several: .whole) { cells in
          guard let lower = cells[1].single, let upper = cells[2].single else { return .boolean(false) }
          return .boolean(
            cells[0].values.contains { value in
              guard let low = value.order(lower), let high = value.order(upper) else { return false }
              return low >= 0 && high <= 0
            })
        }
      )
    },
    FunctionDefinition("MV_LIKE", [text("field"), text("pattern", isConstant: true)]) { call throws(TypeFault) in
      let matcher = WildcardMatcher(try PatternMatching.like(try pattern(of: call)))
      return (.boolean, someText("MV_LIKE") { matcher.matches($0) })
    },
    FunctionDefinition("MV_RLIKE", [text("field"), text("pattern", isConstant: true)]) { call throws(TypeFault) in
      let regex = try PatternMatching.regex(try pattern(of: call), ignoresCase: false)
      return (.boolean, someText("MV_RLIKE") { regex.matches($0) })
    },
  ]

  /// `MV_GREATER` or `MV_LESS`.
  static func comparing(_ call: FunctionCall, includesBound: Bool) -> (DataType, ScalarFunction) {
    let name = call.name.uppercased()
    let sign = name == "MV_GREATER" ? 1 : -1
    return (
      .boolean,
      ScalarFunction(name, spreadsNull: false, several: .whole) { cells in
        guard let bound = cells[1].single else { return .boolean(false) }
        return .boolean(
          cells[0].values.contains { value in
            guard let order = value.order(bound) else { return false }
            return order == 0 ? includesBound : order.signum() == sign
          })
      }
    )
  }

  private static func bounds(_ names: String...) -> [Parameter] {
    (["field"] + names).map { Parameter($0, compared) }
  }

  private static func pattern(of call: FunctionCall) throws(TypeFault) -> TextPattern {
    let argument = call.arguments[1]
    guard let cell = argument.constant, !cell.isNull else {
      throw TypeFault("second argument of [\(call.name)] must not be null", at: argument.range)
    }
    guard let text = cell.single?.textValue else {
      throw TypeFault("second argument of [\(call.name)] must be a single pattern string", at: argument.range)
    }
    return TextPattern(text, argument.range)
  }

  private static func someText(_ name: String, _ matches: @escaping @Sendable (String) -> Bool) -> ScalarFunction {
    ScalarFunction(name, spreadsNull: false, several: .whole) { cells in
      .boolean(cells[0].values.contains { $0.textValue.map(matches) ?? false })
    }
  }
}
