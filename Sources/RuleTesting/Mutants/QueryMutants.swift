import Events
import Query

/// Makes the queries that differ from one in a single place: a condition or an exclusion left out, turned round or met by
/// any value, `and` and `or` exchanged, a wildcard or a bound moved.
struct QueryMutants {
  typealias Change = (text: String, predicate: Predicate)

  /// How long a condition is quoted at most, in characters.
  private static let quoted = 160

  private let catalog: FieldCatalog
  private let limit: Int
  private var found: [Change] = []
  private var seen: Set<Predicate>

  /// Up to `limit` changes of a query, in the order of what they change. Those that say the same as the query itself, or
  /// as an earlier one, are left out.
  static func of(_ query: Predicate, catalog: FieldCatalog, limit: Int) -> [Change] {
    let query = query.simplified()
    var maker = QueryMutants(catalog: catalog, limit: limit, seen: [query])
    // A query of one condition is a conjunction of one.
    if case .and = query { maker.visit(query) { $0 } } else { maker.visitParts([query], isAnd: true) { $0 } }
    return maker.found
  }

  private init(catalog: FieldCatalog, limit: Int, seen: Set<Predicate>) {
    self.catalog = catalog
    self.limit = limit
    self.seen = seen
  }

  private mutating func add(_ text: String, _ predicate: Predicate) {
    guard found.count < limit else { return }
    let predicate = predicate.simplified()
    if seen.insert(predicate).inserted { found.append((text, predicate)) }
  }

  private mutating func replace(_ old: Predicate, by new: Predicate, _ put: (Predicate) -> Predicate) {
    add("\(quote(new)) in place of \(quote(old))", put(new))
  }

  /// - Parameter put: the whole query with another part in this one's place.
  private mutating func visit(_ part: Predicate, _ put: (Predicate) -> Predicate) {
    guard found.count < limit else { return }
    switch part {
    case .all, .nothing: break
    case .and(let parts): visitParts(parts, isAnd: true, put)
    case .or(let parts): visitParts(parts, isAnd: false, put)
    case .not(let inner):
      replace(part, by: inner, put)
      visit(inner) { put(.not($0)) }
    case .nested(let path, let inner):
      replace(part, by: .not(part), put)
      visit(inner) { put(.nested(path: path, $0)) }
    case .holds: replace(part, by: .not(part), put)
    case .exists: replace(part, by: .not(part), put)
    case .test(let field, let test):
      replace(part, by: .not(part), put)
      replace(part, by: .exists(field), put)
      for other in Self.neighbours(of: test) { replace(part, by: .test(field, other), put) }
    }
  }

  private mutating func visitParts(_ parts: [Predicate], isAnd: Bool, _ put: (Predicate) -> Predicate) {
    func group(_ parts: [Predicate]) -> Predicate { isAnd ? .and(parts) : .or(parts) }
    for (at, part) in parts.enumerated() {
      var others = parts
      others.remove(at: at)
      add("without \(quote(part))", put(group(others)))
      visit(part) { new in
        var parts = parts
        parts[at] = new
        return put(group(parts))
      }
    }
    if parts.count > 1 {
      add(
        "`\(isAnd ? "or" : "and")` in place of `\(isAnd ? "and" : "or")` in \(quote(group(parts)))",
        put(isAnd ? .or(parts) : .and(parts)))
    }
  }

  /// Tests that are nearly the same.
  private static func neighbours(of test: ValueTest) -> [ValueTest] {
    switch test {
    case .wildcard(let pattern): return shorter(pattern).map(ValueTest.wildcard)
    case .termPattern(let pattern): return shorter(pattern).map(ValueTest.termPattern)
    case .range(let lower, let upper):
      var others: [ValueTest] = []
      if var other = lower {
        other.inclusive.toggle()
        others.append(.range(lower: other, upper: upper))
      }
      if var other = upper {
        other.inclusive.toggle()
        others.append(.range(lower: lower, upper: other))
      }
      if lower != nil, upper != nil { others += [.range(lower: lower, upper: nil), .range(lower: nil, upper: upper)] }
      return others
    case .sigma(.pattern(let pattern)): return shorter(pattern).map { .sigma(.pattern($0)) }
    case .match, .phrase, .term, .list, .regex, .words, .sigma, .inZone: return []
    }
  }

  /// The pattern without each of its wildcards.
  private static func shorter(_ pattern: WildcardPattern) -> [WildcardPattern] {
    guard pattern.parts.count > 1 else { return [] }
    return pattern.parts.indices.compactMap { at in
      if case .literal = pattern.parts[at] { return nil }
      var parts = pattern.parts
      parts.remove(at: at)
      return WildcardPattern(parts, ignoresCase: pattern.ignoresCase)
    }
  }

  private func quote(_ predicate: Predicate) -> String {
    let text = KQL.text(predicate, catalog: catalog) ?? predicate.words(catalog: catalog)
    return text.count > Self.quoted ? "`\(text.prefix(Self.quoted))…`" : "`\(text)`"
  }
}
