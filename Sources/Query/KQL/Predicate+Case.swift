import Events

extension Predicate {
  /// The same of keywords in any case of letters, as the option `case_insensitive` of KQL has it. Other types, keys of flattened
  /// fields, and values without a field or for fields by a pattern, are asked as before.
  ///
  /// Source: Elasticsearch's `KqlAstBuilder`, which asks so of fields of the type `keyword` alone; dynamic mapping makes texts of
  /// unknown fields such.
  func ignoringCase(of catalog: FieldCatalog) -> Predicate {
    switch self {
    case .all, .nothing, .holds, .exists: return self
    case .and(let parts): return .and(parts.map { $0.ignoringCase(of: catalog) })
    case .or(let parts): return .or(parts.map { $0.ignoringCase(of: catalog) })
    case .not(let inner): return .not(inner.ignoringCase(of: catalog))
    case .nested(let path, let inner): return .nested(path: path, inner.ignoringCase(of: catalog))
    case .test(let field, let test):
      guard let path = field.path, let pattern = test.patternIgnoringCase else { return self }
      let resolved = catalog.resolve(path)
      guard resolved.flattenedRoot == nil else { return self }
      let folded = Predicate.test(field, .termPattern(pattern))
      switch resolved.type {
      case .keyword: return folded
      // Its values may be numbers.
      case .dynamic: return .or([self, folded])
      default: return self
      }
    }
  }
}

extension ValueTest {
  /// What a keyword is asked for without regard to case; nil for what is no single value and no pattern.
  fileprivate var patternIgnoringCase: WildcardPattern? {
    switch self {
    case .match(let text), .phrase(let text): return WildcardPattern([.literal(text)], ignoresCase: true)
    case .wildcard(var pattern):
      pattern.ignoresCase = true
      return pattern
    default: return nil
    }
  }
}
