import Events

extension ESQLBinder {
  /// Makes steps of all commands; problems are kept, so that several can be told together.
  mutating func bindCommands() {
    for command in query.commands {
      let before = problems.count - misplacedAggregates
      commandRange = command.range
      do throws(TypeFault) {
        try bind(command)
      } catch {
        problems.append(shown(error))
      }
      switch command.form {
      case .from, .filter, .sort: break
      default: passed.append(text(command.range).uppercased())
      }
      commandEnds.append(steps.count)
      // What a failed command would have given is unknown: later ones would complain of its columns.
      if problems.count - misplacedAggregates > before { return }
    }
  }

  /// Adds columns of nulls for names of a command that no column has, where `SET unmapped_fields` says so.
  private mutating func admitUnmapped(_ command: ESQLCommand) {
    guard unmapped == .null, lastsUntil != "STATS" else { return }
    var names: [String] = []
    func visit(_ term: ESQLTerm) { term.forEachColumn { names.append($0) } }
    var made: Set<String> = []
    switch command.form {
    case .filter(let term), .dissect(let term, _, _), .grok(let term, _), .completion(_, let term): visit(term)
    case .stats(let aggregates, let keys, _):
      for key in keys { visit(key.term) }
      admit(names, except: [])
      names = []
      made = Set(keys.compactMap { $0.name?.text })
      for field in aggregates {
        visit(field.term)
        if let condition = field.condition { visit(condition) }
      }
    case .keep(let written), .drop(let written): names = written.filter(\.isQuoted).map(\.text)
    case .rename(let pairs):
      for (old, new) in pairs {
        if !made.contains(old.text) { names.append(old.text) }
        made.insert(new.text)
      }
      made = []
    case .sort(let keys): for key in keys { visit(key.term) }
    case .expand(let name): names = [name.text]
    case .enrich(_, let on, _): names = on.map { [$0.text] } ?? []
    case .changePoint(let value, let key, _, _, let groups, _):
      names = [value.text, key?.text ?? "@timestamp"]
      for group in groups { visit(group) }
    case .limit(_, let groups): groups.forEach(visit)
    // The names of a condition may be the table's.
    case .join(_, let on, _): names = on.map(\.text)
    // Fields of a command see those before them.
    case .eval, .from, .row, .show: return
    }
    admit(names, except: made)
  }

  private mutating func admit(_ names: [String], except made: Set<String>) {
    for name in names where schema.place(of: name) == nil && !made.contains(name) && Self.metadataTypes[name] == nil {
      let nothing = TypedExpression(.constant(.none), .null, 0..<0)
      add(ESQLSchema.Column(name: name, type: .null, constant: Cell.none), nothing)
    }
  }

  /// Makes a step of a condition.
  mutating func filter(_ term: ESQLTerm) throws(TypeFault) {
    isInFilter = true
    defer { isInFilter = false }
    if let outer = term.misplacedRows {
      throw TypeFault("IN subquery is not supported within other expressions [\(text(outer.range))]", at: outer.range)
    }
    // What a condition is made of is told before its types, where both are wrong.
    let misuse = term.misusedFullText
    func refuse(_ misuse: ESQLTerm.MisusedFullText) throws(TypeFault) {
      throw TypeFault(
        "Invalid condition [\(text(term.range))]. \(misuse.name) can't be used with \(misuse.parent)",
        at: term.range)
    }
    if let misuse, misuse.takesAny { try refuse(misuse) }
    let condition = try bind(term)
    if let misuse { try refuse(misuse) }
    guard condition.type == .boolean || condition.type == .null else {
      throw TypeFault(
        "Condition expression needs to be boolean, found [\(condition.type.rawValue.uppercased())]", at: term.range)
    }
    steps.append(.filter(condition))
  }

