extension ESQLAggregateCall {
  /// Something that gathers what the function needs.
  func accumulator() -> any ESQLAccumulator {
    switch kind {
    case .countRows, .count: return ESQLCounts()
    case .countDistinct: return ESQLDistinct { .whole($0.count) }
    case .values: return ESQLDistinct { Cell(Self.sorted(Array($0))) }
    case .present: return numbers { .boolean(!$0.isEmpty) }
    case .absent: return numbers { .boolean($0.isEmpty) }
    case .sum: return type == .double ? sums { .double($0.total) } : wholeSums()
    case .average: return sums { .double($0.total / Double($0.count)) }
    case .minimum: return extreme { $0 < 0 }
    case .maximum: return extreme { $0 > 0 }
    case .percentile(let percent):
      return doubles { values in ESQLFunctions.interpolated(values.sorted(), percent).map { .double($0) } ?? .none }
    case .medianAbsoluteDeviation:
      return doubles { values in
        guard let median = ESQLFunctions.interpolated(values.sorted(), 50) else { return .none }
        return ESQLFunctions.interpolated(values.map { abs($0 - median) }.sorted(), 50).map { .double($0) } ?? .none
      }
    case .standardDeviation: return deviation { $0.squareRoot() }
    case .variance: return deviation { $0 }
    case .top(let count, let isDescending): return top(count, isDescending)
    case .sample(let count):
      let seed = UInt64(range.lowerBound)
      return ESQLStates<ESQLSample>(
        ESQLSample(), take: { state, cells in state.take(cells[0].values) }, join: { $0.join($1) },
        finish: { Cell($0.chosen(count, seed: seed)) })
    case .first: return edge { $0 < 0 }
    case .last: return edge { $0 > 0 }
    case .centroid:
      return ESQLStates<(x: Double, y: Double, count: Int)>(
        (0, 0, 0),
        take: { state, cells in
          for case .point(let x, let y) in cells[0].values { state = (state.x + x, state.y + y, state.count + 1) }
        }, join: { $0 = ($0.x + $1.x, $0.y + $1.y, $0.count + $1.count) },
        finish: { state in
          state.count == 0 ? .none : .one(.point(x: state.x / Double(state.count), y: state.y / Double(state.count)))
        })
    }
  }

  static func sorted(_ values: [Value]) -> [Value] { values.sorted { ($0.order($1) ?? 0) < 0 } }

  private struct Sum {
    var sum = CompensatedSum()
    var count = 0
    var total: Double { sum.total }
  }

  private func sums(_ finish: @escaping (Sum) -> Cell) -> any ESQLAccumulator {
    ESQLStates<Sum>(
      Sum(),
      take: { state, cells in
        for value in cells[0].values {
          guard let number = value.doubleValue else { continue }
          state.sum.add(number)
          state.count += 1
        }
      },
      join: { state, other in
        state.sum.add(other.sum)
        state.count += other.count
      },
      finish: { state throws(EvaluationFault) in
        guard state.count > 0 else { return .none }
        let cell = finish(state)
        if case .one(.double(let number)) = cell { _ = try Arithmetic.finite(number) }
        return cell
      })
  }

  private func wholeSums() -> any ESQLAccumulator {
    // In 128 bits no number of rows can overflow, so that the order of rows does not matter.
    ESQLStates<(sum: Int128, count: Int)>(
      (0, 0),
      take: { state, cells in
        for value in cells[0].values {
          guard let number = value.wholeValue else { continue }
          state = (state.sum + Int128(number), state.count + 1)
        }
      }, join: { $0 = ($0.sum + $1.sum, $0.count + $1.count) },
      finish: { state throws(EvaluationFault) in
        guard state.count > 0 else { return .none }
        guard let sum = Int64(exactly: state.sum) else {
          throw EvaluationFault("java.lang.ArithmeticException", "long overflow")
        }
        return .whole(sum)
      })
  }

  private func extreme(_ isBetter: @escaping (Int) -> Bool) -> any ESQLAccumulator {
    func take(_ state: inout Value?, _ value: Value) {
      guard let known = state else {
        state = value
        return
      }
      if isBetter(value.order(known) ?? 0) { state = value }
    }
    return ESQLStates<Value?>(
      nil, take: { state, cells in for value in cells[0].values { take(&state, value) } },
      join: { state, other in if let other { take(&state, other) } }, finish: { Cell($0) })
  }

