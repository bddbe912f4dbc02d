import Events

/// Lucene's query strings, as Elasticsearch's `query_string` reads them.
///
/// ```swift
/// let query = try Lucene.query("event.category:process AND NOT user.name:root")
/// ```
public enum Lucene {
  /// The longest query, in bytes.
  public static let longestQuery = 1 << 20
  /// How deep parentheses may stand inside each other.
  public static let deepestNesting = 200

  /// Reads a query; a blank one is true of every event. Throws where the text is none.
  ///
  /// - Parameters:
  ///   - catalog: how fields of text are cut into words.
  ///   - defaultFields: where values without a field are looked for; everywhere unless given.
  public static func query(
    _ text: String, _ catalog: FieldCatalog = .standard, defaultFields: [FieldSelector] = [.any],
    requiresAll: Bool = false
  ) throws(QuerySyntaxError) -> KQLQuery {
    try query(text, LuceneSettings(catalog: catalog, fields: defaultFields, requiresAll: requiresAll))
  }

  /// The same, with all the settings of the query DSL.
  static func query(_ text: String, _ settings: LuceneSettings) throws(QuerySyntaxError) -> KQLQuery {
    guard text.utf8.count <= longestQuery else {
      throw QuerySyntaxError(
        "the query has \(text.utf8.count) bytes", at: 0, in: Array(text.unicodeScalars.prefix(200)),
        expected: "at most \(longestQuery) bytes")
    }
    var parser = try LuceneParser(text, settings)
    let predicate = try parser.parse().simplified()
    return KQLQuery(predicate, parser.text, parser.conditions, needsBraces: false)
  }
}