  private mutating func bind(_ command: ESQLCommand) throws(TypeFault) {
    admitUnmapped(command)
    switch command.form {
    case .from, .row, .show: break
    case .filter(let term): try filter(term, of: command.range)
    case .eval(let fields):
      // All fields are looked at before the first problem is told.
      for field in fields {
        do throws(TypeFault) {
          try eval(field)
        } catch {
          problems.append(shown(error))
        }
      }
    case .stats(let aggregates, let keys, let isInline):
      if text(command.range).uppercased() == "INLINESTATS" {
        let place = shown(TypeFault("", at: command.range))
        warnings.append("Line \(place.line):\(place.column): INLINESTATS is deprecated, use INLINE STATS instead")
      }
      try stats(aggregates, keys, isInline: isInline)
      if !isInline { lastsUntil = "STATS" } else { lastsUntil = lastsUntil ?? "INLINE" }
    case .keep(let patterns): try keep(patterns)
    case .drop(let patterns): try drop(patterns)
    case .rename(let pairs): try rename(pairs)
    case .sort(let keys): try sort(keys)
    case .limit(let count, let groups):
      if groups.isEmpty { steps.append(.limit(count)) } else { try limit(count, by: groups) }
      lastsUntil = lastsUntil ?? "LIMIT"
    case .dissect(let term, let pattern, let separator):
      try extract(term, try ESQLDissect.extractor(pattern, separator: separator, at: command.range), "DISSECT")
    case .grok(let term, let patterns): try extract(term, try ESQLGrok.extractor(patterns, at: command.range), "GROK")
    case .expand(let name):
      let place = try existing(name)
      if let union = schema.columns[place].union { throw Self.ambiguous(name.text, union, name.range) }
      try checkConflict(place, name.range)
      steps.append(.expand(place))
      schema = ESQLSchema(
        schema.columns.enumerated().map { at, column in
          at == place
            ? ESQLSchema.Column(name: column.name, type: column.type.withoutText) : column
        })
      lastsUntil = lastsUntil ?? "MV_EXPAND"
    case .enrich(let policy, let on, let with): try enrich(policy, on, with)
    case .join(let table, let on, nil): try join(table, on, from: command.range.lowerBound)
    case .join(let table, _, let condition?): try join(table, where: condition, from: command.range.lowerBound)
    case .changePoint(let value, let key, let type, let pValue, let groups, let range):
      try changePoint(value, key, type, pValue, groups, range)
    case .completion(let target, let prompt):
      let prompt = try bind(prompt)
      guard prompt.type.isString || prompt.type == .null else {
        throw TypeFault(
          "prompt must be of type [text] but is [\(prompt.type.rawValue)]", at: prompt.range)
      }
      steps.append(
        .refused("COMPLETION needs an inference endpoint, which Martlet does not have", at: command.range.lowerBound))
      add(
        ESQLSchema.Column(name: target?.text ?? "completion", type: .keyword),
        TypedExpression(.constant(.none), .keyword, command.range))
    }
  }

  private mutating func eval(_ field: ESQLField) throws(TypeFault) {
    if unmapped == .null, lastsUntil != "STATS" {
      var names: [String] = []
      field.term.forEachColumn { names.append($0) }
      admit(names, except: [])
    }
    let value = try bind(field.term)
    guard !value.type.isSpan else {
      throw TypeFault(
        "EVAL does not support type [\(value.type.rawValue)] as the return data type of expression [\(text(field.term.range))]",
        at: field.range)
    }
    let name = field.name?.text ?? text(field.range)
    let isRenamed: Bool = if case .column = value.node { true } else { false }
    // What EVAL makes is no field of events, though it were one by another name.
    var column = ESQLSchema.Column(
      name: name, type: value.type, isSource: isRenamed && isSource(value), constant: constant(value).constant)
    if case .column(let place) = value.node, place < schema.columns.count {
      column.identity = schema.columns[place].identity
    }
    add(column, value)
  }

  func isField(_ value: TypedExpression) -> Bool {
    if case .column(let place) = value.node, place < schema.columns.count {
      schema.columns[place].isField
    } else {
      false
    }
  }
  func isSource(_ value: TypedExpression) -> Bool {
    if case .column(let place) = value.node, place < schema.columns.count {
      schema.columns[place].isSource
    } else {
      false
    }
  }

  mutating func existing(_ name: ESQLWritten) throws(TypeFault) -> Int {
    noteMetadata(name.text)
    guard let place = schema.place(of: name.text) else { throw missing(name.text, name.range) }
    return place
  }

  // MARK: which columns

  private func matching(_ pattern: ESQLWritten) -> [Int] {
    if pattern.isQuoted { return schema.place(of: pattern.text).map { [$0] } ?? [] }
    let wildcard = WildcardPattern(stars: pattern.text.replacing("\u{0}", with: "\u{1}"))
    let matcher = WildcardMatcher(wildcard)
    return schema.columns.indices.filter { matcher.matches(schema.columns[$0].name.replacing("*", with: "\u{1}")) }
  }