  private func numbers(_ finish: @escaping ([Double]) -> Cell) -> any ESQLAccumulator {
    // Whether there is any.
    ESQLStates<[Double]>(
      [], take: { state, cells in if state.isEmpty, !cells[0].isNull { state = [1] } },
      join: { if $0.isEmpty { $0 = $1 } }, finish: { finish($0) })
  }

  private func doubles(_ finish: @escaping ([Double]) -> Cell) -> any ESQLAccumulator {
    ESQLStates<[Double]>(
      [],
      take: { state, cells in
        for value in cells[0].values { if let number = value.doubleValue { state.append(number) } }
      },
      join: { $0 += $1 }, finish: { finish($0) })
  }

  private func deviation(_ finish: @escaping (Double) -> Double) -> any ESQLAccumulator {
    ESQLStates<(count: Double, mean: Double, squares: Double)>(
      (0, 0, 0),
      take: { state, cells in
        for value in cells[0].values {
          guard let number = value.doubleValue else { continue }
          let count = state.count + 1
          let delta = number - state.mean
          let mean = state.mean + delta / count
          state = (count, mean, state.squares + delta * (number - mean))
        }
      },
      join: { state, other in
        let count = state.count + other.count
        guard other.count > 0 else { return }
        let delta = other.mean - state.mean
        state = (
          count, state.mean + delta * other.count / count,
          state.squares + other.squares + delta * delta * state.count * other.count / count
        )
      }, finish: { $0.count == 0 ? .none : .double(finish($0.squares / $0.count)) })
  }

  private func top(_ count: Int, _ isDescending: Bool) -> any ESQLAccumulator {
    func cut(_ values: inout [Value], _ most: Int) {
      guard values.count > most else { return }
      values.sort { isDescending ? ($1.order($0) ?? 0) < 0 : ($0.order($1) ?? 0) < 0 }
      values.removeLast(values.count - count)
    }
    return ESQLStates<[Value]>(
      [],
      take: { state, cells in
        state += cells[0].values
        cut(&state, 2 * count + 64)
      }, join: { $0 += $1 },
      finish: { state in
        var values = state
        values.sort { isDescending ? ($1.order($0) ?? 0) < 0 : ($0.order($1) ?? 0) < 0 }
        return Cell(Array(values.prefix(count)))
      })
  }

  /// The first argument of the row whose second one comes first or last; ties go to the cell whose values come first, so that
  /// the order of rows makes no difference.
  private func edge(_ isBetter: @escaping (Int) -> Bool) -> any ESQLAccumulator {
    typealias State = (key: Value?, cell: Cell, isMet: Bool)
    func take(_ state: inout State, _ key: Value?, _ cell: Cell) {
      guard state.isMet else {
        state = (key, cell, true)
        return
      }
      switch (state.key, key) {
      case (_, nil):
        if state.key == nil, Self.comes(cell, before: state.cell) { state.cell = cell }
      case (nil, _): state = (key, cell, true)
      case (let known?, let key?):
        let order = key.order(known) ?? 0
        if isBetter(order) || order == 0 && Self.comes(cell, before: state.cell) { state = (key, cell, true) }
      }
    }
    return ESQLStates<State>(
      (nil, .none, false),
      take: { state, cells in
        let values = cells[1].values
        take(
          &state,
          values.dropFirst().reduce(values.first) { best, value in
            best.map { isBetter(value.order($0) ?? 0) ? value : $0 }
          }, cells[0])
      }, join: { state, other in if other.isMet { take(&state, other.key, other.cell) } }, finish: { $0.cell })
  }

  private static func comes(_ left: Cell, before right: Cell) -> Bool {
    let (left, right) = (left.values, right.values)
    for (first, second) in zip(left, right) {
      let order = first.order(second) ?? 0
      if order != 0 { return order < 0 }
    }
    // A null is the last choice.
    if left.isEmpty != right.isEmpty { return right.isEmpty }
    return left.count < right.count
  }
}
