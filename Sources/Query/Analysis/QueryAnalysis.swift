import Events

/// Says of a query, without any event, whether it can be true or false at all.
///
/// It is exact in what it says and says nothing where it does not know: conditions that no value of a field's type can
/// meet, a value that is required and excluded, a field that is required and absent, and, for fields that have one
/// value, two values that exclude each other. Queries of more than 2,000 conditions are not looked at.
public struct QueryAnalysis: Sendable {
  let catalog: FieldCatalog
  let isSingleValued: @Sendable (String) -> Bool
  private let presentFields: Set<String>

  static let maximumConditions = 2_000

  /// - Parameters:
  ///   - presentFields: fields that every event has.
  ///   - isSingleValued: true of fields that have at most one value in an event.
  public init(
    catalog: FieldCatalog = .standard, presentFields: Set<String> = [],
    isSingleValued: @escaping @Sendable (String) -> Bool = { _ in false }
  ) {
    self.catalog = catalog
    self.presentFields = presentFields
    self.isSingleValued = isSingleValued
  }

  /// Why the query is true of no event; nil when it may be true of one.
  public func contradiction(in query: Predicate) -> QueryContradiction? {
    guard query.conditionCount <= Self.maximumConditions else { return nil }
    return founders(plain(query, isNegated: false), QueryFacts(self))
  }

  /// True when the query is true of every event.
  public func isAlwaysTrue(_ query: Predicate) -> Bool {
    guard query.conditionCount <= Self.maximumConditions else { return false }
    return founders(plain(query, isNegated: true), QueryFacts(self)) != nil
  }

  /// The alternatives of the query that can never be the one that is true, given what is required beside them.
  public func deadAlternatives(in query: Predicate) -> [QueryContradiction] {
    guard query.conditionCount <= Self.maximumConditions else { return [] }
    var found: [QueryContradiction] = []
    findDead(folded(query), QueryFacts(self), &found)
    return found
  }

  // MARK: Plain form

  /// The query with `not` on single conditions only, and constants worked out.
  private func plain(_ query: Predicate, isNegated: Bool) -> Predicate {
    folded(pushed(query, isNegated: isNegated))
  }

  private func pushed(_ query: Predicate, isNegated: Bool) -> Predicate {
    switch query {
    case .all: isNegated ? .nothing : .all
    case .nothing: isNegated ? .all : .nothing
    case .and(let parts):
      isNegated ? .or(parts.map { pushed($0, isNegated: true) }) : .and(parts.map { pushed($0, isNegated: false) })
    case .or(let parts):
      isNegated ? .and(parts.map { pushed($0, isNegated: true) }) : .or(parts.map { pushed($0, isNegated: false) })
    case .not(let inner): pushed(inner, isNegated: !isNegated)
    case .exists, .test, .nested, .holds: isNegated ? .not(query) : query
    }
  }

  /// The query with conditions that are true or false of every event replaced by that.
  private func folded(_ query: Predicate) -> Predicate { replaced(query).simplified() }

  private func replaced(_ query: Predicate) -> Predicate {
    switch query {
    case .all, .nothing: query
    case .and(let parts): .and(parts.map(replaced))
    case .or(let parts): .or(parts.map(replaced))
    case .not(let inner): .not(replaced(inner))
    case .nested(let path, let inner): .nested(path: path, inner)
    case .exists(let field): isPresent(field) ? .all : query
    case .test, .holds: query
    }
  }

  private func isPresent(_ field: FieldSelector) -> Bool {
    switch field {
    case .named(let path): presentFields.contains(path)
    case .matching(let pattern): pattern.matchesEverything && !presentFields.isEmpty
    case .any: !presentFields.isEmpty
    case .lenient(let inner): isPresent(inner)
    }
  }

  // MARK: Search

  /// Why the plain query cannot be true beside what is known.
  private func founders(_ query: Predicate, _ known: QueryFacts) -> QueryContradiction? {
    switch query {
    case .all: return nil
    case .nothing: return QueryContradiction(field: nil, cause: "it asks for nothing that an event can have")
    case .and(let parts):
      var facts = known
      for part in parts where !part.isGroup {
        if let found = facts.add(part) { return found }
      }
      for part in parts where part.isGroup {
        if let found = founders(part, facts) { return found }
      }
      return nil
    case .or(let parts):
      var first: QueryContradiction?
      for part in parts {
        guard let found = founders(part, known) else { return nil }
        first = first ?? found
      }
      return first
    case .not, .exists, .test, .holds: return known.conflict(with: query)
    case .nested(_, let inner):
      return known.conflict(with: query) ?? contradiction(in: inner)
    }
  }

  private func findDead(_ query: Predicate, _ known: QueryFacts, _ found: inout [QueryContradiction]) {
    switch query {
    case .and(let parts):
      var facts = known
      // What cannot be true as a whole is told as a whole.
      for part in parts where !part.isGroup { if facts.add(pushed(part, isNegated: false)) != nil { return } }
      for part in parts where part.isGroup { findDead(part, facts, &found) }
    case .or(let parts):
      for part in parts {
        if let dead = founders(plain(part, isNegated: false), known) {
          found.append(dead)
        } else {
          findDead(part, known, &found)
        }
      }
    default: break
    }
  }
}

extension Predicate {
  /// True for a group of conditions, which says nothing of a field by itself.
  fileprivate var isGroup: Bool {
    switch self {
    case .and, .or, .not(.and), .not(.or), .not(.not): true
    default: false
    }
  }

  /// How many single conditions the query has.
  fileprivate var conditionCount: Int {
    switch self {
    case .all, .nothing: 0
    case .and(let parts), .or(let parts): parts.reduce(0) { $0 + $1.conditionCount }
    case .not(let inner): inner.conditionCount
    case .nested(_, let inner): 1 + inner.conditionCount
    case .exists, .test, .holds: 1
    }
  }
}