  private func missing(_ pattern: ESQLWritten) throws(TypeFault) {
    if pattern.isQuoted { throw missing(pattern.text, pattern.range) }
    // A field that no event has may still be known.
    if lastsUntil != "STATS", pattern.text == "*" || isOfEvents && !catalog.fields.paths(matching: pattern.text).isEmpty
    {
      return
    }
    throw TypeFault("No matches found for pattern [\(pattern.text.replacing("\u{0}", with: "*"))]", at: pattern.range)
  }

  private var isOfEvents: Bool { if case .from? = query.commands.first?.form { true } else { false } }

  private mutating func keep(_ patterns: [ESQLWritten]) throws(TypeFault) {
    // By column: how well the best entry fits it (2 its name, 1 a pattern, 0 `*`), and that entry's number.
    var best: [Int: (rank: Int, entry: Int)] = [:]
    let stars = patterns.filter { $0.text == "*" && !$0.isQuoted }
    if stars.count > 1 { throw TypeFault("Cannot specify [*] more than once", at: stars[1].range) }
    for (entry, pattern) in patterns.enumerated() {
      let found = matching(pattern)
      if found.isEmpty { try missing(pattern) }
      let rank = pattern.isQuoted ? 2 : pattern.text == "*" ? 0 : 1
      for column in found where best[column].map({ $0.rank <= rank }) ?? true { best[column] = (rank, entry) }
    }
    let kept = best.sorted { $0.value.entry != $1.value.entry ? $0.value.entry < $1.value.entry : $0.key < $1.key }
    steps.append(.select(kept.map(\.key)))
    schema = schema.selecting(kept.map(\.key))
  }

  private mutating func drop(_ patterns: [ESQLWritten]) throws(TypeFault) {
    var dropped: Set<Int> = []
    for pattern in patterns {
      if pattern.text == "*", !pattern.isQuoted {
        throw TypeFault("Removing all fields is not allowed [*]", at: pattern.range)
      }
      let found = matching(pattern)
      if found.isEmpty { try missing(pattern) }
      dropped.formUnion(found)
    }
    let kept = schema.columns.indices.filter { !dropped.contains($0) }
    steps.append(.select(kept))
    schema = schema.selecting(kept)
  }

  private mutating func rename(_ pairs: [(old: ESQLWritten, new: ESQLWritten)]) throws(TypeFault) {
    var renamed: [String: String] = [:]
    for (old, new) in pairs {
      if schema.place(of: old.text) == nil, let name = renamed[old.text] {
        let pair =
          min(old.range.lowerBound, new.range.lowerBound)..<max(old.range.upperBound, new.range.upperBound)
        throw TypeFault(
          "Column [\(old.text)] renamed to [\(name)] and is no longer available [\(text(pair))]", at: pair)
      }
      let place = try existing(old)
      if old.text == new.text { continue }
      try checkConflict(place, old.range)
      renamed[old.text] = new.text
      var columns = schema.columns
      columns[place].name = new.text
      if let overwritten = schema.place(of: new.text) {
        let kept = columns.indices.filter { $0 != overwritten }
        steps.append(.select(kept))
        schema = ESQLSchema(kept.map { columns[$0] })
      } else {
        schema = ESQLSchema(columns)
      }
    }
  }

  private mutating func sort(_ keys: [ESQLSortKey]) throws(TypeFault) {
    let width = schema.columns.count
    let (columns, added) = try sortKeys(keys.map(\.term)) { type, term in
      TypeFault("cannot sort on \(type.rawValue)", at: term.range)
    }
    steps.append(
      .sort(
        zip(keys, columns).map {
          ESQLSortStep(column: $1, isDescending: $0.isDescending, nullsFirst: $0.nullsFirst)
        }))
    if added > 0 { steps.append(.select(Array(0..<width))) }
  }

  private mutating func limit(_ count: Int, by groups: [ESQLTerm]) throws(TypeFault) {
    let width = schema.columns.count
    let (columns, added) = try sortKeys(groups, sortsPlaces: true) { type, term in
      TypeFault("cannot limit by \(type.rawValue)", at: term.range)
    }
    steps.append(.limitBy(count, columns))
    if added > 0 { steps.append(.select(Array(0..<width))) }
  }

