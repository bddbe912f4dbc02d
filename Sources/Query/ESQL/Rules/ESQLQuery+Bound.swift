import Events

extension ESQLQuery {
  /// A condition on events that holds wherever an event can take part in the answer: what conditions ask before anything but
  /// single rows is looked at. It holds of more events where a condition is no test of single values.
  public func bound(_ catalog: FieldCatalog) -> Predicate {
    var bound = ESQLBound(catalog)
    var parts: [Predicate] = []
    _ = addBound(to: &parts, &bound)
    return Predicate.and(parts).simplified()
  }

  /// Adds what conditions ask of events, and which columns are no fields behind the commands.
  ///
  /// - Returns: false where rows are more than single events behind some command, so that nothing that follows is asked of events.
  private func addBound(to parts: inout [Predicate], _ bound: inout ESQLBound) -> Bool {
    for command in commands {
      switch command.form {
      case .from: guard subqueries.isEmpty || addBoundOfSubqueries(to: &parts, &bound) else { return false }
      case .filter(let term): parts.append(bound.predicate(term, holds: true))
      case .eval(let fields): for field in fields { bound.made.insert(field.name?.text ?? text(field.range)) }
      case .dissect(_, let pattern, let separator):
        guard let extractor = try? ESQLDissect.extractor(pattern, separator: separator) else { return false }
        bound.made.formUnion(extractor.columns.map(\.name))
      case .grok(_, let patterns):
        guard let extractor = try? ESQLGrok.extractor(patterns) else { return false }
        bound.made.formUnion(extractor.columns.map(\.name))
      case .rename(let pairs):
        for (old, new) in pairs { bound.made.formUnion([old.text, new.text]) }
      case .expand(let name): bound.made.insert(name.text)
      case .enrich(_, _, let with) where !with.isEmpty:
        for (new, field) in with { bound.made.insert(new?.text ?? field.text) }
      case .keep, .drop, .sort: break
      // What a later condition leaves out counts there; and what a table has is not known here.
      case .row, .show, .stats, .limit, .enrich, .join, .changePoint, .completion: return false
      }
    }
    return true
  }

  /// An event takes part in the answer where it does in that of some subquery, or stands beside them. A column that some subquery
  /// leaves out is null there, which no condition that asks for a value is true of.
  private func addBoundOfSubqueries(to parts: inout [Predicate], _ bound: inout ESQLBound) -> Bool {
    var isOfEvents = true
    var choices: [Predicate] = []
    if !ownSources.isEmpty {
      choices.append(
        ESQLQuery(text: text, commands: [ESQLCommand(form: .from(ownPatterns, metadata: []), range: 0..<0)])
          .isReadPredicate)
    }
    for subquery in subqueries {
      var own = [subquery.isReadPredicate]
      var inner = ESQLBound(bound.catalog)
      if !subquery.addBound(to: &own, &inner) { isOfEvents = false }
      bound.made.formUnion(inner.made)
      choices.append(.and(own))
    }
    parts.append(.or(choices))
    return isOfEvents
  }
}

/// Makes predicates of conditions that hold wherever these are true, or false. Null is neither.
private struct ESQLBound {
  let catalog: FieldCatalog
  /// Columns that are no fields any more.
  var made: Set<String> = []

  init(_ catalog: FieldCatalog) { self.catalog = catalog }

  /// A field whose values are single ones that tests can read; nil for anything else.
  private func field(_ term: ESQLTerm) -> (path: String, type: FieldType)? {
    guard case .column(let name) = term.form, !made.contains(name), ESQLBinder.metadataTypes[name] == nil else {
      return nil
    }
    let field = catalog.resolve(name)
    guard field.isKnown, field.nestedPath == nil, field.flattenedRoot != name else { return nil }
    switch field.type {
    case .object, .nested, .geoPoint, .binary, .dynamic: return nil
    default: return (name, field.type)
    }
  }

  private func exists(_ term: ESQLTerm) -> Predicate { field(term).map { .exists(.named($0.path)) } ?? .all }

  /// - Parameter holds: where the term is true, else where it is false.
  func predicate(_ term: ESQLTerm, holds: Bool) -> Predicate {
    switch term.form {
    case .and(let left, let right):
      let parts = [predicate(left, holds: holds), predicate(right, holds: holds)]
      return holds ? .and(parts) : .or(parts)
    case .or(let left, let right):
      let parts = [predicate(left, holds: holds), predicate(right, holds: holds)]
      return holds ? .or(parts) : .and(parts)
    case .not(let inner): return predicate(inner, holds: !holds)
    case .literal(.one(.boolean(let flag)), _): return flag == holds ? .all : .nothing
    case .literal(.none, _): return .nothing
    case .column:
      guard let field = field(term), case .boolean = field.type else { return .all }
      return .test(.named(field.path), .term(holds ? "true" : "false"))
    case .isNotNull(let inner): return holds ? exists(inner) : .all
    case .comparison(let kind, let left, let right):
      if kind == .equal { return equality(left, [right], holds: holds) }
      if kind == .notEqual { return equality(left, [right], holds: !holds) }
      return .and([exists(left), exists(right)])
    case .among(let value, let list): return equality(value, list, holds: holds)
    case .amongRows: return .all
    case .like(let value, let patterns, let isRegex): return like(value, patterns, isRegex: isRegex, holds: holds)
    case .match(let field, _): return holds ? exists(field) : .all
    case .function(let name, _, let arguments, let options):
      // What options make of a query is asked when it runs.
      if !options.isEmpty { return .all }
      return call(name.uppercased(), arguments, holds: holds)
    case .literal, .negative, .arithmetic, .isNull, .cast, .star: return .all
    }
  }

