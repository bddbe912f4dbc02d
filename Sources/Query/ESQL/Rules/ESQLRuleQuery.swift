import Events

/// A query in ES|QL as a rule has it: executions run it over the events of their windows, each at its own time.
public struct ESQLRuleQuery: Sendable {
  public let query: ESQLQuery
  private let catalog: ESQLCatalog
  private let tables: [String: ESQLTable]
  /// The query at some time. Which fields it reads does not depend on that.
  let program: ESQLProgram

  /// Rows of a query that an execution looks at, at most, whatever it creates of them: Kibana asks for as many.
  public static let mostRows = 1000

  /// Binds a query. Throws where types do not fit, or it names columns that are not there.
  ///
  /// - Parameter tables: what `ENRICH` and `LOOKUP JOIN` look things up in; all that the query names.
  public init(_ query: ESQLQuery, _ fields: FieldCatalog, tables: [String: ESQLTable]) throws(ESQLError) {
    self.query = query
    self.tables = tables
    catalog = Self.catalog(query, fields.narrowed(to: IndexPattern(query.sources)), tables)
    program = try ESQLProgram(
      query, catalog: catalog, tables: tables, now: Timestamp(milliseconds: 0), ruleRows: Self.mostRows + 1)
  }

  /// What is known of columns: fields that nothing is known of are taken for what the query takes them for.
  static func catalog(
    _ query: ESQLQuery, _ fields: FieldCatalog, _ tables: [String: ESQLTable]
  ) -> ESQLCatalog {
    var catalog = ESQLCatalog(fields)
    let guess = ESQLTypeGuess(query, catalog, tables)
    for name in query.fieldNames(tables, { catalog.type(of: $0) != nil }) where catalog.type(of: name) == nil {
      let resolved = fields.resolve(name)
      // An object has no values of its own.
      guard !resolved.isKnown else { continue }
      catalog.seen.insert(name)
      // Texts are what dynamic mapping makes of them.
      catalog.dynamic[name] = guess.types[name] ?? .keyword
    }
    return catalog
  }

  /// The fields that are read of events, by their paths.
  public var fieldPaths: [String] { program.fields.map(\.path) }
  /// The fields with their types, each as a text.
  public var typedFields: [String] { program.fields.map { "\($0.path) \($0.type)" } }
  /// What full-text functions ask of events.
  public var conditions: [Predicate] { program.matches }
  public var isAggregating: Bool { query.isAggregating }
  /// True where rows differ from one time to another.
  public var dependsOnNow: Bool { program.firstNowStep != nil }
  /// True where the ids, indices or texts of events are computed with; else they are only handed through.
  public var readsMetadata: Bool { program.firstMetadataStep != nil }
  /// True where full-text conditions of the query move with the time, which single rows cannot be asked about.
  public func hasMovingConditions(_ fields: FieldCatalog) -> Bool {
    program.matches.contains { $0.dependsOnNow(fields) }
  }
  /// The columns of the answer.
  public var columns: [(name: String, type: DataType)] { program.schema.columns.map { ($0.name, $0.type) } }
  /// Metadata that the query asks for, in order.
  public var metadata: [String] { program.metadata }
  /// True where the query gives rows though there is no event.
  public var findsNothing: Bool {
    guard isAggregating || !query.subqueries.isEmpty, query.readsEvents else { return false }
    let page = ESQLPage(rowCount: 0, columns: [])
    return ((try? program.run().trace(page).page.rowCount) ?? 0) > 0
  }

  /// The query as an execution at a time runs it.
  func program(at now: Timestamp) throws(ESQLError) -> ESQLProgram {
    guard dependsOnNow else { return program }
    return try ESQLProgram(query, catalog: catalog, tables: tables, now: now, ruleRows: Self.mostRows + 1)
  }
}

/// A row that an execution's query gave.
public struct ESQLRuleRow: Sendable {
  /// A cell for each column of the query's answer.
  public var cells: [Cell]
  /// The events that it was made of, as places in what was given; ascending.
  public var origins: [Int]
}

/// Events that a rule's query can be run over, decoded once.
public struct ESQLEvents: Sendable {
  private let query: ESQLRuleQuery
  private let page: ESQLPage
  /// What the first steps, which look at single events and give the same at any time, make of the events; done once for all
  /// executions. None are done where they warn of something: each execution warns of its own events alone.
  private let prepared: (page: ESQLPage, steps: Int)
  public var count: Int { page.rowCount }

