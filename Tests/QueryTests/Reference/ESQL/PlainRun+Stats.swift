extension PlainRun {
  /// The rows of each group, in the order of the keys, nulls last.
  private mutating func groups(
    _ keys: [PlainCommand.Key], _ rows: [[String: PlainCell]]
  ) -> [(key: [PlainCell], rows: [Int])] {
    var groups: [[PlainCell]: [Int]] = keys.isEmpty ? [[]: []] : [:]
    for (place, row) in rows.enumerated() {
      for combination in combinations(keys, row) { groups[combination, default: []].append(place) }
    }
    return groups.map { (key: $0.key, rows: $0.value) }.sorted { left, right in
      for (one, other) in zip(left.key, right.key) where one != other {
        guard let first = one.first else { return false }
        guard let second = other.first else { return true }
        return first.order(second) < 0
      }
      return false
    }
  }

  /// Each value of a key puts the row into a group, and null is one.
  private mutating func combinations(_ keys: [PlainCommand.Key], _ row: [String: PlainCell]) -> [[PlainCell]] {
    var combinations: [[PlainCell]] = [[]]
    for key in keys {
      let values = evaluation.value(key.term, row)
      var choices: [PlainCell] = []
      for value in values where !choices.contains([value]) { choices.append([value]) }
      if choices.isEmpty { choices = [[]] }
      combinations = combinations.flatMap { before in choices.map { before + [$0] } }
    }
    return combinations
  }

  mutating func stats(
    _ aggregates: [PlainCommand.Aggregate], _ keys: [PlainCommand.Key], _ table: inout PlainTable
  ) {
    var rows: [[String: PlainCell]] = []
    for (key, places) in groups(keys, table.rows) {
      var row: [String: PlainCell] = [:]
      for one in aggregates { row[one.name] = result(one, places.map { table.rows[$0] }) }
      for (one, cell) in zip(keys, key) { row[one.name] = cell }
      rows.append(row)
    }
    table = PlainTable(
      columns: aggregates.map { .init(name: $0.name, type: $0.type) }
        + keys.map { .init(name: $0.name, type: $0.term.type) }, rows: rows)
  }

  /// Each row keeps what it has, and gets what its groups have.
  mutating func inline(
    _ aggregates: [PlainCommand.Aggregate], _ keys: [PlainCommand.Key], _ table: inout PlainTable
  ) {
    let groups = groups(keys, table.rows)
    var results: [[PlainCell]: [PlainCell]] = [:]
    for (key, places) in groups {
      results[key] = aggregates.map { one in result(one, places.map { table.rows[$0] }) }
    }
    for place in table.rows.indices {
      let row = table.rows[place]
      let own = combinations(keys, row)
      for (at, one) in aggregates.enumerated() {
        table.rows[place][one.name] = own.flatMap { results[$0]?[at] ?? [] }
      }
      for key in keys { table.rows[place][key.name] = evaluation.value(key.term, row) }
    }
    for one in aggregates { table.place(one.name, one.type) }
    for key in keys { table.place(key.name, key.term.type) }
  }

  private mutating func result(_ one: PlainCommand.Aggregate, _ rows: [[String: PlainCell]]) -> PlainCell {
    var values: [Plain] = []
    var count = 0
    for row in rows {
      // What is aggregated is worked out of every row, and warned of, before the condition chooses among them.
      let own = one.argument.map { evaluation.value($0, row) } ?? []
      if let condition = one.condition, evaluation.truth(condition, row) != true { continue }
      count += 1
      values += own
    }
    if one.argument == nil { return [.whole(Int64(count))] }
    let sorted = values.sorted { $0.order($1) < 0 }
    switch one.function {
    case "COUNT": return [.whole(Int64(values.count))]
    case "COUNT_DISTINCT": return [.whole(Int64(Set(values).count))]
    case _ where values.isEmpty: return []
    case "MIN": return [sorted[0]]
    case "MAX": return [sorted[sorted.count - 1]]
    case "VALUES":
      return sorted.enumerated().filter { $0.offset == 0 || sorted[$0.offset - 1] != $0.element }.map(\.element)
    case "AVG":
      return [.real(values.reduce(0) { $0 + $1.number } / Double(values.count))]
    case "MEDIAN":
      let (low, high) = (sorted[(sorted.count - 1) / 2].number, sorted[sorted.count / 2].number)
      return [.real(low + (high - low) * 0.5)]
    default:
      if one.type == .double { return [.real(values.reduce(0) { $0 + $1.number })] }
      let sum = values.reduce(Int128(0)) { $0 + Int128($1.whole) }
      guard let fits = Int64(exactly: sum) else {
        evaluation.warnings.insert("long overflow")
        return []
      }
      return [.whole(fits)]
    }
  }
}
