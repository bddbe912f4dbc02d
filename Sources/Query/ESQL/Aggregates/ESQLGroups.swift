/// The groups of a `STATS` and what its aggregates have gathered of them. One worker's own until it is merged.
final class ESQLGroups {
  let stats: ESQLStats
  /// By key: its values and nulls, numbered.
  private var numbers: [[Cell: Int32]]
  private var keys: [[Cell]]
  /// For keys after the first: a group so far and a number of the key make a group.
  private var pairs: [[UInt64: Int32]]
  /// By stage, what each group is made of.
  private var members: [[(before: Int32, key: Int32)]]
  private let accumulators: [any ESQLAccumulator]
  private(set) var groupCount: Int

  /// More groups than this are refused.
  static let mostGroups = 10_000_000

  init(_ stats: ESQLStats) {
    self.stats = stats
    numbers = stats.keys.map { _ in [:] }
    keys = stats.keys.map { _ in [] }
    pairs = stats.keys.map { _ in [:] }
    members = stats.keys.map { _ in [] }
    accumulators = stats.aggregates.map { $0.accumulator() }
    // Without keys there is one group, also of no rows.
    groupCount = stats.keys.isEmpty ? 1 : 0
  }

  private func number(_ key: Int, _ cell: Cell) -> Int32 {
    if let known = numbers[key][cell] { return known }
    let number = Int32(keys[key].count)
    numbers[key][cell] = number
    keys[key].append(cell)
    return number
  }

  private func group(_ stage: Int, _ before: Int32, _ key: Int32) -> Int32 {
    let pair = UInt64(UInt32(bitPattern: before)) << 32 | UInt64(UInt32(bitPattern: key))
    if let known = pairs[stage][pair] { return known }
    let group = Int32(members[stage].count)
    pairs[stage][pair] = group
    members[stage].append((before, key))
    return group
  }

  /// The groups of each row of a page: a row with several values of a key is in several.
  func groups(_ page: ESQLPage, _ runner: inout ESQLRunner) throws(ESQLRunError) -> [(group: Int32, row: Int32)] {
    var rows = (0..<page.rowCount).map { (group: Int32(0), row: Int32($0)) }
    for (stage, key) in stats.keys.enumerated() {
      let column = runner.column(key, page)
      let codes = column.codes.list
      // By cell: the numbers of its values.
      var known = [[Int32]?](repeating: nil, count: column.cells.count)
      var isSingle = true
      for code in codes where known[Int(code)] == nil {
        let cell = column.cells[Int(code)]
        if case .many(let values) = cell {
          isSingle = false
          var seen: Set<Value> = []
          known[Int(code)] = values.filter { seen.insert($0).inserted }.map { number(stage, .one($0)) }
        } else {
          known[Int(code)] = [number(stage, cell)]
        }
      }
      if isSingle {
        let single = known.map { $0?[0] ?? -1 }
        // The first key's numbers are groups.
        if stage == 0 {
          for number in members[0].count..<max(members[0].count, keys[0].count) {
            members[0].append((0, Int32(number)))
          }
          for at in rows.indices { rows[at].group = single[Int(codes[Int(rows[at].row)])] }
        } else {
          var lastPair: (Int32, Int32, Int32) = (-1, -1, -1)
          for at in rows.indices {
            let number = single[Int(codes[Int(rows[at].row)])]
            if lastPair.0 != rows[at].group || lastPair.1 != number {
              lastPair = (rows[at].group, number, group(stage, rows[at].group, number))
            }
            rows[at].group = lastPair.2
          }
        }
        continue
      }
      var more: [(group: Int32, row: Int32)] = []
      if stage == 0 {
        for number in members[0].count..<max(members[0].count, keys[0].count) { members[0].append((0, Int32(number))) }
      }
      for (before, row) in rows {
        for number in known[Int(codes[Int(row)])] ?? [] {
          more.append((stage == 0 ? number : group(stage, before, number), row))
        }
        guard more.count <= ESQLRunner.mostRows else {
          throw ESQLRunError("STATS takes more than \(ESQLRunner.mostRows) rows by values of a page", at: 0)
        }
      }
      rows = more
    }
    if !stats.keys.isEmpty { groupCount = members[stats.keys.count - 1].count }
    guard groupCount <= Self.mostGroups else {
      throw ESQLRunError("STATS makes more than \(Self.mostGroups) groups", at: 0)
    }
    return rows
  }

  /// Takes the rows of a page.
  func add(_ page: ESQLPage, _ rows: [(group: Int32, row: Int32)], _ runner: inout ESQLRunner) {
    for (call, accumulator) in zip(stats.aggregates, accumulators) {
      var chosen = rows
      if let condition = call.condition {
        var isMet = [Bool](repeating: false, count: page.rowCount)
        for row in runner.rows(where: condition, page) { isMet[row] = true }
        chosen = rows.filter { isMet[Int($0.row)] }
      }
      accumulator.add(chosen, call.arguments.map { runner.column($0, page) }, groups: groupCount)
    }
  }

  /// Takes what another worker has gathered.
  func merge(_ other: ESQLGroups) {
    var groups: [Int32]
    if stats.keys.isEmpty {
      groups = [0]
    } else {
      groups = []
      for stage in stats.keys.indices {
        let numbered = other.keys[stage].map { number(stage, $0) }
        if stage == 0 {
          for number in members[0].count..<max(members[0].count, keys[0].count) {
            members[0].append((0, Int32(number)))
          }
          groups = other.members[0].map { numbered[Int($0.key)] }
        } else {
          groups = other.members[stage].map { group(stage, groups[Int($0.before)], numbered[Int($0.key)]) }
        }
      }
      groupCount = members[stats.keys.count - 1].count
    }
    for (own, theirs) in zip(accumulators, other.accumulators) { own.merge(theirs, groups, count: groupCount) }
  }

  /// The results of all groups: the outputs, then the keys, in the order of the keys.
  ///
  /// - Parameter origins: what each group was made of, where that is asked for.
  func page(_ runner: inout ESQLRunner, origins: [UInt32] = []) -> ESQLPage {
    let count = groupCount
    var keyCells = stats.keys.map { _ in [Cell](repeating: .none, count: count) }
    for group in 0..<count where !stats.keys.isEmpty {
      var at = Int32(group)
      for stage in stats.keys.indices.reversed() {
        let member = members[stage][Int(at)]
        keyCells[stage][group] = keys[stage][Int(member.key)]
        at = member.before
      }
    }
    var columns: [CellColumn] = []
    for (call, accumulator) in zip(stats.aggregates, accumulators) {
      var cells: [Cell] = []
      cells.reserveCapacity(count)
      for group in 0..<count {
        do throws(EvaluationFault) {
          cells.append(try accumulator.result(group))
        } catch {
          runner.notes.note(error, at: call.range)
          cells.append(.none)
        }
      }
      columns.append(CellColumn(call.type, rows: cells))
    }
    for (key, cells) in zip(stats.keys, keyCells) { columns.append(CellColumn(key.type, rows: cells)) }
    let inner = ESQLPage(rowCount: count, columns: columns)
    let outputs = stats.outputs.map { runner.column($0, inner) }
    var result = ESQLPage(rowCount: count, columns: outputs + columns.suffix(stats.keys.count))
    result.origins = origins
    // Groups stand in the order of their keys, so that runs repeat.
    let first = outputs.count
    let steps = stats.keys.indices.map { ESQLSortStep(column: first + $0, isDescending: false, nullsFirst: false) }
    return steps.isEmpty ? result : runner.sorted(result, steps)
  }
}
