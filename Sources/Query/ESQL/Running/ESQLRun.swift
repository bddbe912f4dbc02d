import Events

/// A run of a query over pages of events. One worker's own; workers' runs are merged at the end.
public final class ESQLRun {
  private let program: ESQLProgram
  private(set) var runner: ESQLRunner
  /// What rows were made of, where that is asked for.
  private var origins = ESQLOrigins()
  /// Rows that the first step which needs all rows waits for.
  private var pages: [ESQLPage] = []
  private var groups: ESQLGroups?
  private var held = 0
  /// How many values of fields were passed over for their length, by the fields' places.
  private var overlong: [Int: Int] = [:]
  private var isTracing = false
  private let limit: Int?
  /// So many rows of each group of values in some columns are kept, where that is the first step that needs all rows.
  private let groupLimit: (count: Int, columns: [Int])?
  /// More rows than this are held before it is looked which of them are kept.
  private var mostUncut = 10_000
  private let firstSort: [ESQLSortStep]?
  private var readers: [CellReader]

  /// More rows than this are not held.
  static let mostHeld = 20_000_000

  init(_ program: ESQLProgram, mostBytes: Int = ESQLRunner.usualBytes) {
    self.program = program
    runner = ESQLRunner(mostBytes: mostBytes)
    readers = program.fields.map { CellReader($0.type, keeping: $0.keeping) }
    let step = program.ofPages < program.steps.count ? program.steps[program.ofPages] : .limit(ESQLProgram.mostRows)
    var limit: Int?
    var sort: [ESQLSortStep]?
    var groupLimit: (Int, [Int])?
    switch step {
    case .limitBy(let count, let columns): groupLimit = (count, columns)
    case .limit(let count): limit = count
    case .sort(let keys):
      sort = keys
      // A limit that only columns stand before bounds what is held.
      for next in program.steps[(program.ofPages + 1)...] {
        if case .limit(let count) = next {
          limit = count
          break
        }
        if case .append = next { continue }
        if case .select = next { continue }
        if case .extract = next { continue }
        break
      }
    case .stats(let stats): groups = ESQLGroups(stats)
    default: break
    }
    self.limit = limit
    firstSort = sort
    self.groupLimit = groupLimit
  }

  /// Takes events.
  ///
  /// - Parameters:
  ///   - batch: has columns for the program's fields where events have values.
  ///   - rows: the rows of the batch that are asked about, ascending; nil for all.
  ///   - matches: for each full-text condition, which rows of the batch meet it.
  ///   - metadata: a cell of a metadata column, for a row of the batch.
  ///   - order: where a row of the batch stands.
  public func take(
    _ batch: EventBatch, rows: [Int]?, matches: [RowSet], metadata: (String, Int) -> Cell,
    order: (Int) -> (time: Int64, id: EventID)
  ) throws(ESQLRunError) {
    var chosen = rows ?? Array(0..<batch.rowCount)
    guard !chosen.isEmpty else { return }
    runner.begin()
    let width = program.fields.count
    var columns = [CellColumn?](repeating: nil, count: width + program.metadata.count)
    func load(_ place: Int) -> CellColumn {
      if let column = columns[place] { return column }
      let column: CellColumn
      if !program.used.contains(place) {
        column = CellColumn(.null, constant: .none, rowCount: chosen.count)
      } else if place < width {
        let read = batch.column(program.fields[place].path)
        let whole = readers[place].cells(read, rowCount: batch.rowCount)
        if let read, readers[place].leavesOut, program.limits[place] != nil { countOverlong(place, read, chosen) }
        column = chosen.count == batch.rowCount ? whole : whole.selecting(chosen)
      } else {
        let name = program.metadata[place - width]
        column = CellColumn(
          name == "_version" ? .long : name == "_score" ? .double : .keyword, rows: chosen.map { metadata(name, $0) })
      }
      columns[place] = column
      return column
    }
    let answers = matches.map { set -> CellColumn in
      var codes = [UInt32](repeating: 0, count: chosen.count)
      let bitmap = set.bitmap(rowCount: batch.rowCount)
      for (place, row) in chosen.enumerated() where bitmap.contains(row) { codes[place] = 1 }
      return CellColumn(.boolean, cells: [.boolean(false), .boolean(true)], codes: CellColumn.Codes(codes))
    }
    var page = ESQLPage(rowCount: chosen.count, columns: [], matches: answers)
    // Filters that come first read only their columns; others are read of the rows that they leave.
    var step = 0
    while step < program.ofPages, let condition = program.steps[step].condition {
      let needed = condition.columns
      let blank = CellColumn(.null, constant: .none, rowCount: page.rowCount)
      page.columns = columns.indices.map { needed.contains($0) ? load($0) : columns[$0] ?? blank }
      let before = runner.notes
      let left = runner.rows(where: condition, page)
      try runner.checkRoom()
      if case .narrow = program.steps[step] { runner.notes = before }
      step += 1
      guard left.count < page.rowCount else { continue }
      if left.isEmpty { return }
      chosen = left.map { chosen[$0] }
      page = page.selecting(left)
      for place in columns.indices where columns[place] != nil { columns[place] = page.columns[place] }
    }
    page.columns = columns.indices.map(load)
    if needsOrder {
      page.order = chosen.map { row in
        let place = order(row)
        return ESQLRowOrder(time: place.time, id: place.id)
      }
    }
    try take(page, from: step)
  }

