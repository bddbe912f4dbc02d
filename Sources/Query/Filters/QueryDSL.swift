import Events
import JSON

/// Clauses of Elasticsearch's query DSL as conditions.
///
/// Scores do not exist here, so `boost`, `_name` and what else only tunes a score are read and change nothing.
///
/// ```swift
/// let query = try QueryDSL.query(#"{"bool": {"filter": [{"term": {"user.name": "root"}}]}}"#)
/// ```
public enum QueryDSL {
  /// The longest query, in bytes.
  public static let longestQuery = 1 << 20

  /// The condition of a query in JSON: a clause, or the body of a search that has nothing but its `query`.
  ///
  /// Throws where the text is no JSON, where a clause is malformed, and where one is not supported: no part is passed over.
  ///
  /// - Parameter catalog: how fields of text are cut into words.
  public static func query(_ text: String, _ catalog: FieldCatalog = .standard) throws(FilterError) -> Predicate {
    guard text.utf8.count <= longestQuery else {
      throw FilterError("it has \(text.utf8.count) bytes, and at most \(longestQuery) are read", at: "the query")
    }
    let value: JSONValue
    do throws(JSONTextError) {
      value = try JSONValue(parsing: text)
    } catch {
      throw FilterError("it is no JSON: \(error)", at: "the query")
    }
    guard case .object(let members) = value else {
      throw FilterError("it is a JSON object such as {\"match_all\": {}}", at: "the query")
    }
    guard let query = members["query"] else {
      return try predicate(value, catalog: catalog, path: "query", depth: 0).simplified()
    }
    for name in members.keys.sorted() where name != "query" {
      throw FilterError(
        "of the body of a search only `query` is read; leave `\(name)` out", at: "the query", isUnsupported: true)
    }
    return try predicate(query, catalog: catalog, path: "query", depth: 0).simplified()
  }

  /// The condition of one clause: an object with one member, named after the kind of clause.
  static func predicate(_ clause: JSONValue, catalog: FieldCatalog, path: String, depth: Int) throws(FilterError)
    -> Predicate
  {
    guard depth < RuleFilters.deepestNesting else {
      throw FilterError("clauses stand too deep inside each other", at: path)
    }
    guard case .object(let members) = clause else { throw FilterError("a clause is an object", at: path) }
    if let text = members["query"], case .string(let language)? = members["language"] {
      return try kuery(text, language: language, catalog: catalog, path: path)
    }
    guard members.count == 1, let (kind, body) = members.first else {
      let names = members.keys.sorted().map { "`\($0)`" }.joined(separator: ", ")
      throw FilterError("a clause has one kind, this has \(names.isEmpty ? "none" : names)", at: path)
    }
    let path = path + "." + kind
    switch kind {
    case "match_all", "match_none":
      try allow([], in: body, of: kind, path: path)
      return kind == "match_all" ? .all : .nothing
    case "bool": return try bool(body, catalog: catalog, path: path, depth: depth)
    case "constant_score":
      try allow(["filter"], in: body, of: kind, path: path)
      return try inner("filter", of: body, catalog: catalog, path: path, depth: depth)
    case "dis_max": return try disMax(body, catalog: catalog, path: path, depth: depth)
    case "nested": return try nested(body, catalog: catalog, path: path, depth: depth)
    case "exists": return try exists(body, path: path)
    case "match": return try match(body, catalog: catalog, path: path)
    case "match_phrase": return try matchPhrase(body, catalog: catalog, path: path)
    case "match_phrase_prefix": return try matchPhrasePrefix(body, catalog: catalog, path: path)
    case "match_bool_prefix": return try matchBoolPrefix(body, catalog: catalog, path: path)
    case "multi_match": return try multiMatch(body, catalog: catalog, path: path)
    case "term": return try term(body, path: path)
    case "terms": return try terms(body, path: path)
    case "regexp": return try regexp(body, path: path)
    case "prefix": return try prefix(body, path: path)
    case "wildcard": return try wildcard(body, path: path)
    case "fuzzy": return try fuzzy(body, path: path)
    case "ids": return try ids(body, path: path)
    case "boosting": return try boosting(body, catalog: catalog, path: path, depth: depth)
    case "function_score": return try functionScore(body, catalog: catalog, path: path, depth: depth)
    case "range": return try range(body, path: path)
    case "query_string": return try queryString(body, catalog: catalog, path: path)
    case "simple_query_string": return try simpleQueryString(body, catalog: catalog, path: path)
    case "kql":
      try allow(["query", "case_insensitive", "default_field", "time_zone"], in: body, of: kind, path: path)
      let ignoresCase = try boolean("case_insensitive", of: body, path: path) ?? false
      try refuse("default_field", of: body, unless: ["*"], path: path)
      let query = try kuery(
        body["query"] ?? .null, language: "kuery", catalog: catalog, ignoresCase: ignoresCase, path: path
      ).passingOverUnindexed(catalog)
      return try zone(of: body, path: path).map { query.inZone($0) } ?? query
    default: throw FilterError("the clause `\(kind)` is not supported", at: path, isUnsupported: true)
    }
  }

