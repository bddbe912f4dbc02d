extension FieldSelector {
  /// The field's name, or the pattern; nil where every field is asked.
  public var text: String? {
    switch self {
    case .named(let path): path
    case .matching(let pattern): pattern.text
    case .any: nil
    case .lenient(let inner): inner.text
    }
  }
}

extension Predicate {
  /// The selectors that the condition reads, each once, in the order they are met.
  ///
  /// The path of a nested field is not among them, the fields inside it are.
  public var fields: [FieldSelector] {
    var seen: Set<FieldSelector> = []
    var found: [FieldSelector] = []
    collectFields { if seen.insert($0).inserted { found.append($0) } }
    return found
  }

  private func collectFields(_ take: (FieldSelector) -> Void) {
    switch self {
    case .all, .nothing: break
    case .and(let parts), .or(let parts): for part in parts { part.collectFields(take) }
    case .not(let inner), .nested(_, let inner): inner.collectFields(take)
    case .exists(let field), .test(let field, _): take(field)
    case .holds(let condition): for field in condition.fields { take(.named(field)) }
    }
  }
}