  private func countOverlong(_ place: Int, _ column: Column, _ rows: [Int]) {
    let reader = readers[place]
    for row in rows {
      for code in column.codes(row: row) where reader.value(code, in: column.dictionary) == nil {
        overlong[place, default: 0] += 1
      }
    }
  }

  /// Rows need their events' order unless they are grouped.
  public var needsOrder: Bool { groups == nil }

  /// Does the steps to a page from one on, and holds or groups what comes out.
  private func take(_ page: ESQLPage, from first: Int) throws(ESQLRunError) {
    var page = page
    runner.begin()
    for step in program.steps[first..<program.ofPages] {
      page = try runner.run(step, page)
      if page.rowCount == 0 { return }
    }
    if let groups {
      let rows = try groups.groups(page, &runner)
      groups.add(page, rows, &runner)
      return try runner.checkRoom()
    }
    pages.append(page)
    held += page.rowCount
    if let limit, held > 2 * limit + 10_000 { cut(limit) }
    if let groupLimit, held > mostUncut {
      cut { runner, rows in runner.first(groupLimit.count, by: groupLimit.columns, rows.inOrder()) }
      mostUncut = 2 * held + 10_000
    }
    guard held <= Self.mostHeld else {
      throw ESQLRunError("the query holds more than \(Self.mostHeld) rows at once; filter or aggregate earlier", at: 0)
    }
  }

  /// Keeps of the held rows only those that a limit can let through.
  private func cut(_ limit: Int) {
    cut { [firstSort] runner, rows in
      guard let firstSort else { return rows.inOrder().prefix(limit) }
      return runner.sorted(rows, firstSort, limit: limit, keepsOrder: true)
    }
  }

  private func cut(_ keep: (ESQLRunner, ESQLPage) -> ESQLPage) {
    let types = pages[0].columns.map(\.type)
    var kept = keep(runner, ESQLPage.joined(pages, types: types))
    // Cells of rows that are gone go too.
    kept = ESQLPage.joined([kept, ESQLPage(rowCount: 0, columns: kept.columns)], types: types)
    pages = [kept]
    held = kept.rowCount
  }

  /// Takes what another worker found.
  public func merge(_ other: ESQLRun) {
    runner.notes.merge(other.runner.notes)
    if let groups, let theirs = other.groups { groups.merge(theirs) }
    overlong.merge(other.overlong, uniquingKeysWith: +)
    pages += other.pages
    held += other.held
  }

