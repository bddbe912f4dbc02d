import Events

/// Some rows of a table on their way through a pipeline.
struct ESQLPage: Sendable {
  var rowCount: Int
  /// In the order of the schema.
  var columns: [CellColumn]
  /// What full-text conditions of the query gave for each row; empty once rows are no events any more.
  var matches: [CellColumn] = []
  /// Where rows stand that the query leaves without an order; empty where it does not.
  var order: [ESQLRowOrder] = []
  /// What each row was made of, where that is asked for: numbers of `ESQLOrigins`.
  var origins: [UInt32] = []

  /// Some of the rows, in the order given. Columns whose cells are in step stay so.
  func selecting(_ rows: [Int]) -> ESQLPage {
    var made: [ObjectIdentifier: Selection] = [:]
    func select(_ column: CellColumn) -> CellColumn {
      let key = ObjectIdentifier(column.codes)
      let selection = made[key] ?? Selection(rows, of: column)
      made[key] = selection
      return CellColumn(
        column.type, cells: selection.kept.map { $0.map { column.cells[Int($0)] } } ?? column.cells,
        codes: selection.codes)
    }
    var page = self
    page.rowCount = rows.count
    page.columns = columns.map(select)
    page.matches = matches.map(select)
    page.order = order.isEmpty ? [] : rows.map { order[$0] }
    page.origins = origins.isEmpty ? [] : rows.map { origins[$0] }
    return page
  }

  /// The codes of some rows of columns in step, and the cells that these still have.
  private struct Selection {
    let codes: CellColumn.Codes
    /// Places of cells; nil for all of them.
    let kept: [UInt32]?

    init(_ rows: [Int], of column: CellColumn) {
      let codes = column.codes.list.withUnsafeBufferPointer { list in rows.map { list[$0] } }
      // Whatever is computed of a column is computed of each of its cells: few rows must not cost what all did.
      guard rows.count < column.cells.count / 4 else {
        self.codes = CellColumn.Codes(codes)
        kept = nil
        return
      }
      var places: [UInt32: UInt32] = [:]
      var kept: [UInt32] = []
      let renamed = codes.map { code -> UInt32 in
        if let place = places[code] { return place }
        let place = UInt32(kept.count)
        places[code] = place
        kept.append(code)
        return place
      }
      self.codes = CellColumn.Codes(renamed)
      self.kept = kept
    }
  }

  func prefix(_ count: Int) -> ESQLPage { count >= rowCount ? self : selecting(Array(0..<count)) }

  /// Rows of several pages of one schema, one page after the other.
  static func joined(_ pages: [ESQLPage], types: [DataType]) -> ESQLPage {
    if pages.count == 1 { return pages[0] }
    var joined = ESQLPage(rowCount: pages.reduce(0) { $0 + $1.rowCount }, columns: [])
    func join(_ type: DataType, _ column: (ESQLPage) -> CellColumn) -> CellColumn {
      var cells: [Cell] = []
      var codes: [UInt32] = []
      codes.reserveCapacity(joined.rowCount)
      for page in pages where page.rowCount > 0 {
        let column = column(page)
        // Only cells that some row has, each page's by themselves.
        var places = [UInt32](repeating: .max, count: column.cells.count)
        for code in column.codes.list {
          if places[Int(code)] == .max {
            places[Int(code)] = UInt32(cells.count)
            cells.append(column.cells[Int(code)])
          }
          codes.append(places[Int(code)])
        }
      }
      return CellColumn(type, cells: cells, codes: CellColumn.Codes(codes))
    }
    for (place, type) in types.enumerated() { joined.columns.append(join(type) { $0.columns[place] }) }
    if let first = pages.first(where: { $0.rowCount > 0 }) {
      for place in first.matches.indices { joined.matches.append(join(.boolean) { $0.matches[place] }) }
    }
    if pages.allSatisfy({ $0.order.count == $0.rowCount }) { joined.order = pages.flatMap(\.order) }
    if pages.allSatisfy({ $0.origins.count == $0.rowCount }) { joined.origins = pages.flatMap(\.origins) }
    return joined
  }

  /// The rows in the order of their events.
  func inOrder() -> ESQLPage {
    guard order.count == rowCount, rowCount > 1 else { return self }
    let rows = (0..<rowCount).sorted { order[$0] != order[$1] ? order[$0] < order[$1] : $0 < $1 }
    return selecting(rows)
  }

  /// Rows that several queries made of events, by their events and else as they stand: those of one event are numbered anew.
  func inOrderOfEvents() -> ESQLPage {
    guard rowCount > 1 else { return self }
    guard order.count == rowCount else {
      // Without an order events stand as they were given.
      guard origins.count == rowCount else { return self }
      return selecting(
        (0..<rowCount).sorted { origins[$0] != origins[$1] ? origins[$0] < origins[$1] : $0 < $1 })
    }
    func isBefore(_ left: Int, _ right: Int) -> Bool {
      let (first, second) = (order[left], order[right])
      if first.time != second.time { return first.time < second.time }
      return first.id != second.id ? first.id < second.id : left < right
    }
    var page = selecting((0..<rowCount).sorted(by: isBefore))
    for row in page.order.indices {
      let isSame =
        row > 0 && page.order[row - 1].time == page.order[row].time && page.order[row - 1].id == page.order[row].id
      page.order[row].part = isSame ? page.order[row - 1].part + 1 : 0
    }
    return page
  }
}

/// Where a row stands among those that a query gives no order: by time, then by its event's identity, then by its place
/// among the rows that were made of the event.
struct ESQLRowOrder: Comparable, Sendable {
  var time: Int64
  var id: EventID
  var part: UInt32 = 0

  static func < (left: ESQLRowOrder, right: ESQLRowOrder) -> Bool {
    if left.time != right.time { return left.time < right.time }
    if left.id != right.id { return left.id < right.id }
    return left.part < right.part
  }
}
