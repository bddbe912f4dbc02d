import Events

/// Says what of a query Elasticsearch would refuse, and so fail the whole search or execution.
///
/// Only fields whose type is known are judged: by the catalog, and by `known` for others.
public struct QueryJudge: Sendable {
  let catalog: FieldCatalog
  /// The types of fields that the catalog does not know, as the data has them.
  let known: [String: FieldType]
  /// Whether braces after a field that nothing is known of are refused, as they are where no index has the field.
  let refusesUnknownObjects: Bool

  public init(_ catalog: FieldCatalog, known: [String: FieldType] = [:], refusesUnknownObjects: Bool = false) {
    self.catalog = catalog
    self.known = known
    self.refusesUnknownObjects = refusesUnknownObjects
  }

  /// The first thing in a predicate that is refused; nil where there is none.
  public func refusal(of predicate: Predicate) -> QueryRefusal? { walk(predicate, in: nil) }

  private func walk(_ predicate: Predicate, in path: String?) -> QueryRefusal? {
    switch predicate {
    case .and(let parts), .or(let parts):
      for part in parts { if let found = walk(part, in: path) { return found } }
      return nil
    case .not(let inner): return walk(inner, in: path)
    case .nested(let inside, let inner): return refusal(of: predicate, in: path) ?? walk(inner, in: inside.text)
    case .all, .nothing, .exists, .test, .holds: return refusal(of: predicate, in: path)
    }
  }

  /// Why one condition, which stands in the braces of a nested field or in none, is refused.
  func refusal(of condition: Predicate, in path: String?) -> QueryRefusal? {
    switch condition {
    case .all, .nothing, .and, .or, .not: return nil
    case .holds(let condition):
      // Those of other languages were judged when they were read.
      guard condition.language == .lucene else { return nil }
      do throws(TypeFault) {
        _ = try condition.typed(catalog, now: nil)
        return nil
      } catch {
        let names = condition.fields.map { "`\($0)`" }.joined(separator: ", ")
        return QueryRefusal("\(names): \(error.message)", expected: error.expected, hint: error.hint, isOfField: true)
      }
    case .nested(let nested, _):
      let inside = nested.text
      switch catalog.type(of: inside) {
      case .nested: return nil
      case _ where nested.ignoresUnmapped: return nil
      case nil where !refusesUnknownObjects && catalog.resolve(inside).flattenedRoot == nil: return nil
      default:
        return QueryRefusal(
          "`\(inside)` is no nested field, and braces are for those", expected: "a nested field",
          hint: "write `\(inside).child: value`", isOfField: true)
      }
    case .test(.named(let name), let test):
      if DocumentNames.contains(name) { return Self.refusal(of: test, ofDocument: name) }
      let field = catalog.resolve(name)
      guard field.isKnown else {
        return known[name].flatMap { refusal(of: test, as: $0, isKey: false, name: name) }
      }
      return refusal(of: test, as: field.type, isKey: isKey(name), name: name)
    case .test(.matching(let pattern), let test) where pattern.plainText != nil:
      let name = pattern.text
      let found = path == nil ? nil : misplaced(name, in: path)
      return found ?? refusal(of: .test(.named(name), test), in: path)
    case .test(.matching(let pattern), let test):
      for name in catalog.paths(matching: pattern.text) {
        guard let found = refusal(of: test, as: catalog.resolve(name).type, isKey: false, name: name) else { continue }
        return QueryRefusal(
          "`\(pattern.text)` names `\(name)` too: " + found.message, expected: found.expected,
          hint: "name the fields that are meant")
      }
      return nil
    // Where every field is asked, or it is said so, those that cannot read the value are passed over.
    case .exists, .test(.any, _), .test(.lenient, _): return nil
    }
  }

  /// Whether a name is that of a key below a flattened field.
  private func isKey(_ name: String) -> Bool {
    let field = catalog.resolve(name)
    return field.flattenedRoot != nil && field.flattenedRoot != field.sourcePath
  }

