import JSON

extension QueryDSL {
  /// `match`: any word; with the older `type: phrase`, all of them in order.
  static func match(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    guard case .object = value else { return .test(.named(name), .match(try text(value, path: path))) }
    let query = try text(value["query"] ?? .null, path: path + ".query")
    switch value["type"] {
    case nil, .null, "boolean": break
    case "phrase":
      try refuse("slop", of: value, unless: [0], path: path)
      return .test(.named(name), .phrase(query))
    default: try refuse("type", of: value, path: path)
    }
    try refuseLooseWords(value, query: query, path: path)
    return .test(.named(name), .match(query))
  }

  static func matchPhrase(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    guard case .object = value else { return .test(.named(name), .phrase(try text(value, path: path))) }
    for setting in ["analyzer", "zero_terms_query"] { try refuse(setting, of: value, unless: ["none"], path: path) }
    try refuse("slop", of: value, unless: [0], path: path)
    return .test(.named(name), .phrase(try text(value["query"] ?? .null, path: path + ".query")))
  }

  static func multiMatch(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let query = try text(body["query"] ?? .null, path: path + ".query")
    try refuseLooseWords(body, query: query, path: path)
    let test: ValueTest
    switch body["type"] {
    case nil, .null, "best_fields", "most_fields": test = .match(query)
    case "phrase":
      try refuse("slop", of: body, unless: [0], path: path)
      test = .phrase(query)
    default: throw FilterError("this `type` of `multi_match` is not supported", at: path, isUnsupported: true)
    }
    return .or(try fields(of: body, path: path).map { .test($0, test) })
  }

  /// Refuses the settings of a match that make it looser or stricter than "any word".
  private static func refuseLooseWords(_ body: JSONValue, query: String, path: String) throws(FilterError) {
    try refuse("fuzziness", of: body, unless: [0, "0"], path: path)
    try refuse("analyzer", of: body, path: path)
    try refuse("zero_terms_query", of: body, unless: ["none", "NONE"], path: path)
    // With one word, "any" and "all" are the same.
    guard TextAnalyzer.words(query).count > 1 || query.contains(where: \.isWhitespace) else { return }
    try refuse("operator", of: body, unless: ["or", "OR"], path: path)
    try refuse("minimum_should_match", of: body, unless: [1, "1"], path: path)
  }

  /// The `fields` of a clause without their weights; every field where it has none.
  static func fields(of body: JSONValue, path: String) throws(FilterError) -> [FieldSelector] {
    var list: [JSONValue]
    switch body["fields"] {
    case nil, .null: list = []
    case .array(let names): list = names
    case let name?: list = [name]
    }
    if list.isEmpty, let name = body["default_field"], name != .null { list = [name] }
    if list.isEmpty { return [.any] }
    var selectors: [FieldSelector] = []
    for name in list {
      guard case .string(let name) = name else { throw FilterError("a field is named by a text", at: path + ".fields") }
      let plain = name.prefix { $0 != "^" }
      selectors.append(plain == "*" ? .any : selector(String(plain)))
    }
    return selectors
  }
}
