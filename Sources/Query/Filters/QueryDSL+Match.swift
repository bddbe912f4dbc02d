import Events
import JSON

extension QueryDSL {
  private static let phraseSettings: Set<String> = ["query", "analyzer", "slop", "zero_terms_query"]
  private static let wordSettings: Set<String> = [
    "query", "analyzer", "operator", "minimum_should_match", "fuzziness", "prefix_length", "max_expansions",
    "fuzzy_transpositions", "fuzzy_rewrite",
  ]
  private static let matchSettings = wordSettings.union([
    "lenient", "zero_terms_query", "auto_generate_synonyms_phrase_query",
  ])

  /// `match`: any word, or so many of them; with the older `type: phrase`, all of them in order.
  static func match(_ body: JSONValue, catalog: FieldCatalog, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    guard case .object = value else { return .test(.named(name), .match(try text(value, path: path))) }
    let field =
      try boolean("lenient", of: value, path: path) == true ? FieldSelector.named(name).leniently : .named(name)
    switch value["type"] {
    case nil, .null, "boolean":
      try allow(matchSettings.union(["type"]), in: value, of: "match", path: path)
      return try words(value, [field], catalog: catalog, path: path)
    case "phrase", "phrase_prefix":
      try allow(matchSettings.union(["type", "slop"]), in: value, of: "match", path: path)
      return value["type"] == "phrase"
        ? try phrase(value, [field], catalog: catalog, path: path)
        : try phrasePrefix(value, [field], catalog: catalog, path: path)
    default: throw FilterError("this `type` of `match` is not supported", at: path, isUnsupported: true)
    }
  }

  static func matchPhrase(_ body: JSONValue, catalog: FieldCatalog, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    guard case .object = value else { return .test(.named(name), .phrase(try text(value, path: path))) }
    try allow(phraseSettings, in: value, of: "match_phrase", path: path)
    return try phrase(value, [.named(name)], catalog: catalog, path: path)
  }

  static func matchPhrasePrefix(_ body: JSONValue, catalog: FieldCatalog, path: String) throws(FilterError) -> Predicate
  {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    try allow(phraseSettings.union(["max_expansions"]), in: value, of: "match_phrase_prefix", path: path)
    return try phrasePrefix(withQuery(value), [.named(name)], catalog: catalog, path: path)
  }

  static func matchBoolPrefix(_ body: JSONValue, catalog: FieldCatalog, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    try allow(wordSettings, in: value, of: "match_bool_prefix", path: path)
    return try words(withQuery(value), [.named(name)], isPrefix: true, catalog: catalog, path: path)
  }

  static func multiMatch(_ body: JSONValue, catalog: FieldCatalog, path: String) throws(FilterError) -> Predicate {
    try allow(
      matchSettings.union(["fields", "type", "slop", "tie_breaker"]), in: body, of: "multi_match", path: path)
    let fields = try fields(of: body, path: path)
    return try multiMatch(body, fields, catalog: catalog, path: path).passingOverUnsearchable(of: fields, catalog)
  }

  private static func multiMatch(
    _ body: JSONValue, _ fields: [FieldSelector], catalog: FieldCatalog, path: String
  ) throws(FilterError) -> Predicate {
    switch body["type"] {
    case nil, .null, "best_fields", "most_fields": return try words(body, fields, catalog: catalog, path: path)
    case "phrase", "phrase_prefix":
      try exclude("fuzziness", of: body, path: path)
      return body["type"] == "phrase"
        ? try phrase(body, fields, catalog: catalog, path: path)
        : try phrasePrefix(body, fields, catalog: catalog, path: path)
    case "bool_prefix":
      try exclude("slop", of: body, path: path)
      return try words(body, fields, isPrefix: true, catalog: catalog, path: path)
    case "cross_fields":
      try exclude("fuzziness", of: body, path: path)
      return try words(body, fields, isCrossing: true, catalog: catalog, path: path)
    default: throw FilterError("this `type` of `multi_match` is not supported", at: path, isUnsupported: true)
    }
  }

  /// Refuses a setting that the `type` of a `multi_match` does not have.
  private static func exclude(_ setting: String, of body: JSONValue, path: String) throws(FilterError) {
    guard let value = body[setting], value != .null else { return }
    throw FilterError("a multi_match clause of this `type` has no `\(setting)`", at: path)
  }

