import Events

/// `== != < <= > >=`.
public enum Comparison {
  static func function(_ kind: ComparisonOperator) -> ScalarFunction {
    ScalarFunction(kind.rawValue) { cells throws(EvaluationFault) in
      guard let left = cells[0].single, let right = cells[1].single else { return .none }
      return .boolean(holds(kind, left, right))
    }
  }

  /// Whether a comparison holds; values of kinds that do not compare are unequal, and neither is less.
  static func holds(_ kind: ComparisonOperator, _ left: Value, _ right: Value) -> Bool {
    if let order = left.order(right) { return kind.holds(order) }
    // An address beside the text of a network lies in it or not.
    if case .address(let address) = left, case .text(let text) = right, let range = IPAddress.range(cidr: text) {
      return kind == .notEqual ? !range.contains(address) : kind == .equal && range.contains(address)
    }
    return kind == .notEqual
  }
}

/// `in`.
public enum Membership {
  /// - Parameter passesOverSeveral: a choice of several values is no choice, as ES|QL has it; else it makes the answer null.
  static func function(ignoresCase: Bool, passesOverSeveral: Bool = false) -> ScalarFunction {
    guard ignoresCase else {
      return function(passesOverSeveral: passesOverSeveral) { value, choice, _ in
        Comparison.holds(.equal, value, choice)
      }
    }
    return function("in~", passesOverSeveral: passesOverSeveral) { value, choice, _ in
      if case .text(let left) = value, case .text(let right) = choice {
        return Value.equal(CaseFolding.folded(left), CaseFolding.folded(right))
      }
      return Comparison.holds(.equal, value, choice)
    }
  }

  /// - Parameter equals: whether the value is a choice, which is the argument at a place.
  static func function(
    _ name: String = "in", passesOverSeveral: Bool,
    _ equals: @escaping @Sendable (_ value: Value, _ choice: Value, _ place: Int) -> Bool
  ) -> ScalarFunction {
    // Nulls among the choices leave open what no other choice answers.
    ScalarFunction(name, spreadsNull: false, several: passesOverSeveral ? .passedOver : .refused) {
      cells throws(EvaluationFault) in
      guard let value = cells[0].single else { return .none }
      var isUnknown = false
      var hasChoice = false
      for (place, cell) in cells.enumerated().dropFirst() {
        guard let choice = cell.single else {
          if cell.isNull { isUnknown = true }
          continue
        }
        hasChoice = true
        if equals(value, choice, place) { return .boolean(true) }
      }
      return isUnknown || !hasChoice ? .none : .boolean(false)
    }
  }
}

/// `is null`.
public enum NullTest {
  static let function = ScalarFunction("is null", spreadsNull: false, several: .whole) { cells in
    .boolean(cells[0].isNull)
  }
}
