import Events

/// A table made ready for looking up rows by some columns.
struct ESQLLookup: Sendable {
  /// A column of the page, and one of the table that its values are compared with.
  struct Key: Sendable {
    var place: Int
    var column: Int
    /// The type of the page's column.
    var type: DataType
    var names: (left: String, right: String)
    /// Where in the query the two are brought together.
    var range: Range<Int>
  }

  /// The columns of the page whose values are looked up, and behind them those that are compared.
  let keys: [Int]
  private let equalCount: Int
  private let compares: [(kind: ComparisonOperator, type: DataType)]
  /// Of each compared column, by rows, the value as keys are compared; nil where there is none, or several.
  private let compared: [[Value?]]
  /// Whether some row has several values in a compared column, by rows; empty where none has.
  private let comparesSeveral: Set<Int>
  /// What is looked at where nothing is to be equal.
  private let allRows: [Int]
  /// The columns of the table that are taken.
  let taking: [Int]
  let table: ESQLTable
  private let rows: [[Value]: [Int]]
  /// Keys of rows that have several values in one, which a join does not match.
  private let several: Set<[Value]>
  /// Where the command stands, for warnings.
  let range: Range<Int>
  /// Networks, for a table that has such in place of addresses.
  private let ranges: [(range: ClosedRange<IPAddress>, row: Int)]

  /// - Parameters:
  ///   - on: columns that are to be equal.
  ///   - comparing: columns that stand to each other otherwise; what the left one is to the right one.
  ///   - matchesRanges: an address is looked up among networks too, and each of several keys of a row by itself: as `ENRICH`
  ///     does, and `LOOKUP JOIN` not.
  init(
    _ table: ESQLTable, on: [Key], comparing: [(kind: ComparisonOperator, key: Key)] = [], taking: [Int],
    matchesRanges: Bool, at range: Range<Int>
  ) throws(TypeFault) {
    self.table = table
    self.taking = taking
    self.range = range
    keys = on.map(\.place) + comparing.map(\.key.place)
    equalCount = on.count
    compares = comparing.map { ($0.kind, $0.key.type) }
    var rows: [[Value]: [Int]] = [:]
    var ranges: [(ClosedRange<IPAddress>, Int)] = []
    var several: Set<[Value]> = []
    var kinds: [DataType] = []
    for key in comparing.map(\.key) where !ESQLBinder.compares(key.type, table.columns[key.column].type) {
      throw Self.incompatible(key, table.columns[key.column].type)
    }
    for key in on {
      let (own, type) = (table.columns[key.column].type, key.type)
      let isNetwork = matchesRanges && type == .ip && own == .keyword
      if matchesRanges {
        guard
          own == type || own.isString && type.isString || own.isNumeric && type.isNumeric || type == .null
            || own == .keyword || type == .keyword
        else {
          throw Self.incompatible(key, own)
        }
      } else {
        guard own == type || own.isString && type.isString || own.isNumeric && type.isNumeric else {
          throw Self.incompatible(key, own)
        }
        guard !Self.unsupported.contains(own) else {
          throw TypeFault(
            "JOIN with right field [\(key.names.right)] of type [\(own.rawValue.uppercased())] is not supported",
            at: key.range)
        }
      }
      kinds.append(isNetwork ? .ip : type)
    }
    for (row, cells) in table.rows.enumerated() {
      var keyed: [[Value]] = [[]]
      for (place, column) in on.map(\.column).enumerated() {
        var next: [[Value]] = []
        for value in cells[column].values {
          let own = table.columns[column].type
          if matchesRanges, kinds[place] == .ip, let text = value.textValue, let network = IPAddress.range(cidr: text) {
            ranges.append((network, row))
            continue
          }
          guard let key = Self.key(value, own, kinds[place]) else { continue }
          for prefix in keyed { next.append(prefix + [key]) }
        }
        keyed = next
      }
      let hasSeveral = !matchesRanges && on.contains { if case .many = cells[$0.column] { true } else { false } }
      if hasSeveral {
        several.formUnion(keyed)
      } else {
        for key in keyed { rows[key, default: []].append(row) }
      }
    }
    compared = comparing.map { comparing in
      let own = table.columns[comparing.key.column].type
      return table.rows.map { cells in
        cells[comparing.key.column].single.flatMap { Self.key($0, own, comparing.key.type) }
      }
    }
    comparesSeveral = Set(
      comparing.isEmpty
        ? []
        : table.rows.indices.filter { row in
          comparing.contains { if case .many = table.rows[row][$0.key.column] { true } else { false } }
        })
    allRows = on.isEmpty ? Array(table.rows.indices) : []
    self.rows = rows
    self.several = several
    self.ranges = ranges.map { (range: $0.0, row: $0.1) }
  }

