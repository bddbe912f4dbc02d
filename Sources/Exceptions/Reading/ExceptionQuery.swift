import Query

/// Reads the entries of an exception from a query in KQL, which is how people write conditions otherwise.
///
/// An exception is a conjunction: `a: x and not b: (y or z) and c: *`. Values become `match` and `match_any`, patterns
/// `wildcard`, `path: { … }` a nested entry.
public enum ExceptionQuery {
  /// Why a query is no exception: a sentence without a full stop.
  public struct Refusal: Error, CustomStringConvertible {
    public let description: String
  }

  /// The entries that together hold of the events that the query matches.
  public static func entries(_ predicate: Predicate) throws(Refusal) -> [ExceptionEntry] {
    try entries(predicate, isNested: false)
  }

  private static func entries(_ predicate: Predicate, isNested: Bool) throws(Refusal) -> [ExceptionEntry] {
    var found: [ExceptionEntry] = []
    for part in parts(predicate) { found.append(try entry(part, isNested: isNested)) }
    return found
  }

  private static func parts(_ predicate: Predicate) -> [Predicate] {
    if case .and(let parts) = predicate { return parts.flatMap(parts(_:)) }
    // Neither of them is each of them not.
    if case .not(.or(let parts)) = predicate, fields(parts) == nil { return parts.map { .not($0) } }
    return [predicate]
  }

  /// The field that all of some conditions ask for one value each.
  private static func fields(_ conditions: [Predicate]) -> String? {
    var field: String?
    for condition in conditions {
      guard case .test(.named(let name), let test) = condition, field ?? name == name, value(test) != nil else {
        return nil
      }
      field = name
    }
    return field
  }

  /// The value that a test asks for as an entry does.
  private static func value(_ test: ValueTest) -> String? {
    switch test {
    case .phrase(let value): value
    // In a text, an unquoted value is its words in any order, and an entry's are in order: the same for one word.
    case .match(let value): value.contains(where: \.isWhitespace) ? nil : value
    default: nil
    }
  }

  private static func entry(_ predicate: Predicate, isNested: Bool) throws(Refusal) -> ExceptionEntry {
    switch predicate {
    case .not(.not(let inner)): return try entry(inner, isNested: isNested)
    case .not(let inner):
      var entry = try entry(inner, isNested: isNested)
      entry.isExcluded.toggle()
      return entry
    case .exists(.named(let field)): return ExceptionEntry(field: field, .exists)
    case .test(.named(let field), let test): return ExceptionEntry(field: field, try self.test(test, field))
    case .or(let parts):
      guard let field = fields(parts) else {
        throw Refusal(
          description: "an exception is a number of conditions that all hold; make one of its own for each alternative")
      }
      return ExceptionEntry(
        field: field,
        .matchAny(
          parts.compactMap { part in
            if case .test(_, let test) = part { value(test) } else { nil }
          }))
    case .nested(let path, let inner):
      guard !isNested else { throw Refusal(description: "a nested entry cannot hold another one") }
      return ExceptionEntry(field: path.text, .nested(try entries(inner, isNested: true)))
    case .all, .nothing:
      throw Refusal(description: "the query is true of all events, or of none: an exception asks something of them")
    case .and:
      throw Refusal(
        description: "an exception cannot say that conditions do not all hold; make one of its own for each")
    case .exists, .test, .holds:
      throw Refusal(description: "an exception names each field in full, without patterns")
    }
  }

  private static func test(_ test: ValueTest, _ field: String) throws(Refusal) -> ExceptionTest {
    if let value = value(test) { return .match(value) }
    switch test {
    case .match(let value):
      throw Refusal(description: "put “\(value)” into quotes: an exception asks for it as it stands")
    case .wildcard(let pattern): return .wildcard(text(pattern))
    case .range: throw Refusal(description: "an exception knows no ranges, as `\(field)` is asked for here")
    default: throw Refusal(description: "an exception cannot ask this of `\(field)`")
    }
  }

  /// A pattern as an entry writes it.
  private static func text(_ pattern: WildcardPattern) -> String {
    pattern.parts.map { part in
      switch part {
      case .anyRun: "*"
      case .anyCharacter: "?"
      case .literal(let text):
        text.map { #"\*?"#.contains($0) ? "\\\($0)" : String($0) }.joined()
      }
    }.joined()
  }
}
