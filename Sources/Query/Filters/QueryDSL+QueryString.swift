import JSON

extension QueryDSL {
  /// `query_string`: a text in Lucene's syntax.
  static func queryString(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    guard case .string(let written)? = body["query"] else {
      throw FilterError("the clause has no text `query`", at: path)
    }
    for setting in ["analyzer", "quote_field_suffix", "rewrite", "minimum_should_match", "quote_analyzer"] {
      try refuse(setting, of: body, path: path)
    }
    try refuse("time_zone", of: body, unless: ["Zulu", "UTC", "Z", "+00:00"], path: path)
    let requiresAll: Bool
    switch body["default_operator"] {
    case nil, .null, "OR", "or": requiresAll = false
    case "AND", "and": requiresAll = true
    default: throw FilterError("`default_operator` is AND or OR", at: path)
    }
    let fields = try fields(of: body, path: path)
    do {
      return try Lucene.query(written, defaultFields: fields, requiresAll: requiresAll).predicate
    } catch {
      throw FilterError(error.rendered, at: path + ".query")
    }
  }
}