  /// The conditions of a list of clauses; one clause may stand without a list.
  static func clauses(_ list: JSONValue, catalog: FieldCatalog, path: String, depth: Int) throws(FilterError)
    -> [Predicate]
  {
    switch list {
    case .null: return []
    case .array(let elements):
      var parts: [Predicate] = []
      for (at, element) in elements.enumerated() {
        parts.append(try predicate(element, catalog: catalog, path: "\(path)[\(at)]", depth: depth + 1))
      }
      return parts
    default: return [try predicate(list, catalog: catalog, path: path, depth: depth + 1)]
    }
  }

  private static func inner(
    _ name: String, of body: JSONValue, catalog: FieldCatalog, path: String, depth: Int
  ) throws(FilterError) -> Predicate {
    guard let clause = body[name] else { throw FilterError("the clause has no `\(name)`", at: path) }
    return try predicate(clause, catalog: catalog, path: path + "." + name, depth: depth + 1)
  }

  private static func disMax(_ body: JSONValue, catalog: FieldCatalog, path: String, depth: Int) throws(FilterError)
    -> Predicate
  {
    try allow(["queries", "tie_breaker"], in: body, of: "dis_max", path: path)
    let parts = try clauses(body["queries"] ?? .null, catalog: catalog, path: path + ".queries", depth: depth)
    guard !parts.isEmpty else { throw FilterError("the clause has no `queries`", at: path) }
    return .or(parts)
  }

  /// What lowers a score takes nothing out.
  private static func boosting(_ body: JSONValue, catalog: FieldCatalog, path: String, depth: Int) throws(FilterError)
    -> Predicate
  {
    try allow(["positive", "negative", "negative_boost"], in: body, of: "boosting", path: path)
    _ = try inner("negative", of: body, catalog: catalog, path: path, depth: depth)
    guard body["negative_boost"] != nil else { throw FilterError("the clause has no `negative_boost`", at: path) }
    return try inner("positive", of: body, catalog: catalog, path: path, depth: depth)
  }

  private static func functionScore(_ body: JSONValue, catalog: FieldCatalog, path: String, depth: Int)
    throws(FilterError) -> Predicate
  {
    try allow(
      [
        "query", "functions", "score_mode", "boost_mode", "max_boost", "min_score", "random_score", "weight",
        "field_value_factor", "script_score", "gauss", "exp", "linear",
      ], in: body, of: "function_score", path: path)
    try refuse("min_score", of: body, path: path)
    return body["query"] == nil ? .all : try inner("query", of: body, catalog: catalog, path: path, depth: depth)
  }

  private static func nested(_ body: JSONValue, catalog: FieldCatalog, path: String, depth: Int) throws(FilterError)
    -> Predicate
  {
    try allow(["path", "query", "score_mode", "ignore_unmapped", "inner_hits"], in: body, of: "nested", path: path)
    guard case .string(let field)? = body["path"] else { throw FilterError("the clause has no `path`", at: path) }
    let inner = try inner("query", of: body, catalog: catalog, path: path, depth: depth)
    guard try boolean("ignore_unmapped", of: body, path: path) == true else {
      return .nested(path: NestedPath(field), inner)
    }
    return .nested(path: NestedPath(field, ignoresUnmapped: true), inner)
  }

