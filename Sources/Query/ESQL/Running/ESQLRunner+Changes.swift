extension ESQLRunner {
  /// So many values are looked at, and so many rows left.
  static let mostChangeValues = 1000

  /// Adds to rows in the order of a series how and how surely it changes, where it does.
  mutating func changePoint(_ place: Int, _ page: ESQLPage, _ range: Range<Int>) -> ESQLPage {
    var page = page
    var values: [Double] = []
    var rows: [Int] = []
    var (hasNulls, hasSeveral) = (false, false)
    for row in 0..<min(page.rowCount, Self.mostChangeValues) {
      switch page.columns[place][row] {
      case .none: hasNulls = true
      case .many: hasSeveral = true
      case .one(let value):
        guard let number = value.doubleValue else { continue }
        values.append(number)
        rows.append(row)
      }
    }
    let change = ChangePoint(values)
    if change == nil {
      notes.note(
        EvaluationFault(
          "\(Self.tooFew). Requires at least [\(ChangePoint.leastValues)]; found [\(values.count)]"), at: range)
    }
    if page.rowCount > Self.mostChangeValues {
      notes.note(
        EvaluationFault("too many values; keeping only first \(Self.mostChangeValues) values"), at: range)
    }
    if hasNulls { notes.note(EvaluationFault("values contain nulls; skipping them"), at: range) }
    if hasSeveral {
      notes.note(
        EvaluationFault(
          "values contains multivalued entries; skipping them (please consider reducing them with e.g. MV_AVG or MV_SUM)"
        ),
        at: range)
    }
    let changed = change?.place.flatMap { $0 < rows.count ? rows[$0] : nil }
    func column(_ type: DataType, _ cell: Cell) -> CellColumn {
      let codes = (0..<page.rowCount).map { UInt32($0 == changed ? 1 : 0) }
      return CellColumn(type, cells: [.none, cell], codes: CellColumn.Codes(codes))
    }
    let added = [column(.keyword, .text(change?.type ?? "")), column(.double, .double(change?.pValue ?? 1))]
    page.columns += added
    return page
  }

  /// Begins what is said of a series that is too short.
  static let tooFew = "not enough buckets to calculate change_point"
}