  /// - Parameter holds: the field has one of the values; else it has one, and none of these.
  private func equality(_ left: ESQLTerm, _ values: [ESQLTerm], holds: Bool) -> Predicate {
    if values.count == 1, field(left) == nil, field(values[0]) != nil {
      return equality(values[0], [left], holds: holds)
    }
    guard let field = field(left) else { return .all }
    let present = Predicate.exists(.named(field.path))
    var tests: [Predicate] = []
    for value in values {
      guard case .literal(let cell, _) = value.form else { return present }
      // Nothing is equal to null, or unequal.
      guard let one = cell.single else {
        if holds, cell.isNull { continue }
        return cell.isNull ? .nothing : present
      }
      guard let text = Self.text(one, field.type) else { return present }
      tests.append(.test(.named(field.path), .term(text)))
    }
    let any = Predicate.or(tests).simplified()
    return holds ? any : .and([present, .not(any)])
  }

  /// A value as a test of a field has it; nil where the two might take it differently.
  private static func text(_ value: Value, _ type: FieldType) -> String? {
    switch (type, value) {
    case (.keyword, .text(let text)), (.wildcard, .text(let text)), (.constant, .text(let text)),
      (.flattened, .text(let text)):
      text
    case (.ip, .text(let text)): IPAddress(text)?.text
    case (.integer, .whole(let number)): String(number)
    case (.boolean, .boolean(let flag)): flag ? "true" : "false"
    default: nil
    }
  }

  private func like(_ value: ESQLTerm, _ patterns: [ESQLWritten], isRegex: Bool, holds: Bool) -> Predicate {
    guard let field = field(value) else { return .all }
    let present = Predicate.exists(.named(field.path))
    // A pattern that any text fits asks whether there is one, and is never null.
    if !holds, patterns.contains(where: { $0.text == ".*" || $0.text.allSatisfy { $0 == "*" } }) { return .all }
    switch field.type {
    case .keyword, .wildcard, .constant: break
    default: return present
    }
    var tests: [Predicate] = []
    for pattern in patterns {
      let text = TextPattern(pattern.text, pattern.range)
      if isRegex {
        guard let regex = try? PatternMatching.regex(text, ignoresCase: false) else { return present }
        tests.append(.test(.named(field.path), .regex(regex)))
      } else {
        guard let wildcard = try? PatternMatching.like(text) else { return present }
        tests.append(.test(.named(field.path), .termPattern(wildcard)))
      }
    }
    let any = Predicate.or(tests).simplified()
    return holds ? any : .and([present, .not(any)])
  }

  private func call(_ name: String, _ arguments: [ESQLTerm], holds: Bool) -> Predicate {
    switch name {
    case "KQL", "QSTR":
      guard arguments.count == 1, case .literal(.one(.text(let text)), _) = arguments[0].form else { return .all }
      let asked =
        name == "KQL"
        ? try? KQL.parse(text) : try? QueryDSL.queryString(["query": .string(text)], catalog: catalog, path: name)
      guard let asked, !asked.dependsOnNow(catalog) else { return .all }
      return holds ? asked : .not(asked)
    case "MATCH", "MATCH_PHRASE": return holds ? arguments.first.map(exists) ?? .all : .all
    case "STARTS_WITH", "ENDS_WITH", "CONTAINS":
      guard arguments.count == 2, let field = field(arguments[0]) else { return .all }
      let present = Predicate.exists(.named(field.path))
      guard case .literal(.one(.text(let text)), _) = arguments[1].form else { return present }
      switch field.type {
      case .keyword, .wildcard, .constant: break
      default: return present
      }
      let parts: [WildcardPattern.Part] =
        switch name {
        case "STARTS_WITH": [.literal(text), .anyRun]
        case "ENDS_WITH": [.anyRun, .literal(text)]
        default: [.anyRun, .literal(text), .anyRun]
        }
      let test = Predicate.test(.named(field.path), .termPattern(WildcardPattern(parts)))
      return holds ? test : .and([present, .not(test)])
    case "CIDR_MATCH":
      guard let first = arguments.first, let field = field(first), case .ip = field.type else { return .all }
      let present = Predicate.exists(.named(field.path))
      var tests: [Predicate] = []
      for argument in arguments.dropFirst() {
        guard case .literal(.one(.text(let text)), _) = argument.form, IPAddress.range(cidr: text) != nil else {
          return present
        }
        tests.append(.test(.named(field.path), .match(text)))
      }
      let any = Predicate.or(tests).simplified()
      return holds ? any : .and([present, .not(any)])
    // They are null where their first argument is.
    case "TO_LOWER", "TO_UPPER": return arguments.first.map(exists) ?? .all
    default: return .all
    }
  }
}