  /// - Parameters:
  ///   - notes: what an `ESQLReader` noted of each event; nil for one of which nothing can be read.
  ///   - metadata: a cell of a metadata column of an event by its place; asked for where the query computes with it.
  public init(
    _ query: ESQLRuleQuery, count: Int, note: (Int, (UnsafeRawBufferPointer) -> Void) -> Void,
    metadata: (String, Int) -> Cell
  ) {
    self.query = query
    let program = query.program
    var cells = program.fields.map { _ in [Cell]() }
    var matches = program.matches.map { _ in [Cell]() }
    for column in cells.indices { cells[column].reserveCapacity(count) }
    for place in 0..<count {
      var read: (cells: [Cell], matches: [Bool])?
      note(place) { read = ESQLReader.decode($0, fields: program.fields.count, matches: program.matches.count) }
      for column in cells.indices { cells[column].append(read?.cells[column] ?? .none) }
      for column in matches.indices { matches[column].append(.boolean(read?.matches[column] ?? false)) }
    }
    var columns = zip(program.fields, cells).map { field, cells in
      CellColumn(DataType(column: field.type) ?? .keyword, rows: cells)
    }
    for name in program.metadata {
      let type: DataType = ESQLBinder.metadataTypes[name]?.0 ?? .keyword
      // Ids that are only handed through stand for themselves.
      let rows = (0..<count).map { place -> Cell in
        name == "_id" && !query.readsMetadata ? .text(String(place)) : metadata(name, place)
      }
      columns.append(CellColumn(type, rows: rows))
    }
    var page = ESQLPage(rowCount: count, columns: columns)
    page.matches = matches.map { CellColumn(.boolean, rows: $0) }
    page.origins = (0..<UInt32(count)).map { $0 }
    self.page = page
    let (run, steps) = (program.run(), program.stepsOfEvents)
    // A step that fails does so in the executions.
    if steps > 0, let (made, _) = try? run.trace(page, upTo: steps), run.runner.notes.faults.isEmpty {
      prepared = (made, steps)
    } else {
      prepared = (page, 0)
    }
  }

  /// The prepared rows of some of the events.
  private func rows(of places: [Int]) -> [Int] {
    let origins = prepared.page.origins
    guard let first = places.first, origins.count < page.rowCount else { return places }
    var rows: [Int] = []
    var row = origins.firstPlace { $0 >= first }
    for place in places {
      while row < origins.count, origins[row] < place { row += 1 }
      guard row < origins.count else { break }
      if origins[row] == place { rows.append(row) }
    }
    return rows
  }

  /// What the query gives at a time over some of the events, and what it warns of.
  ///
  /// - Parameter places: ascending.
  ///
  /// Throws `ESQLError` or `ESQLRunError` where it fails.
  public func rows(_ places: [Int], at now: Timestamp) throws -> (rows: [ESQLRuleRow], warnings: [String]) {
    let program = try query.program(at: now)
    let run = program.run()
    let (result, origins) = try run.trace(prepared.page.selecting(rows(of: places)), from: prepared.steps)
    let rows = (0..<min(result.rowCount, ESQLRuleQuery.mostRows)).map { row in
      ESQLRuleRow(
        cells: result.columns.map { $0[row] },
        origins: row < result.origins.count ? origins.rows(result.origins[row]) : [])
    }
    var warnings = program.texts(run.runner.notes)
    if result.rowCount > rows.count {
      warnings.append("The query gave more than \(ESQLRuleQuery.mostRows) rows, of which the first are looked at.")
    }
    return (rows, warnings)
  }

  /// The command behind which no row is made of an event any more, as it is written, with its line; nil where some row is.
  ///
  /// - Parameter event: one of `places`.
  public func end(of event: Int, among places: [Int], at now: Timestamp) throws -> (line: Int, text: String)? {
    let program = try query.program(at: now)
    let first = page.selecting(places)
    func isThere(after steps: Int) throws -> Bool {
      let (result, origins) = try program.run().trace(first, upTo: steps)
      return result.origins.contains { origins.rows($0).contains(event) }
    }
    for (place, end) in program.commandEnds.enumerated() where try !isThere(after: end) {
      return query.query.written(place)
    }
    return nil
  }

  /// True where a column of the answer has an event's own id.
  public func isID(_ cell: Cell, of place: Int) -> Bool {
    guard let column = query.program.metadata.firstIndex(of: "_id") else { return false }
    return page.columns[query.program.fields.count + column][place] == cell
  }
}

extension ESQLQuery {
  /// A command as it is written, on one line, and the line that it begins on.
  func written(_ place: Int) -> (line: Int, text: String) {
    let start = commands[place].range.lowerBound
    let end = place + 1 < commands.count ? commands[place + 1].range.lowerBound : text.count
    var written = String(scalars: text[start..<end])
    while let last = written.last, last.isWhitespace || last == "|" { written.removeLast() }
    let words = written.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return (
      QuerySyntaxError("", at: start, in: text).line, words.count > 200 ? words.prefix(200) + "…" : words
    )
  }
}
