import Events

extension ESQLBinder {
  /// Binds `FROM` with subqueries: each of them by itself, what stands beside them as one more, and the columns of all together.
  ///
  /// - Parameter asked: the metadata that what is no subquery gives.
  mutating func bindUnion(_ asked: [ESQLWritten], _ subqueries: [ESQLQuery]) throws(TypeFault) {
    readsSubqueries = true
    handedDown = try passesOn(handedDown) + ownHandedDown
    var parts: [Part] = []
    let own = query.ownPatterns
    if !own.isEmpty {
      let range = query.commands.first?.range ?? 0..<0
      let query = ESQLQuery(text: query.text, commands: [ESQLCommand(form: .from(own, metadata: asked), range: range)])
      // Rows that are gathered have no document.
      if let part = try part(query, isOfRule: isOfRule && !self.query.isAggregating) { parts.append(part) }
    }
    for subquery in subqueries { if let part = try part(subquery, isOfRule: false) { parts.append(part) } }
    guard problems.isEmpty else { return }
    merge(parts)
  }

  /// A query that is bound, and what it reads.
  private struct Part {
    var binder: ESQLBinder
    var isRead: Predicate
  }

  /// Binds a query by itself; nil where it has problems, which are told.
  private mutating func part(_ query: ESQLQuery, isOfRule: Bool) throws(TypeFault) -> Part? {
    let index = IndexPattern(query.sources, now: namesAt)
    var binder = ESQLBinder(query, catalog: catalog.narrowed(to: index), tables: tables, now: now)
    binder.namesAt = namesAt
    binder.unmapped = unmapped
    binder.outer = passing
    binder.isOfRule = isOfRule
    let isUnion = !query.subqueries.isEmpty
    if isUnion { binder.handedDown = handedDown }
    _ = try binder.bindSource()
    if binder.problems.isEmpty { binder.bindCommands() }
    if binder.problems.isEmpty, !isUnion { binder.take(handedDown) }
    // What is asked within each of several is told once.
    problems += binder.problems.filter { !problems.contains($0) }
    warnings += binder.warnings
    falseRanges.formUnion(binder.falseRanges)
    guard binder.problems.isEmpty else { return nil }
    if Self.isSorted(binder.steps) { binder.steps.append(.limit(ESQLProgram.mostRows)) }
    return Part(binder: binder, isRead: query.isReadPredicate)
  }

  /// True where a query brings its rows into an order and says nowhere behind that how many it gives: it gives as many as an answer has at
  /// most. An order of rows that are gathered later is none.
  ///
  /// Source: Elasticsearch's `PushDownFilterAndLimitIntoUnionAll`.
  private static func isSorted(_ steps: [ESQLStep]) -> Bool {
    for step in steps.reversed() {
      switch step {
      case .sort: return true
      case .limit, .union, .stats, .changePoint: return false
      case .filter, .narrow, .append, .select, .expand, .extract, .enrich, .join, .limitBy, .inlineStats, .refused:
        continue
      }
    }
    return false
  }

  // MARK: one page for all

  /// Makes one step of queries, of what each reads a page, and of what they give columns.
  private mutating func merge(_ parts: [Part]) {
    var places: [String: Int] = [:]
    for part in parts {
      for field in part.binder.fields {
        let key = "\(field.path)\u{0}\(field.type)\u{0}\(field.keeping)"
        if places[key] == nil {
          places[key] = fields.count
          fields.append(field)
        }
      }
      for name in part.binder.metadata where !metadata.contains(name) { metadata.append(name) }
    }
    let (columns, outputs, conversions) = unite(parts.map(\.binder.schema))
    var branches: [ESQLUnion.Branch] = []
    for (number, part) in parts.enumerated() {
      let binder = part.binder
      var output = outputs[number]
      let input =
        binder.fields.map { places["\($0.path)\u{0}\($0.type)\u{0}\($0.keeping)"] ?? 0 }
        + binder.metadata.map { fields.count + (metadata.firstIndex(of: $0) ?? 0) }
      var steps = binder.steps
      var width = binder.schema.columns.count
      for (place, expression) in conversions[number] {
        steps.append(.append(expression))
        output[place] = width
        width += 1
      }
      matches.append(part.isRead)
      let first = matches.count
      matches += binder.matches
      branches.append(
        ESQLUnion.Branch(
          membership: first - 1, input: input, matches: first..<matches.count, steps: steps, output: output))
    }
    narrow(branches, parts.map(\.binder))
    if parts.contains(where: { $0.binder.firstNowStep != nil }) { firstNowStep = firstNowStep ?? steps.count }
    if parts.contains(where: { $0.binder.firstMetadataStep != nil }) {
      firstMetadataStep = firstMetadataStep ?? steps.count
    }
    steps.append(.union(ESQLUnion(branches: branches, types: columns.map(\.type))))
    schema = ESQLSchema(columns)
  }