  /// `fuzzy`: a value in which some letters may differ, one word of a text as it is indexed.
  static func fuzzy(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    try allow(
      ["value", "term", "fuzziness", "prefix_length", "max_expansions", "transpositions", "rewrite"], in: value,
      of: "fuzzy", path: path)
    try refuse("transpositions", of: value, unless: [true], path: path)
    try checkExpansions("max_expansions", of: value, path: path)
    let word = try text(value["value"] ?? value["term"] ?? value, path: path)
    let count = WordCount(
      words: [word], whole: word, fuzziness: try fuzziness(of: value, path: path) ?? .byLength,
      fixedLetters: try fixedLetters(of: value, path: path))
    return .test(.named(name), .words(.some(count)))
  }

  // MARK: What they share

  /// A clause whose value may stand without an object around it.
  private static func withQuery(_ value: JSONValue) -> JSONValue {
    if case .object = value { value } else { ["query": value] }
  }

  private static func words(
    _ body: JSONValue, _ fields: [FieldSelector], isPrefix: Bool = false, isCrossing: Bool = false,
    catalog: FieldCatalog, path: String
  ) throws(FilterError) -> Predicate {
    let query = try text(body["query"] ?? .null, path: path + ".query")
    try refuse("analyzer", of: body, path: path)
    try checkExpansions("max_expansions", of: body, path: path)
    try refuse("fuzzy_transpositions", of: body, unless: [true], path: path)
    var match = WordMatch(text: query, isPrefix: isPrefix)
    match.requiresAll = try requiresAll("operator", of: body, path: path)
    match.least = try least(of: body, path: path)
    match.fuzziness = try fuzziness(of: body, path: path)
    match.fixedLetters = try fixedLetters(of: body, path: path)
    let found = isCrossing ? try Predicate.across(fields, match, catalog) : match.condition(fields, catalog)
    return .or([found, try whatHasNoWords(query, body, fields, catalog: catalog, path: path)])
  }

  /// What `zero_terms_query` asks of fields of text by a text without a word.
  private static func whatHasNoWords(
    _ text: String, _ body: JSONValue, _ fields: [FieldSelector], catalog: FieldCatalog, path: String
  ) throws(FilterError) -> Predicate {
    switch body["zero_terms_query"] {
    case nil, .null, "none", "NONE": return .nothing
    case "all", "ALL":
      let wordless = fields.map { LuceneFunctions.isWordless(text, [$0], catalog) }
      guard TextAnalyzer.standard.words(text).isEmpty || wordless.contains(where: { $0 != .nothing }) else {
        return .nothing
      }
      for field in fields { _ = try named(field, path: path) }
      return .or(wordless)
    default: throw FilterError("`zero_terms_query` is none or all", at: path)
    }
  }

  private static func phrase(
    _ body: JSONValue, _ fields: [FieldSelector], catalog: FieldCatalog, path: String
  ) throws(FilterError) -> Predicate {
    try refuse("analyzer", of: body, path: path)
    let query = try text(body["query"] ?? .null, path: path + ".query")
    let moves = try wholeNumber("slop", of: body, path: path) ?? 0
    var parts = [try whatHasNoWords(query, body, fields, catalog: catalog, path: path)]
    let test = moves == 0 ? ValueTest.phrase(query) : .words(.near(query, moves: min(moves, 1000)))
    parts += fields.map { .test($0, test) }
    return .or(parts)
  }

  private static func phrasePrefix(
    _ body: JSONValue, _ fields: [FieldSelector], catalog: FieldCatalog, path: String
  ) throws(FilterError) -> Predicate {
    try refuse("slop", of: body, unless: [0], path: path)
    try refuse("analyzer", of: body, path: path)
    try checkExpansions("max_expansions", of: body, path: path)
    let query = try text(body["query"] ?? .null, path: path + ".query")
    var parts = [try whatHasNoWords(query, body, fields, catalog: catalog, path: path)]
    parts += fields.map { .test($0, .words(.beginning(query))) }
    return .or(parts)
  }

  private static func fixedLetters(of body: JSONValue, path: String) throws(FilterError) -> Int {
    try wholeNumber("prefix_length", of: body, path: path) ?? 0
  }
}