  /// What a join does not look up by.
  private static let unsupported: Set<DataType> = [
    .text, .version, .unsignedLong, .geoPoint, .geoShape, .cartesianPoint, .cartesianShape, .unsupported, .null,
    .datePeriod, .timeDuration,
  ]

  private static func incompatible(_ key: Key, _ own: DataType) -> TypeFault {
    TypeFault(
      "JOIN left field [\(key.names.left)] of type [\(key.type.rawValue.uppercased())] is incompatible with right field "
        + "[\(key.names.right)] of type [\(own.rawValue.uppercased())]", at: key.range)
  }

  /// A value as keys are compared: numbers of whatever type by what they are.
  private static func key(_ value: Value, _ own: DataType, _ type: DataType) -> Value? {
    if type.isNumeric || own.isNumeric && type == own {
      if case .double(let number) = value, let whole = Int64(exactly: number) { return .whole(whole) }
      if value.doubleValue != nil { return value }
    }
    if own == type || own.isString && type.isString { return value }
    return try? ESQLConversion.value(value, from: own, to: type)
  }

  /// The rows of the table whose keys are these; none for nulls and several values, unless several are allowed.
  func matches(_ cells: [Cell], types: [DataType], allowsSeveral: Bool) -> [Int] {
    if cells.count == 1, allowsSeveral {
      var found: [Int] = []
      for value in cells[0].values {
        guard let key = Self.key(value, types[0], types[0]) else { continue }
        for row in (rows[[key]] ?? []) + inRanges(value) where !found.contains(row) { found.append(row) }
      }
      return found.sorted()
    }
    guard let key = key(cells, types) else { return [] }
    guard !compares.isEmpty else { return candidates(key) }
    var wanted: [Value] = []
    for (place, comparison) in compares.enumerated() {
      guard let value = cells[equalCount + place].single.flatMap({ Self.key($0, comparison.type, comparison.type) })
      else { return [] }
      wanted.append(value)
    }
    return candidates(key).filter { row in
      compares.indices.allSatisfy { place in
        compared[place][row].flatMap { Comparison.holds(compares[place].kind, wanted[place], $0) } ?? false
      }
    }
  }

  /// The values that are looked up; nil where one is null or several.
  private func key(_ cells: [Cell], _ types: [DataType]) -> [Value]? {
    var key: [Value] = []
    for (cell, type) in zip(cells, types).prefix(equalCount) {
      guard let value = cell.single, let one = Self.key(value, type, type) else { return nil }
      key.append(one)
    }
    return key
  }

  private func candidates(_ key: [Value]) -> [Int] { equalCount == 0 ? allRows : rows[key] ?? [] }

  /// True where a join passes over several values: those of the row, or those of a row of the table that it could match.
  func meetsSeveral(_ cells: [Cell], types: [DataType]) -> Bool {
    if cells.contains(where: { if case .many = $0 { true } else { false } }) { return true }
    guard let key = key(cells, types) else { return false }
    if several.contains(key) { return true }
    guard !comparesSeveral.isEmpty else { return false }
    return equalCount == 0 || candidates(key).contains { comparesSeveral.contains($0) }
  }

  private func inRanges(_ value: Value) -> [Int] {
    guard case .address(let address) = value else { return [] }
    return ranges.filter { $0.range.contains(address) }.map(\.row)
  }
}
