import JSON

extension QueryDSL {
  /// `match`: any word, or so many of them; with the older `type: phrase`, all of them in order.
  static func match(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    guard case .object = value else { return .test(.named(name), .match(try text(value, path: path))) }
    switch value["type"] {
    case nil, .null, "boolean": return try words(value, [.named(name)], path: path)
    case "phrase": return try phrase(value, [.named(name)], path: path)
    case "phrase_prefix": return try phrasePrefix(value, [.named(name)], path: path)
    default: throw FilterError("this `type` of `match` is not supported", at: path, isUnsupported: true)
    }
  }

  static func matchPhrase(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    guard case .object = value else { return .test(.named(name), .phrase(try text(value, path: path))) }
    return try phrase(value, [.named(name)], path: path)
  }

  static func matchPhrasePrefix(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    return try phrasePrefix(withQuery(value), [.named(name)], path: path + "." + name)
  }

  static func matchBoolPrefix(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    return try words(withQuery(value), [.named(name)], form: .prefix, path: path + "." + name)
  }

  static func multiMatch(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let fields = try fields(of: body, path: path)
    switch body["type"] {
    case nil, .null, "best_fields", "most_fields": return try words(body, fields, path: path)
    case "phrase": return try phrase(body, fields, path: path)
    case "phrase_prefix": return try phrasePrefix(body, fields, path: path)
    case "bool_prefix": return try words(body, fields, form: .prefix, path: path)
    case "cross_fields":
      // With several words that all have to be there, each may stand in another field.
      let query = try text(body["query"] ?? .null, path: path + ".query")
      if TextAnalyzer.words(query).count > 1 {
        try refuse("operator", of: body, unless: ["or", "OR"], path: path)
        try refuse("minimum_should_match", of: body, unless: [1, "1"], path: path)
      }
      return try words(body, fields, path: path)
    default: throw FilterError("this `type` of `multi_match` is not supported", at: path, isUnsupported: true)
    }
  }

  /// `fuzzy`: a value in which some letters may differ, one word of a text as it is indexed.
  static func fuzzy(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    let (name, value) = try field(body, path: path)
    let path = path + "." + name
    try refuse("transpositions", of: value, unless: [true], path: path)
    let match = WordMatch(
      text: try text(value["value"] ?? value, path: path), form: .term,
      fuzziness: try fuzziness(of: value, path: path) ?? .auto(low: 3, high: 6),
      fixedLetters: try fixedLetters(of: value, path: path))
    return match.condition(name)
  }

  // MARK: What they share

  /// A clause whose value may stand without an object around it.
  private static func withQuery(_ value: JSONValue) -> JSONValue {
    if case .object = value { value } else { ["query": value] }
  }

  private static func words(
    _ body: JSONValue, _ fields: [FieldSelector], form: WordMatch.Form = .words, path: String
  ) throws(FilterError) -> Predicate {
    let query = try text(body["query"] ?? .null, path: path + ".query")
    try refuse("analyzer", of: body, path: path)
    try refuse("zero_terms_query", of: body, unless: ["none", "NONE"], path: path)
    try refuse("fuzzy_transpositions", of: body, unless: [true], path: path)
    var match = WordMatch(text: query, form: form)
    match.requiresAll = try requiresAll("operator", of: body, path: path)
    if let least = body["minimum_should_match"], least != .null {
      match.least = try text(least, path: path + ".minimum_should_match")
      guard MinimumMatch(match.least) != nil else {
        throw FilterError("`minimum_should_match` is a number such as 2, -1, 75% or 2<75%", at: path)
      }
    }
    match.fuzziness = try fuzziness(of: body, path: path) ?? .none
    match.fixedLetters = try fixedLetters(of: body, path: path)
    return try match.condition(fields, path: path)
  }

  private static func phrase(
    _ body: JSONValue, _ fields: [FieldSelector], path: String
  ) throws(FilterError) -> Predicate {
    for setting in ["analyzer", "zero_terms_query"] { try refuse(setting, of: body, unless: ["none"], path: path) }
    let query = try text(body["query"] ?? .null, path: path + ".query")
    let moves = try wholeNumber("slop", of: body, path: path) ?? 0
    guard moves > 0 else { return .or(fields.map { .test($0, .phrase(query)) }) }
    var parts: [Predicate] = []
    for field in fields {
      parts.append(LuceneFunctions.condition("nearby", try named(field, path: path), [query], min(moves, 1000)))
    }
    return .or(parts)
  }

  private static func phrasePrefix(
    _ body: JSONValue, _ fields: [FieldSelector], path: String
  ) throws(FilterError) -> Predicate {
    try refuse("slop", of: body, unless: [0], path: path)
    for setting in ["analyzer", "zero_terms_query"] { try refuse(setting, of: body, unless: ["none"], path: path) }
    let query = try text(body["query"] ?? .null, path: path + ".query")
    var parts: [Predicate] = []
    for field in fields {
      parts.append(LuceneFunctions.condition("phrase_prefix", try named(field, path: path), [query]))
    }
    return .or(parts)
  }

  private static func fuzziness(of body: JSONValue, path: String) throws(FilterError) -> WordMatch.Fuzziness? {
    guard let written = body["fuzziness"], written != .null else { return nil }
    guard let fuzziness = WordMatch.Fuzziness(try text(written, path: path + ".fuzziness")) else {
      throw FilterError("`fuzziness` is 0, 1, 2, AUTO or AUTO:3,6", at: path)
    }
    return fuzziness
  }

  private static func fixedLetters(of body: JSONValue, path: String) throws(FilterError) -> Int {
    try wholeNumber("prefix_length", of: body, path: path) ?? 0
  }

  static func wholeNumber(_ name: String, of body: JSONValue, path: String) throws(FilterError) -> Int? {
    guard let written = body[name], written != .null else { return nil }
    guard let number = Int(try text(written, path: path + "." + name)), 0...1_000_000 ~= number else {
      throw FilterError("`\(name)` is a whole number from 0", at: path)
    }
    return number
  }

  /// Whether a setting joins by AND; it joins by OR unless it is given.
  static func requiresAll(_ setting: String, of body: JSONValue, path: String) throws(FilterError) -> Bool {
    switch body[setting] {
    case nil, .null, "OR", "or", "Or": return false
    case "AND", "and", "And": return true
    default: throw FilterError("`\(setting)` is AND or OR", at: path)
    }
  }

  /// The name of a field; what is not compared value by value has to be asked of one.
  static func named(_ field: FieldSelector, path: String) throws(FilterError) -> String {
    guard case .named(let name) = field else {
      throw FilterError(
        "this is asked of fields that are named, here of every field or of a pattern", at: path, isUnsupported: true)
    }
    return name
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
