extension ESQLFunctions {
  static let choices: [FunctionDefinition] = [
    extreme("GREATEST") { $0 > 0 }, extreme("LEAST") { $0 < 0 },
    FunctionDefinition("CLAMP", [Parameter("field", ordered), Parameter("min", ordered), Parameter("max", ordered)]) {
      call throws(TypeFault) in
      let type = try common(call)
      let types = call.arguments.map(\.type)
      return (
        type.withoutText,
        ScalarFunction("CLAMP") { cells in
          let cells = zip(cells, types).map { $0.widened(from: $1, to: type) }
          guard let value = cells[0].single, let low = cells[1].single, let high = cells[2].single else { return .none }
          if (value.order(low) ?? 0) < 0 { return .one(low) }
          return .one((value.order(high) ?? 0) > 0 ? high : value)
        }
      )
    },
    bound("CLAMP_MIN", "min") { $0 < 0 }, bound("CLAMP_MAX", "max") { $0 > 0 },
  ]

  /// A value, or the bound where the value lies beyond it.
  private static func bound(
    _ name: String, _ parameter: String, _ isBeyond: @escaping @Sendable (Int) -> Bool
  ) -> FunctionDefinition {
    FunctionDefinition(name, [Parameter("field", ordered), Parameter(parameter, ordered)]) { call throws(TypeFault) in
      let type = try common(call)
      let types = call.arguments.map(\.type)
      return (
        type.withoutText,
        ScalarFunction(name) { cells in
          guard let value = cells[0].widened(from: types[0], to: type).single,
            let bound = cells[1].widened(from: types[1], to: type).single
          else { return .none }
          return .one(isBeyond(value.order(bound) ?? 0) ? bound : value)
        }
      )
    }
  }

  /// The type that holds all arguments of a call.
  static func common(_ call: FunctionCall) throws(TypeFault) -> DataType {
    var type = DataType.null
    for argument in call.arguments {
      guard let next = DataType.common(type, argument.type) else {
        throw TypeFault(
          "arguments of [\(call.name)] must be of one type, and are [\(type.rawValue)] and [\(argument.type.rawValue)]",
          at: call.range)
      }
      type = next
    }
    return type
  }

  /// The first value of all, and of all of several, by an order.
  private static func extreme(_ name: String, _ isBetter: @escaping @Sendable (Int) -> Bool) -> FunctionDefinition {
    FunctionDefinition(name, [Parameter("first", ordered)], repeatsLast: true) { call throws(TypeFault) in
      let type = try common(call)
      let types = call.arguments.map(\.type)
      return (
        type.withoutText,
        ScalarFunction(name, several: .whole) { cells in
          var best: Value?
          for (place, cell) in cells.enumerated() {
            for value in cell.widened(from: types[place], to: type).values {
              if let known = best, !isBetter(value.order(known) ?? 0) { continue }
              best = value
            }
          }
          return Cell(best)
        }
      )
    }
  }
}
