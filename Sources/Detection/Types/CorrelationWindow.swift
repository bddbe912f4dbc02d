import Query

/// What the events of a span come to. Events come at its end and leave at its start, in order of time; each costs about the
/// same, however many there are.
struct CorrelationWindow {
  private struct Input {
    var time: Int64
    var rules: Set<Int>
    var values: [[Value?]]
    var sum: Double
    var numbers: [Double]
  }

  private let correlation: SigmaCorrelation
  private var inputs: [Input] = []
  private var start = 0
  private var ofRule: [Int: Int] = [:]
  private var ofValue: [[Value?]: Int] = [:]
  private var sums = SlidingSum()
  /// Where the condition asks for them: all numbers, from the smallest.
  private var sorted: [Double] = []
  /// Of each way in which an ordered correlation holds the order of its rules.
  private var orders: [(way: SigmaCorrelation.Way, order: CorrelationOrder)]?

  init(_ correlation: SigmaCorrelation) {
    self.correlation = correlation
    orders = correlation.ways?.map { ($0, CorrelationOrder($0.rules)) }
  }

  private var needsOrder: Bool { correlation.kind == .valueMedian || correlation.kind == .valuePercentile }

  mutating func append(_ time: Int64, _ rules: Set<Int>, _ values: [[Value?]]) {
    var numbers: [Double] = []
    if correlation.kind.readsField, correlation.kind != .valueCount {
      numbers = values.compactMap { $0.first.flatMap(\.self)?.number }
    }
    let sum = numbers.reduce(0, +)
    inputs.append(Input(time: time, rules: rules, values: values, sum: sum, numbers: numbers))
    sums.append(sum, count: numbers.count)
    if needsOrder { for number in numbers { sorted.insert(number, at: Self.place(of: number, in: sorted)) } }
    for rule in rules { ofRule[rule, default: 0] += 1 }
    for place in (orders ?? []).indices { orders?[place].order.append(time, rules) }
    guard correlation.kind == .valueCount else { return }
    for value in values where !value.contains(where: { $0 == nil }) { ofValue[value, default: 0] += 1 }
  }

  mutating func removeFirst() {
    let first = inputs[start]
    start += 1
    sums.removeFirst(rest: inputs[start...].lazy.map { ($0.sum, $0.numbers.count) })
    if needsOrder { for number in first.numbers { sorted.remove(at: Self.place(of: number, in: sorted)) } }
    for rule in first.rules {
      ofRule[rule, default: 1] -= 1
      if ofRule[rule] == 0 { ofRule[rule] = nil }
    }
    if correlation.kind == .valueCount {
      for value in first.values where !value.contains(where: { $0 == nil }) {
        ofValue[value, default: 1] -= 1
        if ofValue[value] == 0 { ofValue[value] = nil }
      }
    }
    if start > 64, start > inputs.count / 2 {
      inputs.removeFirst(start)
      start = 0
    }
  }

  /// The place of the first number that is not smaller.
  private static func place(of number: Double, in sorted: [Double]) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// How many different values there are, where those are counted.
  var distinct: Int? { correlation.kind == .valueCount ? ofValue.count : nil }

  /// The rules, by their places, of which there are events.
  var rules: Set<Int> { Set(ofRule.keys) }

  /// Whether the condition holds.
  var holds: Bool {
    if let orders {
      guard let last = inputs.last else { return false }
      return orders.contains { way, order in
        guard !way.absent.contains(where: { ofRule[$0] != nil }) else { return false }
        guard !way.rules.isEmpty else { return true }
        return order.latestStart.map { $0 >= last.time - correlation.timespan } ?? false
      }
    }
    if let condition = correlation.condition {
      return condition.holds(Set(ofRule.keys.map { correlation.rules[$0] }))
    }
    guard let number else { return false }
    return correlation.comparisons.allSatisfy { comparison in
      switch comparison.kind {
      case .less: number < comparison.number
      case .lessOrEqual: number <= comparison.number
      case .greater: number > comparison.number
      case .greaterOrEqual: number >= comparison.number
      case .equal: number == comparison.number
      case .notEqual: number != comparison.number
      }
    }
  }

  /// The number that the condition compares; nil where there is no value to work it out of.
  var number: Double? {
    switch correlation.kind {
    case .eventCount: return Double(inputs.count - start)
    case .valueCount: return Double(ofValue.count)
    case .temporal, .temporalOrdered: return Double(ofRule.count)
    case .valueSum: return sums.count == 0 ? nil : sums.sum
    case .valueAverage: return sums.count == 0 ? nil : sums.sum / Double(sums.count)
    case .valueMedian: return sorted.isEmpty ? nil : percentile(50)
    case .valuePercentile: return sorted.isEmpty ? nil : percentile(correlation.percentile)
    }
  }

  /// With what lies between two values taken in proportion.
  private func percentile(_ percentile: Double) -> Double {
    let place = percentile / 100 * Double(sorted.count - 1)
    let below = Int(place.rounded(.down))
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
  }
}

/// The sum of what came and has not left. Nothing is taken away from a sum, which would leave a rest of what it once held:
/// sums of what is left are made ahead.
private struct SlidingSum {
  /// Of what came first, the sum of each and all behind it, the next to leave at the end.
  private var front: [(sum: Double, count: Int)] = []
  private var back: (sum: Double, count: Int) = (0, 0)

  var sum: Double { (front.last?.sum ?? 0) + back.sum }
  var count: Int { (front.last?.count ?? 0) + back.count }

  mutating func append(_ sum: Double, count: Int) { back = (back.sum + sum, back.count + count) }

  /// - Parameter rest: all that is left when the first has gone.
  mutating func removeFirst(rest: some BidirectionalCollection<(Double, Int)>) {
    if front.isEmpty {
      var all = (sum: 0.0, count: 0)
      for (sum, count) in rest.reversed() {
        all = (all.sum + sum, all.count + count)
        front.append(all)
      }
      back = (0, 0)
    } else {
      front.removeLast()
    }
  }
}

extension Value {
  /// A number, or a text that is one.
  fileprivate var number: Double? {
    switch self {
    case .text(let text):
      guard text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }), let number = Double(text), number.isFinite
      else { return nil }
      return number
    default: return doubleValue
    }
  }
}
