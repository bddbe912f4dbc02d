/// What one aggregate function has gathered for each group. One worker's own until it is merged.
protocol ESQLAccumulator: AnyObject {
  /// Takes rows: the group of each, and where in the columns of the arguments they stand.
  func add(_ rows: [(group: Int32, row: Int32)], _ columns: [CellColumn], groups: Int)
  /// Takes what another has gathered; the group of each of the other's groups.
  func merge(_ other: any ESQLAccumulator, _ groups: [Int32], count: Int)
  /// The result for a group. Throws where there is none but should be.
  func result(_ group: Int) throws(EvaluationFault) -> Cell
}

/// Gathers a state for each group.
final class ESQLStates<State: Sendable>: ESQLAccumulator {
  private var states: [State] = []
  private let initial: State
  private let take: (inout State, [Cell]) -> Void
  private let join: (inout State, State) -> Void
  private let finish: (State) throws(EvaluationFault) -> Cell

  init(
    _ initial: State, take: @escaping (inout State, [Cell]) -> Void, join: @escaping (inout State, State) -> Void,
    finish: @escaping (State) throws(EvaluationFault) -> Cell
  ) {
    self.initial = initial
    self.take = take
    self.join = join
    self.finish = finish
  }

  private func grow(_ count: Int) {
    if states.count < count { states += [State](repeating: initial, count: count - states.count) }
  }

  func add(_ rows: [(group: Int32, row: Int32)], _ columns: [CellColumn], groups: Int) {
    grow(groups)
    if columns.count == 1 {
      let column = columns[0]
      for (group, row) in rows {
        let cell = column.cells[Int(column.codes.list[Int(row)])]
        if case .none = cell { continue }
        take(&states[Int(group)], [cell])
      }
      return
    }
    for (group, row) in rows { take(&states[Int(group)], columns.map { $0[Int(row)] }) }
  }

  func merge(_ other: any ESQLAccumulator, _ groups: [Int32], count: Int) {
    grow(count)
    guard let other = other as? ESQLStates<State> else { return }
    for (own, state) in other.states.enumerated() { join(&states[Int(groups[own])], state) }
  }

  func result(_ group: Int) throws(EvaluationFault) -> Cell {
    try finish(group < states.count ? states[group] : initial)
  }
}

/// Counts rows, or values, without looking at them one by one.
final class ESQLCounts: ESQLAccumulator {
  private var counts: [Int64] = []

  func add(_ rows: [(group: Int32, row: Int32)], _ columns: [CellColumn], groups: Int) {
    grow(groups)
    guard let column = columns.first else {
      for (group, _) in rows { counts[Int(group)] += 1 }
      return
    }
    let sizes = column.cells.map { cell -> Int64 in
      switch cell {
      case .none: 0
      case .one: 1
      case .many(let values): Int64(values.count)
      }
    }
    let codes = column.codes.list
    for (group, row) in rows { counts[Int(group)] += sizes[Int(codes[Int(row)])] }
  }

  private func grow(_ count: Int) {
    if counts.count < count { counts += [Int64](repeating: 0, count: count - counts.count) }
  }

  func merge(_ other: any ESQLAccumulator, _ groups: [Int32], count: Int) {
    grow(count)
    guard let other = other as? ESQLCounts else { return }
    for (own, size) in other.counts.enumerated() { counts[Int(groups[own])] += size }
  }

  func result(_ group: Int) throws(EvaluationFault) -> Cell { .whole(group < counts.count ? counts[group] : 0) }
}

/// The distinct values of each group: a value of a page is looked at once for each group that has it.
final class ESQLDistinct: ESQLAccumulator {
  private var values: [Set<Value>] = []
  private let finish: (Set<Value>) -> Cell

  init(finish: @escaping (Set<Value>) -> Cell) { self.finish = finish }

  func add(_ rows: [(group: Int32, row: Int32)], _ columns: [CellColumn], groups: Int) {
    grow(groups)
    guard let column = columns.first else { return }
    let codes = column.codes.list
    let width = column.cells.count
    // Which cells each group has been given from this page; marked where that is small enough.
    let (size, isOver) = groups.multipliedReportingOverflow(by: width)
    if !isOver, size <= 1 << 22 {
      var seen = [Bool](repeating: false, count: size)
      for (group, row) in rows {
        let code = Int(codes[Int(row)])
        let place = Int(group) * width + code
        if seen[place] { continue }
        seen[place] = true
        for value in column.cells[code].values { values[Int(group)].insert(value) }
      }
      return
    }
    for (group, row) in rows {
      for value in column.cells[Int(codes[Int(row)])].values { values[Int(group)].insert(value) }
    }
  }

  private func grow(_ count: Int) {
    if values.count < count { values += [Set<Value>](repeating: [], count: count - values.count) }
  }

  func merge(_ other: any ESQLAccumulator, _ groups: [Int32], count: Int) {
    grow(count)
    guard let other = other as? ESQLDistinct else { return }
    for (own, more) in other.values.enumerated() {
      let group = Int(groups[own])
      if values[group].isEmpty { values[group] = more } else { values[group].formUnion(more) }
    }
  }

  func result(_ group: Int) throws(EvaluationFault) -> Cell { finish(group < values.count ? values[group] : []) }
}
