// Elasticsearch holds what an item asks of its join key against the other items too, with their keys in its place: events of one
// sequence have the key's value in common. Where a key has several values it is the event with all of them that must meet it.
extension EQLQuery.Item {
  /// The conditions that hold with others and look at nothing but one key, with the place of that key.
  var keyConditions: [(key: Int, condition: Expression)] {
    // What an event that is to be missing looks like says nothing of the others.
    guard !isMissing else { return [] }
    return test.condition.conjuncts.compactMap { condition in
      guard !condition.hasAlternatives, let field = condition.onlyField,
        let key = keys.firstIndex(where: { $0.field == field.name && $0.isOptional == field.isOptional })
      else { return nil }
      return (key, condition)
    }
  }
}

extension EQLQuery {
  /// Adds to bound items, of which so many are joined, what the others ask of their keys.
  func handOnKeyConditions(to bound: inout [EQLPlan.Item], upTo count: Int, _ binder: EQLBinder) {
    let items = items.prefix(count)
    // The items of a run are one and the same.
    for from in items.indices where !items[..<from].contains(where: { $0.test.range == items[from].test.range }) {
      for (key, condition) in items[from].keyConditions {
        var known: [Key: Predicate?] = [:]
        for to in items.indices where items[to].test.range != items[from].test.range {
          var other = items[to].keys[key]
          other.range = 0..<0
          let predicate = known[other] ?? binder.predicate(condition, of: items[from].keys[key], at: other)
          known[other] = predicate
          if let predicate { bound[to].keyConditions.append((from, predicate)) }
        }
      }
    }
  }
}

extension EQLBinder {
  /// What a condition on a key of one item asks of another item; nil where it cannot be asked of the other key.
  func predicate(_ condition: Expression, of key: EQLQuery.Key, at other: EQLQuery.Key) -> Predicate? {
    var binder = self
    if other.field != key.field { binder.standIn = " (with \(other.field) for \(key.field))" }
    let changed = condition.changingFields { _, _ in .field(other.field, isOptional: other.isOptional) }
    return try? binder.predicate(changed)
  }
}

extension Expression {
  /// The conditions that must all hold.
  fileprivate var conjuncts: [Expression] {
    if case .and(let parts) = node { parts.flatMap(\.conjuncts) } else { [self] }
  }

  /// The field that it names, once or several times, where it names no other.
  fileprivate var onlyField: (name: String, isOptional: Bool)? {
    var found: [(name: String, isOptional: Bool)] = []
    forEachFieldNode { name, isOptional in
      if !found.contains(where: { $0 == (name, isOptional) }) { found.append((name, isOptional)) }
    }
    return found.count == 1 ? found[0] : nil
  }

  private func forEachFieldNode(_ body: (String, Bool) -> Void) {
    _ = changingFields { name, isOptional in
      body(name, isOptional)
      return .field(name, isOptional: isOptional)
    }
  }

  /// True where Elasticsearch writes it with `or`: what it does not hand on. A list of whole values of one field is none.
  fileprivate var hasAlternatives: Bool {
    switch node {
    case .or(let parts):
      let fields = Set(parts.map(\.fieldOfValues))
      return fields.count > 1 || fields.contains(nil)
    case .fits(let value, let patterns, let kind):
      if case .regex = kind { return value.hasAlternatives }
      return patterns.count > 1 || value.hasAlternatives
    case .oneOf(let value, let choices, let ignoresCase):
      return ignoresCase && choices.count > 1 || ([value] + choices).contains(where: \.hasAlternatives)
    case .literal, .field: return false
    case .call(_, let parts, _), .and(let parts): return parts.contains(where: \.hasAlternatives)
    case .negative(let part), .isNull(let part), .not(let part), .cast(let part, _): return part.hasAlternatives
    case .arithmetic(_, let left, let right), .comparison(_, let left, let right):
      return left.hasAlternatives || right.hasAlternatives
    }
  }

  /// The field of `field == constant` and `field in (…)`; one that is compared with null is asked whether it has a value.
  private var fieldOfValues: String? {
    switch node {
    case .comparison(.equal, let left, let right) where !left.isNull && !right.isNull:
      right.isConstant ? left.isField : left.isConstant ? right.isField : nil
    case .oneOf(let value, _, ignoresCase: false): value.isField
    default: nil
    }
  }
}
