import Events
import JSON

extension QueryDSL {
  private static let queryStringSettings: Set<String> = [
    "query", "fields", "default_field", "default_operator", "analyzer", "quote_analyzer", "allow_leading_wildcard",
    "max_determinized_states", "enable_position_increments", "escape", "fuzzy_prefix_length", "fuzzy_max_expansions",
    "fuzzy_rewrite", "phrase_slop", "fuzziness", "type", "tie_breaker", "analyze_wildcard", "rewrite",
    "minimum_should_match", "quote_field_suffix", "lenient", "time_zone", "auto_generate_synonyms_phrase_query",
    "fuzzy_transpositions",
  ]

  /// `query_string`: a text in Lucene's syntax. One of blanks finds nothing.
  static func queryString(_ body: JSONValue, catalog: FieldCatalog, path: String) throws(FilterError) -> Predicate {
    guard let query = body["query"], query != .null else {
      throw FilterError("the clause has no text `query`", at: path)
    }
    var written = try text(query, path: path + ".query")
    try allow(queryStringSettings, in: body, of: "query_string", path: path)
    for setting in ["analyzer", "quote_field_suffix", "quote_analyzer"] { try refuse(setting, of: body, path: path) }
    try refuse("fuzzy_transpositions", of: body, unless: [true], path: path)
    try checkExpansions("fuzzy_max_expansions", of: body, path: path)
    let settings = try luceneSettings(body, catalog: catalog, path: path)
    guard written.unicodeScalars.contains(where: { $0.value > 0x20 }) else { return .nothing }
    if try boolean("escape", of: body, path: path) == true { written = escaped(written) }
    do {
      return try Lucene.query(written, settings).predicate.passingOverUnsearchable(of: settings.fields, catalog)
    } catch {
      throw FilterError(error.rendered, at: path + ".query")
    }
  }

  private static func luceneSettings(_ body: JSONValue, catalog: FieldCatalog, path: String) throws(FilterError)
    -> LuceneSettings
  {
    let fields = try fields(of: body, path: path)
    var settings = LuceneSettings(fields: fields, isLenient: try isLenient(body, fields, path: path))
    settings.catalog = catalog
    settings.requiresAll = try requiresAll("default_operator", of: body, path: path)
    settings.analyzesWildcards = try boolean("analyze_wildcard", of: body, path: path) ?? false
    settings.allowsLeadingWildcards = try boolean("allow_leading_wildcard", of: body, path: path) ?? true
    settings.phraseMoves = try wholeNumber("phrase_slop", of: body, path: path) ?? 0
    settings.fuzziness = try fuzziness(of: body, path: path) ?? settings.fuzziness
    settings.fixedLetters = try wholeNumber("fuzzy_prefix_length", of: body, path: path) ?? 0
    settings.least = try least(of: body, path: path)
    settings.zone = try zone(of: body, path: path)
    settings.effort = try effort(of: body, path: path)
    // Where fields are listed, `>10` compares only behind the name of one.
    if let listed = body["fields"], listed != .null, listed != [] { settings.comparesBareWords = false }
    switch body["type"] {
    case nil, .null, "best_fields", "most_fields": break
    case "phrase": settings.makesPhrases = true
    // With several words that all have to be there, each may stand in another field.
    case "cross_fields" where !settings.requiresAll || fields.count == 1 && fields[0].path != nil: break
    default:
      throw FilterError("this `type` of `query_string` is not supported", at: path, isUnsupported: true)
    }
    return settings
  }

  /// A text whose signs stand for themselves.
  private static func escaped(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if "\\+-!():^[]\"{}~*?|&/".unicodeScalars.contains(scalar) { escaped.append("\\") }
      escaped.append(scalar)
    }
    return String(escaped)
  }
}
