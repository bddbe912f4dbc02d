import JSON

/// A clause of the query DSL as a tree.
indirect enum ClauseTree: Hashable {
  struct Bool: Hashable {
    var must: [ClauseTree] = []
    var filter: [ClauseTree] = []
    var should: [ClauseTree] = []
    var mustNot: [ClauseTree] = []
    var least: SearchLeast?
  }

  /// `multi_match`.
  struct Several: Hashable {
    var text: String
    /// nil for every field.
    var fields: [String]?
    var type: String?
    var need = SearchNeed()
    var moves = 0
    var isLenient = false
  }

  case all
  case none
  case bool(Bool)
  /// A clause of one field; `kind` is how it is written.
  case ask(SearchAsk, field: String, isLenient: Swift.Bool = false)
  case terms([String], field: String)
  case several(Several)
  case ids([String])
  case string(LuceneTree, LuceneReference.Settings)
  case simple(SimpleTree, fields: [String]?, requiresAll: Swift.Bool)
  case nested(ClauseTree)
}

/// The text of a `simple_query_string`: parts from left to right.
struct SimpleTree: Hashable {
  indirect enum Body: Hashable {
    case word(String)
    case phrase(String, moves: Int)
    case beginning(String)
    case fuzzy(String, Int)
    case group(SimpleTree)
  }

  struct Part: Hashable {
    /// Joins with what stands before: nil as it is by default.
    var isAnd: Bool?
    var isNegated: Bool
    var body: Body
  }

  var parts: [Part]

  var text: String {
    parts.map { part in
      let join = part.isAnd.map { $0 ? "+ " : "| " } ?? ""
      return join + (part.isNegated ? "-" : "") + part.body.text
    }.joined(separator: " ")
  }
}

extension SimpleTree.Body {
  fileprivate var text: String {
    switch self {
    case .word(let word): Self.escaped(word)
    case .phrase(let text, let moves): "\"" + text.replacing("\"", with: "\\\"") + "\"" + (moves > 0 ? "~\(moves)" : "")
    case .beginning(let text): Self.escaped(text) + "*"
    case .fuzzy(let word, let edits): Self.escaped(word) + "~\(edits)"
    case .group(let tree): "(" + tree.text + ")"
    }
  }

  private static func escaped(_ word: String) -> String {
    word.map { #"+|-"*()~\ "#.contains($0) ? "\\\($0)" : String($0) }.joined()
  }
}

// MARK: JSON

extension ClauseTree {
  var json: JSONValue {
    switch self {
    case .all: return ["match_all": [:]]
    case .none: return ["match_none": [:]]
    case .bool(let bool): return ["bool": bool.json]
    case .ask(let ask, let field, let isLenient): return Self.json(ask, field, isLenient)
    case .terms(let values, let field): return ["terms": [field: .array(values.map { .string($0) })]]
    case .several(let several): return ["multi_match": several.json]
    case .ids(let ids): return ["ids": ["values": .array(ids.map { .string($0) })]]
    case .string(let tree, let settings):
      var members: [String: JSONValue] = ["query": .string(tree.text)]
      if let fields = settings.fields { members["fields"] = .array(fields.map { .string($0) }) }
      if settings.requiresAll { members["default_operator"] = "AND" }
      if settings.cuts { members["analyze_wildcard"] = true }
      if settings.isLenient, settings.fields != nil { members["lenient"] = true }
      return ["query_string": .object(members)]
    case .simple(let tree, let fields, let requiresAll):
      var members: [String: JSONValue] = ["query": .string(tree.text)]
      if let fields { members["fields"] = .array(fields.map { .string($0) }) }
      if requiresAll { members["default_operator"] = "and" }
      return ["simple_query_string": .object(members)]
    case .nested(let inner): return ["nested": ["path": "n", "query": inner.json]]
    }
  }

  private static func json(_ ask: SearchAsk, _ field: String, _ isLenient: Swift.Bool) -> JSONValue {
    func clause(_ kind: String, _ members: [String: JSONValue]) -> JSONValue { [kind: [field: .object(members)]] }
    switch ask {
    case .words(let text, let need):
      var members = need.members
      members["query"] = .string(text)
      if isLenient { members["lenient"] = true }
      return clause(need.isPrefix ? "match_bool_prefix" : "match", members)
    case .phrase(let text, let moves):
      return clause(
        "match_phrase",
        moves == 0 ? ["query": .string(text)] : ["query": .string(text), "slop": .integer(Int64(moves))])
    case .phrasePrefix(let text): return ["match_phrase_prefix": [field: .string(text)]]
    case .term(let text, let ignoresCase):
      return ignoresCase
        ? clause("term", ["value": .string(text), "case_insensitive": true]) : ["term": [field: .string(text)]]
    case .pattern(let pattern):
      let isPrefix = pattern.beginning != nil
      let text = isPrefix ? pattern.beginning! : pattern.written
      var members: [String: JSONValue] = ["value": .string(text)]
      if pattern.ignoresCase { members["case_insensitive"] = true }
      return clause(isPrefix ? "prefix" : "wildcard", members)
    case .regex(let regex, let ignoresCase):
      return clause(
        "regexp",
        ignoresCase ? ["value": .string(regex.text), "case_insensitive": true] : ["value": .string(regex.text)])
    case .range(let range):
      var members: [String: JSONValue] = [:]
      if let lower = range.lower { members[lower.isInclusive ? "gte" : "gt"] = .string(lower.value) }
      if let upper = range.upper { members[upper.isInclusive ? "lte" : "lt"] = .string(upper.value) }
      if let zone = range.zone { members["time_zone"] = .string(zone.written) }
      return clause("range", members)
    case .fuzzy(let word, let edits, let fixed, _):
      return clause(
        "fuzzy", ["value": .string(word), "fuzziness": .integer(Int64(edits)), "prefix_length": .integer(Int64(fixed))])
    case .exists: return ["exists": ["field": .string(field)]]
    }
  }
}

extension SearchPattern {
  /// As a `wildcard` clause has it.
  fileprivate var written: String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text.map { "*?\\".contains($0) ? "\\\($0)" : String($0) }.joined()
      case .star: "*"
      case .one: "?"
      }
    }.joined()
  }
}

extension SearchNeed {
  fileprivate var members: [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    if all { members["operator"] = "and" }
    if let least { members["minimum_should_match"] = .string(least.text) }
    if let edits { members["fuzziness"] = .string(edits.text) }
    if fixed > 0 { members["prefix_length"] = .integer(Int64(fixed)) }
    return members
  }
}

extension ClauseTree.Several {
  fileprivate var json: JSONValue {
    var members = need.members
    members["query"] = .string(text)
    if let fields { members["fields"] = .array(fields.map { .string($0) }) }
    if let type { members["type"] = .string(type) }
    if moves > 0 { members["slop"] = .integer(Int64(moves)) }
    if isLenient { members["lenient"] = true }
    return .object(members)
  }
}

extension ClauseTree.Bool {
  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [:]
    for (name, parts) in [("must", must), ("filter", filter), ("should", should), ("must_not", mustNot)]
    where !parts.isEmpty {
      members[name] = parts.count == 1 ? parts[0].json : .array(parts.map(\.json))
    }
    if let least { members["minimum_should_match"] = .string(least.text) }
    return .object(members)
  }
}
