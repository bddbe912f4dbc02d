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
    let requiresAll = try requiresAll("default_operator", of: body, path: path)
    let fields = try fields(of: body, path: path)
    do {
      return try Lucene.query(written, defaultFields: fields, requiresAll: requiresAll).predicate
    } catch {
      throw FilterError(error.rendered, at: path + ".query")
    }
  }
}
