import Events
import JSON

/// The filters that Kibana keeps beside a query: each an object with `meta` and a clause of Elasticsearch's query DSL.
///
/// ```swift
/// let condition = try RuleFilters.predicate([
///   ["meta": ["negate": true], "query": ["match_phrase": ["user.name": "root"]]]
/// ])
/// ```
public enum RuleFilters {
  /// How deep clauses may stand inside each other.
  public static let deepestNesting = 100

  /// The condition that all filters state together; disabled filters take no part, negated ones count as their
  /// opposite. No filters are true of every event.
  ///
  /// `catalog` says how fields of text are cut into words, `path` names the list in errors. Throws on a filter that is malformed, and on one that holds a clause that is
  /// not supported: no part of a filter is passed over.
  public static func predicate(
    _ filters: [JSONValue], _ catalog: FieldCatalog = .standard, path: String = "filters"
  ) throws(FilterError) -> Predicate {
    Predicate.and(try parts(filters, catalog: catalog, path: path, depth: 0)).simplified()
  }

  /// The conditions of the filters that are not disabled.
  private static func parts(
    _ filters: [JSONValue], catalog: FieldCatalog, path: String, depth: Int
  ) throws(FilterError) -> [Predicate] {
    var parts: [Predicate] = []
    for (at, filter) in filters.enumerated() {
      if let part = try part(filter, catalog: catalog, path: "\(path)[\(at)]", depth: depth) { parts.append(part) }
    }
    return parts
  }

  /// The condition of one filter, or nil when it is disabled.
  private static func part(_ filter: JSONValue, catalog: FieldCatalog, path: String, depth: Int) throws(FilterError)
    -> Predicate?
  {
    guard case .object(let members) = filter else { throw FilterError("a filter is an object", at: path) }
    guard depth < deepestNesting else { throw FilterError("filters stand too deep inside each other", at: path) }
    let meta = members["meta"] ?? .null
    switch meta {
    case .null, .object: break
    default: throw FilterError("`meta` is an object", at: path)
    }
    if try flag("disabled", of: meta, path: path) { return nil }
    let negate = try flag("negate", of: meta, path: path)
    let condition =
      meta["type"] == "combined"
      ? try combined(meta, catalog: catalog, path: path, depth: depth)
      : try clause(members, catalog: catalog, path: path, depth: depth)
    return negate ? .not(condition) : condition
  }

  private static func flag(_ name: String, of meta: JSONValue, path: String) throws(FilterError) -> Bool {
    switch meta[name] {
    case nil, .null: return false
    case .bool(let value): return value
    default: throw FilterError("`meta.\(name)` is true or false", at: path)
    }
  }

  /// The clause of a filter: its `query`, or, as older filters have it, a member of the filter itself.
  private static func clause(
    _ members: [String: JSONValue], catalog: FieldCatalog, path: String, depth: Int
  ) throws(FilterError) -> Predicate {
    if let query = members["query"], query != .null {
      return try QueryDSL.predicate(query, catalog: catalog, path: path + ".query", depth: depth)
    }
    let own = members.filter { $0.key != "meta" && $0.key != "$state" && $0.key != "query" }
    guard !own.isEmpty else { throw FilterError("the filter has no `query`", at: path) }
    return try QueryDSL.predicate(.object(own), catalog: catalog, path: path, depth: depth)
  }

  /// A group of filters joined by `meta.relation`; parts that are disabled are left out.
  private static func combined(_ meta: JSONValue, catalog: FieldCatalog, path: String, depth: Int) throws(FilterError)
    -> Predicate
  {
    guard case .array(let filters)? = meta["params"] else {
      throw FilterError("a combined filter has a list `meta.params`", at: path)
    }
    let parts = try parts(filters, catalog: catalog, path: path + ".meta.params", depth: depth + 1)
    guard !parts.isEmpty else { return .all }
    switch meta["relation"] {
    case "AND": return .and(parts)
    case "OR": return .or(parts)
    default: throw FilterError("`meta.relation` of a combined filter is AND or OR", at: path)
    }
  }
}