  /// Why Kibana refuses a condition of a query in KQL: it names a field of a nested one outside of its braces, or in those of
  /// another. Elasticsearch itself finds nothing there.
  func misplaced(_ condition: Predicate, in path: String?) -> QueryRefusal? {
    switch condition {
    case .and(let parts), .or(let parts): parts.lazy.compactMap { misplaced($0, in: path) }.first
    case .not(let inner): misplaced(inner, in: path)
    case .nested(let inside, let inner): misplaced(inner, in: inside.text)
    case .exists(.named(let name)), .test(.named(let name), _): misplaced(name, in: path)
    case .all, .nothing, .exists, .test, .holds: nil
    }
  }

  private func misplaced(_ name: String, in path: String?) -> QueryRefusal? {
    let field = catalog.resolve(name)
    guard field.nestedPath != path else { return nil }
    if let nested = field.nestedPath {
      let child = field.sourcePath.dropFirst(nested.count + 1)
      return QueryRefusal(
        "`\(name)` lies in the nested field `\(nested)`", expected: "braces",
        hint: "write `\(nested): { \(child): … }`", isOfField: true)
    }
    // The braces themselves are judged where they stand.
    return nil
  }

  private func refusal(of test: ValueTest, as type: FieldType, isKey: Bool, name: String) -> QueryRefusal? {
    if isKey { return refusal(ofKey: test, name: name) }
    if case .words(.beginning) = test { return Self.beginning(type, name: name) }
    switch type {
    case .keyword, .wildcard, .constant, .version, .analyzed, .flattened, .object, .nested, .dynamic: return nil
    case .binary:
      return .unindexed(name)
    case .geoPoint:
      if case .sigma = test { return nil }
      return QueryRefusal(
        "`\(name)` holds points, which have no values to compare with", expected: "`\(name): *`", isOfField: true)
    case .integer, .double, .narrow, .boolean, .date, .dateNanos, .ip: break
    }
    switch test {
    case .sigma: return nil
    case .words(let asked):
      if asked.isFuzzy { return Self.fuzzy(type.plural, name: name) }
      return asked.whole.flatMap { unreadable($0, as: type, name: name) }
    case .match(let text), .phrase(let text), .term(let text): return unreadable(text, as: type, name: name)
    case .inZone(let inner, _): return refusal(of: inner, as: type, isKey: isKey, name: name)
    case .range(let lower, let upper):
      for bound in [lower, upper].compactMap(\.self) {
        let format = bound.format ?? type.dateFormat
        if let found = unreadable(bound.value, as: type, name: name, isBound: true, format) { return found }
      }
      return nil
    case .wildcard(let pattern):
      for part in pattern.alternatives ?? [pattern] where !part.matchesEverything {
        guard let text = part.plainText else { return Self.wildcard(type, name: name) }
        if let found = unreadable(text, as: type, name: name) { return found }
      }
      return nil
    case .termPattern, .regex: return Self.wildcard(type, name: name)
    case .list: return nil
    }
  }

  private static func fuzzy(_ kind: String, name: String) -> QueryRefusal {
    QueryRefusal(
      "what is nearly the same is looked for in keywords and text, and `\(name)` holds \(kind)", expected: "a value",
      isOfField: true)
  }

  /// Of a field that nothing is known of, nothing is refused.
  private static func beginning(_ type: FieldType, name: String) -> QueryRefusal? {
    switch type {
    case .analyzed, .dynamic, .object, .nested: nil
    default:
      QueryRefusal(
        "the beginning of a phrase is looked for in fields of text, and `\(name)` is none",
        expected: "a `prefix` query",
        isOfField: true)
    }
  }

  private static func wildcard(_ type: FieldType, name: String) -> QueryRefusal {
    QueryRefusal(
      "`\(name)` holds \(type.plural), which know no wildcards", expected: type.expected)
  }

