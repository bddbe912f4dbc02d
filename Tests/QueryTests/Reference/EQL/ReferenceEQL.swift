import JSON

/// Says whether a condition of EQL is true of an event: straight from Elasticsearch's rules, one value after the other.
///
/// A condition is made of leaves, which are true or false, and of `and`, `or` and `not` above them. A leaf is true where some
/// choice of values makes it true, one for each place where a field stands; a field without a value is null there. Within a
/// leaf null spreads, and a leaf that comes out as null is false. Conditions without a field are worked out beforehand, with null
/// for neither: then they are `.bare(.null)`, or a boolean.
struct ReferenceEQL {
  typealias Value = ReferenceEQLValue

  var event: JSONValue

  /// A field that no schema knows and no event has; where it is optional it is null itself, as the query stands.
  static let unmapped = "custom.nowhere"

  func holds(_ test: EQLTest) -> Bool { holds(worked: Self.worked(test)) }

  private func holds(worked test: EQLTest) -> Bool {
    switch test {
    case .and(let parts): return parts.allSatisfy { holds(worked: $0) }
    case .or(let parts): return parts.contains { holds(worked: $0) }
    case .not(let part): return !holds(worked: part)
    case .compares(let left, let sign, .field(Self.unmapped, isOptional: true)):
      return holds(worked: .compares(left, sign, .null))
    case .compares(.field(Self.unmapped, isOptional: true), let sign, let right) where !right.fields.isEmpty:
      return holds(worked: .compares(right, sign, .null))
    case .compares(let left, "!=", let right): return !holds(worked: .compares(left, "==", right))
    case .among(let value, let choices, let tilde, isNegated: true):
      return !holds(worked: .among(value, choices, tilde: tilde, isNegated: false))
    // What is a condition by itself is asked as one.
    case .compares(let left, "==", .boolean(let wanted)) where left.isTest,
      .compares(.boolean(let wanted), "==", let left) where left.isTest:
      return holds(worked: .bare(left)) == wanted
    case .bare(.condition(let inner)): return holds(worked: inner)
    case .compares, .among, .fits, .bare: return isTrueForSome(test)
    }
  }

  // MARK: Constants

  private static func isNull(_ test: EQLTest) -> Bool { test == .bare(.null) }
  private static func isFalse(_ test: EQLTest) -> Bool { test == .bare(.boolean(false)) }
  private static func isTrue(_ test: EQLTest) -> Bool { test == .bare(.boolean(true)) }

  /// The condition with what names no field worked out, and null taken out of what is above it.
  static func worked(_ test: EQLTest) -> EQLTest {
    switch test {
    case .and(let parts):
      let parts = parts.map(worked)
      if parts.contains(where: isFalse) { return .bare(.boolean(false)) }
      return parts.contains(where: isNull) ? .bare(.null) : .and(parts)
    case .or(let parts):
      let parts = parts.map(worked)
      if parts.contains(where: isTrue) { return .bare(.boolean(true)) }
      let known = parts.filter { !isNull($0) && !isFalse($0) }
      if known.isEmpty { return parts.contains(where: isNull) ? .bare(.null) : .bare(.boolean(false)) }
      return .or(known)
    case .not(let part):
      switch worked(part) {
      case .bare(.null): return .bare(.null)
      case .bare(.boolean(let flag)): return .bare(.boolean(!flag))
      case let part: return .not(part)
      }
    case .bare(.condition(let inner)): return worked(inner)
    case .compares(let left, "!=", let right) where test.fields.isEmpty || left.isCondition || right.isCondition:
      return worked(.not(.compares(left, "==", right)))
    // What is a condition by itself is asked as one, unless it is a null that the other side is held against.
    case .compares(.condition(let inner), "==", .boolean(let wanted)) where !comesToNull(.condition(inner)),
      .compares(.boolean(let wanted), "==", .condition(let inner)) where !comesToNull(.condition(inner)):
      return worked(wanted ? inner : .not(inner))
    case .among(let value, let choices, let tilde, isNegated: true) where test.fields.isEmpty:
      return worked(.not(.among(value, choices, tilde: tilde, isNegated: false)))
    case .compares, .among, .fits, .bare:
      guard test.fields.isEmpty else { return test }
      var none: ArraySlice<Value?> = []
      do {
        switch try value(test, &none) {
        case nil: return .bare(.null)
        case .boolean(let flag)?: return .bare(.boolean(flag))
        default: return test
        }
      } catch {
        // What fails is left to fail for each event.
        return test
      }
    }
  }

  /// A term without fields that comes to null.
  private static func comesToNull(_ term: EQLTerm) -> Bool {
    guard term.fields.isEmpty else { return false }
    var none: ArraySlice<Value?> = []
    do { return try value(term, &none) == nil } catch { return false }
  }

  /// A leaf, for every choice of values.
  private func isTrueForSome(_ leaf: EQLTest) -> Bool {
    var choices: [[Value?]] = [[]]
    for name in leaf.fields {
      let values: [Value?] = Value.values(of: name, in: event)
      choices = choices.flatMap { choice in (values.isEmpty ? [nil] : values).map { choice + [$0] } }
    }
    return choices.contains { choice in
      var given = choice[...]
      // An event for which an expression fails is not met by it.
      return (try? Self.value(leaf, &given)) == .some(.boolean(true))
    }
  }

