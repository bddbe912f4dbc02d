extension EQLAsked {
  /// What the other items ask of this one's keys: their conditions on a key alone, with this one's key in its place.
  func testsOfOthers(at place: Int) -> [EQLTest] {
    items.indices.filter { $0 != place && !items[$0].isMissing }.flatMap { other -> [EQLTest] in
      let pairs = Array(zip(keys + items[other].keys, keys + items[place].keys))
      return items[other].test.conjuncts.compactMap { test in
        let named = Set(test.terms.filter { if case .field = $0 { true } else { false } })
        guard named.count == 1, case .field(let field, let isOptional)? = named.first, !test.hasOr,
          let pair = pairs.first(where: { $0.0 == Key(field: field, isOptional: isOptional) })
        else { return nil }
        return test.replacing(named.first ?? .null, by: .field(pair.1.field, isOptional: pair.1.isOptional))
      }
    }
  }
}

extension EQLTest {
  fileprivate var conjuncts: [EQLTest] {
    if case .and(let parts) = self { parts.flatMap(\.conjuncts) } else { [self] }
  }

  /// Whether Elasticsearch has an `or` of it when it looks for such conditions.
  fileprivate var hasOr: Bool {
    switch self {
    case .or(let parts):
      // Equalities of one field have become a list.
      var fields: Set<EQLTerm?> = []
      for part in parts {
        switch part {
        case .compares(.null, _, _), .compares(_, _, .null): fields.insert(nil)
        case .compares(let field, "==", let value) where value.fields.isEmpty: fields.insert(field.ifField)
        case .compares(let value, "==", let field) where value.fields.isEmpty: fields.insert(field.ifField)
        case .among(let field, _, tilde: false, isNegated: false): fields.insert(field.ifField)
        default: fields.insert(nil)
        }
      }
      return fields.count > 1 || fields.contains(nil)
    case .fits(_, let word, let patterns) where !word.hasPrefix("regex"): return patterns.count > 1
    case .among(_, let choices, tilde: true, _): return choices.count > 1
    default: return inner.contains(where: \.hasOr)
    }
  }

  /// The conditions within.
  private var inner: [EQLTest] {
    switch self {
    case .and(let parts), .or(let parts): parts
    case .not(let part): [part]
    case .compares(let left, _, let right): left.tests + right.tests
    case .among(let value, let choices, _, _): value.tests + choices.flatMap(\.tests)
    case .fits(let value, _, _): value.tests
    case .bare(let term): term.tests
    }
  }

  /// The terms within that have no terms.
  fileprivate var terms: [EQLTerm] {
    switch self {
    case .and(let parts), .or(let parts): parts.flatMap(\.terms)
    case .not(let part): part.terms
    case .compares(let left, _, let right): left.leaves + right.leaves
    case .among(let value, let choices, _, _): value.leaves + choices.flatMap(\.leaves)
    case .fits(let value, _, _): value.leaves
    case .bare(let term): term.leaves
    }
  }

  fileprivate func replacing(_ old: EQLTerm, by new: EQLTerm) -> EQLTest {
    func changed(_ term: EQLTerm) -> EQLTerm { term.replacing(old, by: new) }
    return switch self {
    case .and(let parts): .and(parts.map { $0.replacing(old, by: new) })
    case .or(let parts): .or(parts.map { $0.replacing(old, by: new) })
    case .not(let part): .not(part.replacing(old, by: new))
    case .compares(let left, let sign, let right): .compares(changed(left), sign, changed(right))
    case .among(let value, let choices, let tilde, let isNegated):
      .among(changed(value), choices.map(changed), tilde: tilde, isNegated: isNegated)
    case .fits(let value, let word, let patterns): .fits(changed(value), word, patterns)
    case .bare(let term): .bare(changed(term))
    }
  }
}

extension EQLTerm {
  fileprivate var ifField: EQLTerm? { if case .field = self { self } else { nil } }

  fileprivate var tests: [EQLTest] {
    switch self {
    case .condition(let test): [test]
    case .call(_, let arguments, _): arguments.flatMap(\.tests)
    case .arithmetic(_, let left, let right): left.tests + right.tests
    case .negative(let term): term.tests
    case .text, .whole, .decimal, .boolean, .null, .field: []
    }
  }

  fileprivate var leaves: [EQLTerm] {
    switch self {
    case .condition(let test): test.terms
    case .call(_, let arguments, _): arguments.flatMap(\.leaves)
    case .arithmetic(_, let left, let right): left.leaves + right.leaves
    case .negative(let term): term.leaves
    case .text, .whole, .decimal, .boolean, .null, .field: [self]
    }
  }

  fileprivate func replacing(_ old: EQLTerm, by new: EQLTerm) -> EQLTerm {
    if self == old { return new }
    return switch self {
    case .condition(let test): .condition(test.replacing(old, by: new))
    case .call(let name, let arguments, let tilde):
      .call(name, arguments.map { $0.replacing(old, by: new) }, tilde: tilde)
    case .arithmetic(let sign, let left, let right):
      .arithmetic(sign, left.replacing(old, by: new), right.replacing(old, by: new))
    case .negative(let term): .negative(term.replacing(old, by: new))
    case .text, .whole, .decimal, .boolean, .null, .field: self
    }
  }
}
