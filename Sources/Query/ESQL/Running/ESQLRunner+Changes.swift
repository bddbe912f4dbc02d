extension ESQLRunner {
  /// So many values of a series are looked at, and so many of its rows left.
  static let mostChangeValues = 1000

  /// Adds to rows in the order of their series how and how surely each changes, where it does.
  mutating func changePoints(_ changes: ESQLChanges, _ page: ESQLPage) -> ESQLPage {
    guard !changes.groups.isEmpty else {
      return changed(page, [0..<min(page.rowCount, Self.mostChangeValues)], page.rowCount, changes)
    }
    // Of each group the first rows, which stand behind one another.
    let columns = changes.groups.map { page.columns[$0] }
    var taken: [[Cell]: Int] = [:]
    var kept: [Int] = []
    var series: [Range<Int>] = []
    var last: [Cell]?
    for row in 0..<page.rowCount {
      let group = columns.map { $0[row] }
      let isNew = group != last
      last = group
      guard taken[group, default: 0] < Self.mostChangeValues else { continue }
      taken[group, default: 0] += 1
      if isNew {
        series.append(kept.count..<(kept.count + 1))
      } else {
        series[series.count - 1] = series[series.count - 1].lowerBound..<(kept.count + 1)
      }
      kept.append(row)
    }
    let rows = kept.count == page.rowCount ? page : page.selecting(kept)
    return changed(rows, series, page.rowCount, changes)
  }

  /// - Parameters:
  ///   - series: the rows of each.
  ///   - count: how many rows there were.
  private mutating func changed(
    _ page: ESQLPage, _ series: [Range<Int>], _ count: Int, _ changes: ESQLChanges
  ) -> ESQLPage {
    let column = page.columns[changes.value]
    // What is said of a row: nothing, or a change by its number.
    var codes = [UInt32](repeating: 0, count: page.rowCount)
    var (types, pValues): ([Cell], [Cell]) = ([.none], [.none])
    var (hasNulls, hasSeveral) = (false, false)
    var tooFew: Int?
    for rows in series {
      var values: [Double] = []
      var places: [Int] = []
      for row in rows {
        switch column[row] {
        case .none: hasNulls = true
        case .many: hasSeveral = true
        case .one(let value):
          guard let number = value.doubleValue else { continue }
          values.append(number)
          places.append(row)
        }
      }
      guard let change = ChangePoint(values) else {
        tooFew = values.count
        continue
      }
      guard let place = change.place, place < places.count else { continue }
      codes[places[place]] = UInt32(types.count)
      types.append(.text(change.type))
      pValues.append(.double(change.pValue))
    }
    func note(_ message: String) { notes.note(EvaluationFault(message), at: changes.range) }
    if let tooFew { note("\(Self.tooFew). Requires at least [\(ChangePoint.leastValues)]; found [\(tooFew)]") }
    if count > series.last?.upperBound ?? 0 {
      note("\(Self.tooMany); keeping only first \(Self.mostChangeValues) values")
    }
    if hasNulls { note("values contain nulls; skipping them") }
    if hasSeveral {
      note(
        "values contains multivalued entries; skipping them (please consider reducing them with e.g. MV_AVG or MV_SUM)")
    }
    var page = page
    page.columns += [
      CellColumn(.keyword, cells: types, codes: CellColumn.Codes(codes)),
      CellColumn(.double, cells: pValues, codes: CellColumn.Codes(codes)),
    ]
    return page
  }

  /// Begins what is said of a series that is too short.
  static let tooFew = "not enough buckets to calculate change_point"
  /// Begins what is said of one that is too long.
  static let tooMany = "too many values"
}