  // MARK: Values

  /// - Parameter given: the values of the fields, in the order in which they stand; each is taken once.
  private static func value(_ test: EQLTest, _ given: inout ArraySlice<Value?>) throws -> Value? {
    switch test {
    case .compares(let left, "!=", let right):
      guard case .boolean(let flag)? = try value(.compares(left, "==", right), &given) else { return nil }
      return .boolean(!flag)
    case .compares(let left, let sign, let right):
      let one = try value(left, &given)
      let other = try value(right, &given)
      if sign == "==", comesToNull(left) || comesToNull(right) { return .boolean(one == nil && other == nil) }
      guard let one, let other else { return nil }
      let order = Value.order(one, other) ?? Value.order(other, one).map { -$0 }
      switch sign {
      case "==": return .boolean(Value.equal(one, other) || Value.equal(other, one))
      case "<": return .boolean(order.map { $0 < 0 } ?? false)
      case "<=": return .boolean(order.map { $0 <= 0 } ?? false)
      case ">": return .boolean(order.map { $0 > 0 } ?? false)
      case ">=": return .boolean(order.map { $0 >= 0 } ?? false)
      default: throw Value.Failure()
      }
    case .among(let term, let choices, let tilde, _):
      guard let found = try value(term, &given) else { return nil }
      var isUnknown = false
      for choice in choices {
        guard let wanted = try value(choice, &given) else {
          isUnknown = true
          continue
        }
        if case .text(let one) = found, case .text(let other) = wanted, tilde {
          if ReferenceEQLText.lowered(one) == ReferenceEQLText.lowered(other) { return .boolean(true) }
        } else if Value.equal(found, wanted) {
          return .boolean(true)
        }
      }
      return isUnknown ? nil : .boolean(false)
    case .fits(let term, let word, let patterns):
      guard case .text(let text)? = try value(term, &given) else { return nil }
      return .boolean(
        patterns.contains { pattern in
          switch word {
          case ":", "like~": ReferenceEQLText.fits(text, pattern, ignoresCase: true)
          case "like": ReferenceEQLText.fits(text, pattern, ignoresCase: false)
          default: ReferenceEQLText.isWhole(text, pattern, ignoresCase: word == "regex~")
          }
        })
    case .bare(let term): return try value(term, &given)
    case .not(let part):
      guard case .boolean(let flag)? = try value(part, &given) else { return nil }
      return .boolean(!flag)
    case .and(let parts):
      let values = try parts.map { try value($0, &given) }
      return values.contains(.boolean(false)) ? .boolean(false) : values.contains(nil) ? nil : .boolean(true)
    case .or(let parts):
      let values = try parts.map { try value($0, &given) }
      return values.contains(.boolean(true)) ? .boolean(true) : values.contains(nil) ? nil : .boolean(false)
    }
  }

  static func value(_ term: EQLTerm, _ given: inout ArraySlice<Value?>) throws -> Value? {
    switch term {
    case .text(let text): return .text(text)
    case .whole(let number): return .whole(number)
    case .decimal(let number): return .decimal(number)
    case .boolean(let flag): return .boolean(flag)
    case .null: return nil
    case .field: return given.popFirst() ?? nil
    case .condition(let test): return try value(test, &given)
    case .negative(let term): return try ReferenceEQLFunctions.arithmetic("-", .whole(0), try value(term, &given))
    case .arithmetic(let sign, let left, let right):
      let one = try value(left, &given)
      return try ReferenceEQLFunctions.arithmetic(sign, one, try value(right, &given))
    case .call(let name, let arguments, let tilde):
      let values = try arguments.map { try value($0, &given) }
      return try ReferenceEQLFunctions.call(name, values, tilde: tilde)
    }
  }
}

extension EQLTerm {
  fileprivate var isCondition: Bool { if case .condition = self { true } else { false } }

  /// Whether it is true or false by its form.
  var isTest: Bool {
    switch self {
    case .condition: true
    case .call(let name, _, _): ["startsWith", "endsWith", "stringContains", "cidrMatch"].contains(name)
    default: false
    }
  }

  /// The fields in the order in which they stand, one that stands twice twice.
  var fields: [String] {
    switch self {
    case .text, .whole, .decimal, .boolean, .null: []
    case .field(let name, _): [name]
    case .call(_, let arguments, _): arguments.flatMap(\.fields)
    case .arithmetic(_, let left, let right): left.fields + right.fields
    case .negative(let term): term.fields
    case .condition(let test): test.fields
    }
  }
}

extension EQLTest {
  /// The fields in the order in which they stand, one that stands twice twice.
  var fields: [String] {
    switch self {
    case .compares(let left, _, let right): left.fields + right.fields
    case .among(let value, let choices, _, _): value.fields + choices.flatMap(\.fields)
    case .fits(let value, _, _): value.fields
    case .bare(let term): term.fields
    case .and(let parts), .or(let parts): parts.flatMap(\.fields)
    case .not(let part): part.fields
    }
  }
}
