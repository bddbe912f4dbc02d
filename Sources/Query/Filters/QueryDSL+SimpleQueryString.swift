import Events
import JSON

extension QueryDSL {
  private static let simpleQueryStringSettings: Set<String> = [
    "query", "fields", "default_operator", "analyzer", "flags", "lenient", "analyze_wildcard", "quote_field_suffix",
    "minimum_should_match", "fuzzy_prefix_length", "fuzzy_max_expansions", "fuzzy_transpositions",
    "auto_generate_synonyms_phrase_query",
  ]

  /// `simple_query_string`: a text of words and a few signs.
  static func simpleQueryString(_ body: JSONValue, catalog: FieldCatalog, path: String) throws(FilterError) -> Predicate
  {
    guard let query = body["query"], query != .null else {
      throw FilterError("the clause has no text `query`", at: path)
    }
    let written = try text(query, path: path + ".query")
    try allow(simpleQueryStringSettings, in: body, of: "simple_query_string", path: path)
    for setting in ["analyzer", "quote_field_suffix"] { try refuse(setting, of: body, path: path) }
    try refuse("fuzzy_transpositions", of: body, unless: [true], path: path)
    try checkExpansions("fuzzy_max_expansions", of: body, path: path)
    let analyzesWildcards = try boolean("analyze_wildcard", of: body, path: path) ?? false
    let joinsAll = try requiresAll("default_operator", of: body, path: path)
    let fields = try fields(of: body, path: path)
    let fixedLetters = try wholeNumber("fuzzy_prefix_length", of: body, path: path) ?? 0
    var signs = SimpleQueryString.Signs.all
    if let flags = body["flags"], flags != .null, flags != -1 {
      guard case .string(let names) = flags, let named = SimpleQueryString.Signs.named(names) else {
        throw FilterError("`flags` is a list such as OR|AND|PREFIX", at: path)
      }
      signs = named
    }
    // Of several fields no number of words is asked.
    let isOfOneField = fields.count == 1 && fields[0].path != nil
    return try SimpleQueryString.predicate(
      written, signs: signs, joinsAll: joinsAll, least: try least(of: body, path: path), path: path
    ) { leaf, least throws(FilterError) in
      let least = isOfOneField ? least : nil
      switch leaf {
      case .word(let text):
        return WordMatch(text: text, requiresAll: joinsAll, least: least).condition(fields, catalog)
      case .prefix(let text):
        let whole = fields.map { Predicate.test($0, .inQueryString(WildcardPattern([.literal(text), .anyRun]))) }
        guard analyzesWildcards else { return .or(whole) }
        let match = WordMatch(
          text: text, requiresAll: joinsAll, least: least, isPrefix: true, isOfTextAlone: true)
        return .or(whole + [match.condition(fields, catalog)])
      case .fuzzy(let text, let edits):
        return .or(
          fields.map { field in
            let count = WordCount(
              near: text, in: field, catalog, fuzziness: .edits(edits), fixedLetters: fixedLetters)
            return .test(field, .words(.some(count)))
          })
      case .phrase(let text, let moves):
        return .or(fields.map { .test($0, moves > 0 ? .words(.near(text, moves: moves)) : .phrase(text)) })
      }
    } isAbsent: { text in
      LuceneFunctions.isWordless(text, fields, catalog)
    }.passingOverUnsearchable(of: fields, catalog)
  }
}
