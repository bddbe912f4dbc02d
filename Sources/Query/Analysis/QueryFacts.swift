import Events

/// What is known to hold of an event while a query is looked at.
struct QueryFacts {
  private let analysis: QueryAnalysis
  private var required: [FieldSelector: [ValueTest]] = [:]
  private var excluded: [FieldSelector: [ValueTest]] = [:]
  private var present: Set<FieldSelector> = []
  private var absent: Set<FieldSelector> = []
  private var others: Set<Predicate> = []

  init(_ analysis: QueryAnalysis) { self.analysis = analysis }

  /// Adds a condition; says so when it cannot hold beside the others.
  mutating func add(_ condition: Predicate) -> QueryContradiction? {
    if let found = conflict(with: condition) { return found }
    switch condition {
    case .exists(let field): present.insert(field)
    case .not(.exists(let field)): absent.insert(field)
    case .test(let field, let test): required[field, default: []].append(test)
    case .not(.test(let field, let test)): excluded[field, default: []].append(test)
    default: others.insert(condition)
    }
    return nil
  }

  /// Why a single condition, or its opposite, cannot hold beside what is known.
  func conflict(with condition: Predicate) -> QueryContradiction? {
    switch condition {
    case .nothing: return QueryContradiction(field: nil, cause: "it asks for nothing that an event can have")
    case .exists(let field):
      return absent.contains(field) ? Self.both(field, "required and to be absent") : nil
    case .not(.exists(let field)):
      return present.contains(field) || required[field] != nil ? Self.both(field, "required and to be absent") : nil
    case .test(let field, let test): return conflict(field, test)
    case .not(.test(let field, let test)):
      for other in required[field] ?? []
      where other == test || value(other, field).map({ holds(test, $0, field) }) == true {
        return Self.both(field, "required to be \(other.words) and not to be \(test.words)")
      }
      return nil
    case .not(let inner): return others.contains(inner) ? Self.both(nil, "required and excluded") : nil
    case .nested, .holds: return others.contains(.not(condition)) ? Self.both(nil, "required and excluded") : nil
    case .all, .and, .or: return nil
    }
  }

  private func conflict(_ field: FieldSelector, _ test: ValueTest) -> QueryContradiction? {
    if absent.contains(field) { return Self.both(field, "required and to be absent") }
    if case .named(let path) = field, test.isImpossible(as: analysis.catalog.resolve(path).type) {
      return QueryContradiction(field: path, cause: "no value of `\(path)` can be \(test.words)")
    }
    let exact = value(test, field)
    for other in excluded[field] ?? [] where other == test || exact.map({ holds(other, $0, field) }) == true {
      return Self.both(field, "required to be \(test.words) and not to be \(other.words)")
    }
    guard case .named(let path) = field, analysis.isSingleValued(path) else { return nil }
    for other in required[field] ?? [] {
      let excludes =
        exact.map { !holds(other, $0, field) } ?? value(other, field).map { !holds(test, $0, field) }
        ?? test.joined(with: other)?.isImpossible(as: analysis.catalog.resolve(path).type)
      if excludes == true {
        return Self.both(field, "required to be \(other.words) and \(test.words) at once, and has one value")
      }
    }
    return nil
  }

  /// The one value that passes the test, where there is such: not so for words of texts, ranges, dates.
  private func value(_ test: ValueTest, _ field: FieldSelector) -> String? {
    // The name of an index is asked for by patterns alone.
    guard case .named(let path) = field, path != DocumentNames.index else { return nil }
    let text: String
    switch test {
    case .match(let value), .phrase(let value), .term(let value): text = value
    case .wildcard, .termPattern, .regex, .range, .list, .words, .sigma, .inZone: return nil
    }
    switch analysis.catalog.resolve(path).type {
    case .keyword, .wildcard, .constant, .version, .flattened, .boolean, .integer, .double: return text
    case .ip: return IPAddress(text) == nil ? nil : text
    case .analyzed, .date, .dateNanos, .narrow, .nested, .object, .geoPoint, .binary, .dynamic: return nil
    }
  }

  private func holds(_ test: ValueTest, _ value: String, _ field: FieldSelector) -> Bool {
    guard case .named(let path) = field else { return false }
    // None of the types that have one value for a test asks for the time.
    return test.holds(for: value, type: analysis.catalog.resolve(path).type, now: Timestamp(milliseconds: 0))
  }

  private static func both(_ field: FieldSelector?, _ what: String) -> QueryContradiction {
    guard case .named(let path)? = field else {
      return QueryContradiction(field: nil, cause: "a condition is \(what)")
    }
    return QueryContradiction(field: path, cause: "`\(path)` is \(what)")
  }
}
