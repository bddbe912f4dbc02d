import JSON

extension QueryDSL {
  /// `simple_query_string`: a text of words and a few signs.
  static func simpleQueryString(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    guard case .string(let written)? = body["query"] else {
      throw FilterError("the clause has no text `query`", at: path)
    }
    for setting in ["analyzer", "quote_field_suffix", "minimum_should_match"] {
      try refuse(setting, of: body, path: path)
    }
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
    return try SimpleQueryString.predicate(
      written, signs: signs, joinsAll: joinsAll, path: path
    ) { leaf throws(FilterError) in
      switch leaf {
      case .word(let text):
        // Without fields, any word will do: what is cut into words is not known of every field.
        let asksAll = joinsAll && !fields.contains(.any)
        return try WordMatch(text: text, requiresAll: asksAll).condition(fields, path: path)
      case .prefix(let text):
        return .or(fields.map { .test($0, .wildcard(WildcardPattern([.literal(text), .anyRun]))) })
      case .fuzzy(let text, let edits):
        var parts: [Predicate] = []
        for field in fields {
          let match = WordMatch(text: text, fuzziness: .edits(edits), fixedLetters: fixedLetters)
          parts.append(match.condition(try named(field, path: path)))
        }
        return .or(parts)
      case .phrase(let text, let moves):
        guard moves > 0 else { return .or(fields.map { .test($0, .phrase(text)) }) }
        var parts: [Predicate] = []
        for field in fields {
          parts.append(LuceneFunctions.condition("nearby", try named(field, path: path), [text], moves))
        }
        return .or(parts)
      }
    }
  }
}