  /// Does what needs all rows, and gives the answer. Throws where a bound is reached.
  public func answer() throws(ESQLRunError) -> ESQLAnswer {
    if let refusal = program.refusal { throw ESQLRunError(refusal.message, at: 0) }
    if let source = program.source { try take(source, from: 0) }
    var page: ESQLPage
    var next = program.ofPages
    runner.begin()
    if let groups {
      page = groups.page(&runner)
      try runner.checkRoom()
      next += 1
    } else if pages.isEmpty {
      page = ESQLPage(rowCount: 0, columns: [])
    } else {
      page = ESQLPage.joined(pages, types: pages[0].columns.map(\.type)).inOrder()
    }
    while next < program.steps.count {
      page = try run(program.steps[next], page)
      next += 1
    }
    // A field that indices map differently has no value of its own, nor has a column to which subqueries give several types.
    let isShown = program.schema.columns.map { $0.union == nil && $0.conflict == nil }
    let rows = (0..<page.rowCount).map { row in
      page.columns.enumerated().map { place, column in
        place < isShown.count && !isShown[place] ? Cell.none : column[row]
      }
    }
    let passedOver = overlong.sorted { $0.key < $1.key }.compactMap { place, count in
      program.limits[place].map { OverlongValues.message(of: program.fields[place].path, $0, count: count) }
    }
    return ESQLAnswer(
      columns: program.columns, types: program.schema.types, rows: rows,
      warnings: program.texts(runner.notes) + passedOver)
  }

  private func run(_ step: ESQLStep, _ page: ESQLPage) throws(ESQLRunError) -> ESQLPage {
    runner.begin()
    let page = try done(step, page)
    try runner.checkRoom()
    return page
  }

  private func done(_ step: ESQLStep, _ page: ESQLPage) throws(ESQLRunError) -> ESQLPage {
    switch step {
    case .limit(let count): return page.prefix(count)
    case .sort(let keys): return page.rowCount == 0 ? page : runner.sorted(page, keys)
    case .stats(let stats):
      let groups = ESQLGroups(stats)
      var rows: [(group: Int32, row: Int32)] = []
      if page.rowCount > 0 {
        rows = try groups.groups(page, &runner)
        groups.add(page, rows, &runner)
      }
      return groups.page(&runner, origins: isTracing ? origins.join(page.origins, rows, groups.groupCount) : [])
    case .union(let union):
      return try union.rows(of: page) { step, page throws(ESQLRunError) in try run(step, page) }
    case .inlineStats(let stats): return page.rowCount == 0 ? page : try inline(stats, page)
    default: return page.rowCount == 0 ? page : try runner.run(step, page)
    }
  }

  /// Does steps to a page whose rows have origins, from one step up to another, and gives what comes out. Throws where a bound
  /// is reached.
  func trace(_ page: ESQLPage, from start: Int = 0, upTo end: Int? = nil) throws(ESQLRunError) -> (
    page: ESQLPage, origins: ESQLOrigins
  ) {
    isTracing = true
    defer { isTracing = false }
    origins = ESQLOrigins()
    var page = page
    for step in program.steps[start..<(end ?? program.steps.count)] { page = try run(step, page) }
    return (page, origins)
  }

  /// Adds to each row what its group has.
  private func inline(_ stats: ESQLStats, _ page: ESQLPage) throws(ESQLRunError) -> ESQLPage {
    let groups = ESQLGroups(stats)
    let rows = try groups.groups(page, &runner)
    groups.add(page, rows, &runner)
    // Results by group number: the page of results is sorted, so that its rows are found by their keys.
    let results = groups.page(&runner)
    var places: [[Cell]: Int] = [:]
    let first = stats.outputs.count
    for row in 0..<results.rowCount { places[results.columns[first...].map { $0[row] }] = row }
    let keys = stats.keys.map { runner.column($0, page) }
    var added = stats.outputs.indices.map { _ in [Cell]() }
    for row in 0..<page.rowCount {
      // Every combination of the keys' values is a group.
      var combinations: [[Cell]] = [[]]
      for key in keys {
        var seen: Set<Value> = []
        let values: [Cell]
        if case .many(let several) = key[row] {
          values = several.filter { seen.insert($0).inserted }.map { .one($0) }
        } else {
          values = [key[row]]
        }
        combinations = combinations.flatMap { prefix in values.map { prefix + [$0] } }
      }
      let found = combinations.compactMap { places[$0] }
      for output in stats.outputs.indices {
        added[output].append(
          found.count == 1
            ? results.columns[output][found[0]] : Cell(found.flatMap { results.columns[output][$0].values }))
      }
    }
    var page = page
    for (output, cells) in zip(stats.outputs, added) { page.columns.append(CellColumn(output.type, rows: cells)) }
    page.columns += keys
    return page
  }
}
