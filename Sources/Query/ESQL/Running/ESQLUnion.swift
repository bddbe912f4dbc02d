/// Queries whose rows stand together: those that `FROM` names in parentheses, and what it names beside them.
struct ESQLUnion: Sendable {
  /// One of the queries.
  struct Branch: Sendable {
    /// Which of the conditions on whole events tells what the query reads.
    var membership: Int
    /// The columns of the page that the query begins with.
    var input: [Int]
    /// Its own conditions on whole events.
    var matches: Range<Int>
    var steps: [ESQLStep]
    /// Of each column of the union its own; nil where it has none, which is null then.
    var output: [Int?]
  }

  var branches: [Branch]
  /// The types of the union's columns.
  var types: [DataType]

  /// True where every query can be done to each page by itself.
  var isOfPages: Bool { branches.allSatisfy { $0.steps.allSatisfy(\.isOfPages) } }

  /// True where no query brings rows into an order of its own, so that they stand as their events do.
  fileprivate var keepsOrder: Bool { branches.allSatisfy { $0.steps.allSatisfy(\.keepsOrder) } }

  /// The rows of all queries.
  ///
  /// - Parameter run: does a step to a page.
  func rows(
    of page: ESQLPage, _ run: (ESQLStep, ESQLPage) throws(ESQLRunError) -> ESQLPage
  ) throws(ESQLRunError) -> ESQLPage {
    var pages: [ESQLPage] = []
    for branch in branches {
      // Without a row a page has no columns.
      var rows = ESQLPage(rowCount: 0, columns: [])
      if page.rowCount > 0 {
        let isRead = page.matches[branch.membership]
        rows = page
        rows.columns = branch.input.map { page.columns[$0] }
        rows.matches = branch.matches.map { page.matches[$0] }
        rows = rows.selecting((0..<page.rowCount).filter { isRead[$0] == .one(.boolean(true)) })
      }
      for step in branch.steps { rows = try run(step, rows) }
      guard rows.rowCount > 0 else { continue }
      let columns = rows.columns
      rows.columns = zip(types, branch.output).map { type, place in
        guard let place else { return CellColumn(type, constant: .none, rowCount: rows.rowCount) }
        return CellColumn(type, cells: columns[place].cells, codes: columns[place].codes)
      }
      rows.matches = []
      pages.append(rows)
    }
    guard !pages.isEmpty else { return ESQLPage(rowCount: 0, columns: []) }
    var joined = ESQLPage.joined(pages, types: types)
    guard keepsOrder else {
      // One query after the other: the order of events is none any more.
      joined.order = []
      return joined
    }
    return pages.count > 1 ? joined.inOrderOfEvents() : joined
  }
}

extension ESQLStep {
  /// What rows have to meet, of a step that does no more than leave others out.
  var condition: TypedExpression? {
    switch self {
    case .filter(let condition), .narrow(let condition): condition
    default: nil
    }
  }

  /// True for a step whose rows stand as those before it do.
  fileprivate var keepsOrder: Bool {
    switch self {
    case .filter, .narrow, .append, .select, .expand, .extract, .enrich, .join, .limit, .limitBy, .inlineStats,
      .refused:
      true
    case .union(let union): union.keepsOrder
    case .sort, .stats, .changePoint: false
    }
  }
}
