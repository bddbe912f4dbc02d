import Events

// Conditions on what Elasticsearch keeps beside a document.
extension QuerySet {
  /// Binds a condition on the id or the index of events; nil for one on anything else.
  mutating func documentNode(_ selector: FieldSelector, _ test: ValueTest?) -> Int? {
    guard nestedPath == nil, let name = selector.path, DocumentNames.contains(name) else { return nil }
    // Every document has both.
    guard let test, !test.takesEverything else { return nodes.insert(.all) }
    if case .sigma = test { return node(leaf(.named(name), test)) }
    if name == DocumentNames.id {
      guard let asked = test.ofID else { return nodes.insert(.nothing) }
      return node(leaf(.named(name), asked))
    }
    guard let names = IndexNameTest(test, now: now) else { return nodes.insert(.nothing) }
    let key = LeafKey(selector: .named(name), test: test)
    if let known = leafOfKey[key] { return node(known) }
    // What is called otherwise than its data stream says so in its text.
    let column = names.mayNameOthers ? plan.insert(name) : nil
    leaves.append(Leaf(selector: .index(names, column: column), condition: .test(test)))
    leafOfKey[key] = leaves.count - 1
    return node(leaves.count - 1)
  }

  /// True where some query asks which data stream events belong to, which no field of the plan says.
  public var asksDataStreams: Bool {
    leaves.contains { if case .index = $0.selector { true } else { false } }
  }
}

extension ValueTest {
  /// What is asked of a document's id, which compares as a whole; nil where nothing is found by it: Elasticsearch refuses ranges,
  /// patterns and what is nearly the same, and holds a value without regard to case against ids as it encodes them.
  fileprivate var ofID: ValueTest? {
    switch self {
    case .match(let text), .phrase(let text), .term(let text): .term(text)
    case .wildcard(let pattern): pattern.plainText.map { .term($0) }
    case .list: self
    case .words(.beginning): nil
    case .words(let asked): asked.isFuzzy ? nil : asked.whole.map { .term($0) }
    case .inZone(let inner, _): inner.ofID
    case .termPattern, .range, .regex, .sigma: nil
    }
  }

  /// True of a lone `*`, as which KQL and Lucene ask whether a field is there.
  fileprivate var takesEverything: Bool {
    if case .wildcard(let pattern) = self { pattern.matchesEverything } else { false }
  }
}

extension Predicate {
  /// True where a field is asked for, by whatever name or pattern, whose values stand in the texts of events alone.
  public var asksTexts: Bool {
    switch self {
    case .all, .nothing: return false
    case .and(let parts), .or(let parts): return parts.contains(where: \.asksTexts)
    case .not(let inner), .nested(_, let inner): return inner.asksTexts
    case .exists(let field): return field.asksRecord
    case .test(let field, let test):
      guard let name = field.path, DocumentNames.contains(name) else { return field.asksRecord }
      if name == DocumentNames.id { return true }
      if case .sigma = test { return true }
      return IndexNameTest(test)?.mayNameOthers ?? false
    case .holds(let condition): return condition.fields.contains(where: FieldPlan.standsInTexts)
    }
  }
}

extension Predicate {
  /// What the predicate asks of a record of CloudTrail that has an `event.id`, which is its id as a document, without asking its text;
  /// nil where that cannot be said.
  public var onRecords: Predicate? {
    func all(_ parts: [Predicate]) -> [Predicate]? {
      let asked = parts.compactMap(\.onRecords)
      return asked.count == parts.count ? asked : nil
    }
    switch self {
    case .and(let parts): return all(parts).map { .and($0) }
    case .or(let parts): return all(parts).map { .or($0) }
    case .not(let inner): return inner.onRecords.map { .not($0) }
    case .test(let field, let test) where field.path == DocumentNames.id:
      if case .sigma = test { return nil }
      if test.takesEverything { return .all }
      return test.ofID.map { .test(.named("event.id"), $0) } ?? .nothing
    case .all, .nothing, .exists, .test, .nested, .holds: return asksTexts ? nil : self
    }
  }
}

extension FieldSelector {
  fileprivate var asksRecord: Bool { text.map { RecordNames.name(ofPath: $0) != nil } ?? false }
}