  private func refusal(ofKey test: ValueTest, name: String) -> QueryRefusal? {
    switch test {
    case .wildcard(let pattern):
      for part in pattern.alternatives ?? [pattern] where part.plainText == nil && !part.matchesEverything {
        if let found = Self.keyPattern(part, name: name) { return found }
      }
      return nil
    // Of prefixes and of values without regard to case a key knows both.
    case .termPattern(let pattern) where pattern.isWildcardQuery:
      return QueryRefusal(
        "`\(name)` is a key of a flattened field, which knows no wildcard query", expected: "a value, or a `prefix`")
    case .termPattern: return nil
    case .regex:
      return QueryRefusal(
        "`\(name)` is a key of a flattened field, which knows no regular expressions", expected: "a value")
    case .range(nil, _), .range(_, nil):
      return QueryRefusal(
        "`\(name)` is a key of a flattened field, which knows no range with one end", expected: "a value")
    case .words(.beginning): return Self.beginning(.keyword, name: name)
    case .words(let asked): return asked.isFuzzy ? Self.fuzzy("the keys of a flattened field", name: name) : nil
    case .match, .phrase, .term, .range, .list, .sigma, .inZone: return nil
    }
  }

  private static func keyPattern(_ pattern: WildcardPattern, name: String) -> QueryRefusal? {
    let isPrefix = pattern.parts.count == 2 && pattern.parts[1] == .anyRun
    if isPrefix, pattern.plainText == nil, case .literal = pattern.parts[0] { return nil }
    return QueryRefusal(
      "`\(name)` is a key of a flattened field, which knows a wildcard only at the end of a value",
      expected: "a value such as `start*`")
  }

  private func unreadable(
    _ text: String, as type: FieldType, name: String, isBound: Bool = false, _ format: DateFormat? = nil
  ) -> QueryRefusal? {
    let format = format ?? type.dateFormat
    var shown = String(text.prefix(60))
    if shown.count < text.count { shown += "…" }
    guard !type.canRead(text, isBound: isBound, format) else {
      // A value that no number of 64 bits can be matches none; a bound is refused.
      guard isBound, type == .integer, Number(text)?.isBeyondLong == true else { return nil }
      return QueryRefusal(
        "`\(name)` holds whole numbers of 64 bits, and “\(shown)” lies beyond them", expected: "a number")
    }
    if type.holdsTimes, let format {
      return QueryRefusal(
        "`\(name)` holds times, and “\(shown)” is none in the format `\(format.text)`",
        expected: "a time in this format, or one such as now-1d")
    }
    return QueryRefusal("`\(name)` holds \(type.plural), and “\(shown)” is none", expected: type.expected)
  }
}

extension FieldType {
  fileprivate func canRead(_ text: String, isBound: Bool, _ format: DateFormat?) -> Bool {
    switch self {
    case .integer, .double, .narrow: Number(text) != nil
    case .boolean: text == "true" || text == "false"
    case .date, .dateNanos: (try? DateMath(text, format)) != nil
    case .ip: IPAddress(text) != nil || !isBound && IPAddress.range(cidr: text) != nil
    case .keyword, .wildcard, .constant, .version, .analyzed, .flattened, .nested, .object, .geoPoint, .binary,
      .dynamic:
      true
    }
  }

  fileprivate var plural: String {
    switch self {
    case .integer, .double, .narrow: "numbers"
    case .boolean: "true or false"
    case .date, .dateNanos: "times"
    case .ip: "addresses"
    default: "values"
    }
  }

  fileprivate var expected: String? {
    switch self {
    case .integer, .double, .narrow: "a number"
    case .boolean: "`true` or `false`"
    case .date, .dateNanos: "a time such as 2026-01-31 or now-1d"
    case .ip: "an address or a network such as 10.0.0.0/8"
    default: nil
    }
  }
}
