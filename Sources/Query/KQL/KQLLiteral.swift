/// A name or value of a query, unescaped.
struct KQLLiteral {
  /// Literal text and the runs that unescaped `*` stand for.
  var pattern: WildcardPattern
  var isQuoted: Bool
  /// Where it starts and ends in the query, in Unicode scalars.
  var source: Range<Int>

  var hasWildcard: Bool { pattern.parts.contains(.anyRun) }

  /// An unquoted `null`, which is no value.
  var isNull: Bool { !isQuoted && !hasWildcard && text == "null" }

  /// Its text, where it has no wildcard.
  var text: String {
    if case .literal(let text) = pattern.parts.first { text } else { "" }
  }

  /// The field or fields that it names below a nested path.
  func selector(below path: String?) -> FieldSelector {
    guard hasWildcard else { return .named(path.map { $0 + "." + text } ?? text) }
    guard let path else { return .matching(pattern) }
    return .matching(WildcardPattern([.literal(path + ".")] + pattern.parts))
  }

  /// The condition that a field holds it.
  func test(of field: FieldSelector) -> Predicate {
    if pattern.matchesEverything { return .exists(field) }
    if hasWildcard { return .test(field, .wildcard(pattern)) }
    // Elasticsearch refuses to look for null, in whatever field.
    if isNull { return .nothing }
    return .test(field, isQuoted ? .phrase(text) : .match(text))
  }
}