  private static func exists(_ body: JSONValue, path: String) throws(FilterError) -> Predicate {
    try allow(["field"], in: body, of: "exists", path: path)
    guard case .string(let name)? = body["field"] else { throw FilterError("the clause has no `field`", at: path) }
    return .exists(selector(name))
  }

  /// A query text in a language of its own.
  private static func kuery(
    _ text: JSONValue, language: String, catalog: FieldCatalog, ignoresCase: Bool = false, path: String
  ) throws(FilterError) -> Predicate {
    guard case .string(let text) = text else { throw FilterError("the query is no text", at: path) }
    do throws(QuerySyntaxError) {
      switch language {
      case "kuery":
        let query = try KQL.parse(text)
        return (ignoresCase ? query.ignoringCase(of: catalog) : query).reachingNested
      case "lucene": return try Lucene.query(text, catalog).predicate
      default: break
      }
    } catch {
      throw FilterError(error.rendered, at: path)
    }
    throw FilterError("the language `\(language)` is not supported here", at: path, isUnsupported: true)
  }

  /// The field of a name, or every field of a name with `*`.
  static func selector(_ name: String) -> FieldSelector {
    guard name.contains("*") else { return .named(name) }
    var pattern = WildcardPattern()
    for (at, piece) in name.split(separator: "*", omittingEmptySubsequences: false).enumerated() {
      if at > 0 { pattern.append(.anyRun) }
      pattern.append(.literal(String(piece)))
    }
    return .matching(pattern)
  }

  /// The one field of a clause such as `{"user.name": …}`, and what it must satisfy.
  static func field(_ body: JSONValue, path: String) throws(FilterError) -> (name: String, value: JSONValue) {
    guard case .object(let members) = body else { throw FilterError("the clause is an object", at: path) }
    let fields = members.filter { $0.key != "boost" && $0.key != "_name" }
    guard fields.count == 1, let (name, value) = fields.first else {
      throw FilterError("the clause names one field, this names \(fields.count)", at: path)
    }
    return (name, value)
  }

  /// A value as the text that conditions hold.
  static func text(_ value: JSONValue, path: String) throws(FilterError) -> String {
    switch value {
    case .string(let text), .number(let text): return text
    case .integer(let number): return String(number)
    case .double(let number): return String(number)
    case .bool(let flag): return flag ? "true" : "false"
    case .null, .array, .object: throw FilterError("the value is no text, number or boolean", at: path)
    }
  }
}

extension Predicate {
  /// The same, with dates that name no zone read in this one.
  func inZone(_ zone: DateZone) -> Predicate {
    switch self {
    case .all, .nothing, .holds, .exists: self
    case .and(let parts): .and(parts.map { $0.inZone(zone) })
    case .or(let parts): .or(parts.map { $0.inZone(zone) })
    case .not(let inner): .not(inner.inZone(zone))
    case .nested(let path, let inner): .nested(path: path, inner.inZone(zone))
    case .test(let field, let test): .test(field, test.inZone(zone))
    }
  }

  /// The same with fields that are found in the objects of nested ones too: a clause of KQL needs no braces for them.
  fileprivate var reachingNested: Predicate {
    func reaching(_ field: FieldSelector) -> FieldSelector {
      // What lies in an object has a dot in its name.
      if case .named(let path) = field, path.contains(".") { .reaching(path) } else { field }
    }
    return switch self {
    case .all, .nothing, .holds: self
    case .and(let parts): .and(parts.map(\.reachingNested))
    case .or(let parts): .or(parts.map(\.reachingNested))
    case .not(let inner): .not(inner.reachingNested)
    case .nested(let path, let inner): .nested(path: path, inner.reachingNested)
    case .exists(let field): .exists(reaching(field))
    case .test(let field, let test): .test(reaching(field), test)
    }
  }
}
