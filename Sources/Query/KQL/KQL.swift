/// Kibana Query Language: the language of Kibana's search bar and of most detection rules.
///
/// ```swift
/// let failed = try KQL.parse("event.outcome: failure and not user.name: (root or svc-*)")
/// ```
public enum KQL {
  /// How deep parentheses and braces may stand inside each other.
  public static let deepestNesting = 200
  /// The longest query text, in bytes of UTF-8.
  public static let longestQuery = 1 << 20

  /// Reads a query. An empty text, or one of white space only, is true of every event.
  ///
  /// An unquoted value becomes `match`, a quoted one `phrase`, one with `*` `wildcard`, a lone `*` `exists`. Inside
  /// `path: { … }` fields carry their full paths. The result is simplified. Throws where the text is no query.
  public static func parse(_ text: String) throws(QuerySyntaxError) -> Predicate { try query(text).predicate }

  /// Reads a query and keeps the places of its conditions, so that what Elasticsearch would refuse for the type of a
  /// field can be shown where it stands. Throws where the text is no query.
  public static func query(_ text: String) throws(QuerySyntaxError) -> KQLQuery {
    guard text.utf8.count <= longestQuery else {
      throw QuerySyntaxError(
        "the query has \(text.utf8.count) bytes", at: 0, in: Array(text.unicodeScalars.prefix(200)),
        expected: "at most \(longestQuery) bytes")
    }
    var parser = KQLParser(text)
    let predicate = try parser.parseQuery().simplified()
    return KQLQuery(predicate, parser.scanner.text, parser.conditions, needsBraces: true)
  }
}