  /// Adds a step that leaves rows out which none of the queries takes, as their first conditions tell of single events at any time.
  private mutating func narrow(_ branches: [ESQLUnion.Branch], _ binders: [ESQLBinder]) {
    let width = fields.count + metadata.count
    var all: [TypedExpression] = []
    var narrows = false
    for (branch, binder) in zip(branches, binders) {
      var condition = TypedExpression(.column(width + branch.membership), .boolean, 0..<0)
      let last = min(binder.firstNowStep ?? .max, binder.firstMetadataStep ?? .max, branch.steps.count)
      for step in branch.steps[..<last] {
        guard let own = step.condition else { break }
        narrows = true
        let moved = own.movingColumns { column in
          column < branch.input.count
            ? branch.input[column] : width + branch.matches.lowerBound + column - branch.input.count
        }
        condition = TypedExpression(.and([condition, moved]), .boolean, 0..<0)
      }
      all.append(condition)
    }
    guard narrows else { return }
    steps.append(.narrow(all.count == 1 ? all[0] : TypedExpression(.or(all), .boolean, 0..<0)))
  }

  // MARK: columns

  /// The columns of several schemas together, in the order in which they come first.
  ///
  /// - Returns: the columns; of each schema where each of them stands, and by column what has to be converted.
  private func unite(
    _ schemas: [ESQLSchema]
  ) -> (columns: [ESQLSchema.Column], outputs: [[Int?]], conversions: [[(place: Int, TypedExpression)]]) {
    var columns: [ESQLSchema.Column] = []
    var outputs: [[Int?]] = schemas.map { _ in [] }
    var conversions: [[(place: Int, TypedExpression)]] = schemas.map { _ in [] }
    var known: Set<String> = []
    for name in schemas.flatMap({ $0.columns.map(\.name) }) where known.insert(name).inserted {
      let found = schemas.map { schema in schema.place(of: name) }
      let own = zip(schemas, found).compactMap { schema, place in place.map { schema.columns[$0] } }
      guard let first = own.first else { continue }
      // A column of nulls is of any type.
      let typed = own.filter { $0.type != .null }
      let types = Set(typed.map(\.type))
      var column = ESQLSchema.Column(
        name: name, type: typed.first?.type ?? .null, isField: typed.allSatisfy(\.isField) && first.isField,
        isSource: typed.contains(where: \.isSource))
      var isThere = true
      if typed.contains(where: { $0.union != nil || $0.conflict != nil }) {
        // Where indices map a field differently its values are converted as they come.
        if typed.allSatisfy({ $0.union != nil && $0.union == typed[0].union }) {
          column.union = typed[0].union
        } else {
          isThere = false
        }
      } else if types == [.text, .keyword] {
        column.type = .keyword
      } else if types == [.date, .dateNanos] {
        column.type = .dateNanos
      } else if types.count > 1 || types == [.unsupported] {
        isThere = false
      }
      if !isThere {
        column.mixed = ESQLMixture.types(of: typed)
        isThere = !column.mixed.isEmpty
        column.type = .unsupported
        column.isField = false
        let names = typed.map { $0.union == nil ? $0.typeName : "unsupported" }
        column.conflict =
          "Column [\(name)] has conflicting data types in subqueries: [\(names.joined(separator: ", "))]"
      }
      for (at, place) in found.enumerated() {
        outputs[at].append(isThere ? place : nil)
        guard isThere, let place else { continue }
        let own = schemas[at].columns[place]
        if column.type == .dateNanos, own.type == .date {
          conversions[at].append((columns.count, Self.nanoseconds(of: place)))
        } else if !column.mixed.isEmpty, let values = ESQLMixture.values(of: place, own) {
          conversions[at].append((columns.count, values))
        }
      }
      columns.append(column)
    }
    return (columns, outputs, conversions)
  }

  /// A column of times in milliseconds as one in nanoseconds.
  private static func nanoseconds(of place: Int) -> TypedExpression {
    let function = ScalarFunction("TO_DATE_NANOS", several: .each) { cells throws(EvaluationFault) in
      guard let value = cells[0].single else { return .none }
      return .one(try ESQLConversion.value(value, from: .date, to: .dateNanos))
    }
    return TypedExpression(.apply(function, [TypedExpression(.column(place), .date, 0..<0)]), .dateNanos, 0..<0)
  }
}

extension ESQLQuery {
  /// What is true of the events of the data streams that the query names.
  var isReadPredicate: Predicate {
    let subqueries = subqueries
    guard subqueries.isEmpty else {
      let own = ownSources.isEmpty ? [] : [Self.isRead(ownSources)]
      return .or(own + subqueries.map(\.isReadPredicate))
    }
    return Self.isRead(ownSources)
  }

  private static func isRead(_ sources: [String]) -> Predicate {
    isRead(IndexPattern(sources).patterns[...]).selects.simplified()
  }

  /// What patterns one after the other select, and what they leave of that which others before them have selected.
  ///
  /// They are put together in halves: a text may hold very many, and conditions are gone through as deep as they stand.
  private static func isRead(_ patterns: ArraySlice<String>) -> (selects: Predicate, leaves: Predicate) {
    guard patterns.count > 1 else {
      guard let pattern = patterns.first else { return (.nothing, .all) }
      let isExcluded = pattern.hasPrefix("-")
      let test = Predicate.test(
        .named(DocumentNames.index), .match(isExcluded ? String(pattern.dropFirst()) : pattern))
      return isExcluded ? (.nothing, .not(test)) : (test, .all)
    }
    let middle = patterns.startIndex + patterns.count / 2
    let (first, second) = (isRead(patterns[..<middle]), isRead(patterns[middle...]))
    let kept = second.leaves == .all ? first.selects : .and([first.selects, second.leaves])
    return (
      .or([kept, second.selects]),
      first.leaves == .all ? second.leaves : second.leaves == .all ? first.leaves : .and([first.leaves, second.leaves])
    )
  }
}