  /// The columns of terms that rows are sorted by, those that are none yet behind all others, and how many these are.
  ///
  /// - Parameters:
  ///   - sortsPlaces: points have no order, but can be equal.
  ///   - unsortable: what is said of a term whose type has no order.
  private mutating func sortKeys(
    _ terms: [ESQLTerm], sortsPlaces: Bool = false, unsortable: (DataType, ESQLTerm) -> TypeFault
  ) throws(TypeFault) -> (columns: [Int], added: Int) {
    let width = schema.columns.count
    var columns: [Int] = []
    var added = 0
    for term in terms {
      let value = try bind(term)
      switch value.type {
      case .geoPoint, .geoShape, .cartesianPoint, .cartesianShape:
        if !sortsPlaces { throw unsortable(value.type, term) }
      case .unsupported, .datePeriod, .timeDuration: throw unsortable(value.type, term)
      default: break
      }
      if isSource(value) { throw TypeFault("cannot sort on _source", at: term.range) }
      var column = width + added
      if case .column(let place) = value.node, place < width {
        column = place
      } else {
        // Full-text answers stand behind the columns, however many there are.
        let offset = added
        steps.append(.append(value.movingColumns { $0 >= width ? $0 + offset : $0 }))
        added += 1
      }
      columns.append(column)
    }
    return (columns, added)
  }

  private mutating func extract(_ term: ESQLTerm, _ extractor: ESQLExtractor, _ name: String) throws(TypeFault) {
    let input = try bind(term)
    guard input.type.isString || input.type == .null else {
      throw TypeFault(
        "\(name == "GROK" ? "Grok" : "Dissect") only supports KEYWORD or TEXT values, found expression "
          + "[\(text(term.range))] type [\(input.type.rawValue.uppercased())]", at: term.range)
    }
    steps.append(.extract(input, extractor))
    // The captures stand at the right end; columns of their names go.
    let width = schema.columns.count
    let names = Set(extractor.columns.map(\.name))
    let kept = (0..<width).filter { !names.contains(schema.columns[$0].name) }
    let columns =
      kept.map { schema.columns[$0] } + extractor.columns.map { ESQLSchema.Column(name: $0.name, type: $0.type) }
    if kept.count < width { steps.append(.select(kept + (width..<(width + extractor.columns.count)))) }
    schema = ESQLSchema(columns)
  }

  private mutating func changePoint(
    _ value: ESQLWritten, _ key: ESQLWritten?, _ type: ESQLWritten?, _ pValue: ESQLWritten?, _ groups: [ESQLTerm],
    _ range: Range<Int>
  ) throws(TypeFault) {
    let (place, order) = (try existing(value), try existing(key ?? ESQLWritten(text: "@timestamp", range: range)))
    for (column, written) in [(place, value), (order, key ?? value)] {
      try checkConflict(column, written.range)
      guard let union = schema.columns[column].union else { continue }
      throw Self.ambiguous(schema.columns[column].name, union, written.range)
    }
    switch schema.columns[order].type {
    case .geoPoint, .geoShape, .cartesianPoint, .cartesianShape, .unsupported, .datePeriod, .timeDuration:
      throw TypeFault(
        "CHANGE_POINT only supports sortable keys, found expression [\(schema.columns[order].name)] type "
          + "[\(schema.columns[order].type.rawValue)]", at: key?.range ?? range)
    default: break
    }
    guard schema.columns[place].type.isNumeric || schema.columns[place].type == .null else {
      throw TypeFault(
        "CHANGE_POINT only supports numeric values, found expression [\(value.text)] type "
          + "[\(schema.columns[place].type.rawValue)]", at: value.range)
    }
    let byKey = ESQLSortStep(column: order, isDescending: false, nullsFirst: false)
    if groups.isEmpty {
      // One row more, so that it can be told that there are too many.
      steps += [
        .sort([byKey]), .limit(ESQLRunner.mostChangeValues + 1), .changePoint(ESQLChanges(value: place, range: range)),
        .limit(ESQLRunner.mostChangeValues),
      ]
    } else {
      let width = schema.columns.count
      let keys = try sortKeys(groups) { [query] type, term in
        TypeFault(
          "CHANGE_POINT grouping only support sortable values, found expression [\(query.text(term.range))] type "
            + "[\(type.rawValue)]", at: term.range)
      }
      let added = keys.added
      steps += [
        .sort(keys.columns.map { ESQLSortStep(column: $0, isDescending: false, nullsFirst: false) } + [byKey]),
        .changePoint(ESQLChanges(value: place, groups: keys.columns, range: range)),
      ]
      if added > 0 { steps.append(.select(Array(0..<width) + [width + added, width + added + 1])) }
    }
    addAll([
      ESQLSchema.Column(name: type?.text ?? "type", type: .keyword),
      ESQLSchema.Column(name: pValue?.text ?? "pvalue", type: .double),
    ])
    lastsUntil = lastsUntil ?? "CHANGE_POINT"
  }
}
