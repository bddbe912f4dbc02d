import JSON

extension QueryDSL {
  /// `query_string` where it holds one value: a word, a phrase in quotes or a pattern, as Kibana writes it.
  static func queryString(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    guard case .string(let written)? = body["query"] else {
      throw FilterError("the clause has no text `query`", at: path)
    }
    for setting in ["analyzer", "quote_field_suffix", "rewrite", "minimum_should_match", "quote_analyzer"] {
      try refuse(setting, of: body, path: path)
    }
    let fields = try fields(of: body, path: path)
    guard let value = value(written) else {
      throw FilterError("only a single value is supported in `query_string`", at: path, isUnsupported: true)
    }
    if case .wildcard(let pattern) = value, pattern.matchesEverything {
      return .or(fields.map { $0 == .any ? .all : .exists($0) })
    }
    return .or(fields.map { .test($0, value) })
  }

  /// The one value that a query text consists of, or nil where it holds operators or several values.
  private static func value(_ written: String) -> ValueTest? {
    var pattern = WildcardPattern()
    var isEscaped = false
    var scalars = Array(written.unicodeScalars)
    while scalars.last == " " && scalars.dropLast().last != "\\" { scalars.removeLast() }
    let quoted = scalars.count > 1 && scalars.first == "\"" && scalars.last == "\""
    if quoted { scalars = Array(scalars.dropFirst().dropLast()) }
    for scalar in scalars {
      if isEscaped {
        pattern.append(.literal(String(scalar)))
        isEscaped = false
        continue
      }
      switch scalar {
      case "\\": isEscaped = true
      case "\"": return nil
      case _ where quoted: pattern.append(.literal(String(scalar)))
      case "*": pattern.append(.anyRun)
      case "?": pattern.append(.anyCharacter)
      case " ", "\t", "\n", "\r", "(", ")", "{", "}", "[", "]", "^", "~", ":", "/", "!", "<", ">", "=", "&", "|":
        return nil
      case "+" where pattern.parts.isEmpty, "-" where pattern.parts.isEmpty: return nil
      default: pattern.append(.literal(String(scalar)))
      }
    }
    guard !isEscaped else { return nil }
    switch pattern.parts.count {
    case 0: return nil
    case 1:
      guard case .literal(let text) = pattern.parts[0] else { return .wildcard(pattern) }
      if !quoted, ["AND", "OR", "NOT"].contains(text) { return nil }
      return quoted ? .phrase(text) : .match(text)
    default: return .wildcard(pattern)
    }
  }
}
